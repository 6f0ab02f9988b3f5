//! Makes declared resources through the services' own operations, so that everything is checked as if a client had called.
//!
//! What is there already is left as it is: a file can be given at every start. A file is read and checked whole before anything is made.

use super::declaration::{self, Content, Entry, Node, Problem};
use super::input::Input;
use super::kinds::{APPLICATIONS, BUCKETS, KINDS, Kind, Settled};
use crate::api::{Caller, Fault, ServiceTable, Value};
use crate::base::account::{DEFAULT_ACCOUNT, DEFAULT_REGION, Scope};
use crate::base::clock::Clock;
use crate::services::s3::{S3, S3Error};
use std::path::Path;
use std::time::Duration;

/// How often a resource is looked at until it can be used.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long it may take: a search server starts in half a minute, on a busy machine in a few.
const PATIENCE: Duration = Duration::from_secs(600);

/// The key of an application that says that it shall run, and from where: true, or a position by its name.
const START: &str = "start";

/// Makes resources.
#[derive(Clone)]
pub(super) struct Resources {
    pub(super) tables: Vec<ServiceTable>,
    pub(super) s3: S3,
    pub(super) clock: Clock,
    /// How the server addresses itself in answers.
    pub(super) endpoint: String,
}

/// A resource of a file, checked.
struct Declared {
    kind: &'static Kind,
    name: String,
    line: Option<usize>,
    input: Input,
    value: Value<'static>,
    /// The position an application shall be started from.
    start: Option<&'static str>,
}

/// A file, checked.
struct Declarations {
    scope: Scope,
    buckets: Vec<(String, Option<usize>)>,
    resources: Vec<Declared>,
}

impl Resources {
    /// Makes what a file declares; the first thing that is wrong, in a sentence with file and line.
    pub(super) async fn make(&self, path: &Path) -> Result<(), String> {
        let place = |problem: Problem| match problem.line {
            Some(line) => format!("{}:{line}: {}", path.display(), problem.text),
            None => format!("{}: {}", path.display(), problem.text),
        };
        let declarations = self.read(path).map_err(place)?;
        self.make_all(declarations).await.map_err(place)
    }

    fn read(&self, path: &Path) -> Result<Declarations, Problem> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = declaration::read(path)?;
        let (account, region) = (take_text(&mut file, "account")?, take_text(&mut file, "region")?);
        let scope = Scope::new(
            account.unwrap_or_else(|| DEFAULT_ACCOUNT.to_owned()),
            region.unwrap_or_else(|| DEFAULT_REGION.to_owned()),
        );
        let buckets = elements(&mut file, BUCKETS)?.iter().map(bucket).collect::<Result<_, _>>()?;
        let mut resources = Vec::new();
        for kind in &KINDS {
            for element in elements(&mut file, kind.table)? {
                resources.push(self.check(kind, element, folder)?);
            }
        }
        match file.first() {
            Some(unknown) => Err(Problem::at(unknown.line, unknown_table(&unknown.key))),
            None => Ok(Declarations { scope, buckets, resources }),
        }
    }

    fn check(&self, kind: &'static Kind, element: Node, folder: &Path) -> Result<Declared, Problem> {
        let Content::Table(mut entries) = element.content else {
            return Err(Problem::at(element.line, format!("each of {} is a table", kind.table)));
        };
        let start = if kind.table == APPLICATIONS { take_start(&mut entries)? } else { None };
        let table = self.table(kind).ok_or_else(|| Problem::at(element.line, format!("there is no service {}", kind.service)))?;
        let facts = (table.service().operations)().iter().find(|facts| facts.name == kind.create);
        let facts = facts.ok_or_else(|| Problem::at(element.line, format!("there is no {}", kind.create)))?;
        let mut input = Input::default();
        let value = input.of(&entries, facts.input, folder)?;
        let name = value.get(kind.name).and_then(Value::as_str).map(str::to_owned);
        let name = name.ok_or_else(|| Problem::at(element.line, format!("{} is missing", kind.name)))?;
        Ok(Declared { kind, name, line: element.line, input, value, start })
    }

    fn table(&self, kind: &Kind) -> Option<&ServiceTable> {
        self.tables.iter().find(|table| table.service().id == kind.service)
    }

    async fn make_all(&self, declarations: Declarations) -> Result<(), Problem> {
        let scope = declarations.scope;
        for (name, line) in declarations.buckets {
            // As in the API, the first region has no constraint.
            let location = (scope.region() != DEFAULT_REGION).then_some(scope.region());
            match self.s3.create_bucket(&scope, &name, location).await {
                Ok(()) => tracing::info!(bucket = name, "made"),
                Err(S3Error::BucketAlreadyOwnedByYou) => tracing::info!(bucket = name, "is there already"),
                Err(error) => return Err(Problem::at(line, format!("{BUCKETS} {name}: {error}"))),
            }
        }
        for declared in declarations.resources {
            let failed = |fault: Fault| {
                let text = fault.message.unwrap_or_default();
                let line = declared.input.line_of(&text).or(declared.line);
                Problem::at(line, format!("{} {}: {}: {text}", declared.kind.table, declared.name, fault.code))
            };
            self.make_one(&scope, &declared).await.map_err(failed)?;
        }
        Ok(())
    }

    async fn make_one(&self, scope: &Scope, declared: &Declared) -> Result<(), Fault> {
        let Declared { kind, name, .. } = declared;
        match self.call(scope, kind, kind.create, declared.value.clone()).await {
            Ok(_) => tracing::info!(kind = kind.table, name, "made"),
            Err(fault) if fault.code == kind.exists => tracing::info!(kind = kind.table, name, "is there already"),
            Err(fault) => return Err(fault),
        }
        if let Some(settled) = &kind.settled {
            self.settle(scope, kind, settled, name).await?;
        }
        match declared.start {
            Some(position) => self.start(scope, kind, name, position).await,
            None => Ok(()),
        }
    }

    /// Waits until a resource can be used.
    async fn settle(&self, scope: &Scope, kind: &Kind, settled: &Settled, name: &str) -> Result<(), Fault> {
        let looks = PATIENCE.as_millis() / LOOK_EVERY.as_millis();
        for _ in 0..looks {
            let described = self.call(scope, kind, settled.describe, named(kind, name)).await?;
            let Some(state) = at(&described, settled.state) else { return Ok(()) };
            match (settled.is_usable)(state) {
                Some(true) => return Ok(()),
                Some(false) => {
                    return Err(Fault::new("Failed", 500, format!("its state is {}", state.as_str().unwrap_or_default())));
                }
                None => {}
            }
            self.clock.sleep(LOOK_EVERY).await;
        }
        Err(Fault::new("Timeout", 500, format!("it cannot be used after {} s", PATIENCE.as_secs())))
    }

    /// Starts an application that does not run.
    async fn start(&self, scope: &Scope, kind: &Kind, name: &str, position: &'static str) -> Result<(), Fault> {
        let described = self.call(scope, kind, "DescribeApplication", named(kind, name)).await?;
        if at(&described, &["ApplicationDetail", "ApplicationStatus"]).and_then(Value::as_str) != Some("READY") {
            return Ok(());
        }
        let inputs = match at(&described, &["ApplicationDetail", "InputDescriptions"]) {
            Some(Value::List(inputs)) => inputs.as_slice(),
            _ => &[],
        };
        let from = Value::Map(vec![("InputStartingPosition".into(), Value::text(position))]);
        let configuration = |input: &Value<'_>| {
            let id = input.get("InputId").cloned().unwrap_or(Value::Null).into_owned();
            Value::Map(vec![("Id".into(), id), ("InputStartingPositionConfiguration".into(), from.clone())])
        };
        let configurations = Value::List(inputs.iter().map(configuration).collect());
        let input =
            Value::Map(vec![(kind.name.into(), Value::text(name.to_owned())), ("InputConfigurations".into(), configurations)]);
        self.call(scope, kind, "StartApplication", input).await?;
        tracing::info!(application = name, position, "started");
        Ok(())
    }

    async fn call(&self, scope: &Scope, kind: &Kind, operation: &str, input: Value<'static>) -> Result<Value<'static>, Fault> {
        let table = self.table(kind).ok_or_else(Fault::unknown_operation)?;
        let caller = Caller {
            scope: scope.clone(),
            access_key: None,
            request_id: uuid::Uuid::new_v4().to_string().into(),
            endpoint: self.endpoint.as_str().into(),
        };
        table.call(operation, caller, input).await
    }
}

