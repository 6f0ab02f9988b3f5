//! Sequence numbers in AWS's layout (spec/streams.md 3.2; decoded by kinesalite `db/index.js`).
//!
//! Version 2 is 47 hexadecimal digits, printed as a decimal number of 56 digits:
//!
//! ```text
//! 2 | shard creation, s (9) | shard index, lowest digit (1) | ordinal (16) | 00 | arrival, s (9) | shard index (8) | 2
//! ```
//!
//! The ordinal stands before the time, so numbers of a shard order by ordinal even if the clock steps back. Ordinal 0 is the start of a
//! shard, which no record has; 7fff… is its end.

use crate::base::clock::Millis;
use crate::store::Ordinal;
use std::fmt;
use std::str::FromStr;

/// The ordinal in the number that ends a closed shard.
const END_ORDINAL: Ordinal = 0x7fff_ffff_ffff_ffff;

/// Creation times of this second (year 2477) and later are not valid, the bound that the service shows.
const TOO_LATE_S: u64 = 16_025_175_000;

/// Digits of a chunk when a number is printed, and the chunk's base: the largest power of ten in 64 bits.
const CHUNK_DIGITS: usize = 19;
const CHUNK: u64 = 10_000_000_000_000_000_000;

/// Digits of every version-2 number: 2·16⁴⁶ ≤ n < 3·16⁴⁶.
const DIGITS: usize = 56;

/// 2⁸⁰, the distance between the numbers of two neighbouring ordinals, in chunks, lowest first.
const ORDINAL_STEP: [u64; 3] = {
    let step = 1_u128 << 80;
    [low(step % CHUNK as u128), low(step / CHUNK as u128), 0]
};

/// A record's sequence number, or the start or end of a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SequenceNumber {
    /// When the shard was created, seconds since 1970.
    pub shard_created_s: u64,
    /// The shard's index.
    pub shard: u32,
    /// The record's ordinal in the shard.
    pub ordinal: Ordinal,
    /// When the record arrived, seconds since 1970.
    pub arrival_s: u64,
}

impl SequenceNumber {
    /// The number of a record.
    pub fn of_record(shard: u32, shard_created_s: u64, ordinal: Ordinal, arrival_ms: Millis) -> Self {
        Self { shard_created_s, shard, ordinal, arrival_s: seconds(arrival_ms) }
    }

    /// The number a shard starts with; its records have greater ones.
    pub fn start_of_shard(shard: u32, shard_created_s: u64) -> Self {
        Self { shard_created_s, shard, ordinal: 0, arrival_s: shard_created_s }
    }

    /// The number a shard that was closed at `closed_ms` ends with.
    pub fn end_of_shard(shard: u32, shard_created_s: u64, closed_ms: Millis) -> Self {
        Self { shard_created_s, shard, ordinal: END_ORDINAL, arrival_s: seconds(closed_ms) }
    }

    /// Whether it is the end of a closed shard.
    pub fn is_end_of_shard(&self) -> bool {
        self.ordinal == END_ORDINAL
    }

    /// The 47 hexadecimal digits, the upper 60 bits and the lower 128 bits.
    fn bits(&self) -> (u64, u128) {
        let created = self.shard_created_s & 0xf_ffff_ffff;
        let (nibble, shard) = (self.shard & 0xf, u128::from(self.shard));
        // From the top: 4 bits of version, 36 of creation, 4 of shard, then the ordinal, of which 16 bits are above bit 128.
        let high = (0x2 << 56) | (created << 20) | (u64::from(nibble) << 16) | (self.ordinal >> 48);
        let low = (u128::from(self.ordinal & 0xffff_ffff_ffff) << 80)
            | (u128::from(self.arrival_s & 0xf_ffff_ffff) << 36)
            | (shard << 4)
            | 0x2;
        (high, low)
    }

    fn chunks(&self) -> [u64; 3] {
        let (high, rest) = self.bits();
        let mut limbs = [low(rest), low(rest >> 64), high];
        [divide(&mut limbs), divide(&mut limbs), divide(&mut limbs)]
    }
}

/// The lower 64 bits.
#[expect(clippy::cast_possible_truncation, reason = "cutting off is what it does")]
const fn low(number: u128) -> u64 {
    number as u64
}

/// Divides a number of three limbs, lowest first, by [`CHUNK`]; the remainder.
fn divide(limbs: &mut [u64; 3]) -> u64 {
    let mut remainder = 0;
    for limb in limbs.iter_mut().rev() {
        let dividend = (u128::from(remainder) << 64) | u128::from(*limb);
        *limb = low(dividend / u128::from(CHUNK));
        remainder = low(dividend % u128::from(CHUNK));
    }
    remainder
}

fn seconds(ms: Millis) -> u64 {
    u64::try_from(ms / 1000).unwrap_or_default()
}

/// Prints the numbers of records that follow each other in a shard and arrived in the same second: the first costs three long divisions,
/// each further one three additions.
#[derive(Clone, Debug)]
pub(super) struct Printer {
    chunks: [u64; 3],
}

impl Printer {
    /// A printer that begins with `first`.
    pub(super) fn new(first: SequenceNumber) -> Self {
        Self { chunks: first.chunks() }
    }

