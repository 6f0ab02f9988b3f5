//! Every function that a template can call, by module, as faker.js 3.x and the Kinesis Data Generator have them.

mod address;
mod commerce;
mod company;
mod date;
mod finance;
mod hacker;
mod image;
mod internet;
mod lorem;
mod name;
mod nearest;
mod phone;
mod random;
mod rewriting;
mod system;
mod user_agent;

pub(super) use nearest::suggestion;

use super::argument::Argument;
use super::context::Context;
use super::javascript;

/// How many words, sentences or categories one call makes at most; more fits in no record.
const COUNT_MAX: f64 = 10_000.0;

/// A call whose argument was read: writes a value.
pub(super) type Call = Box<dyn Fn(&mut Context, &mut String) + Send + Sync>;

/// A function of the template language.
pub struct Function {
    /// Module and name, such as `random.number`.
    pub name: &'static str,
    /// What may stand in parentheses, empty when nothing matters there.
    pub argument: &'static str,
    make: Make,
}

enum Make {
    Plain(fn(&mut Context, &mut String)),
    With(fn(&Argument) -> Result<Call, String>),
}

impl Function {
    /// A call with its argument; a sentence about an argument that it cannot take.
    pub(super) fn call(&self, argument: &Argument) -> Result<Call, String> {
        match self.make {
            Make::Plain(write) => Ok(Box::new(write)),
            Make::With(make) => make(argument),
        }
    }
}

const fn plain(name: &'static str, write: fn(&mut Context, &mut String)) -> Function {
    Function { name, argument: "", make: Make::Plain(write) }
}

const fn with(name: &'static str, argument: &'static str, make: fn(&Argument) -> Result<Call, String>) -> Function {
    Function { name, argument, make: Make::With(make) }
}

const MODULES: [&[Function]; 15] = [
    address::FUNCTIONS,
    commerce::FUNCTIONS,
    company::FUNCTIONS,
    date::FUNCTIONS,
    finance::FUNCTIONS,
    hacker::FUNCTIONS,
    rewriting::FUNCTIONS,
    image::FUNCTIONS,
    internet::FUNCTIONS,
    lorem::FUNCTIONS,
    name::FUNCTIONS,
    phone::FUNCTIONS,
    random::FUNCTIONS,
    system::FUNCTIONS,
    ALIASES,
];

/// The first versions of the generator's page had this name.
const ALIASES: &[Function] = &[with("current.timestamp", "format", date::now)];

/// All functions, by module.
pub fn all() -> impl Iterator<Item = &'static Function> {
    MODULES.into_iter().flatten()
}

/// The function of a name.
pub(super) fn find(module: &str, method: &str) -> Option<&'static Function> {
    all().find(|function| function.name.split_once('.') == Some((module, method)))
}

/// How often to do a thing: the argument as a number, `None` when it is not given or no whole number can be made of it.
fn count(argument: &Argument) -> Result<Option<u64>, String> {
    let Some(value) = argument.value() else { return Ok(None) };
    let number = javascript::to_number(value);
    if number > COUNT_MAX {
        return Err(format!("{} is more than {COUNT_MAX}", javascript::number_text(number)));
    }
    if number.is_nan() {
        return Err(format!("{} is no number", javascript::to_text(value)));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and COUNT_MAX")]
    Ok(Some(number.max(0.0).ceil() as u64))
}

/// Text in which `#` stands for a digit, as faker takes it: what is no text counts as empty.
fn symbols(argument: &Argument) -> Option<String> {
    argument.value().map(|value| value.as_str().unwrap_or_default().to_owned())
}

/// Writes a text with a digit for each `#`.
fn push_digits(format: &str, context: &mut Context, out: &mut String) {
    for c in format.chars() {
        if c == '#' { push_digit(context, out) } else { out.push(c) }
    }
}

/// Writes a text with a digit for each `#` and a capital letter for each `?`.
fn push_symbols(format: &str, context: &mut Context, out: &mut String) {
    for c in format.chars() {
        match c {
            '#' => push_digit(context, out),
            '?' => out.push(char::from(b'A' + u8::try_from(context.chance.up_to(25)).unwrap_or_default())),
            c => out.push(c),
        }
    }
}

fn push_digit(context: &mut Context, out: &mut String) {
    push_whole(9, context, out);
}

/// Writes a whole number from 0 to `most`.
fn push_whole(most: u64, context: &mut Context, out: &mut String) {
    out.push_str(itoa::Buffer::new().format(context.chance.up_to(most)));
}

/// Writes one of several ways at random.
fn one_of(ways: &[fn(&mut Context, &mut String)], context: &mut Context, out: &mut String) {
    if let Some(way) = ways.get(context.chance.index(ways.len())) {
        way(context, out);
    }
}

/// The way that a whole number in the argument names, any when it is no number; faker answers a sentence for one that is out of range.
fn way(argument: &Argument, ways: &'static [fn(&mut Context, &mut String)]) -> Result<Call, String> {
    let Some(number) = argument.value().and_then(serde_json::Value::as_f64) else {
        return Ok(Box::new(|context, out| one_of(ways, context, out)));
    };
    let way = (0..ways.len()).find(|index| *index as f64 == number).and_then(|index| ways.get(index));
    match way {
        Some(way) => Ok(Box::new(way)),
        None => Err(format!("there are formats 0 to {}", ways.len() - 1)),
    }
}

#[cfg(test)]
mod tests;
