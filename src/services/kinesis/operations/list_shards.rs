//! ListShards: filters, and tokens that carry stream, filter and position.

use super::super::error::{KinesisError, expired_token, invalid_token, token_beside};
use super::super::shard::parse_shard_id;
use super::super::stream::{Status, Stream, StreamDocument};
use super::super::{Kinesis, Shard, token};
use super::describe::is_expired;
use super::list_streams::TOKEN_LIFE_MS;
use crate::api::kinesis::{ListShardsInput, ListShardsOutput, ShardFilterType};
use crate::api::{Caller, Fault};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Shards in one answer: the default, and the most however much is asked (model).
const MOST_SHARDS: usize = 1_000;

/// Which shards are listed. Timestamps are as asked; they are clamped to the trim horizon when they are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Filter {
    AfterShard(u32),
    AtTrimHorizon,
    FromTrimHorizon,
    AtLatest,
    At(Millis),
    From(Millis),
}

impl Filter {
    fn of(input: &ListShardsInput) -> Result<Self, KinesisError> {
        let Some(filter) = &input.shard_filter else { return Ok(Self::FromTrimHorizon) };
        let timestamp = || filter.timestamp.map(|timestamp| timestamp.0).ok_or_else(|| needs(filter.r#type, "Timestamp"));
        Ok(match filter.r#type {
            ShardFilterType::AtTrimHorizon => Self::AtTrimHorizon,
            ShardFilterType::FromTrimHorizon => Self::FromTrimHorizon,
            ShardFilterType::AtLatest => Self::AtLatest,
            ShardFilterType::AtTimestamp => Self::At(timestamp()?),
            ShardFilterType::FromTimestamp => Self::From(timestamp()?),
            ShardFilterType::AfterShardId => {
                let id = filter.shard_id.as_deref().ok_or_else(|| needs(filter.r#type, "ShardId"))?;
                Self::AfterShard(parse_shard_id(id).ok_or_else(|| needs(filter.r#type, "a valid ShardId"))?)
            }
        })
    }

    fn admits(self, shard: &Shard, horizon_ms: Millis) -> bool {
        match self {
            Self::AfterShard(index) => shard.index > index,
            Self::FromTrimHorizon => true,
            Self::AtLatest => shard.is_open(),
            Self::AtTrimHorizon => shard.was_open_at(horizon_ms),
            Self::At(at_ms) => shard.was_open_at(at_ms.max(horizon_ms)),
            Self::From(at_ms) => shard.closed_ms.is_none_or(|closed_ms| closed_ms >= at_ms),
        }
    }
}

fn needs(kind: ShardFilterType, what: &str) -> KinesisError {
    KinesisError::InvalidArgument(format!("ShardFilter of type {kind} needs {what}."))
}

/// What a token carries. `horizon_ms` is kept so that all pages see the same shards at the trim horizon.
#[derive(Serialize, Deserialize)]
struct Position {
    issued_ms: Millis,
    account: String,
    region: String,
    stream: String,
    id: String,
    filter: Filter,
    horizon_ms: Millis,
    after: u32,
}

/// A listing to go on with.
struct Listing {
    stream: Arc<Stream>,
    filter: Filter,
    horizon_ms: Millis,
    after: Option<u32>,
}

pub(super) async fn list_shards(kinesis: Kinesis, caller: Caller, input: ListShardsInput) -> Result<ListShardsOutput, Fault> {
    let listing = match &input.next_token {
        Some(text) => kinesis.continued(text, &input)?,
        None => kinesis.begun(&caller.scope, &input)?,
    };
    let limit = input.max_results.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST_SHARDS).min(MOST_SHARDS);
    let snapshot = listing.stream.snapshot();
    let mut shards = listing.shards(&snapshot.document);
    let page: Vec<&Shard> = shards.by_ref().take(limit).collect();
    let next_token = match (page.last(), shards.next()) {
        (Some(last), Some(_)) => Some(listing.token(last.index, kinesis.0.clock.now_ms())),
        _ => None,
    };
    Ok(ListShardsOutput { next_token, shards: Some(page.into_iter().map(Shard::to_api).collect()) })
}

impl Kinesis {
    fn begun(&self, scope: &Scope, input: &ListShardsInput) -> Result<Listing, KinesisError> {
        if input.stream_name.is_none() && input.stream_arn.is_none() {
            return Err(KinesisError::InvalidArgument("Either NextToken or StreamName should be provided.".into()));
        }
        // Not counted as a control call: AWS allows a thousand of these a second.
        let stream = self.find(scope, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
        let snapshot = stream.snapshot();
        if input.stream_creation_timestamp.is_some_and(|asked| asked.0 / 1000 != snapshot.document.created_ms / 1000) {
            return Err(stream.key.not_found());
        }
        let after = match &input.exclusive_start_shard_id {
            None => None,
            Some(id) => Some(parse_shard_id(id).ok_or_else(|| stream.key.no_such_shard(id))?),
        };
        let horizon_ms = snapshot.document.trim_horizon_ms(self.0.clock.now_ms());
        Ok(Listing { filter: Filter::of(input)?, horizon_ms, after, stream })
    }

    fn continued(&self, text: &str, input: &ListShardsInput) -> Result<Listing, KinesisError> {
        let beside = [
            ("StreamName", input.stream_name.is_some()),
            ("StreamARN", input.stream_arn.is_some()),
            ("StreamCreationTimestamp", input.stream_creation_timestamp.is_some()),
            ("ExclusiveStartShardId", input.exclusive_start_shard_id.is_some()),
        ];
        if let Some((parameter, _)) = beside.iter().find(|(_, given)| *given) {
            return Err(token_beside(parameter));
        }
        let position: Position = token::decode("ListShards", text).ok_or_else(invalid_token)?;
        let now_ms = self.0.clock.now_ms();
        if now_ms - position.issued_ms > TOKEN_LIFE_MS {
            return Err(expired_token(position.issued_ms, now_ms, TOKEN_LIFE_MS));
        }
        let scope = Scope::new(position.account, position.region);
        let stream = self.find(&scope, Some(&position.stream), None)?;
        if stream.id() != position.id {
            return Err(stream.key.not_found());
        }
        Ok(Listing { stream, filter: position.filter, horizon_ms: position.horizon_ms, after: Some(position.after) })
    }
}

impl Listing {
    fn shards<'d>(&self, document: &'d StreamDocument) -> impl Iterator<Item = &'d Shard> + use<'d> {
        let (after, filter, horizon_ms) = (self.after, self.filter, self.horizon_ms);
        let visible = document.status != Status::Creating;
        document.shards.iter().filter(move |shard| {
            visible
                && after.is_none_or(|after| shard.index > after)
                && !is_expired(shard, horizon_ms)
                && filter.admits(shard, horizon_ms)
        })
    }

    fn token(&self, after: u32, now_ms: Millis) -> String {
        let (scope, name) = (&self.stream.key.scope, &self.stream.key.name);
        let position = Position {
            issued_ms: now_ms,
            account: scope.account().into(),
            region: scope.region().into(),
            stream: name.clone(),
            id: self.stream.id().into(),
            filter: self.filter,
            horizon_ms: self.horizon_ms,
            after,
        };
        token::encode("ListShards", &position)
    }
}
