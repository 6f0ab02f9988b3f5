//! `millpond sql test`: cases of a folder, each a folder of plain files.
//!
//! A case has `app.sql`, `input.jsonl` (or `input.csv`), `expected/STREAM.jsonl` for each stream that is compared, and, where needed,
//! `schema.json` (the API's InputSchema) and `case.toml` with `rowtime`, `rate`, `start`, `seed`, `input_stream` as the command's flags.

use super::{CliError, INPUT_STREAM, SqlFlags, run, say};
use serde::Deserialize;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// How many differing lines of a stream are shown.
const DIFFERENCES_SHOWN_MAX: usize = 20;
/// The folder in a case that the rows are written to, beside those expected.
const ACTUAL: &str = ".actual";

#[derive(Debug, clap::Args)]
pub(super) struct TestFlags {
    /// The folder whose folders are cases; or a case
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Only cases whose name contains this
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Write the rows that come out as those expected
    #[arg(long)]
    bless: bool,
}

/// What `case.toml` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    rowtime: Option<String>,
    rate: u32,
    start: String,
    seed: u64,
    input_stream: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { rowtime: None, rate: 1000, start: "2000-01-01 00:00:00".into(), seed: 0, input_stream: INPUT_STREAM.into() }
    }
}

/// Runs the cases; an error when one failed or there is none.
pub(super) fn test(flags: &TestFlags) -> Result<(), CliError> {
    let chosen: Vec<PathBuf> = find(&flags.folder)?
        .into_iter()
        .filter(|case| flags.filter.as_ref().is_none_or(|text| name(case).contains(text.as_str())))
        .collect();
    if chosen.is_empty() {
        return Err(format!("{}: no cases (folders with app.sql)", flags.folder.display()).into());
    }
    let mut failed = 0;
    for case in &chosen {
        let difference = outcome(case, flags.bless).unwrap_or_else(|error| format!("    {error}\n"));
        let word = if difference.is_empty() { "ok" } else { "FAILED" };
        failed += usize::from(!difference.is_empty());
        say(format!("test {} ... {word}\n{difference}", name(case)).trim_end());
    }
    say(&format!("{} passed, {failed} failed", chosen.len() - failed));
    if failed > 0 { Err(format!("{failed} of {} cases failed", chosen.len()).into()) } else { Ok(()) }
}

fn name(case: &Path) -> String {
    case.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The folder itself or the folders in it that have a script, by name.
fn find(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    if folder.join("app.sql").is_file() {
        return Ok(vec![folder.to_owned()]);
    }
    let mut cases = entries(folder)?;
    cases.retain(|path| path.join("app.sql").is_file());
    Ok(cases)
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

/// Runs a case: what differs, empty when nothing does.
fn outcome(case: &Path, bless: bool) -> Result<String, CliError> {
    let expected = case.join("expected");
    let files = if expected.is_dir() { entries(&expected)? } else { Vec::new() };
    if files.is_empty() && !bless {
        return Err("no expected/STREAM.jsonl (--bless writes them)".into());
    }
    let streams = files.iter().filter_map(|file| Some(file.file_stem()?.to_string_lossy().into_owned())).collect();
    let output = if bless { expected } else { case.join(ACTUAL) };
    let ran = run::execute(&case_flags(case, streams, &output)?).map(|_| ());
    let compared = if bless { ran.map(|()| String::new()) } else { ran.and_then(|()| differences(&files, &output)) };
    if !bless && output.is_dir() {
        std::fs::remove_dir_all(&output)?;
    }
    compared
}

fn case_flags(case: &Path, stream: Vec<String>, output: &Path) -> Result<SqlFlags, CliError> {
    let file = |name: &str| Some(case.join(name)).filter(|path| path.is_file());
    let settings: Settings = match file("case.toml") {
        Some(path) => toml::from_str(&run::read_text(&path)?).map_err(|error| format!("{}: {error}", path.display()))?,
        None => Settings::default(),
    };
    if settings.rate == 0 {
        return Err("case.toml: rate is at least 1".into());
    }
    Ok(SqlFlags {
        command: None,
        app: Some(case.join("app.sql")),
        script: None,
        input: Some(file("input.csv").unwrap_or_else(|| case.join("input.jsonl"))),
        schema: file("schema.json"),
        input_stream: settings.input_stream,
        rowtime: settings.rowtime,
        rate: settings.rate,
        start: settings.start,
        output: output.display().to_string(),
        stream,
        seed: settings.seed,
        quiet: true,
    })
}

fn differences(files: &[PathBuf], output: &Path) -> Result<String, CliError> {
    let mut text = String::new();
    for file in files {
        let name = file.file_name().unwrap_or_default();
        let (expected, actual) = (run::read_text(file)?, run::read_text(&output.join(name))?);
        let lines = difference(&expected, &actual);
        if !lines.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(text, "    {} (- expected, + came out)\n{lines}", name.display());
        }
    }
    Ok(text)
}

/// The lines that differ, after those equal at the start and before those equal at the end; empty when all are equal.
fn difference(expected: &str, actual: &str) -> String {
    let (mut old, mut new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    old.drain(..same);
    new.drain(..same);
    while old.last().is_some_and(|line| new.last() == Some(line)) {
        old.pop();
        new.pop();
    }
    let mut text = String::new();
    for (mark, lines) in [('-', old), ('+', new)] {
        for (number, line) in lines.iter().enumerate().take(DIFFERENCES_SHOWN_MAX) {
            let _ = writeln!(text, "    {mark} {:>4}  {line}", same + number + 1);
        }
        if lines.len() > DIFFERENCES_SHOWN_MAX {
            let _ = writeln!(text, "    {mark} and {} more", lines.len() - DIFFERENCES_SHOWN_MAX);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQL: &str = r#"CREATE OR REPLACE STREAM "OUT" ("id" INTEGER);
CREATE OR REPLACE PUMP "P" AS INSERT INTO "OUT" SELECT STREAM "id" FROM "SOURCE_SQL_STREAM_001" WHERE "id" > 1;"#;

    fn test(folder: &Path, bless: bool) -> Result<(), String> {
        super::test(&TestFlags { folder: folder.to_owned(), filter: None, bless }).map_err(|error| error.to_string())
    }

    #[test]
    fn a_case_fails_is_blessed_and_passes() {
        let folder = tempfile::tempdir().unwrap();
        assert!(test(folder.path(), false).unwrap_err().contains("no cases"));
        let case = folder.path().join("filter");
        std::fs::create_dir(&case).unwrap();
        std::fs::write(case.join("app.sql"), SQL).unwrap();
        std::fs::write(case.join("input.jsonl"), "{\"id\": 1}\n{\"id\": 2}\n").unwrap();
        assert_eq!(test(folder.path(), false).unwrap_err(), "1 of 1 cases failed");
        test(folder.path(), true).unwrap();
        let expected = case.join("expected/OUT.jsonl");
        assert_eq!(std::fs::read_to_string(&expected).unwrap(), "{\"id\":2}\n");
        test(folder.path(), false).unwrap();
        std::fs::write(&expected, "{\"id\":3}\n").unwrap();
        assert_eq!(test(folder.path(), false).unwrap_err(), "1 of 1 cases failed");
        assert!(!case.join(ACTUAL).exists());
    }

    #[test]
    fn what_differs_is_shown_with_its_line() {
        assert_eq!(difference("a\nb\nc\n", "a\nx\nc\n"), "    -    2  b\n    +    2  x\n");
        assert_eq!(difference("a\n", "a\n"), "");
        assert_eq!(difference("a\n", ""), "    -    1  a\n");
    }
}
