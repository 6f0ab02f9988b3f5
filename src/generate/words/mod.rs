//! The word lists: our own choice, of modest size.

pub(super) mod business;
pub(super) mod calendar;
pub(super) mod computing;
pub(super) mod files;
pub(super) mod latin;
pub(super) mod net;
pub(super) mod people;
pub(super) mod places;
pub(super) mod trade;
