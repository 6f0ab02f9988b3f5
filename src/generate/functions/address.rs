//! `address.*`.

use super::super::javascript::{to_fixed, to_number};
use super::super::words::places;
use super::{Argument, Call, Context, Function, name, one_of, plain, push_digits, push_symbols, symbols, way, with};
use serde_json::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    with("address.zipCode", "a format, # a digit, ? a letter", zip_code),
    with("address.city", "0 to 3, the format", |argument| way(argument, CITIES)),
    plain("address.cityPrefix", city_prefix),
    plain("address.citySuffix", city_suffix),
    plain("address.streetName", street_name),
    with("address.streetAddress", "true for the flat too", street_address),
    plain("address.streetSuffix", street_suffix),
    // English has no prefixes, and faker then chooses of its standard array.
    plain("address.streetPrefix", |c, out| c.push(&["a", "b", "c"], out)),
    plain("address.secondaryAddress", secondary_address),
    plain("address.county", county),
    plain("address.country", country),
    plain("address.countryCode", |c, out| c.push(places::COUNTRY_CODES, out)),
    plain("address.state", state),
    plain("address.stateAbbr", |c, out| c.push(places::STATE_ABBREVIATIONS, out)),
    plain("address.latitude", latitude),
    plain("address.longitude", longitude),
    with("address.nearbyGPSCoordinate", "{\"coordinate\":[lat,long],\"radius\":10,\"isMetric\":true}", nearby_coordinate),
];

const CITIES: &[fn(&mut Context, &mut String)] = &[
    |c, out| {
        city_prefix(c, out);
        out.push(' ');
        name::first_name(c, out);
        city_suffix(c, out);
    },
    |c, out| {
        city_prefix(c, out);
        out.push(' ');
        name::first_name(c, out);
    },
    |c, out| {
        name::first_name(c, out);
        city_suffix(c, out);
    },
    |c, out| {
        name::last_name(c, out);
        city_suffix(c, out);
    },
];

/// The radius of the Earth at the equator, in km.
const EARTH_KM: f64 = 6378.137;

fn zip_code(argument: &Argument) -> Result<Call, String> {
    let format = symbols(argument);
    Ok(Box::new(move |context, out| match &format {
        Some(format) => push_symbols(format, context, out),
        None => {
            let format = context.chance.pick(&["#####", "#####-####"]);
            push_digits(format, context, out);
        }
    }))
}

fn city_prefix(context: &mut Context, out: &mut String) {
    context.push(places::CITY_PREFIXES, out);
}

fn city_suffix(context: &mut Context, out: &mut String) {
    context.push(places::CITY_SUFFIXES, out);
}

/// Such as `Elm Street`.
pub(super) fn street_suffix(context: &mut Context, out: &mut String) {
    context.push(places::STREET_SUFFIXES, out);
}

pub(super) fn county(context: &mut Context, out: &mut String) {
    context.push(places::COUNTIES, out);
}

pub(super) fn country(context: &mut Context, out: &mut String) {
    context.push(places::COUNTRIES, out);
}

pub(super) fn state(context: &mut Context, out: &mut String) {
    context.push(places::STATES, out);
}

fn street_name(context: &mut Context, out: &mut String) {
    one_of(&[name::last_name, name::first_name], context, out);
    out.push(' ');
    street_suffix(context, out);
}

fn street_address(argument: &Argument) -> Result<Call, String> {
    let full = argument.truthy().is_some();
    Ok(Box::new(move |context, out| {
        let number = context.chance.pick(&["#####", "####", "###"]);
        push_digits(number, context, out);
        out.push(' ');
        street_name(context, out);
        if full {
            out.push(' ');
            secondary_address(context, out);
        }
    }))
}

fn secondary_address(context: &mut Context, out: &mut String) {
    let format = context.chance.pick(&["Apt. ###", "Suite ###"]);
    push_digits(format, context, out);
}

fn latitude(context: &mut Context, out: &mut String) {
    out.push_str(&to_fixed(degrees(context, 90.0), 4));
}

fn longitude(context: &mut Context, out: &mut String) {
    out.push_str(&to_fixed(degrees(context, 180.0), 4));
}

fn degrees(context: &mut Context, most: f64) -> f64 {
    context.chance.number(0.0, 2.0 * most * 10_000.0, 1.0) / 10_000.0 - most
}

/// Latitude and longitude with a comma between, on a circle of the radius (miles, or km) around the coordinate, or around any.
fn nearby_coordinate(argument: &Argument) -> Result<Call, String> {
    if argument.truthy().is_none() {
        return Err("takes an object; {} will do".into());
    }
    let number =
        |value: &Value| Some(to_number(value)).filter(|number| !number.is_nan()).ok_or("coordinate is no pair of numbers");
    let center = match argument.field("coordinate") {
        Some(coordinate) => {
            let at = |index: usize| coordinate.get(index).ok_or("coordinate is no pair of numbers").and_then(number);
            Some((at(0)?, at(1)?))
        }
        None => None,
    };
    let radius = argument.field("radius").map_or(10.0, to_number);
    let km = if argument.field("isMetric").is_some() { radius } else { radius * 0.621_371 };
    Ok(Box::new(move |context, out| {
        let center = center.unwrap_or_else(|| (degrees(context, 90.0), degrees(context, 180.0)));
        let (latitude, longitude) = offset(center, context.chance.unit() * std::f64::consts::TAU, km);
        out.push_str(&to_fixed(latitude, 4));
        out.push(',');
        out.push_str(&to_fixed(longitude, 4));
    }))
}

/// Where one comes to from a point on the globe, so many km in a direction.
fn offset((latitude, longitude): (f64, f64), bearing: f64, km: f64) -> (f64, f64) {
    let (angle, start) = (km / EARTH_KM, latitude.to_radians());
    let end = (start.sin() * angle.cos() + start.cos() * angle.sin() * bearing.cos()).asin();
    let turn = (bearing.sin() * angle.sin() * start.cos()).atan2(angle.cos() - start.sin() * end.sin());
    let east = longitude + turn.to_degrees();
    (
        end.to_degrees(),
        if east > 180.0 {
            east - 360.0
        } else if east < -180.0 {
            east + 360.0
        } else {
            east
        },
    )
}
