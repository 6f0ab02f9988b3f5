//! `commerce.*`.

use super::super::javascript::to_fixed;
use super::super::words::trade;
use super::{Argument, Call, Context, Function, plain, with};

pub(super) const FUNCTIONS: &[Function] = &[
    plain("commerce.color", color),
    plain("commerce.department", department),
    plain("commerce.productName", product_name),
    with("commerce.price", "the least, up to 1000", price),
    plain("commerce.productAdjective", product_adjective),
    plain("commerce.productMaterial", product_material),
    plain("commerce.product", product),
];

/// The highest price and amount.
const AMOUNT_MAX: f64 = 1000.0;

pub(super) fn color(context: &mut Context, out: &mut String) {
    context.push(trade::COLORS, out);
}

pub(super) fn department(context: &mut Context, out: &mut String) {
    context.push(trade::DEPARTMENTS, out);
}

pub(super) fn product_adjective(context: &mut Context, out: &mut String) {
    context.push(trade::PRODUCT_ADJECTIVES, out);
}

pub(super) fn product_material(context: &mut Context, out: &mut String) {
    context.push(trade::PRODUCT_MATERIALS, out);
}

pub(super) fn product(context: &mut Context, out: &mut String) {
    context.push(trade::PRODUCTS, out);
}

pub(super) fn product_name(context: &mut Context, out: &mut String) {
    product_adjective(context, out);
    out.push(' ');
    product_material(context, out);
    out.push(' ');
    product(context, out);
}

fn price(argument: &Argument) -> Result<Call, String> {
    if argument.number()?.is_some_and(|least| least < 0.0) {
        return Ok(Box::new(|_, out| out.push('0')));
    }
    amount(argument)
}

/// From the least up to 1000, with two digits behind the point. They are zeros: faker draws a whole number.
pub(super) fn amount(argument: &Argument) -> Result<Call, String> {
    let least = argument.number()?.unwrap_or(0.0);
    Ok(Box::new(move |context, out| out.push_str(&to_fixed(context.chance.number(least, AMOUNT_MAX, 1.0), 2))))
}
