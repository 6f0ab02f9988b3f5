//! The function table: every scalar function and operator of the dialect as data.
//!
//! The parser, the analysis, the operators, completion and docs/compatibility.md read this one table.

mod arithmetic;
mod comparison;
mod date_format;
mod datetime;
mod fast_regex;
mod log;
mod log_columns;
mod log_formats;
mod numeric;
mod pattern;
mod regular;
mod signature;
mod text;

use super::expressions::{Operand, RowError};
use super::types::{Cell, DataType};
use crate::base::clock::Millis;
use std::sync::LazyLock;

pub(crate) use fast_regex::{FastRegex, wrong as wrong_fast_regex};
pub(crate) use log_columns::descriptions;
pub(crate) use pattern::pattern;
pub use signature::Signature;

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

/// A line of the function table.
pub struct Entry {
    /// The name in upper case, or the operator's symbol. Keyword syntax has names of its own: `SUBSTRING FROM`, `TRIM BOTH`.
    pub name: &'static str,
    /// The forms as error messages print them.
    pub forms: &'static [&'static str],
    /// The page of the SQL reference (or developer guide) that describes it.
    pub source: &'static str,
    /// Argument types to signature; `None` when they do not fit.
    pub signature: fn(&[DataType]) -> Option<Signature>,
    /// Makes the computation.
    build: fn(Call) -> Operand,
}

/// A call to be compiled; the arguments have the types that [`resolve`] asked for.
pub(crate) struct Call {
    /// The arguments.
    pub args: Vec<Operand>,
    /// Their types.
    pub types: Vec<DataType>,
    /// The type of the result.
    pub result: DataType,
    /// When the pump started (two-digit years are read around it).
    pub start_ms: Millis,
}

static TABLE: LazyLock<Vec<&'static Entry>> = LazyLock::new(|| {
    [
        arithmetic::ENTRIES,
        comparison::ENTRIES,
        numeric::ENTRIES,
        text::ENTRIES,
        regular::ENTRIES,
        datetime::ENTRIES,
        log::ENTRIES,
        fast_regex::ENTRIES,
        log_columns::ENTRIES,
        log_formats::ENTRIES,
    ]
    .into_iter()
    .flatten()
    .collect()
});

/// All lines of the function table.
pub fn table() -> &'static [&'static Entry] {
    &TABLE
}

/// Finds the overload of `name` for the given argument types. Operators have their symbol as name: `+`, `=`, `||`, and `-` with one
/// argument for negation; names are upper case. Implicit conversions happen only within a type family. A bare NULL fits anything.
pub fn resolve(name: &str, arguments: &[DataType]) -> Result<Resolved, Unresolved> {
    let mut supported = Vec::new();
    for (place, entry) in TABLE.iter().enumerate().filter(|(_, entry)| entry.name == name) {
        if let (Some(signature), Ok(place)) = ((entry.signature)(arguments), u16::try_from(place)) {
            let Signature { arguments, result, nullable } = signature;
            return Ok(Resolved { function: Function(place), arguments, result, nullable });
        }
        supported.extend(entry.forms.iter().map(|form| (*form).to_owned()));
    }
    Err(if supported.is_empty() { Unresolved::UnknownName } else { Unresolved::WrongTypes { supported } })
}

/// Compiles a call.
pub(crate) fn build(function: Function, call: Call) -> Operand {
    TABLE.get(usize::from(function.0)).map_or(Operand::Constant(Cell::Null), |entry| (entry.build)(call))
}

/// A function that is NULL when an argument is: `f` gets `N` cells that are not NULL. Missing arguments would make it NULL always.
fn strict<const N: usize>(
    args: Vec<Operand>,
    f: impl Fn([Cell; N]) -> Result<Cell, RowError> + Send + Sync + 'static,
) -> Operand {
    let Ok(args) = <[Operand; N]>::try_from(args) else { return Operand::Constant(Cell::Null) };
    Operand::computed(move |scope| {
        let mut cells = [const { Cell::Null }; N];
        for (cell, arg) in cells.iter_mut().zip(&args) {
            *cell = arg.cell(scope)?;
            if cell.is_null() {
                return Ok(Cell::Null);
            }
        }
        f(cells)
    })
}

/// Two arguments of a call that has two.
fn two(args: Vec<Operand>) -> (Operand, Operand) {
    let mut args = args.into_iter();
    (args.next().unwrap_or(Operand::Constant(Cell::Null)), args.next().unwrap_or(Operand::Constant(Cell::Null)))
}

#[cfg(test)]
mod tests;
