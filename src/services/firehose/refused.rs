//! Why Firehose did not do what it was asked, and how it says so.

use super::delivery_stream::DeliveryStream;
use crate::api::Fault;
use crate::api::firehose::fault;
use crate::base::account::Scope;
use crate::store::StoreError;

/// What is wrong with a configuration, as a sentence for InvalidArgument.
pub(super) type Defects = Result<(), String>;

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such delivery stream.
    #[error("there is no delivery stream {0}")]
    NotFound(String),
    /// There is one already.
    #[error("there is a delivery stream {0} already")]
    Exists(String),
    /// It is being created or deleted.
    #[error("the delivery stream {0} is not active")]
    NotActive(String),
    /// It reads a Kinesis stream; producers cannot put to it.
    #[error("the delivery stream {0} reads a Kinesis stream")]
    NotDirectPut(String),
    /// More than one call may carry.
    #[error("{0}")]
    TooLarge(String),
    /// The account has as many as it may have.
    #[error("there are {} delivery streams already", .0.len())]
    Quota(Vec<String>),
    /// The store failed; nothing was done.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refused {
    /// AWS's error (texts: spec/firehose 1.4).
    pub(super) fn fault(self, scope: &Scope) -> Fault {
        let account = scope.account();
        match self {
            Self::NotFound(name) => fault::resource_not_found(format!("Firehose {name} under account {account} not found.")),
            Self::Exists(name) => fault::resource_in_use(format!("Firehose {name} under accountId {account} already exists")),
            Self::NotActive(name) => fault::resource_not_found(format!("Firehose {name} is not active in {account} account.")),
            Self::NotDirectPut(_) => {
                fault::invalid_argument("This operation is not permitted on KinesisStreamAsSource delivery stream type.")
            }
            Self::TooLarge(why) => fault::invalid_argument(why),
            Self::Quota(names) => fault::limit_exceeded(format!(
                "You have already consumed your firehose quota of {} hoses. Firehose names: [{}]",
                names.len(),
                names.join(", ")
            )),
            // Not logged at each call: the store tells the log once.
            Self::Store(StoreError::DiskFull(_)) => {
                fault::service_unavailable("The disk that holds the data is full. Nothing was stored.")
            }
            Self::Store(error) => Fault::internal(error.to_string()),
        }
    }
}

/// Bytes of records in one call (guide page "limits").
const MOST_CALL_BYTES: usize = 4 << 20;

/// Bytes of one record (guide page "limits": 1,000 KiB before base64).
const MOST_RECORD_BYTES: usize = 1_024_000;

/// Records in one call.
const MOST_RECORDS: usize = 500;

/// Whether the records may be put in one call; if not, none of them is.
pub(super) fn check_put(stream: &DeliveryStream, records: &[bytes::Bytes]) -> Result<usize, Refused> {
    let name = &stream.name;
    if records.len() > MOST_RECORDS {
        return Err(Refused::TooLarge(format!("A batch for {name} has {} records; it can have {MOST_RECORDS}.", records.len())));
    }
    if let Some(record) = records.iter().find(|record| record.len() > MOST_RECORD_BYTES) {
        let size = record.len();
        return Err(Refused::TooLarge(format!(
            "Record size {size} exceeds the maximum allowed size of {MOST_RECORD_BYTES} bytes"
        )));
    }
    let bytes = records.iter().map(bytes::Bytes::len).sum();
    if bytes > MOST_CALL_BYTES {
        return Err(Refused::TooLarge(format!(
            "Records size {bytes} exceeds the maximum allowed size of {MOST_CALL_BYTES} bytes"
        )));
    }
    Ok(bytes)
}
