//! Walking planned expressions.

use super::plan::{Expr, ExprKind};

/// The expressions directly inside one: read or changed, as the methods of iterators and boxes are given.
macro_rules! inside {
    ($kind:expr, $iter:ident, $as_deref:ident, $as_inner:ident) => {
        match $kind {
            ExprKind::Column(_)
            | ExprKind::Rowtime
            | ExprKind::Literal(_)
            | ExprKind::CurrentRowTimestamp
            | ExprKind::PumpStart => Vec::new(),
            ExprKind::Call(_, list) | ExprKind::And(list) | ExprKind::Or(list) | ExprKind::Coalesce(list) => {
                list.$iter().collect()
            }
            ExprKind::Cast(of)
            | ExprKind::Not(of)
            | ExprKind::Field(of, _)
            | ExprKind::RoundTime { of, .. }
            | ExprKind::Extract(_, of) => vec![of],
            ExprKind::Difference { of, minus } => vec![of, minus],
            ExprKind::Case(branches, otherwise) => {
                branches.$iter().flat_map(|(when, then)| [when, then]).chain(otherwise.$as_deref()).collect()
            }
            ExprKind::Match { of, pattern, escape, .. } => {
                let mut all = vec![of.$as_inner(), pattern.$as_inner()];
                all.extend(escape.$as_deref());
                all
            }
        }
    };
}

impl Expr {
    /// The expressions directly inside one.
    pub(crate) fn children(&self) -> Vec<&Self> {
        inside!(&self.kind, iter, as_deref, as_ref)
    }

    /// The same, to be changed.
    pub(crate) fn children_mut(&mut self) -> Vec<&mut Self> {
        inside!(&mut self.kind, iter_mut, as_deref_mut, as_mut)
    }
}
