//! UNION ALL: streams merged by ROWTIME, their columns converted to common types.

use super::items::project;
use super::monotonicity::Trend;
use super::scope::{Output, ScopeColumn};
use super::script::{Analysis, Checked};
use crate::sql::plan::Node;
use crate::sql::syntax::{Query, SetOperator};
use crate::sql::types::DataType;

impl Analysis<'_> {
    /// A chain of set operators.
    pub(super) fn set_operation(&mut self, first: &Query, others: &[(SetOperator, Query)]) -> Checked<Output> {
        if let Some((operator, query)) = others.iter().find(|(operator, _)| *operator != SetOperator::UnionAll) {
            let name = match operator {
                SetOperator::Union | SetOperator::UnionAll => "UNION",
                SetOperator::Except => "EXCEPT",
                SetOperator::Intersect => "INTERSECT",
            };
            return self.error(query.span, format!("{name} is not allowed on streams; only UNION ALL is"));
        }
        let queries: Vec<_> = std::iter::once(first).chain(others.iter().map(|(_, query)| query)).collect();
        let outputs: Vec<_> = queries.iter().map(|query| self.query(query)).collect();
        let outputs: Vec<Output> = outputs.into_iter().collect::<Checked<_>>()?;
        for (output, query) in outputs.iter().zip(&queries) {
            if output.columns.len() != outputs[0].columns.len() {
                return self.error(query.span, "Column count mismatch in UNION ALL");
            }
            if output.streaming != outputs[0].streaming {
                return self.error(query.span, "Set operator cannot combine streaming and non-streaming inputs");
            }
        }
        let span = queries.iter().map(|query| query.span).reduce(crate::sql::diagnostic::Span::to).unwrap_or(first.span);
        let mut columns = Vec::new();
        for place in 0..outputs[0].columns.len() {
            let types: Vec<_> = outputs.iter().map(|output| &output.columns[place].data_type).collect();
            match DataType::common(&types) {
                Some(common) => columns.push(merged(&outputs, place, common)),
                None => return self.error(span, format!("Type mismatch in column {} of UNION ALL", place + 1)),
            }
        }
        let (rowtime_at, streaming) = (outputs[0].rowtime_at, outputs[0].streaming);
        let inputs = outputs.into_iter().map(|output| self.converted(output, &columns)).collect();
        Some(Output { node: Node::Union { inputs }, columns, rowtime_at, streaming })
    }

    fn converted(&self, output: Output, columns: &[ScopeColumn]) -> Node {
        let width = output.columns.len();
        let cells = output.columns.iter().enumerate().map(|(place, column)| column.at(place, Default::default()));
        let items = cells.zip(columns).map(|(cell, column)| self.cast(cell, &column.data_type)).collect();
        project(output.node, items, None, width)
    }
}

/// A column of the result: named as in the first input; it moves only if it follows from ROWTIME in the same way in all.
fn merged(outputs: &[Output], place: usize, data_type: DataType) -> ScopeColumn {
    let first = &outputs[0].columns[place];
    let same = |output: &Output| {
        let trend = &output.columns[place].trend;
        match (&trend.of_rowtime, &first.trend.of_rowtime) {
            (Some(a), Some(b)) => super::rewrite::same(a, b),
            _ => false,
        }
    };
    let trend = if outputs.iter().all(same) { first.trend.clone() } else { Trend::UNKNOWN };
    let nullable = outputs.iter().any(|output| output.columns[place].nullable);
    ScopeColumn { trend, nullable, ..ScopeColumn::plain(&first.name, data_type, nullable) }
}
