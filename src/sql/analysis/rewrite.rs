//! Walking and changing planned expressions.

use crate::sql::plan::{Expr, ExprKind};

/// The expressions directly inside one.
pub(super) fn children(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Column(_) | ExprKind::Rowtime | ExprKind::Literal(_) | ExprKind::CurrentRowTimestamp | ExprKind::PumpStart => {
            Vec::new()
        }
        ExprKind::Call(_, list) | ExprKind::And(list) | ExprKind::Or(list) | ExprKind::Coalesce(list) => list.iter().collect(),
        ExprKind::Cast(of)
        | ExprKind::Not(of)
        | ExprKind::Field(of, _)
        | ExprKind::RoundTime { of, .. }
        | ExprKind::Extract(_, of) => vec![of],
        ExprKind::Difference { of, minus } => vec![of, minus],
        ExprKind::Case(branches, otherwise) => {
            branches.iter().flat_map(|(when, then)| [when, then]).chain(otherwise.as_deref()).collect()
        }
        ExprKind::Match { of, pattern, escape, .. } => {
            [Some(of), Some(pattern), escape.as_ref()].into_iter().flatten().map(|e| &**e).collect()
        }
    }
}

/// The same, to be changed.
pub(super) fn children_mut(expr: &mut Expr) -> Vec<&mut Expr> {
    match &mut expr.kind {
        ExprKind::Column(_) | ExprKind::Rowtime | ExprKind::Literal(_) | ExprKind::CurrentRowTimestamp | ExprKind::PumpStart => {
            Vec::new()
        }
        ExprKind::Call(_, list) | ExprKind::And(list) | ExprKind::Or(list) | ExprKind::Coalesce(list) => {
            list.iter_mut().collect()
        }
        ExprKind::Cast(of)
        | ExprKind::Not(of)
        | ExprKind::Field(of, _)
        | ExprKind::RoundTime { of, .. }
        | ExprKind::Extract(_, of) => vec![of],
        ExprKind::Difference { of, minus } => vec![of, minus],
        ExprKind::Case(branches, otherwise) => {
            branches.iter_mut().flat_map(|(when, then)| [when, then]).chain(otherwise.as_deref_mut()).collect()
        }
        ExprKind::Match { of, pattern, escape, .. } => {
            [Some(of), Some(pattern), escape.as_mut()].into_iter().flatten().map(|e| &mut **e).collect()
        }
    }
}

/// Replaces, from the outside in, every expression for which `new` gives another; what is put in is not looked into again.
pub(super) fn replace(mut expr: Expr, new: &dyn Fn(&Expr) -> Option<Expr>) -> Expr {
    replace_in(&mut expr, new);
    expr
}

fn replace_in(expr: &mut Expr, new: &dyn Fn(&Expr) -> Option<Expr>) {
    if let Some(other) = new(expr) {
        *expr = other;
        return;
    }
    for child in children_mut(expr) {
        replace_in(child, new);
    }
}

/// Whether a test holds for an expression and all inside it.
pub(super) fn all(expr: &Expr, test: &dyn Fn(&Expr) -> bool) -> bool {
    test(expr) && children(expr).into_iter().all(|child| all(child, test))
}

/// Whether a test holds for an expression or any inside it.
pub(super) fn any(expr: &Expr, test: &dyn Fn(&Expr) -> bool) -> bool {
    !all(expr, &|expr| !test(expr))
}

/// How many expressions there are in one, and how many levels.
pub(super) fn size(expr: &Expr) -> (usize, usize) {
    let sizes = children(expr).into_iter().map(size);
    let (count, height) = sizes.fold((0, 0), |(count, height), (c, h)| (count + c, height.max(h)));
    (count + 1, height + 1)
}

/// Whether two expressions compute the same, wherever they stand in the script.
pub(super) fn same(a: &Expr, b: &Expr) -> bool {
    if a.data_type != b.data_type || std::mem::discriminant(&a.kind) != std::mem::discriminant(&b.kind) {
        return false;
    }
    let own = match (&a.kind, &b.kind) {
        (ExprKind::Column(a), ExprKind::Column(b)) => a == b,
        (ExprKind::Literal(a), ExprKind::Literal(b)) => a == b,
        (ExprKind::Call(a, _), ExprKind::Call(b, _)) => a == b,
        (ExprKind::Field(_, a), ExprKind::Field(_, b)) => a == b,
        (ExprKind::Extract(a, _), ExprKind::Extract(b, _)) => a == b,
        (ExprKind::RoundTime { up: a, unit: u, .. }, ExprKind::RoundTime { up: b, unit: v, .. }) => (a, u) == (b, v),
        (ExprKind::Match { similar: a, escape: e, .. }, ExprKind::Match { similar: b, escape: f, .. }) => {
            (a, e.is_some()) == (b, f.is_some())
        }
        (ExprKind::Case(a, e), ExprKind::Case(b, f)) => (a.len(), e.is_some()) == (b.len(), f.is_some()),
        _ => true,
    };
    let (a, b) = (children(a), children(b));
    own && a.len() == b.len() && a.into_iter().zip(b).all(|(a, b)| same(a, b))
}

/// Moves all columns by a number of places to the left.
pub(super) fn shift_left(expr: Expr, by: usize) -> Expr {
    replace(expr, &|expr| match expr.kind {
        ExprKind::Column(index) => Some(Expr { kind: ExprKind::Column(index.saturating_sub(by)), ..expr.clone() }),
        _ => None,
    })
}
