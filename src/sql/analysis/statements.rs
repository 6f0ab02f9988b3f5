//! Statements: what they create, change and drop.

use super::script::{Analysis, Checked};
use crate::sql::diagnostic::Span;
use crate::sql::plan::{Node, Stream, StreamIndex};
use crate::sql::syntax::{CreateStream, Ident, Name, ObjectKind, Statement, StatementKind, TypeKind, TypeName};
use crate::sql::types::{Column, DataType};

impl Analysis<'_> {
    /// One statement.
    pub(super) fn statement(&mut self, statement: &Statement) -> Checked<()> {
        match &statement.kind {
            StatementKind::CreateStream(create) => self.create_stream(create),
            StatementKind::CreatePump(create) => {
                let made = self.create_pump(create);
                if made.is_none() {
                    self.broken.insert(create.name.object().to_owned());
                }
                made
            }
            StatementKind::CreateFunction(create) => self.create_function(create),
            StatementKind::Drop(kind, name) => self.drop_object(*kind, name),
            StatementKind::AlterPump(name, start) => {
                let place = self.plan.pumps.iter().position(|pump| pump.name == name.object());
                let Some(place) = place else { return self.not_found(name) };
                self.plan.pumps[place].stopped = !start;
                Some(())
            }
        }
    }

    fn create_stream(&mut self, create: &CreateStream) -> Checked<()> {
        let name = create.name.object().to_owned();
        let made = self.new_stream(create);
        if made.is_none() {
            self.broken.insert(name);
            return None;
        }
        self.broken.remove(&name);
        made
    }

    fn new_stream(&mut self, create: &CreateStream) -> Checked<()> {
        let name = create.name.object();
        // The error stream's name is taken whatever its case (developer guide, "Troubleshooting").
        if name.eq_ignore_ascii_case("error_stream") {
            return self.error(create.name.span, format!("Stream name '{name}' is reserved"));
        }
        let existing = self.plan.streams.iter().position(|stream| stream.name == name);
        let is_table = self.plan.tables.iter().any(|table| table.name == name);
        if is_table || existing.is_some_and(|at| self.plan.streams[at].input || !create.replace) {
            return self.error(create.name.span, format!("Object '{name}' already exists"));
        }
        if let Some(at) = existing.filter(|at| self.is_used(*at)) {
            let name = &self.plan.streams[at].name;
            return self.error(create.name.span, format!("Stream '{name}' cannot be replaced: a pump uses it"));
        }
        let columns = self.columns(create)?;
        let declared = columns.len();
        let stream = Stream { name: name.to_owned(), columns, declared, input: false };
        match existing {
            Some(at) => self.plan.streams[at] = stream,
            None => self.plan.streams.push(stream),
        }
        Some(())
    }

    fn columns(&mut self, create: &CreateStream) -> Checked<Vec<Column>> {
        let mut columns: Vec<Column> = Vec::new();
        let mut fine = true;
        for definition in &create.columns {
            let name = &definition.name.name;
            if name == "ROWTIME" || columns.iter().any(|column| column.name == *name) {
                self.error::<()>(definition.name.span, format!("Duplicate column name '{name}'"));
                fine = false;
                continue;
            }
            let Some(data_type) = self.data_type(&definition.data_type) else {
                fine = false;
                continue;
            };
            if matches!(data_type, DataType::Interval(_)) {
                self.error::<()>(definition.data_type.span, format!("A column cannot have the type {data_type}"));
                fine = false;
            }
            columns.push(Column { name: name.clone(), data_type, nullable: !definition.not_null });
        }
        fine.then_some(columns)
    }

    /// The type that is written.
    pub(super) fn data_type(&mut self, written: &TypeName) -> Checked<DataType> {
        let text = match &written.kind {
            TypeKind::Interval(qualifier) => return Some(DataType::Interval(qualifier.value)),
            TypeKind::Plain(name, numbers) if numbers.is_empty() => (*name).to_owned(),
            TypeKind::Plain(name, numbers) => {
                let numbers: Vec<_> = numbers.iter().map(u64::to_string).collect();
                format!("{name}({})", numbers.join(", "))
            }
        };
        match DataType::parse(&text) {
            Ok(data_type) => Some(data_type),
            Err(error) => self.error(written.span, error.to_string()),
        }
    }

    fn is_used(&self, stream: StreamIndex) -> bool {
        self.plan.pumps.iter().any(|pump| pump.target == stream || pump.query.streams().contains(&stream))
    }

    fn drop_object(&mut self, kind: ObjectKind, name: &Name) -> Checked<()> {
        match kind {
            ObjectKind::Pump => {
                let place = self.plan.pumps.iter().position(|pump| pump.name == name.object());
                let Some(place) = place else { return self.not_found(name) };
                self.plan.pumps.remove(place);
                Some(())
            }
            ObjectKind::Function => {
                let before = self.functions.len();
                self.functions.retain(|function| function.name != name.object());
                if self.functions.len() == before { self.not_found(name) } else { Some(()) }
            }
            ObjectKind::Stream => self.drop_stream(name),
        }
    }

    fn drop_stream(&mut self, name: &Name) -> Checked<()> {
        let object = name.object();
        let found = self.plan.streams.iter().position(|stream| !stream.input && stream.name == object);
        let Some(at) = found else { return self.not_found(name) };
        if self.is_used(at) {
            return self.error(name.span, format!("Stream '{object}' cannot be dropped: a pump uses it"));
        }
        // Indexes of later streams are in plans already; one that nothing uses may stay, under no name.
        self.plan.streams[at].name.clear();
        Some(())
    }

    /// The stream that a pump writes to.
    pub(super) fn target(&mut self, name: &Name) -> Checked<StreamIndex> {
        let object = name.object();
        if self.broken.contains(object) {
            return None;
        }
        match self.plan.streams.iter().position(|stream| stream.name == object) {
            Some(at) if self.plan.streams[at].input => {
                self.error(name.span, format!("Cannot insert into '{object}': it is an input of the application"))
            }
            Some(at) => Some(at),
            None => self.not_found(name),
        }
    }

    /// The error that there is no such object, with the name that differs only in case if there is one.
    pub(super) fn not_found<T>(&mut self, name: &Name) -> Checked<T> {
        let object = name.object();
        if self.broken.contains(object) {
            return None;
        }
        let streams = self.plan.streams.iter().map(|stream| &stream.name);
        let tables = self.plan.tables.iter().map(|table| &table.name);
        let other = streams.chain(tables).find(|other| other.to_uppercase() == object.to_uppercase()).cloned();
        let span = name.parts.last().map_or(name.span, |ident: &Ident| ident.span);
        self.error(span, with_suggestion(format!("Object '{object}' not found"), other.as_deref()))
    }

    /// Fails where the target of a pump flows back to what it reads.
    pub(super) fn check_acyclic(&mut self, pump: &str, target: StreamIndex, query: &Node, span: Span) -> Checked<()> {
        let sources = query.streams();
        let mut reached = vec![target];
        let mut at = 0;
        while let Some(stream) = reached.get(at).copied() {
            if sources.contains(&stream) {
                let name = &self.plan.streams[target].name;
                return self.error(span, format!("Inserting into '{name}' closes a cycle of pumps"));
            }
            let others = self.plan.pumps.iter().filter(|other| other.name != pump);
            let next = others.filter(|other| other.query.streams().contains(&stream)).map(|other| other.target);
            let new: Vec<_> = next.filter(|next| !reached.contains(next)).collect();
            reached.extend(new);
            at += 1;
        }
        Some(())
    }
}

/// `message; did you mean 'other'?`, as Calcite puts it.
pub(super) fn with_suggestion(message: String, other: Option<&str>) -> String {
    match other {
        Some(other) => format!("{message}; did you mean '{other}'?"),
        None => message,
    }
}
