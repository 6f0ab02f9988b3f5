//! `millpond sql` as its users meet it: a process, files, standard input and output, exit codes.

use crate::support::checkout;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const AVERAGES: &str = r#"CREATE OR REPLACE STREAM "AVERAGES" ("status" VARCHAR(4), "average" DOUBLE);
CREATE OR REPLACE PUMP "P" AS INSERT INTO "AVERAGES"
SELECT STREAM "status", AVG("temperature") FROM "SOURCE_SQL_STREAM_001"
GROUP BY "status", STEP("SOURCE_SQL_STREAM_001".ROWTIME BY INTERVAL '10' SECOND);
"#;

const READINGS: &str = r#"{"sent": "2017-04-05T12:00:01Z", "status": "OK", "temperature": 20.5}
{"sent": "2017-04-05T12:00:04Z", "status": "OK", "temperature": 21.5}
{"sent": "2017-04-05T12:00:12Z", "status": "FAIL", "temperature": 90.0}
"#;

struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            std::fs::write(folder.0.path().join(name), text).unwrap();
        }
        folder
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_millpond"));
        command.arg("sql").args(line.split_whitespace()).current_dir(self.0.path());
        command
    }

    /// The exit code, standard output and standard error.
    fn run(&self, line: &str) -> (i32, String, String) {
        read(&self.command(line).stdin(Stdio::null()).output().unwrap())
    }

    /// Standard output of a run that goes well.
    fn rows(&self, line: &str) -> String {
        let (code, out, err) = self.run(line);
        assert_eq!(code, 0, "{line}: {err}");
        out
    }

    fn piped(&self, line: &str, input: &str) -> (i32, String, String) {
        let mut command = self.command(line);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        read(&child.wait_with_output().unwrap())
    }
}

