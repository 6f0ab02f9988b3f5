//! CloudFormation, as far as templates go: reading, checking and summing them up. Stacks are not built yet; their operations answer
//! UnknownOperationException.

mod error;
#[allow(dead_code, unused_imports)] // The engine that uses it is being built.
mod evaluation;
mod operations;
#[allow(dead_code, unused_imports)] // The engine that uses it is being built.
mod resource;
mod source;
mod template;

pub use operations::routes;

use crate::services::s3::S3;

/// A handle of CloudFormation; clones share it.
#[derive(Clone, Debug)]
pub struct CloudFormation {
    s3: S3,
}

impl CloudFormation {
    /// CloudFormation that reads templates by URL from this S3.
    pub fn new(s3: S3) -> Self {
        Self { s3 }
    }
}
