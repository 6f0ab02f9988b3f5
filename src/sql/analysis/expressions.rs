//! Expressions: from the syntax tree to typed ones over the input row, with every implied conversion written out.

use super::rewrite;
use super::scope::Scope;
use super::script::{Analysis, Checked};
use crate::sql::diagnostic::Span;
use crate::sql::functions::{self, Unresolved};
use crate::sql::plan::{AggregateCall, Expr, ExprKind, WindowSpec};
use crate::sql::syntax::{self, Ident, Literal};
use crate::sql::types::{DataType, IntervalUnit, can_cast};

/// How many expressions one may be made of once functions are put in and operands repeated (CASE x WHEN, IN, BETWEEN): nested,
/// they multiply.
const EXPRESSION_MAX: usize = 200_000;

/// How many levels an expression may have once functions are put in; the grammar allows half of it.
const HEIGHT_MAX: usize = 800;

/// Where an expression stands; messages name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clause {
    Select,
    Where,
    GroupBy,
    Having,
    OrderBy,
    On,
    Window,
    Values,
    Function,
}

impl Clause {
    fn name(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Where => "WHERE",
            Self::GroupBy => "GROUP BY",
            Self::Having => "HAVING",
            Self::OrderBy => "ORDER BY",
            Self::On => "ON",
            Self::Window => "WINDOW",
            Self::Values => "VALUES",
            Self::Function => "RETURN",
        }
    }
}

/// What an expression may refer to, and what is gathered from it.
pub(super) struct Names<'s> {
    /// The relations.
    pub scope: &'s Scope,
    /// The clause at hand.
    pub clause: Clause,
    /// Whether the expression is an argument of an aggregate.
    pub in_aggregate: bool,
    /// FIRST_VALUE and LAST_VALUE are aggregates (WINDOWED BY STAGGER).
    pub stagger: bool,
    /// The aggregates met so far; the n-th one's result is cell `width + n`.
    pub aggregates: Vec<AggregateCall>,
    /// The windows met so far.
    pub windows: Vec<WindowSpec>,
    /// The calls over windows met so far, with the window's place; the n-th one's result is cell `width + n`.
    pub calls: Vec<(usize, AggregateCall)>,
    /// WINDOW.
    pub named_windows: &'s [(Ident, syntax::WindowSpec)],
    /// The parameters of the function whose body this is; the n-th one is cell n.
    pub parameters: &'s [(String, DataType)],
}

impl<'s> Names<'s> {
    pub(super) fn new(scope: &'s Scope, clause: Clause) -> Self {
        Self {
            scope,
            clause,
            in_aggregate: false,
            stagger: false,
            aggregates: Vec::new(),
            windows: Vec::new(),
            calls: Vec::new(),
            named_windows: &[],
            parameters: &[],
        }
    }

    /// The clause's name for messages.
    pub(super) fn clause_name(&self) -> &'static str {
        self.clause.name()
    }
}

