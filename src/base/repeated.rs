//! Log lines that would be told again and again.

use super::clock::Stopwatch;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The same text is told once in this time.
const QUIET: Duration = Duration::from_secs(60);

/// Texts remembered. When there are more, all are forgotten: then some are told too often, but none is lost.
const TEXTS: usize = 256;

/// Remembers what was told.
#[derive(Debug, Default)]
pub struct Repeated(Mutex<Option<HashMap<String, Told>>>);

#[derive(Debug)]
struct Told {
    at: Stopwatch,
    since: u64,
}

impl Repeated {
    /// Nothing was told yet.
    pub const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Whether `text` is to be told now; if so, how often it was kept back since it was told last.
    pub fn admit(&self, text: &str) -> Option<u64> {
        self.admit_after(text, QUIET)
    }

    fn admit_after(&self, text: &str, quiet: Duration) -> Option<u64> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let told = told.get_or_insert_default();
        if let Some(known) = told.get_mut(text) {
            if known.at.elapsed() < quiet {
                known.since += 1;
                return None;
            }
            let kept_back = known.since;
            *known = Told { at: Stopwatch::start(), since: 0 };
            return Some(kept_back);
        }
        if told.len() >= TEXTS {
            told.clear();
        }
        told.insert(text.to_owned(), Told { at: Stopwatch::start(), since: 0 });
        Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_once_in_a_while() {
        let repeated = Repeated::new();
        assert_eq!(repeated.admit("a"), Some(0));
        assert_eq!(repeated.admit("b"), Some(0), "another text is another matter");
        assert_eq!((repeated.admit("a"), repeated.admit("a")), (None, None));
        assert_eq!(repeated.admit_after("a", Duration::ZERO), Some(2), "how often it was kept back");
        assert_eq!(repeated.admit_after("a", Duration::ZERO), Some(0));
    }

    #[test]
    fn many_texts_take_no_more_room() {
        let repeated = Repeated::new();
        for n in 0..3 * TEXTS {
            assert_eq!(repeated.admit(&n.to_string()), Some(0));
        }
        assert!(repeated.0.lock().unwrap().as_ref().unwrap().len() <= TEXTS);
    }
}
