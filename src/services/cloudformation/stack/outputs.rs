//! Outputs and exports.

use super::super::error::Invalid;
use super::super::evaluation::{Environment, plain};
use super::plan::Plan;
use super::record::OutputValue;
use super::work::Work;
use serde_json::Value as Document;
use std::collections::BTreeMap;

/// The output with the local page of the Kinesis Data Generator.
const LOCAL_PAGE: &str = "KinesisDataGeneratorLocalUrl";

/// The attribute in which its set-up gives the page's address.
const LOCAL_ATTRIBUTE: &str = "LocalUrl";

/// Evaluates the outputs of a plan whose resources are there, and exports those that are to be.
pub(super) async fn publish(work: &Work, plan: &Plan) -> Result<(), String> {
    let mut outputs = evaluate(&plan.environment()).map_err(|invalid| invalid.0)?;
    add_local_page(work, &mut outputs);
    export(work, &outputs).await?;
    work.stack().outputs = outputs;
    Ok(())
}

/// The Kinesis Data Generator's own template tells the address of its hosted page only; the page on this machine is told beside it.
fn add_local_page(work: &Work, outputs: &mut Vec<OutputValue>) {
    if outputs.iter().any(|output| output.name == LOCAL_PAGE) {
        return;
    }
    let resources = work.resources();
    let page = resources.values().find_map(|resource| resource.now.attributes.get(LOCAL_ATTRIBUTE)?.as_str());
    outputs.extend(page.map(|page| OutputValue {
        name: LOCAL_PAGE.to_owned(),
        value: page.to_owned(),
        description: Some("The page that Millpond serves with --kdg DIR.".to_owned()),
        export: None,
    }));
}

/// Puts back the exports that the version before had.
pub(super) async fn restore(work: &Work) -> Result<(), String> {
    let outputs = work.stack().outputs.clone();
    export(work, &outputs).await
}

async fn export(work: &Work, outputs: &[OutputValue]) -> Result<(), String> {
    let exports: BTreeMap<String, String> =
        outputs.iter().filter_map(|output| Some((output.export.clone()?, output.value.clone()))).collect();
    let stack = work.stack().clone();
    work.kept.export(&work.scope, &stack, exports).await.map_err(|error| error.to_string())
}

/// The outputs of an environment.
fn evaluate(environment: &Environment) -> Result<Vec<OutputValue>, Invalid> {
    let active = environment.template.members("Outputs").filter(|(_, output)| environment.is_active(output));
    active.map(|(name, output)| evaluate_one(environment, name, output)).collect()
}

fn evaluate_one(environment: &Environment, name: &str, output: &Document) -> Result<OutputValue, Invalid> {
    let text = |document: &Document, what: &str| {
        let value = environment.evaluate(document)?;
        plain(&value)
            .ok_or_else(|| Invalid::format(format_args!("The {what} field of every Outputs member must evaluate to a String.")))
    };
    let export = output.get("Export").and_then(|export| export.get("Name"));
    Ok(OutputValue {
        name: name.to_owned(),
        value: output.get("Value").map(|value| text(value, "Value")).transpose()?.unwrap_or_default(),
        description: output.get("Description").and_then(plain),
        export: export.map(|name| text(name, "Name")).transpose()?,
    })
}
