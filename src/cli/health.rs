//! `millpond health`: for scripts and container health checks.

use super::CliError;
use crate::base::clock::Stopwatch;
use crate::wire::http_client;
use std::net::SocketAddr;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a server that is not ready yet is asked again.
const ASK_EVERY: Duration = Duration::from_millis(100);

#[derive(Debug, clap::Args)]
pub(super) struct HealthFlags {
    /// The server to ask [default: http://127.0.0.1 and the port of MILLPOND_LISTEN, or 4566]
    #[arg(long, env = "MILLPOND_ENDPOINT", value_name = "URL", hide_env_values = true)]
    endpoint: Option<String>,

    /// Ask again and again until the server is ready, for so many seconds at most
    #[arg(long, value_name = "SECONDS")]
    wait: Option<u64>,

    /// Where the server was told to listen; not to be given here
    #[arg(long, env = "MILLPOND_LISTEN", hide = true, hide_env_values = true)]
    listen: Option<SocketAddr>,
}

impl HealthFlags {
    /// The server on this machine that the environment describes, unless another one is named.
    fn url(&self) -> String {
        let here = || match self.listen {
            Some(listen) if !listen.ip().is_unspecified() => format!("http://{listen}"),
            listen => format!("http://127.0.0.1:{}", listen.map_or(4566, |listen| listen.port())),
        };
        let endpoint = self.endpoint.clone().unwrap_or_else(here);
        format!("{}/_millpond/health", endpoint.trim_end_matches('/'))
    }
}

/// Prints what the server says of its health; an error when it is not ready.
pub(super) fn run(flags: &HealthFlags) -> Result<(), CliError> {
    let url = flags.url();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (waited, patience) = (Stopwatch::start(), Duration::from_secs(flags.wait.unwrap_or_default()));
    let healthy = runtime.block_on(async {
        let client = http_client(|settings| settings.timeout(PATIENCE).no_proxy()).map_err(|error| error.to_string())?;
        loop {
            match ask(&client, &url).await {
                Err(_) if waited.elapsed() < patience => tokio::time::sleep(ASK_EVERY).await,
                answered => return answered,
            }
        }
    });
    super::say(&healthy.map_err(|why| format!("no healthy server at {url}: {why}"))?);
    Ok(())
}

/// What the server says when it is ready; else why it is not, in its own words where it has some.
async fn ask(client: &reqwest::Client, url: &str) -> Result<String, String> {
    let answer = client.get(url).send().await.map_err(|error| source(&error))?;
    let status = answer.status();
    let text = answer.text().await.map_err(|error| source(&error))?;
    if status.is_success() { Ok(text) } else { Err(text) }
}

/// The innermost reason, which is the one that says something: "Connection refused", not "error sending request".
fn source(error: &dyn std::error::Error) -> String {
    let mut reason = error;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    reason.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_the_one_that_the_environment_describes() {
        let url = |endpoint: Option<&str>, listen: Option<&str>| {
            let listen = listen.map(|listen| listen.parse().unwrap());
            HealthFlags { endpoint: endpoint.map(str::to_owned), wait: None, listen }.url()
        };
        assert_eq!(url(None, None), "http://127.0.0.1:4566/_millpond/health");
        assert_eq!(url(None, Some("0.0.0.0:5000")), "http://127.0.0.1:5000/_millpond/health");
        assert_eq!(url(None, Some("10.0.0.7:5000")), "http://10.0.0.7:5000/_millpond/health");
        assert_eq!(url(Some("http://kinesis:1/"), Some("0.0.0.0:5000")), "http://kinesis:1/_millpond/health");
    }
}
