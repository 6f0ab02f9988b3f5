//! ListExports and ListImports.

use super::super::CloudFormation;
use super::super::error::{Invalid, StackError};
use super::page;
use crate::api::cloudformation::{Export, ListExportsInput, ListExportsOutput, ListImportsInput, ListImportsOutput};
use crate::api::{Caller, Fault};
use crate::base::arn::Arn;

pub(super) async fn list_exports(
    service: CloudFormation,
    caller: Caller,
    input: ListExportsInput,
) -> Result<ListExportsOutput, Fault> {
    let all = service.0.kept.exports(&caller.scope).await.map_err(StackError::from)?;
    let (shown, next_token) = page(all.into_iter().collect(), input.next_token.as_deref())?;
    let exports = shown.into_iter().map(|(name, export)| {
        let stack = format!("stack/{}/{}", export.stack_name, export.stack);
        Export {
            exporting_stack_id: Some(Arn::of("cloudformation", &caller.scope, stack).to_string()),
            name: Some(name),
            value: Some(export.value),
        }
    });
    Ok(ListExportsOutput { exports: Some(exports.collect()), next_token })
}

pub(super) async fn list_imports(
    service: CloudFormation,
    caller: Caller,
    input: ListImportsInput,
) -> Result<ListImportsOutput, Fault> {
    let name = &input.export_name;
    if !service.0.kept.exports(&caller.scope).await.map_err(StackError::from)?.contains_key(name) {
        return Err(Invalid(format!("No export named {name} found")).into());
    }
    let all = service.0.kept.importers(&caller.scope, name).await.map_err(StackError::from)?;
    if all.is_empty() {
        return Err(Invalid(format!("Export '{name}' is not imported by any stack.")).into());
    }
    let (imports, next_token) = page(all, input.next_token.as_deref())?;
    Ok(ListImportsOutput { imports: Some(imports), next_token })
}
