//! Kept documents as the API shows them.

use super::super::evaluation::{MASK, ParameterValue};
use super::super::stack::{Event, Resource, Stack, Version};
use super::some;
use crate::api::Timestamp;
use crate::api::cloudformation::{
    Capability, Output, Parameter, RollbackConfiguration, StackDriftInformation, StackDriftInformationSummary, StackDriftStatus,
    StackEvent, StackResourceDriftInformation, StackResourceDriftInformationSummary, StackResourceDriftStatus, StackSummary, Tag,
};
use crate::base::account::Scope;
use std::collections::BTreeMap;

/// Parameters with secrets masked.
pub(super) fn parameters(values: &BTreeMap<String, ParameterValue>) -> Option<Vec<Parameter>> {
    let shown = values.iter().map(|(name, value)| Parameter {
        parameter_key: Some(name.clone()),
        parameter_value: Some(if value.no_echo { MASK.to_owned() } else { value.text.clone() }),
        resolved_value: value.resolved.clone(),
        use_previous_value: None,
    });
    some(shown.collect())
}

pub(super) fn tags(version: &Version) -> Vec<Tag> {
    version.tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}

pub(super) fn capabilities(version: &Version) -> Vec<Capability> {
    version.capabilities.iter().filter_map(|name| Capability::parse(name)).collect()
}

pub(super) fn stack(stack: &Stack, scope: &Scope) -> crate::api::cloudformation::Stack {
    let version = &stack.current;
    let outputs = stack.outputs.iter().map(|output| Output {
        description: output.description.clone(),
        export_name: output.export.clone(),
        output_key: Some(output.name.clone()),
        output_value: Some(output.value.clone()),
    });
    crate::api::cloudformation::Stack {
        capabilities: some(capabilities(version)),
        change_set_id: stack.change_set.clone(),
        creation_time: Timestamp(stack.created_ms),
        deletion_time: stack.deleted_ms.map(Timestamp),
        description: version.description.clone(),
        disable_rollback: Some(stack.options.disable_rollback),
        drift_information: Some(StackDriftInformation {
            stack_drift_status: StackDriftStatus::NotChecked,
            ..StackDriftInformation::default()
        }),
        enable_termination_protection: (!stack.is_deleted()).then_some(stack.termination_protection),
        last_updated_time: stack.updated_ms.map(Timestamp),
        notification_arns: Some(version.notification_arns.clone()),
        outputs: some(outputs.collect()),
        parameters: parameters(&version.parameters),
        parent_id: stack.outer.last().cloned(),
        role_arn: version.role_arn.clone(),
        root_id: stack.outer.first().cloned(),
        rollback_configuration: Some(RollbackConfiguration::default()),
        stack_id: Some(stack.arn(scope)),
        stack_name: stack.name.clone(),
        stack_status: stack.status,
        stack_status_reason: stack.reason.clone(),
        tags: Some(tags(version)),
        timeout_in_minutes: stack.options.timeout_minutes,
        ..crate::api::cloudformation::Stack::default()
    }
}

pub(super) fn summary(stack: &Stack, scope: &Scope) -> StackSummary {
    StackSummary {
        creation_time: Timestamp(stack.created_ms),
        deletion_time: stack.deleted_ms.map(Timestamp),
        drift_information: Some(StackDriftInformationSummary {
            stack_drift_status: StackDriftStatus::NotChecked,
            ..StackDriftInformationSummary::default()
        }),
        last_updated_time: stack.updated_ms.map(Timestamp),
        parent_id: stack.outer.last().cloned(),
        root_id: stack.outer.first().cloned(),
        stack_id: Some(stack.arn(scope)),
        stack_name: stack.name.clone(),
        stack_status: stack.status,
        stack_status_reason: stack.reason.clone(),
        template_description: stack.current.description.clone(),
        ..StackSummary::default()
    }
}

pub(super) fn event(event: Event, stack: &Stack, scope: &Scope) -> StackEvent {
    StackEvent {
        client_request_token: event.token,
        event_id: event.id,
        logical_resource_id: Some(event.logical_id),
        physical_resource_id: Some(event.physical_id.unwrap_or_default()),
        resource_properties: event.properties.filter(|properties| !properties.is_empty()),
        resource_status: Some(event.status),
        resource_status_reason: event.reason,
        resource_type: Some(event.kind),
        stack_id: stack.arn(scope),
        stack_name: stack.name.clone(),
        timestamp: Timestamp(event.at_ms),
        ..StackEvent::default()
    }
}

pub(super) fn drift() -> Option<StackResourceDriftInformation> {
    Some(StackResourceDriftInformation {
        stack_resource_drift_status: StackResourceDriftStatus::NotChecked,
        ..StackResourceDriftInformation::default()
    })
}

pub(super) fn drift_summary() -> Option<StackResourceDriftInformationSummary> {
    Some(StackResourceDriftInformationSummary {
        stack_resource_drift_status: StackResourceDriftStatus::NotChecked,
        ..StackResourceDriftInformationSummary::default()
    })
}

/// The physical id, where there is one.
pub(super) fn physical_id(resource: &Resource) -> Option<String> {
    resource.now.physical_id.clone()
}
