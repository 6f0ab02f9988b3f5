//! Temporary credentials and whom they stand for.

use crate::base::clock::Millis;
use serde::{Deserialize, Serialize};

/// What belongs to a temporary access key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The secret access key.
    pub secret: String,
    /// The token that requests must carry.
    pub token: String,
    /// When it ends.
    pub expires_ms: Millis,
    /// The ARN of whom it stands for.
    pub arn: String,
    /// The unique id of whom it stands for, `AROA…:session` for an assumed role.
    pub user_id: String,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({})", self.arn)
    }
}
