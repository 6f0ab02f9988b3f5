//! What companies call themselves and what they say.

/// Behind the name of a company.
#[rustfmt::skip]
pub(in crate::generate) const COMPANY_SUFFIXES: &[&str] = &[
    "Inc", "and Sons", "LLC", "Group",
];

/// First word of a catch phrase.
#[rustfmt::skip]
pub(in crate::generate) const ADJECTIVES: &[&str] = &[
    "Adaptive", "Advanced", "Automated", "Balanced", "Centralized", "Compatible", "Configurable", "Decentralized",
    "Digitized", "Distributed", "Enhanced", "Ergonomic", "Expanded", "Focused", "Integrated", "Managed", "Modular",
    "Multi-layered", "Networked", "Open-source", "Optimized", "Persistent", "Phased", "Programmable", "Reactive",
    "Robust", "Seamless", "Streamlined", "Synchronized", "Universal", "Upgradable", "Versatile",
];

/// Second word of a catch phrase.
#[rustfmt::skip]
pub(in crate::generate) const DESCRIPTORS: &[&str] = &[
    "24 hour", "asynchronous", "background", "bottom-line", "client-driven", "coherent", "composite", "context-sensitive",
    "demand-driven", "discrete", "dynamic", "empowering", "encompassing", "fault-tolerant", "foreground", "global",
    "holistic", "human-resource", "impactful", "incremental", "intangible", "interactive", "local", "logistical",
    "mobile", "modular", "needs-based", "object-oriented", "optimal", "real-time", "responsive", "scalable", "stable",
    "static", "systematic", "tangible", "transitional", "uniform", "user-facing", "zero defect",
];

/// Last word of a catch phrase.
#[rustfmt::skip]
pub(in crate::generate) const NOUNS: &[&str] = &[
    "ability", "access", "adapter", "algorithm", "alliance", "analyzer", "application", "approach", "architecture",
    "archive", "array", "benchmark", "budget", "capability", "challenge", "circuit", "collaboration", "concept",
    "database", "encoding", "encryption", "firmware", "framework", "frame", "function", "hardware", "hub",
    "implementation", "info-mediary", "interface", "knowledge base", "matrix", "middleware", "migration", "model",
    "monitoring", "moratorium", "network", "open system", "paradigm", "portal", "process improvement", "productivity",
    "project", "protocol", "service-desk", "solution", "strategy", "structure", "support", "toolset", "utilisation",
    "website", "workforce",
];

/// First word of a promise.
#[rustfmt::skip]
pub(in crate::generate) const BS_ADJECTIVES: &[&str] = &[
    "value-added", "vertical", "proactive", "robust", "scalable", "leading-edge", "innovative", "intuitive", "strategic",
    "mission-critical", "sticky", "one-to-one", "end-to-end", "global", "granular", "frictionless", "virtual", "dynamic",
    "best-of-breed", "magnetic", "web-enabled", "interactive", "back-end", "real-time", "efficient", "front-end",
    "distributed", "seamless", "extensible", "turn-key", "open-source", "cross-platform", "collaborative",
];

/// Second word of a promise.
#[rustfmt::skip]
pub(in crate::generate) const BS_VERBS: &[&str] = &[
    "implement", "utilize", "integrate", "streamline", "optimize", "evolve", "transform", "embrace", "enable",
    "orchestrate", "leverage", "reinvent", "aggregate", "architect", "enhance", "morph", "empower", "harness",
    "facilitate", "seize", "deploy", "brand", "grow", "target", "syndicate", "synthesize", "deliver", "mesh", "incubate",
    "engage", "maximize", "benchmark", "expedite", "repurpose",
];

/// Last word of a promise.
#[rustfmt::skip]
pub(in crate::generate) const BS_NOUNS: &[&str] = &[
    "synergies", "paradigms", "markets", "partnerships", "infrastructures", "platforms", "initiatives", "channels",
    "communities", "solutions", "services", "action-items", "portals", "niches", "technologies", "content",
    "supply-chains", "relationships", "architectures", "interfaces", "systems", "bandwidth", "models", "deliverables",
    "users", "schemas", "networks", "applications", "metrics", "functionalities", "experiences", "methodologies",
];
