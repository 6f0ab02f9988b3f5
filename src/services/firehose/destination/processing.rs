//! Processors: which are built, and AWS's texts for what is wrong with them (spec/firehose 1.4).

use super::super::Defects;
use crate::api::firehose::{ProcessingConfiguration, Processor, ProcessorParameterName, ProcessorType};

/// Most processors of a delivery stream.
const MOST_PROCESSORS: usize = 5;

/// The configuration as Describe shows it: `Enabled` is false unless given, and a delimiter has no parameters (spec/firehose 1.5).
pub(super) fn describe(mut given: ProcessingConfiguration) -> ProcessingConfiguration {
    given.enabled.get_or_insert(false);
    let processors = given.processors.get_or_insert_default();
    for processor in processors.iter_mut().filter(|processor| processor.r#type == ProcessorType::AppendDelimiterToRecord) {
        processor.parameters = Some(Vec::new());
    }
    given
}

/// Whether a newline is put behind each record in S3.
pub(in super::super) fn appends_delimiter(processing: Option<&ProcessingConfiguration>) -> bool {
    let Some(processing) = processing.filter(|processing| processing.enabled == Some(true)) else { return false };
    let mut processors = processing.processors.iter().flatten();
    processors.any(|processor| processor.r#type == ProcessorType::AppendDelimiterToRecord)
}

/// What is wrong with it.
pub(super) fn check(processing: &ProcessingConfiguration) -> Defects {
    let processors = processing.processors.as_deref().unwrap_or_default();
    if processors.iter().any(repeats_a_parameter) {
        return Err("Duplicate ProcessorParameter passed to ProcessingConfiguration.".into());
    }
    let lambdas = processors.iter().filter(|processor| processor.r#type == ProcessorType::Lambda);
    if lambdas.clone().count() > 1 {
        return Err("Cannot have more than 1 Lambda processor.".into());
    }
    for lambda in lambdas {
        check_lambda(lambda)?;
    }
    if processing.enabled != Some(true) {
        return Ok(());
    }
    if processors.is_empty() || processors.len() > MOST_PROCESSORS {
        return Err("A maximum of 5 and a minimum of 1 processor needs to be supplied when processing is enabled.".into());
    }
    match processors.iter().find(|processor| processor.r#type != ProcessorType::AppendDelimiterToRecord) {
        Some(other) => Err(format!("The processor {} is not built yet.", other.r#type)),
        None => Ok(()),
    }
}

fn repeats_a_parameter(processor: &Processor) -> bool {
    let parameters = processor.parameters.as_deref().unwrap_or_default();
    parameters.iter().enumerate().any(|(n, one)| parameters[..n].iter().any(|other| other.parameter_name == one.parameter_name))
}

fn check_lambda(processor: &Processor) -> Defects {
    let value = |name: ProcessorParameterName| {
        let mut parameters = processor.parameters.iter().flatten();
        parameters.find(|parameter| parameter.parameter_name == name).map(|parameter| parameter.parameter_value.as_str())
    };
    let arn = value(ProcessorParameterName::LambdaArn).ok_or("LambdaArn is required when Lambda processor is used.")?;
    if !arn.starts_with("arn:") || !arn.contains(":lambda:") {
        return Err("Invalid lambda ARN.".into());
    }
    let size = value(ProcessorParameterName::BufferSizeInMBs);
    let interval = value(ProcessorParameterName::BufferIntervalInSeconds);
    if size.is_some() != interval.is_some() {
        return Err(
            "Both BufferSizeInMBs and BufferIntervalInSeconds are required to configure buffering for lambda processor.".into()
        );
    }
    Ok(())
}
