//! FAST_REGEX_LOG_PARSE: the groups of a pattern, found without going back (SQL reference, "FAST_REGEX_LOG_PARSER").
//!
//! The pattern is cut where its groups begin and end. A piece of fixed length at the start of one of these parts belongs to the part before
//! it, so that each search ends with what delimits it: `(.*)_(._.*)_.*` is searched as `.*_._`, `.*_`, `.*`. Each search takes as little as
//! it can; the last one takes the rest, all of it or there is no match.

mod automaton;
mod syntax;
#[cfg(test)]
mod tests;

use super::log::{constant_text, field_conversions};
use super::signature::{Param, Signature};
use super::text::str;
use super::{Call, Entry, strict};
use crate::sql::expressions::{Conversion, ErrorKind, Operand, RowError};
use crate::sql::types::{Cell, DataType};
use automaton::Automaton;
use std::sync::Arc;
use syntax::Node;

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "FAST_REGEX_LOG_PARSE",
    forms: &["FAST_REGEX_LOG_PARSE(<CHARACTER>, <CHARACTER>)"],
    source: "sql-reference-fast-regex-log-parser",
    // The fields are known to the analysis, which reads the pattern.
    signature: |types| {
        Some(Signature::of(types, &[Param::Text, Param::Text], 0, DataType::Row(Arc::new(Vec::new())))?.nullable())
    },
    build: fast_regex_log_parse,
}];

/// The groups of a pattern, found one after the other.
#[derive(Debug)]
pub(crate) struct FastRegex {
    searches: Vec<Search>,
    groups: Vec<(Boundary, Boundary)>,
}

/// A part of the pattern that is matched at once: what may be of any length, then what has a fixed length.
#[derive(Debug)]
struct Search {
    automaton: Automaton,
    /// How many characters the fixed part has.
    tail: usize,
    /// Nothing delimits it and no group holds it: it takes what it can.
    longest: bool,
}

/// Where a group begins or ends: so many characters into the fixed part of a search; before the first search at 0.
#[derive(Clone, Copy, Debug, Default)]
struct Boundary {
    /// The number of the search, from 1.
    search: usize,
    tail: usize,
}

impl FastRegex {
    /// Reads and cuts a pattern.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn new(pattern: &str) -> Result<Self, String> {
        let mut cutter = Cutter::default();
        let whole = syntax::parse(pattern)?;
        let parts = if let Node::Concat(parts) = whole { parts } else { vec![whole] };
        for part in parts {
            match part {
                Node::Group(inside) => cutter.group(if let Node::Concat(parts) = *inside { parts } else { vec![*inside] }),
                Node::Repeat(of, min, max) if matches!(*of, Node::Group(_)) => cutter.group(vec![Node::Repeat(of, min, max)]),
                other => cutter.part(other, false),
            }
        }
        let searches = cutter.cuts.iter().map(Cut::search).collect::<Result<_, _>>()?;
        Ok(Self { searches, groups: cutter.groups })
    }

    /// How many groups there are.
    pub(crate) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// The text of each group; none when the text does not match.
    fn find<'a>(&self, text: &'a str) -> Option<Vec<&'a str>> {
        // Where each search ends, with what it began before the first.
        let mut ends = vec![0];
        let mut at = 0;
        for (place, search) in self.searches.iter().enumerate() {
            let rest = &text[at..];
            at += if place + 1 == self.searches.len() {
                search.automaton.matches(rest).then_some(rest.len())?
            } else if search.longest {
                search.automaton.longest(rest)?
            } else {
                search.automaton.shortest(rest)?
            };
            ends.push(at);
        }
        let place = |boundary: Boundary| {
            let end = ends.get(boundary.search).copied()?;
            let tail =
                boundary.search.checked_sub(1).and_then(|search| self.searches.get(search)).map_or(0, |search| search.tail);
            back(text, end, tail.saturating_sub(boundary.tail))
        };
        let all_read = at == text.len();
        let group = |(from, to): &(Boundary, Boundary)| text.get(place(*from)?..place(*to)?);
        if all_read { self.groups.iter().map(group).collect() } else { None }
    }
}

