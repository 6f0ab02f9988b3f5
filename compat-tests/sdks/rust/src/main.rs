//! The walk by the AWS SDK for Rust. The endpoint, the region and the credentials come from the environment; nothing else is set but the HTTP client, which
//! is the SDK's own without TLS.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_firehose as firehose;
use aws_sdk_firehose::types::{BufferingHints, DeliveryStreamStatus, ExtendedS3DestinationConfiguration};
use aws_sdk_kinesis as kinesis;
use aws_sdk_kinesis::client::Waiters;
use aws_sdk_kinesis::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_kinesis::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_kinesis::error::{BoxError, ProvideErrorMetadata};
use aws_sdk_kinesis::operation::get_records::GetRecordsOutput;
use aws_sdk_kinesis::primitives::{Blob, DateTime};
use aws_sdk_kinesis::types::{
    ConsumerStatus, PutRecordsRequestEntry, Record, ScalingType, Shard, ShardFilter, ShardFilterType, ShardIteratorType,
    StartingPosition, StreamDescriptionSummary, StreamStatus, SubscribeToShardEventStream,
};
use aws_sdk_kinesisanalytics as analytics;
use aws_sdk_kinesisanalytics::types::{
    ApplicationDetail, ApplicationStatus, DestinationSchema, Input, InputConfiguration, InputStartingPosition,
    InputStartingPositionConfiguration, JsonMappingParameters, KinesisStreamsInput, KinesisStreamsOutput, MappingParameters,
    Output, RecordColumn, RecordFormat, RecordFormatType, SourceSchema,
};
use aws_sdk_s3 as s3;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};

const STREAM: &str = "walk-rust";
const OUTPUT: &str = "walk-rust-rows";
const NAME: &str = "walk-rust";
const ROLE: &str = "arn:aws:iam::000000000000:role/walk";
const SHARD: &str = "shardId-000000000000";
const HALF: u128 = 1 << 127;
const SQL: &str = r#"
CREATE OR REPLACE STREAM "TWICE" ("N" INTEGER, "DOUBLED" INTEGER);
CREATE OR REPLACE PUMP "PUMP" AS INSERT INTO "TWICE" SELECT STREAM "N", "N" * 2 FROM "SOURCE_SQL_STREAM_001" WHERE "N" > 1;
"#;
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

