//! App clients: what logs users in, how, and for how long.

use super::UserPools;
use super::error::Refused;
use crate::api::cognito_idp::{
    CreateUserPoolClientRequest, ExplicitAuthFlowsType, PreventUserExistenceErrorTypes, TimeUnitsType,
};
use crate::base::clock::Millis;
use crate::services::cognito::collection;
use crate::store::{Collection, Listing};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Minutes a client has to answer a challenge where it does not say (API reference, CreateUserPoolClient).
const CHALLENGE_MINUTES: i32 = 3;

/// Days a refresh token lasts where the client does not say.
pub(super) const REFRESH_DAYS: i32 = 30;

/// Hours that access and id tokens last where the client does not say.
pub(super) const TOKEN_HOURS: i32 = 1;

/// What is known of a client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ClientRecord {
    pub(super) id: String,
    pub(super) pool: String,
    pub(super) secret: Option<String>,
    pub(super) created_ms: Millis,
    pub(super) modified_ms: Millis,
    #[serde(with = "crate::api::stored")]
    pub(super) settings: CreateUserPoolClientRequest,
}

pub(super) fn clients() -> Collection {
    collection("cognito-idp", "client")
}

/// Seconds of a validity in its unit.
fn seconds(amount: i32, unit: TimeUnitsType) -> i64 {
    let of_unit = match unit {
        TimeUnitsType::Seconds => 1,
        TimeUnitsType::Minutes => 60,
        TimeUnitsType::Hours => 3_600,
        TimeUnitsType::Days => 86_400,
    };
    i64::from(amount) * of_unit
}

impl ClientRecord {
    /// Whether the client may use one of these flows. A client that names none has those of today's default.
    pub(super) fn allows(&self, flows: &[ExplicitAuthFlowsType]) -> bool {
        use ExplicitAuthFlowsType as Flow;
        match self.settings.explicit_auth_flows.as_deref() {
            None | Some([]) => flows
                .iter()
                .any(|flow| matches!(flow, Flow::AllowUserSrpAuth | Flow::AllowRefreshTokenAuth | Flow::AllowCustomAuth)),
            Some(allowed) => {
                // The names of old, which cannot be mixed with the new, leave SRP and refreshing as they are.
                let old = !allowed.iter().any(|flow| flow.as_str().starts_with("ALLOW_"));
                let always = |flow: &Flow| matches!(flow, Flow::AllowUserSrpAuth | Flow::AllowRefreshTokenAuth);
                flows.iter().any(|flow| allowed.contains(flow) || (old && always(flow)))
            }
        }
    }

    /// Whether refusals must not tell whether a user exists.
    pub(super) fn hides_users(&self) -> bool {
        self.settings.prevent_user_existence_errors == Some(PreventUserExistenceErrorTypes::Enabled)
    }

    /// Milliseconds in which a challenge must be answered.
    pub(super) fn challenge_ms(&self) -> Millis {
        Millis::from(self.settings.auth_session_validity.unwrap_or(CHALLENGE_MINUTES)) * 60_000
    }

    /// Seconds that access tokens last.
    pub(super) fn access_seconds(&self) -> i64 {
        let unit = self.settings.token_validity_units.as_ref().and_then(|units| units.access_token);
        validity(self.settings.access_token_validity, unit, TimeUnitsType::Hours, TOKEN_HOURS)
    }

    /// Seconds that id tokens last.
    pub(super) fn id_seconds(&self) -> i64 {
        let unit = self.settings.token_validity_units.as_ref().and_then(|units| units.id_token);
        validity(self.settings.id_token_validity, unit, TimeUnitsType::Hours, TOKEN_HOURS)
    }

    /// Seconds that refresh tokens last.
    pub(super) fn refresh_seconds(&self) -> i64 {
        let unit = self.settings.token_validity_units.as_ref().and_then(|units| units.refresh_token);
        validity(self.settings.refresh_token_validity, unit, TimeUnitsType::Days, REFRESH_DAYS)
    }

    /// Checks the proof that the caller knows the client's secret: an HMAC of one of `usernames` and the client's id.
    pub(super) fn check_secret(&self, usernames: &[&str], presented: Option<&str>) -> Result<(), Refused> {
        let id = &self.id;
        let refused = |text: String| Err(Refused::NotAuthorized(Cow::Owned(text)));
        match (&self.secret, presented) {
            (None, None) => Ok(()),
            (None, Some(_)) => refused(format!("Client {id} is not configured for secret but secret hash was received")),
            (Some(_), None) => refused(format!("Client {id} is configured with secret but SECRET_HASH was not received")),
            (Some(secret), Some(hash)) => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
                let tag = STANDARD.decode(hash).unwrap_or_default();
                let right = |name: &&str| ring::hmac::verify(&key, format!("{name}{id}").as_bytes(), &tag).is_ok();
                if usernames.iter().any(right) {
                    return Ok(());
                }
                refused(format!("Unable to verify secret hash for client {id}"))
            }
        }
    }
}

/// A validity of 0 is the default, as AWS has it.
fn validity(amount: Option<i32>, unit: Option<TimeUnitsType>, default_unit: TimeUnitsType, default_amount: i32) -> i64 {
    match amount.filter(|amount| *amount > 0) {
        Some(amount) => seconds(amount, unit.unwrap_or(default_unit)),
        None => seconds(default_amount, default_unit),
    }
}

impl UserPools {
    pub(super) async fn keep_client(&self, client: ClientRecord) -> Result<(), Refused> {
        Ok(self.store().put(&clients().key(client.id.as_str()), client).await?)
    }

    /// The client with this id, whoever asks.
    pub(super) async fn client(&self, id: &str) -> Result<ClientRecord, Refused> {
        self.store().get(&clients().key(id)).await?.ok_or_else(|| Refused::NoClient(id.to_owned()))
    }

    /// The client of a pool.
    pub(super) async fn client_of(&self, pool: &str, id: &str) -> Result<ClientRecord, Refused> {
        let client = self.client(id).await?;
        if client.pool == pool { Ok(client) } else { Err(Refused::NoClient(id.to_owned())) }
    }

    /// The clients of a pool, by id.
    pub(super) async fn clients_of(&self, pool: &str) -> Result<Vec<ClientRecord>, Refused> {
        let found: Vec<(String, ClientRecord)> = self.store().list(&clients(), Listing::default()).await?;
        Ok(found.into_iter().map(|(_, client)| client).filter(|client| client.pool == pool).collect())
    }

    pub(super) async fn delete_client(&self, pool: &str, id: &str) -> Result<(), Refused> {
        self.client_of(pool, id).await?;
        self.store().delete(&clients().key(id)).await?;
        Ok(())
    }
}
