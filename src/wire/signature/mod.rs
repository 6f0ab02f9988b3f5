//! AWS Signature Version 4: what a request says of its signer, and whether it is true.

mod authorization;
mod canonical;
mod keys;
mod refusal;
mod verify;
mod version_2;

pub(super) use authorization::{Signed, parse};
pub use keys::{Credential, Keys};
pub(super) use refusal::{Dialect, Refused};
pub(super) use verify::Payload;
pub use verify::Verifier;
pub(super) use version_2::Presigned;
