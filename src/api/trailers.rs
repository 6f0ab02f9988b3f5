//! Headers that a client sends after its body (aws-chunked uploads carry their checksum so).

use std::sync::{Arc, OnceLock};

/// A place for the trailing headers of one request, filled when the body has been read to its end. Clones share it.
///
/// The gateway, which undoes aws-chunked bodies, puts one into the request's extensions; S3 looks for checksums in it.
#[derive(Clone, Debug, Default)]
pub struct Trailers(Arc<OnceLock<Vec<(String, String)>>>);

impl Trailers {
    /// Fills the place with names (in lower case) and values; a second time is ignored.
    pub fn fill(&self, headers: Vec<(String, String)>) {
        let _ = self.0.set(headers);
    }

    /// The value of the trailing header `name` (in lower case), once the body has been read.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get()?.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
