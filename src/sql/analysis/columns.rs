//! What a name means: a column, a field of one, ROWTIME, a parameter, or a function without parentheses.

use super::expressions::Names;
use super::scope::{Relation, ScopeColumn};
use super::script::{Analysis, Checked};
use super::statements::with_suggestion;
use crate::sql::diagnostic::Span;
use crate::sql::plan::{Expr, ExprKind};
use crate::sql::syntax::Ident;
use crate::sql::types::DataType;

impl Analysis<'_> {
    /// A name in an expression.
    pub(super) fn column(&mut self, parts: &[Ident], span: Span, names: &Names<'_>) -> Checked<Expr> {
        match parts {
            [name] => self.unqualified(name, span, names),
            [first, name] => match names.scope.relation(&first.name) {
                Some(relation) => self.qualified(relation, name, span),
                None => self.field(&[first], name, span, names),
            },
            [relation, column, field] => self.field(&[relation, column], field, span, names),
            _ => self.error(span, format!("Column '{}' not found in any table", self.source.text(span))),
        }
    }

    fn unqualified(&mut self, name: &Ident, span: Span, names: &Names<'_>) -> Checked<Expr> {
        let parameter = names.parameters.iter().position(|(parameter, _)| *parameter == name.name);
        if let Some(place) = parameter {
            let (kind, data_type) = (ExprKind::Column(place), names.parameters[place].1.clone());
            return Some(Expr { kind, data_type, nullable: true, span });
        }
        let mut found = names.scope.relations.iter().filter_map(|relation| {
            let place = relation.columns.iter().position(|column| column.name == name.name && !column.merged)?;
            Some(relation.columns[place].at(relation.offset + place, span))
        });
        match (found.next(), found.next()) {
            (Some(column), None) => return Some(column),
            (Some(_), Some(_)) => return self.error(span, format!("Column '{}' is ambiguous", name.name)),
            (None, _) => {}
        }
        if name.name == "ROWTIME" && names.scope.streaming {
            return Some(Expr { kind: ExprKind::Rowtime, data_type: DataType::Timestamp, nullable: false, span });
        }
        if let Some(function) = bare_function(name, span) {
            return Some(function);
        }
        let columns = names.scope.relations.iter().flat_map(|relation| &relation.columns);
        let message = format!("Column '{}' not found in any table", name.name);
        let message = with_suggestion(message, similar(columns, &name.name).as_deref());
        self.error(span, message)
    }

    fn qualified(&mut self, relation: &Relation, name: &Ident, span: Span) -> Checked<Expr> {
        if let Some(place) = relation.columns.iter().position(|column| column.name == name.name) {
            return Some(relation.columns[place].at(relation.offset + place, span));
        }
        match &relation.rowtime {
            Some(rowtime) if name.name == "ROWTIME" => Some(Expr { span, ..rowtime.clone() }),
            _ => {
                let alias = relation.alias.as_deref().unwrap_or_default();
                let message = format!("Column '{}' not found in table '{alias}'", name.name);
                let message = with_suggestion(message, similar(&relation.columns, &name.name).as_deref());
                self.error(name.span, message)
            }
        }
    }

    /// A field of a column that holds a row, as the log-parsing functions give it.
    fn field(&mut self, column: &[&Ident], field: &Ident, span: Span, names: &Names<'_>) -> Checked<Expr> {
        let first = column[0];
        let is_column = names.scope.relations.iter().any(|relation| relation.columns.iter().any(|c| c.name == first.name));
        if names.scope.relation(&first.name).is_none() && !(column.len() == 1 && is_column) {
            return self.error(first.span, format!("Table '{}' not found", first.name));
        }
        let parts: Vec<_> = column.iter().map(|ident| (*ident).clone()).collect();
        let place = first.span.to(parts[parts.len() - 1].span);
        let row = self.column(&parts, place, names)?;
        let DataType::Row(fields) = &row.data_type else {
            return self.error(field.span, format!("Column '{}' has no fields", self.source.text(place)));
        };
        let Some(at) = fields.iter().position(|column| column.name == field.name) else {
            return self.error(field.span, format!("Field '{}' not found in '{}'", field.name, self.source.text(place)));
        };
        let data_type = fields[at].data_type.clone();
        Some(Expr { kind: ExprKind::Field(Box::new(row), at), data_type, nullable: true, span })
    }
}

/// A column whose name differs only in case.
fn similar<'c>(columns: impl IntoIterator<Item = &'c ScopeColumn>, name: &str) -> Option<String> {
    let name = name.to_uppercase();
    columns.into_iter().find(|column| column.name.to_uppercase() == name).map(|column| column.name.clone())
}

/// The functions written without parentheses. All of them but one are evaluated once, when the pump starts.
fn bare_function(name: &Ident, span: Span) -> Option<Expr> {
    if name.quoted {
        return None;
    }
    let (kind, data_type) = match name.name.as_str() {
        "CURRENT_ROW_TIMESTAMP" => (ExprKind::CurrentRowTimestamp, DataType::Timestamp),
        "CURRENT_TIMESTAMP" | "LOCALTIMESTAMP" => (ExprKind::PumpStart, DataType::Timestamp),
        "CURRENT_DATE" => (ExprKind::PumpStart, DataType::Date),
        "CURRENT_TIME" | "LOCALTIME" => (ExprKind::PumpStart, DataType::Time),
        _ => return None,
    };
    Some(Expr { kind, data_type, nullable: false, span })
}
