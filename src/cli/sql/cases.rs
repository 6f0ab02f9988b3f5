//! `millpond sql test`: cases of a folder, each a folder of plain files.
//!
//! A case has `app.sql`, `input.jsonl` (or `.json`, `.csv`) or several as `input/NAME.jsonl`, `expected/STREAM.jsonl` for each stream that is
//! compared, and, where needed, `schema.json` or `schema/NAME.json` (the API's InputSchema), `reference/TABLE.csv`, and `case.toml` with
//! `rowtime`, `rate`, `start`, `until`, `seed`, `input_stream` as the command's flags. Rows are compared in memory.

use super::difference::difference;
use super::flags::{Format, TimeFlags};
use super::job::{Job, Records};
use super::output::{Choice, Target, file_stem};
use super::run::{self, Done, Notes};
use super::source::{Origin, read_text};
use super::{CliError, INPUT_STREAM, Verdict, say};
use serde::Deserialize;
use std::fmt::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct TestFlags {
    /// The folder whose folders are cases, at any depth; or a case
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Only cases whose path contains this
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Write the rows that come out as those expected
    #[arg(long)]
    bless: bool,
}

/// How deep cases may lie in the folder.
const DEPTH_MAX: usize = 8;

/// What `case.toml` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    rowtime: Columns,
    rate: Rows,
    start: String,
    until: Option<String>,
    seed: u64,
    input_stream: String,
}

/// `"t"` for all inputs, or `{ A = "t", B = "u" }`.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Columns {
    #[default]
    None,
    All(String),
    Each(std::collections::BTreeMap<String, String>),
}

/// `100`, or as the flag: `"100/s"`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Rows {
    Number(u32),
    Text(String),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rowtime: Columns::None,
            rate: Rows::Number(1000),
            start: TimeFlags::default().start,
            until: None,
            seed: 0,
            input_stream: INPUT_STREAM.into(),
        }
    }
}

impl Settings {
    fn read(case: &Path) -> Result<Self, CliError> {
        match file(case, "case.toml") {
            Some(path) => Ok(toml::from_str(&read_text(&path)?).map_err(|error| format!("{}: {error}", path.display()))?),
            None => Ok(Self::default()),
        }
    }

    fn time(&self) -> Result<TimeFlags, CliError> {
        let rate = match &self.rate {
            Rows::Number(rows) => rows.to_string(),
            Rows::Text(text) => text.clone(),
        };
        let rate = rate.parse().map_err(|error| format!("case.toml: rate: {error}"))?;
        Ok(TimeFlags { rowtime: Vec::new(), rate, start: self.start.clone(), until: self.until.clone(), follow: false })
    }

    fn rowtime(&self, input: &str) -> Option<String> {
        match &self.rowtime {
            Columns::None => None,
            Columns::All(column) => Some(column.clone()),
            Columns::Each(columns) => columns.get(input).cloned(),
        }
    }
}

/// Runs the cases; bad when one failed.
pub(super) fn test(flags: &TestFlags) -> Result<Verdict, CliError> {
    let mut cases = Vec::new();
    find(&flags.folder, 0, &mut cases)?;
    let name = |case: &Path| match case.strip_prefix(&flags.folder) {
        Ok(inside) if inside != Path::new("") => inside.display().to_string(),
        _ => case.file_name().map_or_else(|| case.display().to_string(), |name| name.to_string_lossy().into_owned()),
    };
    cases.retain(|case| flags.filter.as_ref().is_none_or(|text| name(case).contains(text.as_str())));
    if cases.is_empty() {
        return Err(format!("{}: no cases (folders with app.sql)", flags.folder.display()).into());
    }
    let mut failed = 0;
    for case in &cases {
        let difference = outcome(case, flags.bless).unwrap_or_else(|error| indented(&error.to_string()));
        let word = match (difference.is_empty(), flags.bless) {
            (true, false) => "ok",
            (true, true) => "blessed",
            (false, _) => "FAILED",
        };
        failed += usize::from(!difference.is_empty());
        say(format!("test {} ... {word}\n{difference}", name(case)).trim_end());
    }
    say(&format!("{} passed, {failed} failed", cases.len() - failed));
    Ok(if failed > 0 { Verdict::Bad } else { Verdict::Good })
}

fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |all, line| all + "    " + line + "\n")
}

