//! The door of `--es-proxy`: `localhost:9200` as the workshop's guide has it, where aws-es-kibana listens (spec/workshop.md 5.1).
//!
//! Requests pass to the domain's real server, and those under `/_plugin/kibana/` to a Kibana with the prefix stripped (5.3). Signed and unsigned
//! requests are taken alike. The guide's create-index body is adapted for servers that know no mapping types.

mod create_index;
mod forward;

use crate::services::elasticsearch::Domains;
use crate::wire::{Answer, Body};
use forward::Refusal;
use http::{HeaderValue, Method, Request, Response, StatusCode};

/// Where Kibana and OpenSearch Dashboards live on Amazon's domains.
const KIBANA_PREFIXES: [&str; 2] = ["/_plugin/kibana", "/_dashboards"];

/// The door to a domain's server and to Kibana; clones share their connections.
#[derive(Clone, Debug)]
pub(super) struct Door {
    domains: Domains,
    http: reqwest::Client,
    kibana: Option<String>,
}

impl Door {
    /// A door to the server behind the domains, and to the Kibana with this URL.
    ///
    /// # Errors
    /// No HTTP client can be made.
    pub(super) fn new(domains: Domains, kibana: Option<String>) -> Result<Self, reqwest::Error> {
        let kibana = kibana.map(|url| url.trim_end_matches('/').to_owned());
        Ok(Self { domains, http: forward::client()?, kibana })
    }

    async fn pass(&self, request: Request<Body>) -> Result<Response<Body>, Refusal> {
        let path = request.uri().path();
        if let Some(prefix) = KIBANA_PREFIXES.into_iter().find(|prefix| is_under(path, prefix)) {
            return self.kibana(prefix, request).await;
        }
        let server = self.domains.door_url().await.map_err(|error| Refusal::no_server(&error))?;
        let (request, adapted) = match create_index::is_one(&request) {
            true => create_index::adapt(&self.http, &server, request).await?,
            false => (request, false),
        };
        let rest = path_and_query(&request).to_owned();
        let mut response = forward::send(&self.http, &server, &rest, request).await?;
        if adapted {
            response.headers_mut().append(http::header::WARNING, HeaderValue::from_static(create_index::WARNING));
        }
        Ok(response)
    }

    async fn kibana(&self, prefix: &str, request: Request<Body>) -> Result<Response<Body>, Refusal> {
        if request.uri().path() == prefix && request.method() == Method::GET {
            return Ok(to_folder(prefix));
        }
        let Some(kibana) = &self.kibana else { return Err(Refusal::no_kibana(prefix)) };
        let rest = path_and_query(&request)[prefix.len()..].to_owned();
        forward::send(&self.http, kibana, &rest, request).await
    }
}

impl Answer for Door {
    async fn serve(&self, request: Request<Body>, _secure: bool) -> Response<Body> {
        self.pass(request).await.unwrap_or_else(Refusal::into_response)
    }
}

fn is_under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn path_and_query(request: &Request<Body>) -> &str {
    request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str)
}

/// Kibana's relative links need the slash.
fn to_folder(prefix: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    if let Ok(location) = HeaderValue::from_str(&format!("{prefix}/")) {
        response.headers_mut().insert(http::header::LOCATION, location);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_segments_are_a_prefix() {
        assert!(is_under("/_plugin/kibana", "/_plugin/kibana"));
        assert!(is_under("/_plugin/kibana/app/kibana", "/_plugin/kibana"));
        assert!(!is_under("/_plugin/kibana2", "/_plugin/kibana"));
    }
}
