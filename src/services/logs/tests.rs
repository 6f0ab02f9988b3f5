//! Tests through the operations, as a client sees them.

use super::*;
use crate::api::{Caller, Fault, Value};
use crate::store::StoreOptions;

const NOW: Millis = 1_700_000_000_000;

fn logs() -> Logs {
    Logs::new(Store::open(&StoreOptions::default()).unwrap(), Clock::virtual_at(NOW))
}

fn scope() -> Scope {
    Scope::new("123456789012", "us-west-2")
}

fn value(json: &serde_json::Value) -> Value<'static> {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(b) => Value::Bool(*b),
        serde_json::Value::Number(n) => Value::Int(n.as_i64().unwrap()),
        serde_json::Value::String(text) => Value::text(text.clone()),
        serde_json::Value::Array(list) => Value::List(list.iter().map(value).collect()),
        serde_json::Value::Object(map) => Value::Map(map.iter().map(|(k, v)| (k.clone().into(), value(v))).collect()),
    }
}

async fn call(logs: &Logs, operation: &str, input: serde_json::Value) -> Result<Value<'static>, Fault> {
    let caller = Caller { scope: scope(), access_key: None, request_id: "id".into(), endpoint: "http://localhost:4566".into() };
    routes(logs.clone()).call(operation, caller, value(&input)).await
}

async fn with_stream() -> Logs {
    let logs = logs();
    call(&logs, "CreateLogGroup", serde_json::json!({"logGroupName": "/aws/g"})).await.unwrap();
    let stream = serde_json::json!({"logGroupName": "/aws/g", "logStreamName": "s"});
    call(&logs, "CreateLogStream", stream).await.unwrap();
    logs
}

fn messages(answer: &Value<'_>) -> Vec<String> {
    let Some(Value::List(events)) = answer.get("events") else { panic!("{answer:?}") };
    events.iter().map(|event| event.get("message").unwrap().as_str().unwrap().to_owned()).collect()
}

fn text(answer: &Value<'_>, member: &str) -> String {
    answer.get(member).unwrap().as_str().unwrap().to_owned()
}

#[tokio::test]
async fn errors_have_the_texts_of_aws() {
    let logs = with_stream().await;
    let again = call(&logs, "CreateLogGroup", serde_json::json!({"logGroupName": "/aws/g"})).await.unwrap_err();
    assert_eq!(
        (&*again.code, again.message.as_deref()),
        ("ResourceAlreadyExistsException", Some("The specified log group already exists"))
    );
    let unknown =
        call(&logs, "GetLogEvents", serde_json::json!({"logGroupName": "none", "logStreamName": "s"})).await.unwrap_err();
    assert_eq!(
        (&*unknown.code, unknown.message.as_deref()),
        ("ResourceNotFoundException", Some("The specified log group does not exist."))
    );
    let unknown =
        call(&logs, "GetLogEvents", serde_json::json!({"logGroupName": "/aws/g", "logStreamName": "t"})).await.unwrap_err();
    assert_eq!(unknown.message.as_deref(), Some("The specified log stream does not exist."));
    assert_eq!(logs.put(&scope(), "none", "s", NOW, "x").await, Err(LogsError::NoSuchGroup));
}

#[tokio::test]
async fn pages_go_forward_and_backward_to_the_ends() {
    let logs = with_stream().await;
    for n in 0..5 {
        logs.put(&scope(), "/aws/g", "s", NOW + n, &n.to_string()).await.unwrap();
    }
    let base = serde_json::json!({"logGroupName": "/aws/g", "logStreamName": "s", "limit": 2});
    let newest = call(&logs, "GetLogEvents", base.clone()).await.unwrap();
    assert_eq!(messages(&newest), ["3", "4"]);
    let mut back = base.clone();
    back["nextToken"] = text(&newest, "nextBackwardToken").into();
    assert_eq!(messages(&call(&logs, "GetLogEvents", back).await.unwrap()), ["1", "2"]);
    let (mut token, mut seen) = (None::<String>, Vec::new());
    loop {
        let mut input = base.clone();
        input["startFromHead"] = true.into();
        if let Some(token) = &token {
            input["nextToken"] = token.clone().into();
        }
        let page = call(&logs, "GetLogEvents", input).await.unwrap();
        seen.extend(messages(&page));
        let next = text(&page, "nextForwardToken");
        if token.replace(next.clone()) == Some(next) {
            break;
        }
    }
    assert_eq!(seen, ["0", "1", "2", "3", "4"]);
    let mut range = base;
    (range["startTime"], range["endTime"]) = ((NOW + 1).into(), (NOW + 3).into());
    assert_eq!(messages(&call(&logs, "GetLogEvents", range).await.unwrap()), ["1", "2"]);
}

