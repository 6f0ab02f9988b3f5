//! `lorem.*`.

use super::super::words::latin::WORDS;
use super::{Argument, Call, Context, Function, count, one_of, plain, with};

pub(super) const FUNCTIONS: &[Function] = &[
    plain("lorem.word", word),
    with("lorem.words", "how many", |argument| counted(argument, 3, 3, words)),
    with("lorem.sentence", "how many words", |argument| counted(argument, 3, 10, sentence)),
    with("lorem.sentences", "how many", |argument| {
        counted(argument, 2, 6, |n, c, out| joined(n, " ", sentence_of_any_length, c, out))
    }),
    with("lorem.paragraph", "how many sentences, up to three more", |argument| counted(argument, 3, 3, paragraph)),
    with("lorem.paragraphs", "how many", |argument| counted(argument, 3, 3, paragraphs)),
    plain("lorem.text", text),
    with("lorem.lines", "how many", |argument| counted(argument, 1, 5, lines)),
];

/// What lies between paragraphs, as faker has it.
const PARAGRAPH_END: &str = "\n \r";

type Counted = fn(u64, &mut Context, &mut String);

/// A call that makes as many as the argument says, or any number from `least` to `most`.
fn counted(argument: &Argument, least: u64, most: u64, write: Counted) -> Result<Call, String> {
    let count = count(argument)?;
    Ok(Box::new(move |context, out| {
        let count = count.unwrap_or_else(|| any(least, most, context));
        write(count, context, out);
    }))
}

fn any(least: u64, most: u64, context: &mut Context) -> u64 {
    if least == most { least } else { least + context.chance.up_to(most - least) }
}

fn joined(count: u64, between: &str, write: fn(&mut Context, &mut String), context: &mut Context, out: &mut String) {
    for index in 0..count {
        if index > 0 {
            out.push_str(between);
        }
        write(context, out);
    }
}

fn word(context: &mut Context, out: &mut String) {
    context.push(WORDS, out);
}

fn words(count: u64, context: &mut Context, out: &mut String) {
    joined(count, " ", word, context, out);
}

fn sentence(count: u64, context: &mut Context, out: &mut String) {
    let start = out.len();
    words(count, context, out);
    if count > 0 {
        // The words are ASCII.
        out[start..=start].make_ascii_uppercase();
    }
    out.push('.');
}

fn sentence_of_any_length(context: &mut Context, out: &mut String) {
    sentence(any(3, 10, context), context, out);
}

fn paragraph(count: u64, context: &mut Context, out: &mut String) {
    let count = count + context.chance.up_to(3);
    joined(count, " ", sentence_of_any_length, context, out);
}

fn paragraphs(count: u64, context: &mut Context, out: &mut String) {
    joined(count, PARAGRAPH_END, |c, out| paragraph(3, c, out), context, out);
}

fn lines(count: u64, context: &mut Context, out: &mut String) {
    joined(count, "\n", sentence_of_any_length, context, out);
}

/// Anything from a word to paragraphs.
fn text(context: &mut Context, out: &mut String) {
    const KINDS: &[fn(&mut Context, &mut String)] = &[
        word,
        |c, out| words(3, c, out),
        sentence_of_any_length,
        |c, out| joined(any(2, 6, c), " ", sentence_of_any_length, c, out),
        |c, out| paragraph(3, c, out),
        |c, out| paragraphs(3, c, out),
        |c, out| lines(any(1, 5, c), c, out),
    ];
    one_of(KINDS, context, out);
}
