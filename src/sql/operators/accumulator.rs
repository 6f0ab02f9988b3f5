//! Aggregate functions over the rows of a group.

use super::keys::Keys;
use super::sum::RealSum;
use super::{Reader, Writer};
use crate::sql::expressions::{Compiler, Operand, RowError, fitting};
use crate::sql::plan::{AggregateCall, AggregateFunction as Function, Expr};
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::{Cell, DataType, POWERS_OF_TEN, compare, divide_rounded, nearest_real, rescale_exact, whole_part};

/// A call made ready.
#[derive(Debug)]
pub(super) struct Call {
    pub function: Function,
    /// The first argument's place among the operator's arguments.
    pub arg: Option<usize>,
    /// The places of the others (n and default of LAG and NTH_VALUE, the interval of EXP_AVG).
    pub more: Vec<usize>,
    pub ignore_nulls: bool,
    pub distinct: bool,
    result: DataType,
    arg_scale: u8,
    arg_is_real: bool,
}

/// The calls of an operator and their arguments, of which equal ones are evaluated once.
pub(super) fn compile(calls: &[&AggregateCall], compiler: Compiler) -> (Vec<Call>, Vec<Operand>) {
    let mut exprs: Vec<&Expr> = Vec::new();
    let mut place = |expr| {
        exprs.iter().position(|known: &&Expr| same(known, expr)).unwrap_or_else(|| {
            exprs.push(expr);
            exprs.len() - 1
        })
    };
    let calls = calls
        .iter()
        .map(|call| {
            let arg_type = call.args.first().map(|arg| &arg.data_type);
            Call {
                function: call.function,
                arg: call.args.first().map(&mut place),
                more: call.args.iter().skip(1).map(&mut place).collect(),
                ignore_nulls: call.ignore_nulls,
                distinct: call.distinct,
                result: call.data_type.clone(),
                arg_scale: arg_type.map_or(0, DataType::scale),
                arg_is_real: arg_type.is_some_and(DataType::is_approximate),
            }
        })
        .collect();
    (calls, exprs.into_iter().map(|expr| compiler.compile(expr)).collect())
}

/// Whether two expressions compute the same; where they stand in the script does not matter for plain columns.
fn same(a: &Expr, b: &Expr) -> bool {
    a.kind == b.kind && a.data_type == b.data_type
}

/// What a call remembers of a group.
#[derive(Debug)]
pub(super) enum State {
    Count(i64),
    Exact {
        sum: i128,
        count: i64,
    },
    Real {
        sum: RealSum,
        count: i64,
    },
    Extreme(Cell),
    Moments(Box<Moments>),
    Truth {
        trues: i64,
        falses: i64,
    },
    /// FIRST_VALUE and LAST_VALUE.
    Edge {
        value: Cell,
        seen: bool,
    },
    Distinct {
        seen: Keys,
        of: Box<State>,
    },
}

#[derive(Clone, Debug, Default)]
pub(super) struct Moments {
    sum: RealSum,
    squares: RealSum,
    count: i64,
}

impl State {
    pub(super) fn new(call: &Call) -> Self {
        let plain = match call.function {
            Function::CountAll | Function::Count => Self::Count(0),
            Function::Sum | Function::Avg if call.arg_is_real => Self::Real { sum: RealSum::default(), count: 0 },
            Function::Sum | Function::Avg => Self::Exact { sum: 0, count: 0 },
            Function::Min | Function::Max => Self::Extreme(Cell::Null),
            Function::StddevPop | Function::StddevSamp | Function::VarPop | Function::VarSamp => Self::Moments(Box::default()),
            Function::Any | Function::Every => Self::Truth { trues: 0, falses: 0 },
            _ => Self::Edge { value: Cell::Null, seen: false },
        };
        if call.distinct { Self::Distinct { seen: Keys::new(1), of: Box::new(plain) } } else { plain }
    }

