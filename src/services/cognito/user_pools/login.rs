//! Logins: how a user gets from a name and a proof to tokens.

use super::UserPools;
use super::challenge::{Challenge, Question};
use super::client::ClientRecord;
use super::error::Refused;
use super::password::{self, Password};
use super::pool::PoolRecord;
use super::tokens::Login;
use super::user::UserRecord;
use crate::api::cognito_idp::{ChallengeNameType, ExplicitAuthFlowsType, InitiateAuthResponse, UserStatusType};
use crate::services::cognito::keys::KeyError;
use crate::services::cognito::random;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::BTreeMap;

/// Bytes of a session, which names a challenge and has no meaning.
const SESSION_BYTES: usize = 48;

/// What a login is about.
pub(super) struct Scene {
    pub(super) pool: PoolRecord,
    pub(super) client: ClientRecord,
}

/// Parameters of a login, or answers to a challenge.
pub(super) type Parameters = BTreeMap<String, String>;

/// A parameter that must be there.
pub(super) fn required<'p>(parameters: &'p Parameters, name: &str) -> Result<&'p String, Refused> {
    parameters.get(name).filter(|value| !value.is_empty()).ok_or_else(|| Refused::missing(name))
}

impl UserPools {
    /// A password sent as it is.
    pub(super) async fn password_login(&self, scene: &Scene, parameters: &Parameters) -> Result<InitiateAuthResponse, Refused> {
        let (name, password) = (required(parameters, "USERNAME")?, required(parameters, "PASSWORD")?);
        scene.client.check_secret(&[name], parameters.get("SECRET_HASH").map(String::as_str))?;
        let user = self.find_user(&scene.pool, name).await?;
        if user.is_none() && !scene.client.hides_users() {
            return Err(Refused::NoUser);
        }
        if user.as_ref().is_some_and(|user| !user.enabled) {
            return Err(Refused::not_authorized("User is disabled."));
        }
        if !self.fits(&scene.pool, user.as_ref(), password).await? {
            return Err(Refused::wrong_password());
        }
        let user = user.ok_or_else(Refused::wrong_password)?;
        self.admit(scene, user).await
    }

    /// Whether this is the user's password. It takes as long for a user that does not exist.
    pub(super) async fn fits(&self, pool: &PoolRecord, user: Option<&UserRecord>, password: &str) -> Result<bool, Refused> {
        let kept = user.and_then(|user| user.password.clone());
        let username = user.map(|user| user.username.clone()).unwrap_or_default();
        let (pool, password) = (pool.short_name().to_owned(), password.to_owned());
        self.compute(move || {
            let kept = kept.map_or_else(|| Password::of_nobody(&[1; 16]), Ok)?;
            Ok(kept.is(&pool, &username, &password))
        })
        .await
    }

    /// What is kept of a new password that the policy allows.
    pub(super) async fn new_password(&self, pool: &PoolRecord, username: &str, password: &str) -> Result<Password, Refused> {
        password::check(&pool.password_policy(), password)?;
        let (pool, username, password) = (pool.short_name().to_owned(), username.to_owned(), password.to_owned());
        self.compute(move || Password::new(&pool, &username, &password)).await
    }

    /// What a user whose password is right gets: tokens, or a further challenge.
    pub(super) async fn admit(&self, scene: &Scene, user: UserRecord) -> Result<InitiateAuthResponse, Refused> {
        match user.status {
            UserStatusType::Unconfirmed => Err(Refused::NotConfirmed),
            UserStatusType::ResetRequired => Err(Refused::ResetRequired),
            _ if !user.enabled => Err(Refused::not_authorized("User is disabled.")),
            UserStatusType::ForceChangePassword => self.want_new_password(scene, &user),
            _ => self.logged_in(scene, &user).await,
        }
    }

    async fn logged_in(&self, scene: &Scene, user: &UserRecord) -> Result<InitiateAuthResponse, Refused> {
        let login = self.login()?;
        let tokens = self.tokens((&scene.pool, &scene.client, user), &login, true).await?;
        Ok(InitiateAuthResponse {
            authentication_result: Some(tokens),
            challenge_parameters: Some(Parameters::new()),
            ..InitiateAuthResponse::default()
        })
    }

