//! `millpond flags` (hidden): docs/flags.md, made from what the command line itself knows.

use super::CliError;
use crate::base::limits::{Limits, UNLIMITED};
use clap::{Arg, Command, CommandFactory};

/// Prints the page.
pub(super) fn run() -> Result<(), CliError> {
    super::say(page(&super::Cli::command()).trim_end());
    Ok(())
}

fn page(cli: &Command) -> String {
    let mut out = String::from(
        "# Every flag\n\nMade by `millpond flags`; a test keeps it true. A flag of `millpond serve` can also stand in the environment, or in a TOML file named by `--config`: \
         the flag wins over the variable, and the variable over the file.\n",
    );
    for command in cli.get_subcommands().filter(|command| !command.is_hide_set()) {
        write(&mut out, &format!("millpond {}", command.get_name()), command);
    }
    write_limits(&mut out);
    out
}

fn write_limits(out: &mut String) {
    *out += "\n## Limits\n\n`--limits` chooses a column, `--limit NAME=NUMBER` sets one; in the file, `[limits]` has `profile`, and `[limits.kinesis]` has `shards = 5`.\n\n\
             | limit | what it is | `local` | `aws` |\n|---|---|---:|---:|\n";
    let number = |n: u64| if n == UNLIMITED { "none".to_owned() } else { n.to_string() };
    for (name, meaning, local, aws) in Limits::described() {
        *out += &format!("| `{name}` | {} | {} | {} |\n", meaning.trim(), number(local), number(aws));
    }
}

fn write(out: &mut String, path: &str, command: &Command) {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    *out += &format!("\n## `{path}`\n\n{about}.\n");
    let shown = |arg: &&Arg| !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str());
    let arguments: Vec<&Arg> = command.get_arguments().filter(shown).collect();
    if !arguments.is_empty() {
        *out += "\n| flag | what it is | default | variable | in the file |\n|---|---|---|---|---|\n";
        arguments.iter().for_each(|arg| *out += &row(arg));
    }
    for command in command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help") {
        write(out, &format!("{path} {}", command.get_name()), command);
    }
}

/// The row of a flag, or of what stands without one.
fn row(arg: &Arg) -> String {
    let values = arg.get_value_names().unwrap_or_default().iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" ");
    let takes_value = arg.get_action().takes_values();
    let flag = match arg.get_long() {
        Some(long) if takes_value => format!("`--{long}` {values}"),
        Some(long) => format!("`--{long}`"),
        None => values,
    };
    let help = arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let (help, config) = take(&help, "config");
    let (help, said) = take(&help, "default");
    let known = arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ");
    let default = if said.is_empty() && takes_value { known } else { said };
    let variable = arg.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let text = help.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("| {} |\n", [cell(&flag), cell(&text), code(&default), code(&variable), code(&config)].join(" | "))
}

/// The text without `[key: value]`, and the value.
fn take(text: &str, key: &str) -> (String, String) {
    let begin = format!("[{key}: ");
    let found = text.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(']')?)));
    match found {
        Some((before, (value, after))) => (format!("{before}{after}"), value.to_owned()),
        None => (text.to_owned(), String::new()),
    }
}

fn cell(text: &str) -> String {
    text.trim().replace('|', "\\|")
}

fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{}`", cell(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_all_that_is_known_of_a_flag() {
        let flag = Arg::new("x").long("some-flag").env("MILLPOND_X").value_name("a|b").help("Does it [default: a] [config: x.y]");
        assert_eq!(row(&flag), "| `--some-flag` `a\\|b` | Does it | `a` | `MILLPOND_X` | `x.y` |\n");
    }
}
