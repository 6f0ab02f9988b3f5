//! The command, on small files.

use super::*;
use clap::Parser;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    flags: SqlFlags,
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(script: &str, input: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("app.sql"), script).unwrap();
        std::fs::write(folder.path().join("in.jsonl"), input).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn run(&self, more: &[&str]) -> Result<(), String> {
        let (app, input, output) = (self.path("app.sql"), self.path("in.jsonl"), self.path("out"));
        let line = ["sql", &app, "--input", &input, "--output", &output, "--quiet"].into_iter().chain(more.iter().copied());
        let verdict = run::run(&Line::try_parse_from(line).unwrap().flags).map_err(|error| error.to_string())?;
        if matches!(verdict, Verdict::Bad) { Err("rejected".into()) } else { Ok(()) }
    }

    fn read(&self, stream: &str) -> String {
        std::fs::read_to_string(self.path(&format!("out/{stream}.jsonl"))).unwrap()
    }
}

const FILTER: &str = r#"CREATE OR REPLACE STREAM "OUT" ("id" INTEGER, "at" TIMESTAMP);
CREATE OR REPLACE PUMP "P" AS INSERT INTO "OUT" SELECT STREAM "id", s.ROWTIME FROM "SOURCE_SQL_STREAM_001" AS s WHERE "id" > 1;"#;

#[test]
fn a_filter_over_a_file() {
    let folder = Folder::new(FILTER, "{\"id\": 1}\n{\"id\": 2}\nnonsense\n{\"id\": 3}");
    folder.run(&["--rate", "2", "--start", "2017-04-05 12:00:00", "--stream", "OUT,error_stream"]).unwrap();
    assert_eq!(
        folder.read("OUT"),
        "{\"id\":2,\"at\":\"2017-04-05 12:00:00.500\"}\n{\"id\":3,\"at\":\"2017-04-05 12:00:01.000\"}\n"
    );
    assert!(folder.read("error_stream").contains("\"ERROR_NAME\":\"Coercion error\""));
}

#[test]
fn rowtime_from_a_column_with_a_schema() {
    let folder = Folder::new(FILTER, "{\"id\":2,\"t\":\"1970-01-01T00:00:05Z\"}\n{\"id\":3,\"t\":\"1970-01-01T00:00:04Z\"}\n");
    let schema = r#"{"RecordFormat": {"RecordFormatType": "JSON", "MappingParameters": {"JSONMappingParameters": {"RecordRowPath": "$"}}},
        "RecordColumns": [{"Name": "id", "SqlType": "INTEGER", "Mapping": "$.id"}, {"Name": "t", "SqlType": "TIMESTAMP", "Mapping": "$.t"}]}"#;
    std::fs::write(folder.path("schema.json"), schema).unwrap();
    folder.run(&["--schema", &folder.path("schema.json"), "--rowtime", "t"]).unwrap();
    assert_eq!(
        folder.read("OUT"),
        "{\"id\":2,\"at\":\"1970-01-01 00:00:05.000\"}\n{\"id\":3,\"at\":\"1970-01-01 00:00:05.000\"}\n"
    );
    assert!(folder.run(&["--rowtime", "u"]).unwrap_err().contains("no such column"));
}

#[test]
fn errors_are_shown_in_their_place() {
    let folder = Folder::new(
        "CREATE STREAM S (A INTEGER);\nCREATE PUMP P AS INSERT INTO S SELECT STREAM FOO FROM SOURCE_SQL_STREAM_001;",
        "{\"id\": 1}\n",
    );
    let text = folder.run(&[]).unwrap_err();
    assert!(text.contains("app.sql:2:46: ") && text.contains(&format!("\n  | {}^^^", " ".repeat(45))), "{text}");
    assert!(Folder::new(FILTER, "").run(&[]).unwrap_err().contains("no schema"));
    assert_eq!(Folder::new(FILTER, "{\"id\": 1}\nx").run(&["--strict"]), Err("rejected".into()));
}

#[test]
fn names_stand_before_values() {
    let named = |text: &str| text.parse::<flags::Named>().unwrap();
    assert_eq!(named("A_001=in.jsonl").name.as_deref(), Some("A_001"));
    assert_eq!(named("A_001=a=b").value, "a=b");
    for plain in ["in.jsonl", "-", "./a=b.jsonl", "=x"] {
        assert_eq!((named(plain).name, named(plain).value.as_str()), (None, plain));
    }
}

#[test]
fn inputs_have_names_of_their_own() {
    let folder = Folder::new(FILTER, "{\"id\": 1}\n");
    let again = folder.path("in.jsonl");
    for (more, text) in [
        (["--input", again.as_str()], "SOURCE_SQL_STREAM_001 is there twice"),
        (["--reference", "products.csv"], "a table needs a name"),
        (["--rowtime", "X=t"], "no input has this name"),
        (["--until", "soon"], "not a time like"),
        (["--stream", "NONE"], "the script has no such stream; it has SOURCE_SQL_STREAM_001, OUT"),
        (["--input", "B=missing.jsonl"], "missing.jsonl: "),
    ] {
        let error = folder.run(&more).unwrap_err();
        assert!(error.contains(text), "{more:?}: {error}");
    }
}
