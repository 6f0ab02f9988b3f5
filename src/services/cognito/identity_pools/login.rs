//! Logins: tokens of user pools that an identity pool trusts.

use super::IdentityPools;
use super::error::Refused;
use super::pool::PoolRecord;
use crate::api::cognito_identity::CognitoIdentityProvider;
use crate::services::cognito::jwt::BadToken;
use crate::services::cognito::user_pools::{IdClaims, provider};
use std::collections::BTreeMap;

/// Logins of a call: providers and their tokens. The model allows ten.
pub(super) type Logins = BTreeMap<String, String>;

/// A login whose token is good.
#[derive(Clone, Debug)]
pub(super) struct Login {
    /// `cognito-idp.REGION.amazonaws.com/POOL`.
    pub(super) provider: String,
    /// What the token says.
    pub(super) claims: IdClaims,
}

impl IdentityPools {
    /// The logins of a call, all of which must be good.
    pub(super) async fn verified(&self, pool: &PoolRecord, logins: &Logins) -> Result<Vec<Login>, Refused> {
        let mut verified = Vec::with_capacity(logins.len());
        for (provider, token) in logins {
            verified.push(self.verify(pool, provider, token).await?);
        }
        Ok(verified)
    }

    async fn verify(&self, pool: &PoolRecord, name: &str, token: &str) -> Result<Login, Refused> {
        let trusted: Vec<&CognitoIdentityProvider> = pool.providers(name).collect();
        if trusted.is_empty() {
            return Err(Refused::not_authorized("Token is not from a supported provider of this identity pool."));
        }
        let claims = self.user_pools.id_claims(token).await.map_err(|bad| match bad {
            BadToken::Malformed => Refused::not_authorized("Invalid login token. Not a valid OpenId Connect identity token."),
            BadToken::Signature => Refused::not_authorized("Invalid login token. Token signature invalid."),
        })?;
        if format!("https://{name}") != claims.iss {
            return Err(Refused::not_authorized("Invalid login token. Issuer doesn't match providerName"));
        }
        let now = self.clock.now_ms() / 1000;
        if now >= claims.exp {
            return Err(Refused::not_authorized(format!("Invalid login token. Token expired: {} >= {now}", claims.exp)));
        }
        let Some(client) = trusted.iter().find(|provider| provider.client_id.as_deref() == Some(claims.aud.as_str())) else {
            return Err(Refused::not_authorized("Invalid login token. Incorrect token audience."));
        };
        if client.server_side_token_check == Some(true) && !self.user_pools.still_counts(&claims).await {
            return Err(Refused::not_authorized("Invalid login token. Token is revoked"));
        }
        Ok(Login { provider: name.to_owned(), claims })
    }
}

impl PoolRecord {
    /// The clients of a provider that the pool trusts.
    fn providers<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p CognitoIdentityProvider> {
        let known = self.settings.cognito_identity_providers.iter().flatten();
        known.filter(move |known| known.provider_name.as_deref() == Some(name))
    }

    /// Whether a token for this user pool's client would be trusted.
    pub(super) fn trusts(&self, user_pool: &str, client: &str) -> bool {
        self.providers(&provider(user_pool)).any(|known| known.client_id.as_deref() == Some(client))
    }
}
