//! The steps that lead records on: Firehose to S3, and an application with SQL.

use super::*;
use aws_sdk_firehose::types::{BufferingHints, DeliveryStreamStatus, ExtendedS3DestinationConfiguration};
use aws_sdk_kinesisanalytics::types::{
    ApplicationDetail, ApplicationStatus, DestinationSchema, Input, InputConfiguration, InputStartingPosition,
    InputStartingPositionConfiguration, JsonMappingParameters, KinesisStreamsInput, KinesisStreamsOutput, MappingParameters,
    Output, RecordColumn, RecordFormat, RecordFormatType, SourceSchema,
};
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};

const ROLE: &str = "arn:aws:iam::000000000000:role/walk";
const SQL: &str = r#"
CREATE OR REPLACE STREAM "TWICE" ("N" INTEGER, "DOUBLED" INTEGER);
CREATE OR REPLACE PUMP "PUMP" AS INSERT INTO "TWICE" SELECT STREAM "N", "N" * 2 FROM "SOURCE_SQL_STREAM_001" WHERE "N" > 1;
"#;

impl Walk {
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

    pub(super) async fn firehose_to_s3(&self) -> Outcome {
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

    pub(super) async fn sql_application(&self) -> Outcome {
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
}
