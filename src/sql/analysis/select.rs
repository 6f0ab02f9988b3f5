//! SELECT, clause by clause in the order in which rows meet them.

use super::expressions::{Clause, Names};
use super::items::{Item, columns_of, project};
use super::joins;
use super::monotonicity::Trend;
use super::scope::{Output, Rows, Scope};
use super::script::{Analysis, Checked};
use crate::sql::plan::{AggregateCall, Expr, ExprKind, Node, SortKey, WindowSpec};
use crate::sql::syntax::{self, Grouping, Query, QueryBody, Select};

/// The parts of a SELECT, over the rows of FROM; aggregates and calls over windows are cells behind theirs.
pub(super) struct Parts {
    /// The select list.
    pub items: Vec<Item>,
    /// GROUP BY, or PARTITION BY of WINDOWED BY.
    pub keys: Vec<Expr>,
    /// HAVING.
    pub having: Option<Expr>,
    /// ORDER BY.
    pub order: Vec<SortKey>,
}

/// Rows from FROM to the select list, and how their cells move.
pub(super) struct Stage {
    /// Where they come from.
    pub node: Node,
    /// How many cells they have.
    pub width: usize,
    /// How the cells move.
    pub trends: Vec<Trend>,
    /// Whether they come with a ROWTIME.
    pub streaming: bool,
}

/// What was gathered from the expressions.
struct Gathered {
    aggregates: Vec<AggregateCall>,
    windows: Vec<WindowSpec>,
    calls: Vec<(usize, AggregateCall)>,
}

