//! Settings: file, then environment, then flags, resolved to [`Settings`] in which nothing is optional that is not.
//!
//! Only this module reads the environment (through clap, which knows each flag's variable).

mod aws;
mod file;
mod flags;
mod own_address;
mod settings;

pub use aws::{AwsFlags, AwsSettings};
pub use flags::ServeFlags;
pub use settings::{Durability, FailedFolder, LogFormat, Settings, SettingsError};
