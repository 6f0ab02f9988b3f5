//! Joins: of two streams within windows, and of a stream with a reference table.

use super::expressions::{Clause, Names};
use super::from::{Side, rowtime_trend};
use super::monotonicity::Trend;
use super::predicates::{always, logic};
use super::rewrite;
use super::scope::{Relation, Rows, Scope};
use super::script::{Analysis, Checked};
use crate::sql::diagnostic::Span;
use crate::sql::functions;
use crate::sql::plan::{self, Expr, ExprKind, Frame, JoinSide, Node};
use crate::sql::syntax::{JoinConstraint, JoinKind};
use crate::sql::types::DataType;

impl Analysis<'_> {
    /// Two inputs as one.
    pub(super) fn join(
        &mut self,
        left: Side,
        right: Side,
        kind: JoinKind,
        natural: bool,
        constraint: &JoinConstraint,
        span: Span,
    ) -> Checked<Side> {
        self.check_constraint(kind, natural, constraint, span)?;
        let (mut rows, joined) = match (left, right) {
            (Side::Stream(left, left_frame), Side::Stream(right, right_frame)) => {
                self.join_streams((left, left_frame), (right, right_frame), kind, span)?
            }
            (Side::Stream(stream, None), Side::Table(table, relation)) => {
                let outer = match kind {
                    JoinKind::Inner | JoinKind::Cross => false,
                    JoinKind::Left => true,
                    _ => return self.error(span, "A join of a stream with a table cannot keep the table's rows"),
                };
                join_table(stream, table, relation, outer, false)
            }
            (Side::Table(table, relation), Side::Stream(stream, None)) => {
                let outer = match kind {
                    JoinKind::Inner | JoinKind::Cross => false,
                    JoinKind::Right => true,
                    _ => return self.error(span, "A join of a stream with a table cannot keep the table's rows"),
                };
                join_table(stream, table, relation, outer, true)
            }
            (Side::Table(..), Side::Table(..)) => return self.unsupported(span, "A join of two reference tables"),
            _ => return self.error(span, "A stream that is joined with a table cannot have a window"),
        };
        let condition = self.join_condition(&mut rows.scope, joined, kind, natural, constraint, span)?;
        if let Some(condition) = condition {
            rows.node = with_condition(rows.node, condition);
        }
        Some(Side::Stream(rows, None))
    }

    fn check_constraint(&mut self, kind: JoinKind, natural: bool, constraint: &JoinConstraint, span: Span) -> Checked<()> {
        let written = natural || *constraint != JoinConstraint::None;
        if kind == JoinKind::Cross && written {
            let message = "Cannot specify condition (NATURAL keyword, or ON or USING clause) following CROSS JOIN";
            return self.error(span, message);
        }
        if kind != JoinKind::Cross && !written {
            let message = "INNER, LEFT, RIGHT or FULL join requires a condition (NATURAL keyword or ON or USING clause)";
            return self.error(span, message);
        }
        if natural && *constraint != JoinConstraint::None {
            return self.error(span, "Cannot specify NATURAL keyword with ON or USING clause");
        }
        Some(())
    }

    /// The rows of both, and how many relations are the left one's.
    fn join_streams(
        &mut self,
        (left, left_frame): (Rows, Option<Frame>),
        (right, right_frame): (Rows, Option<Frame>),
        kind: JoinKind,
        span: Span,
    ) -> Checked<(Rows, usize)> {
        if !left.scope.streaming || !right.scope.streaming {
            return self.unsupported(span, "A join with VALUES");
        }
        let (kind, left_null, right_null) = match kind {
            JoinKind::Inner | JoinKind::Cross => (plan::JoinKind::Inner, false, false),
            JoinKind::Left => (plan::JoinKind::Left, false, true),
            JoinKind::Right => (plan::JoinKind::Right, true, false),
            JoinKind::Full => (plan::JoinKind::Full, true, true),
        };
        let (mut left, mut right) = (with_rowtime(left, left_frame), with_rowtime(right, right_frame));
        for (scope, null) in [(&mut left.scope, left_null), (&mut right.scope, right_null)] {
            null_supplying(&mut scope.relations, null);
            scope.rowtime_cells.iter_mut().filter(|_| null).for_each(|(_, trend)| *trend = Trend::UNKNOWN);
        }
        let (relations, before) = (left.scope.relations.len(), left.scope.width);
        let mut scope = left.scope;
        scope.relations.extend(right.scope.relations.into_iter().map(|relation| moved_right(relation, before)));
        scope.rowtime_cells.extend(right.scope.rowtime_cells.into_iter().map(|(cell, trend)| (cell + before, trend)));
        scope.width += right.scope.width;
        let node = Node::StreamJoin {
            left: Box::new(JoinSide { input: left.node, width: before, frame: left_frame }),
            right: Box::new(JoinSide { input: right.node, width: right.scope.width, frame: right_frame }),
            kind,
            equal: Vec::new(),
            condition: None,
        };
        Some((Rows { node, scope }, relations))
    }

    fn join_condition(
        &mut self,
        scope: &mut Scope,
        left_relations: usize,
        kind: JoinKind,
        natural: bool,
        constraint: &JoinConstraint,
        span: Span,
    ) -> Checked<Option<Expr>> {
        self.check_aliases(scope, span)?;
        match constraint {
            JoinConstraint::On(condition) => {
                let mut names = Names::new(scope, Clause::On);
                self.condition(condition, &mut names).map(Some)
            }
            JoinConstraint::Using(names) => {
                let pairs: Vec<_> = names.iter().map(|name| (name.name.clone(), name.span)).collect();
                self.using(scope, left_relations, kind, &pairs).map(Some)
            }
            JoinConstraint::None if natural => {
                let (left, right) = scope.relations.split_at(left_relations);
                let visible = |relations: &[Relation]| -> Vec<String> {
                    let columns = relations.iter().flat_map(|relation| &relation.columns);
                    columns.filter(|column| !column.hidden).map(|column| column.name.clone()).collect()
                };
                let right = visible(right);
                let common: Vec<_> =
                    visible(left).into_iter().filter(|name| right.contains(name)).map(|name| (name, span)).collect();
                self.using(scope, left_relations, kind, &common).map(Some)
            }
            JoinConstraint::None => Some(None),
        }
    }

    fn check_aliases(&mut self, scope: &Scope, span: Span) -> Checked<()> {
        let aliases: Vec<_> = scope.relations.iter().filter_map(|relation| relation.alias.as_ref()).collect();
        let twice = aliases.iter().enumerate().find(|(place, alias)| aliases[..*place].contains(alias));
        match twice {
            Some((_, alias)) => {
                let message = format!("Duplicate relation name '{alias}' in FROM clause");
                self.error(span, message)
            }
            None => Some(()),
        }
    }

    /// USING: each pair equal; `*` and unqualified names mean the kept side's column.
    fn using(&mut self, scope: &mut Scope, left_relations: usize, kind: JoinKind, names: &[(String, Span)]) -> Checked<Expr> {
        let mut terms = Vec::new();
        for (name, span) in names {
            let find = |relations: &[Relation]| {
                relations.iter().enumerate().find_map(|(at, relation)| {
                    let place = relation.columns.iter().position(|column| column.name == *name && !column.merged)?;
                    Some((at, place, relation.columns[place].at(relation.offset + place, *span)))
                })
            };
            let (left, right) = scope.relations.split_at(left_relations);
            let (Some((left_at, left_place, a)), Some((right_at, right_place, b))) = (find(left), find(right)) else {
                return self.error(*span, format!("Column '{name}' not found in any table"));
            };
            if kind == JoinKind::Full {
                return self.unsupported(*span, "FULL JOIN with USING or NATURAL");
            }
            let (at, place) =
                if kind == JoinKind::Right { (left_at, left_place) } else { (right_at + left_relations, right_place) };
            let second = &mut scope.relations[at].columns[place];
            (second.hidden, second.merged) = (true, true);
            terms.push(self.operator("=", vec![a, b], *span)?);
        }
        Some(match terms.len() {
            0 => always(Span::default()),
            1 => terms.swap_remove(0),
            _ => logic(ExprKind::And, terms, Span::default()),
        })
    }
}

