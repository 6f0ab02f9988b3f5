//! Settings as the rest of the program sees them.

use super::file::File;
use super::flags::ServeFlags;
use super::own_address::refuse_own_addresses;
use crate::base::limits::{Limits, Profile};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// The port of LocalStack, which every AWS tool for local work knows.
const DEFAULT_PORT: u16 = 4566;

/// s3s tells of every refused request as if it were an error of ours.
const DEFAULT_LOG: &str = "info,s3s=off";

/// What an acknowledged record survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// The end of the process, however hard.
    #[default]
    Normal,
    /// A power failure too.
    Full,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// How the folder of documents that Elasticsearch did not take is called; AWS has changed it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailedFolder {
    /// `AmazonOpenSearchService-failed`.
    #[default]
    OpenSearch,
    /// `elasticsearch-failed`, for streams made with an Elasticsearch destination.
    Elasticsearch,
}

/// All settings, resolved.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The folder that keeps everything; `None` keeps nothing.
    pub data: Option<PathBuf>,
    /// What an acknowledged record survives.
    pub durability: Durability,
    /// The limits of the services.
    pub limits: Limits,
    /// Whether wrong signatures are refused.
    pub verify_signatures: bool,
    /// Secrets by access key, for verification.
    pub credentials: BTreeMap<String, String>,
    /// A running Elasticsearch or OpenSearch that backs all domains.
    pub elasticsearch: Option<String>,
    /// A distribution from which to start one.
    pub elasticsearch_home: Option<PathBuf>,
    /// The second port, which leads to the domains' server.
    pub es_proxy: Option<SocketAddr>,
    /// The URL of the Kibana behind that port.
    pub kibana: Option<String>,
    /// The web folder of a Kinesis Data Generator to serve.
    pub kdg: Option<PathBuf>,
    /// The folder of failed documents in S3.
    pub failed_folder: FailedFolder,
    /// A file of resources to make at the start.
    pub resources: Option<PathBuf>,
    /// A folder of files to do at the start.
    pub init: Option<PathBuf>,
    /// What to log.
    pub log: String,
    /// How to log.
    pub log_format: LogFormat,
}

/// A setting that cannot be, said in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(pub String);

impl Settings {
    /// File, then environment and flags; the later wins.
    pub fn resolve(flags: ServeFlags) -> Result<Self, SettingsError> {
        let file = File::read(flags.config.as_deref())?;
        let settings = Self::merge(flags, file)?;
        refuse_own_addresses(&settings)?;
        Ok(settings)
    }

    fn merge(flags: ServeFlags, file: File) -> Result<Self, SettingsError> {
        let limits = limits(&flags, &file)?;
        let credentials = credentials(&flags, &file)?;
        let ephemeral = flags.ephemeral.or(file.ephemeral).unwrap_or_default();
        let data = flags.data.or(file.data).unwrap_or_else(|| PathBuf::from("millpond-data"));
        Ok(Self {
            listen: flags.listen.or(file.listen).unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT))),
            data: (!ephemeral).then_some(data),
            durability: one_of(
                "durability",
                flags.durability.or(file.durability),
                &[("normal", Durability::Normal), ("full", Durability::Full)],
            )?,
            limits,
            verify_signatures: flags.verify_signatures.or(file.verify_signatures).unwrap_or_default(),
            credentials,
            es_proxy: flags.es_proxy.or(file.es_proxy).map(|given| port_or_address(&given)).transpose()?,
            kibana: flags.kibana.or(file.kibana),
            kdg: flags.kdg.or(file.kdg),
            elasticsearch: flags.elasticsearch.or(file.elasticsearch),
            elasticsearch_home: flags.elasticsearch_home.or(file.elasticsearch_home),
            failed_folder: one_of(
                "failed-folder",
                flags.failed_folder.or(file.failed_folder),
                &[
                    ("AmazonOpenSearchService-failed", FailedFolder::OpenSearch),
                    ("elasticsearch-failed", FailedFolder::Elasticsearch),
                ],
            )?,
            resources: flags.resources.or(file.resources),
            init: flags.init.or(file.init),
            log: flags.log.or(file.log).unwrap_or_else(|| DEFAULT_LOG.into()),
            log_format: one_of(
                "log-format",
                flags.log_format.or(file.log_format),
                &[("text", LogFormat::Text), ("json", LogFormat::Json)],
            )?,
        })
    }
}

