//! The house rules that a machine can read: layers, sizes, and what stays in its room (ARCHITECTURE.md).

use crate::support::checkout;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// No file is longer; split by idea.
const MAX_FILE_LINES: usize = 500;

struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The room: `wire`, `services/kinesis`, `app`, ….
    fn room(&self) -> String {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let mut parts = path.split('/');
        match (parts.next().unwrap_or_default(), parts.next()) {
            ("services", Some(service)) => format!("services/{service}"),
            (room, _) => room.to_owned(),
        }
    }

    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        self.path.contains("/tests/") || name == "tests.rs" || name == "testing.rs"
    }

    /// The code before the tests of the file.
    fn product(&self) -> &str {
        self.text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default()
    }

    /// The rooms that the product code names after `crate::`.
    fn uses(&self) -> BTreeSet<String> {
        let mut rooms = BTreeSet::new();
        let code = self.product().lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for after in line.split("crate::").skip(1) {
                let path: Vec<&str> = after.split("::").map(first_word).collect();
                match path.as_slice() {
                    ["services", service, ..] if !service.is_empty() => rooms.insert(format!("services/{service}")),
                    [room, ..] if !room.is_empty() => rooms.insert((*room).to_owned()),
                    _ => false,
                };
            }
        }
        rooms
    }
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

fn sources() -> Vec<Source> {
    let root = &checkout();
    let (mut folders, mut found) = (vec![root.join("src"), root.join("tests")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source { path: path.strip_prefix(root).unwrap().to_string_lossy().into_owned(), text });
            }
        }
    }
    assert!(found.len() > 50, "the sources are found");
    found
}

/// Product code, without modules that only tests use.
fn product() -> Vec<Source> {
    sources().into_iter().filter(|source| source.path.starts_with("src/") && !source.is_test()).collect()
}

fn report(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

/// What a room may use beside itself; `None` means anything.
fn allowed(room: &str) -> Option<&'static [&'static str]> {
    const KINESIS: &[&str] = &["api", "base", "store"];
    const NEIGHBOUR: &[&str] = &["api", "base", "store", "services/kinesis"];
    const FIREHOSE: &[&str] =
        &["api", "base", "store", "services/kinesis", "services/s3", "services/logs", "services/elasticsearch"];
    const ANALYTICS: &[&str] =
        &["api", "base", "store", "sql", "services/kinesis", "services/firehose", "services/s3", "services/logs"];
    Some(match room {
        "main" | "lib" | "cli" | "app" => return None,
        "base" => &[],
        "sql" | "generate" | "store" | "api" | "config" => &["base"],
        "telemetry" => &["base", "config"],
        "wire" => &["api", "base"],
        "console" => &["base", "store", "services/kinesis", "services/firehose", "services/analytics"],
        "services/mod" => &[],
        "services/kinesis" => KINESIS,
        "services/firehose" => FIREHOSE,
        "services/analytics" => ANALYTICS,
        // Temporary credentials carry the id of the role they were made for.
        "services/sts" => &["api", "base", "store", "services/iam"],
        // Identity pools give out credentials of STS.
        "services/cognito" => &["api", "base", "store", "services/sts"],
        // Templates are read from S3.
        "services/cloudformation" => &["api", "base", "store", "services/s3"],
        room if room.starts_with("services/") => NEIGHBOUR,
        _ => return None,
    })
}

#[test]
fn rooms_use_only_the_layers_below_them() {
    let mut broken = Vec::new();
    for source in product() {
        let room = source.room();
        let Some(allowed) = allowed(&room) else { continue };
        let foreign = source.uses().into_iter().filter(|used| *used != room && !allowed.contains(&used.as_str()));
        broken.extend(foreign.map(|used| format!("{} uses {used}", source.path)));
    }
    report("a room uses what is not below it", &broken);
}

#[test]
fn libraries_stay_in_their_rooms() {
    let rules: [(&str, &[&str]); 9] = [
        ("hyper::", &["wire"]),
        ("axum::", &["wire", "app", "console"]),
        ("rusqlite::", &["store"]),
        ("tokio", &["wire", "app", "cli", "store", "base", "services", "console"]),
        ("clap::", &["cli", "config"]),
        // Applications keep their state in CBOR.
        ("minicbor::", &["wire", "services/analytics"]),
        ("quick_xml::", &["wire"]),
        ("rustls::", &["wire", "cli"]),
        ("s3s::", &["app", "services/s3"]),
    ];
    let mut broken = Vec::new();
    for source in product() {
        for (library, rooms) in &rules {
            let code = source.product().lines().filter(|line| !line.trim_start().starts_with("//"));
            let named = code.into_iter().any(|line| {
                line.match_indices(library).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
            });
            if named && !rooms.iter().any(|room| source.room().starts_with(room)) {
                broken.push(format!("{} uses {library}", source.path));
            }
        }
    }
    report("a library is used outside its rooms", &broken);
}

#[test]
fn only_the_clock_tells_the_time_and_only_config_reads_the_environment() {
    let mut broken = Vec::new();
    for source in product() {
        for (word, home) in
            [("SystemTime", "src/base/clock.rs"), ("Timestamp::now", "src/base/clock.rs"), ("env::var", "src/config/")]
        {
            if source.product().contains(word) && !source.path.starts_with(home) {
                broken.push(format!("{} names {word}", source.path));
            }
        }
    }
    report("time or environment is read elsewhere", &broken);
}

#[test]
fn long_lived_tasks_are_started_by_the_spawner() {
    let mut broken = Vec::new();
    for source in product() {
        let free = ["base", "store", "sql"].iter().any(|room| source.room().starts_with(room));
        if source.product().contains("tokio::spawn(") && !free {
            broken.push(source.path);
        }
    }
    report("a task is started without the spawner", &broken);
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut broken = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > MAX_FILE_LINES {
            broken.push(format!("{} has {lines} lines", source.path));
        }
        if !source.text.starts_with("//!") && source.path.starts_with("src/") && !source.is_test() {
            broken.push(format!("{} does not open with what it is", source.path));
        }
    }
    report("files", &broken);
}

#[test]
fn names_are_terms_of_the_field() {
    let mut broken = Vec::new();
    for source in sources() {
        for line in source.text.lines() {
            for word in ["Manager", "Helper", "Util"] {
                for kind in ["struct ", "enum ", "trait "] {
                    let named = line.split(kind).nth(1).map(first_word).unwrap_or_default();
                    if line.trim_start().starts_with("pub") && named.contains(word) {
                        broken.push(format!("{}: {named}", source.path));
                    }
                }
            }
        }
        if ["/util", "/common", "/helper", "/manager"].iter().any(|name| source.path.contains(name)) {
            broken.push(source.path);
        }
    }
    report("a name that says nothing", &broken);
}
