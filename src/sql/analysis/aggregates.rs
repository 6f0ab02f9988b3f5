//! Calls of aggregate and analytic functions: their arguments, their types, where they may stand.

use super::assignment::null_of;
use super::expressions::{Clause, Names};
use super::rewrite;
use super::script::{Analysis, Checked};
use crate::sql::diagnostic::Span;
use crate::sql::plan::{AggregateCall, AggregateFunction, Expr, ExprKind};
use crate::sql::syntax::{Call, Over};
use crate::sql::types::{Cell, DataType, MAX_PRECISION};

/// The function that a call names, if it is one of these.
pub(super) fn by_name(call: &Call) -> Option<AggregateFunction> {
    Some(match call.name.name.as_str() {
        "COUNT" if call.star => AggregateFunction::CountAll,
        "COUNT" => AggregateFunction::Count,
        "SUM" => AggregateFunction::Sum,
        "AVG" => AggregateFunction::Avg,
        "MIN" => AggregateFunction::Min,
        "MAX" => AggregateFunction::Max,
        "STDDEV_POP" => AggregateFunction::StddevPop,
        "STDDEV_SAMP" | "STDDEV" => AggregateFunction::StddevSamp,
        "VAR_POP" => AggregateFunction::VarPop,
        "VAR_SAMP" => AggregateFunction::VarSamp,
        "ANY" => AggregateFunction::Any,
        "EVERY" => AggregateFunction::Every,
        "FIRST_VALUE" => AggregateFunction::FirstValue,
        "LAST_VALUE" => AggregateFunction::LastValue,
        "NTH_VALUE" => AggregateFunction::NthValue { from_last: call.from_last },
        "LAG" => AggregateFunction::Lag,
        "EXP_AVG" => AggregateFunction::ExpAvg,
        _ => return None,
    })
}

