//! What an operation answers when it does not succeed.
//!
//! A fault is made only where an operation returns; inner layers have their own small error enums. The message is for the caller
//! and has AWS's text; what only the log should know goes into `internal`.

use super::Value;
use std::borrow::Cow;

/// An error answer: code, HTTP status, message, and the members that some modelled errors carry.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The error's name on the wire, such as `ResourceNotFoundException`.
    pub code: Cow<'static, str>,
    /// HTTP status.
    pub status: u16,
    /// The text for the caller; `None` sends the code alone.
    pub message: Option<String>,
    /// For the log only.
    pub internal: Option<String>,
    /// Whether the message's key is written `Message` (front-door and serialization errors) instead of `message`.
    pub capital_message: bool,
    /// Further members, such as RawInputRecords of UnableToDetectSchemaException.
    pub members: Vec<(&'static str, Value<'static>)>,
}

impl Fault {
    /// A fault with a message.
    pub fn new(code: impl Into<Cow<'static, str>>, status: u16, message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..Self::bare(code, status) }
    }

    /// A fault that is its code alone.
    pub fn bare(code: impl Into<Cow<'static, str>>, status: u16) -> Self {
        Self { code: code.into(), status, message: None, internal: None, capital_message: false, members: Vec::new() }
    }

    /// The operation is unknown, or not built yet.
    pub fn unknown_operation() -> Self {
        Self::bare("UnknownOperationException", 400)
    }

    /// The body could not be read, or a member has the wrong type.
    pub fn serialization(message: impl Into<String>) -> Self {
        Self { capital_message: true, ..Self::new("SerializationException", 400, message) }
    }

    /// The body is no JSON or CBOR at all.
    pub fn unreadable() -> Self {
        Self::bare("SerializationException", 400)
    }

    /// Constraints of the model, or of the service, are violated.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", 400, message)
    }

    /// A bug or a failing disk: the caller learns nothing but the code, the log learns why.
    pub fn internal(why: impl Into<String>) -> Self {
        Self { internal: Some(why.into()), ..Self::bare("InternalFailure", 500) }
    }

    /// The fault with a further member.
    #[must_use]
    pub fn with_member(mut self, name: &'static str, value: Value<'static>) -> Self {
        self.members.push((name, value));
        self
    }
}
