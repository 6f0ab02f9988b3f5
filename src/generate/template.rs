//! The template language: text with calls such as `{{random.number(50)}}`, compiled once.
//!
//! The generator replaces the first call by its value and looks at the whole text again, until there is no call. So a value may hold calls,
//! and the signs `$&` and its kin in a value are special, as in JavaScript's `replace`. Both are kept, and cost only the values that have them.

use super::call;
use super::context::Context;
use super::functions::Call;
use super::javascript::expand_replacement;
use thiserror::Error;

/// The largest record, that of Kinesis and Firehose being smaller by default: what grows beyond it is stopped.
pub const RECORD_BYTES_MAX: usize = 10 << 20;
/// The largest template.
const TEMPLATE_BYTES_MAX: usize = 1 << 20;
/// How many errors are told at once.
const FINDINGS_MAX: usize = 20;
/// How many calls are made in one record once a value has held a call; in the browser the stack ends it.
const RESCANS_MAX: usize = 2_000;

/// Something about a place in a template.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("line {line}, column {column}: {message}")]
pub struct Finding {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// A sentence.
    pub message: String,
}

/// A record that could not be made.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum RenderError {
    /// A value held a call that is wrong.
    #[error("a value holds a call: {0}")]
    Call(String),
    /// Values bring forth calls for ever.
    #[error("values hold calls whose values hold calls, and so on")]
    Endless,
    /// More than [`RECORD_BYTES_MAX`].
    #[error("the record is larger than {RECORD_BYTES_MAX} bytes")]
    TooLarge,
}

/// A compiled template.
pub struct Template {
    /// Without line ends and without blanks at both ends.
    text: String,
    pieces: Vec<Piece>,
    notes: Vec<Finding>,
}

enum Piece {
    Text(String),
    /// The call, and where in the text it ends.
    Call(Call, usize),
}

impl std::fmt::Debug for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Template").field("text", &self.text).finish_non_exhaustive()
    }
}

impl Template {
    /// Compiles a template. Line ends go, inside calls too, and blanks at both ends; other blanks stay. All errors are told, with their places.
    pub fn compile(source: &str) -> Result<Self, Vec<Finding>> {
        if source.len() > TEMPLATE_BYTES_MAX {
            return Err(vec![finding(source, 0, format!("the template is larger than {TEMPLATE_BYTES_MAX} bytes"))]);
        }
        let text = source.trim().replace(['\n', '\r'], "");
        let (mut pieces, mut notes, mut errors, mut at) = (Vec::new(), Vec::new(), Vec::new(), 0);
        while let Some((start, end)) = next_call(&text, at) {
            if let Some(stray) = text[at..start].find("}}") {
                let message = "the generator's page takes }} before a call for its end; put a space between";
                notes.push(finding(source, at + stray, message.to_owned()));
            }
            push_text(&mut pieces, &text[at..start]);
            let written = call::read(&text[start + 2..end - 2]);
            if written.lax {
                let message = "the generator's page takes neither blanks in a name nor empty parentheses";
                notes.push(finding(source, start, message.to_owned()));
            }
            match call::compile(&written) {
                Ok(call) => pieces.push(Piece::Call(call, end)),
                Err(message) => errors.push(finding(source, start, message)),
            }
            at = end;
        }
        push_text(&mut pieces, &text[at..]);
        errors.truncate(FINDINGS_MAX);
        notes.truncate(FINDINGS_MAX);
        if errors.is_empty() { Ok(Self { text, pieces, notes }) } else { Err(errors) }
    }

    /// What the Kinesis Data Generator itself would refuse.
    pub fn notes(&self) -> &[Finding] {
        &self.notes
    }

    /// Writes a record behind what is there.
    pub fn render(&self, context: &mut Context, out: &mut String) -> Result<(), RenderError> {
        let record = out.len();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Call(call, end) => {
                    let value = out.len();
                    call(context, out);
                    if memchr::memchr2(b'$', b'{', &out.as_bytes()[value..]).is_some()
                        && self.replace(record, value, *end, context, out)?
                    {
                        return Ok(());
                    }
                }
            }
        }
        if out.len() - record > RECORD_BYTES_MAX { Err(RenderError::TooLarge) } else { Ok(()) }
    }

    /// Does what `replace` does with the value at the end of `out`, and the rest of the record if that makes a new call; says whether it did.
    fn replace(
        &self,
        record: usize,
        value: usize,
        end: usize,
        context: &mut Context,
        out: &mut String,
    ) -> Result<bool, RenderError> {
        let start = self.text[..end].rfind("{{").unwrap_or_default();
        let expanded = expand_replacement(&out[value..], &out[record..value], &self.text[start..end], &self.text[end..]);
        out.truncate(value);
        out.push_str(&expanded);
        let joins_before = expanded.starts_with('{') && out[record..value].ends_with('{');
        let joins_behind = expanded.ends_with('{') && self.text[end..].starts_with('{');
        if !(expanded.contains("{{") || joins_before || joins_behind) {
            return Ok(false);
        }
        out.push_str(&self.text[end..]);
        let whole = rescan(out.split_off(record), context)?;
        out.push_str(&whole);
        Ok(true)
    }
}

/// Replaces the first call until there is none.
fn rescan(mut text: String, context: &mut Context) -> Result<String, RenderError> {
    for _ in 0..RESCANS_MAX {
        let Some((start, end)) = next_call(&text, 0) else { return Ok(text) };
        let call = call::compile(&call::read(&text[start + 2..end - 2])).map_err(RenderError::Call)?;
        let mut value = String::new();
        call(context, &mut value);
        let expanded = expand_replacement(&value, &text[..start], &text[start..end], &text[end..]);
        text.replace_range(start..end, &expanded);
        if text.len() > RECORD_BYTES_MAX {
            return Err(RenderError::TooLarge);
        }
    }
    Err(RenderError::Endless)
}

/// Where the first call from a place on begins and ends, braces included.
fn next_call(text: &str, from: usize) -> Option<(usize, usize)> {
    let start = from + text[from..].find("{{")?;
    Some((start, start + text[start + 2..].find("}}")? + 4))
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

/// A finding at a byte of the template without line ends, told by line and column of the template as written.
fn finding(source: &str, at: usize, message: String) -> Finding {
    let blanks = source.len() - source.trim_start().len();
    let kept = source.char_indices().filter(|(index, c)| *index >= blanks && !matches!(c, '\n' | '\r'));
    let mut seen = 0;
    let place = kept.map(|(index, c)| {
        let before = seen;
        seen += c.len_utf8();
        (before, index)
    });
    let index = place.into_iter().find(|(before, _)| *before >= at).map_or(source.len(), |(_, index)| index);
    let line_start = source[..index].rfind('\n').map_or(0, |end| end + 1);
    let line = source[..index].matches('\n').count() + 1;
    Finding { line, column: source[line_start..index].chars().count() + 1, message }
}

#[cfg(test)]
mod tests;