#[tokio::test]
async fn late_events_are_sorted_in_and_bad_ones_rejected() {
    let logs = with_stream().await;
    let put = |events: serde_json::Value| {
        let logs = logs.clone();
        async move {
            call(&logs, "PutLogEvents", serde_json::json!({"logGroupName": "/aws/g", "logStreamName": "s", "logEvents": events}))
                .await
        }
    };
    put(serde_json::json!([{"timestamp": NOW, "message": "new"}])).await.unwrap();
    put(serde_json::json!([{"timestamp": NOW - 5, "message": "late"}])).await.unwrap();
    let got = call(&logs, "GetLogEvents", serde_json::json!({"logGroupName": "/aws/g", "logStreamName": "s"})).await.unwrap();
    assert_eq!(messages(&got), ["late", "new"]);
    let disorder = put(serde_json::json!([{"timestamp": NOW, "message": "a"}, {"timestamp": NOW - 1, "message": "b"}])).await;
    assert_eq!(&*disorder.unwrap_err().code, "InvalidParameterException");
    let future =
        put(serde_json::json!([{"timestamp": NOW, "message": "ok"}, {"timestamp": NOW + 3 * 3_600_000, "message": "far"}])).await;
    let rejected = future.unwrap();
    assert_eq!(rejected.get("rejectedLogEventsInfo").unwrap().get("tooNewLogEventStartIndex"), Some(&Value::Int(1)));
}

#[tokio::test]
async fn filters_search_all_streams_in_the_order_of_time() {
    let logs = with_stream().await;
    call(&logs, "CreateLogStream", serde_json::json!({"logGroupName": "/aws/g", "logStreamName": "a"})).await.unwrap();
    for (stream, at, message) in [("s", 1, "ERROR one"), ("a", 2, "ERROR two"), ("s", 3, "fine"), ("s", 4, "ERROR three")] {
        logs.put(&scope(), "/aws/g", stream, NOW + at, message).await.unwrap();
    }
    let mut input = serde_json::json!({"logGroupName": "/aws/g", "filterPattern": "ERROR", "limit": 2});
    let page = call(&logs, "FilterLogEvents", input.clone()).await.unwrap();
    assert_eq!(messages(&page), ["ERROR one", "ERROR two"]);
    input["nextToken"] = text(&page, "nextToken").into();
    let page = call(&logs, "FilterLogEvents", input).await.unwrap();
    assert_eq!(messages(&page), ["ERROR three"]);
    assert_eq!(page.get("nextToken"), None);
}

