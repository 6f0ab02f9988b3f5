//! Messages of applications in CloudWatch Logs (developer guide, "Working with Amazon CloudWatch Logs": members and error codes).

use super::Analytics;
use super::application::Application;
use super::output::format::json_string;
use crate::base::arn::Arn;

/// Which part of an application a message speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About<'a> {
    /// The input with this id.
    Input(&'a str),
    /// The reference data source with this id.
    Reference(&'a str),
    /// The output with this id. The guide names no error code for outputs; this one is ours.
    Output(&'a str),
    /// The code.
    Code,
}

impl Analytics {
    /// Writes a message to the log streams of the application, and to our own log.
    pub(super) async fn report(&self, application: &Application, about: About<'_>, message: &str) {
        tracing::warn!(application = %application.arn, ?about, "{message}");
        let text = entry(application, about, message);
        for option in &application.logging {
            if let Some(log_stream) = Arn::parse(&option.log_stream_arn) {
                self.0.parts.messages.put(log_stream, self.clock().now_ms(), text.clone()).await;
            }
        }
    }
}

/// The message as the service writes it: one JSON object.
fn entry(application: &Application, about: About<'_>, message: &str) -> String {
    let version = application.version.to_string();
    let mut members = vec![
        ("applicationARN", application.arn.as_str()),
        ("applicationVersionId", &version),
        ("messageType", "ERROR"),
        ("message", message),
    ];
    match about {
        About::Input(id) => members.extend([("inputId", id), ("errorCode", "InputError")]),
        About::Reference(id) => members.extend([("referenceId", id), ("errorCode", "ReferenceDataError")]),
        About::Output(id) => members.extend([("outputId", id), ("errorCode", "OutputError")]),
        About::Code => members.push(("errorCode", "CodeError")),
    }
    members.push(("messageSchemaVersion", "1"));
    let mut out = Vec::new();
    for (at, (name, value)) in members.into_iter().enumerate() {
        out.push(if at == 0 { b'{' } else { b',' });
        json_string(name, &mut out);
        out.push(b':');
        json_string(value, &mut out);
    }
    out.push(b'}');
    String::from_utf8_lossy(&out).into_owned()
}
