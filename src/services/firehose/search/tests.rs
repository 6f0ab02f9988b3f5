//! Delivery against a server that answers what a test tells it to, on a virtual clock that runs.

use super::super::tests::{Bench, START_MS, bucket, scope};
use crate::api::firehose as model;
use crate::api::firehose::op::CreateDeliveryStream;
use crate::base::clock::Clock;
use crate::base::limits::Profile;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ES_5_6: &str = r#"{"version":{"number":"5.6.16"}}"#;
const OPENSEARCH_2: &str = r#"{"version":{"distribution":"opensearch","number":"2.19.1"}}"#;

/// What the server is told to answer, and what it was asked. Without an answer left it takes everything.
struct Server {
    version: &'static str,
    answers: Mutex<VecDeque<(u16, String)>>,
    requests: Mutex<Vec<String>>,
}

impl Server {
    async fn start(version: &'static str, answers: &[(u16, &str)]) -> (Arc<Self>, String) {
        let answers = answers.iter().map(|(status, body)| (*status, (*body).to_owned())).collect();
        let server = Arc::new(Self { version, answers: Mutex::new(answers), requests: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new()
            .route("/", get(|State(server): State<Arc<Self>>| async move { server.version }))
            .route("/_bulk", post(Self::bulk))
            .with_state(Arc::clone(&server));
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (io, service) = (TokioIo::new(connection), TowerToHyperService::new(router.clone()));
                tokio::spawn(async move { auto::Builder::new(TokioExecutor::new()).serve_connection(io, service).await });
            }
        });
        (server, url)
    }

    async fn bulk(State(server): State<Arc<Self>>, body: String) -> (StatusCode, String) {
        server.requests.lock().unwrap().push(body);
        let answer = server.answers.lock().unwrap().pop_front();
        let (status, body) = answer.unwrap_or((200, r#"{"errors":false}"#.into()));
        (StatusCode::from_u16(status).unwrap(), body)
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn destination(url: &str) -> model::ElasticsearchDestinationConfiguration {
    model::ElasticsearchDestinationConfiguration {
        buffering_hints: Some(model::ElasticsearchBufferingHints { interval_in_seconds: Some(60), size_in_mbs: Some(5) }),
        cluster_endpoint: Some(url.into()),
        index_name: "readings".into(),
        type_name: Some("reading".into()),
        role_arn: "arn:aws:iam::123456789012:role/firehose".into(),
        s3_configuration: bucket(None),
        ..Default::default()
    }
}

async fn bench(profile: Profile, destination: model::ElasticsearchDestinationConfiguration) -> Bench {
    let bench = Bench::new(profile).await;
    run(bench.parts.clock.clone());
    let input = model::CreateDeliveryStreamInput {
        delivery_stream_name: "orders".into(),
        elasticsearch_destination_configuration: Some(destination),
        ..Default::default()
    };
    bench.call(CreateDeliveryStream, input).await.unwrap();
    while bench.describe("orders").await.delivery_stream_status != model::DeliveryStreamStatus::Active {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    bench
}

/// Lets the clock run 250 times as fast as real time.
fn run(clock: Clock) {
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
            clock.advance_to(clock.now_ms() + 250);
        }
    });
}

async fn deliver(bench: &Bench, records: &[&str]) {
    bench.put("orders", records).await;
    let scope = scope();
    let flushed = bench.firehose.flush_now(&scope, "orders");
    tokio::time::timeout(Duration::from_secs(20), flushed).await.expect("not delivered").unwrap();
}

/// The documents of a request, without action lines.
fn documents(request: &str) -> Vec<&str> {
    request.lines().skip(1).step_by(2).collect()
}

fn actions(request: &str) -> Vec<&str> {
    request.lines().step_by(2).collect()
}

#[tokio::test]
async fn a_flush_is_one_request_with_index_type_and_id() {
    let (server, url) = Server::start(ES_5_6, &[]).await;
    let bench = bench(Profile::Local, destination(&url)).await;
    deliver(&bench, &["{\"n\":1}\n", "{\"n\":2}"]).await;
    let [request] = &server.requests()[..] else { panic!("one request") };
    assert_eq!(documents(request), ["{\"n\":1}", "{\"n\":2}"]);
    assert!(request.ends_with('\n'));
    let log = bench.firehose.find(&scope(), "orders").unwrap().stream().log.number();
    let created = bench.firehose.find(&scope(), "orders").unwrap().stream().created_ms;
    let id = format!("49{created:013}{log:08}{:033}.0", 1);
    assert_eq!(
        actions(request)[0],
        format!("{{\"index\":{{\"_index\":\"readings-2026-07-13\",\"_type\":\"reading\",\"_id\":\"{id}\"}}}}")
    );
    assert_eq!(bench.objects(), []);
}

#[tokio::test]
async fn no_type_from_seven_on_and_no_id_if_so_configured() {
    let (server, url) = Server::start(OPENSEARCH_2, &[]).await;
    let options = model::DocumentIdOptions { default_document_id_format: model::DefaultDocumentIdFormat::NoDocumentId };
    let rotation = Some(model::ElasticsearchIndexRotationPeriod::NoRotation);
    let destination = model::ElasticsearchDestinationConfiguration {
        document_id_options: Some(options),
        index_rotation_period: rotation,
        ..destination(&url)
    };
    let bench = bench(Profile::Local, destination).await;
    deliver(&bench, &["{}"]).await;
    assert_eq!(server.requests(), ["{\"index\":{\"_index\":\"readings\"}}\n{}\n"]);
}

const REJECTED: &str = r#"{"errors":true,"items":[{"index":{"status":201}},{"index":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed to parse [d]"}}},{"index":{"status":201}}]}"#;

#[tokio::test]
async fn a_rejected_document_goes_to_s3_and_its_neighbours_stay() {
    let (server, url) = Server::start(ES_5_6, &[(200, REJECTED)]).await;
    let bench = bench(Profile::Local, destination(&url)).await;
    deliver(&bench, &["{\"d\":1}", "{\"d\":\"x\"}", "not json", "{\"d\":3}"]).await;
    let [request] = &server.requests()[..] else { panic!("one request") };
    assert_eq!(documents(request), ["{\"d\":1}", "{\"d\":\"x\"}", "{\"d\":3}"]);
    let [(key, body)] = &bench.objects()[..] else { panic!("one object") };
    assert!(key.starts_with("backup/AmazonOpenSearchService-failed/2026/07/13/23/orders-1-2026-07-13-23-05-"), "{key}");
    let lines: Vec<&str> = body.lines().collect();
    let line: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
    let expected = format!(
        "{{\"attemptsMade\":1,\"arrivalTimestamp\":{},\"errorCode\":\"ES.MalformedData\",\"errorMessage\":\"The record is not one JSON \
         object on one line: it does not begin with {{.\",\"attemptEndingTimestamp\":{},\"rawData\":\"{}\",\"esDocumentId\":{},\
         \"esIndexName\":\"readings-2026-07-13\",\"esTypeName\":\"reading\"}}",
        line["arrivalTimestamp"],
        line["attemptEndingTimestamp"],
        STANDARD.encode("not json"),
        line["esDocumentId"],
    );
    assert_eq!(lines[0], expected);
    let rejected: serde_json::Value = serde_json::from_str(lines[1]).unwrap();
    assert_eq!((rejected["errorCode"].as_str(), lines.len()), (Some("400"), 2));
    assert_eq!(rejected["errorMessage"], r#"{"type":"mapper_parsing_exception","reason":"failed to parse [d]"}"#);
    assert!(actions(request)[1].contains(rejected["esDocumentId"].as_str().unwrap()));
}

#[tokio::test]
async fn only_throttled_documents_are_sent_again_under_the_same_ids() {
    let throttled = r#"{"errors":true,"items":[{"index":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"queue full"}}},{"index":{"status":200}},{"index":{"status":503,"error":"Unavailable[shards]"}}]}"#;
    let (server, url) = Server::start(ES_5_6, &[(200, throttled)]).await;
    let bench = bench(Profile::Local, destination(&url)).await;
    deliver(&bench, &["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"]).await;
    let requests = server.requests();
    assert_eq!(documents(&requests[1]), ["{\"n\":1}", "{\"n\":3}"]);
    assert_eq!(actions(&requests[1]), [actions(&requests[0])[0], actions(&requests[0])[2]]);
    assert_eq!((requests.len(), bench.objects().len()), (2, 0));
}

#[tokio::test]
async fn a_request_that_fails_as_a_whole_is_sent_again() {
    let (server, url) = Server::start(ES_5_6, &[(503, "busy"), (200, "<html>"), (429, "{}")]).await;
    let bench = bench(Profile::Local, destination(&url)).await;
    deliver(&bench, &["{\"n\":1}"]).await;
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    assert!(requests.iter().all(|request| *request == requests[0]), "the same ids every time");
}

#[tokio::test]
async fn too_large_a_request_is_sent_in_pieces() {
    let (server, url) = Server::start(ES_5_6, &[(413, "")]).await;
    let bench = bench(Profile::Local, destination(&url)).await;
    deliver(&bench, &["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"]).await;
    let sizes: Vec<usize> = server.requests().iter().map(|request| documents(request).len()).collect();
    assert_eq!(sizes, [3, 2, 1]);
    assert_eq!(bench.objects(), []);
}

#[tokio::test]
async fn a_dead_server_is_given_up_when_the_retry_duration_has_passed() {
    let destination = model::ElasticsearchDestinationConfiguration {
        retry_options: Some(model::ElasticsearchRetryOptions { duration_in_seconds: Some(60) }),
        ..destination("http://127.0.0.1:9")
    };
    let bench = bench(Profile::Local, destination).await;
    deliver(&bench, &["{\"n\":1}"]).await;
    let [(_, body)] = &bench.objects()[..] else { panic!("one object") };
    let line: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(line["errorCode"], "ES.ConnectionFailed");
    // Waits of 1, 2, 4, 8, 16 and 30 seconds, the last one cut at the deadline.
    assert_eq!(line["attemptsMade"], 7);
    let took_ms = line["attemptEndingTimestamp"].as_i64().unwrap() - line["arrivalTimestamp"].as_i64().unwrap();
    assert!((60_000..70_000).contains(&took_ms), "{took_ms}");
}

#[tokio::test]
async fn aws_limits_send_rejected_documents_until_the_deadline() {
    let rejected = r#"{"errors":true,"items":[{"index":{"status":400,"error":"MapperParsingException[x]"}}]}"#;
    let (server, url) = Server::start(ES_5_6, &[(200, rejected); 20]).await;
    let destination = model::ElasticsearchDestinationConfiguration {
        retry_options: Some(model::ElasticsearchRetryOptions { duration_in_seconds: Some(10) }),
        ..destination(&url)
    };
    let bench = bench(Profile::Aws, destination).await;
    deliver(&bench, &["{\"n\":1}"]).await;
    assert_eq!(server.requests().len(), 5, "after 0, 1, 3, 7 and 10 seconds");
    assert!(bench.objects()[0].1.contains("\"attemptsMade\":5,"));
}

#[tokio::test]
async fn when_the_bucket_fails_too_the_stream_pauses_until_one_of_them_works() {
    let rejected = r#"{"errors":true,"items":[{"index":{"status":400,"error":"MapperParsingException[x]"}}]}"#;
    let (server, url) = Server::start(ES_5_6, &[(200, rejected); 2]).await;
    let bench = bench(Profile::Local, destination(&url)).await;
    bench.fake.failing.store(true, Ordering::SeqCst);
    // The third time the server takes it, as after a change of the mapping.
    deliver(&bench, &["{\"n\":1}"]).await;
    assert_eq!((server.requests().len(), bench.objects().len()), (3, 0));
    assert_eq!(*bench.fake.puts.borrow(), 2);
}

#[tokio::test]
async fn all_documents_are_backed_up_beside_the_delivery() {
    let (server, url) = Server::start(ES_5_6, &[]).await;
    let destination = model::ElasticsearchDestinationConfiguration {
        s3_backup_mode: Some(model::ElasticsearchS3BackupMode::AllDocuments),
        s3_configuration: bucket(Some("all/")),
        ..destination(&url)
    };
    let bench = bench(Profile::Local, destination).await;
    deliver(&bench, &["{\"n\":1}\n", "{\"n\":2}\n"]).await;
    assert_eq!(server.requests().len(), 1);
    let [(key, body)] = &bench.objects()[..] else { panic!("one object") };
    assert!(key.starts_with("backup/all/2026/07/13/23/orders-1-"), "{key}");
    assert_eq!(body, "{\"n\":1}\n{\"n\":2}\n");
}

#[tokio::test]
async fn a_domain_is_looked_up_by_its_arn_and_waited_for() {
    let (server, url) = Server::start(ES_5_6, &[]).await;
    let destination = model::ElasticsearchDestinationConfiguration {
        cluster_endpoint: None,
        domain_arn: Some("arn:aws:es:us-west-2:123456789012:domain/workshop".into()),
        cloud_watch_logging_options: Some(model::CloudWatchLoggingOptions {
            enabled: Some(true),
            log_group_name: Some("g".into()),
            log_stream_name: Some("s".into()),
        }),
        ..destination("")
    };
    let bench = bench(Profile::Local, destination).await;
    bench.put("orders", &["{\"n\":1}"]).await;
    while bench.fake.errors.lock().unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(bench.fake.errors.lock().unwrap()[0].ends_with("\"errorCode\":\"ES.ResourceNotFoundException\"}"));
    *bench.fake.domain.lock().unwrap() = Some(url);
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn ids_are_the_same_after_a_restart() {
    let (server, url) = Server::start(ES_5_6, &[(503, "busy")]).await;
    let bench = bench(Profile::Local, destination(&url)).await;
    bench.put("orders", &["{\"n\":1}"]).await;
    while server.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let bench = bench.restarted().await;
    bench.firehose.flush_now(&scope(), "orders").await.unwrap();
    let requests = server.requests();
    assert!(requests.len() >= 2 && requests.iter().all(|request| *request == requests[0]), "{requests:?}");
    assert!(bench.parts.clock.now_ms() > START_MS);
}
