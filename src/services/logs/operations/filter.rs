//! Searching the events of a group.

use super::{one_group, page_limit, times};
use crate::api::logs::{FilterLogEventsRequest, FilterLogEventsResponse, FilteredLogEvent};
use crate::api::{Caller, Fault};
use crate::base::clock::Millis;
use crate::services::logs::Logs;
use crate::services::logs::error::LogsError;
use crate::services::logs::event::Event;
use crate::services::logs::group::Stream;
use crate::services::logs::pattern::Pattern;
use crate::services::logs::view::{PageLimit, View};
use crate::store::Ordinal;
use std::ops::Range;

/// The most streams that a call may name (API reference).
const MOST_STREAMS: usize = 100;

/// An event's place in the order of the answer: its time, its stream, its place there.
type Place = (Millis, String, Ordinal);

pub(crate) async fn filter(logs: Logs, caller: Caller, input: FilterLogEventsRequest) -> Result<FilterLogEventsResponse, Fault> {
    let group = one_group(input.log_group_name.as_ref(), input.log_group_identifier.as_ref())?;
    let streams = chosen(&logs, &caller, group, &input).await?;
    let after = input.next_token.as_deref().map(parse_token).transpose()?;
    let horizon_ms = logs.group(&caller.scope, group).await?.horizon_ms(logs.clock.now_ms());
    let search = Search {
        pattern: Pattern::parse(input.filter_pattern.as_deref().unwrap_or_default())?,
        times: times(input.start_time, input.end_time.map(|end| end.saturating_add(1)), horizon_ms),
        limit: page_limit(input.limit),
        after,
    };
    let mut found = Vec::new();
    for (name, stream) in &streams {
        search.stream(&logs, name, stream, &mut found).await?;
    }
    search.sort(&mut found);
    let (page, more) = search.page(found);
    let next_token = page.last().filter(|_| more).map(|hit| print_token(&hit.place()));
    Ok(FilterLogEventsResponse {
        events: Some(page.into_iter().map(Hit::output).collect()),
        next_token,
        searched_log_streams: Some(Vec::new()),
    })
}

/// The streams that the call searches.
async fn chosen(
    logs: &Logs,
    caller: &Caller,
    group: &str,
    input: &FilterLogEventsRequest,
) -> Result<Vec<(String, Stream)>, LogsError> {
    let Some(names) = &input.log_stream_names else {
        return logs.streams_of(&caller.scope, group, input.log_stream_name_prefix.as_deref().unwrap_or_default()).await;
    };
    if input.log_stream_name_prefix.is_some() || names.len() > MOST_STREAMS {
        return Err(LogsError::invalid("logStreamNamePrefix and logStreamNames cannot be specified together."));
    }
    let mut streams = Vec::with_capacity(names.len());
    for name in names {
        streams.push((name.clone(), logs.stream(&caller.scope, group, name).await?));
    }
    Ok(streams)
}

struct Hit {
    stream: String,
    id: String,
    event: Event,
}

impl Hit {
    fn place(&self) -> Place {
        (self.event.at_ms, self.stream.clone(), self.event.ordinal)
    }

    fn output(self) -> FilteredLogEvent {
        FilteredLogEvent {
            event_id: Some(self.id),
            ingestion_time: Some(self.event.ingested_ms),
            log_stream_name: Some(self.stream),
            message: Some(self.event.message),
            timestamp: Some(self.event.at_ms),
        }
    }
}

struct Search {
    pattern: Pattern,
    times: Range<Millis>,
    limit: PageLimit,
    after: Option<Place>,
}

impl Search {
    /// Adds the hits of a stream. No stream can have more hits on the page than the page has room for, and one more.
    async fn stream(&self, logs: &Logs, name: &str, stream: &Stream, found: &mut Vec<Hit>) -> Result<(), LogsError> {
        let view = View::of(logs, stream).await?;
        let (mut position, end) = (view.positions().start, view.positions().end);
        let mut hits = 0;
        while position < end && hits <= self.limit.events {
            let page = view.forward(position, &self.times, self.limit).await?;
            position = page.positions.end;
            for event in page.events {
                let hit = Hit { stream: name.to_owned(), id: event.id(stream.log), event };
                let fresh = self.after.as_ref().is_none_or(|after| hit.place() > *after);
                if fresh && hits <= self.limit.events && self.pattern.matches(&hit.event.message) {
                    hits += 1;
                    found.push(hit);
                }
            }
        }
        if found.len() > 4 * (self.limit.events + 1) {
            self.sort(found);
            found.truncate(self.limit.events + 1);
        }
        Ok(())
    }

    fn sort(&self, found: &mut [Hit]) {
        found.sort_by_cached_key(Hit::place);
    }

    /// The first hits as far as the page has room, and whether there are more.
    fn page(&self, found: Vec<Hit>) -> (Vec<Hit>, bool) {
        let (total, mut bytes, mut page) = (found.len(), 0, Vec::new());
        for hit in found {
            if page.len() >= self.limit.events || (bytes >= self.limit.bytes && !page.is_empty()) {
                break;
            }
            bytes += hit.event.size();
            page.push(hit);
        }
        let more = page.len() < total;
        (page, more)
    }
}

fn print_token((at_ms, stream, ordinal): &Place) -> String {
    format!("{at_ms}/{ordinal}/{stream}")
}

fn parse_token(token: &str) -> Result<Place, LogsError> {
    let read = || {
        let mut parts = token.splitn(3, '/');
        let (at_ms, ordinal) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some((at_ms, parts.next()?.to_owned(), ordinal))
    };
    read().ok_or_else(|| LogsError::invalid("The specified nextToken is invalid."))
}
