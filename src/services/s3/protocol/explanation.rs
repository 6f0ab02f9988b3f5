//! Texts for the errors that `s3s` answers by itself, before an operation is called: it sends their codes alone, and clients then show "Unknown".

use http::Response;
use s3s::Body;

/// AWS's texts (API reference, error responses).
const TEXTS: [(&str, &str); 12] = [
    ("AccessDenied", "Access Denied"),
    ("IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header"),
    ("InvalidBucketName", "The specified bucket is not valid."),
    ("InvalidRequest", "The request is not valid."),
    ("InvalidURI", "Couldn't parse the specified URI."),
    ("KeyTooLongError", "Your key is too long"),
    ("MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data."),
    ("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"),
    ("MethodNotAllowed", "The specified method is not allowed against this resource."),
    ("MissingContentLength", "You must provide the Content-Length HTTP header."),
    ("NotImplemented", "A header you provided implies functionality that is not implemented"),
    ("InternalError", "We encountered an internal error. Please try again."),
];

/// Adds what is missing to an error's answer: its text, and the id of its request.
pub fn explained(response: Response<Body>, request_id: Option<&str>) -> Response<Body> {
    if response.status().as_u16() < 400 {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Some(bytes) = body.bytes() else { return Response::from_parts(parts, body) };
    match std::str::from_utf8(&bytes).ok().and_then(|xml| completed(xml, request_id)) {
        Some(xml) => {
            parts.headers.remove(http::header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(xml))
        }
        None => Response::from_parts(parts, body),
    }
}

/// The error with what it lacks; `None` if it lacks nothing, or is no error in XML.
fn completed(xml: &str, request_id: Option<&str>) -> Option<String> {
    let (before, rest) = xml.split_once("<Code>")?;
    let (code, after) = rest.split_once("</Code>")?;
    let message = TEXTS.iter().find(|(known, _)| *known == code && !after.contains("<Message>"));
    let message = message.map(|(_, text)| format!("<Message>{text}</Message>")).unwrap_or_default();
    let id = request_id.filter(|_| !xml.contains("<RequestId>"));
    let id = id.map(|id| format!("<RequestId>{id}</RequestId>")).unwrap_or_default();
    if message.is_empty() && id.is_empty() {
        return None;
    }
    Some(format!("{before}<Code>{code}</Code>{message}{id}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_without_a_text_gets_its_own() {
        let bare = "<?xml version=\"1.0\"?><Error><Code>InvalidBucketName</Code></Error>";
        let text = "The specified bucket is not valid.";
        assert_eq!(
            completed(bare, Some("7")).unwrap(),
            format!(
                "<?xml version=\"1.0\"?><Error><Code>InvalidBucketName</Code><Message>{text}</Message><RequestId>7</RequestId></Error>"
            )
        );
        let whole = "<Error><Code>NoSuchKey</Code><Message>m</Message><RequestId>7</RequestId></Error>";
        assert_eq!(completed(whole, Some("8")), None);
        assert_eq!(completed("{}", Some("8")), None);
    }
}
