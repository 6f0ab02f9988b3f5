//! The walk by the AWS SDK for Rust. The endpoint, the region and the credentials come from the environment; nothing else is set but the HTTP client, which
//! is the SDK's own without TLS.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_firehose as firehose;
use aws_sdk_kinesis as kinesis;
use aws_sdk_kinesis::client::Waiters;
use aws_sdk_kinesis::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_kinesis::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_kinesis::error::{BoxError, ProvideErrorMetadata};
use aws_sdk_kinesis::operation::get_records::GetRecordsOutput;
use aws_sdk_kinesis::primitives::{Blob, DateTime};
use aws_sdk_kinesis::types::{Record, Shard, ShardFilter, ShardFilterType, ShardIteratorType, StreamDescriptionSummary};
use aws_sdk_kinesisanalytics as analytics;
use aws_sdk_s3 as s3;

const STREAM: &str = "walk-rust";
const OUTPUT: &str = "walk-rust-rows";
const NAME: &str = "walk-rust";
const SHARD: &str = "shardId-000000000000";
const HALF: u128 = 1 << 127;
const WAIT: Duration = Duration::from_secs(60);

type Outcome<T = ()> = Result<T, BoxError>;

/// Ends the step with a sentence unless the condition holds.
macro_rules! check {
    ($right:expr, $($details:tt)+) => {
        if !$right {
            return Err(format!($($details)+).into());
        }
    };
}

/// The modelled error of a refused call; ends the step if the call was not refused so.
macro_rules! refused {
    ($call:expr, $is:ident) => {
        match $call.send().await.map_err(|error| error.into_service_error()) {
            Err(error) if error.$is() => error,
            other => return Err(format!("{} expected, not {other:?}", stringify!($is)).into()),
        }
    };
}

