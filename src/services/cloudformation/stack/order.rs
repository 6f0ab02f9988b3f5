//! The order in which resources are worked on.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

/// Resources of a stack that are worked on at once. Enough to hide waits; more would only queue at the store.
const AT_ONCE: usize = 8;

/// What waits for what: from each resource to those that must be done before.
pub(super) type Waits = BTreeMap<String, BTreeSet<String>>;

/// What happens to the others when one fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnFailure {
    /// Nothing new is begun.
    Stop,
    /// All that does not wait for it is done.
    GoOn,
}

/// The same edges the other way round, for deletions: nothing goes before those that use it.
pub(super) fn reversed(waits: &Waits) -> Waits {
    let mut out: Waits = waits.keys().map(|id| (id.clone(), BTreeSet::new())).collect();
    for (id, needs) in waits {
        for need in needs {
            if let Some(users) = out.get_mut(need) {
                users.insert(id.clone());
            }
        }
    }
    out
}

/// Runs `step` for every resource of `waits`, in order and in parallel where the order allows it, until `stopped`. Waiting for what is not
/// part of `waits` is no wait. The answer has those whose step was false.
pub(super) async fn walk<F, R>(waits: &Waits, on_failure: OnFailure, stopped: impl Fn() -> bool, step: F) -> Vec<String>
where
    F: Fn(String) -> R,
    R: Future<Output = bool>,
{
    let mut left: BTreeSet<&str> = waits.keys().map(String::as_str).collect();
    let (mut done, mut failed) = (BTreeSet::new(), Vec::new());
    let mut running = FuturesUnordered::new();
    loop {
        let go_on = !stopped() && (failed.is_empty() || on_failure == OnFailure::GoOn);
        let is_ready = |id: &&&str| {
            waits.get(**id).into_iter().flatten().all(|need| done.contains(need.as_str()) || !waits.contains_key(need))
        };
        let room = if go_on { AT_ONCE.saturating_sub(running.len()) } else { 0 };
        let ready: Vec<&str> = left.iter().filter(is_ready).take(room).copied().collect();
        for id in ready {
            left.remove(id);
            let future = step(id.to_owned());
            running.push(async move { (id, future.await) });
        }
        match running.next().await {
            None => break failed,
            Some((id, true)) => drop(done.insert(id)),
            Some((id, false)) => failed.push(id.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    fn waits(edges: &[(&str, &[&str])]) -> Waits {
        edges.iter().map(|(id, needs)| ((*id).to_owned(), needs.iter().map(|need| (*need).to_owned()).collect())).collect()
    }

    async fn order(waits: &Waits, on_failure: OnFailure, failing: &str) -> (String, Vec<String>) {
        let seen = Mutex::new(String::new());
        let failed = walk(
            waits,
            on_failure,
            || false,
            |id| {
                seen.lock().unwrap().push_str(&id);
                let fine = !failing.contains(&id);
                async move {
                    tokio::task::yield_now().await;
                    fine
                }
            },
        );
        let failed = failed.await;
        (seen.into_inner().unwrap(), failed)
    }

    #[tokio::test]
    async fn what_is_needed_comes_first_both_ways() {
        let waits = waits(&[("a", &["b", "x"]), ("b", &["c"]), ("c", &[]), ("d", &["c"])]);
        let (forth, failed) = order(&waits, OnFailure::Stop, "").await;
        assert_eq!((forth.as_str(), failed.len()), ("cbda", 0));
        let (back, _) = order(&reversed(&waits), OnFailure::GoOn, "").await;
        assert_eq!(back.len(), 4);
        assert!(back.find('a') < back.find('b') && back.find('b') < back.find('c') && back.find('d') < back.find('c'), "{back}");
    }

    #[tokio::test]
    async fn a_failure_stops_what_was_not_begun_or_what_waits_for_it() {
        let waits = waits(&[("a", &[]), ("b", &[]), ("c", &["a"]), ("d", &["b"]), ("e", &["d"])]);
        let (begun, failed) = order(&waits, OnFailure::Stop, "ab").await;
        assert_eq!((begun.as_str(), failed.len()), ("ab", 2));
        let (begun, failed) = order(&waits, OnFailure::GoOn, "a").await;
        let mut begun: Vec<char> = begun.chars().collect();
        begun.sort_unstable();
        assert_eq!((begun, failed), (vec!['a', 'b', 'd', 'e'], vec!["a".to_owned()]));
    }

    #[tokio::test]
    async fn no_more_than_a_few_run_at_once() {
        let waits: Waits = (0..40).map(|n| (format!("r{n}"), BTreeSet::new())).collect();
        let (running, most) = (Mutex::new(0_usize), Mutex::new(0_usize));
        let failed = walk(
            &waits,
            OnFailure::Stop,
            || false,
            |_| async {
                let now = {
                    let mut running = running.lock().unwrap();
                    *running += 1;
                    *running
                };
                {
                    let mut most = most.lock().unwrap();
                    *most = now.max(*most);
                }
                tokio::task::yield_now().await;
                *running.lock().unwrap() -= 1;
                true
            },
        );
        assert!(failed.await.is_empty());
        assert_eq!(*most.lock().unwrap(), AT_ONCE);
    }
}
