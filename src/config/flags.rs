//! The flags of `millpond serve`, each with its variable; what is given on neither comes from the file, or is the default.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Flags and environment variables, as given.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ServeFlags {
    /// Where to listen: HTTP/1.1, HTTP/2 and TLS on one port [default: 127.0.0.1:4566] [config: listen]
    #[arg(long, env = "MILLPOND_LISTEN", value_name = "ADDRESS:PORT", hide_env_values = true)]
    pub listen: Option<SocketAddr>,

    /// The folder that keeps everything [default: millpond-data] [config: data]
    #[arg(long, env = "MILLPOND_DATA", value_name = "DIR", hide_env_values = true)]
    pub data: Option<PathBuf>,

    /// Keep nothing: the data lies in a temporary folder that goes with the process [config: ephemeral]
    #[arg(long, env = "MILLPOND_EPHEMERAL", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "true|false", hide_env_values = true)]
    pub ephemeral: Option<bool>,

    /// What an acknowledged record survives: the end of the process (normal) or of the machine's power too (full)
    /// [default: normal] [config: durability]
    #[arg(long, env = "MILLPOND_DURABILITY", value_name = "normal|full", hide_env_values = true)]
    pub durability: Option<String>,

    /// Instant and unlimited (local), or transition times, throughput limits and quotas as on AWS (aws)
    /// [default: local] [config: limits.profile]
    #[arg(long, env = "MILLPOND_LIMITS", value_name = "local|aws", hide_env_values = true)]
    pub limits: Option<String>,

    /// Sets one limit, such as kinesis.shards=5 or kinesis.shards=none; may be repeated [config: limits.kinesis.shards …]
    #[arg(long, env = "MILLPOND_LIMIT", value_name = "NAME=NUMBER|none", value_delimiter = ',', hide_env_values = true)]
    pub limit: Vec<String>,

    /// Refuse requests whose AWS signature is missing or wrong [config: verify-signatures]
    #[arg(long, env = "MILLPOND_VERIFY_SIGNATURES", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "true|false", hide_env_values = true)]
    pub verify_signatures: Option<bool>,

    /// An access key that is known when signatures are verified; may be repeated [default: test:test] [config: credentials]
    #[arg(long, env = "MILLPOND_CREDENTIAL", value_name = "ACCESS_KEY:SECRET", value_delimiter = ',', hide_env_values = true)]
    pub credential: Vec<String>,

    /// A running Elasticsearch or OpenSearch that backs all domains, such as http://localhost:9200 [config: elasticsearch]
    #[arg(long, env = "MILLPOND_ELASTICSEARCH", value_name = "URL", hide_env_values = true)]
    pub elasticsearch: Option<String>,

    /// An unpacked Elasticsearch or OpenSearch from which Millpond starts a server for domains [config: elasticsearch-home]
    #[arg(long, env = "MILLPOND_ELASTICSEARCH_HOME", value_name = "DIR", hide_env_values = true)]
    pub elasticsearch_home: Option<PathBuf>,

    /// A second port that leads to the domains' server and, under /_plugin/kibana/, to Kibana, such as 9200 [config: es-proxy]
    #[arg(long, env = "MILLPOND_ES_PROXY", value_name = "[ADDRESS:]PORT", hide_env_values = true)]
    pub es_proxy: Option<String>,

    /// A running Kibana, such as http://localhost:5601, with server.basePath: "/_plugin/kibana" [config: kibana]
    #[arg(long, env = "MILLPOND_KIBANA", value_name = "URL", hide_env_values = true)]
    pub kibana: Option<String>,

    /// Your copy of the Kinesis Data Generator's web folder, to be served at /kdg/ with this server as its endpoint [config: kdg]
    #[arg(long, env = "MILLPOND_KDG", value_name = "DIR", hide_env_values = true)]
    pub kdg: Option<PathBuf>,

    /// Folder in S3 for documents that Elasticsearch did not take: AmazonOpenSearchService-failed, or elasticsearch-failed as before
    /// 2021 [default: AmazonOpenSearchService-failed] [config: failed-folder]
    #[arg(long, env = "MILLPOND_FAILED_FOLDER", value_name = "NAME", hide_env_values = true)]
    pub failed_folder: Option<String>,

    /// A file that declares streams, delivery streams, applications, buckets and more, to be made at the start unless they are there
    /// (TOML or JSON) [config: resources]
    #[arg(long, env = "MILLPOND_RESOURCES", value_name = "FILE", hide_env_values = true)]
    pub resources: Option<PathBuf>,

    /// A folder whose files are done at each start in the order of their names: *.sh is run, *.toml and *.json declare resources; until
    /// then /_millpond/health answers 503 [config: init]
    #[arg(long, env = "MILLPOND_INIT", value_name = "DIR", hide_env_values = true)]
    pub init: Option<PathBuf>,

    /// What to log: a level, or a list such as info,millpond::wire=debug [default: info] [config: log]
    #[arg(long, env = "MILLPOND_LOG", value_name = "FILTER", hide_env_values = true)]
    pub log: Option<String>,

    /// How to log: lines for people (text) or one JSON object a line (json) [default: text] [config: log-format]
    #[arg(long, env = "MILLPOND_LOG_FORMAT", value_name = "text|json", hide_env_values = true)]
    pub log_format: Option<String>,

    /// A file with settings; its keys are those shown here as [config: …]
    #[arg(long, env = "MILLPOND_CONFIG", value_name = "FILE.toml", hide_env_values = true)]
    pub config: Option<PathBuf>,
}
