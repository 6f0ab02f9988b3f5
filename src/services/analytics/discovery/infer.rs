//! The type of a column from the values seen.
//!
//! INTEGER where all are whole numbers of 32 bits, else BIGINT; DOUBLE for other numbers, because a DECIMAL as narrow as the samples would
//! refuse the next value and RANDOM_CUT_FOREST refuses DECIMAL; BOOLEAN; TIMESTAMP for `yyyy-MM-dd HH:mm:ss[.fraction]` only (ISO texts
//! with `T` stay VARCHAR, as in the guide); VARCHAR of the next power of four otherwise: 4, 16, 64, …

use crate::services::analytics::mapping::{datetime, number};
use crate::sql::types::CHARACTERS_MAX;

/// What was seen of a column.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    booleans: bool,
    whole: bool,
    large: bool,
    numbers: bool,
    timestamps: bool,
    texts: bool,
    characters: usize,
}

impl Seen {
    /// A JSON value as it stands in the document; NULL tells nothing.
    pub(super) fn json(&mut self, raw: &[u8]) {
        match raw.first() {
            Some(b'"') => self.text(&raw[1..raw.len() - 1]),
            Some(b't' | b'f') => self.booleans = true,
            Some(b'n') | None => return,
            Some(b'{' | b'[') => self.texts = true,
            Some(_) => self.number(raw),
        }
        self.characters = self.characters.max(characters(raw) - usize::from(raw[0] == b'"') * 2);
    }

    /// A field of delimited text; an empty one tells nothing.
    pub(super) fn field(&mut self, text: &[u8]) {
        let trimmed = text.trim_ascii();
        if trimmed.is_empty() {
            return;
        }
        if number::double(trimmed).is_some() {
            self.number(trimmed);
        } else if trimmed.eq_ignore_ascii_case(b"true") || trimmed.eq_ignore_ascii_case(b"false") {
            self.booleans = true;
        } else {
            self.text(text);
        }
        self.characters = self.characters.max(characters(text));
    }

    fn number(&mut self, text: &[u8]) {
        match number::integer_prefix(text) {
            Some((value, taken)) if taken == text.len() => {
                self.whole = true;
                self.large |= i32::try_from(value).is_err();
            }
            _ => self.numbers = true,
        }
    }

    fn text(&mut self, text: &[u8]) {
        let blank_inside = text.get(10) == Some(&b' ') && !text.ends_with(b"Z");
        if blank_inside && datetime::timestamp(text).is_some() {
            self.timestamps = true;
        } else {
            self.texts = true;
        }
    }

    /// The type that takes all of them.
    pub(super) fn sql_type(&self) -> String {
        let kinds = [self.booleans, self.whole || self.numbers, self.timestamps, self.texts];
        match kinds {
            [true, false, false, false] => "BOOLEAN".to_owned(),
            [false, true, false, false] if self.numbers => "DOUBLE".to_owned(),
            [false, true, false, false] if self.large => "BIGINT".to_owned(),
            [false, true, false, false] => "INTEGER".to_owned(),
            [false, false, true, false] => "TIMESTAMP".to_owned(),
            _ => format!("VARCHAR({})", power_of_four(self.characters)),
        }
    }
}

fn characters(text: &[u8]) -> usize {
    String::from_utf8_lossy(text).chars().count()
}

fn power_of_four(length: usize) -> u32 {
    let mut power = 4;
    while (power as usize) < length && power < CHARACTERS_MAX {
        power = power.saturating_mul(4);
    }
    power.min(CHARACTERS_MAX)
}