    /// Asks for a new password in place of a temporary one.
    fn want_new_password(&self, scene: &Scene, user: &UserRecord) -> Result<InitiateAuthResponse, Refused> {
        let now_ms = self.clock().now_ms();
        if user.temporary_until_ms.is_some_and(|until| until <= now_ms) {
            return Err(Refused::not_authorized("Temporary password has expired and must be reset by an administrator."));
        }
        let json = |value: Result<String, serde_json::Error>| value.map_err(|error| KeyError(error.to_string()));
        let missing = scene.pool.missing_attributes(&user.attributes).into_iter().map(|name| format!("userAttributes.{name}"));
        let parameters = [
            ("USER_ID_FOR_SRP", user.username.clone()),
            ("requiredAttributes", json(serde_json::to_string(&missing.collect::<Vec<_>>()))?),
            ("userAttributes", json(serde_json::to_string(&user.attributes))?),
        ];
        let session = URL_SAFE_NO_PAD.encode(random::<SESSION_BYTES>()?);
        let challenge = Challenge {
            client: scene.client.id.clone(),
            username: user.username.clone(),
            expires_ms: now_ms + scene.client.challenge_ms(),
            question: Question::NewPassword,
        };
        self.0.challenges.put(session.clone(), challenge, now_ms);
        Ok(InitiateAuthResponse {
            challenge_name: Some(ChallengeNameType::NewPasswordRequired),
            challenge_parameters: Some(parameters.map(|(name, value)| (name.to_owned(), value)).into()),
            session: Some(session),
            ..InitiateAuthResponse::default()
        })
    }

    /// The answer to NEW_PASSWORD_REQUIRED. A password that the policy refuses leaves the session for another try.
    pub(super) async fn set_new_password(
        &self,
        scene: &Scene,
        session: Option<String>,
        responses: &Parameters,
    ) -> Result<InitiateAuthResponse, Refused> {
        let (name, password) = (required(responses, "USERNAME")?, required(responses, "NEW_PASSWORD")?);
        let session = session.ok_or_else(|| Refused::missing("Session"))?;
        let void = || Refused::not_authorized("Invalid session for the user, session is expired.");
        let asked = |challenge: Option<Challenge>| {
            challenge.filter(|challenge| matches!(challenge.question, Question::NewPassword)).ok_or_else(void)
        };
        let now_ms = self.clock().now_ms();
        let username = asked(self.0.challenges.look(&session, &scene.client.id, now_ms))?.username;
        scene.client.check_secret(&[name, &username], responses.get("SECRET_HASH").map(String::as_str))?;
        let user = self.find_user(&scene.pool, name).await?.filter(|user| user.username == username);
        let user = user.ok_or_else(|| Refused::not_authorized("Invalid session for the user."))?;
        let given = attributes_of(responses);
        let attributes = scene.pool.checked_attributes(Some(given))?;
        let merged = user.attributes.iter().chain(&attributes).map(|(name, value)| (name.clone(), value.clone())).collect();
        if let Some(missing) = scene.pool.missing_attributes(&merged).first() {
            return Err(Refused::invalid(format!("Invalid attributes given, {missing} is missing")));
        }
        let password = self.new_password(&scene.pool, &user.username, password).await?;
        asked(self.0.challenges.take(&session, &scene.client.id, now_ms))?;
        let user = self
            .change_user(&user, move |user| {
                if user.status != UserStatusType::ForceChangePassword {
                    return Err(Refused::not_authorized("Invalid session for the user."));
                }
                user.set_password(password);
                user.attributes = merged;
                Ok(user.clone())
            })
            .await?;
        self.admit(scene, user).await
    }

    /// Further tokens for a login.
    pub(super) async fn refresh(&self, scene: &Scene, parameters: &Parameters) -> Result<InitiateAuthResponse, Refused> {
        if !scene.client.allows(&[ExplicitAuthFlowsType::AllowRefreshTokenAuth]) {
            return Err(Refused::invalid("Auth flow not enabled for this client"));
        }
        let (pool, claims) = self.refresh_claims(required(parameters, "REFRESH_TOKEN")?).await?;
        if pool.id != scene.pool.id || claims.client != scene.client.id {
            return Err(Refused::not_authorized("Invalid Refresh Token"));
        }
        let user = self.find_user(&scene.pool, &claims.username).await?;
        let user = user.ok_or_else(|| Refused::not_authorized("Refresh Token has been revoked"))?;
        let hash = parameters.get("SECRET_HASH").map(String::as_str);
        scene.client.check_secret(&[&user.username, &user.sub], hash)?;
        self.check_refresh(&claims, &user)?;
        let login = Login { id: claims.origin_jti, at: claims.auth_time };
        let tokens = self.tokens((&scene.pool, &scene.client, &user), &login, false).await?;
        Ok(InitiateAuthResponse {
            authentication_result: Some(tokens),
            challenge_parameters: Some(Parameters::new()),
            ..InitiateAuthResponse::default()
        })
    }
}

/// The attributes among the answers to NEW_PASSWORD_REQUIRED.
fn attributes_of(responses: &Parameters) -> Vec<crate::api::cognito_idp::AttributeType> {
    let attributes = responses.iter().filter_map(|(name, value)| Some((name.strip_prefix("userAttributes.")?, value)));
    attributes
        .map(|(name, value)| crate::api::cognito_idp::AttributeType { name: name.to_owned(), value: Some(value.clone()) })
        .collect()
}

impl UserRecord {
    /// Gives the user a password for good.
    pub(super) fn set_password(&mut self, password: Password) {
        self.password = Some(password);
        self.status = UserStatusType::Confirmed;
        self.temporary_until_ms = None;
    }
}
