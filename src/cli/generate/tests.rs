//! The command against a server that does not take everything.

use super::*;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use clap::Parser;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    flags: GenerateFlags,
}

fn flags(arguments: &[&str]) -> GenerateFlags {
    Line::try_parse_from([&["generate"], arguments].concat()).unwrap_or_else(|error| panic!("{error}")).flags
}

/// What a request is answered: which entries fail, or a whole refusal.
type Behaviour = fn(request: usize, entries: usize) -> Result<Vec<usize>, (u16, &'static str)>;

#[derive(Default)]
struct Taken {
    requests: usize,
    records: Vec<String>,
    keys: Vec<String>,
    headers: HeaderMap,
}

struct Server {
    taken: Mutex<Taken>,
    behaviour: Behaviour,
}

async fn answer(State(server): State<Arc<Server>>, headers: HeaderMap, body: String) -> (StatusCode, String) {
    let mut taken = server.taken.lock().unwrap();
    taken.requests += 1;
    let delivery = headers["x-amz-target"] == "Firehose_20150804.PutRecordBatch";
    taken.headers = headers;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body[if delivery { "DeliveryStreamName" } else { "StreamName" }], "target");
    let entries = body["Records"].as_array().unwrap();
    let failing = match (server.behaviour)(taken.requests, entries.len()) {
        Ok(failing) => failing,
        Err((status, kind)) => {
            return (StatusCode::from_u16(status).unwrap(), json!({"__type": kind, "message": "told"}).to_string());
        }
    };
    let mut answers = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        if failing.contains(&index) {
            answers.push(json!({"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow down"}));
            continue;
        }
        let data = base64::engine::general_purpose::STANDARD.decode(entry["Data"].as_str().unwrap()).unwrap();
        taken.records.push(String::from_utf8_lossy(&data).into_owned());
        taken.keys.extend(entry["PartitionKey"].as_str().map(str::to_owned));
        answers.push(json!({"SequenceNumber": "1", "ShardId": "shardId-000000000000"}));
    }
    let (count, list) = if delivery { ("FailedPutCount", "RequestResponses") } else { ("FailedRecordCount", "Records") };
    (StatusCode::OK, json!({count: failing.len(), list: answers}).to_string())
}

/// Runs the command against a server; what the server took, and how the command ended.
fn send(behaviour: Behaviour, arguments: &[&str]) -> (Taken, Result<(), String>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = Arc::new(Server { taken: Mutex::default(), behaviour });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/", post(answer)).with_state(Arc::clone(&server));
    runtime.spawn(async move { axum::serve(listener, router).await });
    let rate: &[&str] = if arguments.contains(&"--rate") { &[] } else { &["--rate", "max"] };
    let flags = flags(&[&["--quiet", "--endpoint", &endpoint], rate, arguments].concat());
    let result = run(&flags).map_err(|error| error.to_string());
    runtime.shutdown_background();
    let taken = std::mem::take(&mut *server.taken.lock().unwrap());
    (taken, result)
}

/// Every record has a number of its own, so that none can hide behind another.
const NUMBERED: &str = "{{random.uuid}}";

fn distinct(taken: &Taken) -> usize {
    taken.records.iter().collect::<std::collections::BTreeSet<_>>().len()
}

#[test]
fn all_records_arrive_in_batches_signed() {
    let (taken, result) = send(|_, _| Ok(vec![]), &[NUMBERED, "--to", "target", "--count", "1234", "--seed", "1"]);
    assert_eq!(result, Ok(()));
    assert_eq!((taken.requests, taken.records.len(), distinct(&taken)), (3, 1234, 1234));
    assert!(taken.records.iter().all(|record| record.ends_with('\n')));
    assert!(taken.keys.iter().all(|key| key.parse::<u64>().unwrap() < 10_000_000_000));
    let authorization = taken.headers["authorization"].to_str().unwrap();
    assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential="), "{authorization}");
    assert!(authorization.contains("/kinesis/aws4_request") && authorization.contains("x-amz-target"), "{authorization}");
}

