use super::text_at;
use crate::sql::syntax::{Expr, ExprKind, Literal, parse_expression};

fn parse(code: &str) -> Expr {
    parse_expression(code).unwrap_or_else(|error| panic!("{code}: {error}"))
}

/// The expressions directly inside one.
fn children(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Column(_) | ExprKind::Literal(_) | ExprKind::Interval { .. } | ExprKind::Subquery(_) => Vec::new(),
        ExprKind::Sign(_, a)
        | ExprKind::Not(a)
        | ExprKind::Cast(a, _)
        | ExprKind::RoundTo(_, a, _)
        | ExprKind::Extract(_, a)
        | ExprKind::Qualified(a, _)
        | ExprKind::Is { operand: a, .. } => vec![a],
        ExprKind::Binary(_, a, b) | ExprKind::Distinct(a, b, _) | ExprKind::Step(a, b) => vec![a, b],
        ExprKind::And(list)
        | ExprKind::Or(list)
        | ExprKind::Special(_, list)
        | ExprKind::Row(list)
        | ExprKind::Temporal(list, _) => list.iter().collect(),
        ExprKind::Between { operand, low, high, .. } => vec![operand, low, high],
        ExprKind::In(a, list, _) => std::iter::once(&**a).chain(list).collect(),
        ExprKind::Match { operand, pattern, escape, .. } => {
            [Some(operand), Some(pattern), escape.as_ref()].into_iter().flatten().map(|a| &**a).collect()
        }
        ExprKind::Case { operand, branches, otherwise } => {
            let ends = [operand, otherwise].into_iter().flatten().map(|a| &**a);
            branches.iter().flat_map(|(when, then)| [when, then]).chain(ends).collect()
        }
        ExprKind::Call(call) => call.args.iter().collect(),
    }
}

/// The text of every node reads as the same node.
pub(super) fn assert_spans_are_exact(code: &str, expr: &Expr) {
    let text = text_at(code, expr.span);
    let again = parse_expression(&text).unwrap_or_else(|error| panic!("`{text}` of `{code}`: {error}"));
    assert_eq!(&again, expr, "`{text}` of `{code}`");
    for child in children(expr) {
        assert_spans_are_exact(code, child);
    }
}

