//! The examples of the SQL reference, and the syntax.

use super::*;

const LAMB: &str = "Mary_had_a_little_lamb";
const LAMBS: &str = "Mary____had_a_little_lamb";

fn find<'a>(text: &'a str, pattern: &str) -> Option<Vec<&'a str>> {
    FastRegex::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}")).find(text)
}

fn matches(text: &str, pattern: &str) -> bool {
    find(text, pattern).is_some()
}

#[test]
fn published_examples() {
    // Printed as `a_little_lamb`, which leaves nothing for the `_.*` that the page says must be found: docs/decisions.md.
    assert_eq!(find(LAMB, "(.*)_(._.*)_.*"), Some(vec!["Mary_had", "a_little"]));
    assert_eq!(find(LAMB, "(.*)_(._.*)"), Some(vec!["Mary_had", "a_little_lamb"]));
    assert_eq!(find(LAMB, "(.*)_(._.*)_."), None, "without the last asterisk there are no results");
    assert_eq!(find(LAMB, "(.*)_+(._.*)"), None, "no going back");
    assert_eq!(find(LAMBS, "(.*)_+(.*)"), Some(vec!["Mary", "had_a_little_lamb"]));
    assert_eq!(find(LAMBS, "(.*)_+(<Alpha>.*)"), Some(vec!["Mary", "had_a_little_lamb"]));
}

#[test]
fn lines_of_a_log() {
    let pattern = r#"([^ ]*) ([^ ]*) - \[(.*)\] \"(<Upper>+) (.*)\" (<Digit>{3}) (<Digit>+|\-)"#;
    let line = r#"10.0.0.1 é - [24/May/2004:22:01:02 -0700] "GET /a b HTTP/1.1" 304 -"#;
    let fields = ["10.0.0.1", "é", "24/May/2004:22:01:02 -0700", "GET", "/a b HTTP/1.1", "304", "-"];
    assert_eq!(find(line, pattern), Some(fields.to_vec()));
    assert_eq!(find(&line[1..line.len() - 1], pattern), None);
    assert_eq!(find("2004-05 日本 x", "(<Digit>{4})-(..) (.*) (.)"), Some(vec!["2004", "05", "日本", "x"]));
    assert_eq!(find("aab", "(a)+b()"), Some(vec!["aa", ""]));
    assert_eq!(find("", "(.*)"), Some(vec![""]));
}

#[test]
fn the_syntax() {
    for (pattern, yes, no) in [
        ("(ab|c)", "c", "b"),
        ("(@&....)", "abcd", "abc"),
        ("([a-c]+&[^b]*)", "aca", "aba"),
        ("(a?b{2}c{1,2}d{1,})", "bbccdd", "bbcccdd"),
        ("(\"a.b\"\\*)", "a.b*", "axb*"),
        ("([]\\-x-]*)", "]-x", "a"),
        ("(<0-255>)", "0255", "256"),
        ("(<08-12>)", "09", "9"),
        ("(<7-1234>)", "0999", "1235"),
        ("(<Punct><Space><XDigit><Cntrl><Print>)", "/\tf\u{7f}~", "a\tf\u{7f}~"),
        ("(~)", "~", "a"),
    ] {
        assert!(matches(yes, pattern), "{pattern} matches {yes}");
        assert!(!matches(no, pattern), "{pattern} does not match {no}");
    }
    assert!(!matches("", "(#)"));
}

#[test]
fn numbers_between() {
    for (from, to) in [("0", "9"), ("3", "120"), ("17", "94"), ("100", "100"), ("98", "1003")] {
        let regex = FastRegex::new(&format!("(<{from}-{to}>)")).unwrap();
        for number in 0..1100_u32 {
            let inside = (from.parse().unwrap()..=to.parse().unwrap()).contains(&number);
            let text = if from.len() == to.len() { format!("{number:0>width$}", width = to.len()) } else { number.to_string() };
            assert_eq!(regex.find(&text).is_some(), inside, "<{from}-{to}> and {text}");
        }
    }
}

#[test]
fn what_is_wrong_is_said() {
    for (pattern, message) in [
        ("(a", "expected ')'"),
        ("a)", "unexpected ')'"),
        ("*", "nothing before '*'"),
        ("<Letter>", "<Letter> is neither a named pattern nor an interval of numbers"),
        ("a{2,1}", "a count goes from the smaller to the larger number, up to 1000"),
        ("[b-a]", "the range b-a goes backwards"),
        ("\"a", "expected '\"'"),
        ("(a{1000}){1000}", "the pattern is too large"),
        ("(.*a.{20})b*", "the pattern is too large"),
    ] {
        assert_eq!(FastRegex::new(pattern).map(|_| ()).unwrap_err(), message, "{pattern}");
    }
    let deep = format!("{}{}", "(".repeat(101), ")".repeat(101));
    assert!(FastRegex::new(&deep).unwrap_err().contains("100 parentheses"));
}
