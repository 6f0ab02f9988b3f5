//! `company.*`.

use super::super::words::business;
use super::{Context, Function, name, plain, way, with};

pub(super) const FUNCTIONS: &[Function] = &[
    plain("company.suffixes", |_, out| out.push_str(&business::COMPANY_SUFFIXES.join(","))),
    with("company.companyName", "0 to 2, the format", |argument| way(argument, NAMES)),
    plain("company.companySuffix", company_suffix),
    plain("company.catchPhrase", catch_phrase),
    plain("company.bs", bs),
    plain("company.catchPhraseAdjective", catch_phrase_adjective),
    plain("company.catchPhraseDescriptor", catch_phrase_descriptor),
    plain("company.catchPhraseNoun", catch_phrase_noun),
    plain("company.bsAdjective", bs_adjective),
    plain("company.bsBuzz", bs_buzz),
    plain("company.bsNoun", bs_noun),
];

const NAMES: &[fn(&mut Context, &mut String)] = &[
    |c, out| {
        name::last_name(c, out);
        out.push(' ');
        company_suffix(c, out);
    },
    |c, out| {
        name::last_name(c, out);
        out.push_str(" - ");
        name::last_name(c, out);
    },
    |c, out| {
        name::last_name(c, out);
        out.push_str(", ");
        name::last_name(c, out);
        out.push_str(" and ");
        name::last_name(c, out);
    },
];

fn company_suffix(context: &mut Context, out: &mut String) {
    context.push(business::COMPANY_SUFFIXES, out);
}

fn catch_phrase(context: &mut Context, out: &mut String) {
    catch_phrase_adjective(context, out);
    out.push(' ');
    catch_phrase_descriptor(context, out);
    out.push(' ');
    catch_phrase_noun(context, out);
}

fn bs(context: &mut Context, out: &mut String) {
    bs_adjective(context, out);
    out.push(' ');
    bs_buzz(context, out);
    out.push(' ');
    bs_noun(context, out);
}

pub(super) fn catch_phrase_adjective(context: &mut Context, out: &mut String) {
    context.push(business::ADJECTIVES, out);
}

pub(super) fn catch_phrase_descriptor(context: &mut Context, out: &mut String) {
    context.push(business::DESCRIPTORS, out);
}

pub(super) fn catch_phrase_noun(context: &mut Context, out: &mut String) {
    context.push(business::NOUNS, out);
}

pub(super) fn bs_adjective(context: &mut Context, out: &mut String) {
    context.push(business::BS_ADJECTIVES, out);
}

pub(super) fn bs_buzz(context: &mut Context, out: &mut String) {
    context.push(business::BS_VERBS, out);
}

pub(super) fn bs_noun(context: &mut Context, out: &mut String) {
    context.push(business::BS_NOUNS, out);
}
