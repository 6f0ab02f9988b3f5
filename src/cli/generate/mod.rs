//! `millpond generate`: records from a template, printed or sent to a stream or a delivery stream.
//!
//! One thread makes records on schedule and packs them into batches; a bounded queue of batches feeds the connections, which send, and send again
//! what was not taken. So memory is bounded, and a slow endpoint shows as lag.

mod batch;
mod client;
mod delivery;
mod printer;
mod producer;
mod progress;
mod schedule;
mod send;
mod signals;
mod statistics;
mod target;
mod time;

use super::{CliError, say};
use crate::base::clock::Clock;
use crate::config::AwsFlags;
use crate::generate::periods::Periods;
use crate::generate::{Chance, Context, Finding, Template, functions};
use jiff::tz::TimeZone;
use producer::Producer;
use schedule::{Pace, Schedule};
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;
use target::Target;

/// Records a second when a stream is the target and nothing else is said: what the generator's page begins with.
const DEFAULT_RATE: f64 = 100.0;
/// The largest template file that is read.
const TEMPLATE_FILE_BYTES_MAX: u64 = 2 << 20;
/// The partition key when none is given: a number below 10^10, as the generator's page has it.
const DEFAULT_PARTITION_KEY: &str = r#"{{random.number({"max":9999999999})}}"#;

const EXAMPLES: &str = r#"Examples:
  Three records, printed:
    millpond generate '{"id": {{random.uuid}}, "at": "{{date.utc}}"}' --count 3
  The template of a file, 1000 records a second to a stream of a server on this machine, for five minutes:
    millpond generate --template sensors.template --to workshop-stream --rate 1000 --duration 5m
  To a delivery stream of AWS, as profile work:
    millpond generate --template sensors.template --to firehose:logs --endpoint aws --profile work --rate 50
  The same file every time, with times of its own:
    millpond generate --template sensors.template --seed 7 --start 2026-01-01T00:00:00Z --rate 10 --count 100000 > readings.jsonl
  A day with its rush hours, made as fast as possible:
    millpond generate --template t --periods week.toml --smooth --start 2026-01-05 --end 2026-01-06 --to clicks
  What may be written in a template:
    millpond generate --functions

The template language is that of the Kinesis Data Generator: docs/generate.md."#;

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct GenerateFlags {
    /// The template itself
    #[arg(value_name = "TEMPLATE", required_unless_present_any = ["template", "functions"], conflicts_with = "template")]
    inline: Option<String>,
    /// The file of the template; - reads standard input
    #[arg(long, short, value_name = "FILE|-")]
    template: Option<PathBuf>,
    /// Where to: - prints, NAME or stream:NAME is a stream, firehose:NAME a delivery stream; an ARN is either
    #[arg(long, value_name = "TARGET", default_value = "-")]
    to: Target,
    /// Records a second, or max [default: max when printing, else 100]
    #[arg(long, value_name = "RECORDS|max", conflicts_with = "periods", value_parser = time::rate)]
    rate: Option<f64>,
    /// A table of rates by hour and day: the page's own (JSON from its local storage), or TOML (docs/generate.md)
    #[arg(long, value_name = "FILE")]
    periods: Option<PathBuf>,
    /// Let rates pass from one hour's to the next one's in a line
    #[arg(long, requires = "periods")]
    smooth: bool,
    /// Stop after so many records
    #[arg(long, value_name = "RECORDS")]
    count: Option<u64>,
    /// Stop after so long, such as 30s, 5m, 2h
    #[arg(long, value_name = "TIME", value_parser = time::duration)]
    duration: Option<Duration>,
    /// Simulate time from here on: records are made as fast as possible, and dates tell the simulated time
    #[arg(long, value_name = "TIME")]
    start: Option<String>,
    /// Stop at this simulated time
    #[arg(long, value_name = "TIME", requires = "start")]
    end: Option<String>,
    /// The time zone of date.now, periods, and times without offset, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    zone: String,
    /// Where chance starts: the same seed makes the same records (dates too, with --start) [default: any]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// A template for partition keys [default: a random number]
    #[arg(long, value_name = "TEMPLATE", default_value = DEFAULT_PARTITION_KEY, hide_default_value = true)]
    partition_key: String,
    /// Compress each record with gzip, as the page's "Compress Records"
    #[arg(long)]
    gzip: bool,
    /// Put no line feed behind a record
    #[arg(long)]
    no_newline: bool,
    #[command(flatten)]
    aws: AwsFlags,
    /// How many requests are under way at once
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=256))]
    connections: u32,
    /// The most records of a request
    #[arg(long, value_name = "RECORDS", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=500))]
    batch: u32,
    /// How often records that were not taken are sent again before they count as failed
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    retries: u32,
    /// Check the template, tell what the generator's page would refuse, and make nothing
    #[arg(long)]
    check: bool,
    /// List the functions of templates
    #[arg(long, conflicts_with_all = ["inline", "template"])]
    functions: bool,
    /// Show neither progress nor summary
    #[arg(long, short)]
    quiet: bool,
}