/// The folders with a script, the folder itself first, by name.
fn find(folder: &Path, depth: usize, cases: &mut Vec<PathBuf>) -> Result<(), CliError> {
    if folder.join("app.sql").is_file() {
        cases.push(folder.to_owned());
        return Ok(());
    }
    for path in entries(folder)? {
        if path.is_dir() && depth < DEPTH_MAX {
            find(&path, depth + 1, cases)?;
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in folder.read_dir().map_err(wrong)? {
        paths.push(entry.map_err(wrong)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// The files of a folder of the case, by the names they stand for; none when there is no such folder.
fn named_files(case: &Path, folder: &str) -> Result<Vec<(String, PathBuf)>, CliError> {
    let folder = case.join(folder);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let named = |path: PathBuf| Some((path.file_stem()?.to_string_lossy().into_owned(), path));
    Ok(entries(&folder)?.into_iter().filter_map(named).collect())
}

fn file(case: &Path, name: &str) -> Option<PathBuf> {
    Some(case.join(name)).filter(|path| path.is_file())
}

/// Runs a case: what differs, empty when nothing does.
fn outcome(case: &Path, bless: bool) -> Result<String, CliError> {
    let expected = named_files(case, "expected")?;
    if expected.is_empty() && !bless {
        return Err("no expected/STREAM.jsonl (--bless writes them)".into());
    }
    let choice = Choice {
        streams: expected.iter().map(|(stream, _)| stream.clone()).collect(),
        all: false,
        format: Format::Json,
        with_rowtime: false,
        target: Target::Memory,
    };
    let done = run::execute(&job(case)?, &choice, Notes::None)?;
    if bless { written(case, &done).map(|()| String::new()) } else { differences(&expected, &done) }
}

fn job(case: &Path) -> Result<Job, CliError> {
    let settings = Settings::read(case)?;
    let schemas = named_files(case, "schema")?;
    let records = |name: String, path: PathBuf, shared: Option<PathBuf>| Records {
        schema: schemas.iter().find(|(of, _)| *of == name).map(|(_, path)| path.clone()).or(shared),
        rowtime: settings.rowtime(&name),
        name,
        origin: Origin::File(path),
        format: None,
    };
    let mut inputs: Vec<Records> = Vec::new();
    let alone = ["input.jsonl", "input.json", "input.csv"].iter().find_map(|name| file(case, name));
    if let Some(path) = alone {
        inputs.push(records(settings.input_stream.clone(), path, file(case, "schema.json")));
    }
    inputs.extend(named_files(case, "input")?.into_iter().map(|(name, path)| records(name, path, None)));
    if inputs.is_empty() {
        return Err("no input.jsonl, input.json or input.csv, and no input/NAME.jsonl".into());
    }
    let references = named_files(case, "reference")?.into_iter().map(|(name, path)| records(name, path, None));
    Job::new(case.join("app.sql"), inputs, references.collect(), &settings.time()?, settings.seed)
}

fn written(case: &Path, done: &Done) -> Result<(), CliError> {
    let folder = case.join("expected");
    std::fs::create_dir_all(&folder)?;
    for output in &done.outputs {
        let path = folder.join(file_stem(&output.name) + ".jsonl");
        std::fs::write(&path, output.kept()).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

fn differences(expected: &[(String, PathBuf)], done: &Done) -> Result<String, CliError> {
    let mut text = String::new();
    for ((_, path), output) in expected.iter().zip(&done.outputs) {
        let lines = difference(&read_text(path)?, &output.kept());
        if !lines.is_empty() {
            let name = path.file_name().unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = write!(text, "    {} (- expected, + came out)\n{lines}", name.display());
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQL: &str = r#"CREATE OR REPLACE STREAM "OUT" ("id" INTEGER);
CREATE OR REPLACE PUMP "P" AS INSERT INTO "OUT" SELECT STREAM "id" FROM "SOURCE_SQL_STREAM_001" WHERE "id" > 1;"#;

    fn test(folder: &Path, bless: bool) -> Result<bool, String> {
        let flags = TestFlags { folder: folder.to_owned(), filter: None, bless };
        super::test(&flags).map(|verdict| matches!(verdict, Verdict::Good)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_case_fails_is_blessed_and_passes() {
        let folder = tempfile::tempdir().unwrap();
        assert!(test(folder.path(), false).unwrap_err().contains("no cases"));
        let case = folder.path().join("filters/ids");
        std::fs::create_dir_all(&case).unwrap();
        std::fs::write(case.join("app.sql"), SQL).unwrap();
        std::fs::write(case.join("input.jsonl"), "{\"id\": 1}\n{\"id\": 2}\n").unwrap();
        assert_eq!(test(folder.path(), false), Ok(false), "nothing is expected");
        assert_eq!(test(folder.path(), true), Ok(true));
        let expected = case.join("expected/OUT.jsonl");
        assert_eq!(std::fs::read_to_string(&expected).unwrap(), "{\"id\":2}\n");
        assert_eq!(test(folder.path(), false), Ok(true));
        std::fs::write(&expected, "{\"id\":3}\n").unwrap();
        assert_eq!(test(folder.path(), false), Ok(false));
        assert_eq!(case.read_dir().unwrap().count(), 3, "nothing else is written into the case");
    }

    #[test]
    fn what_differs_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("app.sql", SQL);
        write("input.csv", "id,name\n1,a\n2,b\n");
        std::fs::create_dir(folder.path().join("expected")).unwrap();
        write("expected/OUT.jsonl", "");
        write("expected/error_stream.jsonl", "");
        assert_eq!(outcome(folder.path(), false).unwrap(), "    OUT.jsonl (- expected, + came out)\n    +    1  {\"id\":2}\n");
        write("case.toml", "rate = 0\n");
        assert_eq!(
            outcome(folder.path(), false).unwrap_err().to_string(),
            "case.toml: rate: a rate is a whole number of rows, at least 1"
        );
        write("case.toml", "speed = 1\n");
        assert!(outcome(folder.path(), false).unwrap_err().to_string().contains("unknown field `speed`"));
    }
}
