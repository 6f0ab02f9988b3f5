//! What becomes of a record that does not fit the schema: a row of error_stream.

/// The name error_stream gives to these (ERROR_NAME), as recorded from the service.
pub const COERCION_ERROR: &str = "Coercion error";
/// The longest DATA_ROW, in characters: VARCHAR(49152), two a byte (developer guide, "Error handling").
pub const DATA_ROW_CHARACTERS_MAX: usize = 49_152;

/// A row that was not inserted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// MESSAGE, in the words of the service's Java engine where they are known: `For input string: "a"`.
    pub message: String,
    /// DATA_ROW: the document or CSV row, in upper-case hexadecimal digits, cut to [`DATA_ROW_CHARACTERS_MAX`].
    pub data_row: String,
}

impl Rejected {
    pub(super) fn new(message: String, record: &[u8]) -> Self {
        Self { message, data_row: hexadecimal(&record[..record.len().min(DATA_ROW_CHARACTERS_MAX / 2)]) }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_is_kept_as_upper_case_hexadecimal() {
        assert_eq!(Rejected::new(String::new(), r#"{"a":"ÿ"}"#.as_bytes()).data_row, "7B2261223A22C3BF227D");
        assert_eq!(Rejected::new(String::new(), &[b'x'; 60_000]).data_row.len(), DATA_ROW_CHARACTERS_MAX);
    }
}
