//! One pass over a document: values that paths lead to become cells, the others are passed.

use super::super::coerce::{CoercionError, Target};
use super::super::number;
use super::scan::{RawString, Scan, SyntaxError, unescape};
use super::tree::{Action, Layouts, Leaf, Tree};
use crate::sql::types::Cell;

/// Why a row did not come about.
#[derive(Debug)]
pub(super) enum Failure {
    /// The document is no JSON: nothing after it can be trusted either.
    Syntax(SyntaxError),
    /// A value does not fit its column.
    Coercion(CoercionError),
}

impl From<SyntaxError> for Failure {
    fn from(error: SyntaxError) -> Self {
        Self::Syntax(error)
    }
}

impl From<CoercionError> for Failure {
    fn from(error: CoercionError) -> Self {
        Self::Coercion(error)
    }
}

/// An array to be spread into rows once the rest of the document is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spread {
    /// The node of its elements.
    pub(super) node: usize,
    /// Where it starts.
    pub(super) at: usize,
}

/// A walk through one document.
pub(super) struct Walk<'a> {
    pub(super) tree: &'a Tree,
    pub(super) layouts: &'a mut Layouts,
    pub(super) scan: Scan<'a>,
    /// For strings with escapes.
    pub(super) scratch: &'a mut Vec<u8>,
    /// The array met on the way.
    pub(super) spread: Option<Spread>,
}

impl<'a> Walk<'a> {
    /// Passes the value of `node` and fills the columns within. It calls itself as deep as the schema's paths go, not the document.
    pub(super) fn value(&mut self, node: usize, cells: &mut [Cell]) -> Result<(), Failure> {
        self.scan.blanks();
        let start = self.scan.at;
        match self.scan.peek() {
            b'{' if !self.tree.nodes[node].members.is_empty() => self.object(node, cells)?,
            first => {
                if let (b'[', Some(elements)) = (first, self.tree.nodes[node].elements) {
                    self.spread = Some(Spread { node: elements, at: start });
                }
                self.scan.skip_value()?;
            }
        }
        let end = self.scan.at;
        for leaf in &self.tree.nodes[node].leaves {
            self.scan.at = start;
            self.leaf(leaf, cells)?;
        }
        self.scan.at = end;
        Ok(())
    }

    fn object(&mut self, node: usize, cells: &mut [Cell]) -> Result<(), Failure> {
        let mut place = 0;
        loop {
            let action = match self.layouts.expected(node, place, &self.scan.bytes[self.scan.at..]) {
                Some((action, taken)) => {
                    self.scan.at += taken;
                    action
                }
                None => match self.member(node, place)? {
                    Some(action) => action,
                    None => return Ok(()),
                },
            };
            place += 1;
            match action {
                Action::Leaf(child) => self.leaf(&self.tree.nodes[child].leaves[0], cells)?,
                Action::Skip => self.skip()?,
                Action::Node(child) => self.value(child, cells)?,
            }
        }
    }

    /// Passes what is between two values, up to a member's value or the end of the object.
    fn member(&mut self, node: usize, place: usize) -> Result<Option<Action>, Failure> {
        let scan = &mut self.scan;
        let start = scan.at;
        scan.blanks();
        match scan.peek() {
            b'}' if place > 0 => {
                scan.at += 1;
                return Ok(None);
            }
            b',' if place > 0 => scan.at += 1,
            b'{' if place == 0 => scan.at += 1,
            _ => return Err(SyntaxError::Unexpected.into()),
        }
        scan.blanks();
        if place == 0 && scan.peek() == b'}' {
            scan.at += 1;
            return Ok(None);
        }
        let name = scan.key()?;
        let action = match name {
            RawString { bytes, escaped: false } => self.tree.action(node, bytes),
            RawString { bytes, escaped: true } => {
                unescape(bytes, self.scratch).ok_or(SyntaxError::Unexpected)?;
                self.tree.action(node, self.scratch)
            }
        };
        self.layouts.learn(node, place, &self.scan.bytes[start..self.scan.at], action);
        Ok(Some(action))
    }

    fn skip(&mut self) -> Result<(), Failure> {
        self.scan.blanks();
        self.scan.skip_value()?;
        Ok(())
    }

    /// Passes a value that is a column.
    #[inline]
    fn leaf(&mut self, leaf: &'a Leaf, cells: &mut [Cell]) -> Result<(), Failure> {
        let cell = &mut cells[leaf.column];
        match self.scan.peek() {
            b'"' => self.string(&leaf.target, cell),
            b'-' | b'0'..=b'9' => self.number(&leaf.target, cell),
            _ => self.other(&leaf.target, cell),
        }
    }

    #[inline]
    fn string(&mut self, target: &Target, cell: &mut Cell) -> Result<(), Failure> {
        let raw = self.scan.string()?;
        if !raw.escaped {
            return Ok(target.string(raw.bytes, cell)?);
        }
        unescape(raw.bytes, self.scratch).ok_or(SyntaxError::Unexpected)?;
        Ok(target.string(self.scratch, cell)?)
    }

    #[inline]
    fn number(&mut self, target: &Target, cell: &mut Cell) -> Result<(), Failure> {
        let rest = &self.scan.bytes[self.scan.at..];
        if let (Target::Whole { .. }, Some((value, taken))) = (target, number::integer_prefix(rest))
            && !matches!(rest.get(taken), Some(b'.' | b'e' | b'E'))
            && (rest[0] != b'0' || taken == 1)
        {
            self.scan.at += taken;
            return Ok(target.whole(value, cell)?);
        }
        Ok(target.number(self.scan.number()?, cell)?)
    }

    /// What is neither a string nor a number. There may be blanks before it, although the bytes expected before the value matched: more
    /// of them than last time.
    #[inline(never)]
    fn other(&mut self, target: &Target, cell: &mut Cell) -> Result<(), Failure> {
        self.scan.blanks();
        match self.scan.peek() {
            b'"' => self.string(target, cell)?,
            b'-' | b'0'..=b'9' => self.number(target, cell)?,
            b'{' | b'[' => target.nested(self.scan.skip_value()?, cell)?,
            b'n' => {
                self.scan.word(b"null")?;
                *cell = Cell::Null;
            }
            b't' => {
                self.scan.word(b"true")?;
                target.boolean(true, cell)?;
            }
            b'f' => {
                self.scan.word(b"false")?;
                target.boolean(false, cell)?;
            }
            _ => return Err(SyntaxError::Unexpected.into()),
        }
        Ok(())
    }
}
