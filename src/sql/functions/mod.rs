//! The function table: every scalar function and operator of the dialect as data.
//!
//! The parser, the analysis, the operators, completion and docs/compatibility.md read this one table.

use super::types::DataType;

/// A scalar function or operator: its place in the function table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Function(pub u16);

/// How a call is to be made: the overload chosen, what its arguments are converted to, what it gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// The overload.
    pub function: Function,
    /// The type each argument is cast to before the call (the same as given where no cast is needed).
    pub arguments: Vec<DataType>,
    /// The type of the result.
    pub result: DataType,
    /// Whether the result can be NULL although no argument is.
    pub nullable: bool,
}

/// Why a call does not resolve.
#[derive(Clone, Debug, PartialEq)]
pub enum Unresolved {
    /// No function or operator has the name.
    UnknownName,
    /// The name is known, these argument types are not; the supported forms as the service prints them.
    WrongTypes {
        /// `<NUMERIC> + <NUMERIC>` and so on.
        supported: Vec<String>,
    },
}

/// Finds the overload of `name` for the given argument types. Operators have their symbol as name: `+`, `=`, `||`, and `-` with one
/// argument for negation; names are upper case. Implicit conversions happen only within a type family.
pub fn resolve(name: &str, arguments: &[DataType]) -> Result<Resolved, Unresolved> {
    let _ = (name, arguments);
    Err(Unresolved::UnknownName)
}
