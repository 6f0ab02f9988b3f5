//! The functions (template guide, intrinsic function reference).

use super::super::error::Invalid;
use super::{Environment, MASK, cidr, is_symbolic, plain};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Document, json};

/// Suffixes of the availability zones that every region is said to have.
const ZONES: [&str; 3] = ["a", "b", "c"];

type Answer = Result<Option<Document>, Invalid>;

/// The value of the function `name`.
pub(super) fn call(environment: &Environment, name: &str, argument: &Document) -> Answer {
    match name {
        "Ref" => reference(environment, argument),
        "Fn::GetAtt" => get_att(environment, argument),
        "Fn::Sub" => sub(environment, argument),
        "Fn::If" => branch(environment, argument),
        "Fn::And" | "Fn::Or" | "Fn::Not" | "Fn::Equals" => Ok(Some(environment.truth(&json!({ name: argument }))?.into())),
        "Fn::Length" | "Fn::ToJsonString" | "Fn::ForEach" => Err(Invalid::template(format_args!(
            "{name} needs the transform AWS::LanguageExtensions, which is not available: write its value out"
        ))),
        "Fn::Transform" => Err(Invalid::template("Fn::Transform: macros are not available: put what it gives into the template")),
        _ => {
            let argument = environment.value(argument)?.unwrap_or_default();
            if is_symbolic(&argument) && !decidable(name, &argument) {
                return Ok(Some(json!({ name: argument })));
            }
            evaluated(environment, name, &argument).map(Some)
        }
    }
}

/// Whether a function has a value though its argument has parts that do not.
fn decidable(name: &str, argument: &Document) -> bool {
    // The element that is selected may be known.
    name == "Fn::Select"
        && argument.as_array().is_some_and(|parts| parts.len() == 2 && parts[1].is_array() && !is_symbolic(&parts[0]))
}

/// A function of evaluated arguments.
fn evaluated(environment: &Environment, name: &str, argument: &Document) -> Result<Document, Invalid> {
    match name {
        "Fn::Base64" => match plain(argument) {
            Some(text) => Ok(STANDARD.encode(text).into()),
            None => Err(Invalid::template("every Fn::Base64 object must have a String-typed value.")),
        },
        "Fn::Join" => join(argument),
        "Fn::Select" => select(argument),
        "Fn::Split" => split(argument),
        "Fn::FindInMap" => find_in_map(environment, argument),
        "Fn::Cidr" => cidr_blocks(argument),
        "Fn::GetAZs" => zones(environment, argument),
        "Fn::ImportValue" => import(environment, argument),
        _ => Err(Invalid::template(format_args!("{name} is not a known function"))),
    }
}

fn reference(environment: &Environment, argument: &Document) -> Answer {
    let Some(name) = argument.as_str() else {
        return Err(Invalid::template("every Ref object must have a single String value."));
    };
    let pseudo = &environment.pseudo;
    Ok(Some(match name {
        "AWS::AccountId" => pseudo.account.as_str().into(),
        "AWS::Region" => pseudo.region.as_str().into(),
        "AWS::StackId" => pseudo.stack_id.as_str().into(),
        "AWS::StackName" => pseudo.stack_name.as_str().into(),
        "AWS::Partition" => "aws".into(),
        "AWS::URLSuffix" => "amazonaws.com".into(),
        "AWS::NotificationARNs" => pseudo.notification_arns.clone().into(),
        "AWS::NoValue" => return Ok(None),
        _ => match environment.parameters.get(name) {
            Some(parameter) if environment.masked && parameter.no_echo => MASK.into(),
            Some(parameter) => parameter.document(),
            None => match environment.made.get(name) {
                Some(resource) => resource.reference.as_str().into(),
                None => {
                    active(environment, name)?;
                    json!({ "Ref": name })
                }
            },
        },
    }))
}

/// Refuses a resource that is not part of the stack.
fn active(environment: &Environment, resource: &str) -> Result<(), Invalid> {
    let body = environment.template.member("Resources", resource);
    if body.is_some_and(|body| environment.is_active(body)) {
        return Ok(());
    }
    Err(Invalid::format(format_args!("Unresolved resource dependencies [{resource}] in the Resources block of the template")))
}

