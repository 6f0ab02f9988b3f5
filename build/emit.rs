//! Writing one service's Rust file.

use crate::names::{camel, shout, snake};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt::Write;

type Result<T> = std::result::Result<T, String>;

/// Enumerations with more values than this stay text; their values are still checked.
const MOST_VARIANTS: usize = 45;

/// The whole file.
pub fn service(id: &str, facts: &Value) -> Result<String> {
    let mut out = String::new();
    let w = &mut out;
    service_facts(w, id, &facts["metadata"])?;
    let shapes = facts["shapes"].as_object().ok_or("no shapes")?;
    let errors: BTreeSet<&str> = shapes.iter().filter(|(_, s)| s["exception"] == true).map(|(n, _)| n.as_str()).collect();
    for (name, shape) in shapes {
        schema(w, name, shape)?;
        match shape["type"].as_str() {
            Some("structure") if !errors.contains(name.as_str()) => structure(w, name, shape, shapes)?,
            Some("string") if variants(shape).is_some() => enumeration(w, name, shape)?,
            _ => {}
        }
    }
    operations(w, facts)?;
    faults(w, shapes, &errors)?;
    Ok(out)
}

fn line(w: &mut String, text: std::fmt::Arguments<'_>) -> Result<()> {
    w.write_fmt(text).and_then(|()| w.write_char('\n')).map_err(|e| e.to_string())
}

fn text<'a>(value: &'a Value, what: &str) -> Result<&'a str> {
    value.as_str().ok_or_else(|| format!("no {what}"))
}

fn service_facts(w: &mut String, id: &str, md: &Value) -> Result<()> {
    let opt = |key: &str| md[key].as_str().map_or("None".to_owned(), |v| format!("Some({v:?})"));
    let protocol = match text(&md["protocol"], "protocol")? {
        "json" => "Json",
        "query" => "Query",
        "ec2" => "Ec2",
        "rest-json" => "RestJson",
        other => return Err(format!("protocol {other}")),
    };
    let signing = md["signingName"].as_str().or(md["endpointPrefix"].as_str()).unwrap_or(id);
    line(w, format_args!("/// What the model says of the service as a whole."))?;
    line(
        w,
        format_args!(
            "pub static SERVICE: ServiceFacts = ServiceFacts {{ id: {id:?}, protocol: Protocol::{protocol}, api_version: {:?}, json_version: {}, target_prefix: {}, signing_name: {signing:?}, xml_namespace: {}, operations: || OPERATIONS }};",
            text(&md["apiVersion"], "apiVersion")?,
            opt("jsonVersion"),
            opt("targetPrefix"),
            opt("xmlNamespace")
        ),
    )
}

fn number(value: &Value) -> String {
    value.as_f64().map_or("None".into(), |n| format!("Some({})", n as i64))
}

fn schema(w: &mut String, name: &str, shape: &Value) -> Result<()> {
    let kind = match text(&shape["type"], "type")? {
        "structure" => format!("Kind::Structure(&[{}])", members(shape)?),
        "list" => {
            let member = &shape["member"];
            let flattened = shape["flattened"] == true;
            let element = member["locationName"].as_str().unwrap_or("member");
            format!("Kind::List {{ member: &{}, element: {element:?}, flattened: {flattened} }}", table(&member["shape"])?)
        }
        "map" => {
            format!("Kind::Map {{ key: &{}, value: &{} }}", table(&shape["key"]["shape"])?, table(&shape["value"]["shape"])?)
        }
        "string" => {
            let values: Vec<String> = shape["enum"].as_array().into_iter().flatten().map(|v| v.to_string()).collect();
            format!("Kind::Text(&[{}])", values.join(", "))
        }
        other => format!("Kind::{}", camel(other)),
    };
    let pattern = shape["pattern"].as_str().map_or("None".to_owned(), |p| format!("Some(Pattern::new({p:?}))"));
    line(
        w,
        format_args!(
            "static {}: Schema = Schema {{ name: {name:?}, kind: {kind}, min: {}, max: {}, pattern: {pattern}, sensitive: {} }};",
            table(&Value::String(name.into()))?,
            number(&shape["min"]),
            number(&shape["max"]),
            shape["sensitive"] == true
        ),
    )
}

/// The name of a shape's schema static. The shape's own spelling stays in, since two shapes may differ in case only.
fn table(shape: &Value) -> Result<String> {
    let name = text(shape, "shape")?;
    let lower: String = name.chars().map(|c| if c.is_ascii_lowercase() { '1' } else { '0' }).collect();
    let mark = lower.bytes().fold(0u32, |h, b| h.wrapping_mul(31).wrapping_add(u32::from(b))) & 0xffff;
    Ok(format!("S_{}_{mark:04X}", shout(name)))
}

fn required(shape: &Value, member: &str) -> bool {
    shape["required"].as_array().is_some_and(|names| names.iter().any(|n| n == member))
}

