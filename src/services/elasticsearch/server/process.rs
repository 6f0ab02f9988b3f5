//! One run of a server: its folder is prepared, the process started with its output in a file, and ended by SIGTERM.

use super::distribution::{Distribution, config};
use super::user::OtherUser;
use super::{Place, free_port};
use std::fs::{self, File};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::process::{Child, Command};

/// A server has this long to write what it holds and end; then it is killed. Its translog is complete either way.
const PATIENCE: Duration = Duration::from_secs(15);

/// Lines of a dead server's output that go into the log.
const LAST_LINES: usize = 5;

/// A running server.
pub(super) struct Process {
    child: Child,
}

impl Process {
    /// Prepares the folder and starts the server.
    ///
    /// # Errors
    /// A sentence that says why it cannot be started.
    pub(super) async fn start(distribution: &Distribution, place: &Place) -> Result<Self, String> {
        let user = OtherUser::needed();
        prepare(distribution, place, user).map_err(|error| format!("cannot prepare {}: {error}", place.folder.display()))?;
        if user.is_some() {
            OtherUser::can_reach(distribution.home())?;
            OtherUser::can_reach(&place.folder)?;
        }
        end_leftover(place).await;
        let mut command = command(distribution, place, user).await?;
        let child = command.spawn().map_err(|error| format!("cannot start {}: {error}", distribution.home().display()))?;
        if let Some(id) = child.id() {
            // Should Millpond be killed and the server live on, the next start finds it by this.
            let _ = fs::write(pid_file(place), id.to_string());
        }
        Ok(Self { child })
    }

    /// Waits for the server to end by itself.
    pub(super) async fn ended(&mut self) -> Option<ExitStatus> {
        self.child.wait().await.ok()
    }

    /// Ends the server.
    pub(super) async fn stop(mut self, place: &Place) {
        if let Some(id) = self.child.id() {
            terminate(id).await;
        }
        if tokio::time::timeout(PATIENCE, self.child.wait()).await.is_err() {
            tracing::warn!(domain = place.name, "the server does not end; it is killed");
            let _ = self.child.kill().await;
        }
        let _ = fs::remove_file(pid_file(place));
    }
}

fn pid_file(place: &Place) -> std::path::PathBuf {
    place.folder.join("pid")
}

/// The file with all that the server prints.
pub(super) fn output_file(place: &Place) -> std::path::PathBuf {
    place.folder.join("logs/output.log")
}

/// The end of the server's output.
pub(super) fn last_output(place: &Place) -> String {
    let text = fs::read(output_file(place)).unwrap_or_default();
    last_lines(&String::from_utf8_lossy(&text))
}

/// The last lines that tell something: a stack's frames would push its causes out.
fn last_lines(text: &str) -> String {
    let tells = |line: &&str| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with("at ") && !line.starts_with("... ")
    };
    let lines: Vec<&str> = text.lines().filter(tells).collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}

/// Writes configuration and makes folders, for the user that the server runs as.
fn prepare(distribution: &Distribution, place: &Place, user: Option<OtherUser>) -> std::io::Result<()> {
    let config = config(place);
    for folder in ["config", "data", "logs", "tmp"] {
        fs::create_dir_all(place.folder.join(folder))?;
    }
    copy_folder(&distribution.home().join("config"), &config)?;
    let (file, settings) = distribution.settings(place, free_port()?);
    fs::write(config.join(file), settings)?;
    fs::write(config.join("jvm.options"), distribution.jvm_options(place))?;
    fs::write(output_file(place), "")?;
    match user {
        Some(user) => user.give(&place.folder),
        None => Ok(()),
    }
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The command that starts the server, in the foreground and with its output in a file.
async fn command(distribution: &Distribution, place: &Place, user: Option<OtherUser>) -> Result<Command, String> {
    let mut words = Vec::new();
    if has_setpriv().await {
        // The server is told to end when Millpond is killed, which cannot tell it itself then.
        words.extend(["setpriv".to_owned(), "--pdeathsig=TERM".to_owned()]);
        words.extend(user.map(OtherUser::setpriv).unwrap_or_default());
    } else if user.is_some() {
        return Err("Elasticsearch refuses to run as root, and the command setpriv (package util-linux), by which Millpond \
                    would start it as another user, is not there"
            .to_owned());
    }
    words.extend(distribution.command(place));
    let output = File::options().append(true).open(output_file(place)).map_err(|error| error.to_string())?;
    let errors = output.try_clone().map_err(|error| error.to_string())?;
    let mut words = words.into_iter();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).envs(distribution.environment(place)).current_dir(&place.folder);
    command.env("HOME", &place.folder).stdin(Stdio::null()).stdout(output).stderr(errors);
    if let Some(variable) = distribution.java_variable() {
        command.env(variable, java_home().await?);
    }
    // Its own group, so that ctrl-c at the terminal reaches Millpond alone, which ends the server in order.
    command.process_group(0).kill_on_drop(true);
    Ok(command)
}

async fn has_setpriv() -> bool {
    let help = Command::new("setpriv").arg("--help").stdin(Stdio::null()).output().await;
    help.is_ok_and(|help| String::from_utf8_lossy(&help.stdout).contains("--pdeathsig"))
}

/// The home of the Java that a shell would run.
async fn java_home() -> Result<String, String> {
    const FIND: &str = r#"if [ -n "$JAVA_HOME" ]; then echo "$JAVA_HOME/bin/java"; else readlink -f "$(command -v java)"; fi"#;
    let found = Command::new("sh").args(["-c", FIND]).stdin(Stdio::null()).output().await;
    let found = found.map(|found| String::from_utf8_lossy(&found.stdout).trim().to_owned()).unwrap_or_default();
    let home = found.strip_suffix("/bin/java").filter(|home| !home.is_empty());
    home.map(str::to_owned).ok_or_else(|| {
        "Elasticsearch needs Java (17 suits every version from 5.6 to 7.17 and OpenSearch), and there is none: install it (Debian: apt-get \
         install openjdk-17-jre-headless) or set JAVA_HOME"
            .to_owned()
    })
}

/// Asks a process to end.
async fn terminate(id: u32) {
    let _ =
        Command::new("sh").arg("-c").arg(format!("kill -TERM {id}")).stdin(Stdio::null()).stderr(Stdio::null()).status().await;
}

/// Ends a server that an earlier Millpond started here and could not end, for it holds the data folder and the port.
async fn end_leftover(place: &Place) {
    let Some(id) = fs::read_to_string(pid_file(place)).ok().and_then(|text| text.trim().parse::<u32>().ok()) else { return };
    let is_ours = || {
        let command = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&command).contains(&*place.folder.to_string_lossy())
    };
    if is_ours() {
        tracing::info!(domain = place.name, "ending the server that an earlier run left behind");
        terminate(id).await;
    }
    let mut waited = Duration::ZERO;
    while is_ours() && waited < PATIENCE {
        tokio::time::sleep(LEFTOVER_STEP).await;
        waited += LEFTOVER_STEP;
    }
}

/// How often a left-over server is looked at while it ends.
const LEFTOVER_STEP: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_causes_of_a_failure_are_told_and_not_its_stack() {
        let frames = "\tat org.elasticsearch.node.Node.<init>(Node.java:265)\n".repeat(20);
        let text = format!("starting\nCaused by: java.io.IOException: Mount point not found\n{frames}\t... 6 more\n\n");
        assert_eq!(last_lines(&text), "starting\nCaused by: java.io.IOException: Mount point not found");
    }
}
