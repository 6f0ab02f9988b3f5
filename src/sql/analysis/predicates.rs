//! Predicates, logic, CASE: what gives BOOLEAN or chooses by it.

use super::expressions::Names;
use super::script::{Analysis, Checked};
use crate::sql::diagnostic::Span;
use crate::sql::plan::{Expr, ExprKind};
use crate::sql::syntax::{self, Truth};
use crate::sql::types::{Cell, DataType};

impl Analysis<'_> {
    /// The forms that [`Analysis::expr`] leaves.
    pub(super) fn predicate(&mut self, expr: &syntax::Expr, names: &mut Names<'_>) -> Checked<Expr> {
        use syntax::ExprKind as Kind;
        let span = expr.span;
        match &expr.kind {
            Kind::Not(of) => {
                let of = self.truth("NOT", of, names)?;
                Some(not(of, span))
            }
            Kind::And(list) => {
                let terms = self.truths("AND", list, names)?;
                Some(logic(ExprKind::And, terms, span))
            }
            Kind::Or(list) => {
                let terms = self.truths("OR", list, names)?;
                Some(logic(ExprKind::Or, terms, span))
            }
            Kind::Is { operand, truth, negated } => {
                let is = self.is(operand, *truth, span, names)?;
                Some(negated_if(*negated, is))
            }
            Kind::Distinct(left, right, negated) => {
                let args = self.exprs([&**left, &**right], names)?;
                let distinct = self.operator("IS DISTINCT FROM", args, span)?;
                Some(negated_if(*negated, distinct))
            }
            Kind::Between { operand, low, high, symmetric, negated } => {
                let operands = self.exprs([&**operand, &**low, &**high], names)?;
                let between = self.between(operands, *symmetric, span)?;
                Some(negated_if(*negated, between))
            }
            Kind::In(operand, list, negated) => {
                let within = self.within_list(operand, list, span, names)?;
                Some(negated_if(*negated, within))
            }
            Kind::Match { similar, operand, pattern, escape, negated } => {
                let operands = [Some(operand), Some(pattern), escape.as_ref()];
                let operands = self.exprs(operands.into_iter().flatten().map(|operand| &**operand), names)?;
                let matched = self.matched(*similar, operands, span)?;
                Some(negated_if(*negated, matched))
            }
            Kind::Case { operand, branches, otherwise } => {
                self.case(operand.as_deref(), branches, otherwise.as_deref(), span, names)
            }
            Kind::Temporal(periods, predicates) => self.temporal(periods, predicates, span, names),
            _ => self.unsupported(span, "This expression"),
        }
    }

    fn truth(&mut self, operator: &str, expr: &syntax::Expr, names: &mut Names<'_>) -> Checked<Expr> {
        let of = self.expr(expr, names)?;
        if matches!(of.data_type, DataType::Boolean | DataType::Null) {
            return Some(self.cast(of, &DataType::Boolean));
        }
        self.wrong_types(operator, &[of.data_type], &[format!("{operator}(<BOOLEAN>)")], expr.span)
    }

    fn truths(&mut self, operator: &str, list: &[syntax::Expr], names: &mut Names<'_>) -> Checked<Vec<Expr>> {
        let terms = self.exprs(list, names)?;
        let wrong = terms.iter().position(|term| !matches!(term.data_type, DataType::Boolean | DataType::Null));
        if let Some(place) = wrong {
            let pair = place.saturating_sub(1);
            let types: Vec<_> = terms.iter().skip(pair).take(2).map(|term| term.data_type.clone()).collect();
            let span = list[pair].span.to(list[(pair + 1).min(list.len() - 1)].span);
            return self.wrong_types(operator, &types, &[format!("<BOOLEAN> {operator} <BOOLEAN>")], span);
        }
        Some(terms.into_iter().map(|term| self.cast(term, &DataType::Boolean)).collect())
    }

    fn is(&mut self, operand: &syntax::Expr, truth: Truth, span: Span, names: &mut Names<'_>) -> Checked<Expr> {
        let operand = self.expr(operand, names)?;
        let (name, word) = match truth {
            Truth::Null => return self.operator("IS NULL", vec![operand], span),
            Truth::Unknown => ("IS NULL", "IS UNKNOWN"),
            Truth::True => ("IS TRUE", "IS TRUE"),
            Truth::False => ("IS FALSE", "IS FALSE"),
        };
        if !matches!(operand.data_type, DataType::Boolean | DataType::Null) {
            return self.wrong_types(word, &[operand.data_type], &[format!("<BOOLEAN> {word}")], span);
        }
        let operand = self.cast(operand, &DataType::Boolean);
        self.operator(name, vec![operand], span)
    }

    /// `low <= x AND x <= high`; SYMMETRIC: or the other way round.
    fn between(&mut self, operands: Vec<Expr>, symmetric: bool, span: Span) -> Checked<Expr> {
        let Ok([of, low, high]) = <[Expr; 3]>::try_from(operands) else { return None };
        self.check_copies(&of, 4, span)?;
        let straight = self.range(&of, &low, &high, span)?;
        if !symmetric {
            return Some(straight);
        }
        let reverse = self.range(&of, &high, &low, span)?;
        Some(logic(ExprKind::Or, vec![straight, reverse], span))
    }

    fn range(&mut self, of: &Expr, low: &Expr, high: &Expr, span: Span) -> Checked<Expr> {
        let above = self.operator(">=", vec![of.clone(), low.clone()], span)?;
        let below = self.operator("<=", vec![of.clone(), high.clone()], span)?;
        Some(logic(ExprKind::And, vec![above, below], span))
    }

    /// IN a list: equal to one of it.
    fn within_list(&mut self, operand: &syntax::Expr, list: &[syntax::Expr], span: Span, names: &mut Names<'_>) -> Checked<Expr> {
        let operand = self.expr(operand, names);
        let list = self.exprs(list, names)?;
        let operand = operand?;
        self.check_copies(&operand, list.len(), span)?;
        let types: Vec<_> = std::iter::once(&operand).chain(&list).map(|expr| &expr.data_type).collect();
        if DataType::common(&types).is_none() {
            return self.error(span, "Values passed to IN operator must have compatible types");
        }
        let equal: Vec<_> = list.into_iter().map(|value| self.operator("=", vec![operand.clone(), value], span)).collect();
        let mut equal: Vec<Expr> = equal.into_iter().collect::<Checked<_>>()?;
        if equal.len() == 1 { equal.pop() } else { Some(logic(ExprKind::Or, equal, span)) }
    }

    fn matched(&mut self, similar: bool, operands: Vec<Expr>, span: Span) -> Checked<Expr> {
        let name = if similar { "SIMILAR TO" } else { "LIKE" };
        if operands.iter().any(|operand| !operand.data_type.is_character() && operand.data_type != DataType::Null) {
            let types: Vec<_> = operands.iter().map(|operand| operand.data_type.clone()).collect();
            return self.wrong_types(name, &types, &[format!("{name}(<CHARACTER>, <CHARACTER>, <CHARACTER>)")], span);
        }
        let nullable = operands.iter().any(|operand| operand.nullable);
        let text = |operand: Expr| match operand.data_type {
            DataType::Null => self.cast(operand, &DataType::VarChar(1)),
            _ => operand,
        };
        let mut operands = operands.into_iter().map(text);
        let (of, pattern) = (Box::new(operands.next()?), Box::new(operands.next()?));
        let escape = operands.next().map(Box::new);
        Some(Expr { kind: ExprKind::Match { similar, of, pattern, escape }, data_type: DataType::Boolean, nullable, span })
    }

    fn case(
        &mut self,
        operand: Option<&syntax::Expr>,
        branches: &[(syntax::Expr, syntax::Expr)],
        otherwise: Option<&syntax::Expr>,
        span: Span,
        names: &mut Names<'_>,
    ) -> Checked<Expr> {
        let operand = match operand {
            Some(operand) => {
                let operand = self.expr(operand, names)?;
                self.check_copies(&operand, branches.len(), span)?;
                Some(operand)
            }
            None => None,
        };
        let conditions: Vec<_> = branches.iter().map(|(when, _)| self.when(operand.as_ref(), when, names)).collect();
        let results = self.exprs(branches.iter().map(|(_, then)| then).chain(otherwise), names)?;
        let conditions: Vec<Expr> = conditions.into_iter().collect::<Checked<_>>()?;
        let (mut results, data_type, nullable) = self.unified(results, span)?;
        let otherwise = if otherwise.is_some() { results.pop().map(Box::new) } else { None };
        let nullable = nullable || otherwise.is_none();
        let branches = conditions.into_iter().zip(results).collect();
        Some(Expr { kind: ExprKind::Case(branches, otherwise), data_type, nullable, span })
    }

    fn when(&mut self, operand: Option<&Expr>, when: &syntax::Expr, names: &mut Names<'_>) -> Checked<Expr> {
        let condition = self.expr(when, names)?;
        if let Some(operand) = operand {
            return self.operator("=", vec![operand.clone(), condition], when.span);
        }
        if !matches!(condition.data_type, DataType::Boolean | DataType::Null) {
            return self.error(when.span, "Expected a boolean type");
        }
        Some(self.cast(condition, &DataType::Boolean))
    }

    /// Values of CASE or COALESCE converted to their common type; whether one can be NULL.
    pub(super) fn unified(&mut self, values: Vec<Expr>, span: Span) -> Checked<(Vec<Expr>, DataType, bool)> {
        let types: Vec<_> = values.iter().map(|value| &value.data_type).collect();
        let Some(common) = DataType::common(&types) else {
            return self.error(span, "Illegal mixing of types in CASE or COALESCE statement");
        };
        if common == DataType::Null {
            return self.error(span, "ELSE clause or at least one THEN clause must be non-NULL");
        }
        let nullable = values.iter().any(|value| value.nullable);
        let values = values.into_iter().map(|value| self.cast(value, &common)).collect();
        Some((values, common, nullable))
    }
}

/// AND or OR.
pub(super) fn logic(make: fn(Vec<Expr>) -> ExprKind, terms: Vec<Expr>, span: Span) -> Expr {
    let nullable = terms.iter().any(|term| term.nullable);
    Expr { kind: make(terms), data_type: DataType::Boolean, nullable, span }
}

/// NOT.
pub(super) fn not(of: Expr, span: Span) -> Expr {
    let nullable = of.nullable;
    Expr { kind: ExprKind::Not(Box::new(of)), data_type: DataType::Boolean, nullable, span }
}

fn negated_if(negated: bool, of: Expr) -> Expr {
    let span = of.span;
    if negated { not(of, span) } else { of }
}

/// TRUE.
pub(super) fn always(span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(Cell::Bool(true)), data_type: DataType::Boolean, nullable: false, span }
}
