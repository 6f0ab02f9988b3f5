//! Amazon resource names: `arn:partition:service:region:account:resource`.

use super::account::Scope;
use std::fmt;

/// The six parts of an ARN; the resource keeps its own colons and slashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arn {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: String,
    /// The service's name in ARNs, such as `kinesis`.
    pub service: String,
    /// Empty for global services (IAM, S3).
    pub region: String,
    /// Empty for S3 buckets.
    pub account: String,
    /// All that follows the fifth colon.
    pub resource: String,
}

impl Arn {
    /// The ARN of `resource` of `service` in `scope`.
    pub fn of(service: &str, scope: &Scope, resource: impl Into<String>) -> Self {
        Self {
            partition: "aws".into(),
            service: service.into(),
            region: scope.region().into(),
            account: scope.account().into(),
            resource: resource.into(),
        }
    }

    /// Reads an ARN; `None` when a part is missing.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next()? != "arn" {
            return None;
        }
        let mut next = || parts.next().map(str::to_owned);
        let (partition, service, region, account, resource) = (next()?, next()?, next()?, next()?, next()?);
        (!resource.is_empty()).then_some(Self { partition, service, region, account, resource })
    }

    /// Account and region the ARN points at.
    pub fn scope(&self) -> Scope {
        Scope::new(self.account.as_str(), self.region.as_str())
    }

    /// What stands after `kind` and a slash or colon in the resource: `stream/name` → `name`.
    pub fn resource_after(&self, kind: &str) -> Option<&str> {
        self.resource.strip_prefix(kind)?.strip_prefix(['/', ':'])
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:{}:{}:{}:{}:{}", self.partition, self.service, self.region, self.account, self.resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints_the_same_text() {
        let text = "arn:aws:kinesis:us-west-2:123456789012:stream/a/consumer/b:1";
        let arn = Arn::parse(text).unwrap();
        assert_eq!(arn.to_string(), text);
        assert_eq!(arn.resource_after("stream"), Some("a/consumer/b:1"));
        assert_eq!(Arn::parse("arn:aws:kinesis:us-west-2"), None);
    }
}
