//! Where and as whom a command calls AWS, found as the SDKs find it: flags, environment, then the shared files of the user's home.
//!
//! Covered: access keys in the environment and in profiles of the shared credentials and config files, region and endpoint from there too,
//! and a bundle of certificates. Not covered: credentials from SSO, roles, web identities, processes and the metadata of machines; a profile
//! that has them is told with the command that turns them into keys.

mod profile;

use profile::Profile;
use std::path::PathBuf;

/// Millpond on this machine.
const LOCAL_ENDPOINT: &str = "http://localhost:4566";
/// The region of local calls that name none.
const LOCAL_REGION: &str = "us-east-1";

/// The flags of commands that call AWS.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct AwsFlags {
    /// Where to send; aws for AWS itself [default: AWS_ENDPOINT_URL, then the profile's endpoint_url, then http://localhost:4566]
    #[arg(long, value_name = "URL|aws")]
    pub endpoint: Option<String>,
    /// The region [default: AWS_REGION, AWS_DEFAULT_REGION, the profile's; us-east-1 at a local endpoint]
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The profile of the shared credentials and config files [default: AWS_PROFILE, or default]
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
}

/// Resolved: whom to call, and as whom.
#[derive(Clone, Debug, PartialEq)]
pub struct AwsSettings {
    /// The endpoint's URL, without a slash at its end.
    pub endpoint: String,
    /// The region of the signature.
    pub region: String,
    /// The access key.
    pub access_key: String,
    /// Its secret.
    pub secret: String,
    /// The token of temporary credentials.
    pub session_token: Option<String>,
    /// A file of certificates to trust beside the system's.
    pub ca_bundle: Option<PathBuf>,
}

/// Looks up a variable of the environment.
type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

impl AwsSettings {
    /// Resolves the flags for a service (`kinesis`, `firehose`). An error says what is missing and where it may be given.
    pub fn resolve(flags: &AwsFlags, service: &str) -> Result<Self, String> {
        #[expect(clippy::disallowed_methods, reason = "this is config")]
        let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        resolve(flags, service, &environment)
    }
}

fn resolve(flags: &AwsFlags, service: &str, environment: Environment<'_>) -> Result<AwsSettings, String> {
    let named = flags.profile.clone().or_else(|| environment("AWS_PROFILE")).or_else(|| environment("AWS_DEFAULT_PROFILE"));
    let profile = Profile::load(named.as_deref(), environment)?;
    let own = format!("AWS_ENDPOINT_URL_{}", service.to_uppercase());
    let endpoint = flags
        .endpoint
        .clone()
        .or_else(|| environment(&own))
        .or_else(|| environment("AWS_ENDPOINT_URL"))
        .or_else(|| profile.get("endpoint_url"))
        .unwrap_or_else(|| LOCAL_ENDPOINT.to_owned());
    let of_aws = endpoint == "aws" || host(&endpoint).is_some_and(|host| host.contains(".amazonaws.com"));
    let region = flags
        .region
        .clone()
        .or_else(|| environment("AWS_REGION"))
        .or_else(|| environment("AWS_DEFAULT_REGION"))
        .or_else(|| profile.get("region"))
        .or_else(|| (!of_aws).then(|| LOCAL_REGION.to_owned()))
        .ok_or("no region: give --region, AWS_REGION, or region in the profile")?;
    let endpoint = if endpoint == "aws" { aws_endpoint(service, &region) } else { endpoint };
    if host(&endpoint).is_none() {
        return Err(format!("--endpoint {endpoint}: a URL begins with http:// or https://"));
    }
    let (access_key, secret, session_token) = credentials(flags.profile.is_some(), &profile, of_aws, environment)?;
    let ca_bundle = environment("AWS_CA_BUNDLE").or_else(|| profile.get("ca_bundle")).map(PathBuf::from);
    let endpoint = endpoint.trim_end_matches('/').to_owned();
    Ok(AwsSettings { endpoint, region, access_key, secret, session_token, ca_bundle })
}

fn host(endpoint: &str) -> Option<&str> {
    let rest = endpoint.strip_prefix("http://").or_else(|| endpoint.strip_prefix("https://"))?;
    rest.split('/').next().filter(|host| !host.is_empty())
}

fn aws_endpoint(service: &str, region: &str) -> String {
    let tail = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("https://{service}.{region}.amazonaws.com{tail}")
}

type Keys = (String, String, Option<String>);

