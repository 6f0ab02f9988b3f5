//! A random cut tree over the points of a sample (Guha, Mishra, Roy, Schrijvers: "Robust Random Cut Forest Based Anomaly Detection On
//! Streams", 2016), in flat arrays.
//!
//! Inner nodes and leaves are numbered in one space: inner nodes from 0, leaves from the capacity on. Every one has a bounding box, a
//! mass (points below it, equal ones counted) and a parent; inner nodes also have a cut.

use super::random::Random;

/// No node.
pub(super) const NONE: u16 = u16::MAX;

/// Where an inner node parts its points: those up to `value` go left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    pub(super) value: f32,
    pub(super) dimension: u16,
    /// Left and right.
    pub(super) children: [u16; 2],
}

/// What every node has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) parent: u16,
    pub(super) mass: u16,
}

/// The tree.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) dimensions: usize,
    pub(super) capacity: usize,
    pub(super) root: u16,
    pub(super) cuts: Vec<Cut>,
    pub(super) places: Vec<Place>,
    /// A lower and an upper bound a dimension and node.
    pub(super) bounds: Vec<[f32; 2]>,
    free_inner: Vec<u16>,
    free_leaves: Vec<u16>,
    /// The factor that makes scores of trees of different masses comparable: log2(mass + 1), kept because every score needs it.
    pub(super) normalizer: f64,
}

/// Where a point is to be put: above `node`, parted from it by the cut.
struct Insertion {
    node: u16,
    dimension: usize,
    value: f32,
}

impl Tree {
    /// An empty tree for up to `capacity` points.
    pub(super) fn new(dimensions: usize, capacity: u16) -> Self {
        let nodes = usize::from(capacity) * 2;
        Self {
            dimensions,
            capacity: capacity.into(),
            root: NONE,
            cuts: vec![Cut { value: 0.0, dimension: 0, children: [NONE; 2] }; capacity.into()],
            places: vec![Place { parent: NONE, mass: 0 }; nodes],
            bounds: vec![[0.0; 2]; nodes * dimensions],
            free_inner: (0..capacity).rev().collect(),
            free_leaves: (capacity..capacity * 2).rev().collect(),
            normalizer: 0.0,
        }
    }

    /// How many points it holds, equal ones counted.
    pub(super) fn mass(&self) -> u16 {
        if self.root == NONE { 0 } else { self.places[usize::from(self.root)].mass }
    }

    /// The box of a node.
    #[inline]
    pub(super) fn bounds(&self, node: u16) -> &[[f32; 2]] {
        let start = usize::from(node) * self.dimensions;
        &self.bounds[start..start + self.dimensions]
    }

    pub(super) fn bounds_mut(&mut self, node: u16) -> &mut [[f32; 2]] {
        let start = usize::from(node) * self.dimensions;
        &mut self.bounds[start..start + self.dimensions]
    }

    /// The leaf that the cuts lead to, and its depth. The tree must not be empty.
    #[inline]
    pub(super) fn leaf_of(&self, point: &[f32]) -> (u16, usize) {
        let (mut node, mut depth) = (self.root, 0);
        while let Some(cut) = self.cuts.get(usize::from(node)) {
            node = cut.children[usize::from(point[usize::from(cut.dimension)] > cut.value)];
            depth += 1;
        }
        (node, depth)
    }

    /// The other child of the node's parent.
    pub(super) fn sibling(&self, node: u16) -> u16 {
        let [left, right] = self.cuts[usize::from(self.places[usize::from(node)].parent)].children;
        if left == node { right } else { left }
    }

    /// Adds a point and gives its leaf. There must be room.
    pub(super) fn insert(&mut self, point: &[f32], random: &mut Random) -> u16 {
        if self.root == NONE {
            let leaf = self.new_leaf(point);
            self.root = leaf;
            return leaf;
        }
        let (nearest, _) = self.leaf_of(point);
        if self.equals(nearest, point) {
            self.change_mass(nearest, 1);
            return nearest;
        }
        let insertion = self.choose(nearest, point, random);
        let leaf = self.new_leaf(point);
        self.graft(&insertion, leaf, point);
        leaf
    }

    pub(super) fn equals(&self, leaf: u16, point: &[f32]) -> bool {
        self.bounds(leaf).iter().zip(point).all(|([value, _], x)| value == x)
    }

