//! The events of a stream in the order of their times, by position.

use super::Logs;
use super::error::LogsError;
use super::event::Event;
use super::group::Stream;
use crate::base::clock::Millis;
use crate::store::{Ordinal, ReadLimit};
use std::ops::Range;

/// Bytes read from the store at a time.
const READ_BYTES: usize = 4 * 1024 * 1024;

/// Events of a page, and the positions it lies between.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) events: Vec<Event>,
    /// The positions passed over, those of events outside the time range among them.
    pub(super) positions: Range<Ordinal>,
}

/// How much a page holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageLimit {
    pub(super) events: usize,
    pub(super) bytes: usize,
}

impl PageLimit {
    fn full(self, events: usize, bytes: usize) -> bool {
        events >= self.events || bytes >= self.bytes
    }
}

/// A stream's events. Positions are ordinals where events were put in the order of their times, else places in the sorted list.
pub(super) enum View {
    Ordered { logs: Logs, stream: Stream, positions: Range<Ordinal> },
    Sorted(Vec<Event>),
}

impl View {
    pub(super) async fn of(logs: &Logs, stream: &Stream) -> Result<Self, LogsError> {
        let state = logs.store.log_state(stream.log)?;
        let ordered =
            Self::Ordered { logs: logs.clone(), stream: stream.clone(), positions: state.first_ordinal..state.next_ordinal };
        if stream.ordered {
            return Ok(ordered);
        }
        let read = ordered.read(ordered.positions()).await?;
        let mut events: Vec<Event> = read.into_iter().map(|(_, event)| event).collect();
        events.sort_by_key(|event| (event.at_ms, event.ordinal));
        Ok(Self::Sorted(events))
    }

    /// All positions that hold an event.
    pub(super) fn positions(&self) -> Range<Ordinal> {
        match self {
            Self::Ordered { positions, .. } => positions.clone(),
            Self::Sorted(events) => 0..events.len() as Ordinal,
        }
    }

    /// The events at positions, with these. They are held in memory: ask for ranges of bounded length.
    async fn read(&self, range: Range<Ordinal>) -> Result<Vec<(Ordinal, Event)>, LogsError> {
        match self {
            Self::Sorted(events) => {
                let at = |position: Ordinal| usize::try_from(position).unwrap_or(usize::MAX).min(events.len());
                Ok((range.start..).zip(events[at(range.start)..at(range.end)].iter().cloned()).collect())
            }
            Self::Ordered { logs, stream, .. } => {
                let mut events = Vec::new();
                let mut from = range.start;
                while from < range.end {
                    let left = usize::try_from(range.end - from).unwrap_or(usize::MAX);
                    let records = logs.store.read(stream.log, from, ReadLimit { records: left, bytes: READ_BYTES }).await?;
                    let Some(last) = records.last() else { break };
                    from = last.ordinal + 1;
                    let wanted = records.iter().filter(|record| record.ordinal < range.end);
                    events.extend(wanted.map(|record| (record.ordinal, Event::of(record))));
                }
                Ok(events)
            }
        }
    }

    /// The events from `from` on whose times lie in `times`.
    pub(super) async fn forward(&self, from: Ordinal, times: &Range<Millis>, limit: PageLimit) -> Result<Page, LogsError> {
        let all = self.positions();
        let start = from.clamp(all.start, all.end);
        let (mut events, mut bytes, mut at) = (Vec::new(), 0, start);
        while at < all.end {
            let end = (at + STEP).min(all.end);
            for (position, event) in self.read(at..end).await? {
                if !times.contains(&event.at_ms) {
                    continue;
                }
                if limit.full(events.len(), bytes) {
                    return Ok(Page { events, positions: start..position });
                }
                bytes += event.size();
                events.push(event);
            }
            at = end;
        }
        Ok(Page { events, positions: start..all.end })
    }

    /// The last events before `before` whose times lie in `times`, oldest first.
    pub(super) async fn backward(&self, before: Ordinal, times: &Range<Millis>, limit: PageLimit) -> Result<Page, LogsError> {
        let all = self.positions();
        let end = before.clamp(all.start, all.end);
        let (mut events, mut bytes, mut at) = (Vec::new(), 0, end);
        'steps: while at > all.start {
            let start = at.saturating_sub(STEP).max(all.start);
            for (position, event) in self.read(start..at).await?.into_iter().rev() {
                if !times.contains(&event.at_ms) {
                    continue;
                }
                if limit.full(events.len(), bytes) {
                    at = position + 1;
                    break 'steps;
                }
                bytes += event.size();
                events.push(event);
            }
            at = start;
        }
        events.reverse();
        Ok(Page { events, positions: at..end })
    }
}

/// Events looked at in one go.
const STEP: Ordinal = 1_000;
