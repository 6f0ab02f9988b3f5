//! Walking planned expressions.

use super::plan::{Expr, ExprKind};

impl Expr {
    /// The expressions directly inside one.
    pub(crate) fn children(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Column(_)
            | ExprKind::Rowtime
            | ExprKind::Literal(_)
            | ExprKind::CurrentRowTimestamp
            | ExprKind::PumpStart => Vec::new(),
            ExprKind::Call(_, list) | ExprKind::And(list) | ExprKind::Or(list) | ExprKind::Coalesce(list) => {
                list.iter().collect()
            }
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
    pub(crate) fn children_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.kind {
            ExprKind::Column(_)
            | ExprKind::Rowtime
            | ExprKind::Literal(_)
            | ExprKind::CurrentRowTimestamp
            | ExprKind::PumpStart => Vec::new(),
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
}
