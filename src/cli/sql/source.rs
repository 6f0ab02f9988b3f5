//! Where records come from: a file or standard input, opened, with its schema.

use super::documents::Documents;
use super::flags::InputFormat;
use super::job::Records;
use super::tail::Tail;
use super::{CliError, schema_file};
use crate::services::analytics::discovery;
use crate::services::analytics::mapping::{RecordFormat, RecordSchema};
use crate::sql::types::Column;
use std::fmt;
use std::fmt::Write;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

/// How much the schema is discovered in.
const HEAD_BYTES: usize = 256 << 10;

/// What some editors put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Bytes of records.
pub(super) type Bytes = Box<dyn Read + Send>;

/// A file or standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Standard,
    File(PathBuf),
    /// No records: there is only a schema.
    Nothing,
}

impl Origin {
    /// What a flag names; `-` is standard input.
    pub(super) fn of(name: &str) -> Self {
        if name == "-" { Self::Standard } else { Self::File(name.into()) }
    }

    pub(super) fn is_standard(&self) -> bool {
        *self == Self::Standard
    }

    /// The format that the file's extension says.
    fn extension(&self) -> Option<InputFormat> {
        let Self::File(path) = self else { return None };
        match path.extension()?.to_ascii_lowercase().to_str()? {
            "csv" | "tsv" => Some(InputFormat::Csv),
            "json" | "jsonl" | "ndjson" => Some(InputFormat::Json),
            _ => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => f.write_str("standard input"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Nothing => f.write_str("no input"),
        }
    }
}

/// Records ready to be read.
pub(super) struct Source {
    pub(super) schema: RecordSchema,
    /// Whether the schema was discovered rather than given.
    pub(super) discovered: bool,
    /// Whether the first line is one of names.
    pub(super) header: bool,
    /// From the first record on, a record a line.
    pub(super) bytes: Bytes,
    /// How many bytes there are, where that is known.
    pub(super) length: Option<u64>,
}

/// Opens records; with `follow` a file has no end.
pub(super) fn open(records: &Records, follow: bool) -> Result<Source, CliError> {
    let origin = &records.origin;
    let wrong = |error: std::io::Error| format!("{origin}: {error}");
    let (mut bytes, length): (Bytes, _) = match origin {
        Origin::Standard => (Box::new(std::io::stdin()), None),
        Origin::Nothing => (Box::new(std::io::empty()), None),
        Origin::File(path) => {
            let file = File::open(path).map_err(wrong)?;
            let length = file.metadata().map_err(wrong)?.len();
            (if follow { Box::new(Tail::new(file)) } else { Box::new(file) }, Some(length).filter(|_| !follow))
        }
    };
    let mut head = read_head(&mut bytes, follow).map_err(wrong)?;
    if head.starts_with(BYTE_ORDER_MARK) {
        head.drain(..BYTE_ORDER_MARK.len());
    }
    let given = records.schema.as_deref().map(read_schema).transpose()?;
    let format = match &given {
        Some(RecordSchema { format: RecordFormat::Json { .. }, .. }) => InputFormat::Json,
        Some(_) => InputFormat::Csv,
        None => records.format.or_else(|| origin.extension()).unwrap_or_else(|| looks_like(&head)),
    };
    let spread = format == InputFormat::Json && !starts_with_a_line(&head);
    let (schema, header, discovered) = match given {
        Some(schema) => {
            let header = repeats_names(&schema, &head);
            (schema, header, false)
        }
        None => {
            let lines = if spread { as_lines(&head).map_err(wrong)? } else { head.clone() };
            let found = discover(&lines, format).map_err(|error| format!("{origin}: {error}; --schema FILE gives one"))?;
            (found.schema, found.header, true)
        }
    };
    let bytes: Bytes = Box::new(Cursor::new(head).chain(bytes));
    let bytes = if spread { Box::new(Documents::new(bytes)) } else { bytes };
    Ok(Source { schema, discovered, header, bytes, length })
}

/// The schema in a file of the API's form.
fn read_schema(path: &Path) -> Result<RecordSchema, CliError> {
    schema_file::parse(&read_text(path)?).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// A file's text, or an error that names the file.
pub(super) fn read_text(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// The first bytes; of a source that is followed, those that are there with the first whole line.
fn read_head(bytes: &mut Bytes, follow: bool) -> std::io::Result<Vec<u8>> {
    let mut head = vec![0; HEAD_BYTES];
    let mut end = 0;
    while end < HEAD_BYTES {
        match bytes.read(&mut head[end..])? {
            0 => break,
            read => end += read,
        }
        if follow && head[..end].contains(&b'\n') {
            break;
        }
    }
    head.truncate(end);
    Ok(head)
}

fn looks_like(head: &[u8]) -> InputFormat {
    match head.trim_ascii_start().first() {
        Some(b'{' | b'[') | None => InputFormat::Json,
        Some(_) => InputFormat::Csv,
    }
}

/// Whether the first line is a document, so that lines need no joining. No array or document that goes over lines begins so.
fn starts_with_a_line(head: &[u8]) -> bool {
    let text = head.trim_ascii_start();
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_document = serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok();
    // An array alone on a long line is better taken apart than decoded at once; what is no JSON at all is told line by line.
    (is_document && first.len() < HEAD_BYTES / 2) || !matches!(text.first(), Some(b'{' | b'['))
}

/// The documents in the first bytes, one a line.
fn as_lines(head: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut lines = Vec::new();
    Documents::new(head).read_to_end(&mut lines)?;
    Ok(lines)
}

fn discover(head: &[u8], format: InputFormat) -> Result<discovery::Discovered, discovery::Undetectable> {
    let whole = if head.len() < HEAD_BYTES { head.len() } else { last_line_end(head, format).unwrap_or(head.len()) };
    match format {
        InputFormat::Json => discovery::discover_documents(&[&head[..whole]]),
        InputFormat::Csv => discovery::discover_delimited(&[&head[..whole]]),
    }
}

/// Where the last whole line ends. In delimited text, whose delimiter is not known yet, an even number of quotes stands before such an end.
fn last_line_end(head: &[u8], format: InputFormat) -> Option<usize> {
    let mut quotes = memchr::memchr_iter(b'"', head).count();
    let mut end = head.len();
    loop {
        let feed = memchr::memrchr(b'\n', &head[..end])?;
        quotes -= memchr::memchr_iter(b'"', &head[feed..end]).count();
        if format == InputFormat::Json || quotes.is_multiple_of(2) {
            return Some(feed + 1);
        }
        end = feed;
    }
}

/// Whether the first line of delimited text repeats the columns' names.
fn repeats_names(schema: &RecordSchema, head: &[u8]) -> bool {
    let RecordFormat::Csv { column_delimiter, .. } = &schema.format else { return false };
    let line = String::from_utf8_lossy(head.split(|byte| *byte == b'\n').next().unwrap_or_default()).into_owned();
    let fields: Vec<&str> =
        line.split(&column_delimiter.replace("\\t", "\t")).map(|field| field.trim().trim_matches('"')).collect();
    fields.len() == schema.columns.len()
        && fields.iter().zip(&schema.columns).all(|(field, column)| field.eq_ignore_ascii_case(&column.name))
}

/// `NAME ("a" INTEGER, "b" VARCHAR(16))`: columns as the script has to write them.
pub(super) fn describe(name: &str, columns: &[Column]) -> String {
    let mut text = format!("{name} (");
    for (place, column) in columns.iter().enumerate() {
        let comma = if place > 0 { ", " } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(text, "{comma}\"{}\" {}", column.name, column.data_type);
    }
    text + ")"
}
