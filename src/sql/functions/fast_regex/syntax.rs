//! The syntax of fast regular expressions: that of the dk.brics automaton library, as the SQL reference lists it.

use std::iter::Peekable;
use std::str::Chars;

/// How deep parentheses go.
const DEPTH_MAX: usize = 100;
/// The largest count in `{n,m}`.
const COUNT_MAX: u32 = 1000;

/// Ranges of characters, both ends included.
pub(super) type Ranges = Vec<(char, char)>;

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// `#`: matches nothing, not even the empty text.
    Nothing,
    /// One character of these.
    Class(Ranges),
    /// One after the other; none of them is the empty text.
    Concat(Vec<Node>),
    /// `a|b`.
    Union(Vec<Node>),
    /// `a&b`: what both match.
    Intersection(Vec<Node>),
    /// From so many times to so many, or without end.
    Repeat(Box<Node>, u32, Option<u32>),
    /// Parentheses.
    Group(Box<Node>),
}

impl Node {
    /// The length of everything it matches, in characters, where that is always the same.
    pub(super) fn fixed_length(&self) -> Option<usize> {
        match self {
            Self::Nothing => None,
            Self::Class(_) => Some(1),
            Self::Concat(parts) => parts.iter().map(Self::fixed_length).sum(),
            Self::Union(parts) | Self::Intersection(parts) => {
                let first = parts.first()?.fixed_length()?;
                parts.iter().all(|part| part.fixed_length() == Some(first)).then_some(first)
            }
            Self::Repeat(of, min, max) => (Some(*min) == *max).then_some(of.fixed_length()? * *min as usize),
            Self::Group(of) => of.fixed_length(),
        }
    }
}

fn any() -> Node {
    Node::Class(vec![('\0', char::MAX)])
}

/// Reads a pattern; what is wrong with it otherwise.
pub(super) fn parse(pattern: &str) -> Result<Node, String> {
    let mut parser = Parser { rest: pattern.chars().peekable(), depth: 0 };
    let node = parser.union()?;
    match parser.rest.next() {
        None => Ok(node),
        Some(other) => Err(format!("unexpected '{other}'")),
    }
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
    depth: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Result<char, String> {
        self.rest.next().ok_or_else(|| "unexpected end".to_owned())
    }

    fn taken(&mut self, character: char) -> bool {
        self.rest.next_if_eq(&character).is_some()
    }

    fn expect(&mut self, character: char) -> Result<(), String> {
        if self.taken(character) { Ok(()) } else { Err(format!("expected '{character}'")) }
    }

    fn union(&mut self) -> Result<Node, String> {
        let mut parts = vec![self.intersection()?];
        while self.taken('|') {
            parts.push(self.intersection()?);
        }
        Ok(one_or(parts, Node::Union))
    }

    fn intersection(&mut self) -> Result<Node, String> {
        let mut parts = vec![self.concat()?];
        while self.taken('&') {
            parts.push(self.concat()?);
        }
        Ok(one_or(parts, Node::Intersection))
    }

    fn concat(&mut self) -> Result<Node, String> {
        let mut parts = Vec::new();
        while self.rest.peek().is_some_and(|next| !matches!(next, '|' | '&' | ')')) {
            parts.push(self.repeat()?);
        }
        Ok(one_or(parts, Node::Concat))
    }

    fn repeat(&mut self) -> Result<Node, String> {
        let mut node = self.simple()?;
        loop {
            let (min, max) = match self.rest.peek() {
                Some('?') => (0, Some(1)),
                Some('*') => (0, None),
                Some('+') => (1, None),
                Some('{') => {
                    self.rest.next();
                    node = self.counted(node)?;
                    continue;
                }
                _ => return Ok(node),
            };
            self.rest.next();
            node = Node::Repeat(Box::new(node), min, max);
        }
    }

    fn counted(&mut self, of: Node) -> Result<Node, String> {
        let min = self.number()?;
        let max = match (self.taken(','), self.rest.peek()) {
            (false, _) => Some(min),
            (true, Some('}')) => None,
            (true, _) => Some(self.number()?),
        };
        self.expect('}')?;
        if max.is_some_and(|max| max < min) || min.max(max.unwrap_or(0)) > COUNT_MAX {
            return Err(format!("a count goes from the smaller to the larger number, up to {COUNT_MAX}"));
        }
        Ok(Node::Repeat(Box::new(of), min, max))
    }

    fn number(&mut self) -> Result<u32, String> {
        self.digits().parse().map_err(|_| "expected a whole number".to_owned())
    }

    fn digits(&mut self) -> String {
        std::iter::from_fn(|| self.rest.next_if(char::is_ascii_digit)).collect()
    }

    fn simple(&mut self) -> Result<Node, String> {
        match self.next()? {
            '.' => Ok(any()),
            '#' => Ok(Node::Nothing),
            '@' => Ok(Node::Repeat(Box::new(any()), 0, None)),
            '"' => self.quoted(),
            '(' => self.group(),
            '[' => self.class(),
            '<' => self.named(),
            '\\' => Ok(single(self.next()?)),
            wrong @ ('?' | '*' | '+' | '{') => Err(format!("nothing before '{wrong}'")),
            character => Ok(single(character)),
        }
    }

    fn quoted(&mut self) -> Result<Node, String> {
        let text: Vec<Node> = std::iter::from_fn(|| self.rest.next_if(|next| *next != '"')).map(single).collect();
        self.expect('"')?;
        Ok(one_or(text, Node::Concat))
    }

    fn group(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(format!("more than {DEPTH_MAX} parentheses in each other"));
        }
        let inside = self.union()?;
        self.expect(')')?;
        self.depth -= 1;
        Ok(Node::Group(Box::new(inside)))
    }

    /// What follows `[`.
    fn class(&mut self) -> Result<Node, String> {
        let negated = self.taken('^');
        let mut ranges = Ranges::new();
        while ranges.is_empty() || !self.taken(']') {
            let from = self.class_character()?;
            let ranged = self.taken('-');
            if ranged && self.rest.peek() == Some(&']') {
                ranges.extend([(from, from), ('-', '-')]);
                continue;
            }
            let to = if ranged { self.class_character()? } else { from };
            if to < from {
                return Err(format!("the range {from}-{to} goes backwards"));
            }
            ranges.push((from, to));
        }
        Ok(Node::Class(if negated { complement(ranges) } else { ranges }))
    }

    fn class_character(&mut self) -> Result<char, String> {
        match self.next()? {
            '\\' => self.next(),
            character => Ok(character),
        }
    }

    /// What follows `<`: a named class or an interval of numbers.
    fn named(&mut self) -> Result<Node, String> {
        let name: String = std::iter::from_fn(|| self.rest.next_if(|next| *next != '>')).collect();
        self.expect('>')?;
        if let Some(ranges) = named_class(&name) {
            return Ok(Node::Class(ranges));
        }
        let unknown = || format!("<{name}> is neither a named pattern nor an interval of numbers");
        let (from, to) = name.split_once('-').ok_or_else(unknown)?;
        interval(from, to).ok_or_else(unknown)
    }
}

