//! The log-parsing functions: the fields of the row that each call gives, from its literal arguments.

use super::script::{Analysis, Checked};
use crate::sql::diagnostic::Span;
use crate::sql::functions::{self, FastRegex, Unresolved};
use crate::sql::plan::{Expr, ExprKind};
use crate::sql::types::{Cell, Column, DataType};
use std::sync::Arc;

/// The type of a field that has no type of its own (SQL reference: VARCHAR(1024)).
const FIELD: DataType = DataType::VarChar(1024);

/// Whether a function gives a row.
pub(super) fn is_parser(name: &str) -> bool {
    name.ends_with("_LOG_PARSE") || name == "FAST_REGEX_LOG_PARSER"
}

impl Analysis<'_> {
    /// A call of a log parser: an expression of a ROW type.
    pub(super) fn log_parser(&mut self, name: &str, args: Vec<Expr>, span: Span) -> Checked<Expr> {
        let name = if name == "FAST_REGEX_LOG_PARSER" { "FAST_REGEX_LOG_PARSE" } else { name };
        let types: Vec<_> = args.iter().map(|arg| arg.data_type.clone()).collect();
        if functions::resolve(name, &types) == Err(Unresolved::UnknownName) {
            return self.unsupported(span, name);
        }
        let columns = match fields(name, &args) {
            Ok(columns) => columns,
            Err(message) => return self.error(span, message),
        };
        let call = self.operator(name, args, span)?;
        Some(Expr { data_type: DataType::Row(Arc::new(columns)), nullable: true, ..call })
    }
}

fn fields(name: &str, args: &[Expr]) -> Result<Vec<Column>, String> {
    let text = |place: usize| match args.get(place).map(|arg| &arg.kind) {
        Some(ExprKind::Literal(cell)) => cell.as_str(),
        _ => None,
    };
    let needed =
        |place: usize| text(place).ok_or_else(|| format!("Argument {} of {name} must be a character literal", place + 1));
    for place in 2..args.len() {
        needed(place)?;
    }
    match name {
        "SYS_LOG_PARSE" => Ok(vec![column("COLUMN1", DataType::Timestamp), column("COLUMN2", FIELD)]),
        "REGEX_LOG_PARSE" if args.len() > 2 => described(needed(2)?),
        "REGEX_LOG_PARSE" => Ok(numbered(groups(needed(1)?))),
        "FAST_REGEX_LOG_PARSE" => fast_groups(needed(1)?).map(numbered),
        "W3C_LOG_PARSE" => Ok(numbered(directives(needed(1)?))),
        "VARIABLE_COLUMN_LOG_PARSE" => match args.get(1).map(|arg| &arg.kind) {
            Some(ExprKind::Literal(Cell::Int(count @ 1..=1000))) => Ok(numbered(usize::try_from(*count).unwrap_or_default())),
            _ => described(needed(1)?),
        },
        _ => described(needed(1)?),
    }
}

fn column(name: &str, data_type: DataType) -> Column {
    Column { name: name.to_owned(), data_type, nullable: true }
}

fn numbered(count: usize) -> Vec<Column> {
    (1..=count).map(|place| column(&format!("COLUMN{place}"), FIELD)).collect()
}

/// The capturing groups of a regular expression.
fn groups(pattern: &str) -> usize {
    let (mut count, mut in_class) = (0, false);
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        match character {
            '\\' => {
                rest.next();
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => {
                let next = rest.as_str();
                let named = next.starts_with("?<") && !next.starts_with("?<=") && !next.starts_with("?<!");
                count += usize::from(!next.starts_with('?') || named);
            }
            _ => {}
        }
    }
    count
}

/// The groups of a fast regular expression.
fn fast_groups(pattern: &str) -> Result<usize, String> {
    let regex = FastRegex::new(pattern).map_err(|error| functions::wrong_fast_regex(pattern, &error))?;
    match regex.groups() {
        0 => Err(functions::wrong_fast_regex(pattern, "it has no group")),
        groups => Ok(groups),
    }
}

/// The columns of a log format: a name, or an Apache format string with one column a directive.
fn directives(format: &str) -> usize {
    match format.trim().to_ascii_uppercase().as_str() {
        "COMMON" => 7,
        "COMMON WITH VHOST" => 8,
        "NCSA EXTENDED" => 9,
        "REFERER" => 2,
        "AGENT" => 1,
        "IIS" => 15,
        _ => format.replace("%%", "").matches('%').count(),
    }
}

/// `name [TYPE] type …, …`: a field each.
fn described(text: &str) -> Result<Vec<Column>, String> {
    functions::descriptions(text).into_iter().map(|description| field(&description)).collect()
}

fn field(description: &str) -> Result<Column, String> {
    let wrong = || format!("Column description '{}' is not 'name TYPE type'", description.trim());
    let tokens = crate::sql::syntax::tokenize(description).map_err(|_| wrong())?;
    let first = tokens.first().ok_or_else(wrong)?;
    let name = match &first.kind {
        crate::sql::syntax::TokenKind::Quoted(name) => name.clone(),
        crate::sql::syntax::TokenKind::Word { upper, .. } => upper.clone(),
        _ => return Err(wrong()),
    };
    let after: String = description.chars().skip(first.span.end_column as usize).collect();
    let after = after.trim();
    let after = if after.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("TYPE")) { after[4..].trim() } else { after };
    // A blank before it, so that a clause is found where no type is written.
    let after = format!(" {after}");
    let upper = after.to_ascii_uppercase();
    let ends = [" NOT ", " START ", " FOR ", "'"].iter().filter_map(|word| upper.find(word));
    let written = after.get(..ends.min().unwrap_or(after.len())).unwrap_or(&after).trim();
    let data_type = if written.is_empty() { FIELD } else { DataType::parse(written).map_err(|error| error.to_string())? };
    Ok(column(&name, data_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_follow_from_the_pattern() {
        assert_eq!(groups("(\\w.+) (\\d.+) (?:x) (?<y>z) [(] \\( (?=a)"), 3);
        assert_eq!(directives("%h %l %u %t \"%r\" %>s %b"), 7);
    }

    #[test]
    fn descriptions_name_and_type_fields() {
        let text = "A TYPE VARCHAR(16), B TYPE INTEGER NOT NULL, \"t, x\" TYPE TIMESTAMP 'dd/MMM/yyyy:HH:mm:ss', d TYPE DECIMAL(5, 2) START 0 FOR 3";
        let columns = described(text).unwrap();
        let types: Vec<_> = columns.iter().map(|c| format!("{} {}", c.name, c.data_type)).collect();
        assert_eq!(types, ["A VARCHAR(16)", "B INTEGER", "t, x TIMESTAMP(0)", "D DECIMAL(5, 2)"]);
        assert!(described("A TYPE NONSENSE").is_err());
    }
}
