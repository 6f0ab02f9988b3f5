//! From the syntax tree to the plan: names, types, monotonicity, windows. Every error has its place, none follows from another.

mod aggregates;
mod assignment;
mod calls;
mod columns;
mod distinct;
mod expressions;
mod from;
mod functions;
mod grouping;
mod items;
mod joins;
mod literals;
mod log_parsing;
mod monotonicity;
mod ordering;
mod predicates;
mod rewrite;
mod scope;
mod script;
mod select;
mod set_operations;
mod source;
mod statements;
mod table_functions;
mod temporal;
mod windows;

use super::diagnostic::Diagnostic;
use super::plan::{Plan, Stream, Table};
use super::syntax;

/// What exists before the script runs.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// The in-application input streams: declared (mapped) columns first, then all system columns that the source offers.
    pub inputs: Vec<Stream>,
    /// The reference tables.
    pub tables: Vec<Table>,
}

/// Checks a script against the application's inputs and reference tables, and plans it.
///
/// Errors are those of the grammar (all statements that cannot be read) or, if there are none, those of the analysis, in the
/// order of the script.
pub fn compile(code: &str, catalog: &Catalog) -> Result<Plan, Vec<Diagnostic>> {
    let script = syntax::parse(code)?;
    script::Analysis::new(code, catalog).plan(&script)
}

/// Checks the grammar alone: what can be said of an application that has no inputs yet.
pub fn check_syntax(code: &str) -> Result<(), Vec<Diagnostic>> {
    syntax::parse(code).map(|_| ())
}

#[cfg(test)]
mod tests;
