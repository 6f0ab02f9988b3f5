//! Reading a request's body, bounded.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

/// The body of requests and answers: bytes, or a stream of them.
pub type Body = axum::body::Body;

/// The largest body of an API call. PutRecords takes 10 MiB of data and keys, which base64 makes 13.3 MiB of JSON.
/// S3 bodies are streamed and have no such bound.
pub const MAX_BODY_BYTES: usize = 16 << 20;

/// Memory set aside before the first byte has come; a client may announce more than it sends.
const FIRST_RESERVE_BYTES: usize = 1 << 20;

/// Why a body could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// Larger than [`MAX_BODY_BYTES`].
    TooLarge,
    /// The connection broke.
    Broken,
}

/// The whole body; a body of one frame is not copied.
pub(super) async fn read(mut body: Body) -> Result<Bytes, BodyError> {
    let announced = usize::try_from(http_body::Body::size_hint(&body).lower()).unwrap_or(usize::MAX);
    if announced > MAX_BODY_BYTES {
        return Err(BodyError::TooLarge);
    }
    let Some(first) = next(&mut body).await? else { return Ok(Bytes::new()) };
    let Some(second) = next(&mut body).await? else { return bounded(first) };
    let mut all = BytesMut::with_capacity(announced.min(FIRST_RESERVE_BYTES).max(first.len() + second.len()));
    all.extend_from_slice(&first);
    all.extend_from_slice(&second);
    while let Some(more) = next(&mut body).await? {
        if all.len() + more.len() > MAX_BODY_BYTES {
            return Err(BodyError::TooLarge);
        }
        all.extend_from_slice(&more);
    }
    bounded(all.freeze())
}

fn bounded(bytes: Bytes) -> Result<Bytes, BodyError> {
    if bytes.len() > MAX_BODY_BYTES { Err(BodyError::TooLarge) } else { Ok(bytes) }
}

/// The next frame with data; `None` at the end.
async fn next(body: &mut Body) -> Result<Option<Bytes>, BodyError> {
    while let Some(frame) = body.frame().await {
        match frame.map_err(|_| BodyError::Broken)?.into_data() {
            Ok(data) if !data.is_empty() => return Ok(Some(data)),
            // An empty frame or trailers: nothing for us.
            _ => {}
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    fn chunks(chunks: Vec<&'static [u8]>) -> Body {
        Body::from_stream(stream::iter(chunks.into_iter().map(|chunk| Ok::<_, std::io::Error>(Bytes::from_static(chunk)))))
    }

    #[tokio::test]
    async fn chunks_are_joined() {
        assert_eq!(read(Body::empty()).await, Ok(Bytes::new()));
        assert_eq!(read(chunks(vec![b"a", b"", b"bc", b"d"])).await.unwrap(), "abcd");
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_cut_off() {
        static CHUNK: [u8; 1 << 16] = [0; 1 << 16];
        assert_eq!(read(chunks(vec![&CHUNK; 300])).await, Err(BodyError::TooLarge));
        assert_eq!(read(Body::from(vec![0; MAX_BODY_BYTES + 1])).await, Err(BodyError::TooLarge));
        assert!(read(Body::from(vec![0; MAX_BODY_BYTES])).await.is_ok());
    }
}
