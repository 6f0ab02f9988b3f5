//! `random.*`.

use super::super::javascript::{push_number, to_number, to_text};
use super::{
    Argument, Call, Context, Function, address, commerce, company, count, finance, hacker, image, name, one_of, plain, with,
};
use serde_json::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    with("random.number", "an upper bound, or {\"min\":…,\"max\":…,\"precision\":…}", number),
    with("random.arrayElement", "an array", array_element),
    with("random.weightedArrayElement", "{\"weights\":[…],\"data\":[…]}", weighted_array_element),
    with("random.objectElement", "an object", object_element),
    plain("random.uuid", uuid),
    plain("random.boolean", |c, out| out.push_str(if c.chance.up_to(1) == 1 { "true" } else { "false" })),
    plain("random.word", word),
    with("random.words", "how many", many_words),
    plain("random.image", image::any),
    plain("random.locale", |c, out| c.push(LOCALES, out)),
    plain("random.alphaNumeric", |c, out| out.push(alphanumeric(c))),
];

/// The largest number without a maximum.
const NUMBER_MAX: f64 = 99_999.0;

/// Languages that faker has.
const LOCALES: &[&str] = &["de", "en", "en_GB", "en_US", "es", "fr", "it", "ja", "nl", "pl", "pt_BR", "sv", "tr", "zh_CN"];

/// A letter or digit.
pub(super) fn alphanumeric(context: &mut Context) -> char {
    char::from_digit(u32::try_from(context.chance.up_to(35)).unwrap_or_default(), 36).unwrap_or('0')
}

fn number(argument: &Argument) -> Result<Call, String> {
    let (min, max, precision) = match argument.value() {
        Some(Value::Number(max)) => (0.0, max.as_f64().unwrap_or(f64::NAN), 1.0),
        None | Some(Value::Null | Value::Bool(false) | Value::Array(_)) => (0.0, NUMBER_MAX, 1.0),
        Some(Value::Object(options)) => {
            let option = |name: &str, default| options.get(name).map_or(Ok(default), |value| bound(name, value));
            (option("min", 0.0)?, option("max", NUMBER_MAX)?, option("precision", 1.0)?)
        }
        Some(other) => {
            let given = to_text(other);
            return Err(format!(
                "takes an upper bound or {{\"min\":10,\"max\":150}}, not {given}; only one argument is ever passed"
            ));
        }
    };
    if precision == 0.0 {
        return Err("precision is not 0".into());
    }
    if precision == 1.0 && min.fract() == 0.0 && max.fract() == 0.0 && min <= max && min.abs().max(max.abs()) < 9e15 {
        return Ok(whole_number(min, max));
    }
    Ok(Box::new(move |context, out| push_number(context.chance.number(min, max, precision), out)))
}

fn bound(name: &str, value: &Value) -> Result<f64, String> {
    match value {
        Value::String(_) => Err(format!("{name} is a text; write it without quotes")),
        value => Some(to_number(value)).filter(|number| !number.is_nan()).ok_or_else(|| format!("{name} is no number")),
    }
}

/// The common case, by whole numbers.
#[expect(clippy::cast_possible_truncation, reason = "the caller has seen that both are whole and below 2^53")]
fn whole_number(min: f64, max: f64) -> Call {
    let (min, max) = (min as i64, max as i64);
    // A maximum below zero is not reached, unless it is the minimum.
    let most = (if max >= 0 { max - min } else { (max - min - 1).max(0) }).unsigned_abs();
    Box::new(move |context, out| {
        out.push_str(itoa::Buffer::new().format(min.wrapping_add_unsigned(context.chance.up_to(most))));
    })
}

fn array_element(argument: &Argument) -> Result<Call, String> {
    let texts: Vec<String> = match argument.truthy() {
        None => ["a", "b", "c"].map(String::from).to_vec(),
        Some(Value::Array(values)) => values.iter().map(to_text).collect(),
        Some(Value::String(text)) => text.chars().map(String::from).collect(),
        Some(other) => return Err(format!("takes an array such as [\"OK\",\"FAIL\"], not {}", to_text(other))),
    };
    one_of_texts(texts, "the array is empty")
}

