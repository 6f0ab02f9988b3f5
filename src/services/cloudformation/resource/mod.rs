//! Resource types: what a template may say of each, and how one is made, changed and deleted.
//!
//! One file a type. A type is a [`ResourceType`] of static facts and a [`Handler`] that calls the operations which a client would call.

mod analytics;
mod calls;
mod cognito;
mod convert;
mod delivery_stream;
mod domain;
mod failure;
mod iam;
mod kinesis_stream;
mod logs;
mod nested;
mod properties;
mod record;
mod resource_policy;
mod s3;
mod stream_consumer;
mod tags;
#[cfg(test)]
mod tests;

pub(super) use calls::{Calls, Note, Surroundings, Tables};
pub(super) use failure::Failure;
pub(super) use properties::Properties;

use async_trait::async_trait;
use serde_json::Value as Document;
use std::collections::BTreeMap;

/// All types, by name.
pub(super) static TYPES: &[&ResourceType] = &[
    &record::CDK_METADATA,
    &nested::STACK,
    &record::WAIT_CONDITION_HANDLE,
    &cognito::identity_pool::IDENTITY_POOL,
    &cognito::role_attachment::ROLE_ATTACHMENT,
    &cognito::user_pool::USER_POOL,
    &cognito::user_pool_client::USER_POOL_CLIENT,
    &cognito::user::USER,
    &domain::ELASTICSEARCH,
    &iam::instance_profile::INSTANCE_PROFILE,
    &iam::managed_policy::MANAGED_POLICY,
    &iam::policy::POLICY,
    &iam::role::ROLE,
    &iam::role_policy::ROLE_POLICY,
    &iam::service_linked_role::SERVICE_LINKED_ROLE,
    &resource_policy::RESOURCE_POLICY,
    &kinesis_stream::STREAM,
    &stream_consumer::STREAM_CONSUMER,
    &analytics::application_v1::APPLICATION,
    &analytics::part::OUTPUT_V1,
    &analytics::part::REFERENCE_V1,
    &analytics::application_v2::APPLICATION,
    &analytics::part::LOGGING_OPTION_V2,
    &analytics::part::OUTPUT_V2,
    &analytics::part::REFERENCE_V2,
    &delivery_stream::DELIVERY_STREAM,
    &record::LAMBDA_FUNCTION,
    &logs::LOG_GROUP,
    &logs::LOG_STREAM,
    &domain::OPENSEARCH,
    &s3::bucket::BUCKET,
    &s3::bucket_policy::BUCKET_POLICY,
    &record::SECRET,
    &record::KDG_STAGING,
    &cognito::kdg::KDG_SETUP,
    &s3::auto_delete::AUTO_DELETE,
    &analytics::start::START,
];

/// The type called `name`.
pub(super) fn find(name: &str) -> Option<&'static ResourceType> {
    TYPES.iter().find(|of| of.name == name).copied()
}

/// What a template may say of a type (resource type reference of the template guide).
pub(super) struct ResourceType {
    /// Such as `AWS::Kinesis::Stream`.
    pub(super) name: &'static str,
    /// What stands under Properties.
    pub(super) properties: &'static [Property],
    /// What `Fn::GetAtt` gives; a name that ends with an asterisk stands for all that begin so.
    pub(super) attributes: &'static [&'static str],
    /// What makes, changes and deletes it.
    pub(super) handler: &'static dyn Handler,
}

/// What the tags of a type are called among its properties.
const TAGS: [&str; 3] = ["IdentityPoolTags", "Tags", "UserPoolTags"];

impl ResourceType {
    /// Whether `Fn::GetAtt` knows the attribute.
    pub(super) fn has_attribute(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|name| match name.strip_suffix('*') {
            Some(prefix) => attribute.starts_with(prefix),
            None => *name == attribute,
        })
    }

    /// Whether the tags of the stack go to its resources.
    pub(super) fn takes_tags(&self) -> bool {
        self.properties.iter().any(|property| TAGS.contains(&property.name)) || self.handler.takes_stack_tags()
    }
}

/// A property of a type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) update: Update,
    /// Whether it stays with the stack: nothing here does what it says.
    pub(super) kept: bool,
}

/// What a change of a property does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Update {
    /// The resource stays and is changed.
    InPlace,
    /// A new resource is made, and the old one deleted when the update has succeeded.
    Replace,
}

impl Property {
    /// One that can be changed in place.
    pub(super) const fn changeable(name: &'static str) -> Self {
        Self { name, required: false, update: Update::InPlace, kept: false }
    }

    /// One whose change needs a new resource.
    pub(super) const fn fixed(name: &'static str) -> Self {
        Self { name, required: false, update: Update::Replace, kept: false }
    }

    /// The same, which must be there.
    pub(super) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same, which stays with the stack and does nothing.
    pub(super) const fn kept(self) -> Self {
        Self { kept: true, ..self }
    }
}

/// A resource as it was made or changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Made {
    /// The physical id.
    pub(super) id: String,
    /// What `Ref` gives, where it is not the physical id.
    pub(super) reference: Option<String>,
    /// What `Fn::GetAtt` gives.
    pub(super) attributes: BTreeMap<String, Document>,
}

impl Made {
    /// A resource with this physical id.
    pub(super) fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// With an attribute.
    #[must_use]
    pub(super) fn with(mut self, attribute: &str, value: impl Into<Document>) -> Self {
        self.attributes.insert(attribute.to_owned(), value.into());
        self
    }
}

/// What makes, changes and deletes resources of a type. Properties have been checked against the type's table: the required ones are
/// there, and no others than those listed.
#[async_trait]
pub(super) trait Handler: Send + Sync {
    /// Makes a resource and waits until it can be used. As soon as there is something to delete, says so with [`Calls::initiated`].
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure>;

    /// Changes the resource `id` in place. It must be possible to repeat, and with exchanged properties it is the way back.
    async fn update(&self, calls: &Calls, id: &str, previous: &Properties, desired: &Properties) -> Result<Made, Failure>;

    /// Deletes the resource `id`; one that is not there any more is fine (an error whose code says so counts as success).
    async fn delete(&self, calls: &Calls, id: &str, properties: &Properties) -> Result<(), Failure>;

    /// The physical ids of what is there already under the name that [`create`](Self::create) would give. Asked before a creation and, where
    /// the process was killed before it told of its resource, after it: what has appeared in between is the resource. Types that `create`
    /// makes twice without harm need not know.
    async fn existing(&self, _calls: &Calls, _desired: &Properties) -> Result<Vec<String>, Failure> {
        Ok(Vec::new())
    }

    /// Whether the stack's tags go to resources of this type though they have no tags of their own.
    fn takes_stack_tags(&self) -> bool {
        false
    }

    /// Whether this change needs a new resource though the table says that each property could be changed in place.
    fn replaces(&self, _previous: &Properties, _desired: &Properties) -> bool {
        false
    }
}
