//! The gateway with services made of a few lines, and requests as clients send them.

mod browsers;
mod front_door;
mod protocols;
mod signatures;
mod transport;

use super::{Answer as _, Body, Gateway};
use crate::api::{Caller, Fault, Routes, ServiceTable, Timestamp, es, iam, kinesis, sts};
use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;

const JSON: &str = "application/x-amz-json-1.1";
const CBOR: &str = "application/x-amz-cbor-1.1";

/// What came back.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn send(gateway: &Gateway, request: Request<Body>) -> Answer {
    let (parts, body) = gateway.serve(request, false).await.into_parts();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
}

/// A POST to `/` with these headers.
fn post(headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::post("/").header("host", "localhost:4566");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

fn kinesis_call(operation: &str, content_type: &str, body: impl Into<Body>) -> Request<Body> {
    post(&[("x-amz-target", &format!("Kinesis_20131202.{operation}")), ("content-type", content_type)], body)
}

async fn put_record(_: (), caller: Caller, input: kinesis::PutRecordInput) -> Result<kinesis::PutRecordOutput, Fault> {
    let sequence_number = format!("{}/{}", caller.scope, input.data.len());
    Ok(kinesis::PutRecordOutput { sequence_number, shard_id: input.partition_key, ..Default::default() })
}

async fn get_shard_iterator(
    _: (),
    _: Caller,
    input: kinesis::GetShardIteratorInput,
) -> Result<kinesis::GetShardIteratorOutput, Fault> {
    let Some(Timestamp(ms)) = input.timestamp else { return Err(kinesis::fault::resource_not_found("no time")) };
    Ok(kinesis::GetShardIteratorOutput { shard_iterator: Some(ms.to_string()) })
}

async fn get_records(_: (), _: Caller, _: kinesis::GetRecordsInput) -> Result<kinesis::GetRecordsOutput, Fault> {
    let record = kinesis::Record {
        sequence_number: "1".into(),
        approximate_arrival_timestamp: Some(Timestamp(1_700_000_000_123)),
        data: Bytes::from_static(b"hi"),
        partition_key: "k".into(),
        ..Default::default()
    };
    Ok(kinesis::GetRecordsOutput { records: vec![record], millis_behind_latest: Some(0), ..Default::default() })
}

async fn create_stream(_: (), _: Caller, _: kinesis::CreateStreamInput) -> Result<crate::api::Empty, Fault> {
    Ok(crate::api::Empty)
}

async fn broken(_: (), _: Caller, _: kinesis::DescribeLimitsInput) -> Result<kinesis::DescribeLimitsOutput, Fault> {
    panic!("a bug")
}

async fn get_caller_identity(
    _: (),
    caller: Caller,
    _: sts::GetCallerIdentityRequest,
) -> Result<sts::GetCallerIdentityResponse, Fault> {
    Ok(sts::GetCallerIdentityResponse { account: Some(caller.scope.account().into()), ..Default::default() })
}

async fn get_role(_: (), _: Caller, input: iam::GetRoleRequest) -> Result<iam::GetRoleResponse, Fault> {
    Err(Fault::new("NoSuchEntity", 404, format!("The role with name {} & co cannot be found.", input.role_name)))
}

async fn describe_domain(
    _: (),
    _: Caller,
    input: es::DescribeElasticsearchDomainRequest,
) -> Result<es::DescribeElasticsearchDomainResponse, Fault> {
    if input.domain_name == "none" {
        return Err(Fault::new("ResourceNotFoundException", 409, "Domain not found: none"));
    }
    let status = es::ElasticsearchDomainStatus { domain_name: input.domain_name, ..Default::default() };
    Ok(es::DescribeElasticsearchDomainResponse { domain_status: status })
}

fn tables() -> Vec<ServiceTable> {
    use kinesis::op::{CreateStream, DescribeLimits, GetRecords, GetShardIterator, PutRecord};
    vec![
        Routes::new(&kinesis::SERVICE, ())
            .on(PutRecord, put_record)
            .on(GetShardIterator, get_shard_iterator)
            .on(GetRecords, get_records)
            .on(CreateStream, create_stream)
            .on(DescribeLimits, broken)
            .finish(),
        Routes::new(&sts::SERVICE, ()).on(sts::op::GetCallerIdentity, get_caller_identity).finish(),
        Routes::new(&iam::SERVICE, ()).on(iam::op::GetRole, get_role).finish(),
        Routes::new(&es::SERVICE, ()).on(es::op::DescribeElasticsearchDomain, describe_domain).finish(),
    ]
}

fn gateway() -> Gateway {
    Gateway::new(tables(), axum::Router::new())
}