impl Analysis<'_> {
    /// An expression.
    pub(super) fn expr(&mut self, expr: &syntax::Expr, names: &mut Names<'_>) -> Checked<Expr> {
        use syntax::ExprKind as Kind;
        let span = expr.span;
        match &expr.kind {
            Kind::Column(parts) => self.column(parts, span, names),
            Kind::Literal(literal) => self.literal(literal, false, span),
            Kind::Interval { negative, text, qualifier } => self.interval(text, *negative, qualifier.value, span),
            Kind::Sign(negative, of) => self.sign(*negative, of, span, names),
            Kind::Binary(..) => self.binary(expr, names),
            Kind::Cast(of, target) => self.cast_to(of, target, span, names),
            Kind::Call(call) => self.call(call, span, names),
            Kind::RoundTo(up, of, unit) => self.round_time(*up, of, *unit, span, names),
            Kind::Step(of, by) => {
                let args = self.exprs([&**of, &**by], names)?;
                self.operator("STEP", args, span)
            }
            Kind::Extract(unit, of) => self.extract(*unit, of, span, names),
            Kind::Special(name, args) => self.special(name, args, span, names),
            Kind::Qualified(of, qualifier) => self.difference(of, qualifier.value, span, names),
            Kind::Row(_) => self.error(span, "A row value cannot stand here"),
            Kind::Subquery(_) => self.unsupported(span, "A query inside an expression"),
            _ => self.predicate(expr, names),
        }
    }

    /// Several expressions; all are looked into even if one has an error.
    pub(super) fn exprs<'e>(
        &mut self,
        exprs: impl IntoIterator<Item = &'e syntax::Expr>,
        names: &mut Names<'_>,
    ) -> Checked<Vec<Expr>> {
        let checked: Vec<_> = exprs.into_iter().map(|expr| self.expr(expr, names)).collect();
        checked.into_iter().collect()
    }

    /// A call of an entry of the function table, its arguments converted.
    pub(super) fn operator(&mut self, name: &str, args: Vec<Expr>, span: Span) -> Checked<Expr> {
        let types: Vec<_> = args.iter().map(|arg| arg.data_type.clone()).collect();
        let resolved = match functions::resolve(name, &types) {
            Ok(resolved) => resolved,
            Err(Unresolved::UnknownName) => {
                let types: Vec<_> = types.iter().map(family_in_signature).collect();
                return self.error(span, format!("No match found for function signature {name}({})", types.join(", ")));
            }
            Err(Unresolved::WrongTypes { supported }) => return self.wrong_types(name, &types, &supported, span),
        };
        let never_null = matches!(name, "IS NULL" | "IS TRUE" | "IS FALSE" | "IS DISTINCT FROM");
        let nullable = resolved.nullable || !never_null && args.iter().any(|arg| arg.nullable);
        let args = args.into_iter().zip(&resolved.arguments).map(|(arg, data_type)| self.cast(arg, data_type)).collect();
        Some(Expr { kind: ExprKind::Call(resolved.function, args), data_type: resolved.result, nullable, span })
    }

    /// The error that a call's arguments have the wrong types, as Calcite words it.
    pub(super) fn wrong_types<T>(&mut self, name: &str, types: &[DataType], supported: &[String], span: Span) -> Checked<T> {
        let of: Vec<_> = types.iter().map(|data_type| format!("<{data_type}>")).collect();
        let is_symbol = !name.starts_with(|first: char| first.is_ascii_alphabetic());
        let (word, signature) = match (is_symbol, of.as_slice()) {
            (true, [operand]) => (name, format!("{name} {operand}")),
            (true, [left, right]) => (name, format!("{left} {name} {right}")),
            (false, [left, right]) if matches!(name, "AND" | "OR" | "IS DISTINCT FROM" | "LIKE" | "SIMILAR TO") => {
                (name, format!("{left} {name} {right}"))
            }
            (false, [operand]) if name.starts_with("IS ") => (name, format!("{operand} {name}")),
            _ => {
                let word = name.split(' ').next().unwrap_or(name);
                (word, format!("{word}({})", of.join(", ")))
            }
        };
        // A sign before one operand is another operator of the same symbol.
        let fits = |form: &&String| !is_symbol || form.starts_with('<') == (types.len() == 2);
        let forms: Vec<_> = supported.iter().filter(fits).map(|form| format!("'{form}'")).collect();
        let forms = forms.join("\n");
        self.error(span, format!("Cannot apply '{word}' to arguments of type '{signature}'. Supported form(s): {forms}"))
    }

    /// An expression converted to a type; conversions to its own type are none.
    pub(super) fn cast(&self, expr: Expr, to: &DataType) -> Expr {
        if expr.data_type == *to {
            return expr;
        }
        let (nullable, span) = (expr.nullable, expr.span);
        let kind = match expr.kind {
            ExprKind::Literal(crate::sql::types::Cell::Null) => expr.kind,
            _ => ExprKind::Cast(Box::new(expr)),
        };
        Expr { kind, data_type: to.clone(), nullable, span }
    }

    fn cast_to(&mut self, of: &syntax::Expr, target: &syntax::TypeName, span: Span, names: &mut Names<'_>) -> Checked<Expr> {
        let of = self.expr(of, names);
        let target = self.data_type(target)?;
        let of = of?;
        if !can_cast(&of.data_type, &target) {
            return self.error(span, format!("Cast function cannot convert value of type {} to type {target}", of.data_type));
        }
        Some(Expr { span, ..self.cast(of, &target) })
    }

    fn sign(&mut self, negative: bool, of: &syntax::Expr, span: Span, names: &mut Names<'_>) -> Checked<Expr> {
        if let syntax::ExprKind::Literal(number @ Literal::Number(_)) = &of.kind {
            return self.literal(number, negative, span);
        }
        let of = self.expr(of, names)?;
        if negative {
            return self.operator("-", vec![of], span);
        }
        if of.data_type.is_numeric() || matches!(of.data_type, DataType::Interval(_)) {
            return Some(Expr { span, ..of });
        }
        let supported = ["+ <NUMERIC>".to_owned(), "+ <DATETIME_INTERVAL>".to_owned()];
        self.wrong_types("+", &[of.data_type], &supported, span)
    }

    /// Operators in a row lie to the left of each other: from the innermost outwards, without going deeper.
    fn binary(&mut self, expr: &syntax::Expr, names: &mut Names<'_>) -> Checked<Expr> {
        let mut operators = Vec::new();
        let mut innermost = expr;
        while let syntax::ExprKind::Binary(symbol, left, right) = &innermost.kind {
            operators.push((*symbol, &**right, innermost.span));
            innermost = left;
        }
        let mut left = self.expr(innermost, names);
        for (symbol, right, span) in operators.into_iter().rev() {
            let right = self.expr(right, names);
            left = match (left, right) {
                (Some(left), Some(right)) => self.operator(symbol, vec![left, right], span),
                _ => None,
            };
        }
        left
    }

    fn round_time(
        &mut self,
        up: bool,
        of: &syntax::Expr,
        unit: IntervalUnit,
        span: Span,
        names: &mut Names<'_>,
    ) -> Checked<Expr> {
        let of = self.expr(of, names)?;
        if !of.data_type.is_datetime() && !matches!(of.data_type, DataType::Interval(_)) {
            let name = if up { "CEIL" } else { "FLOOR" };
            let supported = [format!("{name}(<DATETIME> TO <TIME_UNIT>)"), format!("{name}(<DATETIME_INTERVAL> TO <TIME_UNIT>)")];
            return self.wrong_types(name, &[of.data_type], &supported, span);
        }
        let (data_type, nullable) = (of.data_type.clone(), of.nullable);
        Some(Expr { kind: ExprKind::RoundTime { up, unit, of: Box::new(of) }, data_type, nullable, span })
    }

    /// EXTRACT gives a BIGINT, of seconds a DECIMAL with milliseconds (SQL reference, "EXTRACT").
    fn extract(&mut self, unit: IntervalUnit, of: &syntax::Expr, span: Span, names: &mut Names<'_>) -> Checked<Expr> {
        let of = self.expr(of, names)?;
        if !of.data_type.is_datetime() && !matches!(of.data_type, DataType::Interval(_)) {
            let supported = ["EXTRACT(<TIME_UNIT> FROM <DATETIME_INTERVAL>)", "EXTRACT(<TIME_UNIT> FROM <DATETIME>)"];
            return self.wrong_types("EXTRACT", &[of.data_type], &supported.map(str::to_owned), span);
        }
        let data_type = match unit {
            IntervalUnit::Second => DataType::Decimal { precision: 5, scale: 3 },
            _ => DataType::BigInt,
        };
        let nullable = of.nullable;
        Some(Expr { kind: ExprKind::Extract(unit, Box::new(of)), data_type, nullable, span })
    }

    /// `(a - b) qualifier`.
    fn difference(
        &mut self,
        of: &syntax::Expr,
        qualifier: crate::sql::types::IntervalQualifier,
        span: Span,
        names: &mut Names<'_>,
    ) -> Checked<Expr> {
        let syntax::ExprKind::Binary(_, of, minus) = &of.kind else { return self.error(span, "A difference is expected here") };
        let (of, minus) = (self.expr(of, names), self.expr(minus, names));
        let (of, minus) = (of?, minus?);
        if of.data_type != minus.data_type || !of.data_type.is_datetime() {
            return self.error(span, "Parameters must be of the same type");
        }
        let nullable = of.nullable || minus.nullable;
        let kind = ExprKind::Difference { of: Box::new(of), minus: Box::new(minus) };
        Some(Expr { kind, data_type: DataType::Interval(qualifier), nullable, span })
    }

    /// Fails where copies of an expression would make one too large.
    pub(super) fn check_copies(&mut self, expr: &Expr, copies: usize, span: Span) -> Checked<()> {
        let (count, height) = rewrite::size(expr);
        if count.saturating_mul(copies) > EXPRESSION_MAX || height > HEIGHT_MAX {
            return self.error(span, format!("The expression has more than {EXPRESSION_MAX} parts or {HEIGHT_MAX} levels"));
        }
        Some(())
    }

    /// A condition.
    pub(super) fn condition(&mut self, expr: &syntax::Expr, names: &mut Names<'_>) -> Checked<Expr> {
        let clause = names.clause_name();
        let condition = self.expr(expr, names)?;
        if !matches!(condition.data_type, DataType::Boolean | DataType::Null) {
            return self.error(expr.span, format!("{clause} clause must be a condition"));
        }
        Some(self.cast(condition, &DataType::Boolean))
    }
}

/// The type families as signatures in messages name them.
fn family_in_signature(data_type: &DataType) -> String {
    match data_type {
        DataType::Interval(_) => "<DAY_TIME_INTERVAL>".to_owned(),
        other => format!("<{}>", other.family()),
    }
}
