//! RANDOM_CUT_FOREST and RANDOM_CUT_FOREST_WITH_EXPLANATION (SQL reference).

use super::forest::{Attribution, Forest, ForestOptions};
use super::{Operator, Reader, Step, Writer};
use crate::base::clock::Millis;
use crate::sql::expressions::{ErrorKind, RowError};
use crate::sql::plan::TableFunction;
use crate::sql::program::SnapshotMismatch;
use crate::sql::types::{Block, Cell};
use std::fmt::Write;

/// Emits one row a row in: the input's cells, ANOMALY_SCORE, and for the explained form ANOMALY_EXPLANATION. The score is 0 while the model
/// learns its first sample; a row with NULL in a numeric column scores 0 and teaches nothing (the reference is silent on it).
pub(super) struct AnomalyScore {
    columns: Vec<usize>,
    names: Vec<String>,
    explain: Option<bool>,
    /// `None` when the parameters ask for more memory than a forest may take.
    forest: Option<Forest>,
    point: Vec<f64>,
}

impl AnomalyScore {
    pub(super) fn new(function: &TableFunction, seed: u64) -> Self {
        let TableFunction::RandomCutForest { columns, names, trees, sample, time_decay, shingle, explain } = function;
        let options = ForestOptions {
            columns: columns.len(),
            trees: *trees,
            sample: *sample,
            time_decay: *time_decay,
            shingle: *shingle,
            seed,
        };
        Self {
            columns: columns.clone(),
            names: names.clone(),
            explain: *explain,
            forest: Forest::new(options),
            point: Vec::new(),
        }
    }

    /// Reads the numeric columns; false when one is NULL.
    fn read(&mut self, cells: &[Cell]) -> bool {
        self.point.clear();
        self.point.extend(self.columns.iter().map_while(|column| match &cells[*column] {
            Cell::Int(value) => Some(*value as f64),
            Cell::Double(value) => Some(*value),
            _ => None,
        }));
        self.point.len() == self.columns.len()
    }

    fn add(&mut self, rowtime: Millis, cells: &[Cell], out: &mut Block) -> Result<(), RowError> {
        let known = self.read(cells);
        let Some(forest) = &mut self.forest else {
            return Err(RowError::new(ErrorKind::Argument, "The random cut forest's parameters ask for too much memory"));
        };
        let (score, explanation) = match self.explain {
            None => (if known { forest.score_and_learn(&self.point) } else { 0.0 }, None),
            Some(direction) => {
                let unknown = || (0.0, vec![Attribution::default(); self.columns.len()]);
                let (score, columns) = if known { forest.explain_and_learn(&self.point) } else { unknown() };
                (score, Some(Cell::owned_text(explanation(&self.names, &columns, direction))))
            }
        };
        out.push(rowtime, cells.iter().cloned().chain([Cell::Double(score)]).chain(explanation));
        Ok(())
    }
}

/// The JSON of ANOMALY_EXPLANATION: a member a column, in order; texts of four decimals. How the service computes STRENGTH is not published: here it is how much more
/// one direction counts than the other.
fn explanation(names: &[String], columns: &[Attribution], direction: bool) -> String {
    let mut json = String::from("{");
    for (place, (name, Attribution { high, low })) in names.iter().zip(columns).enumerate() {
        let comma = if place == 0 { "" } else { "," };
        // A name is text, which always has a JSON form; writing to a String does not fail.
        let name = serde_json::to_string(name).unwrap_or_default();
        let _ = write!(json, "{comma}{name}:{{");
        if direction {
            let (word, strength) = (if high > low { "HIGH" } else { "LOW" }, (high - low).abs());
            let _ = write!(json, "\"DIRECTION\":\"{word}\",\"STRENGTH\":\"{strength:.4}\",");
        }
        let _ = write!(json, "\"ATTRIBUTION_SCORE\":\"{:.4}\"}}", high + low);
    }
    json.push('}');
    json
}

impl Operator for AnomalyScore {
    fn push(&mut self, _: usize, rows: &Block, step: &mut Step<'_>) {
        for (rowtime, cells) in rows.rows() {
            if let Err(error) = self.add(rowtime, cells, step.out) {
                step.fail(rowtime, cells, &error);
            }
        }
    }

    fn advance(&mut self, bounds: &[Millis], _: &mut Step<'_>) -> Millis {
        bounds[0]
    }

    fn save(&self, out: &mut Writer) {
        let mut bytes = Vec::new();
        if let Some(forest) = &self.forest {
            forest.save(&mut bytes);
        }
        out.bytes(&bytes);
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotMismatch> {
        let bytes = from.bytes()?;
        match &mut self.forest {
            Some(forest) => match forest.restore(bytes) {
                Some([]) => Ok(()),
                _ => Err(SnapshotMismatch::Damaged),
            },
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explanations_as_published() {
        let names = ["Systolic".to_owned(), "Dia\"stolic".to_owned()];
        let columns = [Attribution { high: 0.1, low: 0.2792 }, Attribution { high: 0.3, low: 0.0 }];
        let expected = r#"{"Systolic":{"DIRECTION":"LOW","STRENGTH":"0.1792","ATTRIBUTION_SCORE":"0.3792"},"Dia\"stolic":{"DIRECTION":"HIGH","STRENGTH":"0.3000","ATTRIBUTION_SCORE":"0.3000"}}"#;
        assert_eq!(explanation(&names, &columns, true), expected);
        assert_eq!(explanation(&names[..1], &columns, false), r#"{"Systolic":{"ATTRIBUTION_SCORE":"0.3792"}}"#);
    }
}