fn members(shape: &Value) -> Result<String> {
    let mut out = String::new();
    let mut members: Vec<_> = shape["members"].as_object().ok_or("no members")?.iter().collect();
    // Those that the facts put in an order come first, in it; the others follow by name.
    let order: Vec<&str> = shape["order"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    members.sort_by_key(|(name, _)| order.iter().position(|first| first == name).unwrap_or(order.len()));
    for (name, member) in members {
        let location = match member["location"].as_str() {
            None => "Body",
            Some("uri") => "Path",
            Some("querystring") => "Query",
            Some("header") => "Header",
            Some(other) => return Err(format!("location {other}")),
        };
        let wire = member["locationName"].as_str().unwrap_or(name);
        let schema = table(&member["shape"])?;
        write!(
            out,
            "Member {{ name: {name:?}, wire: {wire:?}, required: {}, location: Location::{location}, schema: &{schema} }}, ",
            required(shape, name)
        )
        .map_err(|e| e.to_string())?;
    }
    Ok(out)
}

fn variants(shape: &Value) -> Option<Vec<(String, &str)>> {
    let values = shape["enum"].as_array()?;
    let names: Vec<(String, &str)> = values.iter().filter_map(Value::as_str).map(|v| (camel(v), v)).collect();
    let distinct: BTreeSet<&String> = names.iter().map(|(n, _)| n).collect();
    let usable = distinct.len() == values.len() && values.len() <= MOST_VARIANTS && names.iter().all(|(n, _)| !n.is_empty());
    usable.then_some(names)
}

fn enumeration(w: &mut String, name: &str, shape: &Value) -> Result<()> {
    let name = camel(name);
    let variants = variants(shape).ok_or("no variants")?;
    line(
        w,
        format_args!(
            "text_enum! {{ {name} {{ {} }} }}",
            variants.iter().map(|(n, v)| format!("{n} = {v:?}")).collect::<Vec<_>>().join(", ")
        ),
    )
}

fn rust_type(shapes: &Map<String, Value>, reference: &Value) -> Result<String> {
    let name = text(&reference["shape"], "shape")?;
    let shape = &shapes[name];
    Ok(match text(&shape["type"], "type")? {
        "structure" => camel(name),
        // Elements of a sparse list may be null.
        "list" if shape["sparse"] == true => format!("Vec<Option<{}>>", rust_type(shapes, &shape["member"])?),
        "list" => format!("Vec<{}>", rust_type(shapes, &shape["member"])?),
        "map" => format!("BTreeMap<String, {}>", rust_type(shapes, &shape["value"])?),
        "string" => {
            if variants(shape).is_some() {
                camel(name)
            } else {
                "String".into()
            }
        }
        "blob" => "Bytes".into(),
        "boolean" => "bool".into(),
        "integer" => "i32".into(),
        "long" => "i64".into(),
        "float" | "double" => "f64".into(),
        "timestamp" => "Timestamp".into(),
        other => return Err(format!("type {other}")),
    })
}

fn structure(w: &mut String, name: &str, shape: &Value, shapes: &Map<String, Value>) -> Result<()> {
    let mut fields = Vec::new();
    for (member, reference) in shape["members"].as_object().ok_or("no members")? {
        if reference["shape"].as_str().is_some_and(|s| shapes[s]["exception"] == true) {
            continue; // an exception in an event stream, not a member
        }
        let base = rust_type(shapes, reference)?;
        let field_type = if required(shape, member) { base } else { format!("Option<{base}>") };
        fields.push(format!("{}: {field_type} = {member:?}", snake(member)));
    }
    line(
        w,
        format_args!("structure! {{ {} : {} {{ {} }} }}", camel(name), table(&Value::String(name.into()))?, fields.join(", ")),
    )
}

fn operations(w: &mut String, facts: &Value) -> Result<()> {
    let operations = facts["operations"].as_object().ok_or("no operations")?;
    line(w, format_args!("/// Markers of the operations, to register handlers with.\npub mod op {{ use super::*;"))?;
    for (name, op) in operations {
        let side = |key: &str| {
            op[key].as_str().map_or(("Empty".to_owned(), "EMPTY".to_owned()), |s| {
                (camel(s), table(&Value::String(s.into())).unwrap_or_default())
            })
        };
        let ((input, input_schema), (output, output_schema)) = (side("input"), side("output"));
        let http = &op["http"];
        let wrapper = op["resultWrapper"].as_str().map_or("None".to_owned(), |v| format!("Some({v:?})"));
        line(
            w,
            format_args!(
                "operation! {{ {} = {name:?}: {input} [{input_schema}] -> {output} [{output_schema}], {:?} {:?} {}, {wrapper}, {} }}",
                camel(name),
                text(&http["method"], "method")?,
                text(&http["requestUri"], "requestUri")?,
                http["responseCode"].as_u64().unwrap_or(200),
                op["unsigned"] == true
            ),
        )?;
        if let Some(event) = op["output"].as_str().and_then(|output| event_shape(&facts["shapes"], output)) {
            line(w, format_args!("impl EventOperation for {} {{ type Event = {}; }}", camel(name), camel(event)))?;
        }
    }
    line(w, format_args!("}}"))?;
    let names: Vec<String> = operations.keys().map(|n| format!("op::{}::FACTS", camel(n))).collect();
    line(w, format_args!("/// All operations, by name.\npub static OPERATIONS: &[&OperationFacts] = &[{}];", names.join(", ")))
}

/// The shape of the events, where an output is an event stream.
fn event_shape<'a>(shapes: &'a Value, output: &str) -> Option<&'a str> {
    let members = shapes[output]["members"].as_object()?;
    members.values().filter_map(|member| member["shape"].as_str()).find(|shape| shapes[*shape]["eventstream"] == true)
}

/// One constructor an error shape: `fault::resource_not_found(message)`.
fn faults(w: &mut String, shapes: &Map<String, Value>, errors: &BTreeSet<&str>) -> Result<()> {
    line(w, format_args!("/// The service's modelled errors.\npub mod fault {{ use super::*;"))?;
    for name in errors {
        let shape = &shapes[*name];
        let code = shape["error"]["code"].as_str().unwrap_or(name);
        let status = shape["error"]["httpStatusCode"].as_u64().unwrap_or(if shape["fault"] == true { 500 } else { 400 });
        let short = name.strip_suffix("Exception").or(name.strip_suffix("Fault")).unwrap_or(name);
        line(w, format_args!("fault! {{ {} = {code:?} {status} }}", snake(short)))?;
    }
    line(w, format_args!("}}"))
}