/// One of every form of spec 4.1 to 4.5.
pub(super) const FORMS: &[&str] = &[
    "1",
    "0.5",
    "1e2",
    "-1.5E-6",
    "'can''t'",
    "u&'can''t\\0009' ",
    "u&'!0009!!' uescape '!'",
    "X'3F67a23A'",
    "TRUE",
    "unknown",
    "NULL",
    "DATE '2004-12-02'",
    "TIME '12:03:34'",
    "TIMESTAMP '1970-01-01 00:00:00'",
    "{ts '1970-01-01 00:00:00'}",
    "INTERVAL '10' SECOND",
    "INTERVAL -'5' DAY(3)",
    "INTERVAL '1:02' MINUTE TO SECOND(2)",
    "INTERVAL '5.1' SECOND(5, 3)",
    "price",
    "\"price\"",
    "s.ROWTIME",
    "s.\"ROWTIME\"",
    "t.rec.column1",
    "source_sql_stream_001.approximate_arrival_time",
    "CURRENT_TIMESTAMP",
    "CURRENT_ROW_TIMESTAMP",
    "-a + +b * c / d - e || f",
    "(a + b) * c",
    "a = 1 AND b <> 2 AND c != 3 OR NOT d < 4 OR e >= 5",
    "a BETWEEN 1 AND 2 AND b NOT BETWEEN SYMMETRIC 3 AND 4 + 1",
    "a IN (1, 2, 3) OR b NOT IN ('x')",
    "a IS NULL AND b IS NOT NULL AND c IS NOT TRUE AND d IS UNKNOWN",
    "a IS DISTINCT FROM b AND a IS NOT DISTINCT FROM b + 1",
    "a LIKE 'a\\_' ESCAPE '\\' OR a NOT LIKE 'x%'",
    "a SIMILAR TO 'x+' OR a NOT SIMILAR TO 'y' ESCAPE '!'",
    "CASE a WHEN 1 THEN 'x' WHEN 2 THEN 'y' ELSE 'z' END",
    "CASE WHEN a > 1 THEN 'x' END",
    "CAST(a AS DECIMAL(16,2))",
    "CAST(a + 1 AS DOUBLE PRECISION)",
    "CAST('x' AS CHARACTER VARYING(3))",
    "CAST('x' AS INTERVAL DAY TO SECOND)",
    "FLOOR(a)",
    "CEILING(a TO HOUR)",
    "FLOOR (\"S\".ROWTIME TO SECOND)",
    "FLOOR((S.ROWTIME - TIMESTAMP '1970-01-01 00:00:00') SECOND / 10 TO SECOND)",
    "FLOOR((a - b) SECOND TO SECOND)",
    "STEP(s.ROWTIME BY INTERVAL '10' SECOND)",
    "STEP(a BY 10)",
    "EXTRACT(SECOND FROM a)",
    "SUBSTRING(a FROM 2 FOR 3)",
    "SUBSTRING(a, 2, 3)",
    "SUBSTRING('TECHNOLOGY' FROM 'L[A-Z]*')",
    "SUBSTRING(a SIMILAR 'x#\"y#\"z' ESCAPE '#')",
    "SUBSTRING(\"referrer\", 12, (POSITION('.com' IN \"referrer\") - POSITION('www.' IN \"referrer\") - 4))",
    "TRIM(a)",
    "TRIM(BOTH ' ' FROM a)",
    "TRIM(LEADING FROM a)",
    "TRIM('x' FROM a)",
    "OVERLAY('12345' PLACING 'foo' FROM -2 FOR 9)",
    "(TIME '12:03:34' - TIME '11:57:23') MINUTE TO SECOND",
    "CAST((ts - TIMESTAMP '1970-01-01 00:00:00') SECOND(10,3) * 1000 AS BIGINT)",
    "COUNT(*)",
    "COUNT(*) OVER w",
    "AVG(DISTINCT a)",
    "SUM(a + b) OVER (PARTITION BY c, STEP(d BY 5) RANGE INTERVAL '1' MINUTE PRECEDING)",
    "MAX(a) OVER (ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)",
    "LAG(price, 1, 0) IGNORE NULLS OVER (PARTITION BY a ROWS 1 PRECEDING)",
    "NTH_VALUE(a, 2) FROM LAST RESPECT NULLS OVER (w ROWS UNBOUNDED PRECEDING)",
    "EXP_AVG(a, INTERVAL '10' SECOND) OVER w",
    "(a, b) OVERLAPS (c, d)",
    "PERIOD (a, b) IMMEDIATELY PRECEDES (c, d) STRICTLY CONTAINS (e, f)",
    "REGEX_REPLACE(a, '([0-9])', 'x', 1, 0)",
    "my_function()",
];

#[test]
fn every_form_is_read_with_exact_places() {
    for code in FORMS {
        assert_spans_are_exact(code, &parse(code));
        let spread = format!("( {}\n)", code.trim_end());
        assert_spans_are_exact(&spread, &parse(&spread));
    }
}

#[test]
fn operators_bind_as_they_should() {
    for (written, means) in [
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("NOT a = b AND c", "(NOT (a = b)) AND c"),
        ("a OR b AND c OR d", "a OR (b AND c) OR d"),
        ("a = b IS TRUE", "(a = b) IS TRUE"),
        ("a + 1 > b || c", "(a + 1) > (b || c)"),
        ("a BETWEEN 1 AND 2 OR b", "(a BETWEEN 1 AND 2) OR b"),
        ("-a * b", "(-a) * b"),
        ("a IN (1) = b", "(a IN (1)) = b"),
        ("CASE WHEN a THEN b END + 1", "(CASE WHEN a THEN b END) + 1"),
    ] {
        assert_eq!(parse(written), parse(means), "{written}");
    }
    assert_ne!(parse("(a AND b) AND c"), parse("a AND b AND c"), "parentheses stay");
}

#[test]
fn unicode_escapes_are_decoded() {
    let text = |code| match parse(code).kind {
        ExprKind::Literal(Literal::Text(text)) => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(text("u&'\\0009x\\\\'"), "\tx\\");
    assert_eq!(text("u&'!0009!!' uescape '!'"), "\t!");
    assert!(parse_expression("u&'\\00'").is_err());
}
