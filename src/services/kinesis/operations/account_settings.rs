//! The account's settings in a region: the commitment to a minimum throughput, which raises the number of consumers of a stream.

use super::super::{Kinesis, KinesisError};
use crate::api::kinesis::{
    DescribeAccountSettingsInput, DescribeAccountSettingsOutput, MinimumThroughputBillingCommitmentInputStatus as Asked,
    MinimumThroughputBillingCommitmentOutput, MinimumThroughputBillingCommitmentOutputStatus as Shown,
    UpdateAccountSettingsInput, UpdateAccountSettingsOutput,
};
use crate::api::{Caller, Fault, Timestamp};
use crate::base::account::Scope;
use crate::base::clock::Millis;
use crate::store::{Collection, Key, StoreError, Transaction};
use serde::{Deserialize, Serialize};

/// How long a commitment lasts at least (model).
const LEAST_MS: Millis = 86_400_000;

/// The commitment as the catalog keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Commitment {
    started_ms: Option<Millis>,
    /// When it ended, or is to end.
    ended_ms: Option<Millis>,
}

impl Commitment {
    pub(super) fn read(tx: &Transaction<'_>, scope: &Scope) -> Result<Self, StoreError> {
        Ok(tx.get(&key(scope))?.unwrap_or_default())
    }

    /// Whether it holds at `now_ms`.
    pub(super) fn is_on(self, now_ms: Millis) -> bool {
        self.started_ms.is_some() && self.ended_ms.is_none_or(|ended_ms| now_ms < ended_ms)
    }

    /// What becomes of it when it is asked to be on or off.
    fn asked(self, on: bool, now_ms: Millis) -> Self {
        let earliest_ms = |started_ms: Millis| started_ms.saturating_add(LEAST_MS);
        match (on, self.is_on(now_ms)) {
            (true, true) => Self { ended_ms: None, ..self },
            (true, false) => Self { started_ms: Some(now_ms), ended_ms: None },
            // Asked too early, it ends when it may.
            (false, true) => Self { ended_ms: self.started_ms.map(|started_ms| earliest_ms(started_ms).max(now_ms)), ..self },
            (false, false) => self,
        }
    }

    fn shown(self, now_ms: Millis) -> MinimumThroughputBillingCommitmentOutput {
        let status = match (self.is_on(now_ms), self.ended_ms) {
            (true, None) => Shown::Enabled,
            (true, Some(_)) => Shown::EnabledUntilEarliestAllowedEnd,
            (false, _) => Shown::Disabled,
        };
        let earliest = self.started_ms.map(|started_ms| Timestamp(started_ms.saturating_add(LEAST_MS)));
        MinimumThroughputBillingCommitmentOutput {
            status,
            started_at: self.started_ms.map(Timestamp),
            ended_at: self.ended_ms.filter(|ended_ms| *ended_ms <= now_ms).map(Timestamp),
            earliest_allowed_end_at: earliest.filter(|_| status != Shown::Disabled),
        }
    }
}

fn key(scope: &Scope) -> Key {
    Collection::new("kinesis", "account", scope).key("commitment")
}

pub(super) async fn describe_account_settings(
    kinesis: Kinesis,
    caller: Caller,
    _: DescribeAccountSettingsInput,
) -> Result<DescribeAccountSettingsOutput, Fault> {
    let kept: Option<Commitment> = kinesis.0.store.get(&key(&caller.scope)).await.map_err(KinesisError::from)?;
    let shown = kept.unwrap_or_default().shown(kinesis.0.clock.now_ms());
    Ok(DescribeAccountSettingsOutput { minimum_throughput_billing_commitment: Some(shown) })
}

pub(super) async fn update_account_settings(
    kinesis: Kinesis,
    caller: Caller,
    input: UpdateAccountSettingsInput,
) -> Result<UpdateAccountSettingsOutput, Fault> {
    let (scope, now_ms) = (caller.scope, kinesis.0.clock.now_ms());
    let on = input.minimum_throughput_billing_commitment.status == Asked::Enabled;
    let change = move |tx: &mut Transaction<'_>| -> Result<Commitment, KinesisError> {
        let commitment = Commitment::read(tx, &scope)?.asked(on, now_ms);
        tx.put(&key(&scope), &commitment)?;
        Ok(commitment)
    };
    let shown = kinesis.0.store.transaction(change).await?.shown(now_ms);
    Ok(UpdateAccountSettingsOutput { minimum_throughput_billing_commitment: Some(shown) })
}
