//! Rows as aligned columns for people.

use crate::base::clock::Millis;
use crate::services::analytics::output::format::{OutputFormat, RowFormatter};
use crate::sql::types::{Cell, Column};

/// How many rows are gathered to find the widths of columns.
const ROWS_TOGETHER: usize = 1000;
/// The widest column, in characters; what is longer is cut.
const WIDTH_MAX: usize = 60;

/// A table that is printed in parts: the widths are those of the rows printed together, and never shrink.
pub(super) struct Table {
    title: Option<String>,
    formatter: RowFormatter,
    names: Vec<String>,
    widths: Vec<usize>,
    /// Numbers stand on the right.
    right: Vec<bool>,
    rows: Vec<Vec<String>>,
    /// Whether no other table is printed before.
    first: bool,
    /// Whether the names were printed.
    headed: bool,
}

impl Table {
    /// A table with these columns, the first of which is ROWTIME; with a title where others are printed too.
    pub(super) fn new(title: Option<String>, first: bool, columns: &[Column]) -> Self {
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        Self {
            title,
            formatter: RowFormatter::new(OutputFormat::Csv, columns),
            widths: names.iter().map(|name| name.chars().count()).collect(),
            names,
            right: columns.iter().map(|column| column.data_type.is_numeric()).collect(),
            rows: Vec::new(),
            first,
            headed: false,
        }
    }

    /// Takes a row; prints when enough are there.
    pub(super) fn row(&mut self, rowtime: Millis, cells: &[Cell], out: &mut Vec<u8>) {
        let time = Cell::Int(rowtime);
        let cells = std::iter::once(&time).chain(cells).take(self.names.len()).enumerate();
        let formatter = &mut self.formatter;
        let row: Vec<String> = cells.map(|(place, cell)| cut(formatter.text(place, cell).unwrap_or_default())).collect();
        for (width, text) in self.widths.iter_mut().zip(&row) {
            *width = (*width).max(text.chars().count());
        }
        self.rows.push(row);
        if self.rows.len() == ROWS_TOGETHER {
            self.print(out);
        }
    }

    /// Prints the rows that were gathered; names and title before the first, and each time when there are other tables.
    pub(super) fn print(&mut self, out: &mut Vec<u8>) {
        if self.rows.is_empty() {
            return;
        }
        if let Some(title) = &self.title {
            out.extend_from_slice(if self.first && !self.headed { b"" } else { b"\n" });
            out.extend_from_slice(title.as_bytes());
            out.push(b'\n');
        }
        if !self.headed || self.title.is_some() {
            self.line(&self.names, ' ', out);
            self.line(&vec![String::new(); self.names.len()], '-', out);
        }
        for row in std::mem::take(&mut self.rows) {
            self.line(&row, ' ', out);
        }
        self.headed = true;
    }

    fn line(&self, texts: &[String], fill: char, out: &mut Vec<u8>) {
        let start = out.len();
        for (place, text) in texts.iter().enumerate() {
            if place > 0 {
                out.extend_from_slice(b"  ");
            }
            let missing = self.widths[place].saturating_sub(text.chars().count());
            let padding = fill.to_string().repeat(missing);
            let (first, second) = if self.right[place] { (&padding, text) } else { (text, &padding) };
            out.extend_from_slice(first.as_bytes());
            out.extend_from_slice(second.as_bytes());
        }
        while out.len() > start && out.last() == Some(&b' ') {
            out.pop();
        }
        out.push(b'\n');
    }
}

/// On one line, and not too long.
fn cut(text: String) -> String {
    let text = if text.contains(char::is_control) { text.replace(char::is_control, " ") } else { text };
    match text.char_indices().nth(WIDTH_MAX) {
        None => text,
        Some(_) => text.chars().take(WIDTH_MAX - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::types::DataType;

    #[test]
    fn columns_are_aligned() {
        let column = |name: &str, data_type| Column { name: name.into(), data_type, nullable: true };
        let columns =
            [column("ROWTIME", DataType::Timestamp), column("STATUS", DataType::VarChar(80)), column("N", DataType::Integer)];
        let mut table = Table::new(None, true, &columns);
        let mut out = Vec::new();
        table.row(0, &[Cell::text("OK"), Cell::Int(7)], &mut out);
        table.row(1500, &[Cell::text(&"é\n".repeat(40)), Cell::Int(-123)], &mut out);
        assert!(out.is_empty());
        table.print(&mut out);
        table.row(2000, &[Cell::Null, Cell::Null], &mut out);
        table.print(&mut out);
        table.print(&mut out);
        let text = String::from_utf8(out).unwrap();
        let status = format!("{}…", "é ".repeat(29) + "é");
        let expected = format!(
            "ROWTIME                  STATUS{:54}     N\n{}  {}  ----\n\
             1970-01-01 00:00:00.000  OK{:58}     7\n1970-01-01 00:00:01.500  {status}  -123\n1970-01-01 00:00:02.000\n",
            "",
            "-".repeat(23),
            "-".repeat(60),
            ""
        );
        assert_eq!(text, expected);
    }
}
