//! Whom we know: access keys and their secrets.

use std::collections::HashMap;

/// The secret of an access key.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The secret access key.
    pub secret: String,
    /// The token that requests with temporary credentials must carry.
    pub session_token: Option<String>,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credential(…)")
    }
}

/// A source of known access keys: the configured ones, and those that IAM, STS or Cognito have given out.
pub trait Keys: Send + Sync {
    /// The credential of an access key id.
    fn find(&self, access_key: &str) -> Option<Credential>;
}

impl Keys for HashMap<String, Credential> {
    fn find(&self, access_key: &str) -> Option<Credential> {
        self.get(access_key).cloned()
    }
}
