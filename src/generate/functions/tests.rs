//! The shape of what each function writes.

use super::*;
use jiff::tz::TimeZone;
use regex::Regex;

/// What a call wrote, a hundred times.
fn draw(call: &str, argument: &str) -> Vec<String> {
    let (module, method) = call.split_once('.').unwrap();
    let call = find(module, method).unwrap().call(&Argument::read(argument)).unwrap_or_else(|wrong| panic!("{call}: {wrong}"));
    let mut context = Context::new(7, 1_491_393_600_000, TimeZone::UTC);
    let write = |_| {
        let mut out = String::new();
        call(&mut context, &mut out);
        out
    };
    (0..100).map(write).collect()
}

fn wrong(call: &str, argument: &str) -> String {
    let (module, method) = call.split_once('.').unwrap();
    find(module, method).unwrap().call(&Argument::read(argument)).err().unwrap_or_else(|| panic!("{call}({argument})"))
}

/// Function, argument, what all of the text must match.
const SHAPES: &str = include_str!("../../../tests/generate/shapes.tsv");

#[test]
fn every_function_writes_what_faker_does() {
    for line in SHAPES.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [call, argument, shape] = fields[..] else { panic!("{line}") };
        let expected = Regex::new(&format!("(?s)^(?:{shape})$")).unwrap();
        for text in draw(call, argument) {
            assert!(expected.is_match(&text), "{call}({argument}) wrote {text:?}, not {shape}");
        }
    }
}

#[test]
fn every_function_has_a_shape_here() {
    let missing: Vec<&str> =
        all().map(|f| f.name).filter(|name| !SHAPES.lines().any(|line| line.starts_with(&format!("{name}\t")))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn choices_are_all_made() {
    let seen = |call, argument| draw(call, argument).into_iter().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(seen("random.number", "3").len(), 4);
    assert_eq!(seen("random.boolean", "").len(), 2);
    assert_eq!(seen("random.arrayElement", r#"["a",1,null]"#).into_iter().collect::<Vec<_>>(), ["1", "a", "null"]);
    assert_eq!(seen("random.objectElement", r#"{"a":1,"b":2}"#).into_iter().collect::<Vec<_>>(), ["1", "2"]);
    assert!(seen("name.firstName", "").len() > 30);
    assert!(seen("internet.userAgent", "").len() > 30);
    assert!(seen("company.companyName", "").len() > 90);
}

#[test]
fn weights_weigh() {
    let drawn = draw("random.weightedArrayElement", r#"{"weights":[0.9,0.1,0],"data":["often","rarely","never"]}"#);
    let count = |text: &str| drawn.iter().filter(|drawn| *drawn == text).count();
    assert!(count("often") > 75 && count("rarely") > 2 && count("never") == 0, "{} {}", count("often"), count("rarely"));
    // What a rounding to hundredths leaves over is the last element's; faker prints undefined.
    let drawn = draw("random.weightedArrayElement", r#"{"weights":[0.001,0.001],"data":["a","b"]}"#);
    assert!(drawn.iter().all(|text| text == "b"));
}

#[test]
fn arguments_that_make_no_sense_are_told() {
    let cases = [
        ("random.number", "1,2", "{\"min\""),
        ("random.number", "true", "an upper bound"),
        ("random.number", r#"{"max":"150"}"#, "quotes"),
        ("random.number", r#"{"precision":0}"#, "precision"),
        ("random.arrayElement", "[]", "empty"),
        ("random.arrayElement", "7", "array"),
        ("random.weightedArrayElement", r#"{"weights":[1]}"#, "data"),
        ("random.weightedArrayElement", r#"{"weights":["1"],"data":["a"]}"#, "number"),
        ("random.objectElement", "7", "object"),
        ("lorem.words", "1000000000", "more than"),
        ("commerce.price", r#"{"min":1}"#, "no number"),
        ("address.nearbyGPSCoordinate", "", "object"),
        ("date.between", "2026-01-01", "from"),
        ("date.between", r#"{"from":"x","to":"2026-01-01"}"#, "no date"),
        ("company.companyName", "9", "0 to 2"),
        ("internet.password", "1e9", "more than"),
        ("phone.phoneNumberFormat", "99", "formats"),
    ];
    for (call, argument, part) in cases {
        assert!(wrong(call, argument).contains(part), "{call}({argument}): {}", wrong(call, argument));
    }
}

#[test]
fn dates_lie_where_they_should() {
    let day = |text: &String| text[4..15].to_owned();
    assert!(draw("date.past", "").iter().all(|text| text.contains(" 2016 ") || text.contains(" 2017 ")));
    assert!(draw("date.future", "1").iter().all(|text| text.contains(" 2017 ") || text.contains(" 2018 ")));
    assert!(draw("date.recent", "").iter().map(day).all(|day| day == "Apr 04 2017" || day == "Apr 05 2017"));
    let between = draw("date.between", r#"{"from":"2020-02-01","to":"2020-02-28"}"#);
    assert!(between.iter().all(|text| text.contains("Feb") && text.contains(" 2020 ")));
}

#[test]
fn a_function_is_found_by_its_whole_name() {
    assert!(find("random", "number").is_some());
    assert!(find("random", "numbe").is_none() && find("", "").is_none());
    let names: std::collections::BTreeSet<&str> = all().map(|function| function.name).collect();
    assert_eq!(names.len(), all().count(), "no name twice");
}

/// The page's table of functions: in the first column the name.
#[test]
fn the_page_lists_every_function() {
    let page = include_str!("../../../docs/generate.md");
    let named: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).filter(|name| name.contains('.')).collect();
    let (mut named, mut known): (Vec<&str>, Vec<&str>) = (named, all().map(|function| function.name).collect());
    named.sort_unstable();
    known.sort_unstable();
    assert_eq!(named, known);
}
