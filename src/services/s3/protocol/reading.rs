//! What a GetObject, HeadObject or CopyObject demands of the object: conditions and ranges.

use super::conversion::{condition_text, http_seconds};
use crate::services::s3::S3Error;
use crate::services::s3::object::ObjectRecord;
use s3s::dto::{ETagCondition, Range as ByteRange, Timestamp};
use std::ops::Range;

/// Conditions on the object as it is (RFC 9110, 13.2.2, as S3 narrows it).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ReadCondition<'r> {
    pub(super) if_match: Option<&'r ETagCondition>,
    pub(super) if_none_match: Option<&'r ETagCondition>,
    pub(super) if_modified_since: Option<&'r Timestamp>,
    pub(super) if_unmodified_since: Option<&'r Timestamp>,
}

impl ReadCondition<'_> {
    /// # Errors
    /// [`S3Error::PreconditionFailed`] or [`S3Error::NotModified`].
    pub(super) fn check(&self, object: &ObjectRecord) -> Result<(), S3Error> {
        let is = |condition: &ETagCondition| condition.is_any() || condition_text(condition) == object.etag;
        let modified = http_seconds(object.modified_ms);
        // An ETag says more than a time: where both are given, the time does not count.
        match (self.if_match, self.if_unmodified_since) {
            (Some(wanted), _) if !is(wanted) => return Err(S3Error::PreconditionFailed),
            (None, Some(since)) if modified > *since => return Err(S3Error::PreconditionFailed),
            _ => {}
        }
        match (self.if_none_match, self.if_modified_since) {
            (Some(known), _) if is(known) => Err(S3Error::NotModified),
            (None, Some(since)) if modified <= *since => Err(S3Error::NotModified),
            _ => Ok(()),
        }
    }

    /// The same for the source of a copy, where every failure is a failed precondition.
    pub(super) fn check_source(&self, object: &ObjectRecord) -> Result<(), S3Error> {
        self.check(object).map_err(|_| S3Error::PreconditionFailed)
    }
}

/// The conditions in the fields of a GetObject or HeadObject.
macro_rules! read_condition {
    ($input:expr) => {
        $crate::services::s3::protocol::reading::ReadCondition {
            if_match: $input.if_match.as_ref(),
            if_none_match: $input.if_none_match.as_ref(),
            if_modified_since: $input.if_modified_since.as_ref(),
            if_unmodified_since: $input.if_unmodified_since.as_ref(),
        }
    };
}
pub(super) use read_condition;

/// The conditions on the source in the fields of a copy.
macro_rules! copy_condition {
    ($input:expr) => {
        $crate::services::s3::protocol::reading::ReadCondition {
            if_match: $input.copy_source_if_match.as_ref(),
            if_none_match: $input.copy_source_if_none_match.as_ref(),
            if_modified_since: $input.copy_source_if_modified_since.as_ref(),
            if_unmodified_since: $input.copy_source_if_unmodified_since.as_ref(),
        }
    };
}
pub(super) use copy_condition;

/// The bytes of an object that a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) range: Range<u64>,
    /// Content-Range, when it is not the whole object.
    pub(super) content_range: Option<String>,
}

impl Slice {
    /// The slice of a Range header or a part number.
    pub(super) fn of(object: &ObjectRecord, range: Option<&ByteRange>, part: Option<i32>) -> Result<Self, S3Error> {
        let size = object.size;
        let range = match (range, part) {
            (Some(_), Some(_)) => {
                return Err(S3Error::InvalidRequest("Cannot specify both Range header and partNumber query parameter".into()));
            }
            (Some(range), None) => range.check(size).map_err(|_| S3Error::InvalidRange)?,
            (None, Some(number)) => part_range(object, number)?,
            (None, None) => return Ok(Self { range: 0..size, content_range: None }),
        };
        let last = range.end.saturating_sub(1);
        let content_range = (!range.is_empty()).then(|| format!("bytes {}-{last}/{size}", range.start));
        Ok(Self { range, content_range })
    }
}

/// The bytes that were uploaded as part `number`.
fn part_range(object: &ObjectRecord, number: i32) -> Result<Range<u64>, S3Error> {
    let at = usize::try_from(number).ok().and_then(|number| number.checked_sub(1)).ok_or(S3Error::InvalidRange)?;
    if object.parts.is_empty() {
        return if at == 0 { Ok(0..object.size) } else { Err(S3Error::InvalidRange) };
    }
    let size = object.parts.get(at).ok_or(S3Error::InvalidRange)?;
    let start: u64 = object.parts.iter().take(at).sum();
    Ok(start..start + size)
}
