//! Settings: file, then environment, then flags, resolved to [`Settings`] in which nothing is optional that is not.
//!
//! Only this module reads the environment (through clap, which knows each flag's variable).

mod file;
mod flags;
mod own_address;
mod settings;

pub use flags::ServeFlags;
pub use settings::{Durability, FailedFolder, LogFormat, Settings, SettingsError};