/// The profile's keys when the profile was named by a flag, else the environment's before them; `test` for a local endpoint.
fn credentials(profile_first: bool, profile: &Profile, of_aws: bool, environment: Environment<'_>) -> Result<Keys, String> {
    let of_environment = || {
        let (key, secret) = (environment("AWS_ACCESS_KEY_ID")?, environment("AWS_SECRET_ACCESS_KEY")?);
        Some((key, secret, environment("AWS_SESSION_TOKEN")))
    };
    let of_profile = || {
        let (key, secret) = (profile.get("aws_access_key_id")?, profile.get("aws_secret_access_key")?);
        Some((key, secret, profile.get("aws_session_token")))
    };
    let found = if profile_first { of_profile() } else { of_environment().or_else(of_profile) };
    match found {
        Some(keys) => Ok(keys),
        None if !of_aws => Ok(("test".into(), "test".into(), None)),
        None => Err(profile.without_keys()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn with(folder: &Path, variables: &[(&str, &str)], flags: &AwsFlags) -> Result<AwsSettings, String> {
        let environment = |name: &str| match name {
            "HOME" => Some(folder.display().to_string()),
            name => variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()),
        };
        resolve(flags, "kinesis", &environment)
    }

    fn home(credentials: &str, config: &str) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".aws")).unwrap();
        std::fs::write(home.path().join(".aws/credentials"), credentials).unwrap();
        std::fs::write(home.path().join(".aws/config"), config).unwrap();
        home
    }

    fn flags(endpoint: &str, profile: Option<&str>) -> AwsFlags {
        let endpoint = Some(endpoint.to_owned()).filter(|endpoint| !endpoint.is_empty());
        AwsFlags { endpoint, region: None, profile: profile.map(Into::into) }
    }

    #[test]
    fn nothing_set_is_the_local_server() {
        let empty = tempfile::tempdir().unwrap();
        let settings = with(empty.path(), &[], &AwsFlags::default()).unwrap();
        assert_eq!((settings.endpoint.as_str(), settings.region.as_str()), ("http://localhost:4566", "us-east-1"));
        assert_eq!((settings.access_key.as_str(), settings.session_token), ("test", None));
    }

    #[test]
    fn aws_needs_a_region_and_keys() {
        let empty = tempfile::tempdir().unwrap();
        let aws = flags("aws", None);
        assert!(with(empty.path(), &[], &aws).unwrap_err().contains("no region"));
        assert!(with(empty.path(), &[("AWS_REGION", "eu-west-1")], &aws).unwrap_err().contains("no credentials"));
        let keys = [
            ("AWS_ACCESS_KEY_ID", "K"),
            ("AWS_SECRET_ACCESS_KEY", "S"),
            ("AWS_SESSION_TOKEN", "T"),
            ("AWS_REGION", "cn-north-1"),
        ];
        let settings = with(empty.path(), &keys, &aws).unwrap();
        assert_eq!(settings.endpoint, "https://kinesis.cn-north-1.amazonaws.com.cn");
        assert_eq!(
            (settings.access_key.as_str(), settings.secret.as_str(), settings.session_token.as_deref()),
            ("K", "S", Some("T"))
        );
    }

    #[test]
    fn profiles_come_from_both_files() {
        let home = home(
            "# keys\n[default]\naws_access_key_id = D\naws_secret_access_key=DS\n[work]\naws_access_key_id=W\naws_secret_access_key = WS\n",
            "[default]\nregion = eu-west-1\n[profile work]\nregion=eu-central-1 ; near\nendpoint_url = http://127.0.0.1:9\ns3 =\n  addressing_style = path\n[profile sso]\nsso_session = x\nregion = us-east-2\n",
        );
        let keys = [("AWS_ACCESS_KEY_ID", "K"), ("AWS_SECRET_ACCESS_KEY", "S")];
        let default = with(home.path(), &[], &AwsFlags::default()).unwrap();
        assert_eq!((default.access_key.as_str(), default.region.as_str()), ("D", "eu-west-1"));
        let work = with(home.path(), &keys, &flags("", Some("work"))).unwrap();
        assert_eq!(
            (work.access_key.as_str(), work.region.as_str(), work.endpoint.as_str()),
            ("W", "eu-central-1", "http://127.0.0.1:9")
        );
        let by_variable = with(home.path(), &[keys[0], keys[1], ("AWS_PROFILE", "work")], &AwsFlags::default()).unwrap();
        assert_eq!((by_variable.access_key.as_str(), by_variable.region.as_str()), ("K", "eu-central-1"));
        assert!(
            with(home.path(), &[], &flags("aws", Some("sso")))
                .unwrap_err()
                .contains("aws configure export-credentials --profile sso")
        );
        assert!(with(home.path(), &[], &flags("", Some("nobody"))).unwrap_err().contains("no profile nobody"));
    }

    #[test]
    fn the_environment_names_the_endpoint_of_a_service_first() {
        let empty = tempfile::tempdir().unwrap();
        let variables = [("AWS_ENDPOINT_URL", "http://a"), ("AWS_ENDPOINT_URL_KINESIS", "http://b/")];
        assert_eq!(with(empty.path(), &variables, &AwsFlags::default()).unwrap().endpoint, "http://b");
        assert_eq!(with(empty.path(), &variables, &flags("http://c", None)).unwrap().endpoint, "http://c");
        assert!(with(empty.path(), &[], &flags("localhost:4566", None)).unwrap_err().contains("http://"));
    }
}
