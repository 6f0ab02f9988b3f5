//! Discovery in JSON documents.

use super::infer::Seen;
use super::names::Names;
use super::{Discovered, Undetectable};
use crate::base::clock::Millis;
use crate::services::analytics::mapping::json::scan::{Scan, SyntaxError, unescape};
use crate::services::analytics::mapping::{COLUMNS_MAX, Decoder, RecordColumn, RecordFormat, RecordSchema, Sink};
use crate::services::analytics::output::format::{OutputFormat, RowFormatter};
use crate::sql::types::Block;
use rustc_hash::FxHashMap;

/// How many levels of objects within the document become columns of their own (developer guide, "Best Practices": two where possible);
/// what is deeper is mapped whole.
const LEVELS: usize = 2;

/// The columns met so far, in the order in which they came.
#[derive(Default)]
struct Columns {
    places: FxHashMap<Vec<String>, usize>,
    seen: Vec<(Vec<String>, bool, Seen)>,
}

/// A schema with a column for each member, flattened.
pub(super) fn discover(samples: &[&[u8]]) -> Result<Discovered, Undetectable> {
    let mut columns = Columns::default();
    for sample in samples {
        // What comes after bytes that are no JSON is left out.
        let _ = columns.record(sample);
    }
    if columns.seen.is_empty() {
        return Err(Undetectable);
    }
    let schema = columns.schema();
    let rows = rows(&schema, samples).ok_or(Undetectable)?;
    Ok(Discovered { schema, rows, header: false })
}

impl Columns {
    fn record(&mut self, record: &[u8]) -> Result<(), SyntaxError> {
        let mut scan = Scan::new(record, 0);
        scan.blanks();
        while scan.at < record.len() {
            let document = scan.skip_value()?;
            match document.first() {
                Some(b'{') => self.object(document, &mut Vec::new())?,
                Some(b'[') => self.array(document)?,
                _ => {}
            }
            scan.blanks();
        }
        Ok(())
    }

    /// The rows of a document that is an array.
    fn array(&mut self, array: &[u8]) -> Result<(), SyntaxError> {
        let mut scan = Scan::new(array, 1);
        scan.blanks();
        while scan.peek() != b']' {
            let element = scan.skip_value()?;
            if element.starts_with(b"{") {
                self.object(element, &mut Vec::new())?;
            }
            scan.blanks();
            if scan.peek() == b',' {
                scan.at += 1;
                scan.blanks();
            }
        }
        Ok(())
    }

    fn object(&mut self, object: &[u8], path: &mut Vec<String>) -> Result<(), SyntaxError> {
        let mut scan = Scan::new(object, 1);
        let mut name = Vec::new();
        scan.blanks();
        while scan.peek() != b'}' {
            unescape(scan.key()?.bytes, &mut name).ok_or(SyntaxError::Unexpected)?;
            let value = scan.skip_value()?;
            path.push(String::from_utf8_lossy(&name).into_owned());
            if value.starts_with(b"{") && path.len() <= LEVELS && !is_empty_object(value) {
                self.object(value, path)?;
            } else {
                self.value(path, value);
            }
            path.pop();
            scan.blanks();
            if scan.peek() == b',' {
                scan.at += 1;
                scan.blanks();
            }
        }
        Ok(())
    }

    fn value(&mut self, path: &[String], value: &[u8]) {
        let place = match self.places.get(path) {
            Some(place) => *place,
            None if self.seen.len() == COLUMNS_MAX => return,
            None => {
                self.places.insert(path.to_vec(), self.seen.len());
                self.seen.push((path.to_vec(), false, Seen::default()));
                self.seen.len() - 1
            }
        };
        let (_, array, seen) = &mut self.seen[place];
        *array |= value.starts_with(b"[");
        seen.json(value);
    }

    fn schema(&self) -> RecordSchema {
        let mut names = Names::default();
        let column = |(index, (path, array, seen)): (usize, &(Vec<String>, bool, Seen))| RecordColumn {
            name: names.column(&path.join("_"), index),
            sql_type: seen.sql_type(),
            mapping: Some(mapping(path, *array)),
        };
        let columns = self.seen.iter().enumerate().map(column).collect();
        RecordSchema { format: RecordFormat::Json { row_path: "$".to_owned() }, columns, encoding: Some("UTF-8".to_owned()) }
    }
}

fn is_empty_object(object: &[u8]) -> bool {
    object[1..].trim_ascii_start() == b"}"
}

/// `$.a.b`; an array is mapped whole.
fn mapping(path: &[String], array: bool) -> String {
    let mut text = "$".to_owned();
    for name in path {
        let plain = !name.is_empty() && !name.contains(['.', '[', '\'']);
        text.push_str(&if plain { format!(".{name}") } else { format!("['{name}']") });
    }
    text + if array { "[0:]" } else { "" }
}

/// The samples through the schema. `None` when the schema does not compile, which a name with quotes of both kinds can cause.
fn rows(schema: &RecordSchema, samples: &[&[u8]]) -> Option<Vec<Vec<Option<String>>>> {
    const ANY_TIME: Millis = 0;
    let mut decoder = Decoder::compile(schema).ok()?;
    let formatter = &mut RowFormatter::new(OutputFormat::Csv, decoder.columns());
    let (mut block, mut rejected) = (Block::new(schema.columns.len()), Vec::new());
    for sample in samples {
        decoder.decode(sample, &mut Sink { rowtime: ANY_TIME, system: &[], block: &mut block, rejected: &mut rejected });
    }
    Some(block.rows().map(|(_, cells)| cells.iter().enumerate().map(|(i, cell)| formatter.text(i, cell)).collect()).collect())
}
