//! One port for everything: HTTP/1.1 and HTTP/2 without TLS (prior knowledge), and both with TLS, told apart by the first byte.

use super::body::Body;
use super::proxy;
use super::tls::Tls;
use crate::base::spawner::{Spawner, Stopping};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Bounds of a connection.
#[derive(Clone, Copy, Debug)]
pub struct ListenerLimits {
    /// A connection that sends nothing is closed after this; client pools open spare ones.
    pub first_byte: Duration,
    /// A TLS handshake must be done after this.
    pub handshake: Duration,
    /// A request's headers must be there after this.
    pub headers: Duration,
    /// Most headers of a request.
    pub header_count: usize,
    /// Most bytes of an HTTP/2 header block.
    pub header_bytes: u32,
    /// Most requests at once on one HTTP/2 connection.
    pub streams: u32,
    /// Most connections; more wait in the kernel's queue.
    pub connections: usize,
}

impl Default for ListenerLimits {
    fn default() -> Self {
        Self {
            first_byte: Duration::from_secs(30),
            handshake: Duration::from_secs(10),
            headers: Duration::from_secs(30),
            header_count: 128,
            header_bytes: 64 << 10,
            streams: 1_000,
            connections: 10_000,
        }
    }
}

/// HTTP/2 windows: a PutRecords of 10 MiB should not wait for a window update every 64 KiB.
const STREAM_WINDOW_BYTES: u32 = 1 << 20;
const CONNECTION_WINDOW_BYTES: u32 = 8 << 20;

/// Accepting failed for want of file descriptors or memory: wait this long before trying again.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// The first byte of a TLS handshake record (RFC 8446 5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// What answers the requests of a port.
pub trait Answer: Send + Sync + 'static {
    /// Answers one request that came over TLS (`secure`) or without.
    fn serve(&self, request: Request<Body>, secure: bool) -> impl Future<Output = Response<Body>> + Send;
}

/// A bound port.
pub struct Listener {
    tcp: TcpListener,
    limits: ListenerLimits,
    tls: Tls,
}

struct Shared<A> {
    answer: A,
    tls: Tls,
    http: auto::Builder<TokioExecutor>,
    limits: ListenerLimits,
}

impl Listener {
    /// Binds the port.
    pub async fn bind(address: SocketAddr, limits: ListenerLimits, tls: Tls) -> io::Result<Self> {
        Ok(Self { tcp: TcpListener::bind(address).await?, limits, tls })
    }

    /// Where it listens; of interest when port 0 was asked for.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    /// Accepts until the spawner stops; each connection is a task of `connections`, which a stop drains.
    pub async fn run(self, answer: impl Answer, connections: Spawner) {
        let limits = self.limits;
        let shared = Arc::new(Shared { answer, tls: self.tls, http: http_builder(&limits), limits });
        let slots = Arc::new(tokio::sync::Semaphore::new(limits.connections));
        let mut stopping = connections.stopping();
        loop {
            let Ok(slot) = slots.clone().acquire_owned().await else { return };
            let accepted = tokio::select! {
                accepted = self.tcp.accept() => accepted,
                () = stopping.wait() => return,
            };
            match accepted {
                Ok((stream, _)) => {
                    let (shared, stopping) = (shared.clone(), connections.stopping());
                    connections.spawn(async move {
                        shared.connection(stream, stopping).await;
                        drop(slot);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_RETRY).await;
                }
            }
        }
    }
}

fn http_builder(limits: &ListenerLimits) -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(limits.headers).max_headers(limits.header_count);
    http.http2()
        .timer(TokioTimer::new())
        .max_header_list_size(limits.header_bytes)
        .max_concurrent_streams(limits.streams)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES);
    http
}

impl<A: Answer> Shared<A> {
    async fn connection(self: Arc<Self>, stream: TcpStream, mut stopping: Stopping) {
        let mut first = [0];
        let peeked = tokio::select! {
            peeked = tokio::time::timeout(self.limits.first_byte, stream.peek(&mut first)) => peeked,
            () = stopping.wait() => return,
        };
        let Ok(Ok(1)) = peeked else { return };
        // Answers are written whole; waiting for more to send would only delay them.
        let _ = stream.set_nodelay(true);
        if first[0] == TLS_HANDSHAKE {
            return self.https(stream, stopping).await;
        }
        let Some(tunnel) = self.clone().http(stream, false, stopping.clone()).await else { return };
        match tunnel.await {
            Ok(stream) => self.https(TokioIo::new(stream), stopping).await,
            Err(error) => tracing::debug!(%error, "a tunnel broke before it began"),
        }
    }

    async fn https(self: Arc<Self>, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, stopping: Stopping) {
        match self.shake_hands(stream).await {
            Ok(stream) => drop(self.http(stream, true, stopping).await),
            Err(error) => tracing::debug!(error, "a TLS handshake failed"),
        }
    }

    async fn shake_hands<S>(&self, stream: S) -> Result<TlsStream<S>, Box<dyn Error + Send + Sync>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let config = self.tls.config().inspect_err(|error| tracing::error!(%error, "no TLS"))?;
        let shaking = TlsAcceptor::from(config).accept(stream);
        Ok(tokio::time::timeout(self.limits.handshake, shaking).await??)
    }

    /// Serves HTTP on a stream until the client ends it, or the process stops and the running requests are answered. Returns the
    /// tunnel that the client asked for with CONNECT, if it did.
    async fn http(
        self: Arc<Self>,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        secure: bool,
        mut stopping: Stopping,
    ) -> Option<OnUpgrade> {
        let (shared, tunnel) = (self.clone(), Arc::new(Mutex::new(None)));
        let asked = tunnel.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let (shared, asked) = (shared.clone(), asked.clone());
            async move { Ok::<_, Infallible>(shared.answer(request.map(Body::new), secure, &asked).await) }
        });
        let mut connection = std::pin::pin!(self.http.serve_connection_with_upgrades(TokioIo::new(stream), service));
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stopping.wait() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(error, "a connection broke");
        }
        tunnel.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Answers a request; one for a tunnel leaves it in `tunnel`, to be used once the answer is out.
    async fn answer(&self, mut request: Request<Body>, secure: bool, tunnel: &Mutex<Option<OnUpgrade>>) -> Response<Body> {
        match proxy::connect(&request, secure) {
            None => self.answer.serve(request, secure).await,
            Some(Err(refused)) => refused,
            Some(Ok(())) => {
                *tunnel.lock().unwrap_or_else(PoisonError::into_inner) = Some(hyper::upgrade::on(&mut request));
                Response::new(Body::empty())
            }
        }
    }
}
