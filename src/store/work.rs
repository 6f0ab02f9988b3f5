//! A transaction's closure on its way to the writer's thread and its result on the way back.

use super::writer::{Answer, Work};
use super::{StoreError, Transaction};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

struct Closure<T, E, F> {
    change: F,
    reply: oneshot::Sender<Result<T, E>>,
}

/// `change` as work for the writer, and where its result will arrive.
pub(super) fn work<T, E, F>(change: F) -> (Box<dyn Work>, oneshot::Receiver<Result<T, E>>)
where
    F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Closure { change, reply }), answer)
}

impl<T, E, F> Work for Closure<T, E, F>
where
    F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    fn run(self: Box<Self>, transaction: &mut Transaction<'_>) -> (bool, Answer) {
        let Self { change, reply } = *self;
        // Safe to go on after a panic: the savepoint undoes whatever the closure had done.
        let result = catch_unwind(AssertUnwindSafe(|| change(transaction)))
            .unwrap_or_else(|_| Err(StoreError::TransactionPanicked.into()));
        let keep = result.is_ok();
        let answer = move |committed: Result<(), StoreError>| {
            // The closure's own error is the more telling one.
            let _ = reply.send(result.and_then(|value| committed.map(|()| value).map_err(E::from)));
        };
        (keep, Box::new(answer))
    }

    fn refuse(self: Box<Self>) -> Answer {
        let reply = self.reply;
        Box::new(move |committed| {
            let _ = reply.send(Err(committed.err().unwrap_or(StoreError::Closed).into()));
        })
    }
}
