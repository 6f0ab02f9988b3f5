//! AWS::Elasticsearch::Domain and AWS::OpenSearchService::Domain: one kind of thing with two APIs.

use super::calls::if_found;
use super::tags::TagChange;
use super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use crate::api::{Operation, es, opensearch};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// The older type.
pub(super) static ELASTICSEARCH: ResourceType = ResourceType {
    name: "AWS::Elasticsearch::Domain",
    properties: &[
        Property::changeable("AccessPolicies"),
        Property::changeable("AdvancedOptions"),
        Property::changeable("AdvancedSecurityOptions"),
        Property::changeable("CognitoOptions"),
        Property::changeable("DomainEndpointOptions"),
        Property::fixed("DomainName"),
        Property::changeable("EBSOptions"),
        Property::changeable("ElasticsearchClusterConfig"),
        Property::fixed("ElasticsearchVersion"),
        Property::fixed("EncryptionAtRestOptions"),
        Property::changeable("LogPublishingOptions"),
        Property::fixed("NodeToNodeEncryptionOptions"),
        Property::changeable("SnapshotOptions"),
        Property::changeable("Tags"),
        Property::changeable("VPCOptions"),
    ],
    attributes: &["Arn", "DomainArn", "DomainEndpoint"],
    handler: &Domain::<Elasticsearch>(PhantomData),
};

/// The newer type.
pub(super) static OPENSEARCH: ResourceType = ResourceType {
    name: "AWS::OpenSearchService::Domain",
    properties: &[
        Property::changeable("AIMLOptions"),
        Property::changeable("AccessPolicies"),
        Property::changeable("AdvancedOptions"),
        Property::changeable("AdvancedSecurityOptions"),
        Property::changeable("ClusterConfig"),
        Property::changeable("CognitoOptions"),
        Property::changeable("DomainEndpointOptions"),
        Property::fixed("DomainName"),
        Property::changeable("EBSOptions"),
        Property::fixed("EncryptionAtRestOptions"),
        Property::fixed("EngineVersion"),
        Property::changeable("IPAddressType"),
        Property::changeable("IdentityCenterOptions"),
        Property::changeable("LogPublishingOptions"),
        Property::fixed("NodeToNodeEncryptionOptions"),
        Property::changeable("OffPeakWindowOptions"),
        Property::changeable("SkipShardMigrationWait"),
        Property::changeable("SnapshotOptions"),
        Property::changeable("SoftwareUpdateOptions"),
        Property::changeable("Tags"),
        Property::changeable("VPCOptions"),
    ],
    attributes: &["Arn", "DomainArn", "DomainEndpoint", "Id"],
    handler: &Domain::<OpenSearch>(PhantomData),
};

/// Longest name of a domain (API reference, DomainName).
const LONGEST_NAME: usize = 28;

/// What is waited for.
const ACTIVE: &str = "the domain to become active";

/// The name given, or a generated one; names of domains are of small letters.
fn domain_name(calls: &Calls, desired: &Properties) -> String {
    desired.text("DomainName").unwrap_or_else(|| calls.generated_name(LONGEST_NAME).to_lowercase())
}

/// What is known of a domain.
struct Status {
    arn: String,
    /// What only the newer type shows.
    id: Option<String>,
    endpoint: Option<String>,
    is_active: bool,
}

/// One of the APIs: its operations, and the answer that they differ in.
trait Family: Send + Sync + 'static {
    type Create: Operation + Copy + Send;
    type Update: Operation + Copy + Send;
    type Delete: Operation + Copy + Send;
    type Describe: Operation + Copy + Send;
    type AddTags: Operation + Copy + Send;
    type RemoveTags: Operation + Copy + Send;
    const CREATE: Self::Create;
    const UPDATE: Self::Update;
    const DELETE: Self::Delete;
    const DESCRIBE: Self::Describe;
    const ADD_TAGS: Self::AddTags;
    const REMOVE_TAGS: Self::RemoveTags;

    fn status(described: <Self::Describe as Operation>::Output) -> Status;
}

struct Elasticsearch;

impl Family for Elasticsearch {
    type Create = es::op::CreateElasticsearchDomain;
    type Update = es::op::UpdateElasticsearchDomainConfig;
    type Delete = es::op::DeleteElasticsearchDomain;
    type Describe = es::op::DescribeElasticsearchDomain;
    type AddTags = es::op::AddTags;
    type RemoveTags = es::op::RemoveTags;
    const CREATE: Self::Create = es::op::CreateElasticsearchDomain;
    const UPDATE: Self::Update = es::op::UpdateElasticsearchDomainConfig;
    const DELETE: Self::Delete = es::op::DeleteElasticsearchDomain;
    const DESCRIBE: Self::Describe = es::op::DescribeElasticsearchDomain;
    const ADD_TAGS: Self::AddTags = es::op::AddTags;
    const REMOVE_TAGS: Self::RemoveTags = es::op::RemoveTags;

