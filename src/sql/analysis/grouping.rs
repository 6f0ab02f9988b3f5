//! GROUP BY and WINDOWED BY STAGGER: keys, and what may be said of rows behind them.

use super::expressions::{Clause, Names};
use super::monotonicity::Trend;
use super::rewrite;
use super::scope::Scope;
use super::script::{Analysis, Checked};
use super::select::{Parts, Stage};
use crate::sql::diagnostic::Span;
use crate::sql::plan::{AggregateCall, Expr, ExprKind, Node};
use crate::sql::syntax::{self, Grouping, Select};

/// Calcite's text for a stream that could never be grouped.
const NO_MONOTONIC_KEY: &str = "Streaming aggregation requires at least one monotonic expression in GROUP BY clause";

impl Analysis<'_> {
    /// The keys of GROUP BY or WINDOWED BY.
    pub(super) fn group_keys(&mut self, select: &Select, scope: &Scope) -> Checked<Vec<Expr>> {
        match &select.grouping {
            Some(Grouping::Keys(keys, _)) => self.exprs(keys, &mut Names::new(scope, Clause::GroupBy)),
            Some(Grouping::Stagger { partition, .. }) => self.exprs(partition, &mut Names::new(scope, Clause::GroupBy)),
            None => Some(Vec::new()),
        }
    }

    /// The rows of the groups, and the parts over them: keys, then aggregates.
    pub(super) fn group(
        &mut self,
        select: &Select,
        stage: Stage,
        parts: Parts,
        aggregates: Vec<AggregateCall>,
    ) -> Checked<(Stage, Parts)> {
        let stagger = match &select.grouping {
            Some(Grouping::Keys(..)) => None,
            Some(Grouping::Stagger { range, .. }) => Some(range),
            None => {
                let having = select.having.as_ref().map(|having| having.span);
                let span = aggregates.first().map(|call| call.span).or(having).unwrap_or(select.span);
                return self.error(span, NO_MONOTONIC_KEY);
            }
        };
        let keys = parts.keys.clone();
        let parts = self.regrouped_parts(parts, stage.width)?;
        let mut stage = match stagger {
            Some(range) => self.stagger(range, stage, keys, aggregates)?,
            None => self.tumbling(select, stage, keys, aggregates)?,
        };
        if let Some(having) = &parts.having {
            stage.node = Node::Filter { input: Box::new(stage.node), predicate: having.clone() };
        }
        Some((stage, parts))
    }

    fn tumbling(&mut self, select: &Select, stage: Stage, keys: Vec<Expr>, aggregates: Vec<AggregateCall>) -> Checked<Stage> {
        let span = match &select.grouping {
            Some(Grouping::Keys(_, span)) => *span,
            _ => select.span,
        };
        if !stage.streaming {
            return self.unsupported(span, "GROUP BY of rows that are no stream");
        }
        // Developer guide, "Troubleshooting": more than one ROWTIME-based column is invalid code.
        let of_rowtime = |key: &&Expr| rewrite::any(key, &|expr| matches!(expr.kind, ExprKind::Rowtime));
        let mut timed = keys.iter().filter(of_rowtime);
        if let (Some(first), Some(second)) = (timed.next(), timed.next())
            && !rewrite::same(first, second)
        {
            return self.error(second.span, "GROUP BY clause cannot have more than one ROWTIME-based expression");
        }
        let monotonic = self.monotonic_keys(keys.iter(), &stage.trends);
        if monotonic.is_empty() {
            return self.error(span, NO_MONOTONIC_KEY);
        }
        let mut trends: Vec<_> = keys.iter().map(|key| self.trend(key, &stage.trends).after_window()).collect();
        trends.resize(keys.len() + aggregates.len(), Trend::UNKNOWN);
        let width = trends.len();
        let node = Node::Aggregate { input: Box::new(stage.node), keys, monotonic, aggregates };
        Some(Stage { node, width, trends, streaming: true })
    }

    fn stagger(&mut self, range: &syntax::Expr, stage: Stage, keys: Vec<Expr>, aggregates: Vec<AggregateCall>) -> Checked<Stage> {
        if !stage.streaming {
            return self.unsupported(range.span, "WINDOWED BY of rows that are no stream");
        }
        let range_ms = self.window_millis(range)?;
        if range_ms == 0 {
            return self.error(range.span, "A window's length must be larger than zero");
        }
        let width = keys.len() + aggregates.len();
        let node = Node::Stagger { input: Box::new(stage.node), keys, range_ms, aggregates };
        Some(Stage { node, width, trends: vec![Trend::UNKNOWN; width], streaming: true })
    }

    fn regrouped_parts(&mut self, parts: Parts, width: usize) -> Checked<Parts> {
        let Parts { mut items, keys, mut having, mut order } = parts;
        let mut fine = true;
        let items_of = items.iter_mut().map(|item| &mut item.expr);
        let others = having.iter_mut().chain(order.iter_mut().map(|key| &mut key.expr));
        for expr in items_of.chain(others) {
            fine &= self.regroup(expr, &keys, width).is_some();
        }
        fine.then_some(Parts { items, keys, having, order })
    }

    /// An expression over the rows of FROM as one over those of the groups; the first thing in it that is neither a key nor an
    /// aggregate is an error.
    fn regroup(&mut self, expr: &mut Expr, keys: &[Expr], width: usize) -> Checked<()> {
        if let Some(key) = keys.iter().position(|key| rewrite::same(key, expr)) {
            expr.kind = ExprKind::Column(key);
            return Some(());
        }
        match expr.kind {
            ExprKind::Column(place) if place >= width => {
                expr.kind = ExprKind::Column(place - width + keys.len());
                Some(())
            }
            ExprKind::Column(_) => self.not_grouped(expr.span),
            // Unqualified it is the time of the result (SQL reference, "ROWTIME").
            ExprKind::Rowtime if self.source.text(expr.span).contains('.') => self.not_grouped(expr.span),
            _ => {
                for child in expr.children_mut() {
                    self.regroup(child, keys, width)?;
                }
                Some(())
            }
        }
    }

    fn not_grouped(&mut self, span: Span) -> Checked<()> {
        let text = self.source.text(span);
        self.error(span, format!("Expression '{text}' is not being grouped"))
    }
}
