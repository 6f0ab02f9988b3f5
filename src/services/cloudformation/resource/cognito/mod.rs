//! The types of Cognito: user pools with their clients and users, identity pools with their roles.

pub(super) mod identity_pool;
pub(super) mod kdg;
pub(super) mod role_attachment;
pub(super) mod user;
pub(super) mod user_pool;
pub(super) mod user_pool_client;

/// Longest name of a pool or a client (API reference, CreateUserPool).
const LONGEST_NAME: usize = 128;

/// Entries of a page of a list, the most that the APIs allow (ListUserPools, ListIdentityPools).
const PAGE: i32 = 60;
