//! HTTP clients for calls to other servers.

use reqwest::{Certificate, Client, ClientBuilder};

/// A client with these settings. It trusts the machine's certificate authorities; where there are none, as in an empty container image,
/// those that Mozilla trusts, which are built in.
///
/// # Errors
/// When no client can be made with these settings.
pub fn http_client(settings: impl Fn(ClientBuilder) -> ClientBuilder) -> Result<Client, reqwest::Error> {
    settings(Client::builder()).build().or_else(|_| settings(Client::builder().tls_certs_only(built_in()?)).build())
}

fn built_in() -> Result<Vec<Certificate>, reqwest::Error> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|der| Certificate::from_der(der)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_authorities_make_a_client() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let authorities = built_in().unwrap();
        assert!(authorities.len() > 100, "{}", authorities.len());
        assert!(Client::builder().tls_certs_only(authorities).build().is_ok());
    }
}
