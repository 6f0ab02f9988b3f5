//! The facts of shapes at run time: what a value must look like, and how each wire format spells it.

use std::sync::OnceLock;

/// A shape of the API model.
#[derive(Debug)]
pub struct Schema {
    /// The shape's name in the model.
    pub name: &'static str,
    /// What it is made of.
    pub kind: Kind,
    /// Least length (text, blob, list, map) or value (numbers).
    pub min: Option<i64>,
    /// Greatest length or value.
    pub max: Option<i64>,
    /// What text must match, whole.
    pub pattern: Option<Pattern>,
    /// Not to be logged.
    pub sensitive: bool,
}

/// What a shape is made of.
#[derive(Debug)]
pub enum Kind {
    /// Members by name.
    Structure(&'static [Member]),
    /// Elements of one shape.
    List {
        /// The element's shape.
        member: &'static Schema,
        /// The element's tag in XML.
        element: &'static str,
        /// Whether XML leaves out the tag around the elements.
        flattened: bool,
    },
    /// Values by free key.
    Map {
        /// The key's shape.
        key: &'static Schema,
        /// The value's shape.
        value: &'static Schema,
    },
    /// Text; when not empty, one of these values.
    Text(&'static [&'static str]),
    /// Bytes.
    Blob,
    /// true or false.
    Boolean,
    /// 32-bit whole number.
    Integer,
    /// 64-bit whole number.
    Long,
    /// 32-bit number.
    Float,
    /// 64-bit number.
    Double,
    /// An instant.
    Timestamp,
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// Its name in the model, and in JSON and CBOR bodies.
    pub name: &'static str,
    /// Its name in headers, query strings, paths and XML.
    pub wire: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Where it travels.
    pub location: Location,
    /// Its shape.
    pub schema: &'static Schema,
}

/// Where a member travels in REST protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the body.
    Body,
    /// A `{label}` of the path.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
}

/// A pattern of the model, compiled at its first use.
#[derive(Debug)]
pub struct Pattern {
    /// As the model writes it, and as error messages print it.
    pub text: &'static str,
    compiled: OnceLock<Option<fancy_regex::Regex>>,
}

impl Pattern {
    /// A pattern in the model's (Java's) syntax.
    pub const fn new(text: &'static str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// Whether all of `value` matches. A pattern that does not compile matches everything; a test keeps that from happening.
    pub fn matches(&self, value: &str) -> bool {
        self.regex().is_none_or(|regex| regex.is_match(value).unwrap_or(false))
    }

    /// The compiled pattern.
    pub fn regex(&self) -> Option<&fancy_regex::Regex> {
        self.compiled.get_or_init(|| fancy_regex::Regex::new(&format!("^(?:{})$", translated(self.text))).ok()).as_ref()
    }
}

/// Java's syntax in Rust's: possessive repeats lose their mark, `\d`, `\w` and `\s` mean ASCII.
fn translated(java: &str) -> String {
    let mut out = String::with_capacity(java.len() + 16);
    let mut in_class = false;
    let mut chars = java.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(kind @ ('d' | 'w' | 's')) => push_class(&mut out, kind, in_class),
                Some('p') if java_posix(&mut chars, &mut out, in_class) => {}
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            '[' if !in_class => {
                in_class = true;
                out.push('[');
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '}' | '+' | '*' | '?' if !in_class && chars.peek() == Some(&'+') => {
                out.push(c);
                chars.next();
            }
            other => out.push(other),
        }
    }
    out
}

fn push_class(out: &mut String, kind: char, in_class: bool) {
    let set = match kind {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        _ => r" \t\n\x0B\f\r",
    };
    if in_class {
        out.push_str(set);
    } else {
        out.extend(["[", set, "]"]);
    }
}

/// `\p{XDigit}`, which Rust spells differently; other properties stay.
fn java_posix(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String, in_class: bool) -> bool {
    let rest: String = chars.clone().take("{XDigit}".len()).collect();
    if rest != "{XDigit}" {
        return false;
    }
    for _ in rest.chars() {
        chars.next();
    }
    out.push_str(if in_class { "0-9A-Fa-f" } else { "[0-9A-Fa-f]" });
    true
}

/// The schema of operations without input or output.
pub(crate) static EMPTY: Schema =
    Schema { name: "Unit", kind: Kind::Structure(&[]), min: None, max: None, pattern: None, sensitive: false };

#[cfg(test)]
mod tests {
    use super::super::SERVICES;
    use super::*;
    use std::collections::HashSet;

    fn visit(schema: &'static Schema, seen: &mut HashSet<*const Schema>, visitor: &mut impl FnMut(&'static Schema)) {
        if !seen.insert(schema) {
            return;
        }
        visitor(schema);
        match schema.kind {
            Kind::Structure(members) => members.iter().for_each(|m| visit(m.schema, seen, visitor)),
            Kind::List { member, .. } => visit(member, seen, visitor),
            Kind::Map { key, value } => {
                visit(key, seen, visitor);
                visit(value, seen, visitor);
            }
            _ => {}
        }
    }

    #[test]
    fn every_pattern_of_the_models_compiles() {
        let (mut seen, mut patterns) = (HashSet::new(), 0);
        for operation in SERVICES.iter().flat_map(|service| (service.operations)()) {
            for side in [operation.input, operation.output] {
                visit(side, &mut seen, &mut |schema| {
                    if let Some(pattern) = &schema.pattern {
                        patterns += 1;
                        assert!(pattern.regex().is_some(), "{} {} → {}", schema.name, pattern.text, translated(pattern.text));
                    }
                });
            }
        }
        assert!(patterns > 50, "{patterns} patterns");
    }

    #[test]
    fn patterns_match_whole_text_as_java_does() {
        assert!(Pattern::new("[a-zA-Z0-9_.-]+").matches("a_b.c-1"));
        assert!(!Pattern::new("[a-zA-Z0-9_.-]+").matches("a b"));
        assert!(Pattern::new(r"arn:\d{12}+:x").matches("arn:123456789012:x"));
        assert!(!Pattern::new(r"[\w]+").matches("é"));
    }
}
