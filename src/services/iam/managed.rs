//! AWS's own managed policies, as far as users of streams attach them. What they say, and since when, are facts of the service (managed.json;
//! reference guide of managed policies); their ids, which AWS gives no meaning, are made up here from their names.

use super::policy::{PolicyRecord, Version, is_of_aws};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use uuid::Uuid;

/// The table: name, path, times, the number of the version that counts, and its text.
const TABLE: &str = include_str!("managed.json");

/// Letters of ids.
const ID_ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    name: String,
    path: String,
    created: String,
    updated: String,
    version: u32,
    description: Option<String>,
    document: Box<RawValue>,
}

/// Read once; a test reads it too.
static POLICIES: LazyLock<Vec<PolicyRecord>> = LazyLock::new(|| {
    let rows: Vec<Row> = serde_json::from_str(TABLE).unwrap_or_default();
    rows.into_iter().map(record).collect()
});

fn millis(time: &str) -> Millis {
    time.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_millisecond)
}

fn record(row: Row) -> PolicyRecord {
    let (created_ms, updated_ms) = (millis(&row.created), millis(&row.updated));
    let version = Version { number: row.version, document: row.document.get().to_owned(), created_ms: updated_ms };
    PolicyRecord {
        id: id_of(&row.name),
        name: row.name,
        path: row.path,
        created_ms,
        updated_ms,
        description: row.description,
        tags: BTreeMap::new(),
        versions: vec![version],
        default_version: row.version,
        last_version: row.version,
    }
}

/// `ANPA` and seventeen letters, the same for a name always.
fn id_of(name: &str) -> String {
    let (first, second) =
        (Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()), Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()));
    let bytes = first.as_bytes().iter().chain(second.as_bytes()).take(17);
    let letters = bytes.map(|byte| char::from(ID_ALPHABET[usize::from(byte % 32)]));
    "ANPA".chars().chain(letters).collect()
}

/// In whose account they are: `arn:aws:iam::aws:policy/…`.
pub(super) fn owner() -> Scope {
    Scope::new("aws", "")
}

/// All that are known here, by name.
pub(super) fn all() -> &'static [PolicyRecord] {
    &POLICIES
}

/// The policy with this ARN.
pub(super) fn find(arn: &str) -> Option<&'static PolicyRecord> {
    let owner = owner();
    all().iter().find(|policy| is_of_aws(arn) && policy.arn(&owner) == arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        assert_eq!(all().len(), 26);
        let policy = find("arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole").unwrap();
        assert_eq!((policy.default_version, policy.created_ms), (2, 1_428_592_456_000));
        assert!(policy.versions[0].document.contains("kinesis:SubscribeToShard"));
        assert!(policy.id.len() == 21 && policy.id.starts_with("ANPA") && policy.id == id_of(&policy.name));
        assert!(find("arn:aws:iam::aws:policy/AWSLambdaKinesisExecutionRole").is_none(), "the path counts");
        assert!(all().iter().all(|policy| super::super::policy::check_document(&policy.versions[0].document).is_ok()));
    }
}
