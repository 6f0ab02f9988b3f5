//! URLs of other servers that are our own ports: a request would come back to us without end.

use super::settings::{Settings, SettingsError};
use std::net::{IpAddr, SocketAddr};

/// The port where a URL names none.
const HTTP_PORT: u16 = 80;

/// Refuses `--elasticsearch` and `--kibana` that lead to a port of ours. Names other than `localhost` are not looked up; the door finds
/// such circles when a request comes round.
///
/// # Errors
/// A sentence with the flag and the port.
pub(super) fn refuse_own_addresses(settings: &Settings) -> Result<(), SettingsError> {
    let given = [("elasticsearch", &settings.elasticsearch), ("kibana", &settings.kibana)];
    let ours = [("es-proxy", settings.es_proxy), ("listen", Some(settings.listen))];
    for (flag, url) in given.iter().filter_map(|(flag, url)| Some((flag, url.as_deref()?))) {
        let own = ours.iter().find(|(_, address)| address.is_some_and(|address| leads_to(url, address)));
        if let Some((port, _)) = own {
            return Err(SettingsError(format!(
                "--{flag} {url} is Millpond's own port of --{port}: give the address of the real server, or choose another port with --{port}"
            )));
        }
    }
    Ok(())
}

/// Whether a URL's host and port are what a listener on `address` answers.
fn leads_to(url: &str, address: SocketAddr) -> bool {
    let Ok(url) = url.parse::<http::Uri>() else { return false };
    let host = url.host().unwrap_or_default().trim_matches(['[', ']']);
    if url.port_u16().unwrap_or(HTTP_PORT) != address.port() {
        return false;
    }
    match host.parse::<IpAddr>() {
        Ok(ip) if address.ip().is_unspecified() => ip.is_loopback() || ip.is_unspecified(),
        // Connecting to 0.0.0.0 is connecting to this machine.
        Ok(ip) => ip == address.ip() || ip.is_unspecified() && address.ip().is_loopback(),
        Err(_) => host == "localhost" && (address.ip().is_loopback() || address.ip().is_unspecified()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_ports_are_known_by_all_their_names() {
        let leads = |url: &str, address: &str| leads_to(url, address.parse().unwrap());
        for url in [
            "http://localhost:9200",
            "http://127.0.0.1:9200/",
            "127.0.0.1:9200",
            "http://u:p@localhost:9200",
            "http://0.0.0.0:9200",
        ] {
            assert!(leads(url, "127.0.0.1:9200"), "{url}");
            assert!(leads(url, "0.0.0.0:9200"), "{url}");
        }
        assert!(leads("http://[::1]:9200", "[::1]:9200") && leads("http://localhost", "127.0.0.1:80"));
        for url in ["http://localhost:9201", "http://127.0.0.2:9200", "http://elastic:9200", "http://localhost"] {
            assert!(!leads(url, "127.0.0.1:9200"), "{url}");
        }
    }

    #[test]
    fn the_refusal_names_flag_and_port() {
        let resolve = |elasticsearch: Option<&str>, kibana: Option<&str>| {
            let flags = crate::config::ServeFlags {
                elasticsearch: elasticsearch.map(str::to_owned),
                kibana: kibana.map(str::to_owned),
                es_proxy: Some("9200".into()),
                ..crate::config::ServeFlags::default()
            };
            Settings::resolve(flags)
        };
        let refused = resolve(Some("http://localhost:9200"), None).unwrap_err().0;
        assert!(refused.starts_with("--elasticsearch http://localhost:9200 is Millpond's own port of --es-proxy:"), "{refused}");
        let refused = resolve(Some("http://localhost:9201"), Some("http://127.0.0.1:4566")).unwrap_err().0;
        assert!(refused.starts_with("--kibana http://127.0.0.1:4566 is Millpond's own port of --listen:"), "{refused}");
        assert!(resolve(Some("http://localhost:9201"), Some("http://localhost:5601")).is_ok());
    }
}
