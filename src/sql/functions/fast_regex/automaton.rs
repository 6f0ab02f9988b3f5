//! From a pattern to a deterministic automaton, by Brzozowski's derivatives: a state is what is still to be matched.

use super::syntax::{Node, Ranges, after};
use rustc_hash::FxHashMap;

/// How many expressions may be met on the way.
const TERMS_MAX: usize = 20_000;
/// How many states an automaton has.
const STATES_MAX: usize = 2_000;

/// An automaton that finds the shortest, the longest or the whole match from a text's start.
#[derive(Debug)]
pub(super) struct Automaton {
    /// The first character of each class of characters that no state tells apart, ascending from NUL.
    classes: Vec<char>,
    /// The class of each ASCII character.
    ascii: Vec<usize>,
    /// The next state by state and class.
    next: Vec<usize>,
    states: Vec<State>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    accepts: bool,
    /// Nothing that follows can lead to a match.
    dead: bool,
}

impl Automaton {
    /// The automaton of parts one after the other.
    pub(super) fn new(parts: &[Node]) -> Result<Self, String> {
        let mut terms = Terms::default();
        let start = terms.sequence(parts)?;
        let classes = terms.classes();
        let mut ids = vec![start];
        let mut places = FxHashMap::from_iter([(start, 0)]);
        let (mut next, mut states) = (Vec::new(), Vec::new());
        while let Some(id) = ids.get(states.len()).copied() {
            states.push(State { accepts: terms.nullable(id), dead: id == NOTHING });
            for class in 0..classes.len() {
                let to = terms.derivative(id, class, &classes)?;
                let place = *places.entry(to).or_insert_with(|| {
                    ids.push(to);
                    ids.len() - 1
                });
                next.push(place);
            }
            if states.len() > STATES_MAX {
                return Err("the pattern is too large".to_owned());
            }
        }
        let ascii = ('\0'..='\x7f').map(|character| class_of(&classes, character)).collect();
        Ok(Self { classes, ascii, next, states })
    }

    fn step(&self, state: usize, character: char) -> usize {
        let class = match self.ascii.get(character as usize) {
            Some(class) => *class,
            None => class_of(&self.classes, character),
        };
        self.next[state * self.classes.len() + class]
    }

    /// Where the shortest match ends.
    pub(super) fn shortest(&self, text: &str) -> Option<usize> {
        self.ends(text).next()
    }

    /// Where the longest match ends.
    pub(super) fn longest(&self, text: &str) -> Option<usize> {
        self.ends(text).last()
    }

    /// Whether all of the text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        self.longest(text) == Some(text.len())
    }

    /// Every place where a match ends, ascending.
    fn ends<'a>(&'a self, text: &'a str) -> impl Iterator<Item = usize> + 'a {
        let places = text.char_indices().map(|(at, character)| (at, Some(character))).chain([(text.len(), None)]);
        let mut state = 0;
        let walk = places.map_while(move |(at, character)| {
            let here = self.states[state];
            if here.dead {
                return None;
            }
            if let Some(character) = character {
                state = self.step(state, character);
            }
            Some((at, here.accepts))
        });
        walk.filter_map(|(at, accepts)| accepts.then_some(at))
    }
}

fn class_of(classes: &[char], character: char) -> usize {
    classes.partition_point(|first| *first <= character).saturating_sub(1)
}

/// A place in [`Terms`].
type Id = usize;

/// Two terms are always there.
const NOTHING: Id = 0;
const EMPTY: Id = 1;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Term {
    Nothing,
    Empty,
    Class(Ranges),
    Concat(Id, Id),
    Union(Vec<Id>),
    Intersection(Vec<Id>),
    Star(Id),
}

/// Expressions, each kept once, so that equal ones have equal places.
struct Terms {
    all: Vec<Term>,
    places: FxHashMap<Term, Id>,
    derivatives: FxHashMap<(Id, usize), Id>,
}

impl Default for Terms {
    fn default() -> Self {
        let all = vec![Term::Nothing, Term::Empty];
        let places = all.iter().cloned().zip(0..).collect();
        Self { all, places, derivatives: FxHashMap::default() }
    }
}

impl Terms {
    fn add(&mut self, term: Term) -> Result<Id, String> {
        if let Some(id) = self.places.get(&term) {
            return Ok(*id);
        }
        if self.all.len() == TERMS_MAX {
            return Err("the pattern is too large".to_owned());
        }
        self.all.push(term.clone());
        self.places.insert(term, self.all.len() - 1);
        Ok(self.all.len() - 1)
    }

    fn node(&mut self, node: &Node) -> Result<Id, String> {
        match node {
            Node::Nothing => Ok(NOTHING),
            Node::Class(ranges) => self.add(Term::Class(ranges.clone())),
            Node::Concat(parts) => self.sequence(parts),
            Node::Union(parts) => {
                let parts = parts.iter().map(|part| self.node(part)).collect::<Result<_, _>>()?;
                self.union(parts)
            }
            Node::Intersection(parts) => {
                let parts = parts.iter().map(|part| self.node(part)).collect::<Result<_, _>>()?;
                self.intersection(parts)
            }
            Node::Group(of) => self.node(of),
            Node::Repeat(of, min, max) => self.repeat(of, *min, *max),
        }
    }

