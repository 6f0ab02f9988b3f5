//! What waits to be delivered, as sums: the records themselves stay in the log until it is their turn.

use super::super::destination::Hints;
use crate::base::clock::Millis;

/// The records counted since the last delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Buffer {
    bytes: u64,
    records: u64,
    first_arrival_ms: Millis,
}

impl Buffer {
    /// Counts a record.
    pub(super) fn add(&mut self, bytes: usize, arrival_ms: Millis) {
        self.first_arrival_ms = if self.records == 0 { arrival_ms } else { self.first_arrival_ms.min(arrival_ms) };
        self.records += 1;
        self.bytes += bytes as u64;
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Whether the size is reached.
    pub(super) fn is_full(&self, hints: Hints) -> bool {
        self.records > 0 && self.bytes >= hints.bytes
    }

    /// Bytes until the size is reached.
    pub(super) fn room(&self, hints: Hints) -> u64 {
        hints.bytes.saturating_sub(self.bytes)
    }

    /// When the interval ends; never while nothing waits.
    pub(super) fn due_ms(&self, hints: Hints) -> Option<Millis> {
        (self.records > 0).then(|| self.first_arrival_ms.saturating_add(hints.interval_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whichever_comes_first_size_or_interval_since_the_first_record() {
        let hints = Hints::of(Some(1), Some(60));
        let mut buffer = Buffer::default();
        assert_eq!((buffer.due_ms(hints), buffer.is_full(hints)), (None, false));
        buffer.add(1 << 19, 5_000);
        buffer.add(10, 9_000);
        assert_eq!((buffer.due_ms(hints), buffer.is_full(hints)), (Some(65_000), false));
        assert_eq!(buffer.room(hints), (1 << 19) - 10);
        buffer.add(1 << 19, 9_500);
        assert!(buffer.is_full(hints));
    }
}
