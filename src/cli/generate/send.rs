//! Records to a stream or a delivery stream: the threads and tasks of a run.

use super::batch::{Batch, Batcher};
use super::client::Client;
use super::delivery::{BACKOFF, Delivery};
use super::producer::Producer;
use super::progress::Progress;
use super::signals::Signals;
use super::target::Target;
use super::{CliError, GenerateFlags, compile};
use crate::base::clock::{Clock, Stopwatch};
use crate::config::{AwsFlags, AwsSettings};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

/// How many full batches wait for each connection.
const BATCHES_A_CONNECTION: usize = 2;
/// How long batches under way may take after Ctrl-C.
const DRAIN: Duration = Duration::from_secs(10);

/// Sends until the end of the schedule or Ctrl-C, then what is under way; an error when records failed.
pub(super) fn run(flags: &GenerateFlags, producer: Producer) -> Result<(), CliError> {
    let (delivery, batcher) = assemble(flags)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let statistics = Arc::clone(&delivery.statistics);
    let started = Stopwatch::start();
    let result = runtime.block_on(work(delivery, batcher, producer, flags));
    let lost = statistics.total_made().saturating_sub(statistics.total_sent() + statistics.total_failed());
    statistics.failed(lost);
    Progress::new(flags.quiet).end(&statistics, started.elapsed(), "sent");
    result?;
    match statistics.total_failed() {
        0 => Ok(()),
        failed => Err(format!("{failed} records were not taken").into()),
    }
}

fn assemble(flags: &GenerateFlags) -> Result<(Arc<Delivery>, Batcher), CliError> {
    let (service, of_arn, partition_key) = match &flags.to {
        Target::DeliveryStream { region, .. } => ("firehose", region, None),
        Target::Stream { region, .. } => ("kinesis", region, Some(compile("--partition-key", &flags.partition_key)?)),
        Target::Print => return Err("nothing to send to".into()),
    };
    let region = flags.aws.region.clone().or_else(|| of_arn.clone());
    let settings = AwsSettings::resolve(&AwsFlags { region, ..flags.aws.clone() }, service)?;
    let client = Client::new(settings, &flags.to, Clock::real())?;
    let (sender, receiver) = mpsc::channel::<Batch>(BATCHES_A_CONNECTION * flags.connections as usize);
    let delivery = Delivery {
        client,
        target: flags.to.clone(),
        retries: flags.retries,
        backoff: BACKOFF,
        statistics: Arc::default(),
        queue: Mutex::new(receiver),
    };
    Ok((Arc::new(delivery), Batcher::new(flags.batch as usize, partition_key, sender)))
}

/// The producer in a thread of its own, a task for each connection, and the line that tells of them.
async fn work(
    delivery: Arc<Delivery>,
    mut batcher: Batcher,
    mut producer: Producer,
    flags: &GenerateFlags,
) -> Result<(), CliError> {
    let statistics = Arc::clone(&delivery.statistics);
    let made = Arc::clone(&statistics);
    let making = tokio::task::spawn_blocking(move || producer.run(&made, &mut batcher));
    let mut connections = JoinSet::new();
    for _ in 0..flags.connections {
        connections.spawn(Arc::clone(&delivery).run());
    }
    let mut signals = Signals::listen()?;
    let mut progress = Progress::new(flags.quiet);
    let mut deadline = None;
    let mut result = Ok(());
    loop {
        tokio::select! {
            ended = connections.join_next() => match ended {
                Some(Ok(Err(error))) => result = result.and(Err(error)),
                Some(Err(error)) => result = result.and(Err(error.to_string())),
                Some(Ok(Ok(()))) => {}
                None => break,
            },
            () = signals.next() => {
                // The second one does not wait.
                let patience = if statistics.stop() { Duration::ZERO } else { DRAIN };
                deadline = Some(tokio::time::Instant::now() + patience);
            }
            () = until(deadline) => {
                connections.shutdown().await;
                break;
            }
            () = progress.tick() => progress.show(&statistics),
        }
    }
    // Without connections the producer finds its queue closed.
    delivery.queue.lock().await.close();
    making.await??;
    result.map_err(Into::into)
}

async fn until(deadline: Option<tokio::time::Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