    fn sequence(&mut self, parts: &[Node]) -> Result<Id, String> {
        let mut all = EMPTY;
        for part in parts.iter().rev() {
            let part = self.node(part)?;
            all = self.concat(part, all)?;
        }
        Ok(all)
    }

    fn repeat(&mut self, of: &Node, min: u32, max: Option<u32>) -> Result<Id, String> {
        let of = self.node(of)?;
        let mut all = match max {
            None => self.star(of)?,
            Some(_) => EMPTY,
        };
        for _ in min..max.unwrap_or(min) {
            let more = self.concat(of, all)?;
            all = self.union(vec![EMPTY, more])?;
        }
        for _ in 0..min {
            all = self.concat(of, all)?;
        }
        Ok(all)
    }

    fn concat(&mut self, first: Id, second: Id) -> Result<Id, String> {
        match (first, second) {
            (NOTHING, _) | (_, NOTHING) => Ok(NOTHING),
            (EMPTY, other) | (other, EMPTY) => Ok(other),
            _ => match self.all[first] {
                Term::Concat(head, tail) => {
                    let tail = self.concat(tail, second)?;
                    self.add(Term::Concat(head, tail))
                }
                _ => self.add(Term::Concat(first, second)),
            },
        }
    }

    fn star(&mut self, of: Id) -> Result<Id, String> {
        match self.all[of] {
            Term::Nothing | Term::Empty => Ok(EMPTY),
            Term::Star(_) => Ok(of),
            _ => self.add(Term::Star(of)),
        }
    }

    fn union(&mut self, parts: Vec<Id>) -> Result<Id, String> {
        let mut flat = Vec::new();
        for part in parts {
            match &self.all[part] {
                Term::Nothing => {}
                Term::Union(inner) => flat.extend_from_slice(inner),
                _ => flat.push(part),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        match flat[..] {
            [] => Ok(NOTHING),
            [one] => Ok(one),
            _ => self.add(Term::Union(flat)),
        }
    }

    fn intersection(&mut self, mut parts: Vec<Id>) -> Result<Id, String> {
        parts.sort_unstable();
        parts.dedup();
        match parts[..] {
            [NOTHING, ..] => Ok(NOTHING),
            [one] => Ok(one),
            _ => self.add(Term::Intersection(parts)),
        }
    }

    /// Whether the empty text matches.
    fn nullable(&self, id: Id) -> bool {
        match &self.all[id] {
            Term::Nothing | Term::Class(_) => false,
            Term::Empty | Term::Star(_) => true,
            Term::Concat(first, second) => self.nullable(*first) && self.nullable(*second),
            Term::Union(parts) => parts.iter().any(|part| self.nullable(*part)),
            Term::Intersection(parts) => parts.iter().all(|part| self.nullable(*part)),
        }
    }

    /// What is still to be matched after a character of the class.
    fn derivative(&mut self, id: Id, class: usize, classes: &[char]) -> Result<Id, String> {
        if let Some(known) = self.derivatives.get(&(id, class)) {
            return Ok(*known);
        }
        let made = match self.all[id].clone() {
            Term::Nothing | Term::Empty => NOTHING,
            Term::Class(ranges) => {
                let inside = ranges.iter().any(|(from, to)| (*from..=*to).contains(&classes[class]));
                if inside { EMPTY } else { NOTHING }
            }
            Term::Star(of) => {
                let left = self.derivative(of, class, classes)?;
                self.concat(left, id)?
            }
            Term::Concat(first, second) => {
                let left = self.derivative(first, class, classes)?;
                let left = self.concat(left, second)?;
                if self.nullable(first) {
                    let right = self.derivative(second, class, classes)?;
                    self.union(vec![left, right])?
                } else {
                    left
                }
            }
            Term::Union(parts) => {
                let parts = parts.iter().map(|part| self.derivative(*part, class, classes)).collect::<Result<_, _>>()?;
                self.union(parts)?
            }
            Term::Intersection(parts) => {
                let parts = parts.iter().map(|part| self.derivative(*part, class, classes)).collect::<Result<_, _>>()?;
                self.intersection(parts)?
            }
        };
        self.derivatives.insert((id, class), made);
        Ok(made)
    }

    /// The first characters of the classes that the terms tell apart.
    fn classes(&self) -> Vec<char> {
        let ranges = self.all.iter().filter_map(|term| if let Term::Class(ranges) = term { Some(ranges) } else { None });
        let mut firsts: Vec<char> = ranges.flatten().flat_map(|(from, to)| [Some(*from), after(*to)]).flatten().collect();
        firsts.push('\0');
        firsts.sort_unstable();
        firsts.dedup();
        firsts
    }
}
