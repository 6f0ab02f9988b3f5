//! The schema's paths as one tree, walked in step with a document.

use super::super::coerce::Target;
use super::super::path::{self, Step};
use super::super::schema::{RecordColumn, SchemaError};
use rustc_hash::FxHashMap;

/// How many members of an object are remembered in their order.
const LAYOUT_MEMBERS_MAX: usize = 2_000;

/// How many bytes of a member's name and of the blanks around it are remembered.
const LAYOUT_PREFIX_MAX: usize = 256;

/// A column to be filled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Leaf {
    /// Its place in the row.
    pub(super) column: usize,
    /// What it takes.
    pub(super) target: Target,
}

/// What to do with a member's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Action {
    /// No path leads here.
    Skip,
    /// Exactly one column takes it whole: the first leaf of this node.
    Leaf(usize),
    /// Anything else: the node's index.
    Node(usize),
}

/// A value that paths lead to or through.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The columns that take the whole value.
    pub(super) leaves: Vec<Leaf>,
    /// Where paths go on by a member.
    pub(super) members: FxHashMap<Box<[u8]>, usize>,
    /// Where paths go on through all elements of an array.
    pub(super) elements: Option<usize>,
}

/// The members of the objects seen last, in order, one list a node: documents of one producer look alike, so the member that came at
/// the same place last time is checked first.
#[derive(Debug)]
pub(super) struct Layouts(Vec<Vec<Expected>>);

/// A member as the last document had it.
#[derive(Debug)]
pub(super) struct Expected {
    /// All bytes from the value before to this one: brace or comma, blanks, name, colon.
    prefix: Prefix,
    action: Action,
}

/// Bytes to be compared: 32 without a call, as words and masks; the rest, which is rare, as a slice.
#[derive(Debug)]
struct Prefix {
    words: [u64; 4],
    masks: [u64; 4],
    rest: Box<[u8]>,
    len: usize,
}

impl Prefix {
    const HEAD: usize = 32;

    fn new(text: &[u8]) -> Self {
        let (head, rest) = text.split_at(text.len().min(Self::HEAD));
        let (mut bytes, mut mask) = ([0; Self::HEAD], [0; Self::HEAD]);
        bytes[..head.len()].copy_from_slice(head);
        mask[..head.len()].fill(0xff);
        Self { words: words(&bytes), masks: words(&mask), rest: rest.into(), len: text.len() }
    }

    /// Whether `text` starts with it.
    #[inline]
    fn starts(&self, text: &[u8]) -> bool {
        let head = text.first_chunk().map_or_else(|| words(&padded(text)), words);
        let difference = |i: usize| (head[i] ^ self.words[i]) & self.masks[i];
        difference(0) | difference(1) | difference(2) | difference(3) == 0
            && (self.rest.is_empty() || text[Self::HEAD..].starts_with(&self.rest))
    }
}

/// A text shorter than a head, filled with zeros, which no member's name has.
#[inline(never)]
fn padded(text: &[u8]) -> [u8; Prefix::HEAD] {
    let mut bytes = [0; Prefix::HEAD];
    bytes[..text.len()].copy_from_slice(text);
    bytes
}

#[inline]
fn words(bytes: &[u8; Prefix::HEAD]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, chunk) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u64::from_le_bytes(*chunk);
    }
    words
}

/// The compiled paths; node 0 is the document.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
}

impl Tree {
    /// Compiles the mappings of `columns`. A mapping is absolute; under a row path that spreads an array it may also be relative to the
    /// element, which then goes before.
    pub(super) fn compile(row_path: &str, columns: &[RecordColumn], targets: &[Target]) -> Result<Self, SchemaError> {
        let row = parse("RecordRowPath".to_owned(), row_path)?;
        let mut tree = Self { nodes: vec![Node::default()] };
        for (column, (definition, target)) in columns.iter().zip(targets).enumerate() {
            let mapping = definition.mapping.as_deref().ok_or_else(|| SchemaError::NoMapping(definition.name.clone()))?;
            let steps = parse(format!("mapping of column \"{}\"", definition.name), mapping)?;
            let leaf = Leaf { column, target: *target };
            if let Some(relative) = steps.strip_prefix(&row[..]) {
                let at = tree.descend(0, &row);
                tree.add(at, relative, leaf);
            } else {
                tree.add(0, &steps, leaf);
                let at = tree.descend(0, &row);
                tree.add(at, &steps, leaf);
            }
        }
        tree.one_array_is_spread()?;
        Ok(tree)
    }

    /// `[0:]` at the end of a path means the array itself.
    fn add(&mut self, from: usize, steps: &[Step], leaf: Leaf) {
        let steps = steps.strip_suffix(&[Step::Elements]).unwrap_or(steps);
        let at = self.descend(from, steps);
        self.nodes[at].leaves.push(leaf);
    }

    fn descend(&mut self, from: usize, steps: &[Step]) -> usize {
        steps.iter().fold(from, |at, step| self.child(at, step))
    }

    fn child(&mut self, parent: usize, step: &Step) -> usize {
        let new = self.nodes.len();
        let node = &mut self.nodes[parent];
        let child = match step {
            Step::Member(name) => *node.members.entry(name.as_bytes().into()).or_insert(new),
            Step::Elements => *node.elements.get_or_insert(new),
        };
        if child == new {
            self.nodes.push(Node::default());
        }
        child
    }

    fn one_array_is_spread(&self) -> Result<(), SchemaError> {
        if self.nodes.iter().filter(|n| n.elements.is_some()).count() > 1 {
            return Err(SchemaError::SecondArray(
                "a second array can only be mapped whole, by [0:] at the end of its path".to_owned(),
            ));
        }
        Ok(())
    }

    /// What to do with a member of `node`.
    pub(super) fn action(&self, node: usize, name: &[u8]) -> Action {
        let Some(child) = self.nodes[node].members.get(name) else {
            return Action::Skip;
        };
        match &self.nodes[*child] {
            Node { leaves, members, elements: None, .. } if members.is_empty() && leaves.len() == 1 => Action::Leaf(*child),
            _ => Action::Node(*child),
        }
    }
}

impl Layouts {
    /// Nothing is known yet.
    pub(super) fn new(tree: &Tree) -> Self {
        Self(tree.nodes.iter().map(|_| Vec::new()).collect())
    }

    /// If the next member is the one that came at this place last time: what to do with its value, and how many bytes are before that.
    #[inline]
    pub(super) fn expected(&self, node: usize, place: usize, rest: &[u8]) -> Option<(Action, usize)> {
        let expected = self.0[node].get(place)?;
        expected.prefix.starts(rest).then_some((expected.action, expected.prefix.len))
    }

    /// Remembers a member for the next document.
    pub(super) fn learn(&mut self, node: usize, place: usize, prefix: &[u8], action: Action) {
        let layout = &mut self.0[node];
        if place > layout.len() || place >= LAYOUT_MEMBERS_MAX || prefix.len() > LAYOUT_PREFIX_MAX {
            return;
        }
        let expected = Expected { prefix: Prefix::new(prefix), action };
        if place < layout.len() {
            layout[place] = expected;
        } else {
            layout.push(expected);
        }
    }
}

fn parse(place: String, text: &str) -> Result<Vec<Step>, SchemaError> {
    path::parse(text).map_err(|source| SchemaError::Path { place, source })
}