impl Analysis<'_> {
    /// A call, over a window or as an aggregate of the query; its result is a cell behind those of the input row.
    pub(super) fn aggregate(
        &mut self,
        function: AggregateFunction,
        call: &Call,
        span: Span,
        names: &mut Names<'_>,
    ) -> Checked<Expr> {
        self.check_place(function, call, span, names)?;
        names.in_aggregate = true;
        let args = self.exprs(&call.args, names);
        names.in_aggregate = false;
        let args = args?;
        let (args, data_type) = self.typed_arguments(function, call, args, span)?;
        let nullable = !matches!(function, AggregateFunction::Count | AggregateFunction::CountAll);
        let made = AggregateCall {
            function,
            args,
            distinct: call.distinct,
            ignore_nulls: call.ignore_nulls,
            data_type: data_type.clone(),
            span,
        };
        let place = match &call.over {
            Some(over) => self.add_call(over, made, names)?,
            None => add(&mut names.aggregates, made),
        };
        Some(Expr { kind: ExprKind::Column(names.scope.width + place), data_type, nullable, span })
    }

    fn add_call(&mut self, over: &Over, made: AggregateCall, names: &mut Names<'_>) -> Checked<usize> {
        let spec = self.aggregation_window(over, names)?;
        let known = names.windows.iter().position(|window| {
            window.frame == spec.frame
                && window.partition.len() == spec.partition.len()
                && window.partition.iter().zip(&spec.partition).all(|(a, b)| rewrite::same(a, b))
        });
        let window = known.unwrap_or(names.windows.len());
        if known.is_none() {
            names.windows.push(spec);
        }
        let known = names.calls.iter().position(|(other, call)| *other == window && same(call, &made));
        let place = known.unwrap_or(names.calls.len());
        if known.is_none() {
            names.calls.push((window, made));
        }
        Some(place)
    }

    fn check_place(&mut self, function: AggregateFunction, call: &Call, span: Span, names: &Names<'_>) -> Checked<()> {
        use AggregateFunction as F;
        if names.in_aggregate {
            return self.error(span, "Aggregate expressions cannot be nested");
        }
        let windowed = call.over.is_some();
        let allowed = matches!(names.clause, Clause::Select | Clause::OrderBy) || !windowed && names.clause == Clause::Having;
        if !allowed {
            let kind = if windowed { "Windowed aggregate" } else { "Aggregate" };
            return self.error(span, format!("{kind} expression is illegal in {} clause", names.clause_name()));
        }
        let analytic = match function {
            F::FirstValue | F::LastValue => !names.stagger,
            F::NthValue { .. } | F::Lag | F::ExpAvg => true,
            _ => false,
        };
        if analytic && !windowed {
            return self.error(span, "OVER clause is necessary for window functions");
        }
        let takes_nulls = matches!(function, F::FirstValue | F::LastValue | F::NthValue { .. } | F::Lag);
        if call.ignore_nulls && !takes_nulls {
            return self.error(span, format!("Cannot specify IGNORE NULLS or RESPECT NULLS following '{}'", call.name.name));
        }
        // SQL reference, "COUNT": no DISTINCT over streams.
        if call.distinct && (function == F::Count || takes_nulls || function == F::ExpAvg) {
            return self.error(span, format!("DISTINCT is not allowed in {} over a stream", call.name.name));
        }
        if call.star && function != F::CountAll {
            return self.error(span, format!("'*' is not an argument of {}", call.name.name));
        }
        Some(())
    }

    /// The arguments converted to what the function takes, and the type of its result (spec: SQL reference pages of each).
    fn typed_arguments(
        &mut self,
        function: AggregateFunction,
        call: &Call,
        args: Vec<Expr>,
        span: Span,
    ) -> Checked<(Vec<Expr>, DataType)> {
        use AggregateFunction as F;
        let name = call.name.name.as_str();
        if function == F::CountAll {
            return Some((args, DataType::BigInt));
        }
        let (least, most) = match function {
            F::Lag => (1, 3),
            F::NthValue { .. } | F::ExpAvg => (2, 2),
            _ => (1, 1),
        };
        if !(least..=most).contains(&args.len()) {
            return self
                .error(span, format!("Invalid number of arguments to function '{name}'. Was expecting {least} arguments"));
        }
        let of = args[0].data_type.clone();
        let form = match function {
            F::Sum | F::Avg | F::StddevPop | F::StddevSamp | F::VarPop | F::VarSamp if !of.is_numeric() => "<NUMERIC>",
            F::ExpAvg if !of.is_numeric() || !matches!(args[1].data_type, DataType::Interval(_)) => {
                "<NUMERIC>, <DATETIME_INTERVAL>"
            }
            F::Any | F::Every if of != DataType::Boolean => "<BOOLEAN>",
            F::Min | F::Max if matches!(of, DataType::Row(_) | DataType::Null) => "<COMPARABLE_TYPE>",
            _ => "",
        };
        if !form.is_empty() {
            let types: Vec<_> = args.iter().map(|arg| arg.data_type.clone()).collect();
            return self.wrong_types(name, &types, &[format!("{name}({form})")], span);
        }
        match function {
            F::Count => Some((args, DataType::BigInt)),
            F::Sum => Some((args, sum_of(of))),
            F::StddevPop | F::StddevSamp | F::VarPop | F::VarSamp | F::ExpAvg => {
                let mut args = args;
                let first = args.remove(0);
                args.insert(0, self.cast(first, &DataType::Double));
                Some((args, DataType::Double))
            }
            F::Lag | F::NthValue { .. } => self.with_offset(name, args, span),
            _ => Some((args, of)),
        }
    }

    /// LAG(x, n, default) and NTH_VALUE(x, n), with n 1 and the default NULL where they are not written.
    fn with_offset(&mut self, name: &str, args: Vec<Expr>, span: Span) -> Checked<(Vec<Expr>, DataType)> {
        let mut args = args.into_iter();
        let of = args.next()?;
        let one =
            Expr { kind: ExprKind::Literal(Cell::Int(1)), data_type: DataType::Integer, nullable: false, span: Span::default() };
        let offset = args.next().unwrap_or(one);
        if !offset.data_type.is_whole() {
            let types = [of.data_type, offset.data_type];
            return self.wrong_types(name, &types, &[format!("{name}(<ANY>, <INTEGER>)")], span);
        }
        let offset = self.cast(offset, &DataType::Integer);
        if name != "LAG" {
            let data_type = of.data_type.clone();
            return Some((vec![of, offset], data_type));
        }
        let default = args.next().unwrap_or_else(|| null_of(&of.data_type));
        let Some(common) = DataType::common(&[&of.data_type, &default.data_type]) else {
            let types = [of.data_type, offset.data_type, default.data_type];
            return self.wrong_types(name, &types, &["LAG(<ANY>, <INTEGER>, <ANY>)".to_owned()], span);
        };
        Some((vec![self.cast(of, &common), offset, self.cast(default, &common)], common))
    }
}

/// Whole numbers are summed as BIGINT, so that no sum that fits 64 bits is lost; decimals keep their scale.
fn sum_of(data_type: DataType) -> DataType {
    match data_type {
        DataType::Decimal { scale, .. } => DataType::Decimal { precision: MAX_PRECISION, scale },
        whole if whole.is_whole() => DataType::BigInt,
        other => other,
    }
}

fn add(aggregates: &mut Vec<AggregateCall>, made: AggregateCall) -> usize {
    let known = aggregates.iter().position(|call| same(call, &made));
    let place = known.unwrap_or(aggregates.len());
    if known.is_none() {
        aggregates.push(made);
    }
    place
}

fn same(a: &AggregateCall, b: &AggregateCall) -> bool {
    (a.function, a.distinct, a.ignore_nulls, &a.data_type) == (b.function, b.distinct, b.ignore_nulls, &b.data_type)
        && a.args.len() == b.args.len()
        && a.args.iter().zip(&b.args).all(|(a, b)| rewrite::same(a, b))
}
