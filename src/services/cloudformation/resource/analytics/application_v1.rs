//! AWS::KinesisAnalytics::Application. As on AWS it is made READY; it runs when StartApplication says so.

use super::super::calls::if_found;
use super::super::tags::TagChange;
use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use super::api::{Api, V1};
use super::{LONGEST_NAME, changed, deleted, settled, update};
use crate::api::kinesisanalytics::{Tag, TagResourceRequest, UntagResourceRequest, op};
use async_trait::async_trait;
use serde_json::{Map, Value as Document};
use std::collections::BTreeMap;

/// The type.
pub(in super::super) static APPLICATION: ResourceType = ResourceType {
    name: "AWS::KinesisAnalytics::Application",
    properties: &[
        Property::changeable("ApplicationCode"),
        Property::changeable("ApplicationDescription"),
        Property::fixed("ApplicationName"),
        Property::changeable("Inputs").required(),
    ],
    attributes: &[],
    handler: &Application,
};

struct Application;

#[async_trait]
impl Handler for Application {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let name = calls.name(desired, "ApplicationName", LONGEST_NAME);
        let mut input = desired.input(op::CreateApplication)?;
        input.application_name = name.clone();
        input.tags = Some(tag_list(calls.tags(desired)?)).filter(|tags| !tags.is_empty());
        calls.run(op::CreateApplication, input).await?;
        calls.initiated(&name).await;
        settled(&V1, calls, &name).await?;
        Ok(Made::new(name))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let name = calls.name(desired, "ApplicationName", LONGEST_NAME);
        if_found(&name, V1.describe(calls, &name).await)
    }

    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure> {
        changed(&V1, calls, id, |ids| application_update(ids, previous, desired)).await?;
        set_tags(calls, id, previous, desired).await?;
        Ok(Made::new(id))
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        deleted(&V1, calls, id).await
    }

    /// The type has no tags of its own, only the stack's.
    fn takes_stack_tags(&self) -> bool {
        true
    }

    /// Inputs cannot be taken away or added one by one, only changed.
    fn replaces(&self, previous: &Properties, desired: &Properties) -> bool {
        inputs(previous.get("Inputs")).len() != inputs(desired.get("Inputs")).len()
    }
}

fn tag_list(tags: BTreeMap<String, String>) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key, value: Some(value) }).collect()
}

async fn set_tags(calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<(), Failure> {
    let TagChange { wanted, gone } = TagChange::between(calls, previous, desired)?;
    let resource_arn = calls.arn("kinesisanalytics", format!("application/{id}"));
    if !gone.is_empty() {
        let input = UntagResourceRequest { resource_arn: resource_arn.clone(), tag_keys: gone };
        calls.run(op::UntagResource, input).await?;
    }
    if !wanted.is_empty() {
        calls.run(op::TagResource, TagResourceRequest { resource_arn, tags: tag_list(wanted) }).await?;
    }
    Ok(())
}

/// The inputs in a list of a template.
pub(super) fn inputs(list: Option<&Document>) -> &[Document] {
    list.and_then(Document::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The updates of the inputs that differ, which stand in the same order as their ids; `None` if all are as they were.
pub(super) fn input_updates(ids: &[String], previous: Option<&Document>, desired: Option<&Document>) -> Option<Document> {
    let (previous, desired) = (inputs(previous), inputs(desired));
    let changed = desired.iter().enumerate().filter(|(n, input)| previous.get(*n) != Some(*input));
    let updates: Vec<Document> =
        changed.filter_map(|(n, input)| Some(update::of_part(input, ("InputId", ids.get(n)?.clone())))).collect();
    (!updates.is_empty()).then_some(Document::Array(updates))
}

/// ApplicationUpdate, with what differs.
fn application_update(ids: &[String], previous: &Properties, desired: &Properties) -> Map<String, Document> {
    let mut update = Map::new();
    if desired.differs(previous, "ApplicationCode") {
        let code = desired.text("ApplicationCode").unwrap_or_default();
        update.insert("ApplicationCodeUpdate".to_owned(), Document::from(code));
    }
    if let Some(inputs) = input_updates(ids, previous.get("Inputs"), desired.get("Inputs")) {
        update.insert("InputUpdates".to_owned(), inputs);
    }
    update
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_updated() {
        let properties = |code: &str, count: u32| {
            let inputs = json!([{"NamePrefix": "A", "InputParallelism": {"Count": 1}}, {"NamePrefix": "B", "InputParallelism": {"Count": count}}]);
            Properties(Map::from_iter([("ApplicationCode".to_owned(), json!(code)), ("Inputs".to_owned(), inputs)]))
        };
        let ids = ["1.1".to_owned(), "2.1".to_owned()];
        let update = |previous: &Properties, desired: &Properties| Document::Object(application_update(&ids, previous, desired));
        let before = properties("a", 1);
        assert_eq!(update(&before, &before), json!({}));
        assert_eq!(update(&before, &properties("b", 1)), json!({"ApplicationCodeUpdate": "b"}));
        let input = json!({"InputId": "2.1", "NamePrefixUpdate": "B", "InputParallelismUpdate": {"CountUpdate": 2}});
        assert_eq!(update(&before, &properties("a", 2)), json!({"InputUpdates": [input]}));
        let fewer = Properties(Map::from_iter([("Inputs".to_owned(), json!([{"NamePrefix": "A"}]))]));
        assert!(Application.replaces(&before, &fewer) && !Application.replaces(&before, &properties("b", 2)));
    }
}
