//! The limits of the services, as on AWS or lifted for local work, each settable alone by its name.
//!
//! The defaults of `aws` are those of the service quotas pages; `local` is instant and unlimited, so that tests are quick.
//! `config` resolves them, `app` hands each service its own part.

use std::fmt;
use std::time::Duration;

/// The value of a limit that does not limit; written `none` in settings.
pub const UNLIMITED: u64 = u64::MAX;

/// Which set of defaults the limits start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// Instant transitions, no throughput limits or quotas.
    #[default]
    Local,
    /// Transition times, throughput limits and quotas as on AWS.
    Aws,
}

impl Profile {
    /// The profile with this name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "local" => Some(Self::Local),
            "aws" => Some(Self::Aws),
            _ => None,
        }
    }
}

/// A limit that cannot be set as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LimitError {
    /// No limit has this name.
    Unknown(String),
    /// The value is neither a whole number nor `none`.
    NotANumber(String, String),
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "there is no limit {name}; the limits are {}", Limits::names().join(", ")),
            Self::NotANumber(name, value) => write!(f, "the limit {name} is a whole number or none, not {value:?}"),
        }
    }
}

impl std::error::Error for LimitError {}

macro_rules! limits {
    ($($service:ident : $type:ident { $($(#[doc = $doc:literal])* $name:ident = $local:expr, $aws:expr;)* })*) => {
        $(
            #[doc = concat!("The limits of ", stringify!($service), ".")]
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct $type { $($(#[doc = $doc])* pub $name: u64),* }
        )*

        /// The limits of all services.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Limits {
            $(#[doc = concat!("Those of ", stringify!($service), ".")] pub $service: $type),*
        }

        impl Limits {
            /// The defaults of a profile.
            pub fn of(profile: Profile) -> Self {
                let aws = profile == Profile::Aws;
                Self { $($service: $type { $($name: if aws { $aws } else { $local }),* }),* }
            }

            /// The names of all limits, `service.limit`.
            pub fn names() -> &'static [&'static str] {
                &[$($(concat!(stringify!($service), ".", stringify!($name))),*),*]
            }

            /// Name, meaning, and the defaults of `local` and `aws` of each; for the page of flags.
            pub fn described() -> Vec<(&'static str, &'static str, u64, u64)> {
                vec![$($((concat!(stringify!($service), ".", stringify!($name)), concat!($($doc),*), $local, $aws)),*),*]
            }

            fn slot(&mut self, name: &str) -> Option<&mut u64> {
                match name {
                    $($(concat!(stringify!($service), ".", stringify!($name)) => Some(&mut self.$service.$name),)*)*
                    _ => None,
                }
            }
        }
    };
}

limits! {
    kinesis: KinesisLimits {
        /// Milliseconds a stream stays CREATING, UPDATING or DELETING.
        transition_ms = 0, 5_000;
        /// Bytes a second written to a shard (developer guide, "Quotas and limits").
        shard_write_bytes_per_second = UNLIMITED, 1 << 20;
        /// Records a second written to a shard.
        shard_write_records_per_second = UNLIMITED, 1_000;
        /// Bytes a second read from a shard by GetRecords.
        shard_read_bytes_per_second = UNLIMITED, 2 << 20;
        /// GetRecords calls a second and shard.
        shard_reads_per_second = UNLIMITED, 5;
        /// Bytes a second pushed to one subscription of SubscribeToShard.
        subscription_bytes_per_second = UNLIMITED, 2 << 20;
        /// Milliseconds a subscription lasts (API reference, SubscribeToShard).
        subscription_ms = 300_000, 300_000;
        /// Milliseconds after SubscribeToShard in which another for the same consumer and shard is refused even when the first has ended; while
        /// it goes on they are 5,000.
        resubscribe_ms = 0, 5_000;
        /// Calls a second and stream of the control operations.
        control_calls_per_second = UNLIMITED, 10;
        /// Changes of a stream's shard count by UpdateShardCount in 24 hours (API reference).
        shard_count_updates_per_day = UNLIMITED, 10;
        /// Changes of a stream's capacity mode in 24 hours.
        mode_updates_per_day = UNLIMITED, 2;
        /// Open shards of provisioned streams in an account and region.
        shards = UNLIMITED, 500;
        /// On-demand streams in an account and region.
        on_demand_streams = UNLIMITED, 50;
        /// Streams that may be CREATING at once.
        creating_streams = UNLIMITED, 5;
    }
    firehose: FirehoseLimits {
        /// Milliseconds a delivery stream stays CREATING or DELETING.
        transition_ms = 0, 10_000;
        /// Delivery streams in an account and region.
        delivery_streams = UNLIMITED, 5_000;
        /// Records a second put to a delivery stream (developer guide, "Quota", us-west-2).
        put_records_per_second = UNLIMITED, 500_000;
        /// Bytes a second put to a delivery stream.
        put_bytes_per_second = UNLIMITED, 5 << 20;
        /// Calls a second of each control operation.
        control_calls_per_second = UNLIMITED, 5;
        /// Seconds that a buffering interval other than 0 has at least (developer guide, "Configure buffering hints").
        least_buffer_interval_seconds = 1, 60;
        /// Whether a document that the server rejected for good (a status of 400 to 499 but 429) is sent again until the retry duration has
        /// passed, as on AWS (1), or given up at once (0).
        retry_rejected_documents = 0, 1;
    }
    analytics: AnalyticsLimits {
        /// Milliseconds an application stays STARTING, UPDATING or STOPPING.
        transition_ms = 0, 30_000;
        /// Applications in an account and region (developer guide, "Limits").
        applications = UNLIMITED, 50;
    }
}

impl Limits {
    /// Sets the limit with this name, `service.limit`, to a whole number or `none`.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), LimitError> {
        let slot = self.slot(name).ok_or_else(|| LimitError::Unknown(name.to_owned()))?;
        *slot = match value {
            "none" => UNLIMITED,
            number => number.parse().map_err(|_| LimitError::NotANumber(name.to_owned(), value.to_owned()))?,
        };
        Ok(())
    }
}

impl KinesisLimits {
    /// How long a stream stays in a transitional state.
    pub fn transition(&self) -> Duration {
        Duration::from_millis(self.transition_ms)
    }
}

impl FirehoseLimits {
    /// How long a delivery stream stays in a transitional state.
    pub fn transition(&self) -> Duration {
        Duration::from_millis(self.transition_ms)
    }
}

impl AnalyticsLimits {
    /// How long an application stays in a transitional state.
    pub fn transition(&self) -> Duration {
        Duration::from_millis(self.transition_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_limit_can_be_set_alone() {
        let mut limits = Limits::of(Profile::Local);
        assert_eq!(limits.kinesis.shard_reads_per_second, UNLIMITED);
        limits.set("kinesis.shard_reads_per_second", "5").unwrap();
        let mut expected = Limits::of(Profile::Local);
        expected.kinesis.shard_reads_per_second = 5;
        assert_eq!(limits, expected);
        limits.set("kinesis.shard_reads_per_second", "none").unwrap();
        assert_eq!(limits, Limits::of(Profile::Local));
    }

    #[test]
    fn a_wrong_name_or_value_names_itself() {
        let mut limits = Limits::of(Profile::Aws);
        assert!(limits.set("kinesis.shard", "5").unwrap_err().to_string().starts_with("there is no limit kinesis.shard;"));
        let refused = limits.set("kinesis.shards", "many").unwrap_err().to_string();
        assert_eq!(refused, "the limit kinesis.shards is a whole number or none, not \"many\"");
    }
}
