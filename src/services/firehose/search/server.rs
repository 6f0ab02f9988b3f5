//! The server that a delivery talks to: where it is and which version it has, asked once.

use super::service::{self, RequestError};
use super::target::Target;
use super::version::ServerVersion;
use crate::services::firehose::Parts;

/// What is known of the server.
#[derive(Debug, Default)]
pub(in super::super) struct Server {
    known: Option<(String, ServerVersion)>,
}

impl Server {
    /// The endpoint of the target, and the type to send its documents with.
    pub(super) async fn find<'t>(
        &mut self,
        parts: &Parts,
        target: &'t Target,
    ) -> Result<(String, Option<&'t str>), RequestError> {
        let endpoint = match &target.domain {
            Some(domain) => {
                parts.domains.endpoint(domain).await.map_err(|why| RequestError::new("ResourceNotFoundException", why))?
            }
            None => target.called.clone(),
        };
        let version = match self.known.take().filter(|(known, _)| *known == endpoint) {
            Some((_, version)) => version,
            None => service::version(&parts.http, &endpoint).await?,
        };
        let document_type = version.document_type(&target.type_name);
        self.known = Some((endpoint.clone(), version));
        Ok((endpoint, document_type))
    }

    /// A request failed as a whole: another version may answer there next time.
    pub(super) fn forget(&mut self) {
        self.known = None;
    }
}
