mod discovery;
mod guide;
mod operations;

use super::*;
use testing::*;
