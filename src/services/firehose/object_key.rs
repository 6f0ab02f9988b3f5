//! Keys of the objects that a delivery stream writes: `<prefix><stream>-<version>-yyyy-MM-dd-HH-mm-ss-<uuid><extension>` (spec/firehose 4.1).

use super::expression::{ErrorOutput, Prefix};
use super::identity::Identity;
use crate::base::clock::Millis;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// What an object's key is made of.
#[derive(Clone, Debug)]
pub(super) struct ObjectName<'a> {
    /// The delivery stream's name.
    pub(super) stream: &'a str,
    /// Its version.
    pub(super) version: u64,
    /// Arrival of the object's oldest record.
    pub(super) arrival_ms: Millis,
    /// The time zone of all times in the key.
    pub(super) time_zone: TimeZone,
    /// `.gz`, or nothing.
    pub(super) extension: &'a str,
    /// Where its UUID comes from.
    pub(super) identity: Identity,
}

impl ObjectName<'_> {
    /// The key of an object of delivered records.
    pub(super) fn delivered(mut self, prefix: &Prefix) -> String {
        let arrival = self.arrival();
        let prefix = prefix.evaluate(&arrival, &mut self.identity);
        self.key(&prefix, &arrival)
    }

    /// The key of an object of failed records.
    pub(super) fn failed(mut self, prefix: &Prefix, error_output: &ErrorOutput, error_type: &str) -> String {
        let arrival = self.arrival();
        let prefix = if error_output.is_empty() {
            prefix.evaluate_error(&arrival, error_type, &mut self.identity)
        } else {
            error_output.evaluate(&arrival, error_type, &mut self.identity)
        };
        self.key(&prefix, &arrival)
    }

    fn arrival(&self) -> Zoned {
        Timestamp::from_millisecond(self.arrival_ms).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(self.time_zone.clone())
    }

    fn key(mut self, prefix: &str, arrival: &Zoned) -> String {
        let (stream, version, extension) = (self.stream, self.version, self.extension);
        let (time, uuid) = (arrival.strftime("%Y-%m-%d-%H-%M-%S"), self.identity.uuid());
        format!("{prefix}{stream}-{version}-{time}-{uuid}{extension}")
    }
}

/// The time zone of a destination; UTC unless another is configured.
pub(super) fn time_zone(name: Option<&str>) -> TimeZone {
    // The name was checked when it was configured.
    name.filter(|name| !name.is_empty()).and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(zone: Option<&str>) -> ObjectName<'static> {
        ObjectName {
            stream: "orders",
            version: 3,
            // 2026-07-13T23:05:09Z
            arrival_ms: 1_783_983_909_000,
            time_zone: time_zone(zone),
            extension: ".gz",
            identity: Identity::of(&["orders", "1"]),
        }
    }

    #[test]
    fn keys_carry_version_and_arrival_time() {
        let key = name(None).delivered(&Prefix::parse("legacy").unwrap());
        let uuid = key.strip_prefix("legacy2026/07/13/23/orders-3-2026-07-13-23-05-09-").unwrap().strip_suffix(".gz").unwrap();
        assert_eq!(uuid::Uuid::parse_str(uuid).unwrap().get_version_num(), 4);
        assert_eq!(key, name(None).delivered(&Prefix::parse("legacy").unwrap()), "the same records get the same key");
    }

    #[test]
    fn a_time_zone_governs_prefix_and_name() {
        let key = name(Some("Asia/Tokyo")).delivered(&Prefix::parse("d=!{timestamp:dd}/").unwrap());
        assert!(key.starts_with("d=14/orders-3-2026-07-14-08-05-09-"), "{key}");
    }

    #[test]
    fn failed_records_have_a_folder_of_their_own() {
        let (prefix, none) = (Prefix::parse("p/").unwrap(), ErrorOutput::parse("").unwrap());
        let key = name(None).failed(&prefix, &none, "AmazonOpenSearchService-failed");
        assert!(key.starts_with("p/AmazonOpenSearchService-failed/2026/07/13/23/orders-3-2026-07-13-23-05-09-"), "{key}");
    }
}
