//! User pools themselves.

use super::UserPools;
use super::aliases;
use super::error::Refused;
use super::user::count_key;
use crate::api::cognito_idp::DefaultEmailOptionType;
use crate::api::cognito_idp::{
    AdminCreateUserConfigType, CreateUserPoolRequest, DeletionProtectionType, EmailConfigurationType, EmailSendingAccountType,
    PasswordPolicyType, SetUserPoolMfaConfigRequest, UserPoolMfaType, UserPoolPolicyType, UserPoolTierType,
    VerificationMessageTemplateType,
};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::services::cognito::collection;
use crate::services::cognito::keys::SigningKeys;
use crate::store::{Collection, Listing};
use serde::{Deserialize, Serialize};

/// Days a temporary password lasts where the policy does not say (API reference, PasswordPolicyType).
const TEMPORARY_DAYS: i32 = 7;

/// Passwords are at least this long where the policy does not say.
const LEAST_LENGTH: i32 = 8;

/// What is known of a user pool.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PoolRecord {
    /// `REGION_` and nine letters and digits.
    pub(super) id: String,
    pub(super) account: String,
    pub(super) created_ms: Millis,
    pub(super) modified_ms: Millis,
    /// As given, with the defaults filled in.
    #[serde(with = "crate::api::stored")]
    pub(super) settings: CreateUserPoolRequest,
    /// As given; second factors are kept and shown, not asked for.
    #[serde(with = "crate::api::stored")]
    pub(super) mfa: SetUserPoolMfaConfigRequest,
}

pub(super) fn pools() -> Collection {
    collection("cognito-idp", "pool")
}

/// The issuer of the tokens of a pool.
pub(in crate::services::cognito) fn issuer(pool: &str) -> String {
    format!("https://{}", provider(pool))
}

/// The pool's name as a provider of logins: the issuer without its scheme.
pub(in crate::services::cognito) fn provider(pool: &str) -> String {
    let region = pool.split_once('_').map_or(pool, |(region, _)| region);
    format!("cognito-idp.{region}.amazonaws.com/{pool}")
}

impl PoolRecord {
    pub(super) fn region(&self) -> &str {
        self.id.split_once('_').map_or(self.id.as_str(), |(region, _)| region)
    }

    /// What stands for the pool in proofs of passwords: the id behind its first underscore.
    pub(super) fn short_name(&self) -> &str {
        self.id.split_once('_').map_or(self.id.as_str(), |(_, name)| name)
    }

    pub(super) fn arn(&self) -> String {
        format!("arn:aws:cognito-idp:{}:{}:userpool/{}", self.region(), self.account, self.id)
    }

    /// A username in the form in which it is compared: pools are case-sensitive unless they say otherwise.
    pub(super) fn folded(&self, username: &str) -> String {
        let sensitive = self.settings.username_configuration.as_ref().is_none_or(|configured| configured.case_sensitive);
        if sensitive { username.to_owned() } else { username.to_lowercase() }
    }

    /// The rules of passwords.
    pub(super) fn password_policy(&self) -> PasswordPolicyType {
        let given = self.settings.policies.as_ref().and_then(|policies| policies.password_policy.clone());
        given.unwrap_or_else(default_policy)
    }

    /// Days a temporary password lasts.
    pub(super) fn temporary_days(&self) -> i32 {
        self.password_policy().temporary_password_validity_days.unwrap_or(TEMPORARY_DAYS)
    }

    /// Whether only administrators make users.
    pub(super) fn admins_only(&self) -> bool {
        let configured = self.settings.admin_create_user_config.as_ref();
        configured.and_then(|configured| configured.allow_admin_create_user_only).unwrap_or_default()
    }

    pub(super) fn is_protected(&self) -> bool {
        self.settings.deletion_protection == Some(DeletionProtectionType::Active)
    }
}

/// The policy of a pool that was given none (API reference, CreateUserPool).
fn default_policy() -> PasswordPolicyType {
    PasswordPolicyType {
        minimum_length: Some(LEAST_LENGTH),
        require_lowercase: Some(true),
        require_numbers: Some(true),
        require_symbols: Some(true),
        require_uppercase: Some(true),
        temporary_password_validity_days: Some(TEMPORARY_DAYS),
        password_history_size: None,
    }
}

/// A policy that says something; what it leaves out is not asked for.
fn filled_policy(given: PasswordPolicyType) -> PasswordPolicyType {
    PasswordPolicyType {
        minimum_length: given.minimum_length.or(Some(LEAST_LENGTH)),
        require_lowercase: given.require_lowercase.or(Some(false)),
        require_numbers: given.require_numbers.or(Some(false)),
        require_symbols: given.require_symbols.or(Some(false)),
        require_uppercase: given.require_uppercase.or(Some(false)),
        temporary_password_validity_days: given.temporary_password_validity_days.or(Some(TEMPORARY_DAYS)),
        ..given
    }
}

