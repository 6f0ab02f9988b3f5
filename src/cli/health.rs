//! `millpond health`: for scripts and container health checks.

use super::CliError;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, clap::Args)]
pub(super) struct HealthFlags {
    /// The server to ask
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4566")]
    endpoint: String,
}

/// Prints what the server says of its health; an error when it is not ready.
pub(super) fn run(flags: &HealthFlags) -> Result<(), CliError> {
    let url = format!("{}/_millpond/health", flags.endpoint.trim_end_matches('/'));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let text = runtime.block_on(async {
        let answer = reqwest::Client::builder().timeout(PATIENCE).build()?.get(&url).send().await?;
        answer.error_for_status()?.text().await
    });
    super::say(&text.map_err(|error| format!("no healthy server at {url}: {error}"))?);
    Ok(())
}
