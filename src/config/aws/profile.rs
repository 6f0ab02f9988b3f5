//! A profile of the shared files `~/.aws/credentials` and `~/.aws/config`.

use super::Environment;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The profile that is used when none is named.
const DEFAULT: &str = "default";

/// Settings that say that credentials come from elsewhere.
const ELSEWHERE: [&str; 6] =
    ["sso_session", "sso_start_url", "role_arn", "credential_process", "web_identity_token_file", "login_session"];

/// The settings of a profile, those of the credentials file before those of the config file.
#[derive(Debug)]
pub(super) struct Profile {
    name: String,
    settings: BTreeMap<String, String>,
}

impl Profile {
    /// Reads both files; an error when a profile that was named is in neither.
    pub(super) fn load(named: Option<&str>, environment: Environment<'_>) -> Result<Self, String> {
        let name = named.unwrap_or(DEFAULT);
        let config = read(&file("AWS_CONFIG_FILE", "config", environment))?;
        let credentials = read(&file("AWS_SHARED_CREDENTIALS_FILE", "credentials", environment))?;
        let in_config = if name == DEFAULT { None } else { section(&config, &format!("profile {name}")) };
        let in_config = in_config.or_else(|| section(&config, name).filter(|_| name == DEFAULT));
        let in_credentials = section(&credentials, name);
        if named.is_some() && in_config.is_none() && in_credentials.is_none() {
            return Err(format!("there is no profile {name} in the shared credentials and config files"));
        }
        let mut settings = in_config.unwrap_or_default();
        settings.extend(in_credentials.unwrap_or_default());
        Ok(Self { name: name.to_owned(), settings })
    }

    /// A setting that is not empty.
    pub(super) fn get(&self, setting: &str) -> Option<String> {
        self.settings.get(setting).filter(|value| !value.is_empty()).cloned()
    }

    /// Why there are no keys, and what to do.
    pub(super) fn without_keys(&self) -> String {
        let name = &self.name;
        match ELSEWHERE.iter().find(|setting| self.settings.contains_key(**setting)) {
            Some(setting) => format!(
                "no credentials: profile {name} gets them by {setting}, which millpond does not do; \
                 eval \"$(aws configure export-credentials --profile {name} --format env)\" puts them in the environment"
            ),
            None => format!(
                "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or put aws_access_key_id and \
                 aws_secret_access_key in profile {name}"
            ),
        }
    }
}

/// The file that a variable names, or the usual one in the user's home.
fn file(variable: &str, usual: &str, environment: Environment<'_>) -> PathBuf {
    let home = || environment("HOME").or_else(|| environment("USERPROFILE")).unwrap_or_default();
    environment(variable).map_or_else(|| Path::new(&home()).join(".aws").join(usual), PathBuf::from)
}

/// A file's text; nothing when there is none.
fn read(path: &Path) -> Result<String, String> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {error}", path.display())),
        text => Ok(text.unwrap_or_default()),
    }
}

/// The settings of a section. Indented lines, which nest settings of one service, are passed over; so are comments.
fn section(text: &str, name: &str) -> Option<BTreeMap<String, String>> {
    let (mut found, mut inside) = (None, false);
    for line in text.lines() {
        let comment = line.find(" #").or_else(|| line.find(" ;")).unwrap_or(line.len());
        let bare = line[..comment].trim_end();
        if let Some(header) = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = header.split_whitespace().eq(name.split_whitespace());
            if inside {
                found.get_or_insert_with(BTreeMap::new);
            }
        } else if inside
            && !bare.starts_with([' ', '\t', '#', ';'])
            && let Some((setting, value)) = bare.split_once('=')
        {
            let settings = found.get_or_insert_with(BTreeMap::new);
            settings.insert(setting.trim().to_lowercase(), value.trim().to_owned());
        }
    }
    found
}
