//! What a record must be to become a document: one JSON object on one line (spec/firehose 3.5).

use serde::de::IgnoredAny;

/// The line a record becomes in a bulk request: its bytes without the newline at the end.
pub(super) fn line(record: &[u8]) -> &[u8] {
    record.strip_suffix(b"\n").unwrap_or(record)
}

/// Whether a record is a document. One that is not must not get into a bulk request, where it would spoil its neighbours.
///
/// # Errors
/// A sentence that says why it is none.
pub(super) fn check(record: &[u8]) -> Result<(), String> {
    let no_document = |why: &str| Err(format!("The record is not one JSON object on one line: {why}."));
    let line = line(record);
    if memchr::memchr(b'\n', line).is_some() {
        return no_document("it has a newline inside");
    }
    if line.trim_ascii_start().first() != Some(&b'{') {
        return no_document("it does not begin with {");
    }
    let text = match std::str::from_utf8(line) {
        Ok(text) => text,
        Err(error) => return no_document(&error.to_string()),
    };
    serde_json::from_str::<IgnoredAny>(text).map(drop).or_else(|error| no_document(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_object_on_one_line() {
        assert_eq!((check(b"{\"a\":1}\n"), line(b"{\"a\":1}\n")), (Ok(()), &b"{\"a\":1}"[..]));
        assert_eq!(check(b" {\"a\":\"\xc3\xa4\"} \r\n"), Ok(()));
        for bad in [
            &b""[..],
            b"not json",
            b"[1]",
            b"1",
            b"{\"a\":1}{\"a\":2}",
            b"{\"a\":1}\n{\"a\":2}",
            b"{\n\"a\":1}",
            b"{\"a\":1",
            b"{\"a\":\"\xff\"}",
        ] {
            assert!(check(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
    }
}
