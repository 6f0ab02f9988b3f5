//! `millpond compatibility` (hidden): the table of operations for docs/compatibility.md, made from what is registered.

use super::CliError;
use crate::app;
use crate::config::{ServeFlags, Settings};

/// What is said by hand: partial operations, and where AWS is not followed.
const NOTES: &str = include_str!("../../docs/compatibility/notes.toml");

/// The official clients that the tests take through one walk, and the libraries that have tests of their own.
const CLIENTS: &str = include_str!("../../docs/compatibility/clients.toml");

/// Notes by service and operation.
type Notes = std::collections::BTreeMap<String, std::collections::BTreeMap<String, String>>;

/// Prints the page.
pub(super) fn run() -> Result<(), CliError> {
    let settings = Settings::resolve(ServeFlags { ephemeral: Some(true), ..ServeFlags::default() })?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let services = runtime.block_on(app::operations(&settings))?;
    let page = page(&services, &toml::from_str(NOTES)?)? + &clients(&toml::from_str(CLIENTS)?);
    super::say(page.trim_end());
    Ok(())
}

/// The page; a note for an operation that does not exist, or is not built, is an error.
fn page(services: &[app::ServiceOperations], notes: &Notes) -> Result<String, CliError> {
    let mut out = String::from(
        "# Compatibility\n\nMade by `millpond compatibility` from what is registered and `docs/compatibility/notes.toml`; a test keeps it true.\n\
         An operation that is not built answers UnknownOperationException; InvalidAction where the service speaks the query protocol (iam, sts,\n\
         cloudformation, ec2). S3 speaks its own protocol and is described in the notes.\n\n\
         | service | built | of |\n|---|---|---|\n",
    );
    for service in services {
        let built = service.operations.iter().filter(|(_, built)| *built).count();
        out += &format!("| {} | {built} | {} |\n", service.id, service.operations.len());
    }
    for service in services {
        out += &format!("\n## {}\n\n| operation | built | notes |\n|---|---|---|\n", service.id);
        let notes = notes.get(service.id);
        for (name, built) in &service.operations {
            let note = notes.and_then(|notes| notes.get(*name)).map_or("", String::as_str);
            let built = match (built, note.is_empty()) {
                (true, true) => "yes",
                (true, false) => "partly",
                (false, _) => "no",
            };
            out += &format!("| {name} | {built} | {note} |\n");
        }
        for noted in notes.into_iter().flat_map(|notes| notes.keys()) {
            if !service.operations.iter().any(|(name, _)| name == noted) {
                return Err(format!("notes.toml names {}.{noted}, which is no operation", service.id).into());
            }
        }
    }
    if let Some(unknown) = notes.keys().find(|id| !services.iter().any(|service| service.id == **id)) {
        return Err(format!("notes.toml names {unknown}, which is no service").into());
    }
    Ok(out)
}

/// docs/compatibility/clients.toml.
#[derive(serde::Deserialize)]
struct Walk {
    step: Vec<Step>,
    client: Vec<Client>,
    library: Vec<Library>,
}

#[derive(serde::Deserialize)]
struct Step {
    name: String,
    what: String,
}

#[derive(serde::Deserialize)]
struct Client {
    name: String,
    folder: String,
    set: String,
    #[serde(default)]
    without: std::collections::BTreeMap<String, String>,
}

#[derive(serde::Deserialize)]
struct Library {
    name: String,
    folder: String,
    set: String,
    proved: String,
}

/// The section about clients: what is set in each, and how far it comes.
fn clients(walk: &Walk) -> String {
    let mut out = String::from(
        "\n## Clients\n\nThe official clients as they come, each with a region, dummy credentials and what the table says, go the same steps in \
         `make test` (`compat-tests/sdks`).\n\n| client | set | project | all steps but |\n|---|---|---|---|\n",
    );
    for client in &walk.client {
        let but: Vec<_> = client.without.iter().map(|(step, why)| format!("{step}: {why}")).collect();
        let but = if but.is_empty() { "–".to_owned() } else { but.join("; ") };
        out += &format!("| {} | {} | `{}` | {but} |\n", client.name, client.set, client.folder);
    }
    out += "\n| step | what |\n|---|---|\n";
    for step in &walk.step {
        out += &format!("| {} | {} |\n", step.name, step.what);
    }
    out += "\n## Libraries\n\n| library | set | tests | what they prove |\n|---|---|---|---|\n";
    for Library { name, folder, set, proved } in &walk.library {
        out += &format!("| {name} | {set} | `{folder}` | {proved} |\n");
    }
    out
}
