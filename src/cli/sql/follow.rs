//! `--follow`: in real time. A thread an input reads lines; rows go to the program as they come, and the clock goes on without them.

use super::CliError;
use super::input::{Input, Rows};
use super::progress::Progress;
use super::run::Run;
use crate::base::clock::{Clock, Millis};
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// How many blocks of lines may wait: a reader that is faster than the program waits for it.
const BLOCKS_WAITING: usize = 4;
/// How long rows are waited for before the clock is moved.
const TICK: Duration = Duration::from_millis(100);

/// Lines of an input, or its end.
type Arrived = (usize, io::Result<Option<Vec<u8>>>);

/// Runs until all inputs have ended or the clock has reached `until`.
pub(super) fn follow(
    run: &mut Run,
    inputs: Vec<Input>,
    until: Option<Millis>,
    progress: &mut Progress,
) -> Result<Vec<Rows>, CliError> {
    let clock = Clock::real();
    let (arrivals, mut inputs, mut open) = start(inputs)?;
    let (mut bytes, mut count) = (0, 0);
    // Where every input says its own time, the clock is theirs.
    let ticking = inputs.iter().any(|rows| !rows.timeline.follows_rows());
    while open > 0 && until.is_none_or(|until| run.now < until && (!ticking || clock.now_ms() < until)) {
        match arrivals.recv_timeout(TICK) {
            Ok((at, arrived)) => {
                let Some(rows) = inputs.get_mut(at) else { continue };
                let Some(lines) = arrived? else {
                    open -= 1;
                    continue;
                };
                bytes += lines.len() as u64;
                // No input goes back behind what another one brought.
                rows.timeline.now = rows.timeline.now.max(run.now);
                let wanted = rows.decode(&lines);
                run.take_rejected(&mut rows.rejected);
                let decoded = rows.block.len();
                count += decoded as u64;
                run.give(rows, decoded);
                let now = if wanted { run.now } else { until.unwrap_or(run.now) };
                run.advance(now)?;
            }
            Err(RecvTimeoutError::Timeout) if ticking => run.advance(clock.now_ms())?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        run.flush()?;
        progress.update(bytes, count, run.now);
    }
    run.end(until)?;
    Ok(inputs)
}

/// Starts the readers.
fn start(inputs: Vec<Input>) -> Result<(Receiver<Arrived>, Vec<Rows>, usize), CliError> {
    let (sender, arrivals) = sync_channel(BLOCKS_WAITING);
    let mut rows = Vec::new();
    for (at, input) in inputs.into_iter().enumerate() {
        let sender = sender.clone();
        rows.push(input.rows);
        let mut lines = input.lines;
        let reader = move || {
            while let Some(more) = send(at, lines.next_block(), &sender) {
                if !more {
                    break;
                }
            }
        };
        std::thread::Builder::new().name(format!("input {at}")).spawn(reader)?;
    }
    let open = rows.len();
    Ok((arrivals, rows, open))
}

/// Hands on what was read; false at the end, none when nobody listens.
fn send(at: usize, read: io::Result<Option<&[u8]>>, to: &SyncSender<Arrived>) -> Option<bool> {
    let more = matches!(read, Ok(Some(_)));
    to.send((at, read.map(|lines| lines.map(<[u8]>::to_vec)))).ok()?;
    Some(more)
}
