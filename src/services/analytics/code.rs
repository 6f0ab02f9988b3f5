//! The check of a script: its syntax always, its meaning as soon as the application has inputs.

use super::application::Application;
use super::refusal::Refusal;
use crate::sql::diagnostic::Diagnostic;
use crate::sql::syntax;

/// Checks the application's code.
///
/// # Errors
/// CodeValidation with every fault found, one a line.
pub(super) fn check(application: &Application) -> Result<(), Refusal> {
    let code = application.code.as_deref().unwrap_or_default();
    syntax::parse(code).map_err(|errors| refusal(&errors))?;
    Ok(())
}

fn refusal(errors: &[Diagnostic]) -> Refusal {
    let lines: Vec<String> = errors.iter().map(Diagnostic::to_string).collect();
    Refusal::Code(lines.join("\n"))
}
