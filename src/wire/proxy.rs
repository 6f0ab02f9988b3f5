//! Millpond as a proxy for AWS's hosts: clients that cannot set an endpoint say `CONNECT kinesis.us-west-2.amazonaws.com:443`, and
//! their TLS ends here with a certificate of the local authority (spec/workshop.md 1.6, modes D and G). Nothing is passed on.

use super::answer;
use super::body::Body;
use http::{Method, Request, Response, Version};

/// The domain whose hosts we stand for.
const DOMAIN: &str = ".amazonaws.com";

/// Hosts of that domain that serve web pages and scripts, not an API. The KDG loads its SDK from the first.
const PAGES: [&str; 4] = ["sdk.amazonaws.com", "docs.amazonaws.com", "www.amazonaws.com", "console.amazonaws.com"];

/// Whether we stand for this host.
pub(super) fn takes(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host.strip_suffix(DOMAIN).is_some_and(|labels| !labels.is_empty()) && !PAGES.contains(&host.as_str())
}

/// The proxy auto-configuration file that sends those hosts to us at `address`, and no others.
pub fn auto_configuration(address: &str) -> String {
    let pages: Vec<String> = PAGES.iter().map(|page| format!("host != \"{page}\"")).collect();
    format!(
        "function FindProxyForURL(url, host) {{\n  \
         host = host.toLowerCase();\n  \
         if (dnsDomainIs(host, \"{DOMAIN}\") && {}) return \"PROXY {address}\";\n  \
         return \"DIRECT\";\n}}\n",
        pages.join(" && ")
    )
}

/// What is to be done with a request on a connection: `None` when it is no CONNECT, else whether the tunnel stands.
pub(super) fn connect(request: &Request<Body>, secure: bool) -> Option<Result<(), Response<Body>>> {
    if request.method() != Method::CONNECT {
        return None;
    }
    let host = request.uri().host().unwrap_or_default();
    let refused = |status, text: String| Some(Err(answer::respond(status, "text/plain; charset=utf-8", text)));
    // Python says CONNECT in HTTP/1.0.
    if secure || request.version() > Version::HTTP_11 {
        return refused(405, "This proxy takes CONNECT in HTTP/1 without TLS only: set it as http://HOST:PORT.\n".to_owned());
    }
    if !takes(host) {
        let text = format!(
            "Millpond is a proxy for AWS's API hosts (*{DOMAIN}) only, and {host} is none: reach it directly, by NO_PROXY or by \
             /proxy.pac as the proxy's configuration.\n"
        );
        return refused(403, text);
    }
    Some(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_of_apis_are_taken_and_no_others() {
        for host in [
            "kinesis.us-west-2.amazonaws.com",
            "b.s3.us-west-2.amazonaws.com",
            "STS.amazonaws.com",
            "ec2.eu-west-1.amazonaws.com.",
        ] {
            assert!(takes(host), "{host}");
        }
        for host in [
            "sdk.amazonaws.com",
            "SDK.amazonaws.com.",
            "amazonaws.com",
            ".amazonaws.com",
            "notamazonaws.com",
            "kinesis.amazonaws.com.evil.net",
            "",
        ] {
            assert!(!takes(host), "{host}");
        }
    }
}
