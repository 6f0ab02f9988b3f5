//! From the plan's expressions to operands.

use super::{Operand, cast, logic, time};
use crate::base::clock::Millis;
use crate::sql::functions::{self, Call};
use crate::sql::plan::{Expr, ExprKind};
use crate::sql::types::{Cell, DAY_MS, DataType};
use std::sync::Arc;

/// What compiled expressions need besides the row.
#[derive(Clone, Copy, Debug)]
pub struct Compiler {
    /// When the pump started: the value of CURRENT_TIMESTAMP.
    pub start_ms: Millis,
}

impl Compiler {
    /// Compiles an expression. What depends on constants only is computed now; what fails then fails for each row.
    pub fn compile(self, expr: &Expr) -> Operand {
        match &expr.kind {
            ExprKind::Column(place) => Operand::Column(*place),
            ExprKind::Rowtime => Operand::Rowtime,
            ExprKind::Literal(cell) => Operand::Constant(cell.clone()),
            ExprKind::Call(function, args) => {
                let types = args.iter().map(|arg| arg.data_type.clone()).collect();
                let args = self.compile_all(args);
                let constant = args.iter().all(|arg| arg.constant().is_some());
                functions::build(*function, Call { args, types, result: expr.data_type.clone(), start_ms: self.start_ms })
                    .folded(constant)
            }
            ExprKind::Cast(of) => cast::cast(self.compile(of), &of.data_type, &expr.data_type, self.start_ms),
            ExprKind::And(parts) => logic::and(self.compile_all(parts)),
            ExprKind::Or(parts) => logic::or(self.compile_all(parts)),
            ExprKind::Not(of) => logic::not(self.compile(of)),
            ExprKind::Case(branches, otherwise) => self.case(branches, otherwise.as_deref()),
            ExprKind::Coalesce(parts) => logic::coalesce(self.compile_all(parts)),
            ExprKind::Field(of, place) => field(self.compile(of), *place),
            ExprKind::RoundTime { up, unit, of } => time::round(self.compile(of), &of.data_type, *unit, *up),
            ExprKind::Extract(unit, of) => time::extract(self.compile(of), &of.data_type, *unit),
            ExprKind::Difference { of, minus } => time::difference(self.compile(of), self.compile(minus), &expr.data_type),
            ExprKind::Match { similar, of, pattern, escape } => functions::pattern(
                *similar,
                self.compile(of),
                self.compile(pattern),
                escape.as_deref().map(|escape| self.compile(escape)),
            ),
            ExprKind::CurrentRowTimestamp => Operand::computed(|scope| Ok(Cell::Int(scope.now_ms))),
            ExprKind::PumpStart => Operand::Constant(self.start(&expr.data_type)),
        }
    }

    /// Compiles several.
    pub fn compile_all(self, exprs: &[Expr]) -> Vec<Operand> {
        exprs.iter().map(|expr| self.compile(expr)).collect()
    }

    /// Compiles the two sides of an equality for use as hash keys: converted to their common type, text without the blanks at its end, so
    /// that equal values are the same cell.
    pub fn compile_equal(self, a: &Expr, b: &Expr) -> (Operand, Operand) {
        let common = DataType::common(&[&a.data_type, &b.data_type]).unwrap_or(DataType::Null);
        let side = |expr: &Expr| {
            let of = self.compile(expr);
            if common.is_character() { without_blanks(of) } else { cast::cast(of, &expr.data_type, &common, self.start_ms) }
        };
        (side(a), side(b))
    }

    fn case(self, branches: &[(Expr, Expr)], otherwise: Option<&Expr>) -> Operand {
        let branches = branches.iter().map(|(condition, result)| (self.compile(condition), self.compile(result))).collect();
        logic::case(branches, otherwise.map_or(Operand::Constant(Cell::Null), |otherwise| self.compile(otherwise)))
    }

    fn start(self, data_type: &DataType) -> Cell {
        Cell::Int(match data_type {
            DataType::Date => self.start_ms - self.start_ms.rem_euclid(DAY_MS),
            DataType::Time => self.start_ms.rem_euclid(DAY_MS),
            _ => self.start_ms,
        })
    }
}

fn field(of: Operand, place: usize) -> Operand {
    let read = move |cell: &Cell| match cell {
        Cell::Row(fields) => Arc::as_ref(fields).get(place).cloned().unwrap_or_default(),
        _ => Cell::Null,
    };
    Operand::computed(move |scope| of.with(scope, read))
}

fn without_blanks(of: Operand) -> Operand {
    Operand::computed(move |scope| {
        of.with(scope, |cell| match cell.text_bytes() {
            Some([.., b' ']) => Cell::text(cell.as_str().unwrap_or_default().trim_end_matches(' ')),
            _ => cell.clone(),
        })
    })
}