/// The place so many characters before another.
fn back(text: &str, end: usize, characters: usize) -> Option<usize> {
    match characters {
        0 => Some(end),
        _ => text[..end].char_indices().nth_back(characters - 1).map(|(at, _)| at),
    }
}

/// Cuts a pattern into searches.
#[derive(Default)]
struct Cutter {
    cuts: Vec<Cut>,
    groups: Vec<(Boundary, Boundary)>,
    /// Whether the next part of variable length begins a search.
    fresh: bool,
}

/// A search as it is being made.
#[derive(Default)]
struct Cut {
    head: Vec<Node>,
    tail: Vec<Node>,
    grouped: bool,
}

impl Cut {
    fn search(&self) -> Result<Search, String> {
        let parts: Vec<Node> = self.head.iter().chain(&self.tail).cloned().collect();
        let tail = self.tail.iter().filter_map(Node::fixed_length).sum();
        Ok(Search { automaton: Automaton::new(&parts)?, tail, longest: !self.grouped && tail == 0 })
    }
}

impl Cutter {
    fn group(&mut self, parts: Vec<Node>) {
        self.fresh = true;
        let from = self.here();
        parts.into_iter().for_each(|part| self.part(part, true));
        self.fresh = true;
        self.groups.push((from, self.here()));
    }

    /// Where the pattern read so far ends.
    fn here(&self) -> Boundary {
        let tail = self.cuts.last().map_or(0, |cut| cut.tail.iter().filter_map(Node::fixed_length).sum());
        Boundary { search: self.cuts.len(), tail }
    }

    /// The next part; a repetition of something fixed has a fixed start.
    fn part(&mut self, part: Node, grouped: bool) {
        match part {
            Node::Repeat(of, min, max) if min > 0 && max != Some(min) && of.fixed_length().is_some() => {
                (0..min).for_each(|_| self.part((*of).clone(), grouped));
                self.part(Node::Repeat(of, 0, max.map(|max| max - min)), grouped);
            }
            fixed if fixed.fixed_length().is_some() => self.fixed(fixed),
            variable => self.variable(variable, grouped),
        }
    }

    fn fixed(&mut self, part: Node) {
        match self.cuts.last_mut() {
            Some(cut) => cut.tail.push(part),
            None => self.cuts.push(Cut { tail: vec![part], ..Cut::default() }),
        }
    }

    fn variable(&mut self, part: Node, grouped: bool) {
        match self.cuts.last_mut().filter(|_| !self.fresh) {
            Some(cut) => {
                let tail = std::mem::take(&mut cut.tail);
                cut.head.extend(tail);
                cut.head.push(part);
                cut.grouped |= grouped;
            }
            None => self.cuts.push(Cut { head: vec![part], tail: Vec::new(), grouped }),
        }
        self.fresh = false;
    }
}

fn fast_regex_log_parse(mut call: Call) -> Operand {
    let Some(pattern) = constant_text(&call, 1) else { return Operand::Constant(Cell::Null) };
    let regex = FastRegex::new(&pattern).map_err(|error| RowError::new(ErrorKind::Argument, wrong(&pattern, &error)));
    let fields = field_conversions(&call);
    call.args.truncate(1);
    strict::<1>(call.args, move |[text]| {
        let Some(found) = regex.as_ref().map_err(Clone::clone)?.find(str(&text)) else { return Ok(Cell::Null) };
        let field = |(group, convert): (&&str, &Conversion)| convert(&Cell::text(group));
        Ok(Cell::Row(Arc::new(found.iter().zip(&fields).map(field).collect::<Result<_, _>>()?)))
    })
}

/// The message for a pattern that cannot be read.
pub(crate) fn wrong(pattern: &str, error: &str) -> String {
    format!("Invalid fast regular expression '{pattern}': {error}")
}
