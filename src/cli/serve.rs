//! `millpond serve`.

use super::CliError;
use crate::config::{ServeFlags, Settings};
use crate::{app, telemetry};

/// Runs the server until it is told to stop.
pub(super) fn run(flags: ServeFlags) -> Result<(), CliError> {
    let settings = Settings::resolve(flags)?;
    telemetry::start(&settings.log, settings.log_format)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(app::run(settings))?;
    Ok(())
}
