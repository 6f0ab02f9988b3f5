//! The operations, each a function of the handle, the caller and the input.

mod events;
mod filter;
mod groups;
mod streams;
mod tags;

use super::error::LogsError;
use super::group::group_of_identifier;
use super::{Logs, view::PageLimit};
use crate::api::logs::{SERVICE, op};
use crate::api::{Routes, ServiceTable};
use crate::base::clock::Millis;
use std::ops::Range;

/// The most bytes of events in one answer (API reference, GetLogEvents and FilterLogEvents).
const MOST_BYTES: usize = 1024 * 1024;

/// The most events in one answer.
const MOST_EVENTS: usize = 10_000;

/// The operations for the gateway.
pub fn routes(logs: Logs) -> ServiceTable {
    Routes::new(&SERVICE, logs)
        .on(op::CreateLogGroup, groups::create)
        .on(op::DeleteLogGroup, groups::delete)
        .on(op::DescribeLogGroups, groups::describe)
        .on(op::PutRetentionPolicy, groups::put_retention)
        .on(op::DeleteRetentionPolicy, groups::delete_retention)
        .on(op::CreateLogStream, streams::create)
        .on(op::DeleteLogStream, streams::delete)
        .on(op::DescribeLogStreams, streams::describe)
        .on(op::PutLogEvents, events::put)
        .on(op::GetLogEvents, events::get)
        .on(op::FilterLogEvents, filter::filter)
        .on(op::TagResource, tags::tag)
        .on(op::UntagResource, tags::untag)
        .on(op::ListTagsForResource, tags::list)
        .finish()
}

/// The group of an input that may name it in two ways, but in one only.
fn one_group<'i>(name: Option<&'i String>, identifier: Option<&'i String>) -> Result<&'i str, LogsError> {
    match (name, identifier) {
        (Some(_), Some(_)) => {
            Err(LogsError::invalid("LogGroup name and LogGroup ARN are mutually exclusive parameters. Please use only one."))
        }
        (Some(name), None) => Ok(name),
        (None, Some(identifier)) => group_of_identifier(identifier),
        (None, None) => Err(LogsError::invalid("Either logGroupName or logGroupIdentifier must be specified.")),
    }
}

/// The times between start (inclusive) and end (exclusive), all where they are not given, from `horizon` on.
fn times(start: Option<Millis>, end: Option<Millis>, horizon: Millis) -> Range<Millis> {
    start.unwrap_or(Millis::MIN).max(horizon)..end.unwrap_or(Millis::MAX)
}

fn page_limit(limit: Option<i32>) -> PageLimit {
    let events = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST_EVENTS).clamp(1, MOST_EVENTS);
    PageLimit { events, bytes: MOST_BYTES }
}

/// A page of a sorted list after the name in `token`, and the token of the next page.
fn page_by_name<T>(mut all: Vec<(String, T)>, token: Option<&str>, limit: Option<i32>) -> (Vec<(String, T)>, Option<String>) {
    /// Entries of a page where the caller does not say (DescribeLogGroups and DescribeLogStreams).
    const DEFAULT_PAGE: usize = 50;
    if let Some(token) = token {
        let behind = all.iter().position(|(name, _)| name == token).map_or(0, |at| at + 1);
        all.drain(..behind);
    }
    let most = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(DEFAULT_PAGE);
    let more = all.len() > most;
    all.truncate(most);
    let next = all.last().filter(|_| more).map(|(name, _)| name.clone());
    (all, next)
}
