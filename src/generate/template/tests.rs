//! The quirks of the generator's template language.

use super::*;
use jiff::tz::TimeZone;

fn context(seed: u64) -> Context {
    Context::new(seed, 1_491_393_600_000, TimeZone::UTC)
}

fn try_render(template: &str) -> Result<String, RenderError> {
    let mut out = String::from("before|");
    Template::compile(template).unwrap_or_else(|wrong| panic!("{wrong:?}")).render(&mut context(1), &mut out)?;
    Ok(out.strip_prefix("before|").unwrap().to_owned())
}

fn render(template: &str) -> String {
    try_render(template).unwrap()
}

#[test]
fn line_ends_go_and_blanks_stay() {
    assert_eq!(render("\n {\n  \"a\": {{random.number(\n  {\"min\": 7,\r\n \"max\": 7}\n)}}\n}\n "), "{  \"a\": 7}");
    assert_eq!(render("text alone"), "text alone");
    assert_eq!(render(""), "");
    assert_eq!(render("{{open and }"), "{{open and }");
}

#[test]
fn a_seed_repeats_its_records() {
    let template =
        Template::compile("{{random.uuid}} {{name.findName}} {{lorem.text}} {{internet.email}} {{date.past}}").unwrap();
    let records = |seed| {
        let (mut context, mut out) = (context(seed), String::new());
        (0..50).for_each(|_| template.render(&mut context, &mut out).unwrap());
        out
    };
    assert_eq!(records(5), records(5));
    assert_ne!(records(5), records(6));
}

#[test]
fn the_readings_of_the_workshop() {
    let template = Template::compile(include_str!("../../../tests/generate/workshop.template")).unwrap();
    assert_eq!(template.notes(), []);
    let (mut context, mut anomalies) = (context(1), 0);
    for _ in 0..1000 {
        let mut record = String::new();
        template.render(&mut context, &mut record).unwrap();
        let reading: serde_json::Value = serde_json::from_str(&record).unwrap();
        assert!(reading["sensorId"].as_u64().unwrap() <= 20);
        assert_eq!(reading["eventTimeStamp"], "2017-04-05T12:00:00Z");
        anomalies += u32::from(reading["currentTemperature"].as_u64().unwrap() > 150);
        assert!(["OK", "WARN", "FAIL "].contains(&reading["status"].as_str().unwrap()));
    }
    assert!((5..60).contains(&anomalies), "{anomalies}");
}

#[test]
fn values_that_hold_calls_are_looked_at_again() {
    assert_eq!(render(r#"a{{random.arrayElement(["\u007b\u007brandom.number\u00280\u0029\u007d\u007d"])}}b"#), "a0b");
    // One brace of the text, one of the value.
    assert_eq!(render(r#"{{random.arrayElement(["\u007b"])}}{random.number(0)}}{{random.number(0)}}"#), "00");
    assert_eq!(render(r#"{"a":{{random.arrayElement(["{\"b\":1}"])}}, "c":{{random.number(0)}}}"#), r#"{"a":{"b":1}, "c":0}"#);
    let wrong = try_render(r#"{{random.arrayElement(["\u007b\u007bno.such\u007d\u007d"])}}"#).unwrap_err();
    assert!(matches!(wrong, RenderError::Call(text) if text.contains("no.such")));
}

#[test]
fn dollar_signs_in_values_are_special() {
    assert_eq!(render(r#"a{{random.arrayElement(["$$5"])}}b"#), "a$5b");
    assert_eq!(render(r#"a{{random.arrayElement(["[$`|$']"])}}b"#), "a[a|b]b");
    assert_eq!(render(r#"{{random.arrayElement(["$1"])}}"#), "$1");
    assert_eq!(try_render(r#"{{random.arrayElement(["$&"])}}"#), Err(RenderError::Endless));
    let growing = format!(r#"{{{{random.arrayElement(["{}$&"])}}}}"#, "x".repeat(20_000));
    assert_eq!(try_render(&growing), Err(RenderError::TooLarge));
}

#[test]
fn what_the_page_refuses_is_noted() {
    let notes = |template: &str| -> Vec<(usize, usize)> {
        Template::compile(template).unwrap().notes().iter().map(|note| (note.line, note.column)).collect()
    };
    assert_eq!(notes("{\"a\":{\"b\":{\"c\":1}},\n\"d\":{{random.number}}}"), [(1, 17)]);
    assert_eq!(notes("{{random.number()}} {{ random.uuid }}"), [(1, 1), (1, 21)]);
    assert_eq!(notes("{\"a\":{\"b\":{{random.number}}}}"), []);
    assert_eq!(render("{\"a\":{\"b\":1}},{{random.number(0)}}"), "{\"a\":{\"b\":1}},0");
}

#[test]
fn errors_have_their_places_and_all_are_told() {
    let wrong =
        Template::compile("\n é\né {{nothing}}\n{{random.number(5)}}\n  {{random.\nnubmer}} {{{random.uuid}}").unwrap_err();
    let places: Vec<(usize, usize)> = wrong.iter().map(|finding| (finding.line, finding.column)).collect();
    assert_eq!(places, [(3, 3), (5, 3), (6, 10)]);
    assert!(wrong[0].to_string().starts_with("line 3, column 3: \"nothing\" is not module.function"));
    assert_eq!(Template::compile(&"{{x}}".repeat(100)).unwrap_err().len(), FINDINGS_MAX);
    assert!(Template::compile(&"x".repeat(TEMPLATE_BYTES_MAX + 1)).is_err());
}

#[test]
fn the_templates_of_the_help_page_are_taken() {
    let templates = [
        "{{name.firstName}},{{name.lastName}},{{random.number(70)}},{{internet.ip}}",
        "{\n    \"sensorId\": {{random.number(50)}},\n    \"currentTemperature\": {{random.number(\n        {\n            \"min\":10,\n            \"max\":150\n        }\n    )}},\n    \"status\": \"{{random.arrayElement(\n        [\"OK\",\"FAIL\",\"WARN\"]\n    )}}\"\n}",
        "{{date.now(\"dddd, MMMM Do YYYY, h:mm:ss a\")}} {{date.utc(\"DD/MMM/YYYY:HH:mm:ss Z\")}} {{current.timestamp}}",
        "{{random.weightedArrayElement(\n  {\n    \"weights\": [0.3,0.2,0.5],\n    \"data\": [\"cat\",\"fish\",\"dog\"]\n  }\n)}}",
    ];
    for template in templates {
        assert!(!render(template).contains("{{"), "{template}");
        assert_eq!(Template::compile(template).unwrap().notes(), []);
    }
}

proptest::proptest! {
    #[test]
    fn any_text_compiles_or_is_told(text in "[{}a-z.()\\[\\]\"$&0-9\\n é:,]{0,80}") {
        match Template::compile(&text) {
            Ok(template) => drop(template.render(&mut context(1), &mut String::new())),
            Err(wrong) => proptest::prop_assert!(!wrong.is_empty() && wrong.iter().all(|f| f.line >= 1 && f.column >= 1)),
        }
    }

    #[test]
    fn any_argument_is_taken_or_told(function in 0_usize..1000, argument in "[{}a-z.\\[\\]\"$&0-9 é:,#?-]{0,40}") {
        let functions: Vec<&str> = crate::generate::functions::all().map(|f| f.name).collect();
        let template = format!("{{{{{}({argument})}}}}", functions[function % functions.len()]);
        if let Ok(template) = Template::compile(&template) {
            drop(template.render(&mut context(1), &mut String::new()));
        }
    }
}
