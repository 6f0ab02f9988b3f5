//! Starting, stopping and deleting applications.

use super::application::{ApiVersion, Application, StartPosition, Status};
use super::configuration::refuse_older_api;
use super::refusal::Refusal;
use super::{Analytics, key};
use crate::base::account::Scope;
use crate::base::clock::Millis;

impl Analytics {
    /// Starts a READY application, each input from its position.
    pub(super) async fn start(
        &self,
        scope: &Scope,
        api: ApiVersion,
        name: &str,
        positions: Vec<(String, StartPosition)>,
    ) -> Result<(), Refusal> {
        let _lock = self.lock(scope, name).await;
        let mut application = self.load(scope, name).await?;
        refuse_older_api(&application, api)?;
        application.expect_status(&[Status::Ready], "started")?;
        for (id, position) in positions {
            application.input_mut(&id)?.start = Some(position);
        }
        application.status = Status::Running;
        self.save(scope, &application).await
    }

    /// Stops a RUNNING application; with `force` also one that is on its way to another status.
    pub(super) async fn stop(&self, scope: &Scope, api: ApiVersion, name: &str, force: bool) -> Result<(), Refusal> {
        let _lock = self.lock(scope, name).await;
        let mut application = self.load(scope, name).await?;
        refuse_older_api(&application, api)?;
        let allowed: &[Status] =
            if force { &[Status::Running, Status::Starting, Status::Updating, Status::Stopping] } else { &[Status::Running] };
        application.expect_status(allowed, "stopped")?;
        application.status = Status::Ready;
        self.save(scope, &application).await
    }

    /// Deletes an application, stopping it first if it runs. `created_ms` is its CreateTimestamp, which guards against a mistaken name.
    pub(super) async fn delete(&self, scope: &Scope, api: ApiVersion, name: &str, created_ms: Millis) -> Result<(), Refusal> {
        let _lock = self.lock(scope, name).await;
        let application = self.load(scope, name).await?;
        refuse_older_api(&application, api)?;
        if created_ms.div_euclid(1000) != application.created_ms.div_euclid(1000) {
            return Err(Refusal::Concurrent(format!("Application {name} was not created at the CreateTimestamp given")));
        }
        self.store().delete(&key(scope, name)).await?;
        Ok(())
    }

    /// Lets a running application go on with a new version of its configuration.
    pub(super) async fn change_over(&self, scope: &Scope, next: Application) -> Result<Application, Refusal> {
        self.save(scope, &next).await?;
        Ok(next)
    }
}
