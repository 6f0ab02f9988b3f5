//! One port: HTTP/1.1, HTTP/2 by prior knowledge, and TLS with either.

use super::*;
use crate::base::spawner::Spawner;
use crate::wire::tls::Tls;
use crate::wire::{Listener, ListenerLimits};
use futures_util::FutureExt;
use http::Version;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// A server on a free port, which stops with the spawner.
async fn serve(limits: ListenerLimits) -> (SocketAddr, Spawner, Tls) {
    let tls = Tls::new(None);
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), limits, tls.clone()).await.unwrap();
    let (address, connections) = (listener.address().unwrap(), Spawner::default());
    let own = connections.clone();
    connections.spawn(async move { listener.run(gateway(), own).await });
    (address, connections, tls)
}

fn client(tls: &Tls) -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let authority = reqwest::Certificate::from_pem(tls.ca_pem().unwrap().as_bytes()).unwrap();
    reqwest::Client::builder().tls_certs_only([authority])
}

async fn version(client: reqwest::Client, url: String) -> Version {
    let request = client.post(url).header("x-amz-target", "Kinesis_20131202.GetRecords").header("content-type", JSON);
    let answer = request.body(r#"{"ShardIterator":"a"}"#).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.version()
}

#[tokio::test]
async fn every_protocol_on_one_port() {
    let (address, _connections, tls) = serve(ListenerLimits::default()).await;
    let port = address.port();
    let plain = format!("http://127.0.0.1:{port}/");
    assert_eq!(version(client(&tls).http1_only().build().unwrap(), plain.clone()).await, Version::HTTP_11);
    assert_eq!(version(client(&tls).http2_prior_knowledge().build().unwrap(), plain).await, Version::HTTP_2);
    for url in [format!("https://127.0.0.1:{port}/"), format!("https://localhost:{port}/")] {
        assert_eq!(version(client(&tls).http1_only().build().unwrap(), url.clone()).await, Version::HTTP_11);
        assert_eq!(version(client(&tls).build().unwrap(), url).await, Version::HTTP_2);
    }
    let aws = "kinesis.us-west-2.amazonaws.com";
    let client = client(&tls).resolve(aws, address).build().unwrap();
    assert_eq!(version(client, format!("https://{aws}:{port}/")).await, Version::HTTP_2);
}

#[tokio::test]
async fn a_stop_is_not_held_up_by_idle_connections() {
    let (address, connections, _) = serve(ListenerLimits::default()).await;
    let silent = TcpStream::connect(address).await.unwrap();
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut some = [0; 16];
    idle.read_exact(&mut some).await.unwrap();
    assert!(connections.stop(Duration::from_secs(2)).await);
    assert!(TcpStream::connect(address).await.is_err());
    drop(silent);
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let limits = ListenerLimits { first_byte: Duration::from_millis(20), ..ListenerLimits::default() };
    let (address, _connections, _) = serve(limits).await;
    let mut silent = TcpStream::connect(address).await.unwrap();
    assert_eq!(silent.read(&mut [0; 1]).await.unwrap(), 0);
}

#[tokio::test]
async fn too_many_headers_are_refused() {
    let (address, _connections, _) = serve(ListenerLimits::default()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let headers: String = (0..200).map(|n| format!("h{n}: x\r\n")).collect();
    stream.write_all(format!("GET / HTTP/1.1\r\n{headers}\r\n").as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 431");
}

#[tokio::test]
async fn a_proxy_for_the_hosts_of_aws_and_no_others() {
    let (address, _connections, tls) = serve(ListenerLimits::default()).await;
    let proxy = || reqwest::Proxy::https(format!("http://{address}")).unwrap();
    let aws = "https://kinesis.us-west-2.amazonaws.com/".to_owned();
    assert_eq!(version(client(&tls).proxy(proxy()).build().unwrap(), aws.clone()).await, Version::HTTP_2);
    assert_eq!(version(client(&tls).proxy(proxy()).http1_only().build().unwrap(), aws).await, Version::HTTP_11);
    for (line, expected) in [
        ("CONNECT kinesis.us-west-2.amazonaws.com:443 HTTP/1.0", "200"),
        ("CONNECT example.com:443 HTTP/1.1\r\nhost: example.com", "403"),
        ("CONNECT sdk.amazonaws.com:443 HTTP/1.1\r\nhost: sdk.amazonaws.com", "403"),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(format!("{line}\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer[9..], expected.as_bytes(), "{line}");
    }
}

/// A CreateStream in two steps: the first is done at once, the second when it may go on.
async fn in_two_steps(
    steps: (Arc<Semaphore>, Arc<Semaphore>),
    _: Caller,
    _: kinesis::CreateStreamInput,
) -> Result<crate::api::Empty, Fault> {
    let (go_on, done) = steps;
    let _permit = go_on.acquire().await.unwrap();
    done.add_permits(1);
    Ok(crate::api::Empty)
}

#[tokio::test]
async fn an_operation_goes_on_to_its_end_when_its_client_hangs_up() {
    let (go_on, done) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let steps = (Arc::clone(&go_on), Arc::clone(&done));
    let table = Routes::new(&kinesis::SERVICE, steps).on(kinesis::op::CreateStream, in_two_steps).finish();
    let gateway = Gateway::new(vec![table], axum::Router::new());
    let mut answer = Box::pin(send(&gateway, kinesis_call("CreateStream", JSON, r#"{"StreamName":"s","ShardCount":1}"#)));
    for _ in 0..10 {
        assert!(answer.as_mut().now_or_never().is_none(), "it waits");
        tokio::task::yield_now().await;
    }
    drop(answer);
    go_on.add_permits(1);
    drop(done.acquire().await.unwrap());
}