    /// Counts a row in; `cell` is the argument (anything for COUNT(*)).
    #[inline]
    #[expect(clippy::collapsible_match, reason = "a guard cannot change what it matched")]
    pub(super) fn add(&mut self, call: &Call, cell: &Cell) {
        match (self, cell) {
            (Self::Count(count), cell) => *count += i64::from(call.arg.is_none() || !cell.is_null()),
            (Self::Edge { value, seen }, cell) => edge(value, seen, call, cell),
            (_, Cell::Null) => {}
            (Self::Exact { sum, count }, Cell::Int(value)) => {
                *sum += i128::from(*value);
                *count += 1;
            }
            (Self::Real { sum, count }, Cell::Double(value)) => {
                sum.add(*value);
                *count += 1;
            }
            (Self::Extreme(best), cell) if best.is_null() || compare(cell, best) == call.better() => *best = cell.clone(),
            (Self::Moments(moments), cell) => moments.add(call.number(cell), 1.0),
            (Self::Truth { trues, falses }, Cell::Bool(value)) => *(if *value { trues } else { falses }) += 1,
            (Self::Distinct { seen, of }, cell) => {
                if seen.number([cell].into_iter()).1 {
                    of.add(call, cell);
                }
            }
            _ => {}
        }
    }

    /// Counts a row out, in sliding windows; extremes and edges are kept by the window itself.
    #[inline]
    pub(super) fn take(&mut self, call: &Call, cell: &Cell) {
        match (self, cell) {
            (Self::Count(count), cell) => *count -= i64::from(call.arg.is_none() || !cell.is_null()),
            (Self::Exact { sum, count }, Cell::Int(value)) => {
                *sum -= i128::from(*value);
                *count -= 1;
            }
            (Self::Real { sum, count }, Cell::Double(value)) => {
                sum.take(*value);
                *count -= 1;
                if *count == 0 {
                    *sum = RealSum::default();
                }
            }
            (Self::Moments(moments), cell) if !cell.is_null() => moments.add(call.number(cell), -1.0),
            (Self::Truth { trues, falses }, Cell::Bool(value)) => *(if *value { trues } else { falses }) -= 1,
            _ => {}
        }
    }

    /// The result.
    pub(super) fn value(&self, call: &Call) -> Result<Cell, RowError> {
        match self {
            Self::Count(count) => Ok(Cell::Int(*count)),
            Self::Exact { count: 0, .. } | Self::Real { count: 0, .. } => Ok(Cell::Null),
            Self::Exact { sum, count } => call.exact(*sum, *count),
            Self::Real { sum, count } => {
                call.real(if call.function == Function::Avg { sum.value() / *count as f64 } else { sum.value() })
            }
            Self::Extreme(best) => Ok(best.clone()),
            Self::Moments(moments) => Ok(moments.value(call.function)),
            Self::Truth { trues: 0, falses: 0 } => Ok(Cell::Null),
            Self::Truth { trues, falses } => {
                Ok(Cell::Bool(if call.function == Function::Any { *trues > 0 } else { *falses == 0 }))
            }
            Self::Edge { value, .. } => Ok(value.clone()),
            Self::Distinct { of, .. } => of.value(call),
        }
    }

    pub(super) fn save(&self, out: &mut Writer) {
        match self {
            Self::Count(count) => out.i64(*count),
            Self::Exact { sum, count } => {
                out.i128(*sum);
                out.i64(*count);
            }
            Self::Real { sum, count } => {
                sum.save(out);
                out.i64(*count);
            }
            Self::Extreme(best) => out.cell(best),
            Self::Moments(moments) => {
                moments.sum.save(out);
                moments.squares.save(out);
                out.i64(moments.count);
            }
            Self::Truth { trues, falses } => {
                out.i64(*trues);
                out.i64(*falses);
            }
            Self::Edge { value, seen } => {
                out.cell(value);
                out.bool(*seen);
            }
            Self::Distinct { seen, of } => {
                seen.save(out);
                of.save(out);
            }
        }
    }