fn same(records: &[Record], expected: &[Vec<u8>]) -> Outcome {
    check!(records.len() == expected.len(), "{} records instead of {}", records.len(), expected.len());
    for (at, (record, expected)) in records.iter().zip(expected).enumerate() {
        check!(record.data().as_ref() == expected, "record {at} is {:?}", record.data());
    }
    Ok(())
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

    async fn read(&self, at: String, count: usize) -> Outcome<Vec<Record>> {
        let (mut at, mut records) = (Some(at), Vec::new());
        while let Some(from) = at.filter(|_| records.len() < count) {
            let page = self.kinesis.get_records().shard_iterator(from).limit(400).send().await?;
            check!(!page.records.is_empty() || page.millis_behind_latest > Some(0), "{} records of {count}", records.len());
            records.extend(page.records);
            at = page.next_shard_iterator;
        }
        Ok(records)
    }

    async fn read_from(
        &self,
        kind: ShardIteratorType,
        number: Option<&String>,
        at: Option<DateTime>,
        expected: &[Vec<u8>],
    ) -> Outcome<Vec<Record>> {
        let records = self.read(self.iterator(STREAM, SHARD, kind, number, at).await?, expected.len()).await?;
        same(&records, expected)?;
        Ok(records)
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

    async fn create_and_wait(&self) -> Outcome {
        self.kinesis.create_stream().stream_name(STREAM).shard_count(1).send().await?;
        self.settled().await
    }

    async fn describe(&self) -> Outcome {
        let found = self.summary(STREAM).await?;
        let right = *found.stream_status() == StreamStatus::Active
            && found.open_shard_count() == 1
            && found.retention_period_hours() == 24;
        check!(right, "{found:?}");
        let described = self.kinesis.describe_stream().stream_arn(found.stream_arn()).send().await?;
        let shards = described.stream_description().map(|stream| stream.shards()).unwrap_or_default();
        check!(shards[0].shard_id() == SHARD, "{shards:?}");
        Ok(())
    }

    async fn put_record(&mut self) -> Outcome {
        let answer = self
            .kinesis
            .put_record()
            .stream_name(STREAM)
            .partition_key("key")
            .data(Blob::new(self.payloads[0].clone()))
            .send()
            .await?;
        check!(answer.shard_id() == SHARD, "{answer:?}");
        self.places.push(answer.sequence_number);
        Ok(())
    }

    async fn put_500_records(&mut self) -> Outcome {
        let entry = |data: &Vec<u8>| PutRecordsRequestEntry::builder().partition_key("key").data(Blob::new(data.clone())).build();
        let entries = self.payloads[1..].iter().map(entry).collect::<Result<_, _>>()?;
        let answer = self.kinesis.put_records().stream_name(STREAM).set_records(Some(entries)).send().await?;
        check!(answer.failed_record_count() == Some(0), "{answer:?}");
        self.places.extend(answer.records.into_iter().filter_map(|entry| entry.sequence_number));
        check!(self.places.len() == 501 && self.places.is_sorted(), "sequence numbers of one length grow");
        Ok(())
    }

    async fn read_trim_horizon(&self) -> Outcome {
        let records = self.read_from(ShardIteratorType::TrimHorizon, None, None, &self.payloads).await?;
        let numbers: Vec<_> = records.iter().map(Record::sequence_number).collect();
        check!(numbers == self.places, "{numbers:?}");
        Ok(())
    }

    async fn read_at_sequence_number(&self) -> Outcome {
        self.read_from(ShardIteratorType::AtSequenceNumber, Some(&self.places[200]), None, &self.payloads[200..]).await?;
        Ok(())
    }

    async fn read_after_sequence_number(&self) -> Outcome {
        self.read_from(ShardIteratorType::AfterSequenceNumber, Some(&self.places[200]), None, &self.payloads[201..]).await?;
        Ok(())
    }

    async fn read_at_timestamp(&self) -> Outcome {
        let start = self.iterator(STREAM, SHARD, ShardIteratorType::TrimHorizon, None, None).await?;
        let arrival = *self.read(start, 1).await?[0].approximate_arrival_timestamp().ok_or("no time of arrival")?;
        let age = SystemTime::now().duration_since(SystemTime::try_from(arrival)?)?;
        check!(age < Duration::from_secs(300), "{arrival:?}");
        self.read_from(ShardIteratorType::AtTimestamp, None, Some(arrival), &self.payloads).await?;
        Ok(())
    }

    async fn read_latest(&self) -> Outcome {
        let at = self.iterator(STREAM, SHARD, ShardIteratorType::Latest, None, None).await?;
        self.kinesis.put_record().stream_name(STREAM).partition_key("key").data(Blob::new("latest")).send().await?;
        same(&self.read(at, 1).await?, &[b"latest".to_vec()])
    }

    async fn fan_out(&self) -> Outcome {
        let stream = self.summary(STREAM).await?.stream_arn;
        let registered = self.kinesis.register_stream_consumer().stream_arn(stream).consumer_name("walk").send().await?;
        let consumer = registered.consumer.ok_or("no consumer")?.consumer_arn;
        until!("the consumer is ACTIVE", {
            let answer = self.kinesis.describe_stream_consumer().consumer_arn(&consumer).send().await?;
            answer.consumer_description().is_some_and(|consumer| *consumer.consumer_status() == ConsumerStatus::Active)
        });
        let from =
            StartingPosition::builder().r#type(ShardIteratorType::AtSequenceNumber).sequence_number(&self.places[0]).build()?;
        let mut events = self
            .kinesis
            .subscribe_to_shard()
            .consumer_arn(&consumer)
            .shard_id(SHARD)
            .starting_position(from)
            .send()
            .await?
            .event_stream;
        let mut found = Vec::new();
        while found.len() < 502
            && let Some(SubscribeToShardEventStream::SubscribeToShardEvent(event)) = events.recv().await?
        {
            check!(!event.continuation_sequence_number().is_empty(), "no continuation");
            found.extend(event.records);
        }
        same(&found, &[self.payloads.as_slice(), &[b"latest".to_vec()]].concat())?;
        self.kinesis.deregister_stream_consumer().consumer_arn(&consumer).send().await?;
        Ok(())
    }

    async fn split(&self) -> Outcome {
        self.kinesis
            .split_shard()
            .stream_name(STREAM)
            .shard_to_split(SHARD)
            .new_starting_hash_key(HALF.to_string())
            .send()
            .await?;
        self.settled().await?;
        let children = self.open_shards().await?;
        check!(children.len() == 2 && children.iter().all(|child| child.parent_shard_id() == Some(SHARD)), "{children:?}");
        Ok(())
    }

    async fn merge(&self) -> Outcome {
        let call = self.kinesis.merge_shards().stream_name(STREAM);
        call.shard_to_merge("shardId-000000000001").adjacent_shard_to_merge("shardId-000000000002").send().await?;
        self.settled().await?;
        let open = self.open_shards().await?;
        let parents: Vec<_> = open.iter().map(|child| (child.parent_shard_id(), child.adjacent_parent_shard_id())).collect();
        check!(parents == [(Some("shardId-000000000001"), Some("shardId-000000000002"))], "{open:?}");
        Ok(())
    }

    async fn scale(&self) -> Outcome {
        let call = self.kinesis.update_shard_count().stream_name(STREAM).target_shard_count(2);
        let answer = call.scaling_type(ScalingType::UniformScaling).send().await?;
        check!(answer.target_shard_count() == Some(2), "{answer:?}");
        self.settled().await?;
        let open = self.open_shards().await?;
        let starts: Vec<_> = open.iter().filter_map(Shard::hash_key_range).map(|range| range.starting_hash_key()).collect();
        check!(starts == ["0", &HALF.to_string()], "{open:?}");
        Ok(())
    }

    async fn read_over_the_reshard(&self) -> Outcome {
        let page = self.page(&self.iterator(STREAM, SHARD, ShardIteratorType::TrimHorizon, None, None).await?).await?;
        check!(page.records().len() == 502 && page.next_shard_iterator().is_none(), "{} records", page.records().len());
        let children: Vec<_> = page.child_shards().iter().map(|child| child.shard_id()).collect();
        check!(children == ["shardId-000000000001", "shardId-000000000002"], "{children:?}");
        Ok(())
    }

    async fn paginate(&self) -> Outcome {
        self.kinesis.create_stream().stream_name(OUTPUT).shard_count(1).send().await?;
        let mut names = Vec::new();
        let mut pages = self.kinesis.list_streams().limit(1).into_paginator().send();
        while let Some(page) = pages.try_next().await? {
            check!(page.stream_names().len() == 1, "{page:?}");
            names.extend(page.stream_names);
        }
        check!(names.iter().any(|name| name == STREAM) && names.iter().any(|name| name == OUTPUT), "{names:?}");
        Ok(())
    }

    async fn delivered(&self) -> Outcome<Vec<u8>> {
        let mut found = Vec::new();
        let mut pages = self.s3.list_objects_v2().bucket(NAME).prefix("walk/").into_paginator().send();
        while let Some(page) = pages.try_next().await? {
            for object in page.contents() {
                let body = self.s3.get_object().bucket(NAME).set_key(object.key.clone()).send().await?.body;
                found.extend(body.collect().await?.to_vec());
            }
        }
        Ok(found)
    }

    async fn firehose_to_s3(&self) -> Outcome {
        let region = CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::from(self.region.as_str()))
            .build();
        self.s3.create_bucket().bucket(NAME).create_bucket_configuration(region).send().await?;
        let hints = BufferingHints::builder().interval_in_seconds(1).size_in_mbs(1).build();
        let destination = ExtendedS3DestinationConfiguration::builder()
            .role_arn(ROLE)
            .bucket_arn(format!("arn:aws:s3:::{NAME}"))
            .prefix("walk/");
        let call = self.firehose.create_delivery_stream().delivery_stream_name(NAME);
        call.extended_s3_destination_configuration(destination.buffering_hints(hints).build()?).send().await?;
        until!("the delivery stream is ACTIVE", {
            let answer = self.firehose.describe_delivery_stream().delivery_stream_name(NAME).send().await?;
            answer
                .delivery_stream_description()
                .is_some_and(|found| *found.delivery_stream_status() == DeliveryStreamStatus::Active)
        });
        let line = |text: &str| firehose::types::Record::builder().data(firehose::primitives::Blob::new(text)).build();
        self.firehose.put_record().delivery_stream_name(NAME).record(line("one\n")?).send().await?;
        let call = self.firehose.put_record_batch().delivery_stream_name(NAME);
        let answer = call.records(line("two\n")?).records(line("three\n")?).send().await?;
        check!(answer.failed_put_count() == 0 && answer.request_responses().len() == 2, "{answer:?}");
        until!("the three records are in S3", self.delivered().await? == b"one\ntwo\nthree\n");
        self.firehose.delete_delivery_stream().delivery_stream_name(NAME).send().await?;
        Ok(())
    }

    async fn application(&self) -> Outcome<ApplicationDetail> {
        let answer = self.analytics.describe_application().application_name(NAME).send().await?;
        Ok(answer.application_detail.ok_or("no detail")?)
    }

    async fn create_application(&self) -> Outcome {
        let (input, output) = (self.summary(STREAM).await?.stream_arn, self.summary(OUTPUT).await?.stream_arn);
        let rows = MappingParameters::builder()
            .json_mapping_parameters(JsonMappingParameters::builder().record_row_path("$").build()?)
            .build();
        let format = RecordFormat::builder().record_format_type(RecordFormatType::Json).mapping_parameters(rows).build()?;
        let column = RecordColumn::builder().name("N").mapping("$.n").sql_type("INTEGER").build()?;
        let schema = SourceSchema::builder().record_format(format).record_columns(column).build()?;
        let source = KinesisStreamsInput::builder().resource_arn(input).role_arn(ROLE).build()?;
        let input =
            Input::builder().name_prefix("SOURCE_SQL_STREAM").input_schema(schema).kinesis_streams_input(source).build()?;
        let target = KinesisStreamsOutput::builder().resource_arn(output).role_arn(ROLE).build()?;
        let schema = DestinationSchema::builder().record_format_type(RecordFormatType::Json).build()?;
        let output = Output::builder().name("TWICE").destination_schema(schema).kinesis_streams_output(target).build()?;
        self.analytics
            .create_application()
            .application_name(NAME)
            .application_code(SQL)
            .inputs(input)
            .outputs(output)
            .send()
            .await?;
        Ok(())
    }

    async fn rows(&self) -> Outcome<Vec<serde_json::Value>> {
        let page = self.page(&self.iterator(OUTPUT, SHARD, ShardIteratorType::TrimHorizon, None, None).await?).await?;
        Ok(page.records().iter().map(|record| serde_json::from_slice(record.data().as_ref())).collect::<Result<_, _>>()?)
    }

    async fn sql_application(&self) -> Outcome {
        self.create_application().await?;
        let created = self.application().await?;
        let position = InputStartingPositionConfiguration::builder().input_starting_position(InputStartingPosition::Now).build();
        let input = InputConfiguration::builder().set_id(created.input_descriptions()[0].input_id.clone());
        let call = self.analytics.start_application().application_name(NAME);
        call.input_configurations(input.input_starting_position_configuration(position).build()?).send().await?;
        until!("it is RUNNING", *self.application().await?.application_status() == ApplicationStatus::Running);
        for n in 1..=3 {
            self.kinesis
                .put_record()
                .stream_name(STREAM)
                .partition_key("key")
                .data(Blob::new(format!(r#"{{"n": {n}}}"#)))
                .send()
                .await?;
        }
        until!("two rows in the output stream", self.rows().await?.len() >= 2);
        let rows = self.rows().await?;
        check!(rows == [serde_json::json!({"N": 2, "DOUBLED": 4}), serde_json::json!({"N": 3, "DOUBLED": 6})], "{rows:?}");
        self.analytics.stop_application().application_name(NAME).send().await?;
        until!("it has stopped", *self.application().await?.application_status() == ApplicationStatus::Ready);
        self.analytics.delete_application().application_name(NAME).set_create_timestamp(created.create_timestamp).send().await?;
        Ok(())
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

    /// More reads than the shard gives in a second: the client hides the refusals.
    async fn retries(&self) -> Outcome {
        let at = self.iterator(STREAM, "shardId-000000000003", ShardIteratorType::Latest, None, None).await?;
        let before = self.attempts.0.load(Ordering::Relaxed);
        for _ in 0..60 {
            self.page(&at).await?;
        }
        check!(self.attempts.0.load(Ordering::Relaxed) > before + 60, "nothing was refused");
        Ok(())
    }

    async fn delete_and_wait(&self) -> Outcome {
        for stream in [STREAM, OUTPUT] {
            self.kinesis.delete_stream().stream_name(stream).send().await?;
            self.kinesis.wait_until_stream_not_exists().stream_name(stream).wait(WAIT).await?;
        }
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
