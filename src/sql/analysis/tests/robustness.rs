//! No script, however odd, makes the analysis panic, run away or overflow its stack.

use super::{columns, plan, tickers};
use crate::sql::analysis::{Catalog, compile};
use crate::sql::plan::Table;
use proptest::prelude::*;

/// Runs on the stack that a thread of the server has.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

fn in_pump(items: &str) -> String {
    format!("CREATE STREAM d (a DOUBLE); CREATE PUMP p AS INSERT INTO d SELECT STREAM {items} FROM source_sql_stream_001")
}

#[test]
fn what_the_grammar_lets_through_is_never_too_deep() {
    on_a_small_stack(|| {
        let sum = vec!["price"; 330].join(" + ");
        plan(&in_pump(&sum), &tickers());
        plan(&in_pump(&format!("{}price{}", "(1 + ".repeat(45), ")".repeat(45))), &tickers());
        plan(&in_pump(&format!("{}price{}", "ABS(".repeat(90), ")".repeat(90))), &tickers());
        let cases = format!("{}price{}", "CASE WHEN price > 1 THEN ".repeat(45), " ELSE 0 END".repeat(45));
        plan(&in_pump(&cases), &tickers());
        let condition = vec!["price = 1"; 20_000].join(" OR ");
        plan(&format!("{} WHERE {condition}", in_pump("price")), &tickers());
        let derived = format!("{}source_sql_stream_001{}", "(SELECT STREAM price FROM ".repeat(20), ")".repeat(20));
        plan(&format!("CREATE STREAM d (a REAL); CREATE PUMP p AS INSERT INTO d SELECT price FROM {derived}"), &tickers());
    });
}

#[test]
fn operands_that_are_repeated_do_not_multiply_without_end() {
    on_a_small_stack(|| {
        let mut nested = "price".to_owned();
        for _ in 0..30 {
            nested = format!("CASE {nested} WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 3 WHEN 4 THEN 4 ELSE 5 END");
        }
        let errors = compile(&in_pump(&nested), &tickers()).unwrap_err();
        assert!(errors[0].message.contains("parts"), "{}", errors[0]);
        let mut functions = "CREATE FUNCTION f0(x DOUBLE) RETURNS DOUBLE RETURN x + x;".to_owned();
        for n in 1..40 {
            functions += &format!("CREATE FUNCTION f{n}(x DOUBLE) RETURNS DOUBLE RETURN f{}(x) * f{}(x);", n - 1, n - 1);
        }
        let errors = compile(&(functions + &in_pump("f39(1.0)")), &tickers()).unwrap_err();
        assert!(errors[0].message.contains("parts"), "{}", errors[0]);
    });
}

/// Words of queries in any order, names of columns among them.
fn soup() -> impl Strategy<Value = String> {
    let words = "SELECT STREAM DISTINCT * , , price change ticker_symbol sector event_time ROWTIME s.ROWTIME FROM source_sql_stream_001 s t \
                 \"ref\" WHERE GROUP BY HAVING ORDER BY FLOOR( ROWTIME TO MINUTE) STEP( BY INTERVAL '1' SECOND) SUM(price) COUNT(*) AVG(change) OVER w ( \
                 PARTITION RANGE PRECEDING ) WINDOW w AS (ROWS 2 PRECEDING) JOIN ON = < + - * / || AND OR NOT 1 2.5 'x' NULL TRUE CAST( AS INTEGER) AS VARCHAR(4)) \
                 CASE WHEN THEN ELSE END UNION ALL IN ( BETWEEN LIKE IS NULL (SELECT ) a b USING LEFT NATURAL WITHIN WINDOWED BY STAGGER (PARTITION BY price \
                 TABLE(RANDOM_CUT_FOREST(CURSOR( VALUES (1) MONOTONIC( LAG( FIRST_VALUE(price) MAX( COALESCE( NULLIF( EXTRACT(SECOND TRIM( SUBSTRING(";
    let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
    prop::collection::vec(prop::sample::select(words), 0..40).prop_map(|words| words.join(" "))
}

