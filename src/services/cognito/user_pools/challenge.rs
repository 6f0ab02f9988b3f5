//! Challenges that wait for their answer. Each is answered once, by the client that asked for it, within its time.

use crate::base::clock::Millis;
use num_bigint::BigUint;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Challenges given out and remembered; the oldest is forgotten for a further one. Each has about 2 kB.
const MAX_CHALLENGES: usize = 4_096;

/// What the client must answer.
#[derive(Clone)]
pub(super) enum Question {
    /// Prove that you know the password: the numbers of SRP.
    Password(Box<Proof>),
    /// Choose a new password.
    NewPassword,
}

/// The server's half of a running proof.
#[derive(Clone)]
pub(super) struct Proof {
    /// The client's public number, A.
    pub(super) client: BigUint,
    /// The server's secret, b.
    pub(super) secret: BigUint,
    /// The server's public number, B.
    pub(super) server: BigUint,
    /// What is kept of the password.
    pub(super) verifier: BigUint,
}

/// A question to a user through a client.
#[derive(Clone)]
pub(super) struct Challenge {
    /// The client's id.
    pub(super) client: String,
    /// Whom it is about; as USER_ID_FOR_SRP says. The user may not exist.
    pub(super) username: String,
    /// After this it is void.
    pub(super) expires_ms: Millis,
    pub(super) question: Question,
}

#[derive(Default)]
struct Table {
    open: HashMap<String, Challenge>,
    /// Tokens in the order in which they were given out, answered ones among them.
    order: VecDeque<String>,
}

/// The challenges of all pools, in memory: a restart voids them, and the client starts again.
#[derive(Default)]
pub(super) struct Challenges(Mutex<Table>);

impl Challenges {
    /// Remembers a challenge under its token, a secret block or a session.
    pub(super) fn put(&self, token: String, challenge: Challenge, now_ms: Millis) {
        let mut table = self.lock();
        while let Some(oldest) = table.order.front() {
            let over = table.open.get(oldest).is_none_or(|challenge| challenge.expires_ms <= now_ms);
            if !over && table.order.len() < MAX_CHALLENGES {
                break;
            }
            if let Some(oldest) = table.order.pop_front() {
                table.open.remove(&oldest);
            }
        }
        table.order.push_back(token.clone());
        table.open.insert(token, challenge);
    }

    /// Takes the challenge away, so that it is answered once. `None` if there is none, it is void, or another client's.
    pub(super) fn take(&self, token: &str, client: &str, now_ms: Millis) -> Option<Challenge> {
        let taken = self.lock().open.remove(token);
        taken.filter(|challenge| challenge.client == client && challenge.expires_ms > now_ms)
    }

    /// The same without taking it away.
    pub(super) fn look(&self, token: &str, client: &str, now_ms: Millis) -> Option<Challenge> {
        let found = self.lock().open.get(token).cloned();
        found.filter(|challenge| challenge.client == client && challenge.expires_ms > now_ms)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge(client: &str, expires_ms: Millis) -> Challenge {
        Challenge { client: client.into(), username: "u".into(), expires_ms, question: Question::NewPassword }
    }

    #[test]
    fn a_challenge_is_taken_once_by_its_client_in_time() {
        let challenges = Challenges::default();
        challenges.put("a".into(), challenge("one", 100), 0);
        assert!(challenges.look("a", "one", 50).is_some());
        assert!(challenges.take("a", "one", 50).is_some());
        assert!(challenges.take("a", "one", 50).is_none());
        challenges.put("b".into(), challenge("one", 100), 0);
        assert!(challenges.take("b", "two", 50).is_none());
        assert!(challenges.take("b", "one", 50).is_none(), "a wrong client voids it");
        challenges.put("c".into(), challenge("one", 100), 0);
        assert!(challenges.take("c", "one", 100).is_none());
    }

    #[test]
    fn their_number_is_bounded() {
        let challenges = Challenges::default();
        for number in 0..3 * MAX_CHALLENGES {
            challenges.put(number.to_string(), challenge("one", 100), 0);
            if number % 2 == 0 {
                challenges.take(&number.to_string(), "one", 0);
            }
        }
        let table = challenges.lock();
        assert!(table.open.len() <= MAX_CHALLENGES && table.order.len() <= MAX_CHALLENGES);
        drop(table);
        challenges.put("last".into(), challenge("one", 500), 200);
        let table = challenges.lock();
        assert_eq!((table.open.len(), table.order.len()), (1, 1), "void ones are forgotten");
    }
}
