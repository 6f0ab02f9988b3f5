//! Walking and changing planned expressions.

use crate::sql::plan::{Expr, ExprKind};

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
    for child in expr.children_mut() {
        replace_in(child, new);
    }
}

/// Whether a test holds for an expression and all inside it.
pub(super) fn all(expr: &Expr, test: &dyn Fn(&Expr) -> bool) -> bool {
    test(expr) && expr.children().into_iter().all(|child| all(child, test))
}

/// Whether a test holds for an expression or any inside it.
pub(super) fn any(expr: &Expr, test: &dyn Fn(&Expr) -> bool) -> bool {
    !all(expr, &|expr| !test(expr))
}

/// How many expressions there are in one, and how many levels.
pub(super) fn size(expr: &Expr) -> (usize, usize) {
    let sizes = expr.children().into_iter().map(size);
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
    let (a, b) = (a.children(), b.children());
    own && a.len() == b.len() && a.into_iter().zip(b).all(|(a, b)| same(a, b))
}

/// Moves all columns by a number of places to the left.
pub(super) fn shift_left(expr: Expr, by: usize) -> Expr {
    replace(expr, &|expr| match expr.kind {
        ExprKind::Column(index) => Some(Expr { kind: ExprKind::Column(index.saturating_sub(by)), ..expr.clone() }),
        _ => None,
    })
}