/// A join's input with its own ROWTIME as last cell, so that `alias.ROWTIME` is known behind the join.
fn with_rowtime(rows: Rows, frame: Option<Frame>) -> Rows {
    let Rows { node, mut scope } = rows;
    let cell = scope.width;
    let mut items: Vec<Expr> = Vec::with_capacity(cell + 1);
    let mut known = vec![None; cell];
    for relation in &mut scope.relations {
        for (place, column) in relation.columns.iter_mut().enumerate() {
            known[relation.offset + place] = Some(column.at(relation.offset + place, Span::default()));
            // Behind a window rows come in another order; the current row's cells move as the join's ROWTIME does.
            if frame.is_some() {
                column.trend = Trend::UNKNOWN;
            }
        }
        if let Some(rowtime) = &mut relation.rowtime {
            if let ExprKind::Column(at) = rowtime.kind {
                known[at] = Some(rowtime.clone());
            } else {
                rowtime.kind = ExprKind::Column(cell);
            }
        }
    }
    items.extend(known.into_iter().flatten());
    items.push(super::from::rowtime());
    for (_, trend) in &mut scope.rowtime_cells {
        *trend = Trend::UNKNOWN;
    }
    let trend = if frame.is_some() { Trend::UNKNOWN } else { rowtime_trend() };
    scope.rowtime_cells.push((cell, trend));
    scope.width += 1;
    Rows { node: Node::Project { input: Box::new(node), items, rowtime: None }, scope }
}

