//! The score of a point in one tree, and which dimensions it comes from.
//!
//! As AWS published it: a point whose place in the tree would be high is unlike the others. At the leaf that the cuts lead to the score is
//! 1/(depth + 1); on the way up, at each node, the point would have been parted with the probability p that a random cut of the node's box
//! extended to the point falls outside the box, and then would have scored 1/(depth + 1) there, so the score becomes
//! p/(depth + 1) + (1 − p)·score, until a box has the point in it. A point equal to a leaf scores 1/(depth + log2(mass + 1)),
//! dampened by 1 − mass/(2·mass of the tree). Scores of trees are made comparable by the factor log2(mass of the tree + 1).

use super::tree::{NONE, Tree};

/// How much of a score is due to a dimension.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Attribution {
    /// Because the value is above the others.
    pub high: f64,
    /// Because it is below.
    pub low: f64,
}

/// What a point scores where it would be parted.
#[inline]
fn unseen(depth: usize) -> f64 {
    1.0 / (depth + 1) as f64
}

/// What a point that is in the tree `mass` times scores.
fn seen(depth: usize, mass: u16, tree_mass: u16) -> f64 {
    let damp = 1.0 - f64::from(mass) / (2.0 * f64::from(tree_mass));
    damp / (depth as f64 + (f64::from(mass) + 1.0).log2())
}

impl Tree {
    /// To be called when points came or went.
    pub(super) fn normalize(&mut self) {
        self.normalizer = (f64::from(self.mass()) + 1.0).log2();
    }

    /// The score of a point; 0 in an empty tree.
    pub(super) fn score(&self, point: &[f32]) -> f64 {
        if self.root == NONE {
            return 0.0;
        }
        let (leaf, mut depth) = self.leaf_of(point);
        let place = self.places[usize::from(leaf)];
        if self.equals(leaf, point) {
            return seen(depth, place.mass, self.mass()) * self.normalizer;
        }
        let mut score = unseen(depth);
        let mut node = place.parent;
        while node != NONE {
            depth -= 1;
            let probability = probability_of_cut(self.bounds(node), point);
            if probability <= 0.0 {
                break;
            }
            score += probability * (unseen(depth) - score);
            node = self.places[usize::from(node)].parent;
        }
        score * self.normalizer
    }

    /// Adds what each dimension contributes to the score of a point; `scratch` is for what the tree needs meanwhile.
    pub(super) fn attribute(&self, point: &[f32], scratch: &mut Scratch, sums: &mut [Attribution]) {
        if self.root == NONE {
            return;
        }
        let (leaf, depth) = self.leaf_of(point);
        let place = self.places[usize::from(leaf)];
        scratch.shares.clear();
        scratch.shares.resize(point.len(), Attribution::default());
        let score = if self.equals(leaf, point) {
            self.climb_beside(leaf, depth, point, scratch);
            seen(depth, place.mass, self.mass())
        } else {
            blend(&mut scratch.shares, self.bounds(leaf), point, unseen(depth));
            self.climb(place.parent, depth, point, scratch)
        };
        let score = score * self.normalizer;
        let total: f64 = scratch.shares.iter().map(|s| s.high + s.low).sum();
        for (sum, share) in sums.iter_mut().zip(&scratch.shares) {
            let even = score / (2 * point.len()) as f64;
            let (high, low) = if total > 0.0 { (share.high / total * score, share.low / total * score) } else { (even, even) };
            sum.high += high;
            sum.low += low;
        }
    }

    /// The way up from a leaf unlike the point, as in [`Tree::score`]; gives the score.
    fn climb(&self, mut node: u16, mut depth: usize, point: &[f32], scratch: &mut Scratch) -> f64 {
        let mut score = unseen(depth);
        while node != NONE {
            depth -= 1;
            let probability = blend(&mut scratch.shares, self.bounds(node), point, unseen(depth));
            if probability <= 0.0 {
                break;
            }
            score += probability * (unseen(depth) - score);
            node = self.places[usize::from(node)].parent;
        }
        score
    }

    /// The way up from a leaf equal to the point: dimensions are compared with the boxes beside the way, as if the point were not there.
    fn climb_beside(&self, leaf: u16, mut depth: usize, point: &[f32], scratch: &mut Scratch) {
        let mut node = leaf;
        scratch.beside.clear();
        while self.places[usize::from(node)].parent != NONE {
            depth -= 1;
            merge(&mut scratch.beside, self.bounds(self.sibling(node)));
            if blend(&mut scratch.shares, &scratch.beside, point, unseen(depth)) <= 0.0 {
                return;
            }
            node = self.places[usize::from(node)].parent;
        }
    }
}

/// Room for [`Tree::attribute`].
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    shares: Vec<Attribution>,
    beside: Vec<[f32; 2]>,
}

fn merge(into: &mut Vec<[f32; 2]>, bounds: &[[f32; 2]]) {
    if into.is_empty() {
        into.extend_from_slice(bounds);
    }
    for ([low, high], [other_low, other_high]) in into.iter_mut().zip(bounds) {
        (*low, *high) = (low.min(*other_low), high.max(*other_high));
    }
}

/// The probability that a random cut of the box extended to the point parts the two.
#[inline]
fn probability_of_cut(bounds: &[[f32; 2]], point: &[f32]) -> f64 {
    let (mut outside, mut sides) = (0.0, 0.0);
    for ([low, high], x) in bounds.iter().zip(point) {
        outside += (low - x).max(0.0) + (x - high).max(0.0);
        sides += high - low;
    }
    if outside <= 0.0 { 0.0 } else { f64::from(outside) / (f64::from(outside) + f64::from(sides)) }
}

/// Blends into the shares what each dimension adds to that probability, times `score`; gives the probability.
fn blend(shares: &mut [Attribution], bounds: &[[f32; 2]], point: &[f32], score: f64) -> f64 {
    let probability = probability_of_cut(bounds, point);
    if probability <= 0.0 {
        return 0.0;
    }
    let outside = |([low, high], x): (&[f32; 2], &f32)| (f64::from((x - high).max(0.0)), f64::from((low - x).max(0.0)));
    let total: f64 = bounds.iter().zip(point).map(outside).map(|(high, low)| high + low).sum();
    for (share, (high, low)) in shares.iter_mut().zip(bounds.iter().zip(point).map(outside)) {
        share.high += probability * (score * high / total - share.high);
        share.low += probability * (score * low / total - share.low);
    }
    probability
}
