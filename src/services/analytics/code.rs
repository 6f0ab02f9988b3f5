//! The check of a script: its syntax always, its meaning as soon as the application has inputs.

use super::application::{Application, Input, ReferenceDataSource, Source};
use super::mapping::Decoder;
use super::refusal::Refusal;
use crate::sql::analysis::{self, Catalog};
use crate::sql::diagnostic::Diagnostic;
use crate::sql::plan::{Plan, Stream, Table};
use crate::sql::types::{Column, DataType};

/// Checks the application's code: its grammar and, when there are inputs to speak of, its meaning (judgement Q-26 of the dialect's
/// specification).
///
/// # Errors
/// CodeValidation with every fault found, one a line.
pub(super) fn check(application: &Application) -> Result<(), Refusal> {
    if application.inputs.is_empty() {
        let code = application.code.as_deref().unwrap_or_default();
        return analysis::check_syntax(code).map_err(|errors| refusal(&errors));
    }
    plan(application).map(drop)
}

/// The plan of the application's code.
///
/// # Errors
/// CodeValidation; InvalidArgument for a schema that cannot be.
pub(super) fn plan(application: &Application) -> Result<Plan, Refusal> {
    let code = application.code.as_deref().unwrap_or_default();
    analysis::compile(code, &catalog(application)?).map_err(|errors| refusal(&errors))
}

fn refusal(errors: &[Diagnostic]) -> Refusal {
    let lines: Vec<String> = errors.iter().map(Diagnostic::to_string).collect();
    Refusal::Code(lines.join("\n"))
}

/// What exists before the script runs.
fn catalog(application: &Application) -> Result<Catalog, Refusal> {
    let mut catalog = Catalog::default();
    for input in &application.inputs {
        let columns = columns("InputSchema", &input.schema)?;
        let declared = columns.len();
        let columns: Vec<Column> = columns.into_iter().chain(system_columns(&input.source)).collect();
        let stream = |name| Stream { name, columns: columns.clone(), declared, input: true };
        catalog.inputs.extend(Input::stream_names(input).into_iter().map(stream));
    }
    for reference in &application.references {
        let ReferenceDataSource { table, schema, .. } = reference;
        catalog.tables.push(Table { name: table.clone(), columns: columns("ReferenceSchema", schema)? });
    }
    Ok(catalog)
}

fn columns(what: &str, schema: &super::mapping::RecordSchema) -> Result<Vec<Column>, Refusal> {
    let decoder = Decoder::compile(schema).map_err(|error| Refusal::Argument(format!("{what}: {error}")))?;
    Ok(decoder.columns().to_vec())
}

/// A system column of input streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SystemColumn {
    ApproximateArrivalTime,
    PartitionKey,
    SequenceNumber,
    ShardId,
}

impl SystemColumn {
    const ALL: [Self; 4] = [Self::ApproximateArrivalTime, Self::PartitionKey, Self::SequenceNumber, Self::ShardId];

    fn name(self) -> &'static str {
        match self {
            Self::ApproximateArrivalTime => "APPROXIMATE_ARRIVAL_TIME",
            Self::PartitionKey => "PARTITION_KEY",
            Self::SequenceNumber => "SEQUENCE_NUMBER",
            Self::ShardId => "SHARD_ID",
        }
    }

    /// The column with this name.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }

    /// The longest values: a partition key has 256 characters (API), a sequence number 56 digits, a shard id 20 characters.
    fn data_type(self) -> DataType {
        match self {
            Self::ApproximateArrivalTime => DataType::Timestamp,
            Self::PartitionKey => DataType::VarChar(256),
            Self::SequenceNumber => DataType::VarChar(128),
            Self::ShardId => DataType::VarChar(64),
        }
    }
}

/// Kinesis streams offer all of them, delivery streams the arrival time only.
fn system_columns(source: &Source) -> impl Iterator<Item = Column> {
    let offered = match source {
        Source::Stream(_) => SystemColumn::ALL.len(),
        Source::DeliveryStream(_) => 1,
    };
    let column = |column: SystemColumn| Column { name: column.name().into(), data_type: column.data_type(), nullable: true };
    SystemColumn::ALL.into_iter().take(offered).map(column)
}
