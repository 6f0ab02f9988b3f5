//! Whose resources a request speaks of: an AWS account and a region.

use std::fmt;
use std::sync::Arc;

/// The account used when the access key does not name one (as LocalStack and moto do).
pub const DEFAULT_ACCOUNT: &str = "000000000000";

/// The region used when a request carries no credential scope.
pub const DEFAULT_REGION: &str = "us-east-1";

/// Account and region: every key in the store starts with this pair.
///
/// The account is twelve digits. An access key of twelve digits names the account itself, the rule of
/// moto and kinesis-mock, so that tests can work with several accounts; a temporary key of STS names the account it was given out for.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    account: Arc<str>,
    region: Arc<str>,
}

impl Scope {
    /// A scope from its two parts, taken as they are.
    pub fn new(account: impl Into<Arc<str>>, region: impl Into<Arc<str>>) -> Self {
        Self { account: account.into(), region: region.into() }
    }

    /// The scope of a request signed with `access_key` for `region`.
    pub fn from_credential(access_key: Option<&str>, region: Option<&str>) -> Self {
        let region = region.unwrap_or(DEFAULT_REGION);
        match access_key {
            Some(key) if is_account_id(key) => Self::new(key, region),
            Some(key) => match super::credential::account_of_key(key) {
                Some(account) => Self::new(account, region),
                None => Self::new(DEFAULT_ACCOUNT, region),
            },
            None => Self::new(DEFAULT_ACCOUNT, region),
        }
    }

    /// The twelve-digit account id.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The region's name, such as `us-west-2`.
    pub fn region(&self) -> &str {
        &self.region
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account, self.region)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Whether `text` is a twelve-digit account id.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twelve_digit_access_key_is_the_account() {
        assert_eq!(Scope::from_credential(Some("123456789012"), Some("eu-west-1")), Scope::new("123456789012", "eu-west-1"));
        assert_eq!(Scope::from_credential(Some("test"), None), Scope::new(DEFAULT_ACCOUNT, DEFAULT_REGION));
    }
}
