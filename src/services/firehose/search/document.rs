//! What a record must be to become a document: one JSON object on one line (spec/firehose 3.5).

use serde::de::IgnoredAny;

/// The document in a record: its bytes without the newline at the end.
///
/// # Errors
/// A sentence that says why the record is no document. It must not get into the body of a bulk request, where it would spoil its neighbours.
pub(super) fn document(record: &[u8]) -> Result<&[u8], String> {
    let line = record.strip_suffix(b"\n").unwrap_or(record);
    if memchr::memchr(b'\n', line).is_some() {
        return Err("The record is not one JSON object on one line: it has a newline inside.".into());
    }
    if line.trim_ascii_start().first() != Some(&b'{') {
        return Err("The record is not one JSON object on one line: it does not begin with {.".into());
    }
    let text = std::str::from_utf8(line).map_err(|error| format!("The record is not one JSON object on one line: {error}."))?;
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| format!("The record is not one JSON object on one line: {error}."))?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_object_on_one_line() {
        assert_eq!(document(b"{\"a\":1}\n"), Ok(&b"{\"a\":1}"[..]));
        assert_eq!(document(b" {\"a\":\"\xc3\xa4\"} \r\n"), Ok(&b" {\"a\":\"\xc3\xa4\"} \r"[..]));
        for bad in [&b""[..], b"not json", b"[1]", b"1", b"{\"a\":1}{\"a\":2}", b"{\"a\":1}\n{\"a\":2}", b"{\n\"a\":1}", b"{\"a\":1", b"{\"a\":\"\xff\"}"] {
            assert!(document(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
    }
}
