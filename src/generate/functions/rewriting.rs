//! `helpers.*`, as far as they write text: the cards of faker print `[object Object]` in a template.

use super::super::javascript::to_text;
use super::random::one_of_texts;
use super::{Argument, Call, Function, push_digits, push_symbols, symbols, with};
use serde_json::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    with("helpers.randomize", "an array", randomize),
    with("helpers.shuffle", "an array", shuffle),
    with("helpers.slugify", "text", slugified),
    with("helpers.replaceSymbolWithNumber", "text, # a digit", replace_digits),
    with("helpers.replaceSymbols", "text, # a digit, ? a letter", replace_symbols),
];

fn array(argument: &Argument) -> Result<Vec<String>, String> {
    match argument.truthy() {
        None => Ok(["a", "b", "c"].map(String::from).to_vec()),
        Some(Value::Array(values)) => Ok(values.iter().map(to_text).collect()),
        Some(other) => Err(format!("takes an array, not {}", to_text(other))),
    }
}

fn randomize(argument: &Argument) -> Result<Call, String> {
    one_of_texts(array(argument)?, "the array is empty")
}

fn shuffle(argument: &Argument) -> Result<Call, String> {
    let texts = array(argument)?;
    Ok(Box::new(move |context, out| {
        let mut left: Vec<&str> = texts.iter().map(String::as_str).collect();
        while !left.is_empty() {
            out.push_str(left.swap_remove(context.chance.index(left.len())));
            if !left.is_empty() {
                out.push(',');
            }
        }
    }))
}

fn slugified(argument: &Argument) -> Result<Call, String> {
    let slug = slugify(&argument.text().unwrap_or_default());
    Ok(Box::new(move |_, out| out.push_str(&slug)))
}

/// Blanks become hyphens; what is no ASCII letter, digit, underscore, point or hyphen goes.
pub(super) fn slugify(text: &str) -> String {
    let kept = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    text.replace(' ', "-").chars().filter(kept).collect()
}

fn replace_digits(argument: &Argument) -> Result<Call, String> {
    let format = symbols(argument).unwrap_or_default();
    Ok(Box::new(move |context, out| push_digits(&format, context, out)))
}

fn replace_symbols(argument: &Argument) -> Result<Call, String> {
    let format = symbols(argument).unwrap_or_default();
    Ok(Box::new(move |context, out| push_symbols(&format, context, out)))
}