fn read(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_schema_is_discovered_shown_and_printed() {
    let folder = Folder::new(&[("app.sql", AVERAGES), ("in.jsonl", READINGS)]);
    let (code, rows, said) = folder.run("app.sql --input in.jsonl --rowtime sent");
    assert_eq!((code, rows.as_str()), (0, "{\"status\":\"OK\",\"average\":21.0}\n{\"status\":\"FAIL\",\"average\":90.0}\n"));
    let schema = r#"SOURCE_SQL_STREAM_001 ("sent" VARCHAR(64), "status" VARCHAR(4), "temperature" DOUBLE)"#;
    assert_eq!(said, format!("millpond: discovered in in.jsonl: {schema}\n"));
    let printed = folder.rows("schema in.jsonl");
    assert!(printed.contains(r#""RecordRowPath": "$""#), "{printed}");
    std::fs::write(folder.0.path().join("schema.json"), printed).unwrap();
    assert_eq!(folder.run("app.sql --input in.jsonl --rowtime sent --schema schema.json"), (0, rows, String::new()));
}

#[test]
fn records_come_as_lines_arrays_csv_and_from_standard_input() {
    let array = format!("[\n{}]\n", READINGS.trim_end().replace('\n', ",\n").replace(", \"", ",\n  \""));
    let csv =
        "sent,status,temperature\n2017-04-05 12:00:01,OK,20.5\n2017-04-05 12:00:04,OK,21.5\n2017-04-05 12:00:12,FAIL,90.0\n";
    let tabs = csv.replace(',', "\t");
    let folder = Folder::new(&[
        ("app.sql", AVERAGES),
        ("in.jsonl", READINGS),
        ("array.json", &array),
        ("in.csv", csv),
        ("in.tsv", &tabs),
        ("csv", csv),
    ]);
    let expected = folder.rows("app.sql --input in.jsonl --rowtime sent --quiet");
    for input in ["array.json", "in.csv", "in.tsv", "csv", "csv --input-format csv"] {
        assert_eq!(folder.rows(&format!("app.sql --input {input} --rowtime sent --quiet")), expected, "{input}");
    }
    for text in [READINGS, &array, csv, &format!("\u{feff}{csv}"), &format!("\u{feff}{READINGS}")] {
        assert_eq!(folder.piped("app.sql --input - --rowtime sent --quiet", text), (0, expected.clone(), String::new()));
    }
}

/// RFC 4180; far more than one block of the reader.
#[test]
fn fields_in_quotes_may_hold_line_breaks() {
    let mut csv = "id,\"the\nnote\"\r\n".to_owned();
    let note = |id: usize| format!("{}\nsecond, line of {id}\r\n\"\"quoted\"\"", "x".repeat(id % 97));
    for id in 0..5_000 {
        csv += &format!("{id},\"{}\"\r\n", note(id));
    }
    let script = "CREATE OR REPLACE STREAM \"O\" (\"id\" INTEGER, \"note\" VARCHAR(200));
        CREATE OR REPLACE PUMP \"P\" AS INSERT INTO \"O\" SELECT STREAM * FROM \"SOURCE_SQL_STREAM_001\";";
    let folder = Folder::new(&[("notes.csv", &csv), ("notes.sql", script), ("open.csv", "id,note\n1,a\n2,\"b\n3,c\n")]);
    let rows: Vec<serde_json::Value> =
        folder.rows("-q notes.sql --input notes.csv").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 5_000);
    for (id, row) in rows.iter().enumerate() {
        assert_eq!((row["id"].as_u64(), row["note"].as_str()), (Some(id as u64), Some(&*note(id).replace("\"\"", "\""))));
    }
    let (code, _, err) = folder.run("-q notes.sql --input open.csv");
    assert!(code != 0 && err.contains("open.csv: line 3: a field of the row that begins here opens a quote"), "{code} {err}");
}

#[test]
fn rows_are_written_as_json_csv_and_tables() {
    let folder = Folder::new(&[("app.sql", AVERAGES), ("in.jsonl", READINGS)]);
    let run = |more: &str| folder.rows(&format!("app.sql --input in.jsonl --rowtime sent --quiet {more}"));
    assert_eq!(run("--format csv"), "status,average\nOK,21.0\nFAIL,90.0\n");
    assert_eq!(
        run("--format table"),
        "ROWTIME                  status  average\n-----------------------  ------  -------\n\
         2017-04-05 12:00:10.000  OK         21.0\n2017-04-05 12:00:20.000  FAIL       90.0\n"
    );
    assert!(run("--with-rowtime").starts_with("{\"ROWTIME\":\"2017-04-05 12:00:10.000\",\"status\":\"OK\""));
    run("--all --output out --format csv");
    let written = |name: &str| std::fs::read_to_string(folder.0.path().join("out").join(name)).unwrap();
    assert_eq!(written("AVERAGES.csv"), "status,average\nOK,21.0\nFAIL,90.0\n");
    assert_eq!(written("error_stream.csv").lines().count(), 1);
    let (code, _, said) = folder.run("app.sql --input in.jsonl --all --format csv");
    assert!(code == 2 && said.contains("several streams as CSV need --output FOLDER"), "{code} {said}");
    assert!(run("--stream AVERAGES --stream error_stream").starts_with("{\"AVERAGES\":{\"status\":\"OK\""));
}

#[test]
fn the_clock_stops_where_it_is_told() {
    let folder = Folder::new(&[("app.sql", AVERAGES), ("in.jsonl", READINGS)]);
    let run = |more: &str| folder.rows(&format!("app.sql --input in.jsonl --quiet {more}"));
    let ok = "{\"status\":\"OK\",\"average\":21.0}\n";
    assert_eq!(run("--rowtime sent --until 2017-04-05T12:00:09Z"), "");
    assert_eq!(run("--rowtime sent --until 2017-04-05T12:00:10Z"), ok);
    assert_eq!(run("--rowtime sent --until 2017-04-05T12:00:19Z"), ok);
    assert_eq!(
        run("--rate 6/m --start 2017-04-05T12:00:00Z"),
        "{\"status\":\"OK\",\"average\":20.5}\n".to_owned()
            + "{\"status\":\"OK\",\"average\":21.5}\n"
            + "{\"status\":\"FAIL\",\"average\":90.0}\n"
    );
}

#[test]
fn inputs_are_merged_and_joined_with_reference_tables() {
    let sql = r#"CREATE OR REPLACE STREAM "OUT" ("kind" VARCHAR(8), "id" INTEGER, "name" VARCHAR(16), "at" TIMESTAMP);
        CREATE OR REPLACE PUMP "A" AS INSERT INTO "OUT" SELECT STREAM 'order', o."id", p."name", o.APPROXIMATE_ARRIVAL_TIME
        FROM "ORDERS_001" AS o LEFT JOIN "PRODUCTS" AS p ON o."id" = p."id";
        CREATE OR REPLACE PUMP "B" AS INSERT INTO "OUT" SELECT STREAM 'ship', s."id", CAST(NULL AS VARCHAR(16)), s.ROWTIME FROM "SHIPS_001" AS s;"#;
    let folder = Folder::new(&[
        ("app.sql", sql),
        ("orders.jsonl", "{\"t\":1,\"id\":7}\n{\"t\":4,\"id\":8}\n{\"t\":4,\"id\":9}\n{\"t\":9,\"id\":7}\n"),
        ("ships.csv", "t,id\n2,7\n4,8\n5,9\n"),
        ("products.csv", "id,name\n7,seven\n9,nine\n"),
    ]);
    let line = "app.sql --input ORDERS_001=orders.jsonl --input SHIPS_001=ships.csv --reference PRODUCTS=products.csv --rowtime t --format csv";
    let expected = "kind,id,name,at\norder,7,seven,1970-01-01 00:00:01.000\nship,7,null,1970-01-01 00:00:02.000\n\
        order,8,null,1970-01-01 00:00:04.000\norder,9,nine,1970-01-01 00:00:04.000\nship,8,null,1970-01-01 00:00:04.000\n\
        ship,9,null,1970-01-01 00:00:05.000\norder,7,seven,1970-01-01 00:00:09.000\n";
    assert_eq!(folder.rows(line), expected);
    assert_eq!(folder.rows(&line.replace("--rowtime t", "--rowtime ORDERS_001=t --rowtime SHIPS_001=t")), expected);
    let (code, out, _) =
        folder.run(&line.replace("--format csv", "").replacen("app.sql", "check app.sql", 1).replace("--rowtime t", ""));
    assert!(code == 0 && out.contains("input  SHIPS_001 (\"t\" INTEGER, \"id\" INTEGER)"), "{out}");
}

#[test]
fn exit_codes_are_those_of_test_runners() {
    let wrong = AVERAGES.replace("AVG(\"temperature\")", "AVG(\"temprature\")");
    let folder = Folder::new(&[
        ("app.sql", AVERAGES),
        ("wrong.sql", &wrong),
        ("in.jsonl", READINGS),
        ("bad.jsonl", "{\"status\": \"OK\", \"temperature\": 1.5}\nx\n"),
    ]);
    for (line, code) in [
        ("app.sql --input in.jsonl", 0),
        ("app.sql --input in.jsonl --strict", 0),
        ("check app.sql --input in.jsonl", 0),
        ("schema in.jsonl", 0),
        ("--help", 0),
        ("wrong.sql --input in.jsonl", 1),
        ("check wrong.sql --input in.jsonl", 1),
        ("app.sql --input missing.jsonl", 2),
        ("missing.sql --input in.jsonl", 2),
        ("app.sql", 2),
        ("app.sql --schema app.sql", 2),
        ("app.sql --input in.jsonl --rate 0", 2),
        ("app.sql --input in.jsonl --nonsense", 2),
        ("check app.sql --schema app.sql", 2),
        ("test .", 1),
        ("test nowhere", 2),
        ("test . --filter none", 2),
        ("schema app.sql", 2),
    ] {
        let (exit, out, err) = folder.run(line);
        assert_eq!(exit, code, "{line}: {out}{err}");
    }
    let (code, _, said) = folder.run("wrong.sql --input in.jsonl --quiet");
    assert_eq!(code, 1);
    assert!(said.contains("wrong.sql:3:29: ") && said.contains("\n3 | SELECT STREAM \"status\", AVG(\"temprature\")"), "{said}");
    assert!(said.contains(&format!("\n  | {}^^^^^^^^^^^^\n", " ".repeat(28))), "{said}");
    let (code, _, said) = folder.run("app.sql --input bad.jsonl --strict");
    assert!(code == 1 && said.contains("error rows: 1 ("), "{said}");
}

#[test]
fn the_examples_pass_and_are_the_same_each_time() {
    let examples = checkout().join("tests/sql/examples");
    let folder = Folder::new(&[]);
    let line = format!("test {}", examples.display());
    let (code, out, _) = folder.run(&line);
    assert_eq!(code, 0, "{out}");
    assert_eq!(folder.run(&line).1, out);
    assert!(out.ends_with(" passed, 0 failed\n") && out.contains("test anomalies ... ok\n"), "{out}");
    let run = |seed: u32| {
        let case = examples.join("anomalies");
        folder.rows(&format!("{0}/app.sql --input {0}/input.jsonl --quiet --seed {seed}", case.display()))
    };
    assert_eq!(run(1), run(1));
    assert!(run(1) != run(2), "another seed, other scores");
}

#[test]
fn what_is_followed_comes_out_at_once() {
    let sql = r#"CREATE STREAM "OUT" ("id" INTEGER); CREATE PUMP "P" AS INSERT INTO "OUT" SELECT STREAM "id" FROM "SOURCE_SQL_STREAM_001";"#;
    let folder = Folder::new(&[("app.sql", sql), ("in.jsonl", "{\"id\":1}\n")]);
    assert_eq!(
        folder.piped("app.sql --input - --follow --quiet", "{\"id\":1}\n{\"id\":2}\n"),
        (0, "{\"id\":1}\n{\"id\":2}\n".into(), String::new())
    );
    let mut child =
        folder.command("app.sql --input in.jsonl --follow --quiet --output out").stdin(Stdio::null()).spawn().unwrap();
    let written = folder.0.path().join("out/OUT.jsonl");
    let wait_for = |text: &str| {
        for _ in 0..300 {
            if std::fs::read_to_string(&written).is_ok_and(|rows| rows == text) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{text:?} was not written");
    };
    wait_for("{\"id\":1}\n");
    let mut file = std::fs::OpenOptions::new().append(true).open(folder.0.path().join("in.jsonl")).unwrap();
    file.write_all(b"{\"id\"").unwrap();
    file.write_all(b":2}\n").unwrap();
    wait_for("{\"id\":1}\n{\"id\":2}\n");
    assert!(child.try_wait().unwrap().is_none(), "it goes on");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn windows_close_by_the_clock_when_followed() {
    let sql = AVERAGES.replace("'10'", "'1'");
    let folder = Folder::new(&[("app.sql", &sql)]);
    let mut command = folder.command("app.sql --input - --follow --quiet");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(READINGS.as_bytes()).unwrap();
    let mut first = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut first).unwrap();
    assert!(first.starts_with("{\"status\":\"OK\""), "{first}");
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn progress_is_told_when_asked_for_and_a_reader_may_go_away() {
    let folder = Folder::new(&[("app.sql", AVERAGES), ("in.jsonl", &READINGS.repeat(60_000))]);
    let (code, _, said) = folder.run("app.sql --input in.jsonl --progress");
    assert_eq!(code, 0);
    assert!(said.lines().any(|line| line.contains(" % ") && line.contains(" rows/s  2000-01-01 00:0")), "{said}");
    let mut command = folder.command("app.sql --input in.jsonl --quiet --stream SOURCE_SQL_STREAM_001");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let (code, _, said) = read(&child.wait_with_output().unwrap());
    assert_eq!((code, said.as_str()), (0, ""));
}
