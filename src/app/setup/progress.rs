//! How far the start has come; what `/_millpond/health` and `/_millpond/init` show.

use serde::Serialize;
use std::sync::{Arc, Mutex, PoisonError};

/// Where a step stands; the words are those of LocalStack's init scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(in super::super) enum State {
    /// Its turn has not come.
    Waiting,
    /// It is being done.
    Running,
    /// It is done.
    Successful,
    /// It failed.
    Error,
}

/// One file.
#[derive(Clone, Debug, Serialize)]
pub(in super::super) struct Step {
    /// The file's name.
    name: String,
    /// Where it stands.
    state: State,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Where the whole start stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Standing {
    /// This step is being done, or comes next.
    Starting(String),
    /// All is done.
    Ready,
    /// This step failed, for this reason.
    Failed(String, String),
}

/// The steps of the start. Clones share them.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Progress(Arc<Mutex<Vec<Step>>>);

impl Progress {
    /// All of these are still to be done.
    pub(in super::super) fn new(names: impl IntoIterator<Item = String>) -> Self {
        let step = |name| Step { name, state: State::Waiting, error: None };
        Self(Arc::new(Mutex::new(names.into_iter().map(step).collect())))
    }

    /// Notes where a step stands.
    pub(in super::super) fn note(&self, name: &str, state: State, error: Option<String>) {
        let mut steps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(step) = steps.iter_mut().find(|step| step.name == name) {
            (step.state, step.error) = (state, error);
        }
    }

    /// The steps as they are.
    pub(in super::super) fn steps(&self) -> Vec<Step> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where the whole stands; the first step that failed or is not done says.
    pub(in super::super) fn standing(&self) -> Standing {
        let steps = self.steps();
        if let Some(failed) = steps.iter().find(|step| step.state == State::Error) {
            return Standing::Failed(failed.name.clone(), failed.error.clone().unwrap_or_default());
        }
        match steps.iter().find(|step| step.state != State::Successful) {
            Some(step) => Standing::Starting(step.name.clone()),
            None => Standing::Ready,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_means_that_every_step_is_done_and_none_has_failed() {
        assert_eq!(Progress::default().standing(), Standing::Ready);
        let progress = Progress::new(["a".to_owned(), "b".to_owned()]);
        assert_eq!(progress.standing(), Standing::Starting("a".into()));
        progress.note("a", State::Successful, None);
        assert_eq!(progress.standing(), Standing::Starting("b".into()));
        progress.note("b", State::Error, Some("exit status 3".into()));
        assert_eq!(progress.standing(), Standing::Failed("b".into(), "exit status 3".into()));
    }
}
