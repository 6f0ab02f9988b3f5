//! To be written.

pub mod forest;