    /// Reads what [`State::save`] wrote into a state of the same call.
    pub(super) fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        match self {
            Self::Count(count) => *count = from.i64()?,
            Self::Exact { sum, count } => (*sum, *count) = (from.i128()?, from.i64()?),
            Self::Real { sum, count } => (*sum, *count) = (RealSum::read(from)?, from.i64()?),
            Self::Extreme(best) => *best = from.cell()?,
            Self::Moments(moments) => {
                **moments = Moments { sum: RealSum::read(from)?, squares: RealSum::read(from)?, count: from.i64()? }
            }
            Self::Truth { trues, falses } => (*trues, *falses) = (from.i64()?, from.i64()?),
            Self::Edge { value, seen } => (*value, *seen) = (from.cell()?, from.bool()?),
            Self::Distinct { seen, of } => {
                seen.restore(from)?;
                of.restore(from)?;
            }
        }
        Ok(())
    }
}

fn edge(value: &mut Cell, seen: &mut bool, call: &Call, cell: &Cell) {
    if call.ignore_nulls && cell.is_null() {
        return;
    }
    if call.function == Function::LastValue || !*seen {
        *value = cell.clone();
    }
    *seen = true;
}

impl Moments {
    fn add(&mut self, value: f64, sign: f64) {
        if sign > 0.0 {
            self.sum.add(value)
        } else {
            self.sum.take(value)
        }
        self.squares.add_square(value, sign);
        self.count += if sign > 0.0 { 1 } else { -1 };
        if self.count == 0 {
            *self = Self::default();
        }
    }

    fn value(&self, function: Function) -> Cell {
        let sample = matches!(function, Function::StddevSamp | Function::VarSamp);
        if self.count == 0 || (sample && self.count == 1) {
            return Cell::Null;
        }
        let n = self.count as f64;
        let variance = self.squares.squares_about_mean(&self.sum, n) / if sample { n - 1.0 } else { n };
        let root = matches!(function, Function::StddevPop | Function::StddevSamp);
        Cell::Double(if root { variance.sqrt() } else { variance })
    }
}

impl Call {
    /// How a value that replaces the extreme compares with it.
    pub(super) fn better(&self) -> std::cmp::Ordering {
        if self.function == Function::Min { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater }
    }

    /// A numeric argument as a floating number.
    pub(super) fn number(&self, cell: &Cell) -> f64 {
        match cell {
            Cell::Int(value) if self.arg_scale == 0 => *value as f64,
            Cell::Int(value) => *value as f64 / POWERS_OF_TEN[usize::from(self.arg_scale.min(18))] as f64,
            Cell::Double(value) => *value,
            _ => 0.0,
        }
    }

    /// SUM or AVG of exact numbers: AVG of whole numbers is cut, of decimals rounded.
    fn exact(&self, sum: i128, count: i64) -> Result<Cell, RowError> {
        if self.result.is_approximate() {
            let sum = sum as f64 / POWERS_OF_TEN[usize::from(self.arg_scale.min(18))] as f64;
            return self.real(if self.function == Function::Avg { sum / count as f64 } else { sum });
        }
        let scaled = rescale_exact(sum, self.arg_scale, self.result.scale());
        let value = match self.function {
            Function::Avg if self.result.is_whole() => scaled / i128::from(count),
            Function::Avg => divide_rounded(scaled, i128::from(count)),
            _ => scaled,
        };
        fitting(value, &self.result)
    }

    fn real(&self, value: f64) -> Result<Cell, RowError> {
        if self.result.is_exact() {
            return fitting(
                whole_part((value * POWERS_OF_TEN[usize::from(self.result.scale().min(18))] as f64).round()),
                &self.result,
            );
        }
        Ok(Cell::Double(if self.result == DataType::Real { nearest_real(value) } else { value }))
    }
}