/// A port of 127.0.0.1, or an address with a port.
fn port_or_address(given: &str) -> Result<SocketAddr, SettingsError> {
    let port = given.parse().map(|port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let address = port.or_else(|_| given.parse());
    address.map_err(|_| SettingsError(format!("es-proxy is PORT or ADDRESS:PORT, such as 9200 or 0.0.0.0:9200, not {given:?}")))
}

/// The value with this name; the default when none is given.
fn one_of<T: Copy + Default>(key: &str, given: Option<String>, values: &[(&str, T)]) -> Result<T, SettingsError> {
    let Some(given) = given else { return Ok(T::default()) };
    let found = values.iter().find(|(name, _)| *name == given).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        SettingsError(format!("{key} is {}, not {given:?}", names.join(" or ")))
    })
}

fn limits(flags: &ServeFlags, file: &File) -> Result<Limits, SettingsError> {
    let profile = flags.limits.clone().or_else(|| file.limits.profile.clone());
    let profile = one_of("limits", profile, &[("local", Profile::Local), ("aws", Profile::Aws)])?;
    let mut limits = Limits::of(profile);
    let mut set = |name: &str, value: &str| limits.set(name, value).map_err(|error| SettingsError(error.to_string()));
    for (service, table) in &file.limits.services {
        for (name, value) in table {
            set(&format!("{service}.{}", name.replace('-', "_")), &value.text())?;
        }
    }
    for limit in &flags.limit {
        let (name, value) =
            limit.split_once('=').ok_or_else(|| SettingsError(format!("a limit is NAME=NUMBER, not {limit:?}")))?;
        set(name.trim(), value.trim())?;
    }
    Ok(limits)
}

/// Without any, the pair that every local tool uses.
fn credentials(flags: &ServeFlags, file: &File) -> Result<BTreeMap<String, String>, SettingsError> {
    let mut known: BTreeMap<String, String> = file.credentials.iter().map(|c| (c.access_key.clone(), c.secret.clone())).collect();
    for pair in &flags.credential {
        let (key, secret) = pair.split_once(':').ok_or_else(|| SettingsError("a credential is ACCESS_KEY:SECRET".into()))?;
        known.insert(key.to_owned(), secret.to_owned());
    }
    if known.is_empty() {
        known.insert("test".into(), "test".into());
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(flags: ServeFlags, file: &str) -> Result<Settings, SettingsError> {
        Settings::merge(flags, File::parse(file)?)
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let file = "listen = \"127.0.0.1:1\"\ndurability = \"full\"\n[limits]\nprofile = \"aws\"\n[limits.kinesis]\nshards = 7\n\
                    [[credentials]]\naccess-key = \"AK\"\nsecret = \"S\"";
        let flags = ServeFlags { listen: Some("127.0.0.1:2".parse().unwrap()), ..ServeFlags::default() };
        let settings = merged(flags, file).unwrap();
        assert_eq!(settings.listen.port(), 2);
        assert_eq!(settings.durability, Durability::Full);
        assert_eq!((settings.limits.kinesis.shards, settings.limits.kinesis.on_demand_streams), (7, 50));
        assert_eq!(settings.credentials.get("AK").map(String::as_str), Some("S"));
        assert_eq!(settings.data.as_deref(), Some(std::path::Path::new("millpond-data")));
        let settings = merged(ServeFlags { ephemeral: Some(true), ..ServeFlags::default() }, "").unwrap();
        assert_eq!((settings.data, settings.listen.port()), (None, 4566));
        assert!(settings.credentials.contains_key("test"));
    }

    #[test]
    fn the_second_port_is_a_port_or_an_address() {
        assert_eq!(port_or_address("9200").unwrap().to_string(), "127.0.0.1:9200");
        assert_eq!(port_or_address("0.0.0.0:9200").unwrap().to_string(), "0.0.0.0:9200");
        assert!(port_or_address("kibana").unwrap_err().0.contains("not \"kibana\""));
    }

    #[test]
    fn a_wrong_key_or_value_names_itself() {
        let refused = |flags: ServeFlags, file: &str| merged(flags, file).unwrap_err().0;
        assert!(refused(ServeFlags::default(), "lisen = 1").contains("unknown field `lisen`"));
        assert!(refused(ServeFlags::default(), "[limits.kinesis]\nshard = 1").contains("there is no limit kinesis.shard;"));
        let flags = ServeFlags { durability: Some("half".into()), ..ServeFlags::default() };
        assert_eq!(refused(flags, ""), "durability is normal or full, not \"half\"");
        let flags = ServeFlags { limit: vec!["kinesis.shards".into()], ..ServeFlags::default() };
        assert_eq!(refused(flags, ""), "a limit is NAME=NUMBER, not \"kinesis.shards\"");
    }
}
