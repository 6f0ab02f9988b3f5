//! Column names from those of the records.

use crate::sql::syntax::is_reserved;
use std::collections::HashSet;

/// The longest name that is kept (developer guide: longer ones are prefixed, and we cut them).
const NAME_CHARACTERS_MAX: usize = 100;

/// Makes names of columns, no two alike.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// The name of column number `index`: characters other than letters, digits and underscores go; `COL_` comes before what was cut,
    /// before digits and reserved words; where nothing is left it is `COL_` and the index.
    pub(super) fn column(&mut self, original: &str, index: usize) -> String {
        let kept: String = original.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let short = &kept[..kept.len().min(NAME_CHARACTERS_MAX)];
        let name = match short.as_bytes() {
            [] => format!("COL_{index}"),
            [first, ..] if first.is_ascii_digit() || short.len() < original.len() || is_reserved(&short.to_ascii_uppercase()) => {
                format!("COL_{short}")
            }
            _ => short.to_owned(),
        };
        self.unique(name)
    }

    fn unique(&mut self, name: String) -> String {
        let mut unique = name.clone();
        let mut number = 1;
        while !self.taken.insert(unique.clone()) {
            unique = format!("{name}_{number}");
            number += 1;
        }
        unique
    }
}