/// Settings with the defaults that AWS shows in place of what was left out.
pub(super) fn with_defaults(given: CreateUserPoolRequest) -> CreateUserPoolRequest {
    let policies = given.policies.unwrap_or_default();
    let policy = policies.password_policy.map_or_else(default_policy, filled_policy);
    let creation = given.admin_create_user_config.unwrap_or_default();
    let message = given.verification_message_template.unwrap_or_default();
    let email = EmailConfigurationType {
        email_sending_account: Some(EmailSendingAccountType::CognitoDefault),
        ..EmailConfigurationType::default()
    };
    CreateUserPoolRequest {
        policies: Some(UserPoolPolicyType { password_policy: Some(policy), ..policies }),
        admin_create_user_config: Some(AdminCreateUserConfigType {
            allow_admin_create_user_only: creation.allow_admin_create_user_only.or(Some(false)),
            unused_account_validity_days: creation.unused_account_validity_days.or(Some(TEMPORARY_DAYS)),
            ..creation
        }),
        verification_message_template: Some(VerificationMessageTemplateType {
            default_email_option: message.default_email_option.or(Some(DefaultEmailOptionType::ConfirmWithCode)),
            ..message
        }),
        deletion_protection: given.deletion_protection.or(Some(DeletionProtectionType::Inactive)),
        mfa_configuration: given.mfa_configuration.or(Some(UserPoolMfaType::Off)),
        email_configuration: given.email_configuration.or(Some(email)),
        user_pool_tier: given.user_pool_tier.or(Some(UserPoolTierType::Essentials)),
        ..given
    }
}

impl UserPools {
    pub(super) async fn keep_pool(&self, pool: PoolRecord) -> Result<(), Refused> {
        Ok(self.store().put(&pools().key(pool.id.as_str()), pool).await?)
    }

    /// The pool with this id, whoever asks.
    pub(super) async fn pool(&self, id: &str) -> Result<PoolRecord, Refused> {
        self.store().get(&pools().key(id)).await?.ok_or_else(|| Refused::NoPool(id.to_owned()))
    }

    /// The pool with this id in the account and region of `scope`.
    pub(super) async fn pool_in(&self, scope: &Scope, id: &str) -> Result<PoolRecord, Refused> {
        let pool = self.pool(id).await?;
        if pool.account == scope.account() && pool.region() == scope.region() {
            return Ok(pool);
        }
        Err(Refused::NoPool(id.to_owned()))
    }

    /// The pools of an account and region, by id.
    pub(super) async fn pools_in(&self, scope: &Scope) -> Result<Vec<PoolRecord>, Refused> {
        let listing = Listing { prefix: format!("{}_", scope.region()), ..Listing::default() };
        let found: Vec<(String, PoolRecord)> = self.store().list(&pools(), listing).await?;
        Ok(found.into_iter().map(|(_, pool)| pool).filter(|pool| pool.account == scope.account()).collect())
    }

    /// Changes a pool.
    pub(super) async fn change_pool<T: Send + 'static>(
        &self,
        scope: &Scope,
        id: &str,
        change: impl FnOnce(&mut PoolRecord) -> T + Send + 'static,
    ) -> Result<T, Refused> {
        self.pool_in(scope, id).await?;
        let (id, now_ms) = (id.to_owned(), self.clock().now_ms());
        self.store()
            .transaction(move |tx| {
                let key = pools().key(id.as_str());
                let mut pool: PoolRecord = tx.get(&key)?.ok_or(Refused::NoPool(id))?;
                let result = change(&mut pool);
                pool.modified_ms = now_ms;
                tx.put(&key, &pool)?;
                Ok(result)
            })
            .await
    }

    /// Deletes a pool with its clients, its users and its key.
    pub(super) async fn delete_pool(&self, scope: &Scope, id: &str) -> Result<(), Refused> {
        if self.pool_in(scope, id).await?.is_protected() {
            let text = "The user pool cannot be deleted because deletion protection is activated. \
                        Deletion protection must be inactivated first.";
            return Err(Refused::invalid(text));
        }
        let clients = self.clients_of(id).await?;
        let users = self.users_of(id).await?;
        let owner = id.to_owned();
        self.store()
            .transaction(move |tx| {
                for client in clients {
                    tx.delete(&super::client::clients().key(client.id))?;
                }
                for user in users {
                    aliases::keep(tx, Some(&user), None)?;
                    tx.delete(&user.key())?;
                }
                tx.delete(&count_key(&owner))?;
                tx.delete(&SigningKeys::key(&owner))?;
                tx.delete(&pools().key(owner))?;
                Ok::<_, Refused>(())
            })
            .await?;
        self.keys().forget(id);
        Ok(())
    }
}
