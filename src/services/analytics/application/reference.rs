//! A reference table: an S3 object read into a table when the application starts (developer guide, "Configuring a Reference Source").

use super::input::check_schema;
use crate::services::analytics::mapping::RecordSchema;
use crate::services::analytics::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// The most reference tables an application has (developer guide, "Limits").
pub const REFERENCES_MAX: usize = 1;

/// An S3 object that becomes a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferenceDataSource {
    /// `2.1`: the version that brought it, and its number in that version.
    pub id: String,
    /// The table, with its case.
    pub table: String,
    /// `arn:aws:s3:::bucket`.
    pub bucket_arn: String,
    /// The object's key.
    pub file_key: String,
    /// The role with which it is read.
    pub role: Option<String>,
    /// How the object becomes rows.
    pub schema: RecordSchema,
}

/// Changes of a reference table; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct ReferenceUpdate {
    /// Which.
    pub id: String,
    /// Another name of the table.
    pub table: Option<String>,
    /// Another bucket.
    pub bucket_arn: Option<String>,
    /// Another key.
    pub file_key: Option<String>,
    /// Another role.
    pub role: Option<String>,
    /// Another schema.
    pub schema: Option<RecordSchema>,
}

impl ReferenceDataSource {
    /// Checks what the API model cannot: that the schema compiles.
    ///
    /// # Errors
    /// InvalidArgument with the schema's fault.
    pub fn check(&self) -> Result<(), Refusal> {
        check_schema("ReferenceSchema", &self.schema)
    }

    /// Takes over the changes.
    ///
    /// # Errors
    /// InvalidArgument when the new schema cannot be.
    pub fn apply(&mut self, update: ReferenceUpdate) -> Result<(), Refusal> {
        let replace = |current: &mut String, new: Option<String>| {
            if let Some(new) = new {
                *current = new;
            }
        };
        replace(&mut self.table, update.table);
        replace(&mut self.bucket_arn, update.bucket_arn);
        replace(&mut self.file_key, update.file_key);
        self.role = update.role.or_else(|| self.role.take());
        if let Some(schema) = update.schema {
            self.schema = schema;
        }
        self.check()
    }
}
