//! The operations, each a function of the handle, the caller and the input.

use super::CloudFormation;
use super::error::Invalid;
use super::template::{Declaration, Needs, Template};
use crate::api::cloudformation::{
    Capability, GetTemplateSummaryInput, GetTemplateSummaryOutput, ParameterConstraints, ParameterDeclaration, SERVICE,
    TemplateParameter, ValidateTemplateInput, ValidateTemplateOutput, op,
};
use crate::api::{Caller, Fault, Routes, ServiceTable};
use std::collections::BTreeSet;

/// The operations for the gateway.
pub fn routes(service: CloudFormation) -> ServiceTable {
    Routes::new(&SERVICE, service)
        .on(op::ValidateTemplate, validate_template)
        .on(op::GetTemplateSummary, get_template_summary)
        .finish()
}

async fn validate_template(
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

async fn get_template_summary(
    service: CloudFormation,
    _: Caller,
    input: GetTemplateSummaryInput,
) -> Result<GetTemplateSummaryOutput, Fault> {
    if let Some(stack) = input.stack_name {
        return Err(Invalid(format!("Stack with id {stack} does not exist")).into());
    }
    let template = Template::parse(&service.template_text(input.template_body, input.template_url).await?)?;
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

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
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
