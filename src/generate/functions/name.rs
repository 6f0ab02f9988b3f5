//! `name.*`. English names of faker have no gender, so that its argument changes nothing.

use super::super::words::people;
use super::{Argument, Call, Context, Function, plain, with};

pub(super) const FUNCTIONS: &[Function] = &[
    plain("name.firstName", first_name),
    plain("name.lastName", last_name),
    with("name.findName", "the first name", find_name),
    plain("name.jobTitle", job_title),
    plain("name.prefix", prefix),
    plain("name.suffix", suffix),
    plain("name.title", job_title),
    plain("name.jobDescriptor", job_descriptor),
    plain("name.jobArea", job_area),
    plain("name.jobType", job_type),
];

pub(super) fn first_name(context: &mut Context, out: &mut String) {
    context.push(people::FIRST_NAMES, out);
}

pub(super) fn last_name(context: &mut Context, out: &mut String) {
    context.push(people::LAST_NAMES, out);
}

fn prefix(context: &mut Context, out: &mut String) {
    context.push(people::PREFIXES, out);
}

fn suffix(context: &mut Context, out: &mut String) {
    context.push(people::SUFFIXES, out);
}

pub(super) fn job_descriptor(context: &mut Context, out: &mut String) {
    context.push(people::JOB_DESCRIPTORS, out);
}

pub(super) fn job_area(context: &mut Context, out: &mut String) {
    context.push(people::JOB_AREAS, out);
}

pub(super) fn job_type(context: &mut Context, out: &mut String) {
    context.push(people::JOB_TYPES, out);
}

fn job_title(context: &mut Context, out: &mut String) {
    job_descriptor(context, out);
    out.push(' ');
    job_area(context, out);
    out.push(' ');
    job_type(context, out);
}

/// One name in nine has a prefix, one a suffix.
fn find_name(argument: &Argument) -> Result<Call, String> {
    let given = argument.text();
    Ok(Box::new(move |context, out| {
        let kind = context.chance.up_to(8);
        if kind == 0 {
            prefix(context, out);
            out.push(' ');
        }
        match &given {
            Some(name) => out.push_str(name),
            None => first_name(context, out),
        }
        out.push(' ');
        last_name(context, out);
        if kind == 1 {
            out.push(' ');
            suffix(context, out);
        }
    }))
}
