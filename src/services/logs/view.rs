//! The events of a stream in the order of their times, by position.

use super::Logs;
use super::error::LogsError;
use super::event::Event;
use super::group::Stream;
use crate::base::clock::Millis;
use crate::store::{LogId, Ordinal, ReadLimit};
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

/// A stream's events. Positions are ordinals where events were put in the order of their times, else places in that order.
pub(super) struct View {
    logs: Logs,
    log: LogId,
    positions: Range<Ordinal>,
    /// Times and ordinals in their order, where that is not the log's.
    order: Option<Vec<(Millis, Ordinal)>>,
}

/// Events of a stream whose order must be found out: sixteen bytes each are held in memory for it.
const MOST_SORTED: usize = 4_000_000;

impl View {
    pub(super) async fn of(logs: &Logs, stream: &Stream) -> Result<Self, LogsError> {
        let (state, log) = (logs.store.log_state(stream.log)?, stream.log);
        let mut view = Self { logs: logs.clone(), log, positions: state.first_ordinal..state.next_ordinal, order: None };
        if !stream.ordered {
            let order = view.sorted().await?;
            view.positions = 0..order.len() as Ordinal;
            view.order = Some(order);
        }
        Ok(view)
    }

    /// Times and ordinals of all events in the order of time.
    async fn sorted(&self) -> Result<Vec<(Millis, Ordinal)>, LogsError> {
        let (mut order, mut from) = (Vec::new(), self.positions.start);
        while from < self.positions.end {
            let records = self.logs.store.read(self.log, from, ReadLimit { records: MOST_SORTED, bytes: READ_BYTES }).await?;
            let Some(last) = records.last() else { break };
            from = last.ordinal + 1;
            order.extend(records.iter().map(|record| (Event::time_of(record), record.ordinal)));
            if order.len() > MOST_SORTED {
                return Err(LogsError::invalid(format!(
                    "The log stream has more than {MOST_SORTED} events that were not put in the order of their times"
                )));
            }
        }
        order.sort_unstable();
        Ok(order)
    }

    /// All positions that hold an event.
    pub(super) fn positions(&self) -> Range<Ordinal> {
        self.positions.clone()
    }

    /// The ordinal at a position, and how many positions from there to `end` have the ordinals that follow it.
    fn run(&self, at: Ordinal, end: Ordinal) -> (Ordinal, usize) {
        let index = |position: Ordinal| usize::try_from(position).unwrap_or(usize::MAX);
        let length = index(end - at);
        let Some(order) = &self.order else { return (at, length) };
        let Some((_, first)) = order.get(index(at)) else { return (0, length) };
        let follows = |(ahead, (_, ordinal)): &(Ordinal, &(Millis, Ordinal))| *ordinal == first + ahead;
        (*first, (0..).zip(&order[index(at)..index(end).min(order.len())]).take_while(follows).count())
    }

    /// The first of the events at positions, with these; at least one if there is one, and not many more bytes than [`READ_BYTES`].
    async fn read(&self, range: Range<Ordinal>) -> Result<Vec<(Ordinal, Event)>, LogsError> {
        let (mut events, mut bytes, mut at) = (Vec::new(), 0, range.start);
        while at < range.end && bytes < READ_BYTES {
            let (first, count) = self.run(at, range.end);
            let records = self.logs.store.read(self.log, first, ReadLimit { records: count, bytes: READ_BYTES }).await?;
            let before = events.len();
            // Where the first ones were dropped meanwhile, later ones come in their place.
            for record in records.iter().filter(|record| record.ordinal < first + count as Ordinal) {
                bytes += record.size();
                events.push((at + record.ordinal - first, Event::of(record)));
            }
            at = match events.last() {
                Some((last, _)) if events.len() > before => last + 1,
                _ => at + count.max(1) as Ordinal,
            };
        }
        Ok(events)
    }

    /// The events at positions, with these. They are held in memory: ask for few.
    async fn read_whole(&self, range: Range<Ordinal>) -> Result<Vec<(Ordinal, Event)>, LogsError> {
        let (mut events, mut at) = (Vec::new(), range.start);
        while at < range.end {
            let read = self.read(at..range.end).await?;
            let Some((last, _)) = read.last() else { break };
            at = last + 1;
            events.extend(read);
        }
        Ok(events)
    }

    /// The events from `from` on whose times lie in `times`.
    pub(super) async fn forward(&self, from: Ordinal, times: &Range<Millis>, limit: PageLimit) -> Result<Page, LogsError> {
        let all = self.positions();
        let start = from.clamp(all.start, all.end);
        let (mut events, mut bytes, mut at) = (Vec::new(), 0, start);
        while at < all.end {
            let end = (at + STEP).min(all.end);
            let read = self.read(at..end).await?;
            let next = read.last().map_or(end, |(position, _)| position + 1);
            for (position, event) in read {
                if !times.contains(&event.at_ms) {
                    continue;
                }
                if limit.full(events.len(), bytes) {
                    return Ok(Page { events, positions: start..position });
                }
                bytes += event.size();
                events.push(event);
            }
            at = next;
        }
        Ok(Page { events, positions: start..all.end })
    }

    /// The last events before `before` whose times lie in `times`, oldest first.
    pub(super) async fn backward(&self, before: Ordinal, times: &Range<Millis>, limit: PageLimit) -> Result<Page, LogsError> {
        let all = self.positions();
        let end = before.clamp(all.start, all.end);
        let (mut events, mut bytes, mut at) = (Vec::new(), 0, end);
        'steps: while at > all.start {
            let start = at.saturating_sub(STEP_BACK).max(all.start);
            for (position, event) in self.read_whole(start..at).await?.into_iter().rev() {
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

/// Events looked at in one go, if they are small.
const STEP: Ordinal = 1_000;

/// Events looked at in one go on the way back, however large they are: all of them are read before the last can be looked at.
const STEP_BACK: Ordinal = 64;