/// Makes the records, or checks the template, or lists the functions.
pub(super) fn run(flags: &GenerateFlags) -> Result<(), CliError> {
    if flags.functions {
        say(&list());
        return Ok(());
    }
    let (name, text) = source(flags)?;
    let template = compile(&name, &text)?;
    compile("--partition-key", &flags.partition_key)?;
    if flags.check {
        say(&checked(&name, &template));
        return Ok(());
    }
    match &flags.to {
        Target::Print => printer::run(flags, producer(flags, template)?),
        Target::Stream { .. } | Target::DeliveryStream { .. } => send::run(flags, producer(flags, template)?),
    }
}

/// The template's name in messages, and its text.
fn source(flags: &GenerateFlags) -> Result<(String, String), CliError> {
    let Some(path) = &flags.template else {
        return Ok(("template".into(), flags.inline.clone().unwrap_or_default()));
    };
    let mut text = String::new();
    if path.as_os_str() == "-" {
        std::io::stdin().take(TEMPLATE_FILE_BYTES_MAX).read_to_string(&mut text)?;
        return Ok(("standard input".into(), text));
    }
    let name = path.display().to_string();
    let file = std::fs::File::open(path).map_err(|error| format!("{name}: {error}"))?;
    file.take(TEMPLATE_FILE_BYTES_MAX).read_to_string(&mut text).map_err(|error| format!("{name}: {error}"))?;
    Ok((name, text))
}

fn compile(name: &str, text: &str) -> Result<Template, CliError> {
    Template::compile(text).map_err(|wrong| lines(name, "the template has errors", &wrong).into())
}

/// A headline, and a line for each finding.
fn lines(name: &str, headline: &str, findings: &[Finding]) -> String {
    findings.iter().fold(headline.to_owned(), |text, Finding { line, column, message }| {
        text + &format!("\n{name}:{line}:{column}: {message}")
    })
}

fn checked(name: &str, template: &Template) -> String {
    match template.notes() {
        [] => format!("{name}: valid"),
        notes => lines(name, &format!("{name}: valid, but the Kinesis Data Generator would refuse it"), notes),
    }
}

/// The functions, one a line.
fn list() -> String {
    let line = |function: &functions::Function| match function.argument {
        "" => function.name.to_owned(),
        argument => format!("{:<32} {argument}", function.name),
    };
    functions::all().map(line).collect::<Vec<_>>().join("\n")
}

/// What makes the records: template, chance, schedule.
fn producer(flags: &GenerateFlags, template: Template) -> Result<Producer, CliError> {
    let zone = TimeZone::get(&flags.zone).map_err(|_| format!("--zone {}: there is no such time zone", flags.zone))?;
    let clock = Clock::real();
    let schedule = schedule(flags, &zone, clock.clone())?;
    let seed = flags.seed.unwrap_or_else(Chance::any_seed);
    let context = Context::new(seed, schedule.start_ms(), zone);
    Ok(Producer { template, context, schedule, gzip: flags.gzip, newline: !(flags.no_newline || flags.gzip) })
}

fn schedule(flags: &GenerateFlags, zone: &TimeZone, clock: Clock) -> Result<Schedule, CliError> {
    let time = |flag: &str, text: &Option<String>| match text {
        Some(text) => {
            time::instant(text, zone).map(Some).ok_or_else(|| format!("{flag} {text}: no time; such as 2026-01-01T00:00:00Z"))
        }
        None => Ok(None),
    };
    let (start, end) = (time("--start", &flags.start)?, time("--end", &flags.end)?);
    let pace = match (&flags.periods, flags.rate) {
        (Some(path), _) => {
            let name = path.display();
            let text = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
            Pace::Periods(Periods::read(&text, flags.smooth).map_err(|error| format!("{name}: {error}"))?)
        }
        (None, Some(rate)) if rate.is_finite() => Pace::Constant(rate),
        (None, None) if start.is_some() || !matches!(flags.to, Target::Print) => Pace::Constant(DEFAULT_RATE),
        (None, _) => Pace::Max,
    };
    if matches!(pace, Pace::Max) && start.is_some() {
        return Err("--start needs a rate: how many records there are in a simulated second".into());
    }
    let span = match (start, end) {
        (Some(start), Some(end)) if end <= start => return Err("--end is behind --start".into()),
        (Some(start), Some(end)) => Some(Duration::from_millis(end.abs_diff(start))),
        _ => None,
    };
    let span = [span, flags.duration].into_iter().flatten().min();
    Ok(Schedule::new(pace, start, span, flags.count, zone.clone(), clock))
}

#[cfg(test)]
mod tests;
