//! A sample of the points seen, newer ones more likely: reservoir sampling by weights that decay with time.
//!
//! Point number t gets the weight ln(−ln u) − λt with u evenly spread over (0, 1) and λ = 1 / timeDecay; the sample holds the points of
//! the smallest weights (Efraimidis and Spirakis; in AWS's library too).

use super::random::Random;

/// For how many points the bound that turns most of them away is kept.
const BOUND_POINTS: u64 = 256;

/// An element of the sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Entry {
    /// Its weight.
    pub(super) weight: f64,
    /// The leaf of the tree that stands for it; equal points share one.
    pub(super) leaf: u16,
}

/// What to do with a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Offer {
    /// It is not sampled.
    Declined,
    /// It is, with this weight.
    Taken(f64),
    /// It is, in place of the point of this leaf.
    Instead(f64, u16),
}

/// The sample: a heap with the greatest weight on top.
#[derive(Clone, Debug)]
pub(super) struct Sampler {
    pub(super) capacity: usize,
    pub(super) decay: f64,
    pub(super) heap: Vec<Entry>,
    /// A `u` below this is declined by every point before `bound_until`.
    bound: f64,
    bound_until: u64,
}

impl Sampler {
    pub(super) fn new(capacity: usize, decay: f64) -> Self {
        Self { capacity, decay, heap: Vec::with_capacity(capacity), bound: 0.0, bound_until: 0 }
    }

    /// Whether point number `time` is taken; if so, [`Sampler::add`] must follow.
    #[inline]
    pub(super) fn offer(&mut self, time: u64, random: &mut Random) -> Offer {
        let u = random.unit();
        if u < self.bound && time < self.bound_until {
            return Offer::Declined;
        }
        self.weigh(u.max(f64::MIN_POSITIVE), time)
    }

    #[inline(never)]
    fn weigh(&mut self, u: f64, time: u64) -> Offer {
        let weight = (-u.ln()).ln() - self.decay * time as f64;
        let greatest = match self.heap.first() {
            Some(entry) if self.heap.len() == self.capacity => *entry,
            _ => return Offer::Taken(weight),
        };
        // ln(−ln u) − λt < w is u > exp(−exp(w + λt)), and the right side falls with t.
        self.bound_until = time + BOUND_POINTS;
        self.bound = (-(greatest.weight + self.decay * self.bound_until as f64).exp()).exp();
        if weight >= greatest.weight {
            return Offer::Declined;
        }
        self.pop();
        self.bound = 0.0;
        Offer::Instead(weight, greatest.leaf)
    }

    /// Adds the point that was taken.
    pub(super) fn add(&mut self, entry: Entry) {
        let mut at = self.heap.len();
        self.heap.push(entry);
        while at > 0 && self.heap[(at - 1) / 2].weight < self.heap[at].weight {
            self.heap.swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    fn pop(&mut self) {
        self.heap.swap_remove(0);
        let mut at = 0;
        loop {
            let children = (2 * at + 1)..(2 * at + 3).min(self.heap.len());
            let Some(greater) = children.max_by(|a, b| self.heap[*a].weight.total_cmp(&self.heap[*b].weight)) else {
                return;
            };
            if self.heap[greater].weight <= self.heap[at].weight {
                return;
            }
            self.heap.swap(at, greater);
            at = greater;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ages, in points, of a sample after many points.
    fn ages(decay: f64) -> Vec<u64> {
        let (mut sampler, mut random, points) = (Sampler::new(200, decay), Random(1), 20_000);
        let mut times = vec![0; 200];
        for time in 0..points {
            let (weight, leaf) = match sampler.offer(time, &mut random) {
                Offer::Declined => continue,
                Offer::Taken(weight) => (weight, u16::try_from(sampler.heap.len()).unwrap()),
                Offer::Instead(weight, leaf) => (weight, leaf),
            };
            times[usize::from(leaf)] = time;
            sampler.add(Entry { weight, leaf });
        }
        assert_eq!(sampler.heap.len(), 200);
        times.iter().map(|time| points - time).collect()
    }

    #[test]
    fn without_decay_every_age_is_as_likely() {
        let mean = ages(1e-9).iter().sum::<u64>() as f64 / 200.0;
        assert!((8_500.0..11_500.0).contains(&mean), "{mean}");
    }

    #[test]
    fn with_decay_the_mean_age_is_its_inverse() {
        let mean = ages(1e-3).iter().sum::<u64>() as f64 / 200.0;
        assert!((800.0..1_250.0).contains(&mean), "{mean}");
    }
}
