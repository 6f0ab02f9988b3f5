//! rest-json: which operation a method and path mean, and its input from path, query string, headers and body.

use super::query::text_value;
use super::route::header;
use crate::api::{Kind, Location, Member, OperationFacts, Value};
use http::request::Parts;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// Operations of one service by method and path.
pub(super) struct Paths(Vec<Template>);

struct Template {
    segments: Vec<Segment>,
    operation: &'static OperationFacts,
}

#[derive(Clone, Copy)]
enum Segment {
    Text(&'static str),
    Label(&'static str),
}

impl Segment {
    fn fits(self, given: &str) -> bool {
        match self {
            Self::Text(text) => text == given,
            Self::Label(_) => !given.is_empty(),
        }
    }
}

impl Paths {
    /// The paths of these operations.
    pub(super) fn new(operations: &[&'static OperationFacts]) -> Self {
        let mut templates: Vec<Template> = operations.iter().map(|operation| template(operation)).collect();
        // A path of plain text goes before one with a label in the same place.
        templates.sort_by_key(|template| template.segments.iter().filter(|s| matches!(s, Segment::Label(_))).count());
        Self(templates)
    }

    /// The operation that a method and path mean.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<&'static OperationFacts> {
        let fits = |template: &&Template| {
            template.operation.method == method
                && segments(path).count() == template.segments.len()
                && segments(path).zip(&template.segments).all(|(given, segment)| segment.fits(given))
        };
        self.0.iter().find(fits).map(|template| template.operation)
    }
}

fn template(operation: &'static OperationFacts) -> Template {
    let segment = |text: &'static str| match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        Some(label) => Segment::Label(label),
        None => Segment::Text(text),
    };
    Template { segments: segments(operation.uri).map(segment).collect(), operation }
}

/// The parts between slashes; a slash at the end counts for nothing.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_matches('/').split('/')
}

/// The input: the body's members (an object, or nothing), and those that path, query string and headers carry.
pub(super) fn input<'b>(operation: &'static OperationFacts, parts: &'b Parts, body: Value<'b>) -> Value<'b> {
    let mut given = body.into_members();
    if let Kind::Structure(members) = operation.input.kind {
        for member in members.iter().filter(|member| member.location != Location::Body) {
            if let Some(value) = elsewhere(operation, member, parts) {
                given.retain(|(name, _)| name != member.name);
                given.push((Cow::Borrowed(member.name), value));
            }
        }
    }
    Value::Map(given)
}

fn elsewhere<'b>(operation: &'static OperationFacts, member: &Member, parts: &'b Parts) -> Option<Value<'b>> {
    match member.location {
        Location::Body => None,
        Location::Header => header(&parts.headers, member.wire).map(|text| text_value(text.into(), &member.schema.kind)),
        Location::Path => {
            let template = template(operation).segments;
            let at = template.iter().position(|segment| matches!(segment, Segment::Label(label) if *label == member.wire))?;
            let text = percent_decode_str(segments(parts.uri.path()).nth(at)?).decode_utf8_lossy();
            Some(text_value(text, &member.schema.kind))
        }
        Location::Query => {
            let query = parts.uri.query()?.as_bytes();
            let mut values = form_urlencoded::parse(query).filter(|(key, _)| key == member.wire).map(|(_, value)| value);
            match &member.schema.kind {
                Kind::List { member, .. } => {
                    let elements: Vec<_> = values.map(|text| text_value(text, &member.kind)).collect();
                    (!elements.is_empty()).then_some(Value::List(elements))
                }
                kind => values.next().map(|text| text_value(text, kind)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{es, opensearch};

    fn parts(uri: &str) -> Parts {
        http::Request::builder().uri(uri).body(()).unwrap().into_parts().0
    }

    #[test]
    fn method_and_path_name_the_operation() {
        let paths = Paths::new((es::SERVICE.operations)());
        let name = |method, path| paths.find(method, path).map(|operation| operation.name);
        assert_eq!(name("POST", "/2015-01-01/es/domain"), Some("CreateElasticsearchDomain"));
        assert_eq!(name("GET", "/2015-01-01/es/domain/a"), Some("DescribeElasticsearchDomain"));
        assert_eq!(name("DELETE", "/2015-01-01/es/domain/a/"), Some("DeleteElasticsearchDomain"));
        assert_eq!(name("GET", "/2015-01-01/domain"), Some("ListDomainNames"));
        assert_eq!(name("GET", "/2015-01-01/tags/"), Some("ListTags"));
        assert_eq!(name("PUT", "/2015-01-01/es/domain"), None);
        assert_eq!(name("GET", "/bucket/key"), None);
    }

    #[test]
    fn labels_and_query_become_members() {
        let parts = parts("/2021-01-01/opensearch/domain/a%20b?x=1");
        let operation = Paths::new((opensearch::SERVICE.operations)()).find("GET", parts.uri.path()).unwrap();
        let input = input(operation, &parts, Value::Null);
        assert_eq!(input, Value::Map(vec![("DomainName".into(), Value::text("a b"))]));
        let operation = Paths::new((es::SERVICE.operations)()).find("GET", "/2015-01-01/tags/").unwrap();
        let parts = self::parts("/2015-01-01/tags/?arn=arn%3Aaws%3Aes");
        assert_eq!(super::input(operation, &parts, Value::Null), Value::Map(vec![("ARN".into(), Value::text("arn:aws:es"))]));
    }
}
