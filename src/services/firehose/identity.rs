//! Names that look random and are not: a flush that is repeated after a crash gives its objects the same keys and overwrites them.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// Length of `!{firehose:random-string}` (guide page "s3-prefixes").
const RANDOM_STRING_LEN: usize = 11;

/// A source of UUIDs that depends only on what it was made of.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    seed: Vec<u8>,
    drawn: u32,
}

impl Identity {
    /// The identity of something named by these parts.
    pub(super) fn of(parts: &[&str]) -> Self {
        Self { seed: parts.join("\n").into_bytes(), drawn: 0 }
    }

    /// The next UUID, in the form of a random one.
    pub(super) fn uuid(&mut self) -> Uuid {
        self.drawn += 1;
        let digest = Sha256::new().chain_update(&self.seed).chain_update(self.drawn.to_le_bytes()).finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Builder::from_random_bytes(bytes).into_uuid()
    }

    /// The next `!{firehose:random-string}`: the first eleven characters of a UUID.
    pub(super) fn random_string(&mut self) -> String {
        let mut text = self.uuid().to_string();
        text.truncate(RANDOM_STRING_LEN);
        text
    }
}
