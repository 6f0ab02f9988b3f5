//! SELECT DISTINCT: the first row of each combination until time moves on.

use super::items::project;
use super::monotonicity::Trend;
use super::rewrite;
use super::scope::{Output, ScopeColumn};
use super::script::{Analysis, Checked};
use super::select::{Parts, Stage};
use crate::sql::diagnostic::Span;
use crate::sql::plan::{Expr, ExprKind, MonotonicKey, Node, SortKey};
use crate::sql::syntax::{Query, Select};

impl Analysis<'_> {
    /// The projection, DISTINCT over it, and ORDER BY over that.
    pub(super) fn distinct(
        &mut self,
        select: &Select,
        query: &Query,
        stage: Stage,
        parts: Parts,
        rowtime: Option<Expr>,
        rowtime_at: Option<usize>,
    ) -> Checked<Output> {
        let span = select.items.iter().map(|item| item.span()).reduce(Span::to).unwrap_or(select.span);
        if !stage.streaming {
            return self.unsupported(span, "SELECT DISTINCT of rows that are no stream");
        }
        let restamped = rowtime.as_ref().is_some_and(|rowtime| rowtime.kind != ExprKind::Rowtime);
        let mut columns = self.columns_with_trends(&parts.items, &stage);
        if restamped {
            for column in &mut columns {
                column.trend = std::mem::replace(&mut column.trend, Trend::UNKNOWN).without_rowtime();
            }
        }
        let order = self.selected_keys(&parts)?;
        let mut items: Vec<Expr> = parts.items.into_iter().map(|item| item.expr).collect();
        let width = items.len();
        // ROWTIME itself does not tell rows apart (SQL reference, "SELECT ALL and SELECT DISTINCT").
        let keys = (0..width).filter(|&at| items[at].kind != ExprKind::Rowtime).collect();
        let mut monotonic = forgetting_keys(&columns, &items);
        if let Some(rowtime) = rowtime.as_ref().filter(|_| monotonic.is_empty()) {
            let of_rowtime = (!restamped).then(super::from::rowtime);
            monotonic.push(MonotonicKey { key: width, of_rowtime });
            items.push(rowtime.clone());
        }
        if monotonic.is_empty() {
            return self.error(span, "Streaming SELECT DISTINCT requires at least one monotonic expression in SELECT clause");
        }
        let rowtime = rowtime.filter(|_| restamped);
        let inner = items.len();
        let node = project(stage.node, items, rowtime, stage.width);
        let node = Node::Distinct { input: Box::new(node), keys, monotonic };
        let shown = columns.iter().enumerate().map(|(place, column)| column.at(place, span)).collect();
        let node = project(node, shown, None, inner);
        let trends = columns.iter().map(|column| column.trend.clone()).collect();
        let stage = Stage { node, width, trends, streaming: true };
        let stage = if order.is_empty() { stage } else { self.sort(stage, order, &query.order_by)? };
        Some(Output { node: stage.node, columns, rowtime_at, streaming: true })
    }

    /// The sort keys over the select list; only what is selected can be sorted by.
    fn selected_keys(&mut self, parts: &Parts) -> Checked<Vec<SortKey>> {
        let mut keys = Vec::new();
        for SortKey { expr, descending } in &parts.order {
            let place = parts.items.iter().position(|item| rewrite::same(&item.expr, expr));
            let kind = match place {
                Some(place) => ExprKind::Column(place),
                None if expr.kind == ExprKind::Rowtime => ExprKind::Rowtime,
                None => {
                    let text = self.source.text(expr.span);
                    return self.error(expr.span, format!("Expression '{text}' is not in the select clause"));
                }
            };
            keys.push(SortKey { expr: Expr { kind, ..expr.clone() }, descending: *descending });
        }
        Some(keys)
    }
}

/// The columns that say when to forget what was seen: all that grow, for a row with a new value of one cannot equal an older row.
/// ROWTIME is not compared, so it may only do where nothing else grows.
fn forgetting_keys(columns: &[ScopeColumn], items: &[Expr]) -> Vec<MonotonicKey> {
    let key = |(key, column): (usize, &ScopeColumn)| MonotonicKey { key, of_rowtime: column.trend.of_rowtime.clone() };
    let is_rowtime = |place: usize| items[place].kind == ExprKind::Rowtime;
    let moving = || columns.iter().enumerate().filter(|(_, column)| column.trend.direction.moves());
    let compared: Vec<_> = moving().filter(|(place, _)| !is_rowtime(*place)).map(key).collect();
    if compared.is_empty() { moving().take(1).map(key).collect() } else { compared }
}
