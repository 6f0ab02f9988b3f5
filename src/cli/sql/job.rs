//! What is to be run: the flags, or a case's files, made plain.

use super::CliError;
use super::flags::{InputFlags, InputFormat, Named, SqlFlags, TimeFlags};
use super::rate::Rate;
use super::source::Origin;
use crate::base::clock::Millis;
use crate::services::analytics::mapping::datetime;
use std::path::PathBuf;

/// A script and what it reads.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) script: PathBuf,
    pub(super) inputs: Vec<Records>,
    pub(super) references: Vec<Records>,
    pub(super) arrival: Arrival,
    /// Where the clock stops.
    pub(super) until: Option<Millis>,
    pub(super) follow: bool,
    pub(super) seed: u64,
}

/// Records that feed an input stream or fill a reference table.
#[derive(Debug)]
pub(super) struct Records {
    /// The stream or table, as stored.
    pub(super) name: String,
    pub(super) origin: Origin,
    /// The file of its schema; discovered without.
    pub(super) schema: Option<PathBuf>,
    pub(super) format: Option<InputFormat>,
    /// The column that is ROWTIME.
    pub(super) rowtime: Option<String>,
}

/// When rows without a time of their own arrive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) start: Millis,
    pub(super) rate: Rate,
}

impl Job {
    /// What the flags ask for.
    pub(super) fn of(flags: &SqlFlags) -> Result<Self, CliError> {
        let script = flags.app.clone().or_else(|| flags.script.clone()).ok_or("no script")?;
        let (inputs, references) = records(&flags.inputs, &flags.time.rowtime)?;
        if inputs.iter().any(|records| records.origin == Origin::Nothing) {
            return Err("no input: --input FILE, or --input - for standard input".into());
        }
        Self::new(script, inputs, references, &flags.time, flags.seed)
    }

    /// A job of records that are known already.
    pub(super) fn new(
        script: PathBuf,
        inputs: Vec<Records>,
        references: Vec<Records>,
        time: &TimeFlags,
        seed: u64,
    ) -> Result<Self, CliError> {
        let arrival = Arrival { start: time_of("--start", &time.start)?, rate: time.rate };
        let until = time.until.as_ref().map(|text| time_of("--until", text)).transpose()?;
        Ok(Self { script, inputs, references, arrival, until, follow: time.follow, seed })
    }
}

fn time_of(flag: &str, text: &str) -> Result<Millis, CliError> {
    datetime::timestamp(text.as_bytes()).ok_or_else(|| format!("{flag} {text}: not a time like 2000-01-01 00:00:00").into())
}

/// The inputs and reference tables that flags name. Where there is no input, a schema stands for one.
pub(super) fn records(flags: &InputFlags, rowtime: &[Named]) -> Result<(Vec<Records>, Vec<Records>), CliError> {
    let mut inputs = Vec::new();
    for Named { name, value } in &flags.input {
        let name = name.clone().unwrap_or_else(|| flags.input_stream.clone());
        inputs.push(Records {
            rowtime: of_name(rowtime, &name, true),
            schema: of_name(&flags.schema, &name, flags.input.len() == 1).map(PathBuf::from),
            origin: Origin::of(value),
            format: flags.input_format,
            name,
        });
    }
    if flags.input.is_empty() {
        let is_table = |named: &&Named| flags.reference.iter().any(|table| table.name == named.name);
        inputs.extend(flags.schema.iter().filter(|named| !is_table(named)).map(|Named { name, value }| Records {
            name: name.clone().unwrap_or_else(|| flags.input_stream.clone()),
            origin: Origin::Nothing,
            schema: Some(value.into()),
            format: None,
            rowtime: None,
        }));
    }
    let mut references = Vec::new();
    for Named { name, value } in &flags.reference {
        let name = name.clone().ok_or_else(|| format!("--reference {value}: a table needs a name, --reference NAME={value}"))?;
        let schema = of_name(&flags.schema, &name, false).map(PathBuf::from);
        references.push(Records { name, origin: Origin::of(value), schema, format: None, rowtime: None });
    }
    check_names(flags, rowtime, &inputs, &references)?;
    Ok((inputs, references))
}

/// The value that was given for a name, or else, where `shared`, the one without a name.
fn of_name(values: &[Named], name: &str, shared: bool) -> Option<String> {
    let named = values.iter().find(|value| value.name.as_deref() == Some(name));
    named.or_else(|| values.iter().find(|value| shared && value.name.is_none())).map(|value| value.value.clone())
}

/// No name twice, none that is not there, standard input once.
fn check_names(flags: &InputFlags, rowtime: &[Named], inputs: &[Records], references: &[Records]) -> Result<(), CliError> {
    let all: Vec<&Records> = inputs.iter().chain(references).collect();
    for (place, records) in all.iter().enumerate() {
        if all[..place].iter().any(|other| other.name == records.name) {
            return Err(format!("{} is there twice; name the inputs: --input NAME=FILE", records.name).into());
        }
    }
    if all.iter().filter(|records| records.origin.is_standard()).count() > 1 {
        return Err("standard input can be read once only".into());
    }
    for (flag, values) in [("--schema", &flags.schema[..]), ("--rowtime", rowtime)] {
        for value in values {
            match &value.name {
                Some(name) if all.iter().all(|records| records.name != *name) => {
                    return Err(format!("{flag} {name}={}: no input has this name", value.value).into());
                }
                None if flag == "--schema" && flags.input.len() > 1 => {
                    return Err(format!("--schema {0}: of which input? --schema NAME={0}", value.value).into());
                }
                _ => {}
            }
        }
    }
    Ok(())
}
