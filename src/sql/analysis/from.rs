//! FROM: streams, reference tables, derived tables, and what their columns are called.

use super::monotonicity::Trend;
use super::scope::{Output, Relation, Rows, Scope, ScopeColumn};
use super::script::{Analysis, Checked};
use crate::sql::diagnostic::Span;
use crate::sql::plan::{Expr, ExprKind, Frame, Node};
use crate::sql::syntax::{Ident, JoinConstraint, JoinKind, Name, Query, Select, TableKind, TableRef, WindowSpec};
use crate::sql::types::{Column, DataType};

/// An input of a join, or all of FROM.
pub(super) enum Side {
    /// Rows that come in time.
    Stream(Rows, Option<Frame>),
    /// A reference table, by its index, and its columns.
    Table(usize, Relation),
}

/// What all table references of a SELECT share.
pub(super) type NamedWindows<'s> = &'s [(Ident, WindowSpec)];

impl Analysis<'_> {
    /// The input of a SELECT.
    pub(super) fn from(&mut self, select: &Select) -> Checked<Rows> {
        let mut sides = Vec::new();
        for table in &select.from {
            sides.push((self.table_ref(table, &select.windows), table.span));
        }
        let mut all: Option<(Side, Span)> = None;
        for (side, span) in sides {
            let side = side?;
            all = Some(match all {
                None => (side, span),
                Some((left, before)) => {
                    let place = before.to(span);
                    (self.join(left, side, JoinKind::Cross, false, &JoinConstraint::None, place)?, place)
                }
            });
        }
        match all {
            None => Some(Rows { node: Node::Values { rows: vec![Vec::new()] }, scope: Scope::default() }),
            Some((Side::Table(..), span)) => self.unsupported(span, "Reading a reference table without a stream"),
            Some((Side::Stream(_, Some(_)), span)) => self.error(span, "OVER in FROM is allowed on the inputs of a join only"),
            Some((Side::Stream(rows, None), _)) => Some(rows),
        }
    }

    /// A table reference with its window.
    pub(super) fn table_ref(&mut self, table: &TableRef, windows: NamedWindows<'_>) -> Checked<Side> {
        let side = match &table.kind {
            TableKind::Join(join) => {
                let left = self.table_ref(&join.left, windows);
                let right = self.table_ref(&join.right, windows);
                return self.join(left?, right?, join.kind, join.natural, &join.constraint, join.operator);
            }
            TableKind::Named(name) => self.named(name, table)?,
            TableKind::Derived(query) => self.derived(query, table)?,
            TableKind::Function(call) => {
                let output = self.table_function(call)?;
                Side::Stream(self.as_relation(output, table)?, None)
            }
        };
        let Some(over) = &table.over else { return Some(side) };
        let frame = self.join_window(over, windows)?;
        match side {
            Side::Stream(rows, _) if rows.scope.streaming => Some(Side::Stream(rows, Some(frame))),
            _ => self.error(table.span, "OVER in FROM is allowed on streams only"),
        }
    }

    fn named(&mut self, name: &Name, table: &TableRef) -> Checked<Side> {
        let object = name.object();
        let alias = table.alias.as_ref().map_or_else(|| object.to_owned(), |alias| alias.name.clone());
        if let Some(at) = self.plan.streams.iter().position(|stream| stream.name == object) {
            let stream = &self.plan.streams[at];
            let (columns, declared) = (stream.columns.clone(), stream.declared);
            let mut columns = plain(&columns);
            for system in columns.iter_mut().skip(declared) {
                system.hidden = true;
            }
            let columns = self.renamed(columns, declared, table)?;
            return Some(Side::Stream(streaming(Node::Scan { stream: at }, columns, Some(alias)), None));
        }
        if let Some(at) = self.plan.tables.iter().position(|table| table.name == object) {
            let columns = plain(&self.plan.tables[at].columns);
            let declared = columns.len();
            let columns = self.renamed(columns, declared, table)?;
            return Some(Side::Table(at, Relation { alias: Some(alias), columns, offset: 0, rowtime: None }));
        }
        self.not_found(name)
    }

    fn derived(&mut self, query: &Query, table: &TableRef) -> Checked<Side> {
        let output = self.query(query)?;
        Some(Side::Stream(self.as_relation(output, table)?, None))
    }

    /// A query's result as the one relation of a scope.
    fn as_relation(&mut self, output: Output, table: &TableRef) -> Checked<Rows> {
        let declared = output.columns.len();
        let columns = self.renamed(output.columns, declared, table)?;
        let alias = table.alias.as_ref().map(|alias| alias.name.clone());
        let mut rows = streaming(output.node, columns, alias);
        if !output.streaming {
            rows.scope.streaming = false;
            rows.scope.relations[0].rowtime = None;
        }
        Some(rows)
    }

    /// The columns under the names of `AS alias (names)`.
    fn renamed(&mut self, mut columns: Vec<ScopeColumn>, declared: usize, table: &TableRef) -> Checked<Vec<ScopeColumn>> {
        let Some(names) = &table.columns else { return Some(columns) };
        if names.len() != declared {
            let own: Vec<_> = columns.iter().take(declared).map(|column| format!("'{}'", column.name)).collect();
            let message = format!(
                "List of column aliases must have same degree as table; table has {declared} columns ({}), whereas alias list has {} columns",
                own.join(", "),
                names.len()
            );
            let span = names.iter().map(|name| name.span).reduce(Span::to).unwrap_or(table.span);
            return self.error(span, message);
        }
        for (column, name) in columns.iter_mut().zip(names) {
            column.name.clone_from(&name.name);
        }
        Some(columns)
    }
}

fn plain(columns: &[Column]) -> Vec<ScopeColumn> {
    columns.iter().map(|column| ScopeColumn::plain(&column.name, column.data_type.clone(), column.nullable)).collect()
}

/// A stream as the one relation of a scope.
fn streaming(node: Node, columns: Vec<ScopeColumn>, alias: Option<String>) -> Rows {
    let width = columns.len();
    let relation = Relation { alias, columns, offset: 0, rowtime: Some(rowtime()) };
    Rows { node, scope: Scope { relations: vec![relation], width, streaming: true, rowtime_cells: Vec::new() } }
}

/// The row's own ROWTIME.
pub(super) fn rowtime() -> Expr {
    Expr { kind: ExprKind::Rowtime, data_type: DataType::Timestamp, nullable: false, span: Span::default() }
}

/// The trend of a cell that holds the row's own ROWTIME.
pub(super) fn rowtime_trend() -> Trend {
    Trend { direction: super::monotonicity::Direction::Increasing, of_rowtime: Some(rowtime()) }
}
