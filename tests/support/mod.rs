//! The server as its users meet it: a process on a port of its own, with a data folder of its own.

mod cbor;
mod client;

pub(crate) use cbor::Cbor;
pub(crate) use client::Client;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a start may take on a busy machine.
const START: Duration = Duration::from_secs(30);

/// How long a stop may take.
const STOP: Duration = Duration::from_secs(30);

/// A running server. It is killed, and its data deleted, when this goes away.
pub(crate) struct Server {
    process: Child,
    port: u16,
    data: TempDir,
    flags: Vec<String>,
}

impl Server {
    /// Starts a server with these flags and waits until it is ready.
    pub(crate) async fn start(flags: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let flags: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
        let port = free_port();
        let server = Self { process: spawn(port, data.path(), &flags), port, data, flags };
        server.ready().await;
        server
    }

    /// A client of this server.
    pub(crate) fn client(&self) -> Client {
        Client::new(format!("http://127.0.0.1:{}", self.port))
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    /// The port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Ends the process as a crash would (SIGKILL), and starts it again on the same data and port.
    pub(crate) async fn kill_and_restart(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.process = spawn(self.port, self.data.path(), &self.flags);
        self.ready().await;
    }

    /// Asks the process to stop (SIGTERM); whether it ended well.
    pub(crate) async fn stop(&mut self) -> bool {
        let asked = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(asked.success());
        let began = Instant::now();
        while began.elapsed() < STOP {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status.success();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the server does not stop");
    }

    async fn ready(&self) {
        let (began, client) = (Instant::now(), self.client());
        while began.elapsed() < START {
            if client.get("/_millpond/health").await.is_ok_and(|answer| answer.status == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the server does not start");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(port: u16, data: &Path, flags: &[String]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_millpond"))
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data"])
        .arg(data)
        .args(flags)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// The folder of the checkout that is tested: cargo runs tests in it. Not `env!`, which tells where this was compiled: checkouts may
/// share their build output.
pub(crate) fn checkout() -> PathBuf {
    std::env::current_dir().unwrap()
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
