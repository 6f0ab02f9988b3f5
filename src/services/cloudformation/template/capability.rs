//! What a caller must acknowledge before a template may be used.

use serde_json::Value as Document;
use std::collections::BTreeSet;

/// Types that need CAPABILITY_IAM, each with the property that gives it a name and so needs CAPABILITY_NAMED_IAM (API reference,
/// CreateStack).
const IDENTITIES: [(&str, &str); 7] = [
    ("AWS::IAM::AccessKey", ""),
    ("AWS::IAM::Group", "GroupName"),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),
    ("AWS::IAM::Policy", ""),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::IAM::User", "UserName"),
];

/// The capabilities that a template needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Needs {
    types: BTreeSet<&'static str>,
    named: bool,
    transforms: bool,
}

impl Needs {
    /// Looks through a template's resources.
    pub(super) fn of(document: &Document) -> Self {
        let mut needs = Self { transforms: document.get("Transform").is_some(), ..Self::default() };
        for body in document.get("Resources").and_then(Document::as_object).into_iter().flat_map(|all| all.values()) {
            let kind = body.get("Type").and_then(Document::as_str);
            let Some((kind, name)) = IDENTITIES.iter().find(|(identity, _)| Some(*identity) == kind) else { continue };
            needs.types.insert(kind);
            needs.named |= body.get("Properties").is_some_and(|properties| properties.get(name).is_some());
        }
        needs
    }

    /// Their names.
    pub(in super::super) fn capabilities(&self) -> Vec<&'static str> {
        let identity = if self.named { "CAPABILITY_NAMED_IAM" } else { "CAPABILITY_IAM" };
        let identity = (!self.types.is_empty()).then_some(identity);
        identity.into_iter().chain(self.transforms.then_some("CAPABILITY_AUTO_EXPAND")).collect()
    }

    /// Why, in AWS's words.
    pub(in super::super) fn reason(&self) -> Option<String> {
        let types: Vec<&str> = self.types.iter().copied().collect();
        (!types.is_empty()).then(|| format!("The following resource(s) require capabilities: [{}]", types.join(", ")))
    }
}
