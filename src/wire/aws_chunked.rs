//! `aws-chunked` bodies, in which S3 clients wrap what they stream: `SIZE;chunk-signature=…` lines, data, and trailers at the end.
//!
//! The signature of the request covers the first line of it all; the chunks' own signatures are not verified.

use super::body::Body;
use axum::body::BodyDataStream;
use bytes::{Buf, Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::stream;
use std::io::{Error, ErrorKind};

/// A chunk's first line holds a size and a signature; anything longer is no chunk.
const MAX_LINE_BYTES: usize = 4 << 10;

/// More trailers than the handful of checksums there are.
const MAX_TRAILERS: usize = 32;

/// Gets the trailers, names in lower case, before the body ends.
pub(super) type OnTrailers = Box<dyn FnOnce(Vec<(String, String)>) + Send>;

/// The body without its wrapping.
pub(super) fn unwrap(body: Body, on_trailers: OnTrailers) -> Body {
    let decoder = Decoder {
        source: body.into_data_stream(),
        buffer: BytesMut::new(),
        state: State::Size,
        trailers: Vec::new(),
        on_trailers: Some(on_trailers),
    };
    Body::from_stream(stream::unfold(decoder, |mut decoder| async move { Some((decoder.next().await?, decoder)) }).fuse())
}

struct Decoder {
    source: BodyDataStream,
    buffer: BytesMut,
    state: State,
    trailers: Vec<(String, String)>,
    on_trailers: Option<OnTrailers>,
}

enum State {
    /// Before the line with a chunk's size.
    Size,
    /// In a chunk's data, with so many bytes to come.
    Data(u64),
    /// After a chunk's data, before its line end.
    DataEnd,
    /// After the last chunk.
    Trailers,
    Done,
}

impl Decoder {
    /// The next piece of data; after an error, nothing.
    async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        let step = self.step().await.transpose();
        if !matches!(step, Some(Ok(_))) {
            self.state = State::Done;
        }
        step
    }

    async fn step(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            match self.state {
                State::Size => {
                    let line = self.line().await?;
                    let size = line.split(';').next().unwrap_or_default().trim();
                    let size = u64::from_str_radix(size, 16).map_err(|_| malformed("a chunk without a size"))?;
                    self.state = if size == 0 { State::Trailers } else { State::Data(size) };
                }
                State::Data(left) => return self.data(left).await.map(Some),
                State::DataEnd => {
                    if !self.line().await?.is_empty() {
                        return Err(malformed("a chunk longer than its size"));
                    }
                    self.state = State::Size;
                }
                State::Trailers => self.trailer().await?,
                State::Done => return Ok(None),
            }
        }
    }

    async fn data(&mut self, left: u64) -> Result<Bytes, Error> {
        if self.buffer.is_empty() && !self.fill().await? {
            return Err(malformed("the body ends within a chunk"));
        }
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(self.buffer.len());
        let data = self.buffer.split_to(take).freeze();
        let left = left - take as u64;
        self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
        Ok(data)
    }

    /// One trailer, or the end: an empty line, or that of the body.
    async fn trailer(&mut self) -> Result<(), Error> {
        let ended = self.buffer.is_empty() && !self.fill().await?;
        let line = if ended { String::new() } else { self.line().await? };
        match line.split_once(':') {
            Some(_) if self.trailers.len() >= MAX_TRAILERS => return Err(malformed("too many trailers")),
            Some((name, value)) => self.trailers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned())),
            None => {
                self.state = State::Done;
                if let Some(on_trailers) = self.on_trailers.take() {
                    on_trailers(std::mem::take(&mut self.trailers));
                }
            }
        }
        Ok(())
    }

    /// A line without its end.
    async fn line(&mut self) -> Result<String, Error> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.buffer) {
                let line = self.buffer.split_to(end);
                self.buffer.advance(1);
                return Ok(String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned());
            }
            if self.buffer.len() > MAX_LINE_BYTES {
                return Err(malformed("a line of a chunk is too long"));
            }
            if !self.fill().await? {
                return Err(malformed("the body ends before its last chunk"));
            }
        }
    }

    /// More bytes into the buffer; `false` at the end of the body.
    async fn fill(&mut self) -> Result<bool, Error> {
        while let Some(more) = self.source.next().await {
            let more = more.map_err(Error::other)?;
            if !more.is_empty() {
                self.buffer.extend_from_slice(&more);
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn malformed(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("aws-chunked: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use std::sync::{Arc, Mutex};

    /// What comes out of a wrapped text that arrives in pieces of `size` bytes.
    async fn unwrapped(text: &'static str, size: usize) -> (Result<Bytes, String>, Vec<(String, String)>) {
        let pieces = text.as_bytes().chunks(size).map(|piece| Ok::<_, Error>(Bytes::from_static(piece)));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = seen.clone();
        let body = unwrap(Body::from_stream(stream::iter(pieces)), Box::new(move |trailers| *sink.lock().unwrap() = trailers));
        let data = body.collect().await.map(http_body_util::Collected::to_bytes).map_err(|error| error.to_string());
        let trailers = seen.lock().unwrap().clone();
        (data, trailers)
    }

    #[tokio::test]
    async fn chunks_and_trailers_come_apart_however_they_arrive() {
        let text = "5;chunk-signature=ab\r\nhello\r\n1\r\n \r\n6;x\r\nworld!\r\n0;chunk-signature=cd\r\n\
                    x-amz-checksum-crc32:AAAA\r\nX-Amz-Trailer-Signature: ef\r\n\r\n";
        for size in [1, 2, 7, 1000] {
            let (data, trailers) = unwrapped(text, size).await;
            assert_eq!(data.unwrap(), "hello world!", "pieces of {size}");
            assert_eq!(trailers[0], ("x-amz-checksum-crc32".into(), "AAAA".into()));
            assert_eq!(trailers[1].0, "x-amz-trailer-signature");
        }
        assert_eq!(unwrapped("0\r\n\r\n", 3).await.0.unwrap(), "");
        assert_eq!(unwrapped("0\r\n", 3).await.0.unwrap(), "");
    }

    #[tokio::test]
    async fn what_is_cut_short_or_malformed_is_an_error() {
        for text in ["5\r\nhel", "5\r\nhello\r\n", "x\r\n", "5\r\nhello!\r\n0\r\n\r\n", "", "-1\r\n"] {
            assert!(unwrapped(text, 3).await.0.is_err(), "{text:?}");
        }
    }
}
