//! The plan as text: EXPLAIN. A line an operator, its input below it; `$n` is the n-th cell of the input row.

use super::functions;
use super::plan::{
    AggregateCall, AggregateFunction, Expr, ExprKind, Frame, JoinKind, JoinSide, MonotonicKey, Node, Plan, SortKey, TableFunction,
};
use super::types::{Cell, Column, DataType, write_cell};
use std::fmt::{self, Display, Formatter};

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for stream in &self.streams {
            let kind = if stream.input { "input" } else { "stream" };
            writeln!(f, "{kind} {} ({})", stream.name, list(&stream.columns))?;
        }
        for table in &self.tables {
            writeln!(f, "table {} ({})", table.name, list(&table.columns))?;
        }
        for pump in &self.pumps {
            let target = self.streams.get(pump.target).map_or("?", |stream| stream.name.as_str());
            let stopped = if pump.stopped { " (stopped)" } else { "" };
            writeln!(f, "pump {}{stopped} into {target}: {}", pump.name, list(&pump.assign))?;
            self.node(f, &pump.query, 1)?;
        }
        Ok(())
    }
}

impl Plan {
    fn node(&self, f: &mut Formatter<'_>, node: &Node, depth: usize) -> fmt::Result {
        write!(f, "{:width$}", "", width = depth * 2)?;
        match node {
            Node::Scan { stream } => {
                return writeln!(f, "scan {}", self.streams.get(*stream).map_or("?", |stream| stream.name.as_str()));
            }
            Node::Values { rows } => {
                let rows: Vec<_> = rows.iter().map(|row| format!("({})", list(row))).collect();
                return writeln!(f, "values {}", rows.join(", "));
            }
            Node::Filter { predicate, .. } => writeln!(f, "filter {predicate}")?,
            Node::Project { items, rowtime, .. } => {
                writeln!(f, "project {}{}", list(items), after(" rowtime ", rowtime.as_ref()))?
            }
            Node::Distinct { keys, monotonic, .. } => {
                let keys: Vec<_> = keys.iter().map(|key| format!("${key}")).collect();
                writeln!(f, "distinct {} until {} changes", keys.join(", "), list(monotonic))?;
            }
            Node::Aggregate { keys, monotonic, aggregates, .. } => {
                writeln!(f, "aggregate {} by {} until {} changes", list(aggregates), list(keys), list(monotonic))?;
            }
            Node::Stagger { keys, range_ms, aggregates, .. } => {
                writeln!(f, "stagger {} by {} for {range_ms} ms", list(aggregates), list(keys))?;
            }
            Node::Window { windows, calls, .. } => {
                let calls: Vec<_> = calls
                    .iter()
                    .filter_map(|(at, call)| windows.get(*at).map(|window| format!("{call} over ({window})")))
                    .collect();
                writeln!(f, "window {}", calls.join(", "))?;
            }
            Node::Sort { keys, monotonic, .. } => writeln!(f, "sort {} until {monotonic} changes", list(keys))?,
            Node::TimeSort { key, within_ms, .. } => writeln!(f, "time sort {key} within {within_ms} ms")?,
            Node::TableFunction { function, .. } => writeln!(f, "{function}")?,
            Node::StreamJoin { kind, equal, condition, .. } => {
                writeln!(f, "{kind} join on {}{}", pairs(equal), after(" and ", condition.as_ref()))?;
            }
            Node::TableJoin { table, kind, equal, condition, .. } => {
                let table = self.tables.get(*table).map_or("?", |table| table.name.as_str());
                writeln!(f, "{kind} join with table {table} on {}{}", pairs(equal), after(" and ", condition.as_ref()))?;
            }
            Node::Union { .. } => writeln!(f, "union all")?,
        }
        self.inputs(f, node, depth + 1)
    }

