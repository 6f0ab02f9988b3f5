//! The operations through both versions' tables.

use super::*;
use crate::api::kinesisanalytics as api1;
use crate::api::kinesisanalytics::op as op1;
use crate::api::kinesisanalyticsv2 as api2;
use crate::api::kinesisanalyticsv2::op as op2;
use crate::api::{Fault, Timestamp};

fn code_and_text(fault: &Fault) -> (&str, &str) {
    (&fault.code, fault.message.as_deref().unwrap_or_default())
}

#[tokio::test]
async fn an_application_is_described_as_it_was_created() {
    let service = World::new().await;
    service.create("a").await;
    let detail = service.describe("a").await;
    assert_eq!(detail.application_arn, "arn:aws:kinesisanalytics:us-east-1:000000000000:application/a");
    assert_eq!((detail.application_status, detail.application_version_id), (api1::ApplicationStatus::Ready, 1));
    assert_eq!(detail.create_timestamp, Some(Timestamp(1_700_000_000_000)));
    let input = detail.input_descriptions.unwrap().remove(0);
    assert_eq!(input.input_id.as_deref(), Some("1.1"));
    assert_eq!(input.in_app_stream_names, Some(vec!["SOURCE_SQL_STREAM_001".into()]));
    let stream = input.kinesis_streams_input_description.unwrap();
    assert_eq!((stream.resource_arn.as_deref(), stream.role_arn.as_deref()), (Some(STREAM), Some(ROLE)));
    let schema = input.input_schema.unwrap();
    assert_eq!(schema.record_columns, readings().input_schema.record_columns);
    let json = schema.record_format.mapping_parameters.unwrap().json_mapping_parameters.unwrap();
    assert_eq!(json.record_row_path, "$");
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let service = World::new().await;
    service.create("a").await;
    let again = api1::CreateApplicationRequest { application_name: "a".into(), ..Default::default() };
    let refused = service.call(op1::CreateApplication, again).await.unwrap_err();
    assert_eq!(code_and_text(&refused), ("ResourceInUseException", "Application with name a already exists"));
}

#[tokio::test]
async fn an_unknown_application_is_not_found_in_either_version() {
    let service = World::new().await;
    let arn = "Application arn:aws:kinesisanalytics:us-east-1:000000000000:application/x not found";
    let refused = service.call(op1::DescribeApplication, api1::DescribeApplicationRequest { application_name: "x".into() }).await;
    let refused = refused.unwrap_err();
    assert_eq!((code_and_text(&refused), refused.capital_message), (("ResourceNotFoundException", arn), false));
    let input = api2::DescribeApplicationRequest { application_name: "x".into(), ..Default::default() };
    let refused = service.call(op2::DescribeApplication, input).await.unwrap_err();
    assert_eq!((code_and_text(&refused), refused.capital_message), (("ResourceNotFoundException", arn), true));
}

#[tokio::test]
async fn each_change_makes_a_version_and_must_name_the_last() {
    let service = World::new().await;
    service.create("a").await;
    service.add_output("a", 1, "DESTINATION").await.unwrap();
    let refused = service.add_output("a", 1, "DESTINATION").await.unwrap_err();
    assert_eq!(refused.code, "ConcurrentModificationException");
    service.add_output("a", 2, "DESTINATION").await.unwrap();
    service.add_output("a", 3, "DESTINATION").await.unwrap();
    let refused = service.add_output("a", 4, "DESTINATION").await.unwrap_err();
    assert_eq!(code_and_text(&refused), ("InvalidArgumentException", "An application has at most 3 outputs"));
    let detail = service.describe("a").await;
    let ids: Vec<_> = detail.output_descriptions.unwrap().into_iter().filter_map(|output| output.output_id).collect();
    assert_eq!((detail.application_version_id, ids), (4, vec!["2.1".into(), "3.1".into(), "4.1".into()]));
    let delete = api1::DeleteApplicationOutputRequest {
        application_name: "a".into(),
        current_application_version_id: 4,
        output_id: "3.1".into(),
    };
    service.call(op1::DeleteApplicationOutput, delete).await.unwrap();
    assert_eq!(service.describe("a").await.output_descriptions.map(|outputs| outputs.len()), Some(2));
}

#[tokio::test]
async fn bad_syntax_is_refused_with_its_place_and_changes_nothing() {
    let service = World::new().await;
    service.create("a").await;
    let refused = service.update_code("a", 1, "CREATE STREAM s (x INTEGER);\nCREATE STREAM t (y INTEGER));").await.unwrap_err();
    assert_eq!(refused.code, "CodeValidationException");
    assert!(refused.message.unwrap().contains("line 2, column 28"));
    let detail = service.describe("a").await;
    assert_eq!((detail.application_version_id, detail.application_code), (1, None));
}

#[tokio::test]
async fn the_tokens_of_version_two_stand_for_versions() {
    let service = World::new().await;
    let create = api2::CreateApplicationRequest {
        application_name: "b".into(),
        runtime_environment: api2::RuntimeEnvironment::Sql10,
        service_execution_role: ROLE.into(),
        ..Default::default()
    };
    let created = service.call(op2::CreateApplication, create).await.unwrap().application_detail;
    let update = |token: Option<String>| api2::UpdateApplicationRequest {
        application_name: "b".into(),
        conditional_token: token,
        ..Default::default()
    };
    let refused = service.call(op2::UpdateApplication, update(None)).await.unwrap_err();
    assert_eq!(refused.code, "InvalidArgumentException");
    let updated = service.call(op2::UpdateApplication, update(created.conditional_token.clone())).await.unwrap();
    assert_eq!(updated.application_detail.application_version_id, 2);
    let refused = service.call(op2::UpdateApplication, update(created.conditional_token)).await.unwrap_err();
    assert_eq!(refused.code, "ConcurrentModificationException");
}