/// `until!("it is there", found.await? == there)`
macro_rules! until {
    ($what:expr, $condition:expr) => {{
        let mut tries = 150;
        while !$condition {
            tries -= 1;
            check!(tries > 0, "not within 30 s: {}", $what);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }};
}

// Below the macros, which they use.
mod pipes;
mod streams;

/// How often the client has sent a request, the first time of each call too.
#[derive(Debug, Clone, Default)]
struct Attempts(Arc<AtomicUsize>);

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

struct Walk {
    kinesis: kinesis::Client,
    firehose: firehose::Client,
    analytics: analytics::Client,
    s3: s3::Client,
    region: String,
    attempts: Attempts,
    payloads: Vec<Vec<u8>>,
    /// Of what was put: its sequence number.
    places: Vec<String>,
}

impl Walk {
    fn new(settings: &SdkConfig) -> Self {
        let attempts = Attempts::default();
        let every_byte: Vec<u8> = (0..=255).collect();
        Self {
            kinesis: kinesis::Client::from_conf(kinesis::config::Builder::from(settings).interceptor(attempts.clone()).build()),
            firehose: firehose::Client::new(settings),
            analytics: analytics::Client::new(settings),
            // Buckets as folders: a bucket's name is no host name here.
            s3: s3::Client::from_conf(s3::config::Builder::from(settings).force_path_style(true).build()),
            region: settings.region().map(ToString::to_string).unwrap_or_default(),
            attempts,
            // Every byte, so that nothing on the way may take data for text.
            payloads: (0..501).map(|number| [&every_byte, number.to_string().as_bytes()].concat()).collect(),
            places: Vec::new(),
        }
    }

    async fn iterator(
        &self,
        stream: &str,
        shard: &str,
        kind: ShardIteratorType,
        number: Option<&String>,
        at: Option<DateTime>,
    ) -> Outcome<String> {
        let call = self.kinesis.get_shard_iterator().stream_name(stream).shard_id(shard).shard_iterator_type(kind);
        let answer = call.set_starting_sequence_number(number.cloned()).set_timestamp(at).send().await?;
        Ok(answer.shard_iterator.ok_or("no iterator")?)
    }

    async fn page(&self, at: &str) -> Outcome<GetRecordsOutput> {
        Ok(self.kinesis.get_records().shard_iterator(at).send().await?)
    }

    async fn settled(&self) -> Outcome {
        self.kinesis.wait_until_stream_exists().stream_name(STREAM).wait(WAIT).await?;
        Ok(())
    }

    async fn open_shards(&self) -> Outcome<Vec<Shard>> {
        let open = ShardFilter::builder().r#type(ShardFilterType::AtLatest).build()?;
        Ok(self.kinesis.list_shards().stream_name(STREAM).shard_filter(open).send().await?.shards.unwrap_or_default())
    }

    async fn summary(&self, stream: &str) -> Outcome<StreamDescriptionSummary> {
        let answer = self.kinesis.describe_stream_summary().stream_name(stream).send().await?;
        Ok(answer.stream_description_summary.ok_or("no summary")?)
    }

    async fn typed_errors(&self) -> Outcome {
        let missing = refused!(self.kinesis.describe_stream().stream_name("nowhere"), is_resource_not_found_exception);
        check!(missing.message().is_some_and(|text| text.contains("not found")), "{missing:?}");
        refused!(self.kinesis.create_stream().stream_name(STREAM).shard_count(1), is_resource_in_use_exception);
        refused!(self.kinesis.get_records().shard_iterator("no iterator"), is_invalid_argument_exception);
        let invalid = refused!(self.kinesis.create_stream().stream_name("not a name").shard_count(1), is_validation_exception);
        check!(invalid.message().is_some_and(|text| text.contains("validation error")), "{invalid:?}");
        refused!(self.firehose.describe_delivery_stream().delivery_stream_name("nowhere"), is_resource_not_found_exception);
        refused!(self.analytics.describe_application().application_name("nowhere"), is_resource_not_found_exception);
        Ok(())
    }

    async fn step(&mut self, name: &str) -> Outcome {
        match name {
            "create-and-wait" => self.create_and_wait().await,
            "describe" => self.describe().await,
            "put-record" => self.put_record().await,
            "put-500-records" => self.put_500_records().await,
            "read-trim-horizon" => self.read_trim_horizon().await,
            "read-at-sequence-number" => self.read_at_sequence_number().await,
            "read-after-sequence-number" => self.read_after_sequence_number().await,
            "read-at-timestamp" => self.read_at_timestamp().await,
            "read-latest" => self.read_latest().await,
            "fan-out" => self.fan_out().await,
            "split" => self.split().await,
            "merge" => self.merge().await,
            "scale" => self.scale().await,
            "read-over-the-reshard" => self.read_over_the_reshard().await,
            "paginate" => self.paginate().await,
            "firehose-to-s3" => self.firehose_to_s3().await,
            "sql-application" => self.sql_application().await,
            "typed-errors" => self.typed_errors().await,
            "retries" => self.retries().await,
            "delete-and-wait" => self.delete_and_wait().await,
            _ => Err("no such step".into()),
        }
    }
}

const STEPS: [&str; 20] = [
    "create-and-wait",
    "describe",
    "put-record",
    "put-500-records",
    "read-trim-horizon",
    "read-at-sequence-number",
    "read-after-sequence-number",
    "read-at-timestamp",
    "read-latest",
    "fan-out",
    "split",
    "merge",
    "scale",
    "read-over-the-reshard",
    "paginate",
    "firehose-to-s3",
    "sql-application",
    "typed-errors",
    "retries",
    "delete-and-wait",
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    let http = aws_smithy_http_client::Builder::new().build_http();
    let mut walk = Walk::new(&aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await);
    let mut failed = false;
    for name in STEPS {
        match walk.step(name).await {
            Ok(()) => println!("ok {name}"),
            Err(trouble) => {
                failed = true;
                println!("failed {name}: {trouble:?}");
            }
        }
    }
    u8::from(failed).into()
}
