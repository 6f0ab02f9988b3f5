//! Putting events, and reading those of one stream.

use super::{one_group, page_limit, times};
use crate::api::logs::{
    GetLogEventsRequest, GetLogEventsResponse, OutputLogEvent, PutLogEventsRequest, PutLogEventsResponse, RejectedLogEventsInfo,
};
use crate::api::{Caller, Fault};
use crate::services::logs::Logs;
use crate::services::logs::error::LogsError;
use crate::services::logs::event::Event;
use crate::services::logs::put::{NewEvent, Rejected, check};
use crate::services::logs::view::View;
use crate::store::Ordinal;

/// Sequence tokens have had no meaning since January 2023; old clients still want one.
pub(super) const SEQUENCE_TOKEN: &str = "49039859605183170150106149418930480196398123154116872418";

pub(crate) async fn put(logs: Logs, caller: Caller, input: PutLogEventsRequest) -> Result<PutLogEventsResponse, Fault> {
    let events = input.log_events.into_iter().map(|event| NewEvent { at_ms: event.timestamp, message: event.message });
    let mut events: Vec<NewEvent> = events.collect();
    let now_ms = logs.clock.now_ms();
    let horizon_ms = logs.group(&caller.scope, &input.log_group_name).await?.horizon_ms(now_ms);
    let rejected = check(&events, now_ms, horizon_ms)?;
    events.truncate(rejected.too_new_start.unwrap_or(events.len()));
    events.drain(..rejected.too_old_end.max(rejected.expired_end).unwrap_or(0).min(events.len()));
    logs.append(&caller.scope, &input.log_group_name, &input.log_stream_name, events).await?;
    Ok(PutLogEventsResponse {
        next_sequence_token: Some(SEQUENCE_TOKEN.into()),
        rejected_log_events_info: rejected_info(rejected),
        ..PutLogEventsResponse::default()
    })
}

fn rejected_info(rejected: Rejected) -> Option<RejectedLogEventsInfo> {
    let index = |at: usize| i32::try_from(at).ok();
    (rejected != Rejected::default()).then(|| RejectedLogEventsInfo {
        too_new_log_event_start_index: rejected.too_new_start.and_then(index),
        too_old_log_event_end_index: rejected.too_old_end.and_then(index),
        expired_log_event_end_index: rejected.expired_end.and_then(index),
    })
}

/// Where a page begins and which way it goes.
enum From {
    Forward(Ordinal),
    Backward(Ordinal),
}

impl From {
    /// Reads a token of ours.
    fn parse(token: &str) -> Result<Self, LogsError> {
        let invalid = || LogsError::invalid("The specified nextToken is invalid.");
        let (way, position) = token.split_once('/').ok_or_else(invalid)?;
        let position = position.parse().map_err(|_| invalid())?;
        match way {
            "f" => Ok(Self::Forward(position)),
            "b" => Ok(Self::Backward(position)),
            _ => Err(invalid()),
        }
    }

    fn print(&self) -> String {
        match self {
            Self::Forward(position) => format!("f/{position:056}"),
            Self::Backward(position) => format!("b/{position:056}"),
        }
    }
}

pub(crate) async fn get(logs: Logs, caller: Caller, input: GetLogEventsRequest) -> Result<GetLogEventsResponse, Fault> {
    let group = one_group(input.log_group_name.as_ref(), input.log_group_identifier.as_ref())?;
    let stream = logs.stream(&caller.scope, group, &input.log_stream_name).await?;
    let from = match &input.next_token {
        Some(token) => From::parse(token)?,
        None if input.start_from_head == Some(true) => From::Forward(0),
        None => From::Backward(Ordinal::MAX),
    };
    let horizon_ms = logs.group(&caller.scope, group).await?.horizon_ms(logs.clock.now_ms());
    let (times, limit) = (times(input.start_time, input.end_time, horizon_ms), page_limit(input.limit));
    let view = View::of(&logs, &stream).await?;
    let page = match from {
        From::Forward(position) => view.forward(position, &times, limit).await?,
        From::Backward(position) => view.backward(position, &times, limit).await?,
    };
    // At either end the token stays what it was, which tells clients that there is no more.
    Ok(GetLogEventsResponse {
        next_forward_token: Some(From::Forward(page.positions.end).print()),
        next_backward_token: Some(From::Backward(page.positions.start).print()),
        events: Some(page.events.into_iter().map(output).collect()),
    })
}

fn output(event: Event) -> OutputLogEvent {
    OutputLogEvent { ingestion_time: Some(event.ingested_ms), message: Some(event.message), timestamp: Some(event.at_ms) }
}
