//! Writing events.

use super::Logs;
use super::error::LogsError;
use super::event::EVENT_OVERHEAD;
use super::group::{require_stream, stream_name, streams};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::store::Append;

/// The most events of one call (API reference, PutLogEvents, as are the limits below).
const MOST_EVENTS: usize = 10_000;

/// The most bytes of one call, with [`EVENT_OVERHEAD`] for each event.
const MOST_BYTES: usize = 1_048_576;

/// The events of one call may lie this far apart.
const WIDEST_SPAN_MS: Millis = 24 * 60 * 60 * 1000;

/// Events further in the future are rejected.
pub(super) const FUTURE_MS: Millis = 2 * 60 * 60 * 1000;

/// Events further in the past are rejected.
const PAST_MS: Millis = 14 * 24 * 60 * 60 * 1000;

/// An event to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NewEvent {
    pub(super) at_ms: Millis,
    pub(super) message: String,
}

/// Which events of a call are not taken, in its order: those before `too_old_end` and `expired_end`, and those from `too_new_start` on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rejected {
    pub(super) too_old_end: Option<usize>,
    pub(super) expired_end: Option<usize>,
    pub(super) too_new_start: Option<usize>,
}

/// Checks a call's events as AWS does; those before `horizon_ms` have expired in their group.
pub(super) fn check(events: &[NewEvent], now_ms: Millis, horizon_ms: Millis) -> Result<Rejected, LogsError> {
    let bytes: usize = events.iter().map(|event| event.message.len() + EVENT_OVERHEAD).sum();
    if bytes > MOST_BYTES {
        return Err(LogsError::invalid(format!("Upload too large: {bytes} bytes exceeds limit of {MOST_BYTES}")));
    }
    if events.len() > MOST_EVENTS {
        return Err(LogsError::invalid(format!("Upload too large: {} events exceeds limit of {MOST_EVENTS}", events.len())));
    }
    if events.windows(2).any(|pair| pair[0].at_ms > pair[1].at_ms) {
        return Err(LogsError::invalid("Log events in a single PutLogEvents request must be in chronological order."));
    }
    if let (Some(first), Some(last)) = (events.first(), events.last())
        && last.at_ms.saturating_sub(first.at_ms) > WIDEST_SPAN_MS
    {
        return Err(LogsError::invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ));
    }
    let before = |time_ms: Millis| Some(events.partition_point(|event| event.at_ms < time_ms)).filter(|end| *end > 0);
    let new = events.iter().position(|event| event.at_ms > now_ms + FUTURE_MS);
    Ok(Rejected { too_old_end: before(now_ms - PAST_MS), expired_end: before(horizon_ms), too_new_start: new })
}

impl Logs {
    /// Writes events, all in one commit.
    pub(super) async fn append(&self, scope: &Scope, group: &str, stream: &str, events: Vec<NewEvent>) -> Result<(), LogsError> {
        if events.is_empty() {
            self.stream(scope, group, stream).await?;
            return Ok(());
        }
        let now_ms = self.clock.now_ms();
        let (scope, group, stream) = (scope.clone(), group.to_owned(), stream.to_owned());
        self.store
            .transaction(move |tx| {
                let mut document = require_stream(tx, &scope, &group, &stream)?;
                let mut append = Append::new(document.log, now_ms);
                for event in &events {
                    append.push(&event.at_ms.to_string(), event.message.as_bytes());
                    document.bytes += event.message.len() as u64;
                    document.note(event.at_ms);
                }
                document.last_ingestion_ms = Some(now_ms);
                tx.append(append)?;
                tx.put(&streams(&scope).key(stream_name(&group, &stream)), &document)?;
                Ok(())
            })
            .await
    }
}

impl super::group::Stream {
    /// Takes the time of a new event into account.
    fn note(&mut self, at_ms: Millis) {
        let (oldest, newest) = self.span_ms.unwrap_or((at_ms, at_ms));
        self.ordered &= at_ms >= newest;
        self.span_ms = Some((oldest.min(at_ms), newest.max(at_ms)));
    }
}
