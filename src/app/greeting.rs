//! What the server says on start.

use crate::config::Settings;
use std::net::SocketAddr;

/// Where it listens, where data lies, where to look, and three commands to try.
#[expect(clippy::print_stdout, reason = "for the person who starts the server")]
pub(super) fn print(address: SocketAddr, settings: &Settings) {
    println!("{}", text(address, settings));
}

fn text(address: SocketAddr, settings: &Settings) -> String {
    let port = address.port();
    let host = if address.ip().is_unspecified() { "localhost".to_owned() } else { address.ip().to_string() };
    let data = settings.data.as_ref().map_or("nowhere (--ephemeral): it goes with the process".to_owned(), |data| {
        data.canonicalize().unwrap_or_else(|_| data.clone()).display().to_string()
    });
    let kdg = match &settings.kdg {
        Some(_) => format!("http://{host}:{port}/kdg/"),
        None => format!("--kdg DIR serves your copy; the hosted page comes by http://{host}:{port}/proxy.pac"),
    };
    let door = settings.es_proxy.map(|address| format!("Elasticsearch, and Kibana under /_plugin/kibana/: http://{address}\n"));
    let aws = format!("aws --endpoint-url http://{host}:{port}");
    format!(
        "Millpond {} listens on http://{host}:{port} (HTTP/1.1, HTTP/2; TLS on the same port)\n\
         data: {data}\n\
         what flows: http://{host}:{port}/_millpond/\n\
         try:\n  \
         {aws} kinesis create-stream --stream-name demo --shard-count 1\n  \
         {aws} kinesis put-record --stream-name demo --partition-key a --data aGVsbG8=\n  \
         {aws} kinesis list-shards --stream-name demo\n\
         without an endpoint option: HTTPS_PROXY=http://{host}:{port} and AWS_CA_BUNDLE=the file of http://{host}:{port}/ca.pem\n\
         Kinesis Data Generator in a browser: {kdg}\n\
         {}\
         (any credentials and region do: AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1)",
        env!("CARGO_PKG_VERSION"),
        door.unwrap_or_default()
    )
}
