//! Starting, stopping and deleting applications, and changing over to a new version.

use super::application::{ApiVersion, Application, Destination, Source, StartPosition, Status};
use super::configuration::refuse_older_api;
use super::refusal::Refusal;
use super::{Analytics, code, consumer, key};
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
        check_startable(&application)?;
        application.started_ms = self.clock().now_ms();
        application.status = self.on_the_way(Status::Starting, Status::Running);
        let anew = application.inputs.iter().any(|input| input.start != Some(StartPosition::LastStoppedPoint));
        let (document, stored, consumer) = (key(scope, name), application.clone(), consumer(scope, name));
        self.store()
            .transaction(move |tx| {
                if anew {
                    tx.delete_checkpoint(&consumer)?;
                }
                tx.put(&document, &stored)?;
                Ok::<_, Refusal>(())
            })
            .await?;
        self.launch(scope, application);
        Ok(())
    }

    /// Stops a RUNNING application; with `force` also one that is on its way to another status.
    pub(super) async fn stop(&self, scope: &Scope, api: ApiVersion, name: &str, force: bool) -> Result<(), Refusal> {
        let _lock = self.lock(scope, name).await;
        let mut application = self.load(scope, name).await?;
        refuse_older_api(&application, api)?;
        let allowed: &[Status] =
            if force { &[Status::Running, Status::Starting, Status::Updating, Status::Stopping] } else { &[Status::Running] };
        application.expect_status(allowed, "stopped")?;
        self.halt(scope, name).await;
        application.status = if force { Status::Ready } else { self.on_the_way(Status::Stopping, Status::Ready) };
        self.save(scope, &application).await?;
        if application.status == Status::Stopping {
            self.move_on_later(scope, name, Status::Stopping, Status::Ready);
        }
        Ok(())
    }

    /// Deletes an application, stopping it first if it runs. `created_ms` is its CreateTimestamp, which guards against a mistaken name.
    pub(super) async fn delete(&self, scope: &Scope, api: ApiVersion, name: &str, created_ms: Millis) -> Result<(), Refusal> {
        let _lock = self.lock(scope, name).await;
        let application = self.load(scope, name).await?;
        refuse_older_api(&application, api)?;
        if created_ms.div_euclid(1000) != application.created_ms.div_euclid(1000) {
            return Err(Refusal::Concurrent(format!("Application {name} was not created at the CreateTimestamp given")));
        }
        self.halt(scope, name).await;
        self.forget(scope, name).await
    }

    /// Removes all that is kept of an application.
    pub(super) async fn forget(&self, scope: &Scope, name: &str) -> Result<(), Refusal> {
        let (document, consumer) = (key(scope, name), consumer(scope, name));
        self.store()
            .transaction(move |tx| {
                tx.delete(&document)?;
                tx.delete_checkpoint(&consumer)?;
                Ok(())
            })
            .await
    }

    /// Lets a running application go on with a new version of its configuration: the old program ends behind its last delivered row, the
    /// new one begins there.
    pub(super) async fn change_over(&self, scope: &Scope, mut next: Application) -> Result<Application, Refusal> {
        check_startable(&next)?;
        self.halt(scope, &next.name).await;
        next.status = self.on_the_way(Status::Updating, Status::Running);
        self.save(scope, &next).await?;
        self.launch(scope, next.clone());
        Ok(next)
    }

    /// The status between two others, unless the way takes no time.
    fn on_the_way(&self, between: Status, after: Status) -> Status {
        if self.limits().transition().is_zero() { after } else { between }
    }

    /// Changes the status `from` to `to`; nothing if it is another by now.
    pub(super) async fn move_on(&self, scope: &Scope, name: &str, from: Status, to: Status) -> Result<(), Refusal> {
        let _lock = self.lock(scope, name).await;
        let mut application = self.load(scope, name).await?;
        if application.status == from {
            application.status = to;
            self.save(scope, &application).await?;
        }
        Ok(())
    }

    /// When a status that is entered now is left.
    pub(super) fn settled_ms(&self) -> Millis {
        let transition = Millis::try_from(self.limits().transition().as_millis()).unwrap_or(Millis::MAX);
        self.clock().now_ms().saturating_add(transition)
    }

    fn move_on_later(&self, scope: &Scope, name: &str, from: Status, to: Status) {
        let (service, scope, name) = (self.clone(), scope.clone(), name.to_owned());
        let mut stopping = self.0.parts.spawner.stopping();
        let until_ms = self.settled_ms();
        self.0.parts.spawner.spawn(async move {
            tokio::select! {
                () = service.clock().sleep_until(until_ms) => {}
                // What is on its way is moved on when the process starts again.
                () = stopping.wait() => return,
            }
            if let Err(error) = service.move_on(&scope, &name, from, to).await {
                tracing::warn!(application = %name, %error, "the application's status cannot be stored");
            }
        });
    }
}

/// That an application's configuration can run.
fn check_startable(application: &Application) -> Result<(), Refusal> {
    let name = &application.name;
    if application.inputs.is_empty() {
        return Err(Refusal::Configuration(format!("Application {name} has no streaming source to read")));
    }
    for input in &application.inputs {
        if let Some(function) = &input.processor {
            let text =
                format!("Input {} is to be processed by {}: Lambda processing is not available yet", input.id, function.arn);
            return Err(Refusal::Configuration(text));
        }
        if let (Source::DeliveryStream(_), Some(StartPosition::TrimHorizon)) = (&input.source, input.start) {
            return Err(Refusal::Argument("A Firehose delivery stream cannot be read from TRIM_HORIZON".into()));
        }
    }
    for output in &application.outputs {
        if let Destination::Function(function) = &output.destination {
            let text = format!("Output {} goes to {}: Lambda functions are not available yet", output.id, function.arn);
            return Err(Refusal::Configuration(text));
        }
    }
    match code::check(application) {
        // StartApplication has no CodeValidationException.
        Err(Refusal::Code(text)) => Err(Refusal::Configuration(text)),
        checked => checked,
    }
}
