//! Reference data: an S3 object read into the rows of a table (developer guide, "Configuring a Reference Source").

use super::Analytics;
use super::application::ReferenceDataSource;
use super::mapping::{Decoder, Sink};
use crate::sql::types::Block;

/// The largest object (developer guide, "Limits"): 1 GB.
const OBJECT_BYTES_MAX: usize = 1 << 30;

impl Analytics {
    /// The rows of a reference table, as the object is now.
    ///
    /// # Errors
    /// A sentence that says why there are none.
    pub(super) async fn reference_rows(&self, reference: &ReferenceDataSource) -> Result<Block, String> {
        let object = self.object(&reference.bucket_arn, &reference.file_key).await?;
        if object.len() > OBJECT_BYTES_MAX {
            return Err(format!("{} is larger than the 1 GB that a reference table takes", reference.file_key));
        }
        let mut decoder = Decoder::compile(&reference.schema).map_err(|error| format!("ReferenceSchema: {error}"))?;
        let mut block = Block::new(decoder.columns().len());
        let mut rejected = Vec::new();
        decoder.decode(&object, &mut Sink { rowtime: 0, system: &[], block: &mut block, rejected: &mut rejected });
        if let Some(first) = rejected.first() {
            let (count, text) = (rejected.len(), &first.message);
            return Err(format!("{count} rows of {} do not fit the schema; the first: {text}", reference.file_key));
        }
        Ok(block)
    }

    /// The object `key` of the bucket with this ARN.
    ///
    /// # Errors
    /// A sentence.
    pub(super) async fn object(&self, bucket_arn: &str, key: &str) -> Result<bytes::Bytes, String> {
        let bucket = bucket_arn.rsplit(':').next().unwrap_or_default().to_owned();
        self.0.parts.objects.get(bucket, key.to_owned()).await.map_err(|error| error.to_string())
    }
}
