//! A program that is saved and restored in the middle gives what it would have given.

use super::{Block, Cell, Millis, Program, SnapshotMismatch, compiled, show};
use proptest::prelude::*;

/// One pump of each operator.
const CODE: &str = "
CREATE STREAM SORTED (k INTEGER, v INTEGER);
CREATE PUMP A AS INSERT INTO SORTED (ROWTIME, k, v) SELECT STREAM s.T AS ROWTIME, s.K, s.V FROM S AS s ORDER BY s.T WITHIN INTERVAL '1' SECOND;
CREATE STREAM UNIQUES (k INTEGER, t TIMESTAMP);
CREATE PUMP B AS INSERT INTO UNIQUES SELECT STREAM DISTINCT K, FLOOR(S.ROWTIME TO SECOND) FROM S;
CREATE STREAM GROUPED (k INTEGER, n BIGINT, s BIGINT, mn INTEGER, sd DOUBLE, f DOUBLE);
CREATE PUMP C AS INSERT INTO GROUPED SELECT STREAM k, COUNT(*), SUM(v), MIN(v), STDDEV_POP(v), AVG(CAST(v AS DOUBLE)) FROM SORTED GROUP BY k, STEP(SORTED.ROWTIME BY INTERVAL '1' SECOND);
CREATE STREAM SLIDING (k INTEGER, s BIGINT, mn INTEGER, mx INTEGER, a DOUBLE, l INTEGER, e DOUBLE, u BIGINT);
CREATE PUMP D AS INSERT INTO SLIDING SELECT STREAM K, SUM(V) OVER W, MIN(V) OVER W, MAX(V) OVER W, AVG(CAST(V AS DOUBLE)) OVER W, LAG(V, 1) IGNORE NULLS OVER R, EXP_AVG(V, INTERVAL '1' SECOND) OVER W,
  COUNT(*) OVER U FROM S
  WINDOW W AS (PARTITION BY K RANGE INTERVAL '1' SECOND PRECEDING), R AS (ROWS 3 PRECEDING), U AS (PARTITION BY K ROWS UNBOUNDED PRECEDING);
CREATE STREAM STAGGERED (k INTEGER, n BIGINT, f INTEGER);
CREATE PUMP E AS INSERT INTO STAGGERED SELECT STREAM K, COUNT(*), FIRST_VALUE(V) FROM S WINDOWED BY STAGGER (PARTITION BY K RANGE INTERVAL '1' SECOND);
CREATE STREAM ORDERED (k INTEGER, v INTEGER);
CREATE PUMP F AS INSERT INTO ORDERED SELECT STREAM K, V FROM S ORDER BY FLOOR(S.ROWTIME TO SECOND), V;
CREATE STREAM JOINED (k INTEGER, v INTEGER, w INTEGER);
CREATE PUMP G AS INSERT INTO JOINED SELECT STREAM a.K, a.V, b.V FROM S OVER (RANGE INTERVAL '1' SECOND PRECEDING) AS a LEFT JOIN S AS b ON a.K = b.K AND a.V < b.V;
CREATE STREAM SCORED (k INTEGER, score DOUBLE);
CREATE PUMP H AS INSERT INTO SCORED SELECT STREAM K, ANOMALY_SCORE FROM TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT STREAM K, V FROM S), 5, 10, 100, 2));
CREATE PUMP I AS INSERT INTO ORDERED SELECT STREAM k, CAST(n AS INTEGER) FROM GROUPED;
";

type Row = (Millis, i64, Option<i64>);

fn program() -> (crate::sql::plan::Plan, super::Options) {
    compiled(CODE, &[("S", "T TIMESTAMP, K INTEGER, V INTEGER")], &[])
}

fn drain(program: &mut Program, out: &mut Vec<String>) {
    for stream in 0..program.plan().streams.len() {
        let rows = program.drain(stream);
        let declared = program.plan().streams[stream].clone();
        out.extend(rows.rows().map(|(rowtime, cells)| format!("{}: {}", declared.name, show(rowtime, cells, &declared.columns))));
    }
    out.extend(program.drain_errors().iter().map(|error| format!("{error:?}")));
}

fn run(rows: &[Row], save_at: Option<usize>) -> Vec<String> {
    let (plan, options) = program();
    let mut program = Program::new(plan.clone(), options.clone());
    let mut out = Vec::new();
    for (number, (time, key, value)) in rows.iter().enumerate() {
        if save_at == Some(number) {
            let snapshot = program.snapshot();
            program = Program::restore(plan.clone(), options.clone(), &snapshot).unwrap();
            assert_eq!(program.snapshot(), snapshot);
        }
        let mut block = Block::new(3);
        let event = time - key * 400;
        block.push(*time, [Cell::Int(event), Cell::Int(*key), value.map_or(Cell::Null, Cell::Int)]);
        program.push(0, &block, *time);
        drain(&mut program, &mut out);
    }
    program.finish();
    drain(&mut program, &mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn goes_on_where_it_was(mut rows in proptest::collection::vec((0i64..5_000, 0i64..4, proptest::option::of(-9i64..9)), 2..50), save_at in 0usize..50) {
        rows.sort_by_key(|row| row.0);
        let save_at = save_at % rows.len();
        prop_assert_eq!(run(&rows, Some(save_at)), run(&rows, None));
    }
}

#[test]
fn another_program_and_damage_are_refused() {
    let (plan, options) = program();
    let snapshot = Program::new(plan.clone(), options.clone()).snapshot();
    let (other, other_options) = compiled("CREATE STREAM O (a INTEGER);", &[("S", "T TIMESTAMP, K INTEGER, V INTEGER")], &[]);
    assert_eq!(Program::restore(other, other_options, &snapshot).unwrap_err(), SnapshotMismatch::OtherProgram);
    let mut newer = snapshot.clone();
    newer[0] = 99;
    assert_eq!(Program::restore(plan.clone(), options.clone(), &newer).unwrap_err(), SnapshotMismatch::Version(99));
    for length in 0..snapshot.len() {
        assert_eq!(
            Program::restore(plan.clone(), options.clone(), &snapshot[..length]).unwrap_err(),
            SnapshotMismatch::Damaged,
            "{length}"
        );
    }
}
