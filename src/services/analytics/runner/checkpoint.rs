//! What a running application remembers besides its positions: the program's snapshot, and which program it belongs to.

use crate::base::clock::Millis;
use crate::services::analytics::application::Application;
use bytes::Bytes;
use md5::{Digest, Md5};
use minicbor::{Decoder, Encoder};

/// The layout of [`State`] in the store.
const FORMAT: u32 = 1;

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
    pub(super) fn encode(&self) -> Bytes {
        let mut out = Vec::with_capacity(self.snapshot.len() + 64);
        let mut encoder = Encoder::new(&mut out);
        // Writing to a Vec cannot fail.
        let _ = encoder
            .array(4)
            .and_then(|e| e.u32(FORMAT))
            .and_then(|e| e.str(&self.fingerprint))
            .and_then(|e| e.i64(self.rowtime))
            .and_then(|e| e.bytes(&self.snapshot))
            .map(drop);
        out.into()
    }

    /// The state that `bytes` hold; `None` when this version cannot read it.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut decoder = Decoder::new(bytes);
        if decoder.array().ok()? != Some(4) || decoder.u32().ok()? != FORMAT {
            return None;
        }
        let fingerprint = decoder.str().ok()?.to_owned();
        let rowtime = decoder.i64().ok()?;
        Some(Self { fingerprint, rowtime, snapshot: decoder.bytes().ok()?.to_vec() })
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
        let state = State { fingerprint: "f".into(), rowtime: 1_700_000_000_000, snapshot: vec![1, 2, 3] };
        assert_eq!(State::decode(&state.encode()), Some(state));
        assert_eq!(State::decode(b"garbage"), None);
        assert_eq!(State::decode(&[]), None);
    }
}