fn object_element(argument: &Argument) -> Result<Call, String> {
    let texts = match argument.truthy() {
        None => vec!["bar".to_owned(), "car".to_owned()],
        Some(Value::Array(values)) => values.iter().map(to_text).collect(),
        Some(Value::Object(fields)) => fields.values().map(to_text).collect(),
        Some(other) => return Err(format!("takes an object such as {{\"a\":1,\"b\":2}}, not {}", to_text(other))),
    };
    one_of_texts(texts, "the object is empty")
}

/// One of texts, each as likely.
pub(super) fn one_of_texts(texts: Vec<String>, empty: &str) -> Result<Call, String> {
    if texts.is_empty() {
        return Err(empty.to_owned());
    }
    Ok(Box::new(move |context, out| {
        if let Some(text) = texts.get(context.chance.index(texts.len())) {
            out.push_str(text);
        }
    }))
}

/// Cumulated weights are rounded to hundredths, as faker does; what is then left over is the last element's.
fn weighted_array_element(argument: &Argument) -> Result<Call, String> {
    let Some(given) = argument.truthy() else {
        return one_of_texts(vec!["dog".into(), "cat".into()], "");
    };
    let array = |name: &str| {
        let wrong = || format!("takes {{\"weights\":[…],\"data\":[…]}}; {name} is no array");
        given.get(name).and_then(Value::as_array).filter(|values| !values.is_empty()).ok_or_else(wrong)
    };
    let (weights, data) = (array("weights")?, array("data")?);
    if data.len() < weights.len() {
        return Err(format!("there are {} weights and {} data", weights.len(), data.len()));
    }
    let (mut sum, mut total, mut steps) = (0.0, 0.0, Vec::new());
    for (weight, value) in weights.iter().zip(data) {
        let weight = weight.as_f64().ok_or_else(|| format!("the weight {weight} is no number"))?;
        total += weight;
        sum = super::super::javascript::to_fixed(sum + weight, 2).parse().unwrap_or(f64::NAN);
        steps.push((sum, to_text(value)));
    }
    Ok(Box::new(move |context, out| {
        let drawn = context.chance.unit() * total;
        let element = steps.iter().find(|(sum, _)| drawn <= *sum).or(steps.last());
        out.push_str(element.map_or("", |(_, text)| text.as_str()));
    }))
}

/// Version 4, its variant bits set.
fn uuid(context: &mut Context, out: &mut String) {
    let high = u128::from(context.chance.up_to(u64::MAX));
    let random = uuid::Builder::from_u128(high << 64 | u128::from(context.chance.up_to(u64::MAX)));
    let id = uuid::Builder::from_random_bytes(*random.as_uuid().as_bytes()).into_uuid();
    out.push_str(id.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()));
}

/// A word or two of any of the lists.
pub(super) fn word(context: &mut Context, out: &mut String) {
    const WORDS: &[fn(&mut Context, &mut String)] = &[
        commerce::department,
        commerce::product_name,
        commerce::product_adjective,
        commerce::product_material,
        commerce::product,
        commerce::color,
        company::catch_phrase_adjective,
        company::catch_phrase_descriptor,
        company::catch_phrase_noun,
        company::bs_adjective,
        company::bs_buzz,
        company::bs_noun,
        address::street_suffix,
        address::county,
        address::country,
        address::state,
        finance::account_name,
        finance::transaction_type,
        finance::currency_name,
        hacker::noun,
        hacker::verb,
        hacker::adjective,
        hacker::ingverb,
        hacker::abbreviation,
        name::job_descriptor,
        name::job_area,
        name::job_type,
    ];
    one_of(WORDS, context, out);
}

fn many_words(argument: &Argument) -> Result<Call, String> {
    let count = count(argument)?;
    Ok(Box::new(move |context, out| {
        let count = count.unwrap_or_else(|| 1 + context.chance.up_to(2));
        words(count, context, out);
    }))
}

/// So many words of any of the lists.
pub(super) fn words(count: u64, context: &mut Context, out: &mut String) {
    for index in 0..count {
        if index > 0 {
            out.push(' ');
        }
        word(context, out);
    }
}
