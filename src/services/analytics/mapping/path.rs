//! The subset of JSONPath that schemas use (developer guide, "Working with JSONPath"): `$`, `.name`, `['name']`, `[0:]`.

use thiserror::Error;

/// The most steps of a path; it bounds how deep a decoder descends.
pub const STEPS_MAX: usize = 64;

/// A step from a value into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The member of an object with this name.
    Member(String),
    /// All elements of an array: `[0:]`.
    Elements,
}

/// Why a text is not a path of the subset.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PathError {
    /// It starts with something else.
    #[error("path '{0}' does not start with $")]
    NoRoot(String),
    /// It has something else than `.name`, `['name']` and `[0:]`.
    #[error("path '{path}' has something other than .name and [0:] at character {at}")]
    Step {
        /// The path.
        path: String,
        /// Where, from 1.
        at: usize,
    },
    /// It is too long.
    #[error("path '{0}' has more than {STEPS_MAX} steps")]
    TooLong(String),
}

/// The steps of `$.a.b[0:].c`.
pub fn parse(path: &str) -> Result<Vec<Step>, PathError> {
    let text = path.trim();
    let mut rest = text.strip_prefix('$').ok_or_else(|| PathError::NoRoot(path.to_owned()))?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let wrong = || PathError::Step { path: path.to_owned(), at: text[..text.len() - rest.len()].chars().count() + 1 };
        let (step, after) = next(rest).ok_or_else(wrong)?;
        steps.push(step);
        rest = after;
        if steps.len() > STEPS_MAX {
            return Err(PathError::TooLong(path.to_owned()));
        }
    }
    Ok(steps)
}

fn next(text: &str) -> Option<(Step, &str)> {
    if let Some(rest) = text.strip_prefix("[0:]").or_else(|| text.strip_prefix("[*]")) {
        return Some((Step::Elements, rest));
    }
    if let Some(rest) = text.strip_prefix('.') {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        return (end > 0).then(|| (Step::Member(rest[..end].to_owned()), &rest[end..]));
    }
    let quoted = text.strip_prefix('[')?;
    let quote = quoted.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let (name, rest) = quoted[1..].split_once(quote)?;
    Some((Step::Member(name.to_owned()), rest.strip_prefix(']')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str) -> Step {
        Step::Member(name.to_owned())
    }

    #[test]
    fn the_subset_is_read() {
        assert_eq!(parse("$"), Ok(vec![]));
        assert_eq!(parse("$.address.city"), Ok(vec![member("address"), member("city")]));
        assert_eq!(parse("$.orders[0:].orderId"), Ok(vec![member("orders"), Step::Elements, member("orderId")]));
        assert_eq!(parse("$['a b'].c-d"), Ok(vec![member("a b"), member("c-d")]));
    }

    #[test]
    fn the_rest_is_refused_with_its_place() {
        assert_eq!(parse("orders"), Err(PathError::NoRoot("orders".into())));
        assert_eq!(parse("$.a[1].b"), Err(PathError::Step { path: "$.a[1].b".into(), at: 4 }));
        assert_eq!(parse("$..b"), Err(PathError::Step { path: "$..b".into(), at: 2 }));
        assert!(matches!(parse(&format!("${}", ".a".repeat(65))), Err(PathError::TooLong(_))));
    }
}
