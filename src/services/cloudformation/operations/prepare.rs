//! What CreateStack, UpdateStack and CreateChangeSet have in common: a template with its parameters, checked before anything is kept.

use super::super::CloudFormation;
use super::super::error::{Invalid, StackError};
use super::super::evaluation::{self, Environment};
use super::super::refusal;
use super::super::stack::{self, Changes, Plan, Stack, Version};
use super::super::template::Template;
use crate::api::Caller;
use crate::api::cloudformation::{Capability, Parameter, Tag};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most tags of a stack (user guide, CloudFormation quotas).
const MOST_TAGS: usize = 50;

/// What a caller gives.
#[derive(Debug, Default)]
pub(super) struct Request {
    pub(super) template_body: Option<String>,
    pub(super) template_url: Option<String>,
    pub(super) use_previous_template: bool,
    pub(super) parameters: Option<Vec<Parameter>>,
    pub(super) capabilities: Option<Vec<Capability>>,
    pub(super) resource_types: Option<Vec<String>>,
    pub(super) tags: Option<Vec<Tag>>,
    pub(super) notification_arns: Option<Vec<String>>,
    pub(super) role_arn: Option<String>,
}

/// A version of a stack that can be worked on.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) text: String,
    pub(super) version: Version,
    pub(super) environment: Environment,
}

impl CloudFormation {
    /// Checks what a caller gives for a stack, whose name and ARN are `named`; `previous` is the stack that is there, if one is.
    pub(super) async fn prepare(
        &self,
        caller: &Caller,
        request: Request,
        named: (&str, &str),
        previous: Option<&Stack>,
    ) -> Result<Prepared, StackError> {
        let text = match (request.use_previous_template, previous) {
            (true, Some(stack)) => self.text_of(caller, &stack.id, &stack.current.template).await?,
            _ => self.template_text(request.template_body, request.template_url).await?,
        };
        let template = Arc::new(Template::parse(&text)?);
        check_allowed(&template, request.capabilities.as_deref(), request.resource_types.as_deref())?;
        let before = previous.map(|stack| &stack.current);
        let no_parameters = BTreeMap::new();
        let given = evaluation::given(request.parameters);
        let parameters = evaluation::resolve(&template, &given, before.map_or(&no_parameters, |version| &version.parameters))?;
        let version = Version {
            template: uuid::Uuid::new_v4().to_string(),
            description: template.description.clone(),
            parameters,
            tags: tags(request.tags, before)?,
            capabilities: request.capabilities.into_iter().flatten().map(|capability| capability.to_string()).collect(),
            notification_arns: match request.notification_arns {
                Some(arns) => arns,
                None => before.map(|version| version.notification_arns.clone()).unwrap_or_default(),
            },
            role_arn: request.role_arn.or_else(|| before.and_then(|version| version.role_arn.clone())),
        };
        let environment = self.environment(caller, template, &version, named).await?;
        evaluation::check_rules(&environment)?;
        match Plan::new(environment.clone()).check() {
            // Whether an export is there is known for sure only when the operation runs.
            Err(invalid) if !invalid.0.starts_with("No export named") => return Err(invalid.into()),
            _ => {}
        }
        Ok(Prepared { text, version, environment })
    }

    async fn environment(
        &self,
        caller: &Caller,
        template: Arc<Template>,
        version: &Version,
        named: (&str, &str),
    ) -> Result<Environment, StackError> {
        let exports = self.0.kept.exports(&caller.scope).await?;
        let exports = exports.into_iter().map(|(name, export)| (name, export.value)).collect();
        Ok(stack::environment(template, version, &caller.scope, named, Arc::new(exports))?)
    }

    /// What a prepared version would change of a stack.
    pub(super) async fn changes(&self, caller: &Caller, stack: &Stack, prepared: &Prepared) -> Result<Changes, StackError> {
        if stack.current.template.is_empty() {
            return Ok(stack::compare(None, &prepared.environment, &BTreeMap::new(), false)?);
        }
        let text = self.text_of(caller, &stack.id, &stack.current.template).await?;
        let template = Arc::new(Template::parse(&text)?);
        let arn = stack.arn(&caller.scope);
        let old = self.environment(caller, template, &stack.current, (&stack.name, &arn)).await?;
        let resources = self.0.kept.resources(&caller.scope, &stack.id).await?;
        let retagged = stack.current.tags != prepared.version.tags;
        let mut changes = stack::compare(Some(&old), &prepared.environment, &resources, retagged)?;
        changes.outputs |= stack.current.notification_arns != prepared.version.notification_arns;
        Ok(changes)
    }
}

/// Refuses what the caller has not acknowledged, or does not allow.
fn check_allowed(template: &Template, given: Option<&[Capability]>, types: Option<&[String]>) -> Result<(), StackError> {
    if !template.transforms.is_empty() {
        return Err(Invalid(refusal::of_transforms(&template.transforms)).into());
    }
    let given = given.unwrap_or_default();
    for needed in template.needs.capabilities() {
        let named = needed == "CAPABILITY_IAM" && given.contains(&Capability::CapabilityNamedIam);
        if !named && !given.iter().any(|capability| capability.as_str() == needed) {
            return Err(StackError::InsufficientCapabilities(needed.to_owned()));
        }
    }
    let Some(types) = types.filter(|types| !types.is_empty()) else { return Ok(()) };
    let allows = |kind: &str| {
        types.iter().any(|allowed| allowed == kind || allowed.strip_suffix('*').is_some_and(|prefix| kind.starts_with(prefix)))
    };
    match template.types.values().find(|kind| !allows(kind)) {
        Some(kind) => {
            let types = types.join(", ");
            Err(Invalid(format!("Resource type {kind} is not allowed by parameter ResourceTypes [{types}]")).into())
        }
        None => Ok(()),
    }
}

/// The tags of a stack: as given, or as before.
fn tags(given: Option<Vec<Tag>>, before: Option<&Version>) -> Result<BTreeMap<String, String>, StackError> {
    let Some(given) = given else { return Ok(before.map(|version| version.tags.clone()).unwrap_or_default()) };
    if given.len() > MOST_TAGS {
        return Err(Invalid(format!("A stack can have {MOST_TAGS} tags at most.")).into());
    }
    if let Some(tag) = given.iter().find(|tag| tag.key.to_ascii_lowercase().starts_with("aws:")) {
        return Err(Invalid(format!("Tag keys that begin with aws: are reserved: {}", tag.key)).into());
    }
    Ok(given.into_iter().map(|tag| (tag.key, tag.value)).collect())
}
