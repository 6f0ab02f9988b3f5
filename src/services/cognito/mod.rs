//! Cognito: user pools and identity pools. So far only the arithmetic of the login; no operation is served.

#[cfg_attr(not(test), expect(dead_code, reason = "the operations that use it are not written yet"))]
mod srp;