fn get_att(environment: &Environment, argument: &Document) -> Answer {
    const FORM: &str = "every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute";
    let (resource, attribute) = match argument {
        Document::String(text) => text.split_once('.').map(|(resource, attribute)| (resource.to_owned(), attribute.to_owned())),
        Document::Array(parts) => match parts.as_slice() {
            [Document::String(resource), attribute] => {
                environment.value(attribute)?.as_ref().and_then(plain).map(|attribute| (resource.clone(), attribute))
            }
            // `[a, b, c]` of a nested stack's output.
            [Document::String(resource), rest @ ..] => {
                let parts: Option<Vec<String>> = rest.iter().map(plain).collect();
                parts.map(|parts| (resource.clone(), parts.join(".")))
            }
            _ => None,
        },
        _ => None,
    }
    .filter(|(resource, attribute)| !resource.is_empty() && !attribute.is_empty())
    .ok_or_else(|| Invalid::template(FORM))?;
    attribute_of(environment, &resource, &attribute).map(Some)
}

fn attribute_of(environment: &Environment, resource: &str, attribute: &str) -> Result<Document, Invalid> {
    let Some(made) = environment.made.get(resource) else {
        active(environment, resource)?;
        return Ok(json!({ "Fn::GetAtt": [resource, attribute] }));
    };
    made.attributes.get(attribute).cloned().ok_or_else(|| {
        Invalid::template(format_args!("resource {resource} does not support attribute type {attribute} in Fn::GetAtt"))
    })
}

/// Text with `${names}`; without anything unknown a text, otherwise a join of what is known with what is not.
fn sub(environment: &Environment, argument: &Document) -> Answer {
    let (text, own) = match argument {
        Document::String(text) => (text, None),
        Document::Array(parts) => match parts.as_slice() {
            [Document::String(text), Document::Object(own)] => (text, Some(own)),
            _ => return Err(substitution()),
        },
        _ => return Err(substitution()),
    };
    let mut values = std::collections::BTreeMap::new();
    for (name, value) in own.into_iter().flatten() {
        values.insert(name.as_str(), environment.value(value)?.unwrap_or_default());
    }
    let mut parts: Vec<Document> = Vec::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("${") {
        add_text(&mut parts, before);
        let Some((name, after)) = after.split_once('}') else {
            add_text(&mut parts, "${");
            rest = after;
            continue;
        };
        rest = after;
        if let Some(literal) = name.strip_prefix('!') {
            add_text(&mut parts, &format!("${{{literal}}}"));
            continue;
        }
        let value = match values.get(name.trim()) {
            Some(value) => value.clone(),
            None => named(environment, name.trim())?,
        };
        environment.charge(&value)?;
        match plain(&value) {
            Some(text) => add_text(&mut parts, &text),
            None if is_symbolic(&value) => parts.push(value),
            None => return Err(substitution()),
        }
    }
    add_text(&mut parts, rest);
    Ok(Some(match parts.as_slice() {
        [] => "".into(),
        [Document::String(_)] => parts.remove(0),
        _ => json!({ "Fn::Join": ["", parts] }),
    }))
}

/// What `${name}` stands for.
fn named(environment: &Environment, name: &str) -> Result<Document, Invalid> {
    match name.split_once('.') {
        Some((resource, attribute)) => attribute_of(environment, resource, attribute),
        None => Ok(reference(environment, &name.into())?.unwrap_or_else(|| "".into())),
    }
}

fn add_text(parts: &mut Vec<Document>, text: &str) {
    match parts.last_mut() {
        Some(Document::String(last)) => last.push_str(text),
        _ if text.is_empty() => {}
        _ => parts.push(text.into()),
    }
}

fn substitution() -> Invalid {
    Invalid::template(
        "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an \
         optional second argument to specify a mapping of values to replace in the string",
    )
}

