//! The operations of both versions, discovery, and the workshop's activities.

mod discovery;
mod guide;
mod operations;

use super::*;
use testing::*;
