//! Why a row could not be computed.

use std::borrow::Cow;

/// A run-time failure of an expression; the row goes to error_stream with it. One pointer wide, so that results stay small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError(Box<Failure>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Failure {
    kind: ErrorKind,
    message: Cow<'static, str>,
}

/// The classes of failures. Their names stand in ERROR_NAME of error_stream (VARCHAR(32)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A value could not be converted; the one name that public captures of the service show.
    Coercion,
    /// Division by zero.
    Division,
    /// A number does not fit its type.
    Overflow,
    /// An argument outside a function's domain.
    Argument,
    /// NULL for a NOT NULL column.
    NotNull,
    /// ROWTIME before that of an earlier row of the stream.
    OutOfOrder,
}

impl ErrorKind {
    /// ERROR_NAME.
    pub fn name(self) -> &'static str {
        match self {
            Self::Coercion => "Coercion error",
            Self::Division => "Division by zero",
            Self::Overflow => "Numeric overflow",
            Self::Argument => "Invalid argument",
            Self::NotNull => "NULL in NOT NULL column",
            Self::OutOfOrder => "Rows are out of order",
        }
    }
}

impl RowError {
    /// A failure with its MESSAGE.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Failure { kind, message: message.into() }))
    }

    /// A text that does not parse, in the words of the service: `For input string: "a"`.
    #[cold]
    pub fn input(text: &str) -> Self {
        Self::new(ErrorKind::Coercion, format!("For input string: \"{text}\""))
    }

    /// `/ by zero`.
    #[cold]
    pub fn division() -> Self {
        Self::new(ErrorKind::Division, "/ by zero")
    }

    /// A number that the type cannot hold.
    #[cold]
    pub fn overflow(data_type: &crate::sql::types::DataType) -> Self {
        Self::new(ErrorKind::Overflow, format!("Value out of range for {data_type}"))
    }

    /// Its class.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Its MESSAGE.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}
