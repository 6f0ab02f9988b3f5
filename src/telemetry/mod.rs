//! What the process says of itself: log lines to standard error.

use crate::config::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// The filter of the log is not one.
#[derive(Debug, thiserror::Error)]
#[error("the log filter {0:?} is neither a level nor a list such as info,millpond::wire=debug")]
pub struct FilterError(String);

/// Starts logging; once a process.
pub fn start(filter: &str, format: LogFormat) -> Result<(), FilterError> {
    let parsed = EnvFilter::try_new(filter).map_err(|_| FilterError(filter.to_owned()))?;
    let lines =
        tracing_subscriber::fmt().with_env_filter(parsed).with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    // A second start, as in tests, keeps the first.
    let _ = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    Ok(())
}