    fn inputs(&self, f: &mut Formatter<'_>, node: &Node, depth: usize) -> fmt::Result {
        match node {
            Node::Scan { .. } | Node::Values { .. } => Ok(()),
            Node::Filter { input, .. }
            | Node::Project { input, .. }
            | Node::Distinct { input, .. }
            | Node::Aggregate { input, .. }
            | Node::Stagger { input, .. }
            | Node::Window { input, .. }
            | Node::Sort { input, .. }
            | Node::TimeSort { input, .. }
            | Node::TableFunction { input, .. }
            | Node::TableJoin { input, .. } => self.node(f, input, depth),
            Node::StreamJoin { left, right, .. } => {
                self.side(f, left, depth)?;
                self.side(f, right, depth)
            }
            Node::Union { inputs } => inputs.iter().try_for_each(|input| self.node(f, input, depth)),
        }
    }

    fn side(&self, f: &mut Formatter<'_>, side: &JoinSide, depth: usize) -> fmt::Result {
        match side.frame {
            Some(frame) => writeln!(f, "{:width$}over {frame}", "", width = depth * 2)?,
            None => writeln!(f, "{:width$}current row", "", width = depth * 2)?,
        }
        self.node(f, &side.input, depth + 1)
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Column(place) => write!(f, "${place}"),
            ExprKind::Rowtime => f.write_str("ROWTIME"),
            ExprKind::Literal(cell) if cell.is_null() => f.write_str("NULL"),
            ExprKind::Literal(cell) => literal(f, cell, &self.data_type),
            ExprKind::Call(function, args) => {
                call(f, functions::table().get(usize::from(function.0)).map_or("?", |entry| entry.name), args)
            }
            ExprKind::Cast(of) => write!(f, "CAST({of} AS {})", self.data_type),
            ExprKind::And(terms) => write!(f, "({})", joined(terms, " AND ")),
            ExprKind::Or(terms) => write!(f, "({})", joined(terms, " OR ")),
            ExprKind::Not(of) => write!(f, "NOT {of}"),
            ExprKind::Case(branches, otherwise) => {
                f.write_str("CASE")?;
                branches.iter().try_for_each(|(when, then)| write!(f, " WHEN {when} THEN {then}"))?;
                write!(f, "{} END", after(" ELSE ", otherwise.as_deref()))
            }
            ExprKind::Coalesce(list_of) => write!(f, "COALESCE({})", list(list_of)),
            ExprKind::Field(of, place) => write!(f, "{of}.{place}"),
            ExprKind::RoundTime { up, unit, of } => write!(f, "{}({of} TO {})", if *up { "CEIL" } else { "FLOOR" }, unit.name()),
            ExprKind::Extract(unit, of) => write!(f, "EXTRACT({} FROM {of})", unit.name()),
            ExprKind::Difference { of, minus } => match &self.data_type {
                DataType::Interval(qualifier) => write!(f, "({of} - {minus}) {qualifier}"),
                other => write!(f, "({of} - {minus}) {other}"),
            },
            ExprKind::Match { similar, of, pattern, escape } => {
                let word = if *similar { "SIMILAR TO" } else { "LIKE" };
                write!(f, "({of} {word} {pattern}{})", after(" ESCAPE ", escape.as_deref()))
            }
            ExprKind::CurrentRowTimestamp => f.write_str("CURRENT_ROW_TIMESTAMP"),
            ExprKind::PumpStart => write!(f, "CAST(pump start AS {})", self.data_type),
        }
    }
}

fn literal(f: &mut Formatter<'_>, cell: &Cell, data_type: &DataType) -> fmt::Result {
    let mut text = String::new();
    write_cell(&mut text, cell, data_type);
    match data_type {
        DataType::Interval(qualifier) => write!(f, "INTERVAL '{}' {qualifier}", text.trim_start_matches('+')),
        DataType::Date => write!(f, "DATE '{text}'"),
        DataType::Time => write!(f, "TIME '{text}'"),
        DataType::Timestamp => write!(f, "TIMESTAMP '{text}'"),
        DataType::Binary(_) | DataType::VarBinary(_) => write!(f, "X'{text}'"),
        other if other.is_character() => write!(f, "'{}'", text.replace('\'', "''")),
        _ => f.write_str(&text),
    }
}

