//! What is refused, and what can be done instead.

use super::resource;

/// How a template that AWS has expanded is had.
const EXPANDED: &str =
    "on AWS, `aws cloudformation get-template --template-stage Processed` of a stack or change set prints it expanded";

/// Why a template with these transforms is refused.
pub(super) fn of_transforms(names: &[String]) -> String {
    let instead = match names {
        [name] if name.starts_with("AWS::Serverless") => {
            format!("write the resources as their AWS:: types, or give the template as SAM expands it: {EXPANDED}")
        }
        [name] if name == "AWS::LanguageExtensions" => format!("write out what Fn::ForEach repeats; {EXPANDED}"),
        [name] if name == "AWS::Include" => "put the included snippet into the template".to_owned(),
        _ => EXPANDED.to_owned(),
    };
    format!("Transforms are not available: [{}]. Expand the template before it is given here: {instead}.", names.join(", "))
}

/// Why a resource of a type that is not known is refused.
pub(super) fn of_type(kind: &str) -> String {
    let known: Vec<&str> = resource::TYPES.iter().map(|of| of.name).collect();
    let instead = match kind {
        "AWS::CloudFormation::Macro" => "Macros are functions, which do not run here: give the template expanded. ",
        "AWS::CloudFormation::WaitCondition" => "Nothing runs here that could signal: leave it out. ",
        _ if kind.starts_with("Custom::") || kind == "AWS::CloudFormation::CustomResource" => {
            "Its function does not run here: leave it out by a condition, and do its work after the stack is there. "
        }
        _ => "",
    };
    format!("Resource type {kind} is not supported. {instead}Supported types: {}", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_to_do_instead() {
        let of = |names: &[&str]| of_transforms(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert!(of(&["AWS::Serverless-2016-10-31"]).contains("as their AWS:: types"));
        assert!(of(&["AWS::LanguageExtensions"]).contains("write out what Fn::ForEach repeats"));
        assert!(of(&["One", "Two"]).starts_with("Transforms are not available: [One, Two]. Expand the template"));
        assert!(of_type("AWS::CloudFormation::Macro").contains("give the template expanded"));
        assert!(of_type("Custom::X").starts_with("Resource type Custom::X is not supported. Its function does not run here"));
        assert!(of_type("AWS::EC2::VPC").starts_with("Resource type AWS::EC2::VPC is not supported. Supported types: AWS::"));
    }
}
