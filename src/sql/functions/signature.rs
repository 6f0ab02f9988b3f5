//! Signatures: which argument types a function takes, what they become, what comes out.

use crate::sql::types::{DataType, can_assign};

/// A call's types.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// What each argument is cast to.
    pub arguments: Vec<DataType>,
    /// What comes out.
    pub result: DataType,
    /// Whether the result can be NULL although no argument is.
    pub nullable: bool,
}

/// A parameter.
pub(super) enum Param {
    /// CHAR or VARCHAR, as it is.
    Text,
    /// Anything assignable to this type, cast to it.
    Is(DataType),
}

impl Signature {
    /// A signature whose result is NULL only when an argument is.
    pub(super) fn new(arguments: Vec<DataType>, result: DataType) -> Self {
        Self { arguments, result, nullable: false }
    }

    /// The arguments taken as they are.
    pub(super) fn same(arguments: &[DataType], result: DataType) -> Self {
        Self::new(arguments.to_vec(), result)
    }

    /// Marks the result as possibly NULL.
    pub(super) fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Checks the arguments against parameters, of which the last `optional` may be missing.
    pub(super) fn of(arguments: &[DataType], params: &[Param], optional: usize, result: DataType) -> Option<Self> {
        if arguments.len() > params.len() || arguments.len() + optional < params.len() {
            return None;
        }
        let types: Option<Vec<_>> = arguments.iter().zip(params).map(|(argument, param)| param.take(argument)).collect();
        Some(Self::new(types?, result))
    }
}

impl Param {
    fn take(&self, argument: &DataType) -> Option<DataType> {
        match self {
            Self::Text if *argument == DataType::Null => Some(DataType::VarChar(1)),
            Self::Text => argument.is_character().then(|| argument.clone()),
            Self::Is(wanted) => can_assign(argument, wanted).then(|| wanted.clone()),
        }
    }
}

/// The arguments with bare NULLs given the type of another argument that has one (INTEGER where none has).
pub(super) fn without_nulls(arguments: &[DataType]) -> Vec<DataType> {
    let other = arguments.iter().find(|argument| **argument != DataType::Null).cloned().unwrap_or(DataType::Integer);
    arguments.iter().map(|argument| if *argument == DataType::Null { other.clone() } else { argument.clone() }).collect()
}

/// The length of a text type.
pub(super) fn length(data_type: &DataType) -> u32 {
    if let DataType::Char(length) | DataType::VarChar(length) = data_type { *length } else { 1 }
}
