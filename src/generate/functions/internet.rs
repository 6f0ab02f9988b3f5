//! `internet.*`.

use super::super::javascript::push_number;
use super::super::words::net;
use super::rewriting::slugify;
use super::{Argument, Call, Context, Function, count, name, plain, push_whole, user_agent, with};
use std::fmt::Write;

pub(super) const FUNCTIONS: &[Function] = &[
    plain("internet.avatar", avatar),
    with("internet.email", "the first name", |argument| email(argument, net::MAIL_DOMAINS)),
    with("internet.exampleEmail", "the first name", |argument| email(argument, net::EXAMPLE_DOMAINS)),
    plain("internet.session", session),
    with("internet.userName", "the first name", user_name),
    plain("internet.protocol", protocol),
    plain("internet.url", url),
    plain("internet.domainName", domain_name),
    plain("internet.domainSuffix", domain_suffix),
    plain("internet.domainWord", domain_word),
    plain("internet.ip", ip),
    plain("internet.userAgent", user_agent::user_agent),
    with("internet.color", "a base for red, 0 to 255", color),
    plain("internet.mac", mac),
    with("internet.password", "the length", password),
];

/// The numbers that `internet.session` lies between: the generator's own bounds.
const SESSION_MIN: f64 = 1_007_199_254_740_991.0;
const SESSION_MAX: f64 = 9_007_199_254_740_990.0;

/// Address of a picture of nobody.
pub(super) fn avatar(context: &mut Context, out: &mut String) {
    out.push_str("https://avatars.example.com/");
    domain_word(context, out);
    out.push_str("/128.jpg");
}

fn email(argument: &Argument, domains: &'static [&'static str]) -> Result<Call, String> {
    let first_name = argument.text();
    Ok(Box::new(move |context, out| {
        let mut user = String::new();
        push_user_name(first_name.as_deref(), context, &mut user);
        out.push_str(&slugify(&user));
        out.push('@');
        context.push(domains, out);
    }))
}

fn user_name(argument: &Argument) -> Result<Call, String> {
    let first_name = argument.text();
    Ok(Box::new(move |context, out| push_user_name(first_name.as_deref(), context, out)))
}

/// Names and numbers in one of three ways, without blanks and apostrophes.
fn push_user_name(first_name: Option<&str>, context: &mut Context, out: &mut String) {
    let start = out.len();
    match first_name {
        Some(name) => out.push_str(name),
        None => name::first_name(context, out),
    }
    let way = context.chance.up_to(2);
    if way > 0 {
        context.push(&[".", "_"], out);
        name::last_name(context, out);
    }
    if way != 1 {
        push_whole(99, context, out);
    }
    if out[start..].contains([' ', '\'']) {
        let cleaned = out[start..].replace([' ', '\''], "");
        out.truncate(start);
        out.push_str(&cleaned);
    }
}

fn session(context: &mut Context, out: &mut String) {
    push_number(context.chance.unit() * (SESSION_MAX - SESSION_MIN) + SESSION_MIN, out);
}

fn protocol(context: &mut Context, out: &mut String) {
    context.push(&["http", "https"], out);
}

fn url(context: &mut Context, out: &mut String) {
    protocol(context, out);
    out.push_str("://");
    domain_name(context, out);
}

fn domain_name(context: &mut Context, out: &mut String) {
    domain_word(context, out);
    out.push('.');
    domain_suffix(context, out);
}

fn domain_suffix(context: &mut Context, out: &mut String) {
    context.push(net::DOMAIN_SUFFIXES, out);
}

fn domain_word(context: &mut Context, out: &mut String) {
    let start = out.len();
    name::first_name(context, out);
    out[start..].make_ascii_lowercase();
}

fn ip(context: &mut Context, out: &mut String) {
    for index in 0..4 {
        if index > 0 {
            out.push('.');
        }
        push_whole(255, context, out);
    }
}

/// Each part is the mean of its base and a number from 0 to 256, as in faker.
fn color(argument: &Argument) -> Result<Call, String> {
    let red = argument.number()?.unwrap_or(0.0);
    Ok(Box::new(move |context, out| {
        out.push('#');
        for base in [red, 0.0, 0.0] {
            let part = ((context.chance.number(0.0, 256.0, 1.0) + base) / 2.0).floor();
            #[expect(clippy::cast_possible_truncation, reason = "a cast from a float saturates")]
            // Writing to a String cannot fail.
            let _ = write!(out, "{:02x}", part as i64);
        }
    }))
}

fn mac(context: &mut Context, out: &mut String) {
    for index in 0..6 {
        // Writing to a String cannot fail.
        let _ = write!(out, "{}{:02x}", if index > 0 { ":" } else { "" }, context.chance.up_to(255));
    }
}

/// Letters, digits and underscores.
fn password(argument: &Argument) -> Result<Call, String> {
    const CHARACTERS: &[u8; 63] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    let length = if argument.truthy().is_some() { count(argument)?.unwrap_or(15) } else { 15 };
    Ok(Box::new(move |context, out| {
        for _ in 0..length {
            out.push(char::from(CHARACTERS[context.chance.index(CHARACTERS.len())]));
        }
    }))
}
