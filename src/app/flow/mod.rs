//! `/_millpond/`: a page that shows what flows, and the answers that it asks for. It counts against no limit and moves nothing.

mod shapes;

use crate::base::account::{DEFAULT_ACCOUNT, DEFAULT_REGION, Scope};
use crate::services::analytics::Analytics;
use crate::services::firehose::Firehose;
use crate::services::kinesis::{Kinesis, KinesisError};
use crate::store::StoreError;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Json, Router, routing::get};
use serde::Deserialize;
use shapes::{Application, DeliveryStream, Overview, Record, Stream};
use std::collections::HashMap;

/// Rows or records, when not said how many.
const DEFAULT_ROWS: usize = 100;

/// The most rows of one answer.
const MAX_ROWS: usize = 10_000;

/// The most records of one answer: a record may have 10 MiB, and the newest of each shard are looked at.
const MAX_RECORDS: usize = 200;

/// The most streams, applications and delivery streams that are shown, each: a page is for people.
const MOST_RESOURCES: usize = 200;

/// What may stand in the page: files of ours and their answers, nothing from elsewhere.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:";

/// What the page shows.
#[derive(Clone)]
pub(super) struct Flow {
    /// Streams.
    pub(super) kinesis: Kinesis,
    /// Delivery streams.
    pub(super) firehose: Firehose,
    /// Applications.
    pub(super) analytics: Analytics,
}

pub(super) fn router(flow: Flow) -> Router {
    let file = |content_type: &'static str, text: &'static str| {
        let headers = [(header::CONTENT_TYPE, content_type), (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY)];
        get(move || std::future::ready((headers, text)))
    };
    Router::new()
        .route("/_millpond", get(|| std::future::ready(Redirect::temporary("/_millpond/"))))
        .route("/_millpond/", file("text/html; charset=utf-8", include_str!("page.html")))
        .route("/_millpond/flow.js", file("text/javascript; charset=utf-8", include_str!("flow.js")))
        .route("/_millpond/flow.css", file("text/css; charset=utf-8", include_str!("flow.css")))
        .route("/_millpond/flow", get(overview))
        .route("/_millpond/kinesis/{stream}/records", get(records))
        .route("/_millpond/analytics/{application}/streams/{name}", get(rows))
        .with_state(flow)
}

/// Whose, and how many.
#[derive(Deserialize)]
struct Asked {
    limit: Option<usize>,
    account: Option<String>,
    region: Option<String>,
}

impl Asked {
    fn scope(&self) -> Scope {
        let or = |given: &Option<String>, default: &str| given.clone().unwrap_or_else(|| default.to_owned());
        Scope::new(or(&self.account, DEFAULT_ACCOUNT), or(&self.region, DEFAULT_REGION))
    }

    fn limit(&self, most: usize) -> usize {
        self.limit.unwrap_or(DEFAULT_ROWS).min(most)
    }
}

/// Streams, applications and delivery streams with what has passed them since the process began.
async fn overview(State(flow): State<Flow>) -> Response {
    match flow.overview().await {
        Ok(overview) => Json(overview).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

impl Flow {
    async fn overview(&self) -> Result<Overview, StoreError> {
        let streams = self.kinesis.metrics().into_iter().take(MOST_RESOURCES).map(Stream::from).collect();
        let running = self.analytics.metrics().into_iter();
        let mut metrics: HashMap<_, _> =
            running.map(|metrics| ((metrics.scope.clone(), metrics.name.clone()), metrics)).collect();
        let all = self.analytics.all().await?.into_iter().take(MOST_RESOURCES);
        let applications = all.map(|(scope, application)| {
            let streams = self.analytics.stream_names(&scope, &application.name).unwrap_or_default();
            let metrics = metrics.remove(&(scope.clone(), application.name.clone()));
            Application::new(&scope, application, streams, metrics)
        });
        let applications = applications.collect();
        let delivery_streams =
            self.firehose.metrics().await?.into_iter().take(MOST_RESOURCES).map(DeliveryStream::from).collect();
        Ok(Overview { streams, applications, delivery_streams })
    }
}

/// `{"records":[…]}`, the newest last.
async fn records(State(flow): State<Flow>, Path(stream): Path<String>, Query(asked): Query<Asked>) -> Response {
    let handle = flow.kinesis.stream(&asked.scope(), &stream);
    let latest = async { handle?.latest(asked.limit(MAX_RECORDS)).await };
    match latest.await {
        Ok(latest) => {
            let records: Vec<Record> = latest.into_iter().map(Record::from).collect();
            Json(serde_json::json!({ "records": records })).into_response()
        }
        Err(error @ KinesisError::NotFound(_)) => (StatusCode::NOT_FOUND, format!("{error}\n")).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

/// `{"rows":[…]}`, the newest last.
async fn rows(
    State(flow): State<Flow>,
    Path((application, name)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let scope = asked.scope();
    match flow.analytics.latest_rows(&scope, &application, &name, asked.limit(MAX_ROWS)) {
        Some(rows) => {
            ([(header::CONTENT_TYPE, "application/json")], format!("{{\"rows\":[{}]}}", rows.join(","))).into_response()
        }
        None => {
            let text = format!("no running application {application} in {scope} has a stream {name}\n");
            (StatusCode::NOT_FOUND, text).into_response()
        }
    }
}
