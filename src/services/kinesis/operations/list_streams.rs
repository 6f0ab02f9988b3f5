//! ListStreams.

use super::super::error::{KinesisError, expired_token, invalid_token};
use super::super::{Kinesis, token};
use crate::api::kinesis::{ListStreamsInput, ListStreamsOutput, StreamSummary};
use crate::api::{Caller, Fault, Timestamp};
use crate::base::clock::Millis;
use serde::{Deserialize, Serialize};

/// Streams in one answer unless asked otherwise (model).
const DEFAULT_STREAMS: usize = 100;

/// How long a token may be used (model).
pub(super) const TOKEN_LIFE_MS: Millis = 300_000;

#[derive(Serialize, Deserialize)]
struct Position {
    issued_ms: Millis,
    after: String,
}

pub(super) async fn list_streams(kinesis: Kinesis, caller: Caller, input: ListStreamsInput) -> Result<ListStreamsOutput, Fault> {
    let now_ms = kinesis.0.clock.now_ms();
    let after = match &input.next_token {
        Some(text) => read_token(text, now_ms)?,
        None => input.exclusive_start_stream_name.unwrap_or_default(),
    };
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(DEFAULT_STREAMS);
    let mut streams = kinesis.0.streams.list(&caller.scope, &after, limit + 1);
    let has_more_streams = streams.len() > limit;
    streams.truncate(limit);
    let next_token = streams.last().filter(|_| has_more_streams).map(|last| {
        let after = last.key.name.clone();
        token::encode("ListStreams", &Position { issued_ms: now_ms, after })
    });
    let summaries = streams.iter().map(|stream| {
        let snapshot = stream.snapshot();
        StreamSummary {
            stream_arn: stream.arn.clone(),
            stream_creation_timestamp: Some(Timestamp(snapshot.document.created_ms)),
            stream_mode_details: Some(snapshot.document.mode.into()),
            stream_name: stream.key.name.clone(),
            stream_status: snapshot.document.status.into(),
        }
    });
    let stream_summaries = Some(summaries.collect());
    Ok(ListStreamsOutput {
        has_more_streams,
        next_token,
        stream_names: streams.iter().map(|stream| stream.key.name.clone()).collect(),
        stream_summaries,
    })
}

fn read_token(text: &str, now_ms: Millis) -> Result<String, KinesisError> {
    let position: Position = token::decode("ListStreams", text).ok_or_else(invalid_token)?;
    if now_ms - position.issued_ms > TOKEN_LIFE_MS {
        return Err(expired_token(position.issued_ms, now_ms, TOKEN_LIFE_MS));
    }
    Ok(position.after)
}
