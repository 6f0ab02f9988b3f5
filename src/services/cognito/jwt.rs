//! JSON web tokens (RFC 7519) signed with RS256, and the opaque tokens of refresh.

use super::keys::{KeyError, SigningKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The longest token that is looked at; ours have about 1,200 bytes, and a user's attributes may add some.
const MAX_TOKEN_BYTES: usize = 64 * 1024;

/// What is wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadToken {
    /// It is no token, too long, or lacks claims.
    Malformed,
    /// It was not signed with this key.
    Signature,
}

#[derive(Serialize)]
struct Header<'a> {
    kid: &'a str,
    alg: &'a str,
}

#[derive(Deserialize)]
struct ReadHeader {
    kid: String,
    alg: String,
}

fn encoded(part: &impl Serialize) -> Result<String, KeyError> {
    let json = serde_json::to_vec(part).map_err(|error| KeyError(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

fn decoded<T: DeserializeOwned>(part: &str) -> Result<T, BadToken> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| BadToken::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| BadToken::Malformed)
}

/// A token with these claims.
///
/// # Errors
/// When the claims do not serialize or the source of chance fails.
pub(super) fn sign(key: &SigningKey, claims: &impl Serialize) -> Result<String, KeyError> {
    let mut token = format!("{}.{}", encoded(&Header { kid: &key.id, alg: "RS256" })?, encoded(claims)?);
    let mut signature = vec![0; key.pair.public().modulus_len()];
    key.pair
        .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature)
        .map_err(|error| KeyError(error.to_string()))?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

/// The claims of a token without any check, to learn whose key to check it with.
pub(super) fn peek<T: DeserializeOwned>(token: &str) -> Result<T, BadToken> {
    let (_, claims, _) = parts(token)?;
    decoded(claims)
}

/// The claims of a token that this key has signed. Times are the caller's to check.
pub(super) fn verify<T: DeserializeOwned>(key: &SigningKey, token: &str) -> Result<T, BadToken> {
    let (header, claims, signature) = parts(token)?;
    let ReadHeader { kid, alg } = decoded(header)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| BadToken::Malformed)?;
    if kid != key.id || alg != "RS256" {
        return Err(BadToken::Signature);
    }
    let signed = &token[..header.len() + 1 + claims.len()];
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.pair.public_key())
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| BadToken::Signature)?;
    decoded(claims)
}

fn parts(token: &str) -> Result<(&str, &str, &str), BadToken> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(BadToken::Malformed);
    }
    let mut parts = token.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(header), Some(claims), Some(signature), None) => Ok((header, claims, signature)),
        _ => Err(BadToken::Malformed),
    }
}

/// A token that only this server can read, with these claims.
///
/// # Errors
/// When the claims do not serialize.
pub(super) fn seal(key: &SigningKey, claims: &impl Serialize) -> Result<String, KeyError> {
    let mut token = encoded(claims)?;
    let tag = ring::hmac::sign(&key.secret, token.as_bytes());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(tag, &mut token);
    Ok(token)
}

/// The claims of a sealed token without any check, to learn whose key to check it with.
pub(super) fn peek_sealed<T: DeserializeOwned>(token: &str) -> Result<T, BadToken> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(BadToken::Malformed);
    }
    decoded(token.split_once('.').ok_or(BadToken::Malformed)?.0)
}

/// The claims of a token that [`seal`] made with this key.
pub(super) fn unseal<T: DeserializeOwned>(key: &SigningKey, token: &str) -> Result<T, BadToken> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(BadToken::Malformed);
    }
    let (claims, tag) = token.split_once('.').ok_or(BadToken::Malformed)?;
    let tag = URL_SAFE_NO_PAD.decode(tag).map_err(|_| BadToken::Malformed)?;
    ring::hmac::verify(&key.secret, claims.as_bytes(), &tag).map_err(|_| BadToken::Signature)?;
    decoded(claims)
}
