//! The random cut forest behind RANDOM_CUT_FOREST: our own code after the published algorithm (Guha et al. 2016; the description of AWS's
//! open library), in flat arrays and deterministic for a seed.
//!
//! Each tree keeps a time-decayed sample of the points, cut at random; a point's score is the average of the trees' (see `score`). With
//! shingling a point is the last rows in one. The model starts empty and scores 0 until it has seen as many rows as a sample holds
//! (SQL reference, "RANDOM_CUT_FOREST").

mod random;
mod sampler;
mod score;
mod state;
#[cfg(test)]
mod tests;
mod tree;

use random::Random;
use sampler::{Entry, Offer, Sampler};
pub use score::Attribution;
use score::Scratch;
use tree::Tree;

/// The most memory a forest may take, in bytes: the ranges of the SQL parameters allow a thousand times the usual one.
pub const FOREST_BYTES_MAX: usize = 4 << 30;

/// Values beyond are taken as this, so that no sum of sides overflows 32 bits.
const VALUE_MAX: f64 = 1e30;

/// The parameters of a forest; the SQL function's defaults are 100 trees, sample 256, decay 100,000, shingle 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForestOptions {
    /// Numbers a row.
    pub columns: usize,
    /// numberOfTrees, 1 to 1000.
    pub trees: u32,
    /// subSampleSize, 10 to 1000: points a tree.
    pub sample: u32,
    /// timeDecay, 1 to 2³¹ − 1: how many rows back the model mostly looks.
    pub time_decay: u32,
    /// shingleSize, 1 to 30: rows a point.
    pub shingle: u32,
    /// Where chance starts.
    pub seed: u64,
}

impl ForestOptions {
    fn dimensions(&self) -> usize {
        self.columns * self.shingle.max(1) as usize
    }

    /// About how many bytes a full forest takes.
    pub fn bytes(&self) -> usize {
        let node = size_of::<[f32; 2]>().saturating_mul(self.dimensions()).saturating_add(32);
        node.saturating_mul(2 * self.sample as usize).saturating_mul(self.trees as usize)
    }
}

/// The model.
#[derive(Clone, Debug)]
pub struct Forest {
    options: ForestOptions,
    /// The last rows, oldest first: the next point.
    point: Vec<f32>,
    rows: u64,
    members: Vec<Member>,
    scratch: Scratch,
}

/// A tree with its sample.
#[derive(Clone, Debug)]
struct Member {
    tree: Tree,
    sampler: Sampler,
    random: Random,
}

impl Forest {
    /// An empty forest. Parameters out of range are taken as the nearest in range; `None` when it would take more than
    /// [`FOREST_BYTES_MAX`].
    pub fn new(options: ForestOptions) -> Option<Self> {
        let options = ForestOptions {
            trees: options.trees.clamp(1, 1000),
            sample: options.sample.clamp(1, 1000),
            shingle: options.shingle.clamp(1, 30),
            ..options
        };
        if options.bytes() > FOREST_BYTES_MAX {
            return None;
        }
        let mut seeds = Random(options.seed);
        let (dimensions, capacity) = (options.dimensions(), u16::try_from(options.sample).ok()?);
        let member = |_| Member {
            tree: Tree::new(dimensions, capacity),
            sampler: Sampler::new(capacity.into(), 1.0 / f64::from(options.time_decay.max(1))),
            random: Random(seeds.bits()),
        };
        let members = (0..options.trees).map(member).collect();
        Some(Self { options, point: vec![0.0; dimensions], rows: 0, members, scratch: Scratch::default() })
    }

    /// The score of a row (`columns` numbers) before it is learned: 0 or more, about 1 for an ordinary one.
    pub fn score_and_learn(&mut self, row: &[f64]) -> f64 {
        self.shift(row);
        let score = if self.is_ready() { self.score() } else { 0.0 };
        self.learn();
        score
    }

    /// The score, and how much of it is due to each column, shingles added up: they sum up to the score.
    pub fn explain_and_learn(&mut self, row: &[f64]) -> (f64, Vec<Attribution>) {
        self.shift(row);
        let mut columns = vec![Attribution::default(); self.options.columns];
        let mut score = 0.0;
        if self.is_ready() {
            score = self.score();
            self.attribute(&mut columns);
        }
        self.learn();
        (score, columns)
    }

    /// Appends the row to the point, whose oldest row goes.
    #[expect(clippy::cast_possible_truncation, reason = "the model's points are 32-bit numbers, as in AWS's library")]
    fn shift(&mut self, row: &[f64]) {
        let kept = self.point.len() - self.options.columns;
        self.point.copy_within(self.options.columns.., 0);
        for (to, from) in self.point[kept..].iter_mut().zip(row) {
            *to = from.clamp(-VALUE_MAX, VALUE_MAX) as f32;
        }
        self.rows += 1;
    }

    /// Whether the model has seen enough rows before the present one.
    fn is_ready(&self) -> bool {
        self.rows > u64::from(self.options.sample) && self.rows >= u64::from(self.options.shingle)
    }

    fn score(&self) -> f64 {
        let sum: f64 = self.members.iter().map(|member| member.tree.score(&self.point)).sum();
        sum / self.members.len() as f64
    }

    fn attribute(&mut self, columns: &mut [Attribution]) {
        let mut sums = vec![Attribution::default(); self.point.len()];
        for member in &self.members {
            member.tree.attribute(&self.point, &mut self.scratch, &mut sums);
        }
        let trees = self.members.len() as f64;
        for (dimension, sum) in sums.iter().enumerate() {
            let column = &mut columns[dimension % self.options.columns];
            column.high += sum.high / trees;
            column.low += sum.low / trees;
        }
    }

    fn learn(&mut self) {
        let shingle = u64::from(self.options.shingle);
        if self.rows < shingle || self.point.iter().any(|x| !x.is_finite()) {
            return;
        }
        for member in &mut self.members {
            member.learn(self.rows - shingle, &self.point);
        }
    }
}

impl Member {
    #[inline]
    fn learn(&mut self, time: u64, point: &[f32]) {
        let weight = match self.sampler.offer(time, &mut self.random) {
            Offer::Declined => return,
            Offer::Taken(weight) => weight,
            Offer::Instead(weight, leaf) => {
                self.tree.remove(leaf);
                weight
            }
        };
        let leaf = self.tree.insert(point, &mut self.random);
        self.tree.normalize();
        self.sampler.add(Entry { weight, leaf });
    }
}