fn null_supplying(relations: &mut [Relation], null: bool) {
    if !null {
        return;
    }
    for relation in relations {
        for column in &mut relation.columns {
            column.nullable = true;
            column.trend = Trend::UNKNOWN;
        }
        if let Some(rowtime) = &mut relation.rowtime {
            rowtime.nullable = true;
        }
    }
}

fn moved_right(relation: Relation, by: usize) -> Relation {
    let rowtime = relation.rowtime.map(|rowtime| match rowtime.kind {
        ExprKind::Column(at) => Expr { kind: ExprKind::Column(at + by), ..rowtime },
        _ => rowtime,
    });
    Relation { offset: relation.offset + by, rowtime, ..relation }
}

/// The table's cells lie behind the stream's, on whichever side of JOIN it was written.
fn join_table(stream: Rows, table: usize, relation: Relation, outer: bool, table_first: bool) -> (Rows, usize) {
    let Rows { node, mut scope } = stream;
    let width = scope.width;
    let mut relation = Relation { offset: width, ..relation };
    null_supplying(std::slice::from_mut(&mut relation), outer);
    let kind = if outer { plan::JoinKind::Left } else { plan::JoinKind::Inner };
    scope.width += relation.columns.len();
    let joined = if table_first { 1 } else { scope.relations.len() };
    scope.relations.insert(if table_first { 0 } else { joined }, relation);
    let node = Node::TableJoin { input: Box::new(node), width, table, kind, equal: Vec::new(), condition: None };
    (Rows { node, scope }, joined)
}

/// Rows for which a condition holds: part of the join where it is one, which is the same for inner joins and for ON.
pub(super) fn with_condition(mut node: Node, condition: Expr) -> Node {
    let (border, equal, rest) = match &mut node {
        Node::StreamJoin { left, equal, condition: rest, .. } => (left.width, equal, rest),
        Node::TableJoin { width, equal, condition: rest, .. } => (*width, equal, rest),
        _ => return Node::Filter { input: Box::new(node), predicate: condition },
    };
    let terms = match condition.kind {
        ExprKind::And(terms) => terms,
        _ => vec![condition],
    };
    let mut others: Vec<Expr> = rest.take().into_iter().collect();
    for term in terms {
        match equal_pair(term, border) {
            Ok(pair) => equal.push(pair),
            Err(term) => others.push(term),
        }
    }
    *rest = match others.len() {
        0 => None,
        1 => others.pop(),
        _ => Some(logic(ExprKind::And, others, Span::default())),
    };
    node
}

/// Whether the node keeps only matches, so that WHERE may be put into it.
pub(super) fn is_inner_join(node: &Node) -> bool {
    matches!(node, Node::StreamJoin { kind: plan::JoinKind::Inner, .. } | Node::TableJoin { kind: plan::JoinKind::Inner, .. })
}

/// `left = right` where each operand depends on one side only: both, the right one over the right row.
fn equal_pair(term: Expr, border: usize) -> Result<(Expr, Expr), Expr> {
    let ExprKind::Call(function, args) = &term.kind else { return Err(term) };
    let is_equal = functions::table().get(usize::from(function.0)).is_some_and(|entry| entry.name == "=");
    let [a, b] = args.as_slice() else { return Err(term) };
    if !is_equal || !hashes_alike(&a.data_type, &b.data_type) {
        return Err(term);
    }
    let only = |expr: &Expr, left: bool| {
        rewrite::any(expr, &|expr| matches!(expr.kind, ExprKind::Column(_)))
            && rewrite::all(expr, &|expr| match expr.kind {
                ExprKind::Column(at) => (at < border) == left,
                ExprKind::Rowtime => false,
                _ => true,
            })
    };
    if only(a, true) && only(b, false) {
        return Ok((a.clone(), rewrite::shift_left(b.clone(), border)));
    }
    if only(b, true) && only(a, false) {
        return Ok((b.clone(), rewrite::shift_left(a.clone(), border)));
    }
    Err(term)
}

/// Whether equal values of the two types are equal cells.
fn hashes_alike(a: &DataType, b: &DataType) -> bool {
    a == b || a.is_whole() && b.is_whole() || matches!((a, b), (DataType::VarChar(_), DataType::VarChar(_)))
}
