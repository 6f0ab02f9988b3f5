//! `date.*`: faker's, and the generator's own `now`, `utc` and `simTime` with the formats of moment.js.

use super::super::moment::{Format, parse_date};
use super::super::words::calendar;
use super::{Argument, Call, Function, with};
use crate::base::clock::Millis;
use jiff::tz::TimeZone;
use serde_json::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    with("date.now", "a format of moment.js", now),
    with("date.utc", "a format of moment.js", utc),
    with("date.simTime", "a format of moment.js", now),
    with("date.past", "how many years at most", |argument| away(argument, YEAR_MS, -1)),
    with("date.future", "how many years at most", |argument| away(argument, YEAR_MS, 1)),
    with("date.recent", "how many days at most", |argument| away(argument, DAY_MS, -1)),
    with("date.between", "{\"from\":\"2026-01-01\",\"to\":\"2026-02-01\"}", between),
    with("date.month", "{\"abbr\":true} for Jan", |argument| Ok(names(argument, &calendar::MONTHS))),
    with("date.weekday", "{\"abbr\":true} for Mon", |argument| Ok(names(argument, &calendar::WEEKDAYS))),
];

const DAY_MS: f64 = 24.0 * 3600.0 * 1000.0;
const YEAR_MS: f64 = 365.0 * DAY_MS;
/// Dates are at least a second away.
const NEAREST_MS: f64 = 1000.0;

/// The time of the record in the zone.
pub(super) fn now(argument: &Argument) -> Result<Call, String> {
    let format = format(argument, false);
    Ok(Box::new(move |context, out| format.push(context.local(), out)))
}

fn utc(argument: &Argument) -> Result<Call, String> {
    let format = format(argument, true);
    Ok(Box::new(move |context, out| format.push(context.utc(), out)))
}

fn format(argument: &Argument, utc: bool) -> Format {
    argument.text().map_or_else(|| Format::standard(utc), |text| Format::compile(&text))
}

/// A date so many units (of `unit_ms`) away at most, in a direction.
fn away(argument: &Argument, unit_ms: f64, direction: i64) -> Result<Call, String> {
    let most = argument.number()?.unwrap_or(1.0) * unit_ms;
    Ok(Box::new(move |context, out| {
        let distance = whole(context.chance.number(NEAREST_MS, most, 1.0));
        let at = context.now_ms().saturating_add(distance.saturating_mul(direction));
        context.moment(at).push_date(out);
    }))
}

/// The generator passes one argument only, so that faker's own form prints `Invalid Date`; this one has both ends in it.
fn between(argument: &Argument) -> Result<Call, String> {
    let end = |name: &str| {
        let wrong = || "takes {\"from\":\"2026-01-01\",\"to\":\"2026-02-01\"}".to_owned();
        let text = argument.field(name).and_then(Value::as_str).ok_or_else(wrong)?;
        parse_date(text, &TimeZone::UTC).ok_or_else(|| format!("{text} is no date"))
    };
    let (from, to) = (end("from")?, end("to")?);
    Ok(Box::new(move |context, out| {
        let distance = context.chance.up_to(to.abs_diff(from));
        let at = from.min(to).saturating_add_unsigned(distance);
        context.moment(at).push_date(out);
    }))
}

#[expect(clippy::cast_possible_truncation, reason = "a cast from a float saturates, and dates end before")]
fn whole(number: f64) -> Millis {
    number as Millis
}

fn names(argument: &Argument, names: &'static [&'static str]) -> Call {
    let abbreviated = argument.field("abbr").is_some();
    Box::new(move |context, out| {
        let name = context.chance.pick(names);
        out.push_str(if abbreviated { name.get(..3).unwrap_or(name) } else { name });
    })
}
