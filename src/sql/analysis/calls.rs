//! Calls of scalar functions: those of the function table, those the script made, and the few that are not calls in the plan.

use super::expressions::Names;
use super::log_parsing;
use super::script::{Analysis, Checked};
use crate::sql::diagnostic::Span;
use crate::sql::plan::{Expr, ExprKind};
use crate::sql::syntax::{self, Call};
use crate::sql::types::{Cell, DataType};

impl Analysis<'_> {
    /// A call with parentheses.
    pub(super) fn call(&mut self, call: &Call, span: Span, names: &mut Names<'_>) -> Checked<Expr> {
        if let Some(function) = super::aggregates::by_name(call) {
            return self.aggregate(function, call, span, names);
        }
        if call.over.is_some() || call.star || call.distinct || call.ignore_nulls {
            return self.error(call.name.span, format!("'{}' is not an aggregate or analytic function", call.name.name));
        }
        let args = self.exprs(&call.args, names)?;
        match call.name.name.as_str() {
            "MONOTONIC" => self.monotonic(args, span),
            "COALESCE" => self.coalesce(args, span),
            "NULLIF" => self.nullif(args, span),
            name if self.functions.iter().any(|function| function.name == *name) => self.user_function(name, args, span),
            name if self.broken.contains(name) => None,
            name if log_parsing::is_parser(name) => self.log_parser(name, args, span),
            "CHARACTER_LENGTH" => self.operator("CHAR_LENGTH", args, span),
            name => self.operator(name, args, span),
        }
    }

    /// The functions whose arguments have words between them.
    pub(super) fn special(&mut self, name: &str, args: &[syntax::Expr], span: Span, names: &mut Names<'_>) -> Checked<Expr> {
        let mut args = self.exprs(args, names)?;
        if name.starts_with("TRIM") && args.len() == 1 {
            let kind = ExprKind::Literal(Cell::text(" "));
            args.insert(0, Expr { kind, data_type: DataType::Char(1), nullable: false, span: Span::default() });
        }
        let with_pattern = args.len() == 2 && args[1].data_type.is_character();
        let name = if name == "SUBSTRING FROM" && with_pattern { "SUBSTRING REGEX" } else { name };
        self.operator(name, args, span)
    }

    /// MONOTONIC(x) is x, said to grow (SQL reference, "MONOTONIC").
    fn monotonic(&mut self, mut args: Vec<Expr>, span: Span) -> Checked<Expr> {
        let (Some(of), true) = (args.pop(), args.is_empty()) else {
            return self.error(span, "Invalid number of arguments to function 'MONOTONIC'. Was expecting 1 arguments");
        };
        self.asserted_monotonic.push(of.clone());
        Some(Expr { span, ..of })
    }

    fn coalesce(&mut self, args: Vec<Expr>, span: Span) -> Checked<Expr> {
        let nullable = args.iter().all(|arg| arg.nullable);
        let (args, data_type, _) = self.unified(args, span)?;
        Some(Expr { kind: ExprKind::Coalesce(args), data_type, nullable, span })
    }

    /// `NULLIF(a, b)` is `CASE WHEN a = b THEN NULL ELSE a END`.
    fn nullif(&mut self, args: Vec<Expr>, span: Span) -> Checked<Expr> {
        let Ok([a, b]) = <[Expr; 2]>::try_from(args) else {
            return self.error(span, "Invalid number of arguments to function 'NULLIF'. Was expecting 2 arguments");
        };
        self.check_copies(&a, 2, span)?;
        let equal = self.operator("=", vec![a.clone(), b], span)?;
        let data_type = a.data_type.clone();
        let null = super::assignment::null_of(&data_type);
        Some(Expr { kind: ExprKind::Case(vec![(equal, null)], Some(Box::new(a))), data_type, nullable: true, span })
    }
}
