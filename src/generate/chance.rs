//! Seeded chance: the same seed gives the same records, in the same version of Millpond.

/// A source of chance.
#[derive(Clone, Debug)]
pub struct Chance(fastrand::Rng);

impl Chance {
    /// Starts at a seed.
    pub fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// A seed that nobody chose.
    pub fn any_seed() -> u64 {
        fastrand::u64(..)
    }

    /// From 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        self.0.f64()
    }

    /// A whole number from 0 up to `most`, inclusive.
    pub fn up_to(&mut self, most: u64) -> u64 {
        self.0.u64(..=most)
    }

    /// One of a list; an empty text of an empty one.
    pub fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let index = self.0.usize(..list.len().max(1));
        list.get(index).copied().unwrap_or_default()
    }

    /// The index of one of `length` things, 0 when there is none.
    pub fn index(&mut self, length: usize) -> usize {
        self.0.usize(..length.max(1))
    }

    /// faker's `random.number`: multiples of `precision` from `min` to `max`. A `max` below zero is not reached itself, as in faker.
    pub fn number(&mut self, min: f64, max: f64, precision: f64) -> f64 {
        let end = if max >= 0.0 { max + precision } else { max };
        let (low, high) = (min / precision, end / precision);
        precision * (self.unit() * (high - low) + low).floor()
    }

    /// Gaussian, by the polar method.
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        loop {
            let (a, b) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let square = a * a + b * b;
            if square > 0.0 && square < 1.0 {
                return mean + deviation * b * (-2.0 * square.ln() / square).sqrt();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_reach_both_ends_but_not_a_negative_maximum() {
        let mut chance = Chance::new(1);
        let mut range = |min, max, precision| {
            let drawn: Vec<f64> = (0..2000).map(|_| chance.number(min, max, precision)).collect();
            (drawn.iter().copied().fold(f64::MAX, f64::min), drawn.iter().copied().fold(f64::MIN, f64::max))
        };
        assert_eq!(range(10.0, 20.0, 1.0), (10.0, 20.0));
        assert_eq!(range(-3.0, 3.0, 1.0), (-3.0, 3.0));
        assert_eq!(range(-10.0, -5.0, 1.0), (-10.0, -6.0));
        assert_eq!(range(0.0, 1.0, 0.25), (0.0, 1.0));
    }

    #[test]
    fn the_normal_distribution_has_its_mean_and_deviation() {
        let mut chance = Chance::new(1);
        let drawn: Vec<f64> = (0..20_000).map(|_| chance.normal(100.0, 10.0)).collect();
        let mean = drawn.iter().sum::<f64>() / 20_000.0;
        let deviation = (drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0).sqrt();
        assert!((mean - 100.0).abs() < 0.5 && (deviation - 10.0).abs() < 0.3, "{mean} {deviation}");
    }

    #[test]
    fn an_empty_list_gives_nothing() {
        assert_eq!(Chance::new(1).pick(&[]), "");
    }
}