    /// The highest node on the way from `leaf` to the root that a random cut of its box, the point included, parts from the point.
    /// A node whose box has the point in it cannot be parted from it, and none above it can.
    fn choose(&self, leaf: u16, point: &[f32], random: &mut Random) -> Insertion {
        let mut chosen = Insertion { node: leaf, dimension: 0, value: 0.0 };
        let mut node = leaf;
        while node != NONE {
            let bounds = self.bounds(node);
            if bounds.iter().zip(point).all(|([low, high], x)| low <= x && x <= high) {
                break;
            }
            let (dimension, value) = random_cut(bounds, point, random.unit());
            let ([low, high], x) = (bounds[dimension], point[dimension]);
            if (x <= value && value < low) || (high <= value && value < x) {
                chosen = Insertion { node, dimension, value };
            }
            node = self.places[usize::from(node)].parent;
        }
        chosen
    }

    /// Puts a new inner node above `insertion.node`, with that and `leaf` as children.
    fn graft(&mut self, insertion: &Insertion, leaf: u16, point: &[f32]) {
        let node = insertion.node;
        let inner = self.free_inner.pop().unwrap_or(NONE);
        let Place { parent, mass } = self.places[usize::from(node)];
        let children = if point[insertion.dimension] <= insertion.value { [leaf, node] } else { [node, leaf] };
        let dimension = u16::try_from(insertion.dimension).unwrap_or_default();
        self.cuts[usize::from(inner)] = Cut { value: insertion.value, dimension, children };
        self.places[usize::from(inner)] = Place { parent, mass };
        self.replace_child(parent, node, inner);
        self.places[usize::from(node)].parent = inner;
        self.places[usize::from(leaf)].parent = inner;
        let start = usize::from(node) * self.dimensions;
        self.bounds.copy_within(start..start + self.dimensions, usize::from(inner) * self.dimensions);
        self.change_mass(inner, 1);
        let mut above = inner;
        while above != NONE && grow(self.bounds_mut(above), point) {
            above = self.places[usize::from(above)].parent;
        }
    }

    /// Takes one point of a leaf away.
    pub(super) fn remove(&mut self, leaf: u16) {
        let Place { parent, mass } = self.places[usize::from(leaf)];
        if mass > 1 {
            self.change_mass(leaf, -1);
            return;
        }
        self.free_leaves.push(leaf);
        if parent == NONE {
            self.root = NONE;
            return;
        }
        let sibling = self.sibling(leaf);
        let above = self.places[usize::from(parent)].parent;
        self.replace_child(above, parent, sibling);
        self.places[usize::from(sibling)].parent = above;
        self.free_inner.push(parent);
        self.change_mass(above, -1);
        self.shrink(above);
    }

    /// Fits the boxes from `node` upwards to their children, as far as they change.
    fn shrink(&mut self, mut node: u16) {
        while node != NONE {
            if !self.fit(node) {
                return;
            }
            node = self.places[usize::from(node)].parent;
        }
    }

    /// Fits the box of an inner node to its children; whether it changed.
    pub(super) fn fit(&mut self, node: u16) -> bool {
        let [left, right] = self.cuts[usize::from(node)].children.map(|child| usize::from(child) * self.dimensions);
        let start = usize::from(node) * self.dimensions;
        let mut changed = false;
        for dimension in 0..self.dimensions {
            let ([a, b], [c, d]) = (self.bounds[left + dimension], self.bounds[right + dimension]);
            let fitted = [a.min(c), b.max(d)];
            changed |= self.bounds[start + dimension] != fitted;
            self.bounds[start + dimension] = fitted;
        }
        changed
    }

    fn replace_child(&mut self, parent: u16, old: u16, new: u16) {
        match self.cuts.get_mut(usize::from(parent)) {
            Some(cut) => cut.children = cut.children.map(|child| if child == old { new } else { child }),
            None => self.root = new,
        }
    }

    /// Changes the mass of a node and of all above it.
    fn change_mass(&mut self, mut node: u16, by: i16) {
        while node != NONE {
            let place = &mut self.places[usize::from(node)];
            place.mass = place.mass.saturating_add_signed(by);
            node = place.parent;
        }
    }

