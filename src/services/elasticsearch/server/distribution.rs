//! An unpacked distribution of Elasticsearch or OpenSearch: what it is, and how this version wants to be configured.

use super::Place;
use std::path::{Path, PathBuf};

/// Options of the Java virtual machine that every version from 5 on runs with on Java 8 to 21. The shipped ones name garbage collectors
/// that newer Javas do not know. Half a gigabyte is enough for rehearsals.
const JVM_OPTIONS: [&str; 7] = [
    "-Xms512m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-Djava.awt.headless=true",
    "-Dfile.encoding=UTF-8",
    "-Djna.nosys=true",
    "-Dlog4j2.disable.jmx=true",
];

/// The two families.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Product {
    Elasticsearch,
    OpenSearch,
}

impl Product {
    /// The name of its script, its jar and its settings file.
    fn name(self) -> &'static str {
        match self {
            Self::Elasticsearch => "elasticsearch",
            Self::OpenSearch => "opensearch",
        }
    }
}

/// A distribution.
#[derive(Clone, Debug)]
pub(in super::super) struct Distribution {
    home: PathBuf,
    product: Product,
    /// Major and minor version.
    version: (u32, u32),
}

impl Distribution {
    /// Finds out what lies in a folder.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(in super::super) fn at(home: &Path) -> Result<Self, String> {
        let home = std::path::absolute(home).unwrap_or_else(|_| home.to_path_buf());
        let wanted = || {
            format!(
                "{} is not the folder of an unpacked Elasticsearch or OpenSearch: it should hold bin/elasticsearch or bin/opensearch. Give \
                 another folder with --elasticsearch-home, or the URL of a running server with --elasticsearch",
                home.display()
            )
        };
        let product = [Product::OpenSearch, Product::Elasticsearch]
            .into_iter()
            .find(|product| home.join("bin").join(product.name()).is_file())
            .ok_or_else(wanted)?;
        let version = jar_version(&home.join("lib"), product).ok_or_else(|| {
            format!("{} holds no lib/{}-VERSION.jar, so its version is unknown", home.display(), product.name())
        })?;
        Ok(Self { home, product, version })
    }

    /// The program and its arguments.
    pub(super) fn command(&self, place: &Place) -> Vec<String> {
        let mut command = vec![self.home.join("bin").join(self.product.name()).display().to_string()];
        if self.is_elasticsearch_5() {
            command.push(format!("-Epath.conf={}", config(place).display()));
        }
        command
    }

    /// Environment variables that point the start script to the configuration.
    pub(super) fn environment(&self, place: &Place) -> Vec<(&'static str, String)> {
        let config = config(place);
        match self.product {
            Product::OpenSearch => vec![("OPENSEARCH_PATH_CONF", config.display().to_string())],
            Product::Elasticsearch if self.is_elasticsearch_5() => {
                vec![("ES_JVM_OPTIONS", config.join("jvm.options").display().to_string())]
            }
            Product::Elasticsearch => vec![("ES_PATH_CONF", config.display().to_string())],
        }
    }

    /// The variable that names a Java home, if the distribution brings no Java itself.
    pub(super) fn java_variable(&self) -> Option<&'static str> {
        if self.home.join("jdk/bin/java").is_file() {
            return None;
        }
        Some(match self.product {
            Product::OpenSearch => "OPENSEARCH_JAVA_HOME",
            Product::Elasticsearch if self.version >= (7, 12) => "ES_JAVA_HOME",
            Product::Elasticsearch => "JAVA_HOME",
        })
    }

    /// The folder of the distribution.
    pub(super) fn home(&self) -> &Path {
        &self.home
    }

    /// The settings file: its name and text.
    pub(super) fn settings(&self, place: &Place, transport_port: u16) -> (String, String) {
        let transport = match self.product {
            Product::Elasticsearch if self.version.0 < 8 => "transport.tcp.port",
            _ => "transport.port",
        };
        let mut settings = vec![
            ("cluster.name", format!("millpond-{}", place.name)),
            ("node.name", place.name.clone()),
            ("path.data", quoted(&place.folder.join("data"))),
            ("path.logs", quoted(&place.folder.join("logs"))),
            ("network.host", "127.0.0.1".to_owned()),
            ("http.port", place.port.to_string()),
            (transport, transport_port.to_string()),
            // A laptop's disk is often nearly full; the server would make its indices read-only.
            ("cluster.routing.allocation.disk.threshold_enabled", "false".to_owned()),
        ];
        if self.product == Product::OpenSearch || self.version.0 >= 7 {
            settings.push(("discovery.type", "single-node".to_owned()));
        }
        if self.product == Product::Elasticsearch && (self.version >= (7, 17) || self.has("modules/x-pack-security")) {
            settings.push(("xpack.security.enabled", "false".to_owned()));
        }
        if self.has("plugins/opensearch-security") {
            settings.push(("plugins.security.disabled", "true".to_owned()));
        }
        let text = settings.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
        (format!("{}.yml", self.product.name()), text)
    }

    /// The file of the virtual machine's options.
    pub(super) fn jvm_options(&self, place: &Place) -> String {
        let mut options = JVM_OPTIONS.join("\n");
        options.push_str(&format!("\n-Djava.io.tmpdir={}\n", place.folder.join("tmp").display()));
        options
    }

    fn has(&self, path: &str) -> bool {
        self.home.join(path).exists()
    }

    fn is_elasticsearch_5(&self) -> bool {
        self.product == Product::Elasticsearch && self.version.0 <= 5
    }
}

