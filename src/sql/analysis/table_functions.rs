//! Functions over the rows of a cursor: which columns they take, and the ranges of their arguments.

use super::scope::{Output, ScopeColumn};
use super::script::{Analysis, Checked};
use crate::sql::plan::{ExprKind, Node, TableFunction};
use crate::sql::syntax::{self, TableCall};
use crate::sql::types::{Cell, DataType};

/// Numeric columns that a forest takes at most (SQL reference, "RANDOM_CUT_FOREST").
const FOREST_COLUMNS_MAX: usize = 30;

/// A whole-number argument: its name in the reference, its range, its default.
struct Argument {
    name: &'static str,
    least: i64,
    most: i64,
    default: u32,
}

/// The arguments of RANDOM_CUT_FOREST behind the cursor, in their order.
const FOREST_ARGUMENTS: [Argument; 4] = [
    Argument { name: "numberOfTrees", least: 1, most: 1000, default: 100 },
    Argument { name: "subSampleSize", least: 10, most: 1000, default: 256 },
    Argument { name: "timeDecay", least: 1, most: i32::MAX as i64, default: 100_000 },
    Argument { name: "shingleSize", least: 1, most: 30, default: 1 },
];

/// The declared length of ANOMALY_EXPLANATION; samples store it in up to 20,480 characters.
const EXPLANATION_LENGTH: u32 = 20_480;

impl Analysis<'_> {
    /// `TABLE(function(CURSOR(query), arguments…))`.
    pub(super) fn table_function(&mut self, call: &TableCall) -> Checked<Output> {
        match call.name.name.as_str() {
            "RANDOM_CUT_FOREST" => self.forest(call, false),
            "RANDOM_CUT_FOREST_WITH_EXPLANATION" => self.forest(call, true),
            name @ ("HOTSPOTS" | "TOP_K_ITEMS_TUMBLING" | "COUNT_DISTINCT_ITEMS_TUMBLING" | "GROUP_RANK") => {
                self.query(&call.cursor)?;
                self.unsupported(call.name.span, name)
            }
            name => self.error(call.span, format!("No match found for function signature {name}(<CURSOR>)")),
        }
    }

    fn forest(&mut self, call: &TableCall, explained: bool) -> Checked<Output> {
        let cursor = self.query(&call.cursor);
        let arguments = self.forest_arguments(call, explained);
        let (cursor, (numbers, directed)) = (cursor?, arguments?);
        if !cursor.streaming {
            return self.error(call.cursor.span, format!("The cursor of {} must be a streaming query", call.name.name));
        }
        let columns = self.forest_columns(call, &cursor)?;
        let names = columns.iter().map(|at| cursor.columns[*at].name.clone()).collect();
        let [trees, sample, time_decay, shingle] = numbers;
        let explain = explained.then_some(directed);
        let function = TableFunction::RandomCutForest { columns, names, trees, sample, time_decay, shingle, explain };
        let mut columns = cursor.columns;
        columns.push(ScopeColumn::plain("ANOMALY_SCORE", DataType::Double, false));
        if explained {
            columns.push(ScopeColumn::plain("ANOMALY_EXPLANATION", DataType::VarChar(EXPLANATION_LENGTH), false));
        }
        let node = Node::TableFunction { input: Box::new(cursor.node), function };
        Some(Output { node, columns, rowtime_at: None, streaming: true })
    }

    /// The whole numbers, and withDirectionality.
    fn forest_arguments(&mut self, call: &TableCall, explained: bool) -> Checked<([u32; 4], bool)> {
        let most = FOREST_ARGUMENTS.len() + usize::from(explained);
        if let Some(extra) = call.args.get(most) {
            let message = format!("{} takes at most {most} arguments behind the cursor", call.name.name);
            return self.error(extra.span, message);
        }
        let mut numbers = FOREST_ARGUMENTS.each_ref().map(|argument| argument.default);
        for ((arg, argument), number) in call.args.iter().zip(&FOREST_ARGUMENTS).zip(&mut numbers) {
            let value = self.constant_int(arg)?;
            let in_range = u32::try_from(value).ok().filter(|_| (argument.least..=argument.most).contains(&value));
            let Some(value) = in_range else {
                let Argument { name, least, most, .. } = argument;
                return self.error(arg.span, format!("{name} of {} must be between {least} and {most}", call.name.name));
            };
            *number = value;
        }
        if numbers[1] >= numbers[2] {
            let span = call.args.get(1).or(call.args.first()).map_or(call.span, |arg| arg.span);
            return self.error(span, format!("subSampleSize of {} must be less than timeDecay", call.name.name));
        }
        let directed = match call.args.get(FOREST_ARGUMENTS.len()) {
            Some(arg) => self.constant_bool(arg)?,
            None => false,
        };
        Some((numbers, directed))
    }

    fn constant_bool(&mut self, expr: &syntax::Expr) -> Checked<bool> {
        match self.constant(expr)?.kind {
            ExprKind::Literal(Cell::Bool(value)) => Some(value),
            _ => self.error(expr.span, "TRUE or FALSE is expected here"),
        }
    }

    /// The numeric columns; DECIMAL is not taken (SQL reference), so it is refused rather than passed over in silence.
    fn forest_columns(&mut self, call: &TableCall, cursor: &Output) -> Checked<Vec<usize>> {
        let name = &call.name.name;
        let decimal = cursor.columns.iter().find(|column| matches!(column.data_type, DataType::Decimal { .. }));
        if let Some(column) = decimal {
            let message =
                format!("{name} does not take column '{}' of type {}: cast it to DOUBLE", column.name, column.data_type);
            return self.error(call.cursor.span, message);
        }
        let numeric = cursor.columns.iter().enumerate().filter(|(_, column)| column.data_type.is_numeric());
        let columns: Vec<_> = numeric.map(|(at, _)| at).collect();
        if columns.is_empty() || columns.len() > FOREST_COLUMNS_MAX {
            let message =
                format!("The cursor of {name} must have 1 to {FOREST_COLUMNS_MAX} numeric columns, not {}", columns.len());
            return self.error(call.cursor.span, message);
        }
        Some(columns)
    }
}
