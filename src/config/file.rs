//! The settings file, as given.

use super::settings::SettingsError;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The keys of the file. One that is not here is an error that names it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub(super) listen: Option<SocketAddr>,
    pub(super) data: Option<PathBuf>,
    pub(super) ephemeral: Option<bool>,
    pub(super) durability: Option<String>,
    #[serde(default)]
    pub(super) limits: FileLimits,
    pub(super) verify_signatures: Option<bool>,
    #[serde(default)]
    pub(super) credentials: Vec<FileCredential>,
    pub(super) elasticsearch: Option<String>,
    pub(super) elasticsearch_home: Option<PathBuf>,
    pub(super) es_proxy: Option<String>,
    pub(super) kibana: Option<String>,
    pub(super) kdg: Option<PathBuf>,
    pub(super) failed_folder: Option<String>,
    pub(super) resources: Option<PathBuf>,
    pub(super) init: Option<PathBuf>,
    pub(super) log: Option<String>,
    pub(super) log_format: Option<String>,
}

/// `[limits]`: the profile, and a table a service.
#[derive(Debug, Default, Deserialize)]
pub(super) struct FileLimits {
    pub(super) profile: Option<String>,
    #[serde(flatten)]
    pub(super) services: BTreeMap<String, BTreeMap<String, FileLimit>>,
}

/// A number, or `"none"`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum FileLimit {
    Number(u64),
    Text(String),
}

impl FileLimit {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Number(n) => n.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// `[[credentials]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FileCredential {
    pub(super) access_key: String,
    pub(super) secret: String,
}

impl std::fmt::Debug for FileCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileCredential({})", self.access_key)
    }
}

impl File {
    /// Reads the file; without one, no key is set.
    pub(super) fn read(path: Option<&Path>) -> Result<Self, SettingsError> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path)
            .map_err(|error| SettingsError(format!("cannot read the settings file {}: {error}", path.display())))?;
        Self::parse(&text).map_err(|error| SettingsError(format!("in the settings file {}: {}", path.display(), error.0)))
    }

    pub(super) fn parse(text: &str) -> Result<Self, SettingsError> {
        toml::from_str(text).map_err(|error| SettingsError(error.to_string()))
    }
}
