//! `hacker.*`.

use super::super::words::computing;
use super::{Context, Function, plain};

pub(super) const FUNCTIONS: &[Function] = &[
    plain("hacker.abbreviation", abbreviation),
    plain("hacker.adjective", adjective),
    plain("hacker.noun", noun),
    plain("hacker.verb", verb),
    plain("hacker.ingverb", ingverb),
    plain("hacker.phrase", phrase),
];

pub(super) fn abbreviation(context: &mut Context, out: &mut String) {
    context.push(computing::ABBREVIATIONS, out);
}

pub(super) fn adjective(context: &mut Context, out: &mut String) {
    context.push(computing::ADJECTIVES, out);
}

pub(super) fn noun(context: &mut Context, out: &mut String) {
    context.push(computing::NOUNS, out);
}

pub(super) fn verb(context: &mut Context, out: &mut String) {
    context.push(computing::VERBS, out);
}

pub(super) fn ingverb(context: &mut Context, out: &mut String) {
    context.push(computing::ING_VERBS, out);
}

/// A sentence, in which kinds of words stand between percent signs.
fn phrase(context: &mut Context, out: &mut String) {
    for (index, part) in context.chance.pick(computing::PHRASES).split('%').enumerate() {
        // Every second part names a kind.
        match part {
            "abbreviation" if index % 2 == 1 => abbreviation(context, out),
            "adjective" if index % 2 == 1 => adjective(context, out),
            "noun" if index % 2 == 1 => noun(context, out),
            "verb" if index % 2 == 1 => verb(context, out),
            "ingverb" if index % 2 == 1 => ingverb(context, out),
            text => out.push_str(text),
        }
    }
}
