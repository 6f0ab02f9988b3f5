//! From a declared table to the input of an operation: keys are checked against the API model, so that a misspelt one is an error with its
//! line, where AWS would ignore it.

use super::declaration::{Content, Entry, Node, Problem};
use crate::api::Value;
use crate::api::{Kind, Member, Schema};
use std::collections::HashMap;
use std::path::Path;

/// A key with this ending names a file whose text is the value of the member before it: `ApplicationCodeFile`.
const FILE: &str = "File";

/// An operation's input, and where its parts stand.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// The lines of members, by their path as messages of the model spell it, in lower case: `inputs.1.member.nameprefix`.
    lines: HashMap<String, usize>,
}

impl Input {
    /// The input that `entries` declare; files are looked for in `folder`.
    pub(super) fn of(&mut self, entries: &[Entry], schema: &Schema, folder: &Path) -> Result<Value<'static>, Problem> {
        match &schema.kind {
            Kind::Structure(members) => self.structure(entries, members, "", folder),
            _ => Err(Problem::at(None, "the operation takes nothing")),
        }
    }

    /// The line of the member that a message of the model names: `… at 'streamName' failed …`.
    pub(super) fn line_of(&self, message: &str) -> Option<usize> {
        let path = message.split(" at '").nth(1)?.split('\'').next()?.to_ascii_lowercase();
        self.lines.get(&path).copied()
    }

    fn structure(&mut self, entries: &[Entry], members: &[Member], path: &str, folder: &Path) -> Result<Value<'static>, Problem> {
        let mut given = Vec::with_capacity(entries.len());
        for entry in entries {
            let find = |name: &str| members.iter().find(|member| member.name == name);
            let of_file =
                || entry.key.strip_suffix(FILE).and_then(find).filter(|member| matches!(member.schema.kind, Kind::Text(_)));
            let (member, value) = match (find(&entry.key), of_file()) {
                (Some(member), _) => {
                    let path = join(path, member.name);
                    self.note(&path, entry.line);
                    (member, self.value(&entry.value, member.schema, &entry.key, &path, folder)?)
                }
                (None, Some(member)) => {
                    self.note(&join(path, member.name), entry.line);
                    (member, Value::text(file(entry, folder)?))
                }
                (None, None) => return Err(Problem::at(entry.line, unknown(&entry.key, members))),
            };
            given.push((member.name.into(), value));
        }
        Ok(Value::Map(given))
    }

    fn value(&mut self, node: &Node, schema: &Schema, key: &str, path: &str, folder: &Path) -> Result<Value<'static>, Problem> {
        let refused = |wanted: &str| Problem::at(node.line, format!("{key} is {wanted}, not {}", node.content.kind()));
        Ok(match (&schema.kind, &node.content) {
            (_, Content::Null) => Value::Null,
            (Kind::Structure(members), Content::Table(entries)) => self.structure(entries, members, path, folder)?,
            (Kind::Map { value, .. }, Content::Table(entries)) => {
                let mut map = Vec::with_capacity(entries.len());
                for entry in entries {
                    let path = format!("{path}.{}.member", entry.key);
                    map.push((entry.key.clone().into(), self.value(&entry.value, value, &entry.key, &path, folder)?));
                }
                Value::Map(map)
            }
            (Kind::List { member, .. }, Content::List(elements)) => {
                let mut list = Vec::with_capacity(elements.len());
                for (at, element) in elements.iter().enumerate() {
                    let path = format!("{path}.{}.member", at + 1);
                    self.note(&path, element.line);
                    list.push(self.value(element, member, key, &path, folder)?);
                }
                Value::List(list)
            }
            (Kind::Text(_) | Kind::Blob | Kind::Timestamp, Content::Text(text)) => Value::text(text.clone()),
            (Kind::Boolean, Content::Bool(b)) => Value::Bool(*b),
            (Kind::Integer | Kind::Long | Kind::Float | Kind::Double | Kind::Timestamp, Content::Int(n)) => Value::Int(*n),
            (Kind::Float | Kind::Double | Kind::Timestamp, Content::Double(n)) => Value::Double(*n),
            (Kind::Structure(_) | Kind::Map { .. }, _) => return Err(refused("a table")),
            (Kind::List { .. }, _) => return Err(refused("a list")),
            (Kind::Text(_) | Kind::Blob, _) => return Err(refused("text")),
            (Kind::Boolean, _) => return Err(refused("true or false")),
            (Kind::Integer | Kind::Long, _) => return Err(refused("a whole number")),
            (Kind::Float | Kind::Double | Kind::Timestamp, _) => return Err(refused("a number")),
        })
    }

    fn note(&mut self, path: &str, line: Option<usize>) {
        if let Some(line) = line {
            self.lines.insert(path.to_ascii_lowercase(), line);
        }
    }
}

fn join(path: &str, member: &str) -> String {
    if path.is_empty() { member.to_owned() } else { format!("{path}.{member}") }
}

fn file(entry: &Entry, folder: &Path) -> Result<String, Problem> {
    let Content::Text(name) = &entry.value.content else {
        return Err(Problem::at(entry.line, format!("{} is the name of a file, not {}", entry.key, entry.value.content.kind())));
    };
    let path = folder.join(name);
    std::fs::read_to_string(&path).map_err(|error| Problem::at(entry.line, format!("{}: {}: {error}", entry.key, path.display())))
}

/// Names the member that was probably meant, or else all.
fn unknown(key: &str, members: &[Member]) -> String {
    let meant = members.iter().find(|member| member.name.eq_ignore_ascii_case(&key.replace(['-', '_'], "")));
    match meant {
        Some(member) => format!("there is no {key} here; {} is meant", member.name),
        None => {
            let names: Vec<&str> = members.iter().map(|member| member.name).collect();
            format!("there is no {key} here; there are {}", names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::declaration::of_toml;
    use super::*;
    use crate::api::Operation;
    use crate::api::kinesisanalytics::op::CreateApplication;

    fn input(toml: &str) -> Result<(Input, Value<'static>), Problem> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("app.sql"), "SELECT").unwrap();
        let mut input = Input::default();
        let value = input.of(&of_toml(toml)?, CreateApplication::FACTS.input, folder.path())?;
        Ok((input, value))
    }

    #[test]
    fn members_are_the_api_s_and_texts_may_stand_in_files() {
        let (input, value) =
            input("ApplicationName = \"a\"\nApplicationCodeFile = \"app.sql\"\n[[Inputs]]\nNamePrefix = \"S\"\n").unwrap();
        assert_eq!(value.get("ApplicationCode"), Some(&Value::text("SELECT")));
        assert_eq!(input.line_of("1 validation error detected: Value 'S' at 'inputs.1.member.namePrefix' failed"), Some(4));
        assert_eq!(input.line_of("no place"), None);
    }

    #[test]
    fn what_does_not_fit_names_key_and_line() {
        let wrong = |toml: &str| input(toml).unwrap_err().to_string();
        assert_eq!(wrong("\napplication-name = \"a\""), "line 2: there is no application-name here; ApplicationName is meant");
        assert!(wrong("[[Inputs]]\nName = 1").starts_with("line 2: there is no Name here; there are "));
        assert_eq!(wrong("ApplicationName = 1"), "line 1: ApplicationName is text, not a whole number");
        assert_eq!(wrong("Inputs = 1"), "line 1: Inputs is a list, not a whole number");
        assert!(wrong("ApplicationCodeFile = \"b.sql\"").contains("b.sql: No such file"));
    }
}