    /// The decimal text of the present number; moves to the next ordinal.
    pub(super) fn next_text(&mut self) -> String {
        let mut text = [b'0'; DIGITS];
        write_chunk(&mut text[DIGITS - CHUNK_DIGITS..], self.chunks[0]);
        write_chunk(&mut text[DIGITS - 2 * CHUNK_DIGITS..DIGITS - CHUNK_DIGITS], self.chunks[1]);
        write_chunk(&mut text[..DIGITS - 2 * CHUNK_DIGITS], self.chunks[2]);
        let mut carry = 0;
        for (chunk, step) in self.chunks.iter_mut().zip(ORDINAL_STEP) {
            let sum = u128::from(*chunk) + u128::from(step) + carry;
            carry = u128::from(sum >= u128::from(CHUNK));
            *chunk = low(sum - carry * u128::from(CHUNK));
        }
        // All bytes are digits.
        String::from_utf8_lossy(&text).into_owned()
    }
}

/// Writes `value` into all of `digits`, two digits a step.
fn write_chunk(digits: &mut [u8], mut value: u64) {
    for pair in digits.rchunks_mut(2) {
        let low = (value % 100) as u8;
        value /= 100;
        match pair {
            [tens, ones] => (*tens, *ones) = (b'0' + low / 10, b'0' + low % 10),
            [ones] => *ones = b'0' + low % 10,
            _ => {}
        }
    }
}

impl fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Printer::new(*self).next_text())
    }
}

/// The text is no sequence number that this service makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a sequence number")]
pub struct NotASequenceNumber;

impl FromStr for SequenceNumber {
    type Err = NotASequenceNumber;

    fn from_str(text: &str) -> Result<Self, NotASequenceNumber> {
        let (high, rest) = parse_decimal(text).ok_or(NotASequenceNumber)?;
        // Version 2 has a 2 as first and as last digit; older versions are not made any more.
        if high >> 56 != 0x2 || rest & 0xf != 0x2 || (rest >> 72) & 0xff != 0 {
            return Err(NotASequenceNumber);
        }
        let ordinal = ((high & 0xffff) << 48) | low(rest >> 80);
        let shard_created_s = (high >> 20) & 0xf_ffff_ffff;
        let shard = low((rest >> 4) & 0xffff_ffff);
        let nibble = (high >> 16) & 0xf;
        let index = i32::try_from(shard).map_err(|_| NotASequenceNumber)?;
        if ordinal > END_ORDINAL || shard_created_s >= TOO_LATE_S || shard & 0xf != nibble {
            return Err(NotASequenceNumber);
        }
        Ok(Self { shard_created_s, shard: index.cast_unsigned(), ordinal, arrival_s: low((rest >> 36) & 0xf_ffff_ffff) })
    }
}

/// A decimal number below 2¹⁹² as its upper 64 and lower 128 bits.
fn parse_decimal(text: &str) -> Option<(u64, u128)> {
    let mut limbs = [0_u64; 3];
    if text.is_empty() {
        return None;
    }
    for byte in text.bytes() {
        let mut carry = u128::from(byte.checked_sub(b'0').filter(|digit| *digit <= 9)?);
        for limb in &mut limbs {
            let product = u128::from(*limb) * 10 + carry;
            *limb = low(product);
            carry = product >> 64;
        }
        if carry != 0 {
            return None;
        }
    }
    Some((limbs[2], (u128::from(limbs[1]) << 64) | u128::from(limbs[0])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A number that AWS's guide shows in the answer of PutRecord, and what kinesalite's decoder reads in it.
    #[test]
    fn a_published_number_is_decoded_and_printed_back() {
        let text = "49544985256907370027570885864065577703022652638596431874";
        let number =
            SequenceNumber { shard_created_s: 1_415_670_039, shard: 0, ordinal: 13_422_023_156, arrival_s: 1_431_623_575 };
        assert_eq!(text.parse(), Ok(number));
        assert_eq!(number.to_string(), text);
    }

    #[test]
    fn what_is_no_number_of_ours_is_refused() {
        for text in
            ["", "0", "abc", "-5", "1e5", "99999999999999999999999999999999999999999999999999999999999999999999", "49543463076"]
        {
            assert_eq!(text.parse::<SequenceNumber>(), Err(NotASequenceNumber), "{text}");
        }
    }

    fn any_number() -> impl Strategy<Value = SequenceNumber> {
        (0_u64..TOO_LATE_S, 0_u32..100_000, 0..END_ORDINAL, 0_u64..TOO_LATE_S).prop_map(
            |(shard_created_s, shard, ordinal, arrival_s)| SequenceNumber { shard_created_s, shard, ordinal, arrival_s },
        )
    }

    proptest! {
        #[test]
        fn numbers_are_read_back(number in any_number()) {
            let text = number.to_string();
            prop_assert_eq!(text.len(), DIGITS);
            prop_assert!(!text.starts_with('0'));
            prop_assert_eq!(text.parse(), Ok(number));
        }

        #[test]
        fn numbers_of_a_shard_order_by_ordinal_whatever_the_clock_does(a in any_number(), ordinal in 0..END_ORDINAL, arrival_s in 0_u64..TOO_LATE_S) {
            let b = SequenceNumber { ordinal, arrival_s, ..a };
            if a.ordinal != b.ordinal {
                // Of one length, so the order of texts is that of numbers.
                prop_assert_eq!(a.to_string().cmp(&b.to_string()), a.ordinal.cmp(&b.ordinal));
            }
            let end = SequenceNumber::end_of_shard(a.shard, a.shard_created_s, 0);
            prop_assert!(end.to_string() > a.to_string() && end.is_end_of_shard());
        }

        #[test]
        fn a_printer_goes_on_as_if_each_number_were_printed_alone(first in any_number(), count in 1_u64..200) {
            prop_assume!(first.ordinal < END_ORDINAL - 200);
            let mut printer = Printer::new(first);
            for n in 0..count {
                prop_assert_eq!(printer.next_text(), SequenceNumber { ordinal: first.ordinal + n, ..first }.to_string());
            }
        }
    }
}