#[tokio::test]
async fn events_expire_by_the_clock_and_give_their_room_back() {
    let logs = with_stream().await;
    let group = serde_json::json!({"logGroupName": "/aws/g"});
    let days = async |days: i64| {
        call(&logs, "PutRetentionPolicy", serde_json::json!({"logGroupName": "/aws/g", "retentionInDays": days})).await
    };
    let shown = async || {
        let answer = call(&logs, "DescribeLogGroups", serde_json::json!({})).await.unwrap();
        let Some(Value::List(groups)) = answer.get("logGroups").cloned() else { panic!("{answer:?}") };
        groups[0].get("retentionInDays").cloned()
    };
    let refused = days(2).await.unwrap_err();
    assert!(refused.code == "InvalidParameterException" && refused.message.unwrap().contains("Value '2' at 'retentionInDays'"));
    days(1).await.unwrap();
    assert_eq!(shown().await, Some(Value::Int(1)));
    let day = 86_400_000;
    let put = async |at_ms: i64, message: &str| {
        let events = serde_json::json!([{"timestamp": at_ms, "message": message}]);
        let input = serde_json::json!({"logGroupName": "/aws/g", "logStreamName": "s", "logEvents": events});
        call(&logs, "PutLogEvents", input).await.unwrap()
    };
    let rejected = put(NOW - day - 1, "expired already").await;
    assert_eq!(rejected.get("rejectedLogEventsInfo").unwrap().get("expiredLogEventEndIndex"), Some(&Value::Int(1)));
    put(NOW - 1, "old").await;
    put(NOW + 1_000, "new").await;
    let read = async || {
        let stream = serde_json::json!({"logGroupName": "/aws/g", "logStreamName": "s"});
        let got = messages(&call(&logs, "GetLogEvents", stream).await.unwrap());
        assert_eq!(messages(&call(&logs, "FilterLogEvents", group.clone()).await.unwrap()), got);
        got
    };
    assert_eq!(read().await, ["old", "new"]);
    logs.clock.advance_to(NOW + day);
    assert_eq!(read().await, ["new"]);
    logs.clock.advance_to(NOW + day + 1_001);
    assert_eq!(read().await, Vec::<String>::new());
    let log = logs.stream(&scope(), "/aws/g", "s").await.unwrap().log;
    logs.forget_expired().await.unwrap();
    assert_eq!(logs.store.log_state(log).unwrap().count(), 2, "put ahead of their time, they might still count");
    logs.clock.advance_to(NOW + day + 2 * 3_600_000 + 1);
    logs.forget_expired().await.unwrap();
    assert_eq!(logs.store.log_state(log).unwrap().count(), 0);
    call(&logs, "DeleteRetentionPolicy", group.clone()).await.unwrap();
    assert_eq!(shown().await, None);
    put(NOW + day, "kept").await;
    logs.clock.advance_to(NOW + 30 * day);
    logs.forget_expired().await.unwrap();
    assert_eq!(read().await, ["kept"]);
    logs.clock.advance_to(NOW + 32 * day);
    logs.forget_expired().await.unwrap();
    assert_eq!(read().await, Vec::<String>::new(), "without a retention they are kept for thirty days");
}

#[tokio::test]
async fn events_out_of_order_are_read_in_the_order_of_their_times() {
    let logs = with_stream().await;
    let put = async |from: i64, count: i64| {
        let events: Vec<_> =
            (from..from + count).map(|n| serde_json::json!({"timestamp": NOW + n, "message": format!("{n:04}")})).collect();
        let input = serde_json::json!({"logGroupName": "/aws/g", "logStreamName": "s", "logEvents": events});
        call(&logs, "PutLogEvents", input).await.unwrap();
    };
    // Runs of different lengths that fall between each other.
    for (from, count) in [(1_500, 700), (0, 1_500), (2_201, 1), (2_200, 1), (2_202, 300)] {
        put(from, count).await;
    }
    let expected: Vec<String> = (0..2_502).map(|n| format!("{n:04}")).collect();
    for (head, token) in [(true, "nextForwardToken"), (false, "nextBackwardToken")] {
        let (mut pages, mut next) = (Vec::new(), None::<String>);
        loop {
            let mut input =
                serde_json::json!({"logGroupName": "/aws/g", "logStreamName": "s", "limit": 600, "startFromHead": head});
            if let Some(next) = &next {
                input["nextToken"] = next.as_str().into();
            }
            let answer = call(&logs, "GetLogEvents", input).await.unwrap();
            let page = messages(&answer);
            if page.is_empty() {
                break;
            }
            if head {
                pages.push(page)
            } else {
                pages.insert(0, page)
            }
            next = Some(text(&answer, token));
        }
        assert_eq!(pages.concat(), expected, "from the head: {head}");
    }
    let all = call(&logs, "FilterLogEvents", serde_json::json!({"logGroupName": "/aws/g"})).await.unwrap();
    assert_eq!(messages(&all), expected);
}
