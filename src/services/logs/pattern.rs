//! Filter patterns of terms (user guide, filter pattern syntax for unstructured log events).

use super::error::LogsError;

/// What a message must hold and must not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pattern {
    /// All of them.
    all: Vec<String>,
    /// At least one of them, if there are any.
    any: Vec<String>,
    /// None of them.
    none: Vec<String>,
}

impl Pattern {
    /// Reads terms such as `ERROR`, `"two words"`, `?either ?or` and `-not`. An empty pattern matches all.
    pub(super) fn parse(text: &str) -> Result<Self, LogsError> {
        let text = text.trim();
        if text.starts_with(['{', '[', '%']) {
            return Err(LogsError::invalid(
                "Invalid filter pattern: Millpond filters by terms (ERROR, \"a phrase\", ?either ?or, -not), not by JSON, space-delimited or regular expressions",
            ));
        }
        let mut pattern = Self::default();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let list = match first {
                '?' => &mut pattern.any,
                '-' => &mut pattern.none,
                _ => &mut pattern.all,
            };
            let term = rest.strip_prefix(['?', '-']).unwrap_or(rest);
            let (term, after) = take_term(term)?;
            list.push(term);
            rest = after.trim_start();
        }
        // As on AWS, alternatives count only where they stand alone.
        if !pattern.all.is_empty() {
            pattern.any.clear();
        }
        Ok(pattern)
    }

    /// Whether a message matches; upper and lower case differ.
    pub(super) fn matches(&self, message: &str) -> bool {
        self.all.iter().all(|term| message.contains(term.as_str()))
            && (self.any.is_empty() || self.any.iter().any(|term| message.contains(term.as_str())))
            && !self.none.iter().any(|term| message.contains(term.as_str()))
    }
}

/// A term, quoted or up to the next blank, and what stands behind it.
fn take_term(text: &str) -> Result<(String, &str), LogsError> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        return Ok((text[..end].to_owned(), &text[end..]));
    };
    let mut term = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((term, &quoted[at + 1..])),
            '\\' => term.extend(chars.next().map(|(_, escaped)| escaped)),
            c => term.push(c),
        }
    }
    Err(LogsError::invalid("Invalid filter pattern: a quotation mark is not closed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_match_as_the_guide_says() {
        for (pattern, message, matches) in [
            ("", "anything", true),
            ("ERROR", "[ERROR] 419", true),
            ("ERROR", "[error] 419", false),
            ("ERROR ARGUMENTS", "ERROR 419 MISSING ARGUMENTS", true),
            ("ERROR ARGUMENTS", "ERROR 419", false),
            ("?ERROR ?WARN", "WARN 1", true),
            ("?ERROR ?WARN", "INFO 1", false),
            ("ERROR -EXITING", "ERROR 1", true),
            ("ERROR -EXITING", "ERROR 1 EXITING", false),
            ("\"INTERNAL SERVER\"", "INTERNAL SERVER ERROR", true),
            ("\"INTERNAL SERVER\"", "INTERNAL  SERVER ERROR", false),
            (r#""say \"hi\"""#, r#"they say "hi""#, true),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().matches(message), matches, "{pattern} on {message}");
        }
        assert!(Pattern::parse("{ $.a = 1 }").is_err() && Pattern::parse("\"open").is_err());
    }
}
