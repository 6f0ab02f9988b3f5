//! Which expressions only grow with time (SQL reference, "Monotonic Expressions and Operators"): they close windows.

use super::rewrite;
use super::script::Analysis;
use crate::sql::functions;
use crate::sql::plan::{Expr, ExprKind, MonotonicKey};
use crate::sql::types::{Cell, DataType, IntervalQualifier, IntervalUnit};

/// How a value moves from row to row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// The same in every row.
    Constant,
    /// Never smaller than before.
    Increasing,
    /// Never larger than before.
    Decreasing,
    /// Nothing is known.
    Unknown,
}

/// How a column moves, and how its value follows from ROWTIME.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trend {
    /// Which way.
    pub direction: Direction,
    /// The column's value as an expression over the row's ROWTIME alone.
    pub of_rowtime: Option<Expr>,
}

impl Trend {
    /// Nothing is known.
    pub(super) const UNKNOWN: Self = Self { direction: Direction::Unknown, of_rowtime: None };

    /// The same trend where ROWTIME is no longer that of the row it was computed from.
    pub(super) fn without_rowtime(self) -> Self {
        Self { of_rowtime: None, ..self }
    }

    /// The trend of a tumbling window's key in the window's result, which carries the window's end as ROWTIME.
    pub(super) fn after_window(self) -> Self {
        let of_rowtime =
            self.of_rowtime.map(|expr| rewrite::replace(expr, &|expr| matches!(expr.kind, ExprKind::Rowtime).then(just_before)));
        Self { of_rowtime, ..self }
    }
}

impl Direction {
    fn reversed(self) -> Self {
        match self {
            Self::Increasing => Self::Decreasing,
            Self::Decreasing => Self::Increasing,
            same => same,
        }
    }

    /// Of a sum of two.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Constant, direction) | (direction, Self::Constant) => direction,
            (a, b) if a == b => a,
            _ => Self::Unknown,
        }
    }

    /// Whether it can tell that what is past does not come back.
    pub(super) fn moves(self) -> bool {
        matches!(self, Self::Increasing | Self::Decreasing)
    }
}

/// `ROWTIME - INTERVAL '0.001' SECOND`.
fn just_before() -> Expr {
    let rowtime = Expr { kind: ExprKind::Rowtime, data_type: DataType::Timestamp, nullable: false, span: Default::default() };
    let second = IntervalQualifier { from: IntervalUnit::Second, to: IntervalUnit::Second, precision: 2, fraction: 3 };
    let one = Expr { kind: ExprKind::Literal(Cell::Int(1)), data_type: DataType::Interval(second), ..rowtime.clone() };
    match functions::resolve("-", &[DataType::Timestamp, DataType::Interval(second)]) {
        Ok(minus) => Expr { kind: ExprKind::Call(minus.function, vec![rowtime.clone(), one]), ..rowtime },
        Err(_) => rowtime,
    }
}