fn call(f: &mut Formatter<'_>, name: &str, args: &[Expr]) -> fmt::Result {
    let is_symbol = !name.starts_with(|first: char| first.is_ascii_alphabetic());
    match args {
        [left, right] if is_symbol || name == "IS DISTINCT FROM" => write!(f, "({left} {name} {right})"),
        [operand] if is_symbol => write!(f, "{name}{operand}"),
        [operand] if name.starts_with("IS ") => write!(f, "{operand} {name}"),
        [of, by] if name == "STEP" => write!(f, "STEP({of} BY {by})"),
        _ => write!(f, "{name}({})", list(args)),
    }
}

impl Display for AggregateCall {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.function == AggregateFunction::CountAll {
            return f.write_str("COUNT(*)");
        }
        let distinct = if self.distinct { "DISTINCT " } else { "" };
        write!(f, "{}({distinct}{})", self.function, list(&self.args))?;
        if self.function == (AggregateFunction::NthValue { from_last: true }) {
            f.write_str(" FROM LAST")?;
        }
        if self.ignore_nulls { f.write_str(" IGNORE NULLS") } else { Ok(()) }
    }
}

impl Display for AggregateFunction {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CountAll | Self::Count => "COUNT",
            Self::Sum => "SUM",
            Self::Avg => "AVG",
            Self::Min => "MIN",
            Self::Max => "MAX",
            Self::StddevPop => "STDDEV_POP",
            Self::StddevSamp => "STDDEV_SAMP",
            Self::VarPop => "VAR_POP",
            Self::VarSamp => "VAR_SAMP",
            Self::Any => "ANY",
            Self::Every => "EVERY",
            Self::FirstValue => "FIRST_VALUE",
            Self::LastValue => "LAST_VALUE",
            Self::NthValue { .. } => "NTH_VALUE",
            Self::Lag => "LAG",
            Self::ExpAvg => "EXP_AVG",
        })
    }
}

impl Display for super::plan::WindowSpec {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.partition.is_empty() {
            write!(f, "partition by {} ", list(&self.partition))?;
        }
        write!(f, "{}", self.frame)
    }
}

impl Display for Frame {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::RangePreceding(ms) => write!(f, "range {ms} ms preceding"),
            Self::RangeFollowing(ms) => write!(f, "range {ms} ms following"),
            Self::RowsPreceding(count) => write!(f, "rows {count} preceding"),
            Self::Unbounded => f.write_str("unbounded preceding"),
        }
    }
}

impl Display for JoinKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inner => "inner",
            Self::Left => "left",
            Self::Right => "right",
            Self::Full => "full",
        })
    }
}

impl Display for MonotonicKey {
    /// The key, or what it is of ROWTIME, which the clock can tell.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.of_rowtime {
            Some(expr) => write!(f, "{expr}"),
            None => write!(f, "key {}", self.key),
        }
    }
}

impl Display for SortKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.expr, if self.descending { " DESC" } else { "" })
    }
}

impl Display for TableFunction {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self::RandomCutForest { names, trees, sample, time_decay, shingle, explain, .. } = self;
        write!(
            f,
            "random cut forest over {}: {trees} trees, sample {sample}, decay {time_decay}, shingle {shingle}",
            names.join(", ")
        )?;
        match explain {
            None => Ok(()),
            Some(directed) => write!(f, ", explained{}", if *directed { " with directions" } else { "" }),
        }
    }
}

impl Display for Column {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.name, self.data_type, if self.nullable { "" } else { " NOT NULL" })
    }
}

fn list<T: Display>(items: &[T]) -> String {
    joined(items, ", ")
}

fn joined<T: Display>(items: &[T], between: &str) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}

fn pairs(equal: &[(Expr, Expr)]) -> String {
    let pairs: Vec<_> = equal.iter().map(|(left, right)| format!("{left} = right {right}")).collect();
    if pairs.is_empty() { "all".to_owned() } else { pairs.join(" and ") }
}

fn after(word: &str, expr: Option<&Expr>) -> String {
    expr.map_or_else(String::new, |expr| format!("{word}{expr}"))
}
