//! `phone.*`.

use super::super::words::people::PHONE_FORMATS;
use super::{Argument, Call, Function, plain, push_digits, symbols, with};

pub(super) const FUNCTIONS: &[Function] = &[
    with("phone.phoneNumber", "a format, # a digit", phone_number),
    with("phone.phoneNumberFormat", "which format, from 0", phone_number_format),
    plain("phone.phoneFormats", |c, out| c.push(PHONE_FORMATS, out)),
];

fn phone_number(argument: &Argument) -> Result<Call, String> {
    let format = if argument.truthy().is_some() { symbols(argument) } else { None };
    Ok(Box::new(move |context, out| {
        let format = format.as_deref().unwrap_or_else(|| context.chance.pick(PHONE_FORMATS));
        push_digits(format, context, out);
    }))
}

fn phone_number_format(argument: &Argument) -> Result<Call, String> {
    let number = argument.number()?.unwrap_or(0.0);
    let index = (0..PHONE_FORMATS.len()).find(|index| *index as f64 == number);
    let Some(index) = index else {
        return Err(format!("there are formats 0 to {}", PHONE_FORMATS.len() - 1));
    };
    Ok(Box::new(move |context, out| push_digits(PHONE_FORMATS[index], context, out)))
}
