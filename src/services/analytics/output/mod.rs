//! From rows of in-application streams to the records of an application's outputs.

pub mod format;
