//! TLS with a certificate authority of our own, made at first use and kept in the data folder.
//!
//! A client that trusts `tls/ca.pem` can reach us by any name: the certificate for the name it asks for (SNI) is issued on the spot,
//! AWS's own host names included, which is what unmodified pages behind a proxy ask for (spec/workshop.md 1.6).

use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The names of the certificate for a client that asks for none, or for an address.
const LOCAL_NAMES: [&str; 4] = ["localhost", "*.localhost", "127.0.0.1", "::1"];

/// Certificates kept; a client that asks for ever new names makes us forget the old ones.
const MAX_CERTIFICATES: usize = 256;

/// The authority cannot be made, kept or read.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Its files.
    #[error("cannot keep the local certificate authority in {0}: {1}")]
    File(PathBuf, io::Error),
    /// Its certificates.
    #[error("the local certificate authority does not work: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library.
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] rustls::Error),
}

/// TLS for the listener; clones share the authority.
#[derive(Clone)]
pub struct Tls(Arc<Inner>);

struct Inner {
    folder: Option<PathBuf>,
    making: Mutex<()>,
    made: OnceLock<Made>,
}

#[derive(Clone)]
struct Made {
    ca_pem: Arc<str>,
    config: Arc<ServerConfig>,
}

impl Tls {
    /// TLS whose authority is kept in `folder`; `None` keeps it nowhere. Nothing is made before it is needed.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self(Arc::new(Inner { folder, making: Mutex::new(()), made: OnceLock::new() }))
    }

    /// The authority's certificate, for clients to trust.
    pub fn ca_pem(&self) -> Result<Arc<str>, TlsError> {
        Ok(self.made()?.ca_pem)
    }

    /// What the listener needs to shake hands.
    pub(super) fn config(&self) -> Result<Arc<ServerConfig>, TlsError> {
        Ok(self.made()?.config)
    }

    fn made(&self) -> Result<Made, TlsError> {
        if let Some(made) = self.0.made.get() {
            return Ok(made.clone());
        }
        let _one_at_a_time = self.0.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = self.0.made.get() {
            return Ok(made.clone());
        }
        let made = make(self.0.folder.as_deref())?;
        Ok(self.0.made.get_or_init(|| made).clone())
    }
}

fn make(folder: Option<&Path>) -> Result<Made, TlsError> {
    let (ca_pem, key_pem) = match folder {
        None => new_authority()?,
        Some(folder) => kept_authority(folder)?,
    };
    let issuer = Issuer::from_ca_cert_pem(&ca_pem, KeyPair::from_pem(&key_pem)?)?;
    let resolver = Certificates { issuer, issued: Mutex::default() };
    let builder =
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions()?;
    let mut config = builder.with_no_client_auth().with_cert_resolver(Arc::new(resolver));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Made { ca_pem: ca_pem.into(), config: Arc::new(config) })
}

/// The authority in the folder, made if there is none.
fn kept_authority(folder: &Path) -> Result<(String, String), TlsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| TlsError::File(path, error)
    };
    let (ca, key) = (folder.join("ca.pem"), folder.join("ca-key.pem"));
    if ca.exists() && key.exists() {
        let read = |path: &Path| fs::read_to_string(path).map_err(failed(path));
        return Ok((read(&ca)?, read(&key)?));
    }
    let (ca_pem, key_pem) = new_authority()?;
    fs::create_dir_all(folder).map_err(failed(folder))?;
    write_new(&key, &key_pem, 0o600).map_err(failed(&key))?;
    write_new(&ca, &ca_pem, 0o644).map_err(failed(&ca))?;
    Ok((ca_pem, key_pem))
}

fn write_new(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(path)?.write_all(text.as_bytes())
}

/// A fresh authority: certificate and key as PEM.
fn new_authority() -> Result<(String, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, "Millpond local authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok((params.self_signed(&key)?.pem(), key.serialize_pem()))
}

/// Issues certificates by name.
struct Certificates {
    issuer: Issuer<'static, KeyPair>,
    issued: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Certificates")
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().unwrap_or_default();
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = issued.get(name) {
            return Some(known.clone());
        }
        let certificate =
            self.issue(name).inspect_err(|error| tracing::warn!(name, %error, "cannot issue a certificate")).ok()?;
        if issued.len() >= MAX_CERTIFICATES {
            issued.clear();
        }
        issued.insert(name.to_owned(), certificate.clone());
        Some(certificate)
    }
}

impl Certificates {
    fn issue(&self, name: &str) -> Result<Arc<CertifiedKey>, TlsError> {
        let mut names: Vec<String> = LOCAL_NAMES.map(str::to_owned).to_vec();
        if !name.is_empty() && name != LOCAL_NAMES[0] {
            names.insert(0, name.to_owned());
        }
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "Millpond");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // Python 3.13 and later refuse a certificate without it.
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let signer = ring::sign::any_supported_type(&private)?;
        Ok(Arc::new(CertifiedKey::new(vec![certificate.der().clone()], signer)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_is_made_once_and_kept_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tls");
        let first = Tls::new(Some(path.clone())).ca_pem().unwrap();
        assert_eq!(first, Tls::new(Some(path.clone())).ca_pem().unwrap());
        assert_ne!(first, Tls::new(None).ca_pem().unwrap());
        let mode = fs::metadata(path.join("ca-key.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
