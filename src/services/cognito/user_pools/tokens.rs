//! The tokens of a login (spec/workshop.md 2.5): for the application, for the pool's own operations, and for further tokens.

use super::UserPools;
use super::client::ClientRecord;
use super::error::Refused;
use super::pool::{PoolRecord, issuer};
use super::user::UserRecord;
use crate::api::cognito_idp::AuthenticationResultType;
use crate::base::clock::Millis;
use crate::services::cognito::jwt::{self, BadToken};
use crate::services::cognito::random;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What every access token of a login may do: the pool's own operations for the user.
const SCOPE: &str = "aws.cognito.signin.user.admin";

/// A login, from which tokens come.
#[derive(Clone, Debug)]
pub(super) struct Login {
    /// Its id, `origin_jti`: a UUID of version 7, which has the login's millisecond in it.
    pub(super) id: String,
    /// When the user proved who they are, in seconds.
    pub(super) at: i64,
}

/// The claims of an access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AccessClaims {
    pub(super) sub: String,
    pub(super) iss: String,
    pub(super) client_id: String,
    pub(super) origin_jti: String,
    pub(super) event_id: String,
    pub(super) token_use: String,
    pub(super) scope: String,
    pub(super) auth_time: i64,
    pub(super) exp: i64,
    pub(super) iat: i64,
    pub(super) jti: String,
    pub(super) username: String,
}

/// A claim made of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(in crate::services::cognito) enum AttributeClaim {
    Flag(bool),
    Text(String),
}

/// The claims of an id token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::services::cognito) struct IdClaims {
    pub(in crate::services::cognito) sub: String,
    pub(in crate::services::cognito) aud: String,
    pub(in crate::services::cognito) iss: String,
    #[serde(rename = "cognito:username")]
    pub(in crate::services::cognito) username: String,
    pub(in crate::services::cognito) origin_jti: String,
    pub(in crate::services::cognito) event_id: String,
    pub(in crate::services::cognito) token_use: String,
    pub(in crate::services::cognito) auth_time: i64,
    pub(in crate::services::cognito) exp: i64,
    pub(in crate::services::cognito) iat: i64,
    pub(in crate::services::cognito) jti: String,
    #[serde(flatten)]
    pub(in crate::services::cognito) attributes: BTreeMap<String, AttributeClaim>,
}

/// The claims of a refresh token, which no one but this server reads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RefreshClaims {
    pub(super) pool: String,
    pub(super) client: String,
    pub(super) username: String,
    pub(super) origin_jti: String,
    pub(super) auth_time: i64,
    pub(super) exp: i64,
}

/// Whose token it claims to be, before any check.
#[derive(Deserialize)]
struct Issuer {
    iss: String,
}

/// The pool that a token claims to be of.
pub(in crate::services::cognito) fn claimed_pool(token: &str) -> Result<String, BadToken> {
    let Issuer { iss } = jwt::peek(token)?;
    let pool = iss.rsplit('/').next().unwrap_or_default();
    if issuer(pool) == iss { Ok(pool.to_owned()) } else { Err(BadToken::Malformed) }
}

/// The millisecond of a login.
fn login_ms(id: &str) -> Option<Millis> {
    let (seconds, nanos) = Uuid::parse_str(id).ok()?.get_timestamp()?.to_unix();
    Millis::try_from(seconds * 1000 + u64::from(nanos) / 1_000_000).ok()
}

/// Whether a login still counts for a user: neither signed out since nor revoked.
pub(super) fn counts(user: &UserRecord, login: &str) -> bool {
    let signed_out = user.signed_out_ms.is_some_and(|until| login_ms(login).is_none_or(|at| at <= until));
    !signed_out && !user.revoked.iter().any(|revoked| revoked.login == login)
}

impl UserPools {
    /// A login that happens now.
    pub(super) fn login(&self) -> Result<Login, Refused> {
        let now_ms = self.clock().now_ms();
        let id = uuid::Builder::from_unix_timestamp_millis(now_ms.unsigned_abs(), &random::<10>()?).into_uuid();
        Ok(Login { id: id.to_string(), at: now_ms / 1000 })
    }

