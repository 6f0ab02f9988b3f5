//! What names mean inside a query: its relations, their columns, and where these lie in the input row.

use super::monotonicity::Trend;
use crate::sql::plan::{Expr, ExprKind, Node};
use crate::sql::types::DataType;

/// A column of a relation or of a query's result.
#[derive(Clone, Debug)]
pub(super) struct ScopeColumn {
    /// The name as stored.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// Whether it can be NULL.
    pub nullable: bool,
    /// Whether it grows with time.
    pub trend: Trend,
    /// `*` leaves it out: a system column, or the second one of a USING pair.
    pub hidden: bool,
    /// Found only under its relation's name: the second column of a USING pair.
    pub merged: bool,
}

/// A table reference of FROM.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    /// The name that qualifies its columns; none for a derived table without alias.
    pub alias: Option<String>,
    /// Its columns.
    pub columns: Vec<ScopeColumn>,
    /// The place of its first column in the input row.
    pub offset: usize,
    /// Its ROWTIME, over the input row; none for a table.
    pub rowtime: Option<Expr>,
}

/// The relations of a query, left to right.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// The relations.
    pub relations: Vec<Relation>,
    /// How many cells the input row has.
    pub width: usize,
    /// Whether rows come with a ROWTIME.
    pub streaming: bool,
    /// Cells that hold an input's ROWTIME behind a join, with how they move.
    pub rowtime_cells: Vec<(usize, Trend)>,
}

/// A node with what its rows mean.
pub(super) struct Rows {
    /// Where they come from.
    pub node: Node,
    /// What they mean.
    pub scope: Scope,
}

/// A query's result.
pub(super) struct Output {
    /// Where its rows come from.
    pub node: Node,
    /// Its columns, without the one aliased ROWTIME.
    pub columns: Vec<ScopeColumn>,
    /// The place of the item named ROWTIME in the select list.
    pub rowtime_at: Option<usize>,
    /// Whether rows come with a ROWTIME.
    pub streaming: bool,
}

impl ScopeColumn {
    /// A column that does not grow with time.
    pub(super) fn plain(name: &str, data_type: DataType, nullable: bool) -> Self {
        Self { name: name.to_owned(), data_type, nullable, trend: Trend::UNKNOWN, hidden: false, merged: false }
    }

    /// The column as an expression over the row that has it at `index`.
    pub(super) fn at(&self, index: usize, span: crate::sql::diagnostic::Span) -> Expr {
        Expr { kind: ExprKind::Column(index), data_type: self.data_type.clone(), nullable: self.nullable, span }
    }
}

impl Scope {
    /// The trends of all cells of the input row.
    pub(super) fn trends(&self) -> Vec<Trend> {
        let mut trends = vec![Trend::UNKNOWN; self.width];
        for relation in &self.relations {
            for (place, column) in relation.columns.iter().enumerate() {
                if let Some(trend) = trends.get_mut(relation.offset + place) {
                    *trend = column.trend.clone();
                }
            }
        }
        for (cell, trend) in &self.rowtime_cells {
            if let Some(known) = trends.get_mut(*cell) {
                *known = trend.clone();
            }
        }
        trends
    }

    /// The relation of a name.
    pub(super) fn relation(&self, alias: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.alias.as_deref() == Some(alias))
    }
}
