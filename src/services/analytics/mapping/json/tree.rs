//! The schema's paths as one tree, walked in step with a document.

use super::super::coerce::Target;
use super::super::path::{self, Step};
use super::super::schema::{RecordColumn, SchemaError};
use rustc_hash::FxHashMap;

/// How many members of an object are remembered in their order.
const LAYOUT_MEMBERS_MAX: usize = 2_000;
/// How many bytes of a member's name and of the blanks around it are remembered.
const LAYOUT_PREFIX_MAX: usize = 128;

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
    /// Exactly one column takes it whole.
    Leaf(Leaf),
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
    /// The members of the object seen last, in order: documents of one producer look alike, so the next one is checked first.
    layout: Vec<Expected>,
}

/// A member as the last document had it.
#[derive(Debug)]
struct Expected {
    /// All bytes from the value before to this one: brace or comma, blanks, name, colon.
    prefix: Vec<u8>,
    action: Action,
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
            Node { leaves, members, elements: None, .. } if members.is_empty() && leaves.len() == 1 => Action::Leaf(leaves[0]),
            _ => Action::Node(*child),
        }
    }

    /// If the next member is the one that came at this place in the last document: what to do with its value, and the bytes before that.
    pub(super) fn expected(&self, node: usize, place: usize, rest: &[u8]) -> Option<(Action, usize)> {
        let expected = self.nodes[node].layout.get(place)?;
        rest.starts_with(&expected.prefix).then_some((expected.action, expected.prefix.len()))
    }

    /// Remembers a member for the next document.
    pub(super) fn learn(&mut self, node: usize, place: usize, prefix: &[u8], action: Action) {
        let layout = &mut self.nodes[node].layout;
        if place > layout.len() || place >= LAYOUT_MEMBERS_MAX || prefix.len() > LAYOUT_PREFIX_MAX {
            return;
        }
        if place == layout.len() {
            layout.push(Expected { prefix: Vec::new(), action });
        }
        let expected = &mut layout[place];
        expected.action = action;
        expected.prefix.clear();
        expected.prefix.extend_from_slice(prefix);
    }
}

fn parse(place: String, text: &str) -> Result<Vec<Step>, SchemaError> {
    path::parse(text).map_err(|source| SchemaError::Path { place, source })
}
