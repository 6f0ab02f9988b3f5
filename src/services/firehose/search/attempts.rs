//! The attempts to index the records of a chunk: which are still to be sent, which have failed and why.

use super::super::delivery::{Delivery, Incoming, Source};
use super::super::destination::Destination;
use super::super::error_log;
use super::bulk::Actions;
use super::document;
use super::failed::Failure;
use super::response::{self, ItemError, kind_and_reason};
use super::retry::{self, Verdict};
use super::service::{self, RequestError};
use super::target::Target;
use crate::base::clock::Millis;
use std::collections::BTreeMap;

/// The error code of a record that is no document, which no server has seen.
const MALFORMED: &str = "MalformedData";

/// A record that is not indexed yet.
#[derive(Clone, Debug)]
struct Pending {
    at: usize,
    attempts: u32,
    last_error: Option<(String, String)>,
}

/// The state of a chunk's delivery.
pub(super) struct Attempts<'a> {
    records: &'a [Incoming],
    pending: Vec<Pending>,
    failures: Vec<Failure>,
    /// When the first attempt began; the retry duration counts from it.
    began_ms: Millis,
    /// Only one attempt is made: the retry duration has passed already.
    last: bool,
    /// Most documents in a request; fewer after an answer that the request is too large.
    piece: usize,
}

/// What one attempt found: what to tell the error log, one entry a code.
type Told = BTreeMap<String, String>;

impl<'a> Attempts<'a> {
    /// Nothing sent yet. Records that are no documents have failed from the start.
    pub(super) fn new(records: &'a [Incoming], code_prefix: &str, now_ms: Millis) -> Self {
        let mut attempts = Self {
            records,
            pending: Vec::new(),
            failures: Vec::new(),
            began_ms: now_ms,
            last: false,
            piece: records.len().max(1),
        };
        for (at, record) in records.iter().enumerate() {
            match document::check(&record.data) {
                Ok(()) => attempts.pending.push(Pending { at, attempts: 0, last_error: None }),
                Err(message) => {
                    let code = format!("{code_prefix}.{MALFORMED}");
                    attempts.failures.push(Failure { at, attempts: 1, code, message, ended_ms: now_ms });
                }
            }
        }
        attempts
    }

    /// The records that have failed for good.
    pub(super) fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Sends what failed once more, except what is no document.
    pub(super) fn once_more(&mut self) {
        let (malformed, failed) =
            std::mem::take(&mut self.failures).into_iter().partition(|failure| failure.code.ends_with(MALFORMED));
        self.failures = malformed;
        let pending = |failure: Failure| Pending {
            at: failure.at,
            attempts: failure.attempts,
            last_error: Some((failure.code, failure.message)),
        };
        self.pending = Vec::into_iter(failed).map(pending).collect();
        self.last = true;
    }

    /// Sends pending records until each is indexed or has failed.
    pub(super) async fn run(&mut self, delivery: &mut Delivery, source: &Source) {
        let mut told = if self.last { Told::new() } else { self.malformed() };
        let mut failed_attempts = 0;
        loop {
            let stream = delivery.stream();
            let Destination::Search { family, description } = &stream.destination else { return };
            let target = Target::of(*family, description);
            told.append(&mut self.attempt(delivery, source, &target).await);
            for (code, message) in std::mem::take(&mut told) {
                error_log::tell(&delivery.parts, &delivery.entry.scope, &stream, &target.called, &code, &message).await;
            }
            if self.pending.is_empty() {
                return;
            }
            let (now_ms, deadline_ms) = (delivery.parts.clock.now_ms(), self.began_ms.saturating_add(target.retry_ms));
            if self.last || now_ms >= deadline_ms {
                return self.give_up(now_ms, &target);
            }
            failed_attempts += 1;
            delivery.pause_until(failed_attempts, deadline_ms).await;
        }
    }

    /// The first record that is no document, for the error log.
    fn malformed(&self) -> Told {
        self.failures.first().map(|failure| (failure.code.clone(), failure.message.clone())).into_iter().collect()
    }

    /// Sends every pending record once, in one request unless that is too large.
    async fn attempt(&mut self, delivery: &mut Delivery, source: &Source, target: &Target) -> Told {
        let mut told = Told::new();
        let mut waiting = std::mem::take(&mut self.pending);
        while !waiting.is_empty() {
            let piece = waiting.drain(..waiting.len().min(self.piece)).collect::<Vec<_>>();
            match self.send(delivery, source, target, &piece).await {
                Ok(outcomes) => self.sort(piece, outcomes, delivery, target, &mut told),
                Err(error) if error.too_large && piece.len() > 1 => {
                    self.piece = piece.len().div_ceil(2);
                    waiting.splice(..0, piece);
                }
                Err(error) => {
                    delivery.server.forget();
                    let code = format!("{}.{}", target.code_prefix, error.code);
                    told.entry(code.clone()).or_insert_with(|| error.message.clone());
                    // What answers nothing now will not answer the other pieces either.
                    self.pending.extend(piece.into_iter().map(|pending| again(pending, (code.clone(), error.message.clone()))));
                    self.pending.append(&mut waiting);
                }
            }
        }
        self.pending.sort_unstable_by_key(|pending| pending.at);
        told
    }

    async fn send(
        &self,
        delivery: &mut Delivery,
        source: &Source,
        target: &Target,
        piece: &[Pending],
    ) -> Result<Vec<Option<ItemError>>, RequestError> {
        let (endpoint, document_type) = delivery.server.find(&delivery.parts, target).await?;
        let records: Vec<&Incoming> = piece.iter().filter_map(|pending| self.records.get(pending.at)).collect();
        let body = Actions::new(target, document_type).body(source, &records);
        let answer = service::bulk(&delivery.parts.http, &endpoint, body).await?;
        response::items(&answer, piece.len()).map_err(|why| RequestError::new("ServiceException", why))
    }

    /// Puts each record of an answered request where its item says.
    fn sort(
        &mut self,
        piece: Vec<Pending>,
        outcomes: Vec<Option<ItemError>>,
        delivery: &Delivery,
        target: &Target,
        told: &mut Told,
    ) {
        let retry_rejected = delivery.parts.limits.retry_rejected_documents != 0;
        let ended_ms = delivery.parts.clock.now_ms();
        for (pending, outcome) in piece.into_iter().zip(outcomes) {
            let Some(ItemError { status, message }) = outcome else { continue };
            let (kind, reason) = kind_and_reason(&message);
            told.entry(format!("{}.{kind}", target.code_prefix)).or_insert(reason);
            let pending = again(pending, (status.to_string(), message));
            match retry::of_item(status, retry_rejected) {
                Verdict::Indexed => {}
                Verdict::Again => self.pending.push(pending),
                Verdict::Rejected => self.failures.push(failure(pending, ended_ms)),
            }
        }
    }

    fn give_up(&mut self, now_ms: Millis, target: &Target) {
        let never_sent = format!("{}.ServiceException", target.code_prefix);
        for mut pending in std::mem::take(&mut self.pending) {
            pending.last_error.get_or_insert_with(|| (never_sent.clone(), "the server did not answer".into()));
            self.failures.push(failure(pending, now_ms));
        }
        self.failures.sort_unstable_by_key(|failure| failure.at);
    }
}

fn again(pending: Pending, error: (String, String)) -> Pending {
    Pending { attempts: pending.attempts + 1, last_error: Some(error), ..pending }
}

fn failure(pending: Pending, ended_ms: Millis) -> Failure {
    let (code, message) = pending.last_error.unwrap_or_default();
    Failure { at: pending.at, attempts: pending.attempts.max(1), code, message, ended_ms }
}
