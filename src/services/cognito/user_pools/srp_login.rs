//! The login by proof: USER_SRP_AUTH and its challenge, PASSWORD_VERIFIER (spec/workshop.md 2.2).

use super::UserPools;
use super::challenge::{Challenge, Proof, Question};
use super::error::Refused;
use super::login::{Parameters, Scene, required};
use super::password::{Password, hex};
use super::timestamp::is_timestamp;
use super::user::UserRecord;
use crate::api::cognito_idp::{ChallengeNameType, ExplicitAuthFlowsType, InitiateAuthResponse};
use crate::services::cognito::{random, srp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigUint;

/// Bytes of the server's secret: 1024 bits.
const SECRET_BYTES: usize = 128;

/// Bytes of a secret block; it names the challenge and has no meaning.
const BLOCK_BYTES: usize = 48;

impl UserPools {
    /// Begins a proof: B, salt and secret block for the A of the client.
    pub(super) async fn begin_proof(&self, scene: &Scene, parameters: &Parameters) -> Result<InitiateAuthResponse, Refused> {
        if !scene.client.allows(&[ExplicitAuthFlowsType::AllowUserSrpAuth]) {
            return Err(Refused::invalid("USER_SRP_AUTH is not enabled for the client."));
        }
        let name = required(parameters, "USERNAME")?;
        let public = srp::public_number(required(parameters, "SRP_A")?).ok_or_else(|| Refused::invalid("Invalid SRP_A"))?;
        scene.client.check_secret(&[name], parameters.get("SECRET_HASH").map(String::as_str))?;
        let user = self.find_user(&scene.pool, name).await?;
        let (username, password) = self.to_prove(scene, name, user).await?;
        let secret = BigUint::from_bytes_be(&random::<SECRET_BYTES>()?);
        let verifier = password.verifier();
        let (secret, verifier, server) = self
            .compute(move || {
                let server = srp::server_number(&verifier, &secret);
                Ok((secret, verifier, server))
            })
            .await?;
        let block = STANDARD.encode(random::<BLOCK_BYTES>()?);
        let answer = proof_wanted(&username, &password.salt, &hex(&server), &block);
        let proof = Proof { client: public, secret, server, verifier };
        let now_ms = self.clock().now_ms();
        let challenge = Challenge {
            client: scene.client.id.clone(),
            username,
            expires_ms: now_ms + scene.client.challenge_ms(),
            question: Question::Password(Box::new(proof)),
        };
        self.0.challenges.put(block, challenge, now_ms);
        Ok(answer)
    }

    /// Whose password is to be proved, and what is kept of it. For a user that does not exist it is one that cannot be proved, if the client hides
    /// that.
    async fn to_prove(&self, scene: &Scene, name: &str, user: Option<UserRecord>) -> Result<(String, Password), Refused> {
        let username = match user {
            Some(user) if !user.enabled => return Err(Refused::not_authorized("User is disabled.")),
            Some(UserRecord { username, password: Some(password), .. }) => return Ok((username, password)),
            Some(user) => user.username,
            None if scene.client.hides_users() => name.to_owned(),
            None => return Err(Refused::NoUser),
        };
        let seed = ring::hmac::sign(&self.keys().of(&scene.pool.id).await?.secret, username.as_bytes());
        Ok((username, Password::of_nobody(seed.as_ref())?))
    }

    /// Checks the client's half of a proof.
    pub(super) async fn end_proof(&self, scene: &Scene, responses: &Parameters) -> Result<InitiateAuthResponse, Refused> {
        let (name, block) = (required(responses, "USERNAME")?, required(responses, "PASSWORD_CLAIM_SECRET_BLOCK")?);
        let (timestamp, signature) = (required(responses, "TIMESTAMP")?, required(responses, "PASSWORD_CLAIM_SIGNATURE")?);
        if !is_timestamp(timestamp) {
            return Err(Refused::invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."));
        }
        let taken = self.0.challenges.take(block, &scene.client.id, self.clock().now_ms());
        let Some(Challenge { username, question: Question::Password(proof), .. }) = taken else {
            return Err(Refused::wrong_password());
        };
        scene.client.check_secret(&[name, &username], responses.get("SECRET_HASH").map(String::as_str))?;
        let user = self.find_user(&scene.pool, name).await?.filter(|user| user.username == username);
        let presented = STANDARD.decode(signature).unwrap_or_default();
        let raw_block = STANDARD.decode(block).unwrap_or_default();
        let (pool, timestamp) = (scene.pool.short_name().to_owned(), timestamp.clone());
        let verifier = proof.verifier.clone();
        let proved = self
            .compute(move || {
                let key = srp::session_key(&proof.verifier, &proof.secret, &proof.client, &proof.server);
                let claim = key.and_then(|key| srp::claim(&key, &pool, &username, &raw_block, &timestamp));
                Ok(claim.is_some_and(|claim| srp::same(&claim, &presented)))
            })
            .await?;
        // The password may have been changed since the challenge was given.
        let unchanged = |user: &UserRecord| user.password.as_ref().is_some_and(|password| password.verifier() == verifier);
        let user = user.filter(|user| proved && unchanged(user)).ok_or_else(Refused::wrong_password)?;
        self.admit(scene, user).await
    }
}

/// The challenge; USERNAME and USER_ID_FOR_SRP are both there, since some clients read one and some the other.
fn proof_wanted(username: &str, salt: &str, server: &str, block: &str) -> InitiateAuthResponse {
    let parameters =
        [("SALT", salt), ("SRP_B", server), ("SECRET_BLOCK", block), ("USERNAME", username), ("USER_ID_FOR_SRP", username)];
    InitiateAuthResponse {
        challenge_name: Some(ChallengeNameType::PasswordVerifier),
        challenge_parameters: Some(parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into()),
        ..InitiateAuthResponse::default()
    }
}