fn branch(environment: &Environment, argument: &Document) -> Answer {
    match argument.as_array().map(Vec::as_slice) {
        Some([Document::String(condition), yes, no]) => {
            environment.value(if environment.condition(condition)? { yes } else { no })
        }
        _ => Err(Invalid::template("every Fn::If object requires three parameters: the condition's name and two values.")),
    }
}

fn join(argument: &Document) -> Result<Document, Invalid> {
    let joined = match argument.as_array().map(Vec::as_slice) {
        Some([Document::String(delimiter), Document::Array(elements)]) => {
            let texts: Option<Vec<String>> = elements.iter().map(plain).collect();
            texts.map(|texts| texts.join(delimiter))
        }
        _ => None,
    };
    joined.map(Document::from).ok_or_else(|| {
        Invalid::template(
            "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a \
             function that returns a list of strings (such as Fn::GetAZs) to be joined.",
        )
    })
}

fn select(argument: &Document) -> Result<Document, Invalid> {
    let parts = argument.as_array().map(Vec::as_slice);
    let (Some([index, Document::Array(elements)]), Some(n)) =
        (parts, parts.and_then(|parts| plain(parts.first()?)?.trim().parse::<usize>().ok()))
    else {
        return Err(Invalid::template("Fn::Select requires a list argument with two elements: an integer index and a list"));
    };
    let missing = || {
        Invalid::template(format_args!(
            "Fn::Select cannot select nonexistent value at index {}",
            plain(index).unwrap_or_default()
        ))
    };
    elements.get(n).cloned().ok_or_else(missing)
}

fn split(argument: &Document) -> Result<Document, Invalid> {
    match argument.as_array().map(Vec::as_slice) {
        Some([Document::String(delimiter), Document::String(text)]) if !delimiter.is_empty() => {
            Ok(text.split(delimiter.as_str()).map(Document::from).collect())
        }
        _ => Err(Invalid::template(
            "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that \
             returns a string to be split.",
        )),
    }
}

fn find_in_map(environment: &Environment, argument: &Document) -> Result<Document, Invalid> {
    let names: Option<Vec<String>> = argument.as_array().and_then(|parts| parts.iter().map(plain).collect());
    let Some([map, key, entry]) = names.as_deref() else {
        return Err(Invalid::template(
            "every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value",
        ));
    };
    let found = environment.template.member("Mappings", map).and_then(|map| map.get(key)?.get(entry));
    found.cloned().ok_or_else(|| Invalid::template(format_args!("Unable to get mapping for {map}::{key}::{entry}")))
}

fn cidr_blocks(argument: &Document) -> Result<Document, Invalid> {
    let wrong = || {
        Invalid::template(
            "every Fn::Cidr object requires an address block, a count of 1 to 256 blocks that fit in it, and the bits of each",
        )
    };
    let parts: Option<Vec<String>> = argument.as_array().and_then(|parts| parts.iter().map(plain).collect());
    let (block, count, bits) = match parts.as_deref() {
        Some([block, count]) => (block, count, if block.contains(':') { "64" } else { "8" }),
        Some([block, count, bits]) => (block, count, bits.as_str()),
        _ => return Err(wrong()),
    };
    let blocks = count.parse().ok().zip(bits.parse().ok()).and_then(|(count, bits)| cidr::cut(block, count, bits));
    blocks.map(Document::from).ok_or_else(wrong)
}

fn zones(environment: &Environment, argument: &Document) -> Result<Document, Invalid> {
    let region = match argument {
        Document::Null => String::new(),
        other => plain(other).ok_or_else(|| Invalid::template("every Fn::GetAZs object requires a region's name."))?,
    };
    let region = if region.is_empty() { &environment.pseudo.region } else { &region };
    Ok(ZONES.iter().map(|zone| Document::from(format!("{region}{zone}"))).collect())
}

fn import(environment: &Environment, argument: &Document) -> Result<Document, Invalid> {
    let name =
        plain(argument).ok_or_else(|| Invalid::template("the attribute in Fn::ImportValue must not depend on any resources"))?;
    match environment.exports.get(&name) {
        Some(value) => {
            environment.import(&name);
            Ok(value.as_str().into())
        }
        None => Err(Invalid(format!("No export named {name} found"))),
    }
}
