//! The init folder: shell scripts, and files of declared resources, in the order of their names.

use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

/// Longer lines of a script's output are told in pieces, so that no output needs more memory.
const LOG_LINE_BYTES: u64 = 4 << 10;

/// A file of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    /// Its name in the folder.
    pub(super) name: String,
    /// Where it is.
    pub(super) path: PathBuf,
    /// Whether it is run, or declares resources.
    pub(super) is_script: bool,
}

/// What a script needs to call the server.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    /// The server's URL.
    pub(super) endpoint: String,
    /// Access key and secret.
    pub(super) credentials: (String, String),
}

/// The files that are done, in their order: `*.sh`, `*.toml`, `*.json`. Others, such as the `*.sql` that declarations name, are left alone.
pub(super) fn files(folder: &Path) -> io::Result<Vec<File>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_script = match path.extension().and_then(OsStr::to_str) {
            Some("sh") => true,
            Some("toml" | "json") => false,
            _ => continue,
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push(File { name, path, is_script });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// Runs a script by `sh` in its folder, with the AWS variables set for this server; what it prints goes to the log. A stop of the server
/// ends the script too, with the processes that it has started.
pub(super) async fn run(file: &File, environment: &Environment) -> Result<(), String> {
    let path = std::path::absolute(&file.path).map_err(|error| error.to_string())?;
    let (key, secret) = &environment.credentials;
    let mut command = Command::new("sh");
    command.arg(&path).current_dir(path.parent().unwrap_or(Path::new("/")));
    command.envs([
        ("AWS_ENDPOINT_URL", environment.endpoint.as_str()),
        ("AWS_ACCESS_KEY_ID", key),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_PAGER", ""),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).process_group(0);
    let mut child = command.spawn().map_err(|error| format!("sh cannot be run: {error}"))?;
    let group = ProcessGroup::of(&child);
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (status, (), last) = tokio::join!(child.wait(), tell(out, &file.name), tell_and_keep(err, &file.name));
    group.leave();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{status}: {last}")),
        Err(error) => Err(error.to_string()),
    }
}

/// The processes that a script has started, and that did not make themselves independent. Dropped, it ends them: the script's shell and whatever
/// holds its output, so while one of them lives nobody else's group can have their number.
struct ProcessGroup(Option<Pid>);

impl ProcessGroup {
    /// The group of a child that leads one.
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }

    /// The script is done and its output closed: what it may have left in the background goes on.
    fn leave(mut self) {
        self.0 = None;
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // They may all have ended in this moment.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

async fn tell(output: Option<impl AsyncRead + Unpin>, name: &str) {
    tell_and_keep(output, name).await;
}

/// Writes each line to the log; returns the last.
async fn tell_and_keep(output: Option<impl AsyncRead + Unpin>, name: &str) -> String {
    let (mut last, Some(output)) = (String::new(), output) else { return String::new() };
    let (mut output, mut line) = (BufReader::new(output), Vec::new());
    while (&mut output).take(LOG_LINE_BYTES).read_until(b'\n', &mut line).await.is_ok_and(|read| read > 0) {
        let line = String::from_utf8_lossy(&std::mem::take(&mut line)).trim_end().to_owned();
        tracing::info!(file = name, "{line}");
        last = line;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn script(folder: &Path, name: &str, text: &str) -> File {
        std::fs::write(folder.join(name), text).unwrap();
        File { name: name.into(), path: folder.join(name), is_script: true }
    }

    #[tokio::test]
    async fn a_script_has_the_server_s_address_and_its_end_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment { endpoint: "http://127.0.0.1:1".into(), credentials: ("key".into(), "secret".into()) };
        let good = script(folder.path(), "a.sh", "echo $AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID > made\n");
        assert_eq!(run(&good, &environment).await, Ok(()));
        assert_eq!(std::fs::read_to_string(folder.path().join("made")).unwrap(), "http://127.0.0.1:1 key\n");
        let bad = script(folder.path(), "b.sh", "echo hello\necho no such stream >&2\nexit 3\n");
        assert_eq!(run(&bad, &environment).await.unwrap_err(), "exit status: 3: no such stream");
    }

    /// Whether a process runs; one that has ended may still wait for its parent to notice.
    fn runs(pid: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
    }

    #[tokio::test]
    async fn a_stop_ends_what_the_script_has_started_too() {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment { endpoint: "http://127.0.0.1:1".into(), credentials: ("key".into(), "secret".into()) };
        // The child of a child.
        let file = script(folder.path(), "a.sh", "(sleep 300 & echo $! > new; mv new pid; wait) & wait\n");
        let running = tokio::spawn(async move { run(&file, &environment).await });
        let pid = loop {
            match std::fs::read_to_string(folder.path().join("pid")) {
                Ok(pid) => break pid.trim().to_owned(),
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        };
        assert!(runs(&pid));
        running.abort();
        assert!(running.await.unwrap_err().is_cancelled());
        for _ in 0..500 {
            if !runs(&pid) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("process {pid} outlives its script");
    }

    #[test]
    fn files_come_in_the_order_of_their_names_and_others_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["20-b.sh", "10-a.toml", "app.sql", "30.json", "README"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let found: Vec<(String, bool)> = files(folder.path()).unwrap().into_iter().map(|f| (f.name, f.is_script)).collect();
        assert_eq!(found, [("10-a.toml".to_owned(), false), ("20-b.sh".to_owned(), true), ("30.json".to_owned(), false)]);
    }
}
