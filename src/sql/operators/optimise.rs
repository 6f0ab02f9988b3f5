//! Filters and projections that lie upon each other, as one pass over the rows.

use super::map::Mapping;
use crate::sql::plan::{Expr, ExprKind, Node};

/// The node below `node` and what the filters and projections from `node` down to it do with its rows. `node` itself is a filter or a projection;
/// for every other node there is none.
pub(super) fn mapping(node: &Node) -> Option<(&Node, Mapping)> {
    match node {
        Node::Filter { input, predicate } => {
            let alone = || (input.as_ref(), Mapping { predicates: vec![predicate.clone()], ..Mapping::default() });
            Some(mapping(input).and_then(|(base, inner)| Some((base, filtered(inner, predicate)?))).unwrap_or_else(alone))
        }
        Node::Project { input, items, rowtime } => Some(projected(input, items, rowtime.as_ref())),
        _ => None,
    }
}

/// As [`mapping`], of a projection upon `input`.
pub(super) fn projected<'p>(input: &'p Node, items: &[Expr], rowtime: Option<&Expr>) -> (&'p Node, Mapping) {
    let alone = || (input, Mapping { items: Some(items.to_vec()), rowtime: rowtime.cloned(), ..Mapping::default() });
    mapping(input).and_then(|(base, inner)| Some((base, composed(inner, items, rowtime)?))).unwrap_or_else(alone)
}

fn filtered(mut inner: Mapping, predicate: &Expr) -> Option<Mapping> {
    if inner.rowtime.is_some() {
        // Rows are late or not before they are filtered.
        return None;
    }
    let predicate = match &inner.items {
        Some(items) => cheap(items, &[predicate]).then(|| substituted(predicate, items))?,
        None => predicate.clone(),
    };
    inner.predicates.push(predicate);
    Some(inner)
}

fn composed(mut inner: Mapping, outer: &[Expr], rowtime: Option<&Expr>) -> Option<Mapping> {
    if inner.rowtime.is_some() && (rowtime.is_some() || outer.iter().any(reads_rowtime)) {
        return None;
    }
    let Some(items) = inner.items else {
        inner.items = Some(outer.to_vec());
        inner.rowtime = rowtime.cloned();
        return Some(inner);
    };
    let all: Vec<&Expr> = outer.iter().chain(rowtime).collect();
    if !cheap(&items, &all) {
        return None;
    }
    if let Some(rowtime) = rowtime {
        inner.rowtime = Some(substituted(rowtime, &items));
    }
    inner.items = Some(outer.iter().map(|expr| substituted(expr, &items)).collect());
    Some(inner)
}

/// Whether `outer` reads each item that takes computing at most once, so that nothing is computed twice.
fn cheap(items: &[Expr], outer: &[&Expr]) -> bool {
    let mut uses = vec![0usize; items.len()];
    for expr in outer {
        visit(expr, &mut |expr| {
            if let ExprKind::Column(place) = expr.kind
                && let Some(uses) = uses.get_mut(place)
            {
                *uses += 1;
            }
        });
    }
    items
        .iter()
        .zip(uses)
        .all(|(item, uses)| uses <= 1 || matches!(item.kind, ExprKind::Column(_) | ExprKind::Rowtime | ExprKind::Literal(_)))
}

fn reads_rowtime(expr: &Expr) -> bool {
    let mut found = false;
    visit(expr, &mut |expr| found |= expr.kind == ExprKind::Rowtime);
    found
}

/// `expr` with its columns replaced by the expressions that compute them.
fn substituted(expr: &Expr, items: &[Expr]) -> Expr {
    if let ExprKind::Column(place) = expr.kind {
        return items.get(place).unwrap_or(expr).clone();
    }
    let mut result = expr.clone();
    for child in result.children_mut() {
        *child = substituted(child, items);
    }
    result
}

/// Calls `f` with an expression and all within it.
fn visit(expr: &Expr, f: &mut impl FnMut(&Expr)) {
    f(expr);
    expr.children().into_iter().for_each(|child| visit(child, f));
}
