//! Tokens as proofs of who someone is, for STS: id tokens of user pools, and the tokens that identity pools give out.

use super::identity_pools::{ISSUER, OpenIdClaims};
use super::jwt::{self, BadToken};
use super::user_pools::{UserPools, claimed_pool};
use serde::Deserialize;

/// Whom a token stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebIdentity {
    /// Its `sub`.
    pub subject: String,
    /// Whom it was made for: a client or an identity pool.
    pub audience: String,
    /// Who made it, without the scheme.
    pub provider: String,
}

/// Why a token proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebIdentityRefusal {
    /// It is no token of ours.
    Invalid(&'static str),
    /// Its time is over.
    Expired,
}

impl From<BadToken> for WebIdentityRefusal {
    fn from(bad: BadToken) -> Self {
        match bad {
            BadToken::Malformed => {
                Self::Invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
            }
            BadToken::Signature => {
                Self::Invalid("Couldn't retrieve verification key from your identity provider, or the signature is wrong")
            }
        }
    }
}

#[derive(Deserialize)]
struct Issuer {
    iss: String,
}

impl UserPools {
    /// Whom a token of a user pool or of the identity pools stands for.
    ///
    /// # Errors
    /// Why it stands for no one.
    pub async fn web_identity(&self, token: &str) -> Result<WebIdentity, WebIdentityRefusal> {
        let Issuer { iss } = jwt::peek(token)?;
        let (identity, exp) = if iss == ISSUER {
            let key = self.keys().of(ISSUER).await.map_err(|_| BadToken::Signature)?;
            let claims: OpenIdClaims = jwt::verify(&key, token)?;
            (WebIdentity { subject: claims.sub, audience: claims.aud, provider: plain(&claims.iss) }, claims.exp)
        } else {
            claimed_pool(token)?;
            let claims = self.id_claims(token).await?;
            (WebIdentity { subject: claims.sub, audience: claims.aud, provider: plain(&claims.iss) }, claims.exp)
        };
        if exp * 1000 <= self.clock().now_ms() { Err(WebIdentityRefusal::Expired) } else { Ok(identity) }
    }
}

fn plain(issuer: &str) -> String {
    issuer.trim_start_matches("https://").to_owned()
}
