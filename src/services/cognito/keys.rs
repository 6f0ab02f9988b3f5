//! The keys that tokens are signed with: one a user pool, and one of the identity pools, made when first needed and kept in the store, so that
//! tokens outlive a restart.

use super::{collection, random};
use crate::store::{Key, Store, StoreError};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{KeyPair as _, RsaKeyPair};
use rsa::pkcs8::EncodePrivateKey as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// Bits of a key's modulus, as Cognito's have.
const KEY_BITS: usize = 2048;

/// A key could not be made or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a signing key cannot be made or read: {0}")]
pub struct KeyError(pub(super) String);

impl From<StoreError> for KeyError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

/// A key as it is kept.
#[derive(Clone, Serialize, Deserialize)]
struct KeyRecord {
    /// The RSA key in PKCS#8, base64.
    pkcs8: String,
    /// The secret of refresh tokens, base64.
    secret: String,
}

/// A key that is ready to sign.
pub(super) struct SigningKey {
    /// Its id in the header of tokens and in the key set.
    pub(super) id: String,
    /// The RSA key.
    pub(super) pair: RsaKeyPair,
    /// The modulus, base64 for URLs.
    pub(super) modulus: String,
    /// The public exponent, base64 for URLs.
    pub(super) exponent: String,
    /// What refresh tokens are authenticated with: they are for this server alone, so no one else can check them.
    pub(super) secret: ring::hmac::Key,
}

/// A key set with one key (RFC 7517), as `/.well-known/jwks.json` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeySet {
    keys: [PublicKey; 1],
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct PublicKey {
    alg: &'static str,
    e: String,
    kid: String,
    kty: &'static str,
    n: String,
    r#use: &'static str,
}

impl SigningKey {
    /// The public half.
    pub(super) fn key_set(&self) -> KeySet {
        let (e, kid, n) = (self.exponent.clone(), self.id.clone(), self.modulus.clone());
        KeySet { keys: [PublicKey { alg: "RS256", e, kid, kty: "RSA", n, r#use: "sig" }] }
    }

    fn read(record: &KeyRecord) -> Result<Self, KeyError> {
        let decoded = |text: &str| STANDARD.decode(text).map_err(|error| KeyError(error.to_string()));
        let pair = RsaKeyPair::from_pkcs8(&decoded(&record.pkcs8)?).map_err(|error| KeyError(error.to_string()))?;
        let public: ring::rsa::PublicKeyComponents<Vec<u8>> = pair.public_key().into();
        let id = STANDARD.encode(Sha256::digest(&public.n));
        let (modulus, exponent) = (URL_SAFE_NO_PAD.encode(&public.n), URL_SAFE_NO_PAD.encode(&public.e));
        let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &decoded(&record.secret)?);
        Ok(Self { id, pair, modulus, exponent, secret })
    }
}

/// All keys; clones share them.
#[derive(Clone)]
pub(super) struct SigningKeys(Arc<Inner>);

struct Inner {
    store: Store,
    /// Keys in use, by the name of whom they belong to.
    ready: Mutex<HashMap<String, Arc<OnceCell<Arc<SigningKey>>>>>,
}

impl SigningKeys {
    pub(super) fn new(store: Store) -> Self {
        Self(Arc::new(Inner { store, ready: Mutex::default() }))
    }

    /// Where the key of `owner`, a user pool's id or the name of the identity service, is kept.
    pub(super) fn key(owner: &str) -> Key {
        collection("cognito-idp", "signing-key").key(owner)
    }

    /// The key of `owner`, made now if it has none. The caller has made sure that the owner exists.
    pub(super) async fn of(&self, owner: &str) -> Result<Arc<SigningKey>, KeyError> {
        let cell = Arc::clone(self.lock().entry(owner.to_owned()).or_default());
        cell.get_or_try_init(|| self.load(owner)).await.cloned()
    }

    /// Forgets the key of an owner that was deleted.
    pub(super) fn forget(&self, owner: &str) {
        self.lock().remove(owner);
    }

    async fn load(&self, owner: &str) -> Result<Arc<SigningKey>, KeyError> {
        let key = Self::key(owner);
        let record = match self.0.store.get(&key).await? {
            Some(record) => record,
            None => {
                let record = blocking(generate).await?;
                self.0.store.put(&key, record.clone()).await?;
                record
            }
        };
        SigningKey::read(&record).map(Arc::new)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<OnceCell<Arc<SigningKey>>>>> {
        self.0.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn generate() -> Result<KeyRecord, KeyError> {
    let failed = |error: &dyn std::fmt::Display| KeyError(error.to_string());
    let key = rsa::PrivateKey::new(&mut getrandom::SysRng, KEY_BITS).map_err(|error| failed(&error))?;
    let pkcs8 = key.to_pkcs8_der().map_err(|error| failed(&error))?;
    Ok(KeyRecord { pkcs8: STANDARD.encode(pkcs8.as_bytes()), secret: STANDARD.encode(random::<32>()?) })
}

/// Runs arithmetic that takes long on a thread of its own.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeyError> + Send + 'static,
) -> Result<T, KeyError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(KeyError(error.to_string())))
}