/// Queries that are more or less right: clauses put together.
fn query() -> impl Strategy<Value = String> {
    let pick = |words: &'static [&'static str]| prop::sample::select(words);
    let items = pick(&[
        "*",
        "price",
        "s.ROWTIME, price",
        "SUM(price), sector",
        "COUNT(*) OVER (ROWS 2 PRECEDING), price",
        "event_time AS ROWTIME, price",
        "FLOOR(s.ROWTIME TO MINUTE), SUM(price)",
        "x.*",
        "1",
        "LAG(price) OVER w",
    ]);
    let distinct = pick(&["", "DISTINCT "]);
    let from = pick(&[
        "source_sql_stream_001 s",
        "(SELECT STREAM * FROM source_sql_stream_001) s",
        "source_sql_stream_001 s JOIN source_sql_stream_001 OVER (RANGE INTERVAL '1' MINUTE PRECEDING) x ON s.price = x.price",
        "source_sql_stream_001 s LEFT JOIN \"ref\" x ON x.\"id\" = s.ticker_symbol",
        "\"ref\" x NATURAL JOIN source_sql_stream_001 s",
        "source_sql_stream_001 s, source_sql_stream_001 x",
        "(VALUES (1, 2)) AS s(price, sector)",
        "TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT STREAM * FROM source_sql_stream_001))) s",
    ]);
    let condition = pick(&[
        "",
        " WHERE price > 1",
        " WHERE s.ROWTIME = x.ROWTIME AND x.price = s.price",
        " WHERE sector LIKE 'a%' OR NOT price IN (1, 2)",
    ]);
    let group = pick(&[
        "",
        " GROUP BY sector, FLOOR(s.ROWTIME TO MINUTE)",
        " GROUP BY sector",
        " WINDOWED BY STAGGER (PARTITION BY sector RANGE INTERVAL '1' MINUTE)",
        " GROUP BY STEP(x.ROWTIME BY INTERVAL '10' SECOND) HAVING COUNT(*) > 1",
    ]);
    let window = pick(&["", " WINDOW w AS (PARTITION BY sector RANGE INTERVAL '1' MINUTE PRECEDING)"]);
    let order = pick(&[
        "",
        " ORDER BY s.ROWTIME, price DESC",
        " ORDER BY FLOOR(s.ROWTIME TO MINUTE), 1",
        " ORDER BY event_time WITHIN INTERVAL '1' SECOND",
        " ORDER BY price",
    ]);
    (items, distinct, from, condition, group, window, order).prop_map(
        |(items, distinct, from, condition, group, window, order)| {
            format!("SELECT STREAM {distinct}{items} FROM {from}{condition}{group}{window}{order}")
        },
    )
}

fn with_table() -> Catalog {
    Catalog { tables: vec![Table { name: "ref".to_owned(), columns: columns("id VARCHAR(4), price REAL") }], ..tickers() }
}

proptest! {
    #[test]
    fn no_order_of_words_makes_the_analysis_panic(code in soup()) {
        let script = format!("CREATE STREAM d (a DOUBLE, b VARCHAR(4)); CREATE PUMP p AS INSERT INTO d SELECT STREAM {code}");
        let _ = compile(&script, &with_table()).map(|plan| plan.to_string());
    }

    #[test]
    fn every_query_has_a_plan_or_an_error_with_its_place(query in query(), others in prop::bool::ANY) {
        let query = if others { format!("{query} UNION ALL SELECT * FROM ({query}) AS o") } else { query };
        let script = format!("CREATE STREAM d (a DOUBLE, b VARCHAR(4)); CREATE PUMP p AS INSERT INTO d\n{query}");
        match compile(&script, &with_table()) {
            Ok(plan) => prop_assert!(!plan.to_string().is_empty()),
            Err(errors) => for error in errors {
                prop_assert_eq!(error.span.line, 2, "{}", error);
                prop_assert!(error.span.end_column <= u32::try_from(query.chars().count()).unwrap() + 1, "{}", error);
            }
        }
    }
}
