//! `application/vnd.amazon.eventstream`: an answer of many messages, each framed with its length and two checksums.
//!
//! ```text
//! total length (4) | length of the headers (4) | CRC-32 of these 8 (4) | headers | payload | CRC-32 of all before (4)
//! header: length of the name (1) | name | 7 for text (1) | length of the value (2) | value
//! ```
//!
//! All numbers are big-endian. The first message is `initial-response`, without which botocore and the Go SDK fail (spec/streams.md 3.10).

use super::answer::{Codec, respond};
use super::body::Body;
use crate::api::{Event, Events, Fault, Value};
use bytes::Bytes;
use futures_util::{StreamExt, future, stream};
use http::Response;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;

const CONTENT_TYPE: &str = "application/vnd.amazon.eventstream";

/// Bytes before the headers.
const PRELUDE: usize = 12;

/// The type of a header whose value is text.
const TEXT: u8 = 7;

/// The answer: the events as the client takes them, in the codec of the request. Nothing is kept but the message being sent.
pub(super) fn answer(codec: Codec, events: Events) -> Response<Body> {
    let opening = message(codec, &event_headers("initial-response", codec), &Value::Map(Vec::new()));
    // A panic in the stream is a bug; its client hears of it, and nobody else does.
    let events = AssertUnwindSafe(events).catch_unwind();
    let messages = events.map(move |event| match event.unwrap_or_else(|_| Err(Fault::internal("panic in a stream of events"))) {
        Ok(Event { name, payload }) => message(codec, &event_headers(&name, codec), &payload),
        Err(fault) => exception(codec, &fault),
    });
    let all = stream::once(future::ready(opening)).chain(messages);
    respond(200, CONTENT_TYPE, Body::from_stream(all.map(Ok::<_, Infallible>)))
}

fn event_headers(name: &str, codec: Codec) -> [(&'static str, String); 3] {
    [(":message-type", "event".into()), (":event-type", name.into()), (":content-type", codec.content_type().into())]
}

/// The message that ends a stream in an error. The service models a bug as InternalFailureException.
fn exception(codec: Codec, fault: &Fault) -> Bytes {
    super::call::log(fault, None);
    let code = if fault.internal.is_some() { "InternalFailureException" } else { &fault.code };
    let headers = [
        (":message-type", "exception".into()),
        (":exception-type", code.to_owned()),
        (":content-type", codec.content_type().into()),
    ];
    let text = fault.message.clone().unwrap_or_default();
    message(codec, &headers, &Value::Map(vec![("message".into(), Value::text(text))]))
}

/// One message, written once: the lengths and checksums are filled in behind the payload.
fn message(codec: Codec, headers: &[(&'static str, String)], payload: &Value<'_>) -> Bytes {
    frame(headers, |out| codec.append(out, payload))
}

fn frame(headers: &[(&'static str, String)], payload: impl FnOnce(&mut Vec<u8>)) -> Bytes {
    let mut out = vec![0; PRELUDE];
    for (name, value) in headers {
        push_header(&mut out, name, value);
    }
    let headers_len = length(out.len() - PRELUDE);
    payload(&mut out);
    let total = length(out.len() + size_of::<u32>());
    out[..4].copy_from_slice(&total);
    out[4..8].copy_from_slice(&headers_len);
    let prelude = crc32fast::hash(&out[..8]).to_be_bytes();
    out[8..PRELUDE].copy_from_slice(&prelude);
    let all = crc32fast::hash(&out).to_be_bytes();
    out.extend_from_slice(&all);
    out.into()
}

/// Names and values are ours or the model's, far below the lengths that the form allows.
fn push_header(out: &mut Vec<u8>, name: &str, value: &str) {
    out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
    out.extend_from_slice(name.as_bytes());
    out.push(TEXT);
    out.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(value.as_bytes());
}

fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of AWS's common runtime (aws-c-event-stream, `tests/message_serializer_test.c`).
    #[test]
    fn frames_are_as_on_record() {
        assert_eq!(frame(&[], |_| {})[..], [0, 0, 0, 0x10, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff]);
        let payload = |out: &mut Vec<u8>| out.extend_from_slice(b"{'foo':'bar'}");
        let plain = frame(&[], payload);
        assert_eq!(plain[..12], [0, 0, 0, 0x1d, 0, 0, 0, 0, 0xfd, 0x52, 0x8c, 0x5a]);
        assert_eq!(plain[25..], [0xc3, 0x65, 0x39, 0x36]);
        let headed = frame(&[("content-type", "application/json".into())], payload);
        assert_eq!(headed[..12], [0, 0, 0, 0x3d, 0, 0, 0, 0x20, 0x07, 0xfd, 0x83, 0x96]);
        assert_eq!(headed[12..44], *b"\x0ccontent-type\x07\x00\x10application/json");
        assert_eq!(headed[57..], [0x8d, 0x9c, 0x08, 0xb1]);
    }

    #[tokio::test]
    async fn an_answer_begins_with_the_initial_response_and_ends_with_a_fault() {
        use http_body_util::BodyExt;
        let events = vec![
            Ok(Event { name: "Heard".into(), payload: Value::Map(vec![("n".into(), Value::Int(1))]) }),
            Err(Fault::new("ResourceInUseException", 400, "taken")),
        ];
        let response = answer(Codec::Json11, stream::iter(events).boxed());
        assert_eq!(response.headers()["content-type"], CONTENT_TYPE);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body);
        let places: Vec<_> = [
            "initial-response",
            "{}",
            "Heard",
            "{\"n\":1}",
            ":exception-type",
            "ResourceInUseException",
            "{\"message\":\"taken\"}",
        ]
        .iter()
        .map(|part| text.find(part).unwrap_or_else(|| panic!("{part} is missing: {text:?}")))
        .collect();
        assert!(places.is_sorted(), "{places:?}");
    }

    #[tokio::test]
    async fn a_panic_in_the_stream_is_an_internal_failure_of_that_stream() {
        use http_body_util::BodyExt;
        let events = stream::once(async { panic!("a bug") }).boxed();
        let body = answer(Codec::Json11, events).into_body().collect().await.unwrap().to_bytes();
        assert!(String::from_utf8_lossy(&body).contains("InternalFailureException"));
    }
}
