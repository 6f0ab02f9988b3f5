//! `finance.*`.

use super::super::words::trade::{ACCOUNT_TYPES, CURRENCIES, Currency, TRANSACTION_TYPES};
use super::random::alphanumeric;
use super::{Argument, Call, Context, Function, commerce, count, plain, push_digit, with};

pub(super) const FUNCTIONS: &[Function] = &[
    with("finance.account", "how many digits", |argument| digits(argument, 8)),
    plain("finance.accountName", account_name),
    with("finance.mask", "how many digits", |argument| digits(argument, 4)),
    with("finance.amount", "the least, up to 1000", commerce::amount),
    plain("finance.transactionType", transaction_type),
    plain("finance.currencyCode", |c, out| out.push_str(currency(c).code)),
    plain("finance.currencyName", currency_name),
    plain("finance.currencySymbol", currency_symbol),
    plain("finance.bitcoinAddress", bitcoin_address),
];

/// More than enough: most currencies have a symbol.
const SYMBOL_TRIES: usize = 1000;

fn digits(argument: &Argument, default: u64) -> Result<Call, String> {
    let digits = if argument.truthy().is_some() { count(argument)?.unwrap_or(default) } else { default };
    Ok(Box::new(move |context, out| (0..digits).for_each(|_| push_digit(context, out))))
}

pub(super) fn account_name(context: &mut Context, out: &mut String) {
    context.push(ACCOUNT_TYPES, out);
    out.push_str(" Account");
}

pub(super) fn transaction_type(context: &mut Context, out: &mut String) {
    context.push(TRANSACTION_TYPES, out);
}

fn currency(context: &mut Context) -> &'static Currency {
    &CURRENCIES[context.chance.index(CURRENCIES.len())]
}

pub(super) fn currency_name(context: &mut Context, out: &mut String) {
    out.push_str(currency(context).name);
}

/// Of those that have one.
fn currency_symbol(context: &mut Context, out: &mut String) {
    let tries = std::iter::repeat_with(|| currency(context).symbol);
    out.push_str(tries.take(SYMBOL_TRIES).find(|symbol| !symbol.is_empty()).unwrap_or("$"));
}

fn bitcoin_address(context: &mut Context, out: &mut String) {
    context.push(&["1", "3"], out);
    for _ in 0..26 + context.chance.up_to(7) {
        out.push(alphanumeric(context).to_ascii_uppercase());
    }
}
