//! ORDER BY: of a stream by a leading key that grows, and by an event time WITHIN a slack.

use super::expressions::{Clause, Names};
use super::items::Item;
use super::rewrite;
use super::scope::{Output, Relation, Scope};
use super::script::{Analysis, Checked};
use super::select::{Parts, Stage};
use crate::sql::diagnostic::Span;
use crate::sql::plan::{Expr, ExprKind, MonotonicKey, Node, SortKey};
use crate::sql::syntax::{self, Literal, Query, SortItem};
use crate::sql::types::DataType;

impl Analysis<'_> {
    /// The sort keys: select items by place or alias, or any expressions over the rows of FROM.
    pub(super) fn sort_keys(&mut self, order_by: &[SortItem], items: &[Item], names: &mut Names<'_>) -> Checked<Vec<SortKey>> {
        let mut keys = Vec::new();
        for SortItem { expr, descending } in order_by {
            let key = match self.item_meant(expr, items)? {
                Some(item) => Some(Expr { span: expr.span, ..item }),
                None => self.expr(expr, names),
            };
            keys.push(key.map(|expr| SortKey { expr, descending: *descending }));
        }
        keys.into_iter().collect()
    }

    fn item_meant(&mut self, expr: &syntax::Expr, items: &[Item]) -> Checked<Option<Expr>> {
        match &expr.kind {
            syntax::ExprKind::Literal(Literal::Number(text)) => {
                let place = text.parse::<usize>().ok().and_then(|place| place.checked_sub(1));
                match place.and_then(|place| items.get(place)) {
                    Some(item) => Some(Some(item.expr.clone())),
                    None => self.error(expr.span, "Ordinal out of range"),
                }
            }
            syntax::ExprKind::Column(parts) => {
                let [name] = parts.as_slice() else { return Some(None) };
                let mut named = items.iter().filter(|item| item.name == name.name);
                match (named.next(), named.next()) {
                    (Some(item), None) => Some(Some(item.expr.clone())),
                    _ => Some(None),
                }
            }
            _ => Some(None),
        }
    }

    /// Rows sorted before the projection.
    pub(super) fn sort(&mut self, stage: Stage, keys: Vec<SortKey>, order_by: &[SortItem]) -> Checked<Stage> {
        let span = order_by.iter().map(|item| item.expr.span).reduce(Span::to).unwrap_or_default();
        if !stage.streaming {
            return self.unsupported(span, "ORDER BY of rows that are no stream");
        }
        let Some(first) = keys.first() else { return Some(stage) };
        let trend = self.trend(&first.expr, &stage.trends);
        if !trend.direction.moves() {
            return self.error(first.expr.span, "Streaming ORDER BY must start with monotonic expression");
        }
        let leading = first.expr.clone();
        let monotonic = MonotonicKey { key: 0, of_rowtime: trend.of_rowtime };
        let node = Node::Sort { input: Box::new(stage.node), leading, monotonic, keys };
        Some(Stage { node, ..stage })
    }

    /// `ORDER BY ts WITHIN interval`: the time becomes ROWTIME (SQL reference, "T-sorting stream input").
    pub(super) fn time_sort(
        &mut self,
        query: &Query,
        within: &syntax::Expr,
        stage: Stage,
        parts: &mut Parts,
        rowtime_at: Option<usize>,
    ) -> Checked<Stage> {
        let within_ms = self.window_millis(within)?;
        let order = std::mem::take(&mut parts.order);
        let (Some(key), Some(written)) = (order.first(), query.order_by.first()) else { return None };
        let span = written.expr.span;
        if !stage.streaming {
            return self.unsupported(span, "ORDER BY of rows that are no stream");
        }
        let key_is_item = rowtime_at.is_some_and(|at| rewrite::same(&parts.items[at].expr, &key.expr));
        if key.expr.data_type != DataType::Timestamp || matches!(key.expr.kind, ExprKind::Rowtime) {
            return self.error(span, "ORDER BY … WITHIN needs an expression of type TIMESTAMP other than ROWTIME");
        }
        if key.descending || order.len() > 1 {
            return self.error(span, "ORDER BY … WITHIN takes one ascending key");
        }
        if !key_is_item {
            return self.error(span, "The key of ORDER BY … WITHIN must be an item of the select list with the alias ROWTIME");
        }
        let key = key.expr.clone();
        // Behind the sort the row's ROWTIME is the key.
        for item in &mut parts.items {
            let rowtime = Expr { kind: ExprKind::Rowtime, nullable: false, ..key.clone() };
            let expr = item.expr.clone();
            item.expr =
                rewrite::replace(expr, &|expr| rewrite::same(expr, &key).then(|| Expr { span: expr.span, ..rowtime.clone() }));
        }
        let node = Node::TimeSort { input: Box::new(stage.node), key, within_ms };
        let trends = stage.trends.into_iter().map(|_| super::monotonicity::Trend::UNKNOWN).collect();
        Some(Stage { node, trends, ..stage })
    }

    /// A finished query's rows sorted: of UNION ALL, VALUES, or a query in parentheses.
    pub(super) fn sort_output(&mut self, output: Output, query: &Query) -> Checked<Output> {
        if query.order_by.is_empty() {
            return Some(output);
        }
        if let Some(within) = &query.within {
            return self.unsupported(within.span, "ORDER BY … WITHIN of anything but a SELECT");
        }
        let scope = scope_of(&output);
        let mut names = Names::new(&scope, Clause::OrderBy);
        let columns = output.columns.iter().enumerate();
        let items: Vec<_> = columns
            .map(|(place, column)| Item { name: column.name.clone(), expr: column.at(place, query.span), restamps: false })
            .collect();
        let keys = self.sort_keys(&query.order_by, &items, &mut names)?;
        let stage = Stage { node: output.node, width: scope.width, trends: scope.trends(), streaming: output.streaming };
        let stage = self.sort(stage, keys, &query.order_by)?;
        Some(Output { node: stage.node, ..output })
    }
}

/// A result's columns as what names mean in its ORDER BY.
pub(super) fn scope_of(output: &Output) -> Scope {
    let rowtime = output.streaming.then(super::from::rowtime);
    let relation = Relation { alias: None, columns: output.columns.clone(), offset: 0, rowtime };
    Scope { width: output.columns.len(), relations: vec![relation], streaming: output.streaming, rowtime_cells: Vec::new() }
}
