//! IAM: roles with their trust, inline and attached policies, managed policies with versions, instance profiles. Policies are kept and shown, never enforced
//! (docs/decisions.md).

mod error;
mod managed;
mod operations;
mod policy;
mod profile;
mod role;
#[cfg(test)]
mod tests;

pub use operations::routes;

use crate::base::account::Scope;
use crate::base::clock::{Clock, Millis};
use crate::store::{Collection, Store};

/// A handle of IAM; clones share it.
#[derive(Clone, Debug)]
pub struct Iam {
    store: Store,
    clock: Clock,
}

impl Iam {
    /// The roles and policies of a store.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// The present time, in the whole seconds that IAM tells times in.
    fn now_ms(&self) -> Millis {
        let now_ms = self.clock.now_ms();
        now_ms - now_ms.rem_euclid(1000)
    }

    /// The unique id of a role, such as `AROA…`, for those who assume it; `None` if there is no such role.
    pub async fn role_id(&self, account: &str, role: &str) -> Option<String> {
        self.role(&Scope::new(account, ""), role).await.ok().map(|role| role.id)
    }
}

/// The documents of a kind in the account of `scope`; IAM knows no regions.
fn collection(kind: &'static str, scope: &Scope) -> Collection {
    Collection::new("iam", kind, &Scope::new(scope.account(), ""))
}
