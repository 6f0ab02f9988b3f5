//! The sessions that count, in memory: by access key, and by when they end.

use super::Session;
use crate::base::clock::Millis;
use std::collections::{BTreeSet, HashMap};

/// Sessions kept; for a further one the one that ends first is forgotten. Identity pools give them to callers without a signature. Each has about
/// 700 bytes here and as much in the store.
const MOST_SESSIONS: usize = 100_000;

/// Sessions by access key.
#[derive(Default)]
pub(super) struct Sessions {
    by_key: HashMap<String, Session>,
    by_end: BTreeSet<(Millis, String)>,
}

impl Sessions {
    pub(super) fn get(&self, access_key: &str) -> Option<&Session> {
        self.by_key.get(access_key)
    }

    /// Adds a session. The access keys of those that are forgotten: the expired, and as many more as are too many.
    pub(super) fn insert(&mut self, access_key: String, session: Session, now_ms: Millis) -> Vec<String> {
        let mut forgotten = Vec::new();
        while let Some((ends_ms, _)) = self.by_end.first()
            && (*ends_ms <= now_ms || self.by_end.len() >= MOST_SESSIONS)
            && let Some((_, old)) = self.by_end.pop_first()
        {
            self.by_key.remove(&old);
            forgotten.push(old);
        }
        self.add(access_key, session);
        forgotten
    }

    fn add(&mut self, access_key: String, session: Session) {
        self.by_end.insert((session.expires_ms, access_key.clone()));
        self.by_key.insert(access_key, session);
    }
}

impl FromIterator<(String, Session)> for Sessions {
    fn from_iter<I: IntoIterator<Item = (String, Session)>>(found: I) -> Self {
        let mut sessions = Self::default();
        found.into_iter().for_each(|(access_key, session)| sessions.add(access_key, session));
        sessions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(expires_ms: Millis) -> Session {
        Session { secret: String::new(), token: String::new(), expires_ms, arn: String::new(), user_id: String::new() }
    }

    #[test]
    fn the_expired_and_the_too_many_are_forgotten() {
        let mut sessions = Sessions::default();
        assert!(sessions.insert("late".into(), session(1_000_000), 0).is_empty());
        assert!(sessions.insert("soon".into(), session(10), 0).is_empty());
        assert_eq!(sessions.insert("next".into(), session(20), 10), ["soon"]);
        for number in 0..MOST_SESSIONS {
            sessions.insert(number.to_string(), session(100 + number as Millis), 10);
        }
        assert_eq!((sessions.by_key.len(), sessions.by_end.len()), (MOST_SESSIONS, MOST_SESSIONS));
        assert!(sessions.get("next").is_none() && sessions.get("0").is_none() && sessions.get("late").is_some());
    }
}
