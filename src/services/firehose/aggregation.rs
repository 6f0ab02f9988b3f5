//! Records that the Kinesis Producer Library has packed together (its published format): unpacked before anything else is done with them.
//!
//! `F3 89 9A C2`, a protobuf message, and the MD5 of that message. Whatever does not fit is a record of its own.

use bytes::Bytes;
use md5::{Digest, Md5};

/// What an aggregated record begins with.
const MAGIC: [u8; 4] = [0xF3, 0x89, 0x9A, 0xC2];

/// Bytes of the checksum at its end.
const MD5_LEN: usize = 16;

/// `AggregatedRecord.records`, and `Record.data` in it.
const RECORDS_FIELD: u64 = 3;
const DATA_FIELD: u64 = 3;

/// The wire type of fields with a length.
const LENGTH_DELIMITED: u64 = 2;

/// The user records in an aggregated one; `None` if it is none.
pub(super) fn user_records(record: &Bytes) -> Option<Vec<Bytes>> {
    let end = record.len().checked_sub(MD5_LEN)?;
    if !record.starts_with(&MAGIC) || end < MAGIC.len() {
        return None;
    }
    let message = record.slice(MAGIC.len()..end);
    if Md5::digest(&message)[..] != record[end..] {
        return None;
    }
    let mut records = Vec::new();
    for (field, value) in Fields(message) {
        if field == RECORDS_FIELD {
            records.push(Fields(value?).find(|(field, _)| *field == DATA_FIELD)?.1?);
        }
    }
    Some(records)
}

/// The fields of a protobuf message; a value is there for fields with a length.
struct Fields(Bytes);

impl Iterator for Fields {
    type Item = (u64, Option<Bytes>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let key = self.varint()?;
        let value = match key & 7 {
            LENGTH_DELIMITED => {
                let length = usize::try_from(self.varint()?).ok().filter(|length| *length <= self.0.len())?;
                Some(self.0.split_to(length))
            }
            // A varint, eight or four bytes.
            0 => self.varint().map(|_| None)?,
            1 => self.skip(8).map(|()| None)?,
            5 => self.skip(4).map(|()| None)?,
            _ => return None,
        };
        Some((key >> 3, value))
    }
}

impl Fields {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.0.first()?;
            self.skip(1)?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        (count <= self.0.len()).then(|| drop(self.0.split_to(count)))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn field(number: u8, value: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2, u8::try_from(value.len()).unwrap()];
        out.extend_from_slice(value);
        out
    }

    /// A record that packs these.
    pub(in super::super) fn aggregated(data: &[&[u8]]) -> Vec<u8> {
        let mut message = field(1, b"partition key");
        for data in data {
            // partition_key_index 0, then the data.
            let record = [vec![0x08, 0], field(3, data)].concat();
            message.extend(field(3, &record));
        }
        let checksum = Md5::digest(&message);
        [&MAGIC[..], &message, &checksum[..]].concat()
    }

    #[test]
    fn user_records_come_out_in_their_order() {
        let record = Bytes::from(aggregated(&[b"{\"n\":1}", b"", b"{\"n\":3}"]));
        assert_eq!(user_records(&record).unwrap(), [&b"{\"n\":1}"[..], b"", b"{\"n\":3}"]);
    }

    #[test]
    fn whatever_does_not_fit_is_left_alone() {
        let mut damaged = aggregated(&[b"x"]);
        *damaged.last_mut().unwrap() ^= 1;
        for record in [&b""[..], b"plain", &MAGIC, &damaged, &damaged[..10]] {
            assert_eq!(user_records(&Bytes::copy_from_slice(record)), None);
        }
    }
}
