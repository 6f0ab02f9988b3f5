//! Tags of domains, named by ARN.

use crate::base::arn::Arn;
use crate::services::elasticsearch::{DomainError, Domains};
use std::collections::BTreeMap;

fn domain_of(arn: &str) -> Result<(Arn, String), DomainError> {
    let invalid = || DomainError::Invalid(format!("Invalid ARN: {arn}"));
    let parsed = Arn::parse(arn).ok_or_else(invalid)?;
    let name = parsed.resource_after("domain").ok_or_else(invalid)?.to_owned();
    Ok((parsed, name))
}

pub(super) async fn add(domains: &Domains, arn: &str, tags: BTreeMap<String, String>) -> Result<(), DomainError> {
    let (arn, name) = domain_of(arn)?;
    domains.change(&arn.scope(), &name, move |domain| domain.tags.extend(tags)).await?;
    Ok(())
}

pub(super) async fn remove(domains: &Domains, arn: &str, keys: Vec<String>) -> Result<(), DomainError> {
    let (arn, name) = domain_of(arn)?;
    domains.change(&arn.scope(), &name, move |domain| domain.tags.retain(|key, _| !keys.contains(key))).await?;
    Ok(())
}

pub(super) async fn list(domains: &Domains, arn: &str) -> Result<BTreeMap<String, String>, DomainError> {
    let (arn, name) = domain_of(arn)?;
    Ok(domains.find(&arn.scope(), &name).await?.tags)
}
