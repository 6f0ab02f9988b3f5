//! What is counted of running applications, under the names of CloudWatch's metrics for them (developer guide, "Monitoring with CloudWatch").

use super::Analytics;
use super::application::Application;
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::base::meter::{Counter, Gauge, Traffic};
use crate::store::StoreError;

/// The meters of one application; they begin at 0 when it is started.
#[derive(Debug, Default)]
pub(super) struct ApplicationMeters {
    /// Records read.
    pub(super) input: Traffic,
    /// Records delivered.
    pub(super) output: Traffic,
    /// Rows of the error stream.
    pub(super) error_rows: Counter,
    /// How old the last record was when it was read, in milliseconds; 0 once all that is there was read.
    pub(super) behind_ms: Gauge,
}

/// A running application's metrics at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationMetrics {
    /// Its account and region.
    pub scope: Scope,
    /// Its name.
    pub name: String,
    /// Records read since it was started, and their bytes (Records, Bytes).
    pub input: (u64, u64),
    /// Records that its destinations have taken, and their bytes.
    pub output: (u64, u64),
    /// Rows of its error stream.
    pub error_rows: u64,
    /// MillisBehindLatest.
    pub behind_ms: Millis,
}

impl Analytics {
    /// All applications, those too that do not run, with their account and region, in the order of these and their names.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn all(&self) -> Result<Vec<(Scope, Application)>, StoreError> {
        let found = self.store().list_everywhere::<Application>("analytics", "application").await?;
        let mut all: Vec<_> = found.into_iter().map(|entry| (entry.scope, entry.document)).collect();
        all.sort_by(|(scope_a, a), (scope_b, b)| (scope_a, &a.name).cmp(&(scope_b, &b.name)));
        Ok(all)
    }

    /// The metrics of all applications that run, in the order of account, region and name.
    pub fn metrics(&self) -> Vec<ApplicationMetrics> {
        let of = |(scope, name): &(Scope, String), meters: &ApplicationMeters| ApplicationMetrics {
            scope: scope.clone(),
            name: name.clone(),
            input: meters.input.totals(),
            output: meters.output.totals(),
            error_rows: meters.error_rows.get(),
            behind_ms: meters.behind_ms.get(),
        };
        let mut all = self.0.runners.each(of);
        all.sort_by(|a, b| (&a.scope, &a.name).cmp(&(&b.scope, &b.name)));
        all
    }
}
