//! The streaming SQL engine, pure: no tokio, no SQLite, no AWS. Only `base` value types come in.
//!
//! Text → tokens with places → AST with spans (`syntax`) → typed, checked plan (`analysis` → `plan`) → operators
//! (`operators`, `expressions`, `functions`) → a [`program::Program`] driven by `push(block)` and `advance(now)`.
//! The same rows and the same clock give the same output, everywhere.

pub mod analysis;
pub mod diagnostic;
mod explain;
pub mod expressions;
pub mod functions;
pub mod operators;
pub mod plan;
pub mod program;
pub mod syntax;
pub mod tables;
pub mod types;
mod walk;