    fn new_leaf(&mut self, point: &[f32]) -> u16 {
        let leaf = self.free_leaves.pop().unwrap_or(NONE);
        self.places[usize::from(leaf)] = Place { parent: NONE, mass: 1 };
        for (bound, x) in self.bounds_mut(leaf).iter_mut().zip(point) {
            *bound = [*x; 2];
        }
        leaf
    }

    /// Marks nodes as used, after the arrays were filled from a snapshot.
    pub(super) fn set_used(&mut self, inner: u16, leaves: u16) {
        let capacity = u16::try_from(self.capacity).unwrap_or(NONE / 2);
        self.free_inner = (inner..capacity).rev().collect();
        self.free_leaves = (capacity + leaves..capacity * 2).rev().collect();
    }
}

/// Extends a box to a point; whether that was outside.
fn grow(bounds: &mut [[f32; 2]], point: &[f32]) -> bool {
    let mut changed = false;
    for ([low, high], x) in bounds.iter_mut().zip(point) {
        changed |= x < low || x > high;
        (*low, *high) = (low.min(*x), high.max(*x));
    }
    changed
}

/// A cut of the box extended to the point, evenly spread over the sum of its sides: dimension and value. The value is at least the lower
/// and below the upper bound of that side.
fn random_cut(bounds: &[[f32; 2]], point: &[f32], unit: f64) -> (usize, f32) {
    let sides = || bounds.iter().zip(point).map(|([low, high], x)| (low.min(*x), high.max(*x)));
    let total: f64 = sides().map(|(low, high)| f64::from(high) - f64::from(low)).sum();
    let mut rest = unit * total;
    let mut last = (0, 0.0);
    for (dimension, (low, high)) in sides().enumerate() {
        let side = f64::from(high) - f64::from(low);
        if side <= 0.0 {
            continue;
        }
        if rest < side {
            return (dimension, within(f64::from(low) + rest, low, high));
        }
        last = (dimension, low);
        rest -= side;
    }
    // Only rounding leads here.
    last
}

#[expect(clippy::cast_possible_truncation, reason = "cuts are as fine as the points")]
fn within(value: f64, low: f32, high: f32) -> f32 {
    let value = value as f32;
    if value < high { value.max(low) } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Tree {
        /// Boxes, masses and links all agree.
        fn check(&self) {
            let mut waiting = if self.root == NONE { vec![] } else { vec![(self.root, NONE)] };
            while let Some((node, parent)) = waiting.pop() {
                let place = self.places[usize::from(node)];
                assert_eq!(place.parent, parent);
                if usize::from(node) >= self.capacity {
                    assert!(place.mass > 0);
                    continue;
                }
                let Cut { value, dimension, children: [left, right] } = self.cuts[usize::from(node)];
                assert_eq!(place.mass, self.places[usize::from(left)].mass + self.places[usize::from(right)].mass);
                assert!(
                    self.bounds(left)[usize::from(dimension)][1] <= value
                        && value < self.bounds(right)[usize::from(dimension)][0]
                );
                assert!(!self.clone().fit(node), "the box is that of the children");
                waiting.extend([(left, node), (right, node)]);
            }
        }
    }

    #[test]
    fn points_come_and_go() {
        let (mut tree, mut random) = (Tree::new(2, 40), Random(3));
        let mut leaves = std::collections::VecDeque::new();
        for i in 0..2_000_u16 {
            if leaves.len() == 40 || (i % 7 == 0 && !leaves.is_empty()) {
                tree.remove(leaves.pop_front().unwrap());
                tree.check();
            }
            let point = [(random.bits() % 9) as f32, (random.bits() % 4096) as f32 * f32::from(i % 2)];
            let leaf = tree.insert(&point, &mut random);
            assert!(tree.equals(leaf, &point) && tree.leaf_of(&point).0 == leaf);
            leaves.push_back(leaf);
            tree.check();
            assert_eq!(usize::from(tree.mass()), leaves.len());
        }
        while let Some(leaf) = leaves.pop_front() {
            tree.remove(leaf);
            tree.check();
        }
        assert_eq!(tree.mass(), 0);
    }

    #[test]
    fn neighbouring_numbers_are_parted() {
        let (mut tree, mut random) = (Tree::new(1, 10), Random(5));
        let mut x = 1.0_f32;
        for _ in 0..10 {
            tree.insert(&[x], &mut random);
            x = x.next_up();
        }
        tree.check();
        assert_eq!(tree.mass(), 10);
    }
}
