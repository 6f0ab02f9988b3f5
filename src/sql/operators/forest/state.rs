//! A forest as bytes, for snapshots: cuts and points; boxes and masses follow from them.
//!
//! Trees are written from the root down, each inner node before its children, so that reading needs one pass forwards for the links and
//! one backwards for boxes and masses.

use super::random::Random;
use super::sampler::{Entry, Sampler};
use super::tree::{Cut, NONE, Place, Tree};
use super::{Forest, Member};

/// The layout of the bytes; a snapshot of another one is refused.
const VERSION: u8 = 1;

impl Forest {
    /// Appends the state; the options are not in it.
    pub fn save(&self, out: &mut Vec<u8>) {
        out.push(VERSION);
        out.extend_from_slice(&self.rows.to_le_bytes());
        put_floats(&self.point, out);
        for member in &self.members {
            member.save(out);
        }
    }

    /// Takes over a state that a forest of the same options saved, and gives what follows it in `bytes`. `None`, and nothing is changed,
    /// when it is none.
    pub fn restore<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let mut reader = Reader(bytes);
        let mut restored = self.clone();
        if reader.take::<1>()? != [VERSION] {
            return None;
        }
        restored.rows = reader.u64()?;
        reader.floats(&mut restored.point)?;
        for member in &mut restored.members {
            *member = Member::restore(&member.tree, member.sampler.decay, &mut reader)?;
        }
        *self = restored;
        Some(reader.0)
    }
}

impl Member {
    fn save(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.random.0.to_le_bytes());
        put_u16(self.sampler.heap.len(), out);
        let mut leaves = Vec::new();
        self.tree.save(&mut leaves, out);
        for Entry { weight, leaf } in &self.sampler.heap {
            out.extend_from_slice(&weight.to_le_bytes());
            put_u16(leaves.iter().position(|l| l == leaf).unwrap_or_default(), out);
        }
    }

    fn restore(empty: &Tree, decay: f64, reader: &mut Reader<'_>) -> Option<Self> {
        let random = Random(reader.u64()?);
        let size = usize::from(reader.u16()?);
        let capacity = u16::try_from(empty.capacity).ok()?;
        let mut tree = Tree::new(empty.dimensions, capacity);
        let leaves = if size == 0 { 0 } else { tree.restore(reader)? };
        let mut sampler = Sampler::new(capacity.into(), decay);
        for _ in 0..size {
            let weight = f64::from_le_bytes(reader.take()?);
            let leaf = reader.u16().filter(|leaf| *leaf < leaves)? + capacity;
            tree.places[usize::from(leaf)].mass += 1;
            sampler.add(Entry { weight, leaf });
        }
        tree.sum_up();
        tree.normalize();
        (usize::from(tree.mass()) == size).then_some(Self { tree, sampler, random })
    }
}

impl Tree {
    /// Writes nodes in the order in which they will be numbered; `leaves` gets those of the leaves.
    fn save(&self, leaves: &mut Vec<u16>, out: &mut Vec<u8>) {
        let mut waiting = if self.root == NONE { vec![] } else { vec![self.root] };
        while let Some(node) = waiting.pop() {
            match self.cuts.get(usize::from(node)) {
                Some(cut) => {
                    put_u16(usize::from(cut.dimension), out);
                    out.extend_from_slice(&cut.value.to_le_bytes());
                    waiting.extend([cut.children[1], cut.children[0]]);
                }
                None => {
                    put_u16(usize::from(NONE), out);
                    leaves.push(node);
                    let point: Vec<f32> = self.bounds(node).iter().map(|[x, _]| *x).collect();
                    put_floats(&point, out);
                }
            }
        }
    }

    /// Reads them; gives the number of leaves, whose masses are still 0.
    fn restore(&mut self, reader: &mut Reader<'_>) -> Option<u16> {
        let capacity = u16::try_from(self.capacity).ok()?;
        let (mut inner, mut leaves) = (0, 0);
        // Where the next node hangs: parent and side.
        let mut waiting = vec![(NONE, 0)];
        let mut point = vec![0.0; self.dimensions];
        while let Some((parent, side)) = waiting.pop() {
            let dimension = reader.u16()?;
            let node = if dimension == NONE { capacity + leaves } else { inner };
            if dimension == NONE {
                leaves += 1;
                reader.floats(&mut point)?;
            } else {
                inner += 1;
            }
            if inner >= capacity || leaves > capacity || (dimension != NONE && usize::from(dimension) >= self.dimensions) {
                return None;
            }
            match self.cuts.get_mut(usize::from(parent)) {
                Some(cut) => cut.children[side] = node,
                None => self.root = node,
            }
            self.places[usize::from(node)] = Place { parent, mass: 0 };
            if dimension == NONE {
                self.bounds_mut(node).iter_mut().zip(&point).for_each(|(bound, x)| *bound = [*x; 2]);
            } else {
                self.cuts[usize::from(node)] = Cut { value: f32::from_le_bytes(reader.take()?), dimension, children: [NONE; 2] };
                waiting.extend([(node, 1), (node, 0)]);
            }
        }
        self.set_used(inner, leaves);
        Some(leaves)
    }

    /// Boxes and masses of inner nodes: children have greater numbers than their parents, so from the last one up.
    fn sum_up(&mut self) {
        for node in (0..self.capacity).rev() {
            let children = self.cuts[node].children;
            if children.contains(&NONE) {
                continue;
            }
            self.places[node].mass = children.map(|child| self.places[usize::from(child)].mass).iter().sum();
            if let Ok(node) = u16::try_from(node) {
                self.fit(node);
            }
        }
    }
}

fn put_u16(value: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&u16::try_from(value).unwrap_or(NONE).to_le_bytes());
}

fn put_floats(values: &[f32], out: &mut Vec<u8>) {
    for value in values {
        out.extend_from_slice(&value.to_le_bytes());
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    fn floats(&mut self, into: &mut [f32]) -> Option<()> {
        for value in into {
            *value = f32::from_le_bytes(self.take()?);
        }
        Some(())
    }
}