/// The folder of a server's configuration.
pub(super) fn config(place: &Place) -> PathBuf {
    place.folder.join("config")
}

/// A path in YAML.
fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.display().to_string().replace('\\', "\\\\").replace('"', "\\\""))
}

/// The version in the name of the server's own jar: `elasticsearch-5.6.16.jar` → (5, 6).
fn jar_version(lib: &Path, product: Product) -> Option<(u32, u32)> {
    let files = std::fs::read_dir(lib).ok()?;
    files.filter_map(|file| version_of(file.ok()?.file_name().to_str()?, product.name())).next()
}

fn version_of(file: &str, product: &str) -> Option<(u32, u32)> {
    let version = file.strip_prefix(product)?.strip_prefix('-')?.strip_suffix(".jar")?;
    let mut parts = version.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place { name: "logs".into(), folder: "/data/logs".into(), port: 9201 }
    }

    fn distribution(product: &str, version: &str) -> Distribution {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path();
        std::fs::create_dir_all(home.join("bin")).unwrap();
        std::fs::create_dir_all(home.join("lib")).unwrap();
        std::fs::write(home.join("bin").join(product), "").unwrap();
        std::fs::write(home.join(format!("lib/{product}-core-1.0.jar")), "").unwrap();
        std::fs::write(home.join(format!("lib/{product}-{version}.jar")), "").unwrap();
        Distribution::at(home).unwrap()
    }

    #[test]
    fn each_version_is_started_its_own_way() {
        let five = distribution("elasticsearch", "5.6.16");
        assert_eq!(five.version, (5, 6));
        assert!(five.command(&place())[1] == "-Epath.conf=/data/logs/config");
        assert_eq!(five.environment(&place()), [("ES_JVM_OPTIONS", "/data/logs/config/jvm.options".to_owned())]);
        let (file, text) = five.settings(&place(), 9301);
        assert!(file == "elasticsearch.yml" && text.contains("transport.tcp.port: 9301\n") && !text.contains("discovery"));
        let seven = distribution("elasticsearch", "7.17.29");
        assert_eq!(seven.environment(&place()), [("ES_PATH_CONF", "/data/logs/config".to_owned())]);
        assert!(seven.settings(&place(), 1).1.contains("xpack.security.enabled: false\n"));
        let open = distribution("opensearch", "2.19.1");
        let (file, text) = open.settings(&place(), 9301);
        assert!(file == "opensearch.yml" && text.contains("transport.port: 9301\n") && text.contains("single-node"));
        assert_eq!(open.java_variable(), Some("OPENSEARCH_JAVA_HOME"));
    }

    #[test]
    fn a_wrong_folder_is_named() {
        let error = Distribution::at(Path::new("/nonexistent")).unwrap_err();
        assert!(error.contains("/nonexistent is not the folder of an unpacked Elasticsearch"), "{error}");
    }
}
