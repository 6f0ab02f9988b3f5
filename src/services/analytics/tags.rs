//! Tags of applications (both versions: TagResource, UntagResource, ListTagsForResource).

use super::application::{Application, TAGS_MAX};
use super::refusal::Refusal;
use super::{Analytics, arn};
use crate::base::account::Scope;
use crate::base::arn::Arn;
use std::collections::BTreeMap;

/// `current` with `new` over it.
///
/// # Errors
/// InvalidArgument for a key given twice or reserved, TooManyTags beyond [`TAGS_MAX`].
pub(super) fn merged(
    mut current: BTreeMap<String, String>,
    new: Vec<(String, String)>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut seen = std::collections::BTreeSet::new();
    for (key, value) in new {
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Refusal::Argument(format!("Tag key {key} begins with aws:, which is reserved")));
        }
        if !seen.insert(key.clone()) {
            return Err(Refusal::Argument(format!("Tag key {key} is given twice")));
        }
        current.insert(key, value);
    }
    if current.len() > TAGS_MAX {
        return Err(Refusal::TooManyTags(format!("An application has at most {TAGS_MAX} tags")));
    }
    Ok(current)
}

impl Analytics {
    /// Tags of the application with this ARN.
    pub(super) async fn tags(&self, arn: &str) -> Result<BTreeMap<String, String>, Refusal> {
        let (scope, name) = parse(arn)?;
        Ok(self.load(&scope, &name).await?.tags)
    }

    /// Sets tags.
    pub(super) async fn tag(&self, arn: &str, new: Vec<(String, String)>) -> Result<(), Refusal> {
        self.change_tags(arn, |tags| merged(tags, new)).await
    }

    /// Takes tags away; keys that are not there are passed over.
    pub(super) async fn untag(&self, arn: &str, keys: Vec<String>) -> Result<(), Refusal> {
        self.change_tags(arn, |mut tags| {
            tags.retain(|key, _| !keys.contains(key));
            Ok(tags)
        })
        .await
    }

    async fn change_tags(
        &self,
        arn: &str,
        change: impl FnOnce(BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Refusal> + Send,
    ) -> Result<(), Refusal> {
        let (scope, name) = parse(arn)?;
        let _lock = self.lock(&scope, &name).await;
        let application = self.load(&scope, &name).await?;
        let tags = change(application.tags.clone())?;
        self.save(&scope, &Application { tags, ..application }).await
    }
}

fn parse(text: &str) -> Result<(Scope, String), Refusal> {
    let application = Arn::parse(text).filter(|arn| arn.service == "kinesisanalytics");
    let found = application.and_then(|arn| Some((arn.scope(), arn.resource_after("application")?.to_owned())));
    found
        .filter(|(scope, name)| arn(scope, name) == text)
        .ok_or_else(|| Refusal::Argument(format!("{text} is not the ARN of an application")))
}
