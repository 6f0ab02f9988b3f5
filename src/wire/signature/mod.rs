//! AWS Signature Version 4: what a request says of its signer, and whether it is true.

mod authorization;
mod keys;

pub(super) use authorization::{Malformed, Signed, parse};
pub use keys::{Credential, Keys};
