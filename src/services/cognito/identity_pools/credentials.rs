//! What an identity gets: credentials of a role, or a token for STS.

use super::IdentityPools;
use super::error::Refused;
use super::identity::IdentityRecord;
use super::login::Login;
use super::pool::PoolRecord;
use crate::api::Fault;
use crate::api::cognito_identity::{
    AmbiguousRoleResolutionType, Credentials, MappingRule, MappingRuleMatchType, RoleMapping, RoleMappingType,
};
use crate::services::cognito::jwt;
use crate::services::cognito::user_pools::AttributeClaim;
use serde::{Deserialize, Serialize};

/// The issuer of the tokens of identity pools.
pub(in crate::services::cognito) const ISSUER: &str = "https://cognito-identity.amazonaws.com";

/// Seconds that credentials last. AWS gives an hour and the SDK then asks again with the old token of the login, which ends a long run of the Kinesis
/// Data Generator; so they last a day here (spec/workshop.md 1.4).
const CREDENTIALS_SECONDS: i32 = 86_400;

/// Seconds that a token for STS lasts (API reference, GetOpenIdToken).
const TOKEN_SECONDS: i64 = 600;

/// The session name of the credentials, as AWS has it.
const SESSION: &str = "CognitoIdentityCredentials";

/// The claims of a token for STS.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::services::cognito) struct OpenIdClaims {
    pub(in crate::services::cognito) sub: String,
    pub(in crate::services::cognito) aud: String,
    pub(in crate::services::cognito) amr: Vec<String>,
    pub(in crate::services::cognito) iss: String,
    pub(in crate::services::cognito) exp: i64,
    pub(in crate::services::cognito) iat: i64,
}

impl IdentityPools {
    /// Credentials of the role that the pool has for the identity.
    pub(super) async fn credentials(&self, pool: &PoolRecord, logins: &[Login]) -> Result<Credentials, Refused> {
        let role = role(pool, logins)?;
        let assumed = self.sts.assume(&role, SESSION, CREDENTIALS_SECONDS).await;
        // Apart from failures here, what STS refuses is the role that the pool names.
        let refused =
            |fault: Fault| if fault.internal.is_some() { Refused::Credentials(Box::new(fault)) } else { Refused::NoRole };
        let credentials = assumed.map_err(refused)?.credentials;
        Ok(Credentials {
            access_key_id: Some(credentials.access_key_id),
            expiration: Some(credentials.expiration),
            secret_key: Some(credentials.secret_access_key),
            session_token: Some(credentials.session_token),
        })
    }

    /// A token for AssumeRoleWithWebIdentity.
    pub(super) async fn open_id_token(
        &self,
        pool: &PoolRecord,
        identity: &IdentityRecord,
        logins: &[Login],
    ) -> Result<String, Refused> {
        if pool.settings.allow_classic_flow != Some(true) {
            let text = "Basic (classic) flow is not enabled, please use enhanced flow.";
            return Err(Refused::InvalidParameter(text.into()));
        }
        let now = self.clock.now_ms() / 1000;
        let mut amr = vec![if logins.is_empty() { "unauthenticated" } else { "authenticated" }.to_owned()];
        for Login { provider, claims } in logins {
            amr.extend([provider.clone(), format!("{provider}:CognitoSignIn:{}", claims.sub)]);
        }
        let (sub, aud) = (identity.id.clone(), pool.id().to_owned());
        let claims = OpenIdClaims { sub, aud, amr, iss: ISSUER.into(), exp: now + TOKEN_SECONDS, iat: now };
        Ok(jwt::sign(&*self.user_pools.keys().of(ISSUER).await?, &claims)?)
    }
}

/// The role of somebody with these logins.
fn role(pool: &PoolRecord, logins: &[Login]) -> Result<String, Refused> {
    let named = |kind: &str| pool.roles.roles.get(kind).cloned().ok_or(Refused::NoRole);
    let Some(login) = logins.first() else { return named("unauthenticated") };
    let name = format!("{}:{}", login.provider, login.claims.aud);
    let Some(mapping) = pool.roles.role_mappings.as_ref().and_then(|mappings| mappings.get(&name)) else {
        return named("authenticated");
    };
    match mapped(mapping, login) {
        Some(role) => Ok(role),
        None if mapping.ambiguous_role_resolution == Some(AmbiguousRoleResolutionType::Deny) => {
            Err(Refused::not_authorized("Token is not authorized for any role of this identity pool."))
        }
        None => named("authenticated"),
    }
}

/// The role of the first rule that fits. Tokens name no roles, since user pools have no groups here.
fn mapped(mapping: &RoleMapping, login: &Login) -> Option<String> {
    let rules = mapping.rules_configuration.as_ref().filter(|_| mapping.r#type == RoleMappingType::Rules)?;
    rules.rules.iter().find(|rule| fits(rule, login)).map(|rule| rule.role_arn.clone())
}

fn fits(rule: &MappingRule, login: &Login) -> bool {
    let claims = &login.claims;
    let value = match rule.claim.as_str() {
        "sub" => claims.sub.clone(),
        "aud" => claims.aud.clone(),
        "iss" => claims.iss.clone(),
        "cognito:username" => claims.username.clone(),
        name => match claims.attributes.get(name) {
            Some(AttributeClaim::Text(text)) => text.clone(),
            Some(AttributeClaim::Flag(flag)) => flag.to_string(),
            None => return rule.match_type == MappingRuleMatchType::NotEqual,
        },
    };
    match rule.match_type {
        MappingRuleMatchType::Equals => value == rule.value,
        MappingRuleMatchType::Contains => value.contains(&rule.value),
        MappingRuleMatchType::StartsWith => value.starts_with(&rule.value),
        MappingRuleMatchType::NotEqual => value != rule.value,
    }
}
