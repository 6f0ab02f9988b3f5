//! The real servers: found in a distribution's folder, started, asked whether they answer, started again when they die, stopped.

mod distribution;
mod process;
mod supervision;
mod user;

pub(super) use distribution::Distribution;
pub(super) use supervision::Supervised;

use std::path::PathBuf;

/// Where a domain's own server lives.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The domain's name.
    pub(super) name: String,
    /// The folder of its configuration, data and logs.
    pub(super) folder: PathBuf,
    /// The port of HTTP.
    pub(super) port: u16,
}

/// A port of 127.0.0.1 that nobody listens on.
pub(super) fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
