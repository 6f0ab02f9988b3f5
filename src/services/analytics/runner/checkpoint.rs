//! What a running application remembers besides its positions: the program's snapshot, and which program it belongs to.

use crate::base::clock::Millis;
use crate::services::analytics::application::Application;
use bytes::Bytes;
use md5::{Digest, Md5};

/// What a [`State`] in the store begins with; the number is that of its layout.
const MAGIC: &[u8] = b"application state 1\n";

/// Characters of a fingerprint: an MD5 in hexadecimal digits.
const FINGERPRINT: usize = 32;

/// The state part of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// The program that the snapshot belongs to.
    pub(super) fingerprint: String,
    /// The latest ROWTIME given to a row: it never goes back, whatever the clock does.
    pub(super) rowtime: Millis,
    /// What the program remembers.
    pub(super) snapshot: Vec<u8>,
}

impl State {
    /// Magic, fingerprint, ROWTIME, and all the rest is the snapshot.
    pub(super) fn encode(&self) -> Bytes {
        let mut out = Vec::with_capacity(MAGIC.len() + FINGERPRINT + size_of::<Millis>() + self.snapshot.len());
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(self.fingerprint.as_bytes());
        out.extend_from_slice(&self.rowtime.to_le_bytes());
        out.extend_from_slice(&self.snapshot);
        out.into()
    }

    /// The state that `bytes` hold; `None` when this version cannot read it.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (fingerprint, rest) = rest.split_at_checked(FINGERPRINT)?;
        let (rowtime, snapshot) = rest.split_first_chunk()?;
        Some(Self {
            fingerprint: String::from_utf8(fingerprint.to_vec()).ok()?,
            rowtime: Millis::from_le_bytes(*rowtime),
            snapshot: snapshot.to_vec(),
        })
    }
}

/// Names the program that an application's configuration makes: code, input streams and reference tables, but not the outputs. A snapshot
/// fits only the program it was taken of.
pub(super) fn fingerprint(application: &Application) -> String {
    let mut hash = Md5::new();
    let mut part = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    part(application.code.as_deref().unwrap_or_default());
    for input in &application.inputs {
        input.stream_names().iter().for_each(|name| part(name));
        input.schema.columns.iter().for_each(|column| {
            part(&column.name);
            part(&column.sql_type);
        });
    }
    for reference in &application.references {
        part(&reference.table);
        reference.schema.columns.iter().for_each(|column| {
            part(&column.name);
            part(&column.sql_type);
        });
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_as_it_was_written() {
        let state = State { fingerprint: "0123456789abcdef".repeat(2), rowtime: 1_700_000_000_000, snapshot: vec![1, 2, 3] };
        assert_eq!(State::decode(&state.encode()), Some(state.clone()));
        assert_eq!(State::decode(b"garbage"), None);
        assert_eq!(State::decode(&state.encode()[..MAGIC.len() + 33]), None);
        assert_eq!(State::decode(&[]), None);
    }
}
