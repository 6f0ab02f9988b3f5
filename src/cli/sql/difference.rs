//! What differs between the rows expected and those that came out, readable.

use std::fmt::Write;

/// How many differing lines of a kind are shown.
const SHOWN_MAX: usize = 20;

/// The lines that differ, after those equal at the start and before those equal at the end; empty when all are equal.
pub(super) fn difference(expected: &str, actual: &str) -> String {
    let (mut old, mut new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    old.drain(..same);
    new.drain(..same);
    while old.last().is_some_and(|line| new.last() == Some(line)) {
        old.pop();
        new.pop();
    }
    let mut text = String::new();
    for (mark, lines) in [('-', old), ('+', new)] {
        for (number, line) in lines.iter().enumerate().take(SHOWN_MAX) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "    {mark} {:>4}  {line}", same + number + 1);
        }
        if lines.len() > SHOWN_MAX {
            let _ = writeln!(text, "    {mark} and {} more", lines.len() - SHOWN_MAX);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_shown_with_its_line() {
        assert_eq!(difference("a\nb\nc\n", "a\nx\nc\n"), "    -    2  b\n    +    2  x\n");
        assert_eq!(difference("a\n", "a\n"), "");
        assert_eq!(difference("a\n", ""), "    -    1  a\n");
        assert!(difference("", &"a\n".repeat(25)).ends_with("    + and 5 more\n"));
    }
}
