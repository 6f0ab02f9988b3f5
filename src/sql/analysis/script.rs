//! A script's analysis from its first statement to its last: what exists so far, and what is wrong.

use super::Catalog;
use super::functions::UserFunction;
use super::source::Source;
use crate::sql::diagnostic::{Diagnostic, Span};
use crate::sql::plan::{Expr, Plan, Stream};
use crate::sql::syntax::{SYSTEM_COLUMNS, Script};
use std::collections::HashSet;

/// What a rule gives; `None` when the error has been told of already.
pub(super) type Checked<T> = Option<T>;

/// The analysis of one script.
pub(super) struct Analysis<'a> {
    pub(super) source: Source<'a>,
    pub(super) plan: Plan,
    pub(super) functions: Vec<UserFunction>,
    /// Names of objects whose definition had an error: what refers to them is not looked into.
    pub(super) broken: HashSet<String>,
    /// What MONOTONIC() was said of in the statement at hand.
    pub(super) asserted_monotonic: Vec<Expr>,
    errors: Vec<Diagnostic>,
}

impl<'a> Analysis<'a> {
    /// An analysis where only the catalog exists yet.
    pub(super) fn new(code: &'a str, catalog: &Catalog) -> Self {
        let source = Source::new(code);
        let streams = catalog.inputs.iter().map(|input| with_used_system_columns(input, &source)).collect();
        let plan = Plan { streams, tables: catalog.tables.clone(), pumps: Vec::new() };
        Self { source, plan, functions: Vec::new(), broken: HashSet::new(), asserted_monotonic: Vec::new(), errors: Vec::new() }
    }

    /// The plan, or all that is wrong.
    pub(super) fn plan(mut self, script: &Script) -> Result<Plan, Vec<Diagnostic>> {
        for statement in &script.statements {
            self.asserted_monotonic.clear();
            let before = self.errors.len();
            let done = self.statement(statement);
            // A rule that gives nothing must have said why, or depend on what was told of.
            if done.is_none() && self.errors.len() == before && self.broken.is_empty() {
                self.error::<()>(statement.span, "This statement is not supported yet".to_owned());
            }
        }
        self.errors.sort_by_key(|error| (error.span.line, error.span.column));
        if self.errors.is_empty() { Ok(self.plan) } else { Err(self.errors) }
    }

    /// Tells of an error.
    pub(super) fn error<T>(&mut self, span: Span, message: impl Into<String>) -> Checked<T> {
        self.errors.push(Diagnostic { span, message: message.into(), syntax: false });
        None
    }

    /// Tells of something that the grammar knows and the engine does not.
    pub(super) fn unsupported<T>(&mut self, span: Span, what: &str) -> Checked<T> {
        self.error(span, format!("{what} is not supported yet"))
    }
}

/// An input stream with those of its system columns that the script may mean.
fn with_used_system_columns(input: &Stream, source: &Source<'_>) -> Stream {
    let mut place = 0;
    let mut stream = input.clone();
    stream.columns.retain(|column| {
        place += 1;
        place <= input.declared || !SYSTEM_COLUMNS.contains(&column.name.as_str()) || source.mentions(&column.name)
    });
    stream
}
