//! Passwords: what a policy asks of them, and what is kept of them, which is never the password itself.

use crate::api::cognito_idp::PasswordPolicyType;
use crate::services::cognito::keys::KeyError;
use crate::services::cognito::{random, srp};
use num_bigint::BigUint;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::error::Refused;

/// No password is longer (API reference, PasswordType).
const MAX_CHARACTERS: usize = 256;

/// The characters that count as symbols (developer guide, "Adding user pool password requirements"); a blank inside counts too.
const SYMBOLS: &str = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= ";

/// Whether a password is as the policy wants it.
///
/// # Errors
/// What it lacks, in Cognito's words.
pub(super) fn check(policy: &PasswordPolicyType, password: &str) -> Result<(), Refused> {
    let least = usize::try_from(policy.minimum_length.unwrap_or_default()).unwrap_or_default();
    let length = password.chars().count();
    let has = |test: fn(char) -> bool| password.chars().any(test);
    let wants = |required: Option<bool>| required.unwrap_or_default();
    let lacks = if length < least {
        "Password not long enough"
    } else if length > MAX_CHARACTERS {
        "Password too long"
    } else if password.trim() != password {
        "Password must not have leading or trailing spaces"
    } else if wants(policy.require_lowercase) && !has(|c| c.is_ascii_lowercase()) {
        "Password must have lowercase characters"
    } else if wants(policy.require_uppercase) && !has(|c| c.is_ascii_uppercase()) {
        "Password must have uppercase characters"
    } else if wants(policy.require_numbers) && !has(|c| c.is_ascii_digit()) {
        "Password must have numeric characters"
    } else if wants(policy.require_symbols) && !has(|c| SYMBOLS.contains(c)) {
        "Password must have symbol characters"
    } else {
        return Ok(());
    };
    Err(Refused::InvalidPassword(lacks))
}

/// What is kept of a password: enough to check a proof of it, not enough to find it but by trying.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Password {
    /// The salt as a number, hexadecimal.
    pub(super) salt: String,
    /// The SRP verifier, hexadecimal.
    verifier: String,
}

impl Password {
    /// Of a new password; `pool` is the short name. Takes milliseconds.
    pub(super) fn new(pool: &str, username: &str, password: &str) -> Result<Self, KeyError> {
        let salt = BigUint::from_bytes_be(&random::<16>()?);
        let verifier = srp::verifier(pool, username, password, &salt);
        Ok(Self { salt: hex(&salt), verifier: hex(&verifier) })
    }

    /// One that no password fits, with a salt that is always the same for `seed`: for users that do not exist.
    pub(super) fn of_nobody(seed: &[u8]) -> Result<Self, KeyError> {
        let salt = BigUint::from_bytes_be(&seed[..seed.len().min(16)]);
        Ok(Self { salt: hex(&salt), verifier: hex(&BigUint::from_bytes_be(&random::<383>()?)) })
    }

    pub(super) fn verifier(&self) -> BigUint {
        number(&self.verifier)
    }

    /// Whether it is this password. Takes milliseconds, the same for right and wrong ones.
    pub(super) fn is(&self, pool: &str, username: &str, password: &str) -> bool {
        let presented = srp::verifier(pool, username, password, &number(&self.salt));
        bool::from(presented.to_bytes_be().ct_eq(&self.verifier().to_bytes_be()))
    }
}

/// A number as challenges carry it.
pub(super) fn hex(number: &BigUint) -> String {
    format!("{number:x}")
}

fn number(hex: &str) -> BigUint {
    BigUint::parse_bytes(hex.as_bytes(), 16).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(policy: &PasswordPolicyType, password: &str) -> Option<&'static str> {
        match check(policy, password) {
            Err(Refused::InvalidPassword(text)) => Some(text),
            _ => None,
        }
    }

    #[test]
    fn a_policy_asks_for_what_it_names() {
        let numbers =
            PasswordPolicyType { minimum_length: Some(6), require_numbers: Some(true), ..PasswordPolicyType::default() };
        assert_eq!(refusal(&numbers, "abc1"), Some("Password not long enough"));
        assert_eq!(refusal(&numbers, "abcdef"), Some("Password must have numeric characters"));
        assert_eq!(refusal(&numbers, "abcde1"), None);
        let strict = PasswordPolicyType {
            require_symbols: Some(true),
            require_uppercase: Some(true),
            require_lowercase: Some(true),
            ..numbers
        };
        for (password, refused) in [
            ("ABCDE1!", Some("Password must have lowercase characters")),
            ("abcde1!", Some("Password must have uppercase characters")),
            ("Abcdef1", Some("Password must have symbol characters")),
            ("Abcde1!", None),
            ("Abcd e1", None),
            (" Abcde1!", Some("Password must not have leading or trailing spaces")),
        ] {
            assert_eq!(refusal(&strict, password), refused, "{password}");
        }
        assert_eq!(refusal(&strict, &"aB1!".repeat(65)), Some("Password too long"));
    }

    #[test]
    fn only_the_password_itself_fits() {
        let kept = Password::new("AbCdEf123", "myname", "secret1").unwrap();
        assert!(kept.is("AbCdEf123", "myname", "secret1"));
        assert!(!kept.is("AbCdEf123", "myname", "secret2") && !kept.is("AbCdEf124", "myname", "secret1"));
        assert!(!Password::of_nobody(&[7; 32]).unwrap().is("AbCdEf123", "myname", ""));
        assert!(!format!("{kept:?}").contains("secret1"));
    }
}
