//! Opaque texts that carry a position from one call to the next: shard iterators and NextToken.
//!
//! Eight bytes of version as on AWS, the fields as JSON, and a checksum over both and the kind, in base64. They are not secret and not
//! signed: whoever may call an operation may name any position in it anyway. The checksum tells a mangled one from a real one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The version that stands in front (kinesalite `db/index.js`).
const VERSION: [u8; 8] = [0, 0, 0, 0, 0, 0, 0, 1];

/// The longest text that is looked at; the model allows 512 characters for iterators and 1 MiB for tokens, ours are far shorter.
const MAX_TEXT: usize = 2_048;

/// The text that carries `fields`; `kind` keeps one operation's from being taken for another's.
pub(super) fn encode<T: Serialize>(kind: &str, fields: &T) -> String {
    let mut bytes = VERSION.to_vec();
    // Plain structures of texts and numbers always serialize.
    bytes.extend(serde_json::to_vec(fields).unwrap_or_default());
    let checksum = checksum(kind, &bytes);
    bytes.extend(checksum);
    STANDARD.encode(bytes)
}

/// The fields in `text`; `None` if it is not a text of this kind.
pub(super) fn decode<T: DeserializeOwned>(kind: &str, text: &str) -> Option<T> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let bytes = STANDARD.decode(text).ok()?;
    let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    if sum != checksum(kind, body) {
        return None;
    }
    serde_json::from_slice(body.strip_prefix(&VERSION)?).ok()
}

fn checksum(kind: &str, body: &[u8]) -> [u8; 4] {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(kind.as_bytes());
    hasher.update(body);
    hasher.finalize().to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_only_whole_and_by_its_own_kind() {
        let text = encode("a", &(1, "x"));
        assert_eq!(decode::<(i32, String)>("a", &text), Some((1, "x".into())));
        assert_eq!(decode::<(i32, String)>("b", &text), None);
        assert_eq!(decode::<(i32, String)>("a", &text[1..]), None);
        assert_eq!(decode::<(i32, String)>("a", ""), None);
        for at in 0..text.len() {
            let mut mangled = text.clone().into_bytes();
            mangled[at] = if mangled[at] == b'B' { b'C' } else { b'B' };
            assert_eq!(decode::<(i32, String)>("a", &String::from_utf8(mangled).unwrap()), None, "{at}");
        }
    }
}
