use super::expressions::{FORMS, assert_spans_are_exact};
use crate::sql::syntax::{ExprKind, parse, parse_expression};
use proptest::prelude::*;

/// Runs on the stack that a thread of the server has.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

#[test]
fn chains_of_any_length_stay_flat_or_are_refused() {
    on_a_small_stack(|| {
        let chain = |operator: &str| vec!["a = 1"; 200_000].join(operator);
        let Ok(expr) = parse_expression(&chain(" AND ")) else { panic!("AND is a list") };
        assert!(matches!(&expr.clone().kind, ExprKind::And(terms) if terms.len() == 200_000));
        assert!(parse_expression(&chain(" OR ")).is_ok());
        let refused = parse_expression(&vec!["a"; 200_000].join("+")).unwrap_err();
        assert!(refused.message.contains("400 levels"), "{refused}");
        let longest = parse_expression(&vec!["a"; 300].join("+")).unwrap();
        assert_eq!(longest.clone(), longest);
        let unions = format!("CREATE PUMP p AS INSERT INTO s {}", vec!["SELECT a FROM t"; 20_000].join(" UNION ALL "));
        assert!(parse(&unions).is_ok());
    });
}

#[test]
fn deep_nesting_is_refused() {
    on_a_small_stack(|| {
        for (open, close) in [
            ("(", ")"),
            ("- ", ""),
            ("NOT ", ""),
            ("f(", ")"),
            ("1+(", ")"),
            ("a OR a AND a = a + a * (", ")"),
            ("CASE WHEN ", " THEN 1 END"),
            ("a BETWEEN 1 AND ", ""),
            ("a IN (", ")"),
            ("CAST(", " AS INTEGER)"),
            ("(SELECT ", ")"),
        ] {
            let code = open.repeat(50_000) + "1" + &close.repeat(50_000);
            let error = parse_expression(&code).unwrap_err();
            assert!(error.message.contains("levels"), "{open}: {error}");
        }
        let code = "(".repeat(90) + "1" + &")".repeat(90);
        assert!(parse_expression(&code).is_ok());
        let tables =
            format!("CREATE PUMP p AS INSERT INTO s SELECT * FROM {}t{}", "(SELECT * FROM ".repeat(5000), ")".repeat(5000));
        assert_eq!(parse(&tables).unwrap_err().len(), 1);
        let joins = format!("CREATE PUMP p AS INSERT INTO s SELECT * FROM t {}", "JOIN t ON TRUE ".repeat(5000));
        assert_eq!(parse(&joins).unwrap_err().len(), 1);
    });
}

/// Words and symbols of the grammar in any order.
fn token_soup() -> impl Strategy<Value = String> {
    let words = "CREATE OR REPLACE STREAM PUMP AS INSERT INTO SELECT DISTINCT FROM WHERE GROUP BY WINDOWED STAGGER ( ( ) ) , , . ; * + - / || = <> \
                 a b \"c\" 1 2.5 'x' u&'y' X'00' OVER PARTITION RANGE ROWS INTERVAL SECOND TO MINUTE PRECEDING CASE WHEN THEN END CAST INTEGER TABLE \
                 CURSOR JOIN LEFT ON USING FLOOR STEP TRIM SUBSTRING EXTRACT POSITION IN NOT AND BETWEEN LIKE IS NULL ROWTIME UNION ALL VALUES ORDER \
                 WITHIN WINDOW HAVING AVG COUNT { } -- // /* */ ' \" DATE TIMESTAMP FUNCTION RETURN RETURNS";
    let words: Vec<&str> = words.split(' ').collect();
    prop::collection::vec(prop::sample::select(words), 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(code in any::<String>()) {
        let _ = parse(&code);
        let _ = parse_expression(&code);
    }

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_order_of_tokens_makes_the_parser_panic(code in token_soup()) {
        let _ = parse(&code);
        let _ = parse_expression(&code);
        let _ = parse(&format!("CREATE PUMP p AS INSERT INTO s SELECT {code}"));
    }

    #[test]
    fn places_are_exact_however_expressions_are_put_together(
        forms in prop::collection::vec(prop::sample::select(FORMS), 1..6),
        shape in prop::collection::vec(0..8u8, 6),
    ) {
        let mut code = forms[0].to_owned();
        for (form, shape) in forms[1..].iter().zip(shape) {
            code = match shape {
                0 => format!("({code}) + ({form})"),
                1 => format!("({form})\n  || ({code})"),
                2 => format!("CASE WHEN {code} THEN {form} END"),
                3 => format!("f({code},\r\n\t{form})"),
                4 => format!("{code} AND {form}"),
                5 => format!("NOT ({code})\nOR /* é */ {form}"),
                6 => format!("({code}) IN ({form}, 1)"),
                _ => format!("'日本' || ({code}) = ({form})"),
            };
        }
        let code = code.replace('\r', "");
        let expr = parse_expression(&code).map_err(|error| TestCaseError::fail(format!("{code}: {error}")))?;
        assert_spans_are_exact(&code, &expr);
    }
}