/// An input that names a resource and nothing else.
fn named(kind: &Kind, name: &str) -> Value<'static> {
    Value::Map(vec![(kind.name.into(), Value::text(name.to_owned()))])
}

/// A value within a value; of a list, the first element counts.
fn at<'v>(value: &'v Value<'static>, path: &[&str]) -> Option<&'v Value<'static>> {
    path.iter().try_fold(value, |value, member| match value {
        Value::List(elements) => elements.first()?.get(member),
        other => other.get(member),
    })
}

/// Takes the entry with this key out of a table.
fn take(entries: &mut Vec<Entry>, key: &str) -> Option<Entry> {
    let at = entries.iter().position(|entry| entry.key == key)?;
    Some(entries.remove(at))
}

fn take_text(entries: &mut Vec<Entry>, key: &str) -> Result<Option<String>, Problem> {
    match take(entries, key) {
        None => Ok(None),
        Some(Entry { value: Node { content: Content::Text(text), .. }, .. }) => Ok(Some(text)),
        Some(entry) => Err(Problem::at(entry.line, format!("{key} is text, not {}", entry.value.content.kind()))),
    }
}

fn take_start(entries: &mut Vec<Entry>) -> Result<Option<&'static str>, Problem> {
    const POSITIONS: [&str; 3] = ["NOW", "TRIM_HORIZON", "LAST_STOPPED_POINT"];
    let Some(entry) = take(entries, START) else { return Ok(None) };
    match &entry.value.content {
        Content::Bool(start) => Ok(start.then_some(POSITIONS[0])),
        Content::Text(text) if POSITIONS.contains(&text.as_str()) => Ok(POSITIONS.into_iter().find(|position| position == text)),
        _ => Err(Problem::at(entry.line, format!("{START} is true, false, {}", POSITIONS.join(" or ")))),
    }
}

/// The elements of `[[table]]`.
fn elements(file: &mut Vec<Entry>, table: &str) -> Result<Vec<Node>, Problem> {
    match take(file, table) {
        None => Ok(Vec::new()),
        Some(Entry { value: Node { content: Content::List(elements), .. }, .. }) => Ok(elements),
        Some(entry) => Err(Problem::at(entry.line, format!("{table} is a list: write [[{table}]]"))),
    }
}

fn bucket(element: &Node) -> Result<(String, Option<usize>), Problem> {
    let wrong = || Problem::at(element.line, format!("each of {BUCKETS} is a table with Bucket, its name, and nothing else"));
    let Content::Table(entries) = &element.content else { return Err(wrong()) };
    match entries.as_slice() {
        [Entry { key, line, value: Node { content: Content::Text(name), .. } }] if key == "Bucket" => Ok((name.clone(), *line)),
        _ => Err(wrong()),
    }
}

fn unknown_table(key: &str) -> String {
    let known: Vec<&str> = KINDS.iter().map(|kind| kind.table).collect();
    format!("there is no {key}; there are region, account, {BUCKETS}, {}", known.join(", "))
}