    /// The tokens of a login; a refresh token only where it is new.
    pub(super) async fn tokens(
        &self,
        (pool, client, user): (&PoolRecord, &ClientRecord, &UserRecord),
        login: &Login,
        with_refresh: bool,
    ) -> Result<AuthenticationResultType, Refused> {
        let key = self.keys().of(&pool.id).await?;
        let now = self.clock().now_ms() / 1000;
        let access = AccessClaims {
            sub: user.sub.clone(),
            iss: issuer(&pool.id),
            client_id: client.id.clone(),
            origin_jti: login.id.clone(),
            event_id: Uuid::new_v4().to_string(),
            token_use: "access".into(),
            scope: SCOPE.into(),
            auth_time: login.at,
            exp: now + client.access_seconds(),
            iat: now,
            jti: Uuid::new_v4().to_string(),
            username: user.username.clone(),
        };
        let id = IdClaims {
            sub: user.sub.clone(),
            aud: client.id.clone(),
            iss: issuer(&pool.id),
            username: user.username.clone(),
            origin_jti: login.id.clone(),
            event_id: access.event_id.clone(),
            token_use: "id".into(),
            auth_time: login.at,
            exp: now + client.id_seconds(),
            iat: now,
            jti: Uuid::new_v4().to_string(),
            attributes: claims_of(user, client),
        };
        let refresh = RefreshClaims {
            pool: pool.id.clone(),
            client: client.id.clone(),
            username: user.username.clone(),
            origin_jti: login.id.clone(),
            auth_time: login.at,
            exp: now + client.refresh_seconds(),
        };
        Ok(AuthenticationResultType {
            access_token: Some(jwt::sign(&key, &access)?),
            expires_in: i32::try_from(client.access_seconds()).ok(),
            id_token: Some(jwt::sign(&key, &id)?),
            new_device_metadata: None,
            refresh_token: if with_refresh { Some(jwt::seal(&key, &refresh)?) } else { None },
            token_type: Some("Bearer".into()),
        })
    }

    /// The pool and the user of an access token that counts.
    pub(super) async fn bearer(&self, token: &str) -> Result<(PoolRecord, UserRecord), Refused> {
        let invalid = |_| Refused::not_authorized("Invalid Access Token");
        let pool = match self.pool(&claimed_pool(token).map_err(invalid)?).await {
            Err(Refused::NoPool(_)) => return Err(invalid(BadToken::Malformed)),
            found => found?,
        };
        let key = self.keys().of(&pool.id).await?;
        let claims: AccessClaims = jwt::verify(&key, token).map_err(invalid)?;
        if claims.token_use != "access" {
            return Err(invalid(BadToken::Malformed));
        }
        if claims.exp * 1000 <= self.clock().now_ms() {
            return Err(Refused::not_authorized("Access Token has expired"));
        }
        let user = self.user(&pool, &claims.username).await?;
        if user.sub != claims.sub || !counts(&user, &claims.origin_jti) {
            return Err(Refused::not_authorized("Access Token has been revoked"));
        }
        if !user.enabled {
            return Err(Refused::not_authorized("User is disabled."));
        }
        Ok((pool, user))
    }

    /// What a refresh token says, if it is one of ours, and its pool.
    pub(super) async fn refresh_claims(&self, token: &str) -> Result<(PoolRecord, RefreshClaims), Refused> {
        let invalid = |_| Refused::not_authorized("Invalid Refresh Token");
        let claimed: RefreshClaims = jwt::peek_sealed(token).map_err(invalid)?;
        let pool = match self.pool(&claimed.pool).await {
            Err(Refused::NoPool(_)) => return Err(invalid(BadToken::Malformed)),
            found => found?,
        };
        let key = self.keys().of(&pool.id).await?;
        Ok((pool, jwt::unseal(&key, token).map_err(invalid)?))
    }

    /// Whether the login of these claims may have further tokens.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn check_refresh(&self, claims: &RefreshClaims, user: &UserRecord) -> Result<(), Refused> {
        if claims.exp * 1000 <= self.clock().now_ms() {
            return Err(Refused::not_authorized("Refresh Token has expired"));
        }
        if !counts(user, &claims.origin_jti) {
            return Err(Refused::not_authorized("Refresh Token has been revoked"));
        }
        if !user.enabled {
            return Err(Refused::not_authorized("User is disabled."));
        }
        Ok(())
    }
}

/// The attributes that the client may read, as claims.
fn claims_of(user: &UserRecord, client: &ClientRecord) -> BTreeMap<String, AttributeClaim> {
    let readable = |name: &str| {
        client.settings.read_attributes.as_ref().is_none_or(|names| names.is_empty() || names.iter().any(|known| known == name))
    };
    let claim = |(name, value): (&String, &String)| {
        let claim = match (name.ends_with("_verified"), value.as_str()) {
            (true, flag) => AttributeClaim::Flag(flag.eq_ignore_ascii_case("true")),
            (false, text) => AttributeClaim::Text(text.to_owned()),
        };
        (name.clone(), claim)
    };
    user.attributes.iter().filter(|(name, _)| readable(name)).map(claim).collect()
}
