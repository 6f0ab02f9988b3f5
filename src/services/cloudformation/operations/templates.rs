//! Templates: ValidateTemplate, GetTemplateSummary, GetTemplate.

use super::super::CloudFormation;
use super::super::error::{Invalid, StackError};
use super::super::template::{Declaration, Needs, Template};
use super::{Missing, some, stack};
use crate::api::cloudformation::{
    Capability, GetTemplateInput, GetTemplateOutput, GetTemplateSummaryInput, GetTemplateSummaryOutput, ParameterConstraints,
    ParameterDeclaration, StackStatus, TemplateParameter, TemplateStage, ValidateTemplateInput, ValidateTemplateOutput,
};
use crate::api::{Caller, Fault};
use std::collections::BTreeSet;

pub(super) async fn validate_template(
    service: CloudFormation,
    _: Caller,
    input: ValidateTemplateInput,
) -> Result<ValidateTemplateOutput, Fault> {
    let template = Template::parse(&service.template_text(input.template_body, input.template_url).await?)?;
    Ok(ValidateTemplateOutput {
        capabilities: capabilities(&template.needs),
        capabilities_reason: template.needs.reason(),
        declared_transforms: some(template.transforms),
        description: template.description,
        parameters: Some(template.parameters.into_iter().map(parameter).collect()),
    })
}

pub(super) async fn get_template_summary(
    service: CloudFormation,
    caller: Caller,
    input: GetTemplateSummaryInput,
) -> Result<GetTemplateSummaryOutput, Fault> {
    let text = match &input.stack_name {
        Some(name) => {
            let stack = stack(&service, &caller, name, Missing::WithId).await?;
            if stack.status == StackStatus::ReviewInProgress {
                return Err(Invalid("GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.".into()).into());
            }
            service.text_of(&caller, &stack.id, &stack.current.template).await?
        }
        None => service.template_text(input.template_body, input.template_url).await?,
    };
    let template = Template::parse(&text)?;
    let types: BTreeSet<String> = template.types.into_values().collect();
    Ok(GetTemplateSummaryOutput {
        capabilities: capabilities(&template.needs),
        capabilities_reason: template.needs.reason(),
        declared_transforms: some(template.transforms),
        description: template.description,
        metadata: template.metadata,
        parameters: Some(template.parameters.into_iter().map(declaration).collect()),
        resource_types: Some(types.into_iter().collect()),
        version: template.version,
        ..GetTemplateSummaryOutput::default()
    })
}

pub(super) async fn get_template(
    service: CloudFormation,
    caller: Caller,
    input: GetTemplateInput,
) -> Result<GetTemplateOutput, Fault> {
    let text = match (&input.change_set_name, &input.stack_name) {
        (Some(name), of) => {
            let set = super::change_sets::find(&service, &caller, of.as_deref(), name).await?;
            service.text_of(&caller, &set.stack, &set.version.template).await?
        }
        (None, Some(name)) => {
            let stack = stack(&service, &caller, name, Missing::WithId).await?;
            match stack.status {
                StackStatus::ReviewInProgress => String::new(),
                _ => service.text_of(&caller, &stack.id, &stack.current.template).await?,
            }
        }
        (None, None) => return Err(Invalid("StackName is required if ChangeSetName is not specified.".into()).into()),
    };
    Ok(GetTemplateOutput {
        stages_available: Some(vec![TemplateStage::Original, TemplateStage::Processed]),
        template_body: Some(text),
    })
}

impl CloudFormation {
    /// The text of a kept template.
    pub(super) async fn text_of(&self, caller: &Caller, stack: &str, template: &str) -> Result<String, StackError> {
        Ok(self.0.kept.template(&caller.scope, stack, template).await?.unwrap_or_default())
    }
}

fn capabilities(needs: &Needs) -> Option<Vec<Capability>> {
    some(needs.capabilities().into_iter().filter_map(Capability::parse).collect())
}

fn parameter((name, declared): (String, Declaration)) -> TemplateParameter {
    TemplateParameter {
        default_value: declared.default,
        description: declared.description,
        no_echo: Some(declared.no_echo),
        parameter_key: Some(name),
    }
}

fn declaration((name, declared): (String, Declaration)) -> ParameterDeclaration {
    let allowed_values = some(declared.allowed_values);
    ParameterDeclaration {
        default_value: declared.default,
        description: declared.description,
        no_echo: Some(declared.no_echo),
        parameter_constraints: Some(ParameterConstraints { allowed_values }),
        parameter_key: Some(name),
        parameter_type: Some(declared.kind),
    }
}