#[test]
fn only_failed_records_are_sent_again() {
    // Every third entry fails in the first two requests.
    let some = |request: usize, entries: usize| Ok(if request <= 2 { (0..entries).step_by(3).collect() } else { Vec::new() });
    let arguments = [NUMBERED, "--to", "target", "--count", "100", "--connections", "1"];
    let (taken, result) = send(some, &arguments);
    assert_eq!(result, Ok(()));
    assert_eq!((taken.requests, taken.records.len(), distinct(&taken)), (3, 100, 100));
}

#[test]
fn calls_that_fail_for_now_are_made_again() {
    let busy = |request: usize, _: usize| match request {
        1 => Err((500, "InternalFailure")),
        2 => Err((400, "ProvisionedThroughputExceededException")),
        _ => Ok(vec![]),
    };
    let arguments = ["{{random.number(5)}}", "--to", "firehose:target", "--count", "7", "--connections", "1", "--no-newline"];
    let (taken, result) = send(busy, &arguments);
    assert_eq!((result, taken.requests, taken.records.len(), taken.keys.len()), (Ok(()), 3, 7, 0));
    assert!(taken.records.iter().all(|record| record.len() == 1));
}

#[test]
fn what_is_never_taken_is_told() {
    let first_fails = |_: usize, _: usize| Ok(vec![0]);
    let arguments = [NUMBERED, "--to", "target", "--count", "10", "--retries", "1", "--connections", "1"];
    let (taken, result) = send(first_fails, &arguments);
    assert_eq!((taken.requests, taken.records.len()), (2, 9));
    assert_eq!(result, Err("1 records were not taken".into()));
}

#[test]
fn a_refusal_ends_the_run_at_once() {
    let missing = |_: usize, _: usize| Err((400, "ResourceNotFoundException"));
    let (taken, result) = send(missing, &[NUMBERED, "--to", "target", "--count", "1000000", "--connections", "2"]);
    assert_eq!(result, Err("ResourceNotFoundException: told".into()));
    assert!(taken.requests <= 2, "{}", taken.requests);
}

#[test]
fn records_are_compressed_and_keys_made_of_their_template() {
    let arguments = ["x", "--to", "target", "--count", "3", "--gzip", "--partition-key", "k{{random.number(0)}}"];
    let (taken, result) = send(|_, _| Ok(vec![]), &arguments);
    assert_eq!((result, taken.keys), (Ok(()), vec!["k0".to_owned(); 3]));
    assert!(taken.records.iter().all(|record| record.starts_with('\u{1f}')));
}

#[test]
fn a_slow_rate_does_not_wait_for_full_batches() {
    let (taken, result) = send(|_, _| Ok(vec![]), &["x", "--to", "target", "--rate", "20", "--duration", "700ms"]);
    assert_eq!((result, taken.records.len()), (Ok(()), 14));
    assert!(taken.requests > 3, "{}", taken.requests);
}

#[test]
fn errors_of_templates_are_told_with_their_places() {
    let wrong = |arguments: &[&str]| run(&flags(arguments)).unwrap_err().to_string();
    assert!(
        wrong(&["a\n {{random.nubmer}}"])
            .starts_with("the template has errors\ntemplate:2:2: there is no function random.nubmer")
    );
    assert!(wrong(&["x", "--to", "target", "--partition-key", "{{x.y}}"]).contains("--partition-key:1:1"));
    assert!(wrong(&["x", "--start", "soon"]).contains("--start soon"));
    assert!(wrong(&["x", "--start", "2026-01-02", "--end", "2026-01-01", "--rate", "1"]).contains("behind"));
    assert!(wrong(&["x", "--zone", "Mars/Olympus"]).contains("no such time zone"));
    assert!(wrong(&["--template", "/nonexistent/t"]).contains("/nonexistent/t"));
    let noted = checked("t", &Template::compile("{{random.number()}}").unwrap());
    assert!(noted.starts_with("t: valid, but") && noted.contains("t:1:1:"), "{noted}");
    assert_eq!(checked("t", &Template::compile("{{random.number}}").unwrap()), "t: valid");
}

#[test]
fn the_list_names_functions_with_their_arguments() {
    let list = list();
    assert!(list.lines().any(|line| line.starts_with("random.number ") && line.contains("\"max\"")));
    assert!(list.lines().any(|line| line == "random.uuid"));
}
