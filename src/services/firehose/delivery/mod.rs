//! The delivery task: follows a delivery stream's records, waits for the buffer to fill or its interval to end, and delivers.

mod buffer;
mod put_source;
mod source;
mod stream_source;

pub(super) use source::{Chunk, Cursor, Incoming, Source};

use super::Parts;
use super::delivery_stream::{self, DeliveryStream};
use super::destination::{Destination, Hints};
use super::entry::{Entry, Role, Strings};
use super::error_log;
use super::s3;
use super::search::{self, Server};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::base::retry::Backoff;
use crate::base::spawner::Stopping;
use crate::services::kinesis::KinesisError;
use crate::store::StoreError;
use buffer::Buffer;
use source::SourceError;
use std::sync::Arc;
use std::time::Duration;

/// Waits between attempts to deliver. AWS does not say how long it waits (spec/firehose 3.6).
const BACKOFF: Backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_secs(30) };

/// A delivery task of one delivery stream.
pub(super) struct Delivery {
    /// What Firehose is built from.
    pub(super) parts: Parts,
    /// The delivery stream.
    pub(super) entry: Arc<Entry>,
    /// The search server it delivers to.
    pub(super) server: Server,
    role: Role,
    strings: Strings,
}

impl Delivery {
    /// A task for `entry`.
    pub(super) fn new(parts: Parts, entry: &Arc<Entry>, role: Role) -> Self {
        Self { parts, entry: Arc::clone(entry), server: Server::default(), role, strings: entry.attach(role) }
    }

    /// The name under which its position is stored.
    pub(super) fn consumer(scope: &Scope, name: &str, role: Role) -> String {
        let suffix = if role == Role::Backup { "/backup" } else { "" };
        format!("firehose/{}/{}/{name}{suffix}", scope.account(), scope.region())
    }

    /// Delivers until the process stops or the delivery stream is deleted. It may be cut off anywhere: the position tells what is done.
    pub(super) async fn run(self, mut stopping: Stopping) {
        let mut stop = self.strings.stop.clone();
        tokio::select! {
            biased;
            () = stopping.wait() => {}
            _ = stop.wait_for(|stop| *stop) => {}
            () = self.follow() => {}
        }
    }

    async fn follow(mut self) {
        self.parts.clock.sleep_until(self.stream().active_ms).await;
        let (mut failures, mut last) = (0, String::new());
        loop {
            let error = match self.follow_source().await {
                Ok(()) => return,
                Err(SourceError::Store(StoreError::Closed)) => return,
                Err(error) => error,
            };
            // The same failure again and again is told once.
            if error.to_string() != last {
                (failures, last) = (0, error.to_string());
                self.tell(&error).await;
            }
            failures += 1;
            self.pause(failures).await;
        }
    }

    async fn tell(&self, error: &SourceError) {
        let stream = self.stream();
        let (source, code) = match (&stream.source, error) {
            (delivery_stream::Source::KinesisStream { stream_arn, .. }, SourceError::Stream(KinesisError::NotFound(_))) => {
                (stream_arn.as_str(), "Kinesis.ResourceNotFound")
            }
            (delivery_stream::Source::KinesisStream { stream_arn, .. }, _) => (stream_arn.as_str(), "Kinesis.ServiceException"),
            (delivery_stream::Source::DirectPut { .. }, _) => ("", "InternalError"),
        };
        error_log::tell(&self.parts, &self.entry.scope, &stream, source, code, &error.to_string()).await;
    }

    async fn follow_source(&mut self) -> Result<(), SourceError> {
        let stream = self.stream();
        let consumer = Self::consumer(&self.entry.scope, &stream.name, self.role);
        let mut source = Source::open(&self.parts, &self.entry.scope, consumer, &stream, self.role).await?;
        loop {
            self.fill(&mut source).await?;
            self.deliver(&mut source).await?;
            source.finish(self.entry.delivered_ms(), self.parts.clock.now_ms()).await?;
        }
    }

    /// Returns when what was counted is to be delivered.
    async fn fill(&mut self, source: &mut Source) -> Result<(), SourceError> {
        let mut buffer = Buffer::default();
        loop {
            let hints = self.hints();
            let requested = *self.strings.flush.borrow_and_update();
            while !buffer.is_full(hints) && source.count(&mut buffer, hints).await? {}
            let now_ms = self.parts.clock.now_ms();
            if buffer.is_full(hints) || buffer.due_ms(hints).is_some_and(|due_ms| due_ms <= now_ms) {
                return Ok(());
            }
            if requested > *self.strings.flushed.borrow() {
                if !buffer.is_empty() {
                    return Ok(());
                }
                self.strings.flushed.send_replace(requested);
            }
            let due_ms = buffer.due_ms(hints);
            tokio::select! {
                grown = source.grown() => match grown {
                    // What was read before its stream was deleted is still delivered.
                    Err(_) if !buffer.is_empty() => return Ok(()),
                    grown => grown?,
                },
                () = self.parts.clock.sleep_until(due_ms.unwrap_or_default()), if due_ms.is_some() => {}
                _ = self.strings.stream.changed() => {}
                _ = self.strings.flush.changed() => {}
            }
        }
    }

    async fn deliver(&mut self, source: &mut Source) -> Result<(), StoreError> {
        let stream = self.stream();
        match (self.role, &stream.destination) {
            (Role::Destination, Destination::S3(_)) | (Role::Backup, _) => s3::deliver(self, source).await,
            (Role::Destination, Destination::Search { .. }) => search::deliver(self, source).await,
        }
    }

    /// The present configuration.
    pub(super) fn stream(&self) -> Arc<DeliveryStream> {
        Arc::clone(&self.strings.stream.borrow())
    }

    /// Its role.
    pub(super) fn role(&self) -> Role {
        self.role
    }

    /// Moves the position: everything up to the cursor was acknowledged.
    pub(super) async fn commit(&mut self, source: &mut Source, cursor: &mut Cursor) -> Result<(), StoreError> {
        source.commit(cursor).await?;
        cursor.settle(&self.strings.delivered);
        self.strings.delivered_ms.send_modify(|delivered_ms| *delivered_ms = cursor.arrival_ms.max(*delivered_ms));
        Ok(())
    }

    /// Waits before the next attempt; a change of the configuration ends the wait, since it may have mended the cause.
    pub(super) async fn pause(&mut self, failures: u32) {
        self.pause_until(failures, Millis::MAX).await;
    }

    /// The same, but not longer than `latest_ms`.
    pub(super) async fn pause_until(&mut self, failures: u32, latest_ms: Millis) {
        let wait_ms = Millis::try_from(BACKOFF.wait(failures).as_millis()).unwrap_or(Millis::MAX);
        let until_ms = self.parts.clock.now_ms().saturating_add(wait_ms).min(latest_ms);
        self.strings.stream.mark_unchanged();
        tokio::select! {
            () = self.parts.clock.sleep_until(until_ms) => {}
            _ = self.strings.stream.changed() => {}
        }
    }

    fn hints(&self) -> Hints {
        let stream = self.stream();
        match (self.role, stream.destination.backup()) {
            (Role::Backup, Some(bucket)) => {
                Hints::of(bucket.buffering_hints.size_in_mbs, bucket.buffering_hints.interval_in_seconds)
            }
            _ => stream.destination.hints(),
        }
    }
}