#[tokio::test]
async fn both_versions_speak_of_one_application_until_version_two_changes_it() {
    let service = World::new().await;
    service.create("a").await;
    let input = api2::DescribeApplicationRequest { application_name: "a".into(), ..Default::default() };
    let seen = service.call(op2::DescribeApplication, input).await.unwrap().application_detail;
    assert_eq!((seen.runtime_environment, seen.application_version_id), (api2::RuntimeEnvironment::Sql10, 1));
    let sql = seen.application_configuration_description.unwrap().sql_application_configuration_description.unwrap();
    let stream = sql.input_descriptions.unwrap().remove(0).kinesis_streams_input_description.unwrap();
    assert_eq!((stream.resource_arn.as_str(), stream.role_arn.as_deref()), (STREAM, Some(ROLE)));

    let logging = api2::AddApplicationCloudWatchLoggingOptionRequest {
        application_name: "a".into(),
        current_application_version_id: Some(1),
        cloud_watch_logging_option: api2::CloudWatchLoggingOption { log_stream_arn: "arn:aws:logs:::x".into() },
        ..Default::default()
    };
    let added = service.call(op2::AddApplicationCloudWatchLoggingOption, logging).await.unwrap();
    assert_eq!(added.application_version_id, Some(2));
    let refused = service.add_output("a", 2, "DESTINATION").await.unwrap_err();
    let text = "a was created/updated by kinesisanalyticsv2 SDK. Please use kinesisanalyticsv2 SDK to make changes to a.";
    assert_eq!(code_and_text(&refused), ("UnsupportedOperationException", text));
}

#[tokio::test]
async fn flink_is_refused() {
    let service = World::new().await;
    let create = api2::CreateApplicationRequest {
        application_name: "f".into(),
        runtime_environment: api2::RuntimeEnvironment::Flink120,
        service_execution_role: ROLE.into(),
        ..Default::default()
    };
    let refused = service.call(op2::CreateApplication, create).await.unwrap_err();
    let text = "Runtime environment FLINK-1_20 is not supported here; SQL-1_0 is";
    assert_eq!(code_and_text(&refused), ("UnsupportedOperationException", text));
}

#[tokio::test]
async fn applications_are_listed_in_pages() {
    let service = World::new().await;
    for name in ["c", "a", "b"] {
        service.create(name).await;
    }
    let page = api1::ListApplicationsRequest { limit: Some(2), ..Default::default() };
    let first = service.call(op1::ListApplications, page).await.unwrap();
    let names = |page: &[api1::ApplicationSummary]| page.iter().map(|s| s.application_name.clone()).collect::<Vec<_>>();
    assert_eq!((names(&first.application_summaries), first.has_more_applications), (vec!["a".into(), "b".into()], true));
    let page = api1::ListApplicationsRequest { exclusive_start_application_name: Some("b".into()), ..Default::default() };
    let last = service.call(op1::ListApplications, page).await.unwrap();
    assert_eq!((names(&last.application_summaries), last.has_more_applications), (vec!["c".into()], false));
    let page = api2::ListApplicationsRequest { limit: Some(1), ..Default::default() };
    let first = service.call(op2::ListApplications, page).await.unwrap();
    assert_eq!(first.next_token.as_deref(), Some("a"));
}

#[tokio::test]
async fn an_application_is_deleted_by_name_and_creation() {
    let service = World::new().await;
    service.create("a").await;
    let delete = |ms| api1::DeleteApplicationRequest { application_name: "a".into(), create_timestamp: Timestamp(ms) };
    let refused = service.call(op1::DeleteApplication, delete(1_600_000_000_000)).await.unwrap_err();
    assert_eq!(refused.code, "ConcurrentModificationException");
    service.call(op1::DeleteApplication, delete(1_700_000_000_000)).await.unwrap();
    let gone = service.call(op1::DescribeApplication, api1::DescribeApplicationRequest { application_name: "a".into() }).await;
    assert_eq!(gone.unwrap_err().code, "ResourceNotFoundException");
}

#[tokio::test]
async fn tags_are_set_listed_and_taken_away() {
    let service = World::new().await;
    service.create("a").await;
    let arn = "arn:aws:kinesisanalytics:us-east-1:000000000000:application/a";
    let tag = |key: &str, value: &str| api1::Tag { key: key.into(), value: Some(value.into()) };
    let tags = api1::TagResourceRequest { resource_arn: arn.into(), tags: vec![tag("team", "iot"), tag("stage", "dev")] };
    service.call(op1::TagResource, tags).await.unwrap();
    let untag = api1::UntagResourceRequest { resource_arn: arn.into(), tag_keys: vec!["stage".into()] };
    service.call(op1::UntagResource, untag).await.unwrap();
    let listed = service.call(op1::ListTagsForResource, api1::ListTagsForResourceRequest { resource_arn: arn.into() }).await;
    assert_eq!(listed.unwrap().tags, Some(vec![tag("team", "iot")]));
    let many = (0..51).map(|n| tag(&n.to_string(), "")).collect();
    let refused = service.call(op1::TagResource, api1::TagResourceRequest { resource_arn: arn.into(), tags: many }).await;
    assert_eq!(refused.unwrap_err().code, "TooManyTagsException");
}