fn one_or(mut parts: Vec<Node>, many: impl FnOnce(Vec<Node>) -> Node) -> Node {
    match parts.len() {
        1 => parts.remove(0),
        0 => Node::Concat(parts),
        _ => many(parts),
    }
}

fn single(character: char) -> Node {
    Node::Class(vec![(character, character)])
}

/// The characters that are in none of the ranges.
fn complement(mut ranges: Ranges) -> Ranges {
    ranges.sort_unstable();
    let (mut left, mut from) = (Ranges::new(), Some('\0'));
    for (first, last) in ranges {
        let Some(start) = from else { break };
        if first > start {
            left.extend(before(first).map(|end| (start, end)));
        }
        from = if last >= start { after(last) } else { from };
    }
    left.extend(from.map(|start| (start, char::MAX)));
    left
}

fn before(character: char) -> Option<char> {
    ('\0'..character).next_back()
}

/// The character that follows one; none after the last.
pub(super) fn after(character: char) -> Option<char> {
    (character..=char::MAX).nth(1)
}

/// The named patterns of the SQL reference; its text for Print and Graph is followed, blank left out.
fn named_class(name: &str) -> Option<Ranges> {
    let ranges: &[(char, char)] = match name {
        "Digit" => &[('0', '9')],
        "Upper" => &[('A', 'Z')],
        "Lower" => &[('a', 'z')],
        "ASCII" => &[('\0', '\x7f')],
        "Alpha" => &[('A', 'Z'), ('a', 'z')],
        "Alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "Punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "Blank" => &[(' ', ' '), ('\t', '\t')],
        "Space" => &[(' ', ' '), ('\t', '\r')],
        "Cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        "XDigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        "Print" | "Graph" => &[('!', '~')],
        _ => return None,
    };
    Some(ranges.to_vec())
}

/// `<n-m>`: whole numbers from n to m. Bounds with as many digits each ask for that many digits; otherwise zeros may lead.
fn interval(from: &str, to: &str) -> Option<Node> {
    let digits = |text: &str| !text.is_empty() && text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(from) || !digits(to) {
        return None;
    }
    let width = from.len().max(to.len());
    let (low, high) = (format!("{from:0>width$}"), format!("{to:0>width$}"));
    if low > high {
        return None;
    }
    if from.len() == to.len() {
        return Some(between(low.as_bytes(), high.as_bytes()));
    }
    // Numbers of each width, after any zeros.
    let zeros = Node::Repeat(Box::new(single('0')), 0, None);
    let of_width = |digits: usize| {
        let least = if digits == from.len() { from.to_owned() } else { format!("1{}", "0".repeat(digits - 1)) };
        let most = if digits == to.len() { to.to_owned() } else { "9".repeat(digits) };
        between(least.as_bytes(), most.as_bytes())
    };
    Some(Node::Concat(vec![zeros, one_or((from.len()..=width).map(of_width).collect(), Node::Union)]))
}

/// The numbers between two of as many digits.
fn between(low: &[u8], high: &[u8]) -> Node {
    let ([first_low, low @ ..], [first_high, high @ ..]) = (low, high) else { return Node::Concat(Vec::new()) };
    let digit = |from: u8, to: u8| Node::Class(vec![(char::from(from), char::from(to))]);
    if first_low == first_high {
        return Node::Concat(vec![digit(*first_low, *first_low), between(low, high)]);
    }
    let (nines, zeros) = (vec![b'9'; low.len()], vec![b'0'; low.len()]);
    let mut parts = vec![
        Node::Concat(vec![digit(*first_low, *first_low), between(low, &nines)]),
        Node::Concat(vec![digit(*first_high, *first_high), between(&zeros, high)]),
    ];
    if first_low + 1 < *first_high {
        parts.push(Node::Concat(vec![digit(first_low + 1, first_high - 1), between(&zeros, &nines)]));
    }
    Node::Union(parts)
}
