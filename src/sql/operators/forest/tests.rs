//! The forest as a whole.

use super::*;

fn options(columns: usize, seed: u64) -> ForestOptions {
    ForestOptions { columns, trees: 100, sample: 256, time_decay: 100_000, shingle: 1, seed }
}

#[test]
fn a_seed_decides_everything_and_a_snapshot_keeps_it() {
    let mut random = Random(9);
    let mut rows = || [(random.bits() % 50) as f64, random.unit()];
    let small = ForestOptions { trees: 7, sample: 20, shingle: 3, time_decay: 50, ..options(2, 4) };
    let (mut one, mut two) = (Forest::new(small).unwrap(), Forest::new(small).unwrap());
    for i in 0..400 {
        let row = rows();
        assert_eq!(one.score_and_learn(&row).to_bits(), two.score_and_learn(&row).to_bits());
        if i % 13 == 0 {
            let mut bytes = Vec::new();
            two.save(&mut bytes);
            bytes.push(77);
            two = Forest::new(ForestOptions { seed: 1, ..small }).unwrap();
            assert_eq!(two.restore(&bytes), Some(&[77][..]));
        }
    }
    let mut bytes = Vec::new();
    one.save(&mut bytes);
    for end in 0..bytes.len() {
        assert_eq!(two.restore(&bytes[..end]), None);
    }
}

#[test]
fn the_first_rows_score_zero() {
    let mut forest = Forest::new(ForestOptions { sample: 10, ..options(1, 1) }).unwrap();
    let scores: Vec<f64> = (0..12).map(|i| forest.score_and_learn(&[f64::from(i)])).collect();
    assert_eq!(scores.iter().position(|s| *s > 0.0), Some(10));
}

#[test]
fn the_explanation_says_which_column_and_which_side() {
    let (mut forest, mut random) = (Forest::new(options(3, 2)).unwrap(), Random(6));
    for _ in 0..600 {
        let row = [random.unit(), random.unit() * 5.0, 7.0];
        let (score, columns) = forest.explain_and_learn(&row);
        let sum: f64 = columns.iter().map(|c| c.high + c.low).sum();
        assert!((sum - score).abs() < 1e-9 * score.max(1.0), "{sum} is not {score}");
    }
    let (score, columns) = forest.explain_and_learn(&[0.5, -20.0, 7.0]);
    assert!(score > 2.0);
    assert!(columns[1].low > 0.8 * score && columns[1].high < 0.05 * score, "{columns:?}");
    let (_, columns) = forest.explain_and_learn(&[4.0, 2.5, 7.0]);
    assert!(columns[0].high > 0.8 * (columns.iter().map(|c| c.high + c.low).sum::<f64>()), "{columns:?}");
}

#[test]
fn strange_numbers_do_no_harm() {
    let mut forest = Forest::new(ForestOptions { sample: 16, trees: 10, ..options(1, 3) }).unwrap();
    for i in 0..300 {
        let x = [f64::NAN, f64::INFINITY, f64::MIN, 1e-300, -0.0, 5.0, f64::from(i)][i as usize % 7];
        assert!(forest.score_and_learn(&[x]).is_finite());
    }
}

#[test]
fn no_forest_takes_all_memory() {
    let huge = ForestOptions { columns: 30, trees: 1000, sample: 1000, shingle: 30, ..options(30, 0) };
    assert!(Forest::new(huge).is_none());
}

/// Points and, for each row, mean and standard deviation of the score of AWS's Java library 4.4.0 over 30 seeds with these options.
fn reference(text: &str) -> Vec<(Vec<f64>, f64, f64)> {
    let row = |line: &str| {
        let mut values: Vec<f64> = line.split(',').map(|v| v.parse().unwrap()).collect();
        let (deviation, mean) = (values.pop().unwrap(), values.pop().unwrap());
        (values, mean, deviation)
    };
    text.lines().map(row).collect()
}

/// Mean of a few seeds against the reference: no bias, and rows as near as chance lets them.
fn compare(text: &str) {
    const SEEDS: u16 = 4;
    let rows = reference(text);
    let mut sums = vec![0.0; rows.len()];
    for seed in 1..=SEEDS {
        let mut forest = Forest::new(options(rows[0].0.len(), seed.into())).unwrap();
        rows.iter().zip(&mut sums).for_each(|((point, ..), sum)| *sum += forest.score_and_learn(point) / f64::from(SEEDS));
    }
    let error = (1.0 / f64::from(SEEDS) + 1.0 / 30.0_f64).sqrt();
    let near = rows
        .iter()
        .zip(&sums)
        .skip(256)
        .filter(|((_, mean, deviation), sum)| (*sum - mean).abs() <= 3.0 * deviation * error)
        .count();
    let bias = sums.iter().sum::<f64>() / rows.iter().map(|r| r.1).sum::<f64>() - 1.0;
    assert!(bias.abs() < 0.02, "bias {bias}");
    assert!(near as f64 >= 0.97 * (rows.len() - 256) as f64, "{near} of {} are near", rows.len() - 256);
}

#[test]
fn scores_of_one_column_are_those_of_the_library() {
    compare(include_str!("../../../../tests/sql/forest/one-column.csv"));
}

#[test]
fn scores_of_three_columns_are_those_of_the_library() {
    compare(include_str!("../../../../tests/sql/forest/three-columns.csv"));
}
