//! Temporal predicates as comparisons of the periods' ends, half-open (SQL reference, "Temporal Predicates").

use super::expressions::Names;
use super::predicates::logic;
use super::script::{Analysis, Checked};
use crate::sql::diagnostic::Span;
use crate::sql::plan::{Expr, ExprKind};
use crate::sql::syntax::{self, TemporalPredicate, TemporalRelation};

/// A period's start and end; the same for an instant.
struct Period {
    start: Expr,
    end: Expr,
}

impl Analysis<'_> {
    /// `a PREDICATE b PREDICATE c …`: each two neighbours must stand in their relation.
    pub(super) fn temporal(
        &mut self,
        periods: &[syntax::Expr],
        predicates: &[TemporalPredicate],
        span: Span,
        names: &mut Names<'_>,
    ) -> Checked<Expr> {
        let mut checked = Vec::new();
        for (place, period) in periods.iter().enumerate() {
            let instant = place > 0 && predicates[place - 1].relation == TemporalRelation::Contains;
            checked.push(self.period(period, instant, names)?);
        }
        let mut terms = Vec::new();
        for (pair, predicate) in checked.windows(2).zip(predicates) {
            let [a, b] = pair else { continue };
            for (operator, left, right) in comparisons(*predicate, a, b) {
                terms.push(self.operator(operator, vec![left.clone(), right.clone()], span)?);
            }
        }
        Some(logic(ExprKind::And, terms, span))
    }

    fn period(&mut self, period: &syntax::Expr, instant: bool, names: &mut Names<'_>) -> Checked<Period> {
        let ends = match &period.kind {
            syntax::ExprKind::Row(ends) if ends.len() == 2 => self.exprs(ends, names)?,
            syntax::ExprKind::Row(_) => return self.error(period.span, "A period has a start and an end"),
            _ if instant => {
                let at = self.expr(period, names)?;
                vec![at.clone(), at]
            }
            _ => return self.error(period.span, "A period is expected here"),
        };
        if let Some(wrong) = ends.iter().find(|end| !end.data_type.is_datetime()) {
            return self.error(wrong.span, "The ends of a period must be datetimes");
        }
        let [start, end] = <[Expr; 2]>::try_from(ends).ok()?;
        Some(Period { start, end })
    }
}

/// What must hold between the ends of two periods.
fn comparisons<'p>(predicate: TemporalPredicate, a: &'p Period, b: &'p Period) -> Vec<(&'static str, &'p Expr, &'p Expr)> {
    use TemporalRelation as Relation;
    let order = if predicate.strictly { "<" } else { "<=" };
    let apart = match (predicate.immediately, predicate.strictly) {
        (true, _) => "=",
        (false, true) => "<",
        (false, false) => "<=",
    };
    let instant = super::rewrite::same(&b.start, &b.end);
    match predicate.relation {
        Relation::Equals => vec![("=", &a.start, &b.start), ("=", &a.end, &b.end)],
        Relation::Contains if instant => vec![(order, &a.start, &b.start), ("<", &b.end, &a.end)],
        Relation::Contains => vec![(order, &a.start, &b.start), (order, &b.end, &a.end)],
        Relation::Overlaps if predicate.strictly => {
            vec![("<", &a.start, &b.start), ("<", &b.start, &a.end), ("<", &a.end, &b.end)]
        }
        Relation::Overlaps => vec![("<", &a.start, &b.end), ("<", &b.start, &a.end)],
        Relation::Precedes => vec![(apart, &a.end, &b.start)],
        Relation::Succeeds => vec![(apart, &b.end, &a.start)],
        Relation::Leads => leads(predicate, a, b),
        Relation::Lags => leads(predicate, b, a),
    }
}

/// LEADS: starts earlier and ends no later; STRICTLY: ends earlier; IMMEDIATELY: ends where the other starts.
fn leads<'p>(predicate: TemporalPredicate, a: &'p Period, b: &'p Period) -> Vec<(&'static str, &'p Expr, &'p Expr)> {
    let ends = if predicate.strictly { "<" } else { "<=" };
    let mut all = vec![("<", &a.start, &b.start), (ends, &a.end, &b.end)];
    if predicate.immediately {
        all.push(("=", &a.end, &b.start));
    }
    all
}
