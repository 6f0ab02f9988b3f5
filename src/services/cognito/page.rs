//! Pages of lists: the token is the id or name of the last entry of the page before.

/// A page.
pub(super) struct Page<T> {
    /// Its entries.
    pub(super) items: Vec<T>,
    /// What asks for the next; `None` at the end.
    pub(super) next: Option<String>,
}

/// The `most` entries after `token` of a list in the order of `name`.
pub(super) fn page<T>(mut all: Vec<T>, name: impl Fn(&T) -> &str, token: Option<&str>, most: usize) -> Page<T> {
    if let Some(token) = token {
        all.retain(|item| name(item) > token);
    }
    let more = all.len() > most;
    all.truncate(most);
    let next = all.last().filter(|_| more).map(|item| name(item).to_owned());
    Page { items: all, next }
}