impl Analysis<'_> {
    /// How an expression moves, given how the input row's cells do.
    pub(super) fn trend(&self, expr: &Expr, cells: &[Trend]) -> Trend {
        let direction = self.direction(expr, cells);
        let of_rowtime = if direction.moves() { of_rowtime(expr, cells) } else { None };
        Trend { direction, of_rowtime }
    }

    /// The keys that move, by their place.
    pub(super) fn monotonic_keys<'e>(&self, keys: impl Iterator<Item = &'e Expr>, cells: &[Trend]) -> Vec<MonotonicKey> {
        let trends = keys.map(|key| self.trend(key, cells)).enumerate();
        let moving = trends.filter(|(_, trend)| trend.direction.moves());
        moving.map(|(key, trend)| MonotonicKey { key, of_rowtime: trend.of_rowtime }).collect()
    }

    fn direction(&self, expr: &Expr, cells: &[Trend]) -> Direction {
        if self.asserted_monotonic.iter().any(|asserted| rewrite::same(asserted, expr)) {
            return Direction::Increasing;
        }
        match &expr.kind {
            ExprKind::Literal(_) | ExprKind::PumpStart => Direction::Constant,
            ExprKind::Rowtime | ExprKind::CurrentRowTimestamp => Direction::Increasing,
            ExprKind::Column(index) => cells.get(*index).map_or(Direction::Unknown, |trend| trend.direction),
            ExprKind::Cast(of) if keeps_order(&of.data_type, &expr.data_type) => self.direction(of, cells),
            ExprKind::RoundTime { of, .. } => self.direction(of, cells),
            ExprKind::Difference { of, minus } => self.direction(of, cells).and(self.direction(minus, cells).reversed()),
            ExprKind::Call(function, args) => {
                let name = functions::table().get(usize::from(function.0)).map_or("", |entry| entry.name);
                self.direction_of_call(name, args, cells)
            }
            _ if expr.children().into_iter().all(|child| self.direction(child, cells) == Direction::Constant) => {
                Direction::Constant
            }
            _ => Direction::Unknown,
        }
    }

    fn direction_of_call(&self, name: &str, args: &[Expr], cells: &[Trend]) -> Direction {
        let directions: Vec<_> = args.iter().map(|arg| self.direction(arg, cells)).collect();
        if directions.iter().all(|direction| *direction == Direction::Constant) {
            return Direction::Constant;
        }
        match (name, directions.as_slice(), args) {
            ("+", &[a, b], _) => a.and(b),
            ("-", &[a, b], _) => a.and(b.reversed()),
            ("-", &[a], _) => a.reversed(),
            ("*", &[a, Direction::Constant], [_, factor]) | ("*", &[Direction::Constant, a], [factor, _]) => by_sign(a, factor),
            ("/", &[a, Direction::Constant], [_, divisor]) => by_sign(a, divisor),
            ("STEP", &[a, Direction::Constant], _) => a,
            ("FLOOR" | "CEIL" | "UNIX_TIMESTAMP" | "TO_TIMESTAMP", &[a], _) => a,
            ("SUBSTRING" | "SUBSTRING FROM", &[a, Direction::Constant, Direction::Constant], [_, start, _])
                if sign(start).is_some_and(|_| constant_int(start).is_some_and(|start| start <= 1)) =>
            {
                a
            }
            _ => Direction::Unknown,
        }
    }
}

fn by_sign(direction: Direction, factor: &Expr) -> Direction {
    match sign(factor) {
        Some(1) => direction,
        Some(-1) => direction.reversed(),
        Some(_) => Direction::Constant,
        None => Direction::Unknown,
    }
}

/// The sign of a constant.
fn sign(expr: &Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Literal(Cell::Int(value)) => Some(value.signum()),
        ExprKind::Literal(Cell::Double(value)) if *value == 0.0 => Some(0),
        ExprKind::Literal(Cell::Double(value)) => Some(if *value > 0.0 { 1 } else { -1 }),
        ExprKind::Cast(of) => sign(of),
        _ => None,
    }
}

fn constant_int(expr: &Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Literal(Cell::Int(value)) => Some(*value),
        ExprKind::Cast(of) => constant_int(of),
        _ => None,
    }
}

/// Whether a larger value stays larger or equal when cast.
fn keeps_order(from: &DataType, to: &DataType) -> bool {
    let interval = |data_type: &DataType| matches!(data_type, DataType::Interval(_));
    let datetime = |data_type: &DataType| matches!(data_type, DataType::Date | DataType::Timestamp);
    (from.is_numeric() || interval(from)) && (to.is_numeric() || interval(to)) || datetime(from) && datetime(to)
}

/// The expression over ROWTIME alone, or none if it depends on anything else.
fn of_rowtime(expr: &Expr, cells: &[Trend]) -> Option<Expr> {
    let only_rowtime = rewrite::all(expr, &|expr| match &expr.kind {
        ExprKind::Column(index) => cells.get(*index).is_some_and(|trend| trend.of_rowtime.is_some()),
        ExprKind::CurrentRowTimestamp | ExprKind::PumpStart => false,
        _ => true,
    });
    only_rowtime.then(|| {
        rewrite::replace(expr.clone(), &|expr| match &expr.kind {
            ExprKind::Column(index) => cells.get(*index).and_then(|trend| trend.of_rowtime.clone()),
            _ => None,
        })
    })
}
