//! Tests of the control plane against a small HTTP server in the place of a real one; real ones are in compat-tests.

use super::*;
use crate::api::{Caller, Fault, Value};
use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::clock::Clock;
use crate::base::spawner::Spawner;
use crate::store::{Store, StoreOptions};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn scope() -> Scope {
    Scope::new("123456789012", "us-west-2")
}

async fn domains(servers: Servers) -> Domains {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = Store::open(&StoreOptions::default()).unwrap();
    Domains::open(store, Clock::real(), Spawner::default(), reqwest::Client::new(), servers).await.unwrap()
}

/// A server that answers every request with 200, from the moment it is started.
async fn answering(listener: tokio::net::TcpListener) {
    while let Ok((mut socket, _)) = listener.accept().await {
        let _ = socket.read(&mut [0; 4096]).await;
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}").await;
    }
}

async fn call(domains: &Domains, operation: &str, input: Vec<(&'static str, Value<'static>)>) -> Result<Value<'static>, Fault> {
    let caller = Caller { scope: scope(), access_key: None, request_id: "id".into(), endpoint: "http://localhost:4566".into() };
    let input = Value::Map(input.into_iter().map(|(name, value)| (name.into(), value)).collect());
    es_routes(domains.clone()).call(operation, caller, input).await
}

fn named() -> Vec<(&'static str, Value<'static>)> {
    vec![("DomainName", Value::text("workshop"))]
}

#[tokio::test]
async fn without_a_server_the_error_says_what_to_do() {
    let fault = call(&domains(Servers::None).await, "CreateElasticsearchDomain", named()).await.unwrap_err();
    assert_eq!((&*fault.code, fault.status), ("ValidationException", 400));
    assert!(fault.message.unwrap().contains("--elasticsearch http://localhost:9200"));
}

#[tokio::test]
async fn a_domain_gets_its_endpoint_when_the_server_answers() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let domains = domains(Servers::Running { url: format!("http://{address}/") }).await;
    let mut input = named();
    input.push(("ElasticsearchVersion", Value::text("5.1")));
    input.push(("EBSOptions", Value::Map(vec![("EBSEnabled".into(), Value::Bool(true)), ("VolumeSize".into(), Value::Int(10))])));
    let created = call(&domains, "CreateElasticsearchDomain", input).await.unwrap();
    let status = created.get("DomainStatus").unwrap();
    assert_eq!(status.get("Processing"), Some(&Value::Bool(true)));
    assert_eq!((status.get("Endpoint"), status.get("Endpoints")), (None, None));
    assert_eq!(status.get("ARN"), Some(&Value::text("arn:aws:es:us-west-2:123456789012:domain/workshop")));
    tokio::spawn(answering(tokio::net::TcpListener::bind(address).await.unwrap()));
    let status = loop {
        let answer = call(&domains, "DescribeElasticsearchDomain", named()).await.unwrap();
        let status = answer.get("DomainStatus").unwrap().clone();
        if status.get("Processing") == Some(&Value::Bool(false)) {
            break status;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(status.get("Endpoint"), Some(&Value::text(address.to_string())));
    assert_eq!(status.get("EBSOptions").unwrap().get("VolumeSize"), Some(&Value::Int(10)));
    let cluster = status.get("ElasticsearchClusterConfig").unwrap();
    assert_eq!(cluster.get("InstanceType"), Some(&Value::text("m4.large.elasticsearch")));
    assert_eq!(cluster.get("InstanceCount"), Some(&Value::Int(1)));
    let arn = Arn::parse("arn:aws:es:us-west-2:123456789012:domain/workshop").unwrap();
    assert_eq!(domains.endpoint(&arn).await.unwrap(), format!("http://{address}"));
}

#[tokio::test]
async fn updates_are_echoed_and_deletions_are_final() {
    let domains = domains(Servers::Running { url: "http://127.0.0.1:9".into() }).await;
    call(&domains, "CreateElasticsearchDomain", named()).await.unwrap();
    let again = call(&domains, "CreateElasticsearchDomain", named()).await.unwrap_err();
    assert_eq!((&*again.code, again.status), ("ResourceAlreadyExistsException", 409));
    let mut input = named();
    input.push(("ElasticsearchClusterConfig", Value::Map(vec![("InstanceCount".into(), Value::Int(2))])));
    let updated = call(&domains, "UpdateElasticsearchDomainConfig", input).await.unwrap();
    let cluster = updated.get("DomainConfig").unwrap().get("ElasticsearchClusterConfig").unwrap();
    assert_eq!(cluster.get("Options").unwrap().get("InstanceCount"), Some(&Value::Int(2)));
    assert_eq!(cluster.get("Options").unwrap().get("DedicatedMasterEnabled"), Some(&Value::Bool(false)));
    assert_eq!(cluster.get("Status").unwrap().get("UpdateVersion"), Some(&Value::Int(2)));
    let deleted = call(&domains, "DeleteElasticsearchDomain", named()).await.unwrap();
    assert_eq!(deleted.get("DomainStatus").unwrap().get("Deleted"), Some(&Value::Bool(true)));
    let gone = call(&domains, "DescribeElasticsearchDomain", named()).await.unwrap_err();
    assert_eq!((&*gone.code, gone.message.as_deref()), ("ResourceNotFoundException", Some("Domain not found: workshop")));
}
