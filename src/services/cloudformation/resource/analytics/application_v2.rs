//! AWS::KinesisAnalyticsV2::Application, of runtime SQL-1_0. As on AWS it is made READY; it runs when StartApplication says so.

use super::super::calls::if_found;
use super::super::tags::TagChange;
use super::super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use super::api::{Api, V2};
use super::application_v1::{input_updates, inputs};
use super::{LONGEST_NAME, changed, deleted, settled, update};
use crate::api::kinesisanalyticsv2::{Tag, TagResourceRequest, UntagResourceRequest, op};
use async_trait::async_trait;
use serde_json::{Map, Value as Document};
use std::collections::BTreeMap;

/// The type.
pub(in super::super) static APPLICATION: ResourceType = ResourceType {
    name: "AWS::KinesisAnalyticsV2::Application",
    properties: &[
        Property::changeable("ApplicationConfiguration"),
        Property::changeable("ApplicationDescription"),
        Property::changeable("ApplicationMaintenanceConfiguration").kept(),
        Property::fixed("ApplicationMode"),
        Property::fixed("ApplicationName"),
        Property::changeable("RunConfiguration").kept(),
        Property::fixed("RuntimeEnvironment").required(),
        Property::changeable("ServiceExecutionRole").required(),
        Property::changeable("Tags"),
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
        settled(&V2, calls, &name).await?;
        Ok(Made::new(name))
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let name = calls.name(desired, "ApplicationName", LONGEST_NAME);
        if_found(&name, V2.describe(calls, &name).await)
    }

    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure> {
        changed(&V2, calls, id, |ids| application_update(ids, previous, desired)).await?;
        set_tags(calls, id, previous, desired).await?;
        Ok(Made::new(id))
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        deleted(&V2, calls, id).await
    }

    /// Inputs cannot be taken away or added one by one, only changed.
    fn replaces(&self, previous: &Properties, desired: &Properties) -> bool {
        inputs(sql_inputs(previous)).len() != inputs(sql_inputs(desired)).len()
    }
}

fn tag_list(tags: BTreeMap<String, String>) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key, value: Some(value) }).collect()
}

fn configuration<'p>(properties: &'p Properties, part: &str) -> Option<&'p Document> {
    properties.get("ApplicationConfiguration")?.get(part)
}

fn sql_inputs(properties: &Properties) -> Option<&Document> {
    configuration(properties, "SqlApplicationConfiguration")?.get("Inputs")
}

/// The members of UpdateApplication, with what differs.
fn application_update(ids: &[String], previous: &Properties, desired: &Properties) -> Map<String, Document> {
    const CODE: &str = "ApplicationCodeConfiguration";
    let (mut whole, mut inner) = (Map::new(), Map::new());
    if let Some(Document::Object(code)) = configuration(desired, CODE)
        && configuration(previous, CODE).and_then(Document::as_object) != Some(code)
    {
        inner.insert(format!("{CODE}Update"), Document::Object(update::members(code)));
    }
    if let Some(inputs) = input_updates(ids, sql_inputs(previous), sql_inputs(desired)) {
        let sql = Map::from_iter([("InputUpdates".to_owned(), inputs)]);
        inner.insert("SqlApplicationConfigurationUpdate".to_owned(), Document::Object(sql));
    }
    if !inner.is_empty() {
        whole.insert("ApplicationConfigurationUpdate".to_owned(), Document::Object(inner));
    }
    if desired.differs(previous, "ServiceExecutionRole") {
        let role = desired.text("ServiceExecutionRole").unwrap_or_default();
        whole.insert("ServiceExecutionRoleUpdate".to_owned(), Document::from(role));
    }
    whole
}

async fn set_tags(calls: &Calls, name: &str, previous: &Properties, desired: &Properties) -> Result<(), Failure> {
    let TagChange { wanted, gone } = TagChange::between(calls, previous, desired)?;
    let resource_arn = calls.arn("kinesisanalytics", format!("application/{name}"));
    if !gone.is_empty() {
        let input = UntagResourceRequest { resource_arn: resource_arn.clone(), tag_keys: gone };
        calls.run(op::UntagResource, input).await?;
    }
    if !wanted.is_empty() {
        calls.run(op::TagResource, TagResourceRequest { resource_arn, tags: tag_list(wanted) }).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::kinesisanalyticsv2::UpdateApplicationRequest;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_updated_and_fits_the_operation() {
        let properties = |code: &str, prefix: &str, role: &str| {
            let configuration = json!({
                "ApplicationCodeConfiguration": {"CodeContentType": "PLAINTEXT", "CodeContent": {"TextContent": code}},
                "SqlApplicationConfiguration": {"Inputs": [{"NamePrefix": prefix}]}
            });
            Properties(Map::from_iter([
                ("ApplicationConfiguration".to_owned(), configuration),
                ("ServiceExecutionRole".to_owned(), json!(role)),
            ]))
        };
        let before = properties("a", "A", "r");
        let update = |desired: &Properties| application_update(&["1.1".to_owned()], &before, desired);
        assert_eq!(update(&before), Map::new());
        let input: UpdateApplicationRequest =
            Properties(update(&properties("b", "B", "s"))).input(op::UpdateApplication).unwrap();
        assert_eq!(input.service_execution_role_update.as_deref(), Some("s"));
        let configuration = input.application_configuration_update.unwrap();
        let code = configuration.application_code_configuration_update.unwrap().code_content_update.unwrap();
        assert_eq!(code.text_content_update.as_deref(), Some("b"));
        let inputs = configuration.sql_application_configuration_update.unwrap().input_updates.unwrap();
        assert_eq!((inputs[0].input_id.as_str(), inputs[0].name_prefix_update.as_deref()), ("1.1", Some("B")));
        assert_eq!(update(&properties("a", "A", "s")).len(), 1);
    }
}
