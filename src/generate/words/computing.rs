//! Words and sentences of computing.

/// Abbreviations.
#[rustfmt::skip]
pub(in crate::generate) const ABBREVIATIONS: &[&str] = &[
    "TCP", "HTTP", "SDD", "RAM", "GB", "CSS", "SSL", "AGP", "SQL", "FTP", "PCI", "AI", "ADP", "RSS", "XML", "EXE", "COM",
    "HDD", "THX", "SMTP", "SMS", "USB", "PNG", "SAS", "IB", "SCSI", "JSON", "XSS", "JBOD",
];

/// Adjectives.
#[rustfmt::skip]
pub(in crate::generate) const ADJECTIVES: &[&str] = &[
    "auxiliary", "primary", "back-end", "digital", "open-source", "virtual", "cross-platform", "redundant", "online",
    "haptic", "multi-byte", "bluetooth", "wireless", "1080p", "neural", "optical", "solid state", "mobile",
];

/// Nouns.
#[rustfmt::skip]
pub(in crate::generate) const NOUNS: &[&str] = &[
    "driver", "protocol", "bandwidth", "panel", "microchip", "program", "port", "card", "array", "interface", "system",
    "sensor", "firewall", "hard-drive", "pixel", "alarm", "feed", "monitor", "application", "transmitter", "bus",
    "circuit", "capacitor", "matrix",
];

/// Verbs.
#[rustfmt::skip]
pub(in crate::generate) const VERBS: &[&str] = &[
    "back up", "bypass", "hack", "override", "compress", "copy", "navigate", "index", "connect", "generate", "quantify",
    "calculate", "synthesize", "input", "transmit", "program", "reboot", "parse",
];

/// Verbs with -ing.
#[rustfmt::skip]
pub(in crate::generate) const ING_VERBS: &[&str] = &[
    "backing up", "bypassing", "hacking", "overriding", "compressing", "copying", "navigating", "indexing", "connecting",
    "generating", "quantifying", "calculating", "synthesizing", "transmitting", "programming", "parsing",
];

/// Sentences, with kinds of words between percent signs.
#[rustfmt::skip]
pub(in crate::generate) const PHRASES: &[&str] = &[
    "The %abbreviation% %noun% is slow; %verb% the %adjective% %noun% first!",
    "%verb% the %noun% and the %adjective% %abbreviation% %noun% will follow!",
    "Nobody is %ingverb% the %noun% without a %adjective% %abbreviation% %noun%!",
    "Once you %verb% the %adjective% %noun%, the %abbreviation% %noun% answers!",
    "%ingverb% the %noun% is not enough, %verb% the %adjective% %abbreviation% %noun% too!",
    "Who could %verb% a %adjective% %noun% but the %abbreviation% %noun%?",
];
