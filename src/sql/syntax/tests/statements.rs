use super::text_at;
use crate::sql::syntax::{Grouping, Over, QueryBody, Script, SelectItem, StatementKind, TableKind, parse};

fn read(code: &str) -> Script {
    parse(code).unwrap_or_else(|errors| panic!("{code}: {errors:?}"))
}

/// The SELECT of a pump.
fn select(code: &str) -> crate::sql::syntax::Select {
    let script = read(&format!("CREATE PUMP p AS INSERT INTO s {code}"));
    let StatementKind::CreatePump(pump) = &script.statements[0].kind else { panic!("a pump") };
    match &pump.query.body {
        QueryBody::Select(select) => (**select).clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn empty_scripts_and_statements_are_fine() {
    for code in ["", "  ", ";;", "-- nothing\n", "/* nothing */ ;"] {
        assert!(read(code).statements.is_empty());
    }
}

#[test]
fn statements_have_their_places() {
    let code = "-- one\nCREATE OR REPLACE STREAM s (a INTEGER NOT NULL, \"b\" VARCHAR(4));\n\nDROP PUMP p ; ALTER PUMP q STOP";
    let texts: Vec<_> = read(code).statements.iter().map(|statement| text_at(code, statement.span)).collect();
    assert_eq!(texts, ["CREATE OR REPLACE STREAM s (a INTEGER NOT NULL, \"b\" VARCHAR(4))", "DROP PUMP p", "ALTER PUMP q STOP"]);
}

#[test]
fn stream_is_never_taken_for_a_column() {
    for items in ["\"a\", b", "*", "(a+1)", "-a", "'x'", "DISTINCT a", "s.*", "COUNT(*)", "CASE WHEN a THEN b END"] {
        let select = select(&format!("SELECT STREAM {items} FROM s"));
        assert!(select.stream, "{items}");
        let named_stream =
            select.items.iter().any(|item| matches!(item, SelectItem::Expr(_, Some(alias)) if alias.name == "STREAM"));
        assert!(!named_stream && select.distinct == items.starts_with("DISTINCT"), "{items}");
    }
}

#[test]
fn windowed_by_is_no_alias() {
    let select = select("SELECT a FROM s WINDOWED BY STAGGER (PARTITION BY a, b RANGE INTERVAL '1' MINUTE) HAVING COUNT(*) > 1");
    assert!(matches!(&select.grouping, Some(Grouping::Stagger { partition, .. }) if partition.len() == 2));
    assert!(select.from[0].alias.is_none() && select.having.is_some());
}

#[test]
fn joins_take_windows_named_and_inline() {
    let code = "SELECT STREAM a.x FROM s OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS a LEFT OUTER JOIN t OVER w b ON a.x = b.x, \
                (SELECT * FROM u) d NATURAL JOIN v WINDOW w AS (ROWS 3 PRECEDING)";
    let select = select(code);
    let TableKind::Join(join) = &select.from[0].kind else { panic!("a join") };
    assert!(matches!(join.left.over, Some(Over::Spec(_))) && matches!(join.right.over, Some(Over::Name(_))));
    assert_eq!((select.from.len(), select.windows.len()), (2, 1));
}

#[test]
fn table_functions_take_a_cursor_and_arguments_with_comments_between() {
    let code = "SELECT STREAM * FROM TABLE (TOP_K_ITEMS_TUMBLING(\n CURSOR(SELECT STREAM * FROM \"S\"), -- the rows\n 'column1', // name\n 10, 60)) AS t";
    let select = select(code);
    let TableKind::Function(call) = &select.from[0].kind else { panic!("a function") };
    assert_eq!((call.name.name.as_str(), call.args.len()), ("TOP_K_ITEMS_TUMBLING", 3));
    assert_eq!(select.from[0].alias.as_ref().unwrap().name, "T");
}

#[test]
fn functions_take_their_clauses_in_any_order() {
    let script = read(
        "CREATE OR REPLACE FUNCTION FLOOR30MIN(p_time TIMESTAMP) RETURNS TIMESTAMP CONTAINS SQL RETURNS NULL ON NULL INPUT LANGUAGE SQL \
         RETURN floor(p_time to HOUR) + ((EXTRACT(MINUTE FROM p_time)/30) * INTERVAL '30' MINUTE)",
    );
    let StatementKind::CreateFunction(function) = &script.statements[0].kind else { panic!("a function") };
    assert!(function.replace && function.null_on_null_input && function.parameters.len() == 1);
}

#[test]
fn pumps_take_column_lists_and_queries_in_parentheses() {
    let script = read(
        "CREATE PUMP p STOPPED AS INSERT INTO s (ROWTIME, \"b\") (SELECT a AS ROWTIME, b FROM t) UNION ALL VALUES (1, 2), (3, 4)",
    );
    let StatementKind::CreatePump(pump) = &script.statements[0].kind else { panic!("a pump") };
    assert!(pump.stopped);
    assert_eq!(pump.columns.as_ref().unwrap().len(), 2);
    assert!(matches!(pump.query.body, QueryBody::SetOperation(..)));
}

/// Published statements whose functions the engine may not have yet: the grammar reads them (D16, D25, D31–D33, D37, S40, S45, S46).
#[test]
fn published_statements_are_read() {
    for query in [
        "SELECT STREAM * FROM TABLE (TOP_K_ITEMS_TUMBLING(CURSOR(SELECT STREAM * FROM \"S\"), 'column1', 10, 60))",
        "SELECT STREAM NUMBER_OF_DISTINCT_ITEMS FROM TABLE(COUNT_DISTINCT_ITEMS_TUMBLING(CURSOR(SELECT STREAM * FROM s), 'c', 60))",
        "SELECT \"x\", \"y\", \"is_hot\", HOTSPOTS_RESULT FROM TABLE(HOTSPOTS(CURSOR(SELECT \"x\", \"y\", \"is_hot\" FROM \"S\"), 1000, 0.2, 17))",
        "SELECT STREAM T.LOGENTRY, T.REC.COLUMN1 FROM (SELECT STREAM LOGENTRY, REGEX_LOG_PARSE(LOGENTRY, '(\\w.+) (\\d.+)') AS REC FROM s) AS T",
        "SELECT STREAM t.\"r\".\"COL_1\" FROM (SELECT STREAM VARIABLE_COLUMN_LOG_PARSE(l, 'A TYPE VARCHAR(16)', ',') AS \"r\" FROM s) AS t",
        "SELECT STREAM l.r.COLUMN1 FROM (SELECT STREAM W3C_LOG_PARSE(\"log\", 'COMMON') FROM s) AS l(r)",
        "SELECT STREAM \"groupRank\" FROM TABLE(GROUP_RANK(CURSOR(SELECT STREAM a FROM s), 'a', 'groupRank', 'desc', 'asc', 5, 0))",
    ] {
        select(query);
    }
}
