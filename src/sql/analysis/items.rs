//! The select list: what each item is called and computes.

use super::expressions::Names;
use super::scope::{Relation, ScopeColumn};
use super::script::{Analysis, Checked};
use crate::sql::diagnostic::Span;
use crate::sql::plan::{Expr, ExprKind, Node};
use crate::sql::syntax::{self, Ident, Select, SelectItem};
use crate::sql::types::DataType;

/// An item, `*` already spread out.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// What the column is called.
    pub name: String,
    /// Over the row before the projection.
    pub expr: Expr,
    /// Its alias is ROWTIME.
    pub restamps: bool,
}

impl Analysis<'_> {
    /// All items; all are looked into even if one has an error.
    pub(super) fn items(&mut self, select: &Select, names: &mut Names<'_>) -> Checked<Vec<Item>> {
        let mut items = Vec::new();
        let mut fine = true;
        for item in &select.items {
            match item {
                SelectItem::All(span) => {
                    if names.scope.relations.is_empty() {
                        self.error::<()>(*span, "SELECT * requires a FROM clause");
                        fine = false;
                    }
                    items.extend(names.scope.relations.iter().flat_map(|relation| visible(relation, *span)));
                }
                SelectItem::AllOf(alias, span) => match names.scope.relation(&alias.name) {
                    Some(relation) => items.extend(visible(relation, *span)),
                    None => {
                        self.error::<()>(alias.span, format!("Unknown identifier '{}'", alias.name));
                        fine = false;
                    }
                },
                SelectItem::Expr(expr, alias) => match self.expr(expr, names) {
                    Some(checked) => {
                        let restamps = alias.as_ref().is_some_and(|alias| alias.name == "ROWTIME");
                        items.push(Item { name: name_of(expr, alias.as_ref(), items.len()), expr: checked, restamps });
                    }
                    None => fine = false,
                },
            }
        }
        if fine { Some(items) } else { None }
    }

    /// The place of the item that says the result's ROWTIME: the one aliased so, or else ROWTIME itself, which says nothing new.
    /// Any other item of that name is an ordinary column without a name of its own, for ROWTIME means the row's time.
    pub(super) fn rowtime_item(&mut self, items: &mut [Item]) -> Checked<Option<usize>> {
        let mut aliased = items.iter().enumerate().filter(|(_, item)| item.restamps);
        let first = aliased.next().map(|(place, _)| place);
        if let Some((_, second)) = aliased.next() {
            return self.error(second.expr.span, "Only one item of a select list can be ROWTIME");
        }
        let own = || items.iter().position(|item| item.name == "ROWTIME" && item.expr.kind == ExprKind::Rowtime);
        let found = first.or_else(own);
        for (place, item) in items.iter_mut().enumerate() {
            if item.name == "ROWTIME" && found != Some(place) {
                item.name = format!("EXPR${place}");
            }
        }
        let Some(item) = found.and_then(|place| items.get(place)) else { return Some(None) };
        if item.expr.data_type != DataType::Timestamp {
            let message = format!("ROWTIME must be of type TIMESTAMP, not {}", item.expr.data_type);
            return self.error(item.expr.span, message);
        }
        Some(found)
    }
}

fn visible(relation: &Relation, span: Span) -> Vec<Item> {
    let columns = relation.columns.iter().enumerate().filter(|(_, column)| !column.hidden);
    columns
        .map(|(place, column)| Item {
            name: column.name.clone(),
            expr: column.at(relation.offset + place, span),
            restamps: false,
        })
        .collect()
}

/// The alias, a column's own name, or `EXPR$n` by its place.
fn name_of(expr: &syntax::Expr, alias: Option<&Ident>, place: usize) -> String {
    match (alias, &expr.kind) {
        (Some(alias), _) => alias.name.clone(),
        (None, syntax::ExprKind::Column(parts)) => parts.last().map_or_else(String::new, |ident| ident.name.clone()),
        (None, _) => format!("EXPR${place}"),
    }
}

/// Rows of these items; rows that already are such stay as they are.
pub(super) fn project(node: Node, items: Vec<Expr>, rowtime: Option<Expr>, width: usize) -> Node {
    let in_place = |(place, item): (usize, &Expr)| item.kind == ExprKind::Column(place);
    if rowtime.is_none() && items.len() == width && items.iter().enumerate().all(in_place) {
        return node;
    }
    Node::Project { input: Box::new(node), items, rowtime }
}

/// The columns that items make, without their trends.
pub(super) fn columns_of(items: &[Item]) -> Vec<ScopeColumn> {
    items.iter().map(|item| ScopeColumn::plain(&item.name, item.expr.data_type.clone(), item.expr.nullable)).collect()
}
