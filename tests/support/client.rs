//! A small client without signatures, so that a test says exactly what goes over the wire.

use super::Cbor;
use serde_json::Value;
use std::time::Duration;

/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: Vec<u8>,
    /// The headers.
    pub(crate) headers: reqwest::header::HeaderMap,
}

impl Answer {
    /// The body as JSON; an empty body is null.
    pub(crate) fn json(&self) -> Value {
        if self.body.is_empty() { Value::Null } else { serde_json::from_slice(&self.body).unwrap() }
    }
}

/// A client of one server.
#[derive(Clone)]
pub(crate) struct Client {
    endpoint: String,
    http: reqwest::Client,
}

impl Client {
    /// A client of the server at this URL.
    pub(crate) fn new(endpoint: String) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { endpoint, http: reqwest::Client::builder().timeout(PATIENCE).build().unwrap() }
    }

    /// Calls `Kinesis_20131202.PutRecord` with a JSON body; the output when it succeeds, else the error's body.
    pub(crate) async fn call(&self, target: &str, input: Value) -> Result<Value, Value> {
        let answer = self.post(target, "application/x-amz-json-1.1", input.to_string().into_bytes()).await.unwrap();
        if answer.status == 200 { Ok(answer.json()) } else { Err(answer.json()) }
    }

    /// The same in CBOR.
    pub(crate) async fn call_cbor(&self, target: &str, input: &Cbor) -> Result<Cbor, Cbor> {
        let answer = self.post(target, "application/x-amz-cbor-1.1", input.encode()).await.unwrap();
        let body = Cbor::decode(&answer.body);
        if answer.status == 200 { Ok(body) } else { Err(body) }
    }

    /// A POST to `/` with a target; an error when there is no answer.
    pub(crate) async fn post(&self, target: &str, content_type: &str, body: Vec<u8>) -> Result<Answer, reqwest::Error> {
        let request = self.http.post(&self.endpoint).header("x-amz-target", target).header("content-type", content_type);
        answer(request.body(body).send().await?).await
    }

    /// A GET of a path.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer, reqwest::Error> {
        answer(self.http.get(format!("{}{path}", self.endpoint)).send().await?).await
    }
}

async fn answer(response: reqwest::Response) -> Result<Answer, reqwest::Error> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Answer { status, headers, body: response.bytes().await?.to_vec() })
}