impl Analysis<'_> {
    /// A query.
    pub(super) fn query(&mut self, query: &Query) -> Checked<Output> {
        let output = match &query.body {
            QueryBody::Select(select) => return self.select(select, query),
            QueryBody::Nested(inner) => self.query(inner)?,
            QueryBody::SetOperation(first, others) => self.set_operation(first, others)?,
            QueryBody::Values(rows) => self.values(rows)?,
        };
        self.sort_output(output, query)
    }

    fn select(&mut self, select: &Select, query: &Query) -> Checked<Output> {
        self.check_window_names(&select.windows)?;
        let Rows { node, scope } = self.from(select)?;
        let condition =
            select.condition.as_ref().map(|condition| self.condition(condition, &mut Names::new(&scope, Clause::Where)));
        let (parts, gathered) = self.parts(select, query, &scope)?;
        let node = match condition {
            None => node,
            Some(condition) => filtered(node, condition?),
        };
        let stage = Stage { node, width: scope.width, trends: scope.trends(), streaming: scope.streaming };
        self.staged(select, query, stage, parts, gathered)
    }

    /// The select list, HAVING and ORDER BY; all are looked into even if one has an error.
    fn parts(&mut self, select: &Select, query: &Query, scope: &Scope) -> Checked<(Parts, Gathered)> {
        let stagger = matches!(select.grouping, Some(Grouping::Stagger { .. }));
        let mut names = Names { stagger, named_windows: &select.windows, ..Names::new(scope, Clause::Select) };
        let items = self.items(select, &mut names);
        names.clause = Clause::Having;
        let having = match &select.having {
            Some(having) => self.condition(having, &mut names).map(Some),
            None => Some(None),
        };
        let keys = self.group_keys(select, scope);
        // ORDER BY may mean items by their aliases, so it is looked into only where these are known.
        let items = items?;
        names.clause = Clause::OrderBy;
        let order = self.sort_keys(&query.order_by, &items, &mut names);
        let parts = Parts { items, keys: keys?, having: having?, order: order? };
        Some((parts, Gathered { aggregates: names.aggregates, windows: names.windows, calls: names.calls }))
    }

    /// Grouping or windows, then what follows.
    fn staged(&mut self, select: &Select, query: &Query, stage: Stage, parts: Parts, gathered: Gathered) -> Checked<Output> {
        let grouped = select.grouping.is_some() || select.having.is_some() || !gathered.aggregates.is_empty();
        if grouped {
            if let Some((_, call)) = gathered.calls.first() {
                return self
                    .error(call.span, "A query with GROUP BY cannot have windowed aggregates; put one of them into a subquery");
            }
            if let Some(within) = &query.within {
                return self.unsupported(within.span, "ORDER BY … WITHIN of a query with GROUP BY");
            }
            let (stage, parts) = self.group(select, stage, parts, gathered.aggregates)?;
            return self.finish(select, query, stage, parts);
        }
        if !gathered.calls.is_empty() && !stage.streaming {
            return self.unsupported(select.span, "A window over rows that are no stream");
        }
        let stage = windowed(stage, gathered);
        self.finish(select, query, stage, parts)
    }

    /// ORDER BY, the projection, DISTINCT.
    fn finish(&mut self, select: &Select, query: &Query, mut stage: Stage, mut parts: Parts) -> Checked<Output> {
        let rowtime_at = self.rowtime_item(&mut parts.items)?;
        if let Some(within) = &query.within {
            stage = self.time_sort(query, within, stage, &mut parts, rowtime_at)?;
        } else if !select.distinct && !parts.order.is_empty() {
            stage = self.sort(stage, std::mem::take(&mut parts.order), &query.order_by)?;
        }
        let rowtime = rowtime_at.map(|at| parts.items.remove(at).expr);
        if select.distinct {
            return self.distinct(select, query, stage, parts, rowtime, rowtime_at);
        }
        let columns = self.columns_with_trends(&parts.items, &stage);
        let items = parts.items.into_iter().map(|item| item.expr).collect();
        let streaming = stage.streaming;
        let rowtime = rowtime.filter(|rowtime| rowtime.kind != ExprKind::Rowtime);
        let restamped = rowtime.is_some();
        let node = project(stage.node, items, rowtime, stage.width);
        let mut output = Output { node, columns, rowtime_at, streaming };
        if restamped {
            for column in &mut output.columns {
                column.trend = std::mem::replace(&mut column.trend, Trend::UNKNOWN).without_rowtime();
            }
        }
        Some(output)
    }

    /// The columns that items over a stage's rows make.
    pub(super) fn columns_with_trends(&self, items: &[Item], stage: &Stage) -> Vec<super::scope::ScopeColumn> {
        let mut columns = columns_of(items);
        for (column, item) in columns.iter_mut().zip(items) {
            column.trend = self.trend(&item.expr, &stage.trends);
        }
        columns
    }

    /// VALUES: rows of one type.
    fn values(&mut self, rows: &[Vec<syntax::Expr>]) -> Checked<Output> {
        let scope = Scope::default();
        let mut names = Names::new(&scope, Clause::Values);
        let mut checked = Vec::new();
        for row in rows {
            checked.push(self.exprs(row, &mut names));
        }
        let mut rows_of: Vec<Vec<Expr>> = checked.into_iter().collect::<Checked<_>>()?;
        let width = rows_of.first().map_or(0, Vec::len);
        let place = rows.iter().flatten().map(|expr| expr.span).reduce(crate::sql::diagnostic::Span::to).unwrap_or_default();
        if rows_of.iter().any(|row| row.len() != width) {
            return self.error(place, "Values passed to VALUES operator must have compatible types");
        }
        let mut columns = Vec::new();
        for at in 0..width {
            let types: Vec<_> = rows_of.iter().map(|row| &row[at].data_type).collect();
            let Some(common) = crate::sql::types::DataType::common(&types) else {
                return self.error(place, "Values passed to VALUES operator must have compatible types");
            };
            let nullable = rows_of.iter().any(|row| row[at].nullable);
            for row in &mut rows_of {
                row[at] = self.cast(row[at].clone(), &common);
            }
            columns.push(super::scope::ScopeColumn::plain(&format!("EXPR${at}"), common, nullable));
        }
        Some(Output { node: Node::Values { rows: rows_of }, columns, rowtime_at: None, streaming: false })
    }
}

fn filtered(node: Node, condition: Expr) -> Node {
    if joins::is_inner_join(&node) {
        return joins::with_condition(node, condition);
    }
    Node::Filter { input: Box::new(node), predicate: condition }
}

fn windowed(stage: Stage, gathered: Gathered) -> Stage {
    let Gathered { windows, calls, .. } = gathered;
    if calls.is_empty() {
        return stage;
    }
    let mut trends = stage.trends;
    trends.resize(stage.width + calls.len(), Trend::UNKNOWN);
    let width = trends.len();
    let node = Node::Window { input: Box::new(stage.node), windows, calls };
    Stage { node, width, trends, ..stage }
}
