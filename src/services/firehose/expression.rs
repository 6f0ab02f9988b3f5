//! Prefixes of object keys with their `!{namespace:value}` expressions (guide page "s3-prefixes", spec/firehose 4.1).

use super::date_pattern::DatePattern;
use super::identity::Identity;
use jiff::Zoned;

/// The folder that follows a prefix without expressions.
const DEFAULT_FOLDERS: &str = "yyyy/MM/dd/HH/";

/// Characters of a key that an evaluated prefix may have (API reference: 1024).
const MOST_EVALUATED: usize = 1024;

/// The prefix of objects that were delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Prefix(Vec<Part>);

/// The prefix of objects that hold what could not be delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ErrorOutput(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Timestamp(DatePattern),
    RandomString,
    ErrorOutputType,
}

impl Prefix {
    /// Reads a prefix.
    ///
    /// # Errors
    /// A sentence for InvalidArgument.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let parts = parse(text, "Prefix")?;
        if parts.contains(&Part::ErrorOutputType) {
            return Err("Prefix cannot contain the expression !{firehose:error-output-type}.".into());
        }
        Ok(Self(parts))
    }

    /// Whether it has any expression.
    pub(super) fn has_expressions(&self) -> bool {
        has_expressions(&self.0)
    }

    /// The prefix for an object whose oldest record arrived at `arrival`, with the date folders that follow a prefix without expressions.
    pub(super) fn evaluate(&self, arrival: &Zoned, identity: &mut Identity) -> String {
        let mut out = evaluate(&self.0, arrival, "", identity);
        if !self.has_expressions() {
            append_folders(arrival, &mut out);
        }
        out
    }

    /// The prefix for an object of failed records when no prefix is given for them.
    pub(super) fn evaluate_error(&self, arrival: &Zoned, error_type: &str, identity: &mut Identity) -> String {
        failed(evaluate(&self.0, arrival, "", identity), error_type, arrival)
    }
}

impl ErrorOutput {
    /// Reads an error output prefix.
    ///
    /// # Errors
    /// A sentence for InvalidArgument.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let parts = parse(text, "ErrorOutputPrefix")?;
        if has_expressions(&parts) && !parts.contains(&Part::ErrorOutputType) {
            return Err("ErrorOutputPrefix with expressions must contain !{firehose:error-output-type}.".into());
        }
        Ok(Self(parts))
    }

    /// Whether none was given.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The prefix for an object of failed records: complete by itself when it has expressions, else followed by type and date.
    pub(super) fn evaluate(&self, arrival: &Zoned, error_type: &str, identity: &mut Identity) -> String {
        let out = evaluate(&self.0, arrival, error_type, identity);
        if has_expressions(&self.0) { out } else { failed(out, error_type, arrival) }
    }
}

fn failed(mut prefix: String, error_type: &str, arrival: &Zoned) -> String {
    prefix.push_str(error_type);
    prefix.push('/');
    append_folders(arrival, &mut prefix);
    prefix
}

fn append_folders(arrival: &Zoned, out: &mut String) {
    if let Ok(folders) = DatePattern::parse(DEFAULT_FOLDERS) {
        folders.format(arrival, out);
    }
}

fn has_expressions(parts: &[Part]) -> bool {
    parts.iter().any(|part| !matches!(part, Part::Text(_)))
}

fn parse(text: &str, member: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("!{") {
        if !before.is_empty() {
            parts.push(Part::Text(before.into()));
        }
        let (inside, after) =
            after.split_once('}').ok_or_else(|| format!("{member} has an expression that is not closed: !{{{after}."))?;
        parts.push(expression(inside, member)?);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.into()));
    }
    Ok(parts)
}

fn expression(inside: &str, member: &str) -> Result<Part, String> {
    match inside.split_once(':') {
        Some(("timestamp", pattern)) => {
            DatePattern::parse(pattern).map(Part::Timestamp).map_err(|why| format!("{member} has an invalid expression: {why}."))
        }
        Some(("firehose", "random-string")) => Ok(Part::RandomString),
        Some(("firehose", "error-output-type")) => Ok(Part::ErrorOutputType),
        Some(("partitionKeyFromQuery" | "partitionKeyFromLambda", _)) => {
            Err(format!("{member} has a partition key, and dynamic partitioning is not enabled: !{{{inside}}}."))
        }
        _ => Err(format!("{member} has an unknown expression: !{{{inside}}}.")),
    }
}

fn evaluate(parts: &[Part], arrival: &Zoned, error_type: &str, identity: &mut Identity) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Timestamp(pattern) => pattern.format(arrival, &mut out),
            Part::RandomString => out.push_str(&identity.random_string()),
            Part::ErrorOutputType => out.push_str(error_type),
        }
    }
    if let Some((end, _)) = out.char_indices().nth(MOST_EVALUATED) {
        out.truncate(end);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrival() -> Zoned {
        "2018-08-27T22:30:00[UTC]".parse().unwrap()
    }

    fn prefix(text: &str) -> String {
        Prefix::parse(text).unwrap().evaluate(&arrival(), &mut Identity::of(&["t"]))
    }

    fn failed_under(prefix: &str, error_output: &str) -> String {
        let (identity, kind) = (&mut Identity::of(&["t"]), "processing-failed");
        let error_output = ErrorOutput::parse(error_output).unwrap();
        if error_output.is_empty() {
            Prefix::parse(prefix).unwrap().evaluate_error(&arrival(), kind, identity)
        } else {
            error_output.evaluate(&arrival(), kind, identity)
        }
    }

    #[test]
    fn delivered_objects() {
        assert_eq!(prefix(""), "2018/08/27/22/");
        assert_eq!(prefix("legacy"), "legacy2018/08/27/22/");
        assert_eq!(prefix("a/b/"), "a/b/2018/08/27/22/");
        assert_eq!(prefix("year=!{timestamp:yyyy}/month=!{timestamp:MM}/"), "year=2018/month=08/");
        let random = prefix("r/!{firehose:random-string}/!{firehose:random-string}/");
        let parts: Vec<&str> = random.split('/').collect();
        assert_eq!((parts[1].len(), parts[2].len(), parts.len()), (11, 11, 4));
        assert_ne!(parts[1], parts[2]);
    }

    #[test]
    fn failed_objects() {
        assert_eq!(failed_under("", ""), "processing-failed/2018/08/27/22/");
        assert_eq!(failed_under("p/", ""), "p/processing-failed/2018/08/27/22/");
        assert_eq!(failed_under("p/", "retries/"), "retries/processing-failed/2018/08/27/22/");
        assert_eq!(
            failed_under("p/", "myFirehoseFailures/!{firehose:error-output-type}/"),
            "myFirehoseFailures/processing-failed/"
        );
        let all = "f/!{firehose:error-output-type}/!{timestamp:yyyy/anyMonth/dd}";
        assert!(ErrorOutput::parse(all).is_err(), "unquoted letters are fields");
        let quoted = "f/!{firehose:error-output-type}/!{timestamp:yyyy'/anyMonth/'dd}";
        assert_eq!(failed_under("", quoted), "f/processing-failed/2018/anyMonth/27");
    }

    #[test]
    fn refused_prefixes() {
        for text in
            ["!{", "!{x}", "!{timestamp:}", "!{firehose:else}", "!{firehose:error-output-type}/", "!{partitionKeyFromQuery:k}/"]
        {
            assert!(Prefix::parse(text).is_err(), "{text}");
        }
        assert!(ErrorOutput::parse("!{timestamp:yyyy}/").is_err());
    }
}