    fn status(described: es::DescribeElasticsearchDomainResponse) -> Status {
        let domain = described.domain_status;
        let is_active = domain.processing != Some(true) && (domain.endpoint.is_some() || domain.endpoints.is_some());
        let endpoint = domain.endpoint.or_else(|| domain.endpoints?.remove("vpc"));
        Status { arn: domain.arn, id: None, endpoint, is_active }
    }
}

struct OpenSearch;

impl Family for OpenSearch {
    type Create = opensearch::op::CreateDomain;
    type Update = opensearch::op::UpdateDomainConfig;
    type Delete = opensearch::op::DeleteDomain;
    type Describe = opensearch::op::DescribeDomain;
    type AddTags = opensearch::op::AddTags;
    type RemoveTags = opensearch::op::RemoveTags;
    const CREATE: Self::Create = opensearch::op::CreateDomain;
    const UPDATE: Self::Update = opensearch::op::UpdateDomainConfig;
    const DELETE: Self::Delete = opensearch::op::DeleteDomain;
    const DESCRIBE: Self::Describe = opensearch::op::DescribeDomain;
    const ADD_TAGS: Self::AddTags = opensearch::op::AddTags;
    const REMOVE_TAGS: Self::RemoveTags = opensearch::op::RemoveTags;

    fn status(described: opensearch::DescribeDomainResponse) -> Status {
        let domain = described.domain_status;
        let is_active = domain.processing != Some(true) && (domain.endpoint.is_some() || domain.endpoints.is_some());
        let endpoint = domain.endpoint.or_else(|| domain.endpoints?.remove("vpc"));
        Status { arn: domain.arn, id: Some(domain.domain_id), endpoint, is_active }
    }
}

/// The handler of both types.
struct Domain<F>(PhantomData<F>);

/// Runs an operation with `properties` and more members over them.
async fn run<O>(calls: &Calls, operation: O, properties: &Properties, members: Value) -> Result<O::Output, Failure>
where
    O: Operation + Copy + Send,
{
    let mut all = properties.0.clone();
    if let Value::Object(members) = members {
        all.extend(members);
    }
    let input = Properties(all).input(operation)?;
    calls.run(operation, input).await
}

fn tag_list(tags: BTreeMap<String, String>) -> Value {
    tags.into_iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

#[async_trait]
impl<F: Family> Handler for Domain<F> {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let name = domain_name(calls, desired);
        let members = json!({"DomainName": name, "TagList": tag_list(calls.tags(desired)?)});
        run(calls, F::CREATE, desired, members).await?;
        calls.initiated(&name).await;
        active::<F>(calls, &name).await
    }

    async fn existing(&self, calls: &Calls, desired: &Properties) -> Result<Vec<String>, Failure> {
        let name = domain_name(calls, desired);
        if_found(&name, describe::<F>(calls, &name).await)
    }

    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure> {
        run(calls, F::UPDATE, desired, json!({"DomainName": id})).await?;
        let TagChange { wanted, gone } = TagChange::between(calls, previous, desired)?;
        let (arn, nothing) = (calls.arn("es", format!("domain/{id}")), Properties::default());
        if !gone.is_empty() {
            run(calls, F::REMOVE_TAGS, &nothing, json!({"ARN": arn, "TagKeys": gone})).await?;
        }
        if !wanted.is_empty() {
            run(calls, F::ADD_TAGS, &nothing, json!({"ARN": arn, "TagList": tag_list(wanted)})).await?;
        }
        active::<F>(calls, id).await
    }

    async fn delete(&self, calls: &Calls, id: &str, _: &Properties) -> Result<(), Failure> {
        let nothing = Properties::default();
        let delete = || async { run(calls, F::DELETE, &nothing, json!({"DomainName": id})).await.map(drop) };
        calls.deleted("the domain to be deleted", delete, || describe::<F>(calls, id)).await
    }
}

async fn describe<F: Family>(calls: &Calls, name: &str) -> Result<Status, Failure> {
    Ok(F::status(run(calls, F::DESCRIBE, &Properties::default(), json!({"DomainName": name})).await?))
}

async fn active<F: Family>(calls: &Calls, name: &str) -> Result<Made, Failure> {
    let look = || async { Ok(Some(describe::<F>(calls, name).await?).filter(|domain| domain.is_active)) };
    let Status { arn, id, endpoint, .. } = calls.until(ACTIVE, look).await?;
    let made = Made::new(name).with("Arn", arn.as_str()).with("DomainArn", arn.as_str());
    let made = made.with("DomainEndpoint", endpoint.unwrap_or_default().as_str());
    Ok(match id {
        Some(id) => made.with("Id", id.as_str()),
        None => made,
    })
}
