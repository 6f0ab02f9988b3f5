//! The console, `/_millpond/`: a page that shows what flows, and the answers that it asks for. It counts against no limit and moves nothing.

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
pub struct Console {
    /// Streams.
    pub kinesis: Kinesis,
    /// Delivery streams.
    pub firehose: Firehose,
    /// Applications.
    pub analytics: Analytics,
}

/// The paths under `/_millpond/` that are the console's.
pub fn router(console: Console) -> Router {
    let file = |content_type: &'static str, text: &'static str| {
        let headers = [(header::CONTENT_TYPE, content_type), (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY)];
        get(move || std::future::ready((headers, text)))
    };
    Router::new()
        .route("/_millpond", get(|| std::future::ready(Redirect::temporary("/_millpond/"))))
        .route("/_millpond/", file("text/html; charset=utf-8", include_str!("page.html")))
        .route("/_millpond/page.js", file("text/javascript; charset=utf-8", include_str!("page.js")))
        .route("/_millpond/page.css", file("text/css; charset=utf-8", include_str!("page.css")))
        .route("/_millpond/flow", get(overview))
        .route("/_millpond/kinesis/{stream}/records", get(records))
        .route("/_millpond/analytics/{application}/streams/{name}", get(rows))
        .with_state(console)
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
async fn overview(State(console): State<Console>) -> Response {
    match console.overview().await {
        Ok(overview) => Json(overview).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

impl Console {
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
async fn records(State(console): State<Console>, Path(stream): Path<String>, Query(asked): Query<Asked>) -> Response {
    let handle = console.kinesis.stream(&asked.scope(), &stream);
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
    State(console): State<Console>,
    Path((application, name)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let scope = asked.scope();
    match console.analytics.latest_rows(&scope, &application, &name, asked.limit(MAX_ROWS)) {
        Some(rows) => {
            ([(header::CONTENT_TYPE, "application/json")], format!("{{\"rows\":[{}]}}", rows.join(","))).into_response()
        }
        None => {
            let text = format!("no running application {application} in {scope} has a stream {name}\n");
            (StatusCode::NOT_FOUND, text).into_response()
        }
    }
}
