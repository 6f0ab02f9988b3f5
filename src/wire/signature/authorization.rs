//! What a request says of its signer: the Authorization header, or the query string of a presigned URL.

use super::Refused;
use http::request::Parts;
use std::borrow::Cow;

/// Where a signature stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::wire) enum Place {
    Header,
    Query,
}

/// A signature with its facts, not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::wire) struct Signed {
    pub(in crate::wire) place: Place,
    pub(in crate::wire) access_key: String,
    /// `20261125`, of the credential scope.
    pub(in crate::wire) date: String,
    pub(in crate::wire) region: String,
    pub(in crate::wire) service: String,
    /// Names, as given.
    pub(in crate::wire) signed_headers: Vec<String>,
    pub(in crate::wire) signature: String,
}

/// Reads the signature of a request; `None` when it carries none.
pub(in crate::wire) fn parse(parts: &Parts) -> Result<Option<Signed>, Refused> {
    let header = parts.headers.get(http::header::AUTHORIZATION).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let query = parts.uri.query().filter(|query| query.contains("X-Amz-Algorithm="));
    match (header, query) {
        (Some(_), Some(_)) => Err(Refused::Both),
        (Some(header), None) => {
            let dated = parts.headers.contains_key("x-amz-date") || parts.headers.contains_key(http::header::DATE);
            from_header(&header, dated).map(Some)
        }
        (None, Some(query)) => from_query(query).map(Some),
        (None, None) => Ok(None),
    }
}

fn from_header(header: &str, dated: bool) -> Result<Signed, Refused> {
    let part = |wanted: &str| {
        let mut parts = header.split([',', ' ']).skip(1);
        parts.find_map(|part| part.strip_prefix(wanted)?.strip_prefix('=')).filter(|value| !value.is_empty())
    };
    let (credential, signature, headers) = (part("Credential"), part("Signature"), part("SignedHeaders"));
    let (Some(credential), Some(signature), Some(headers), true) = (credential, signature, headers, dated) else {
        let mut text = String::new();
        for (name, missing) in
            [("Credential", credential.is_none()), ("Signature", signature.is_none()), ("SignedHeaders", headers.is_none())]
        {
            if missing {
                text += &format!("Authorization header requires '{name}' parameter. ");
            }
        }
        if !dated {
            text += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
        }
        return Err(Refused::Incomplete(format!("{text}Authorization={header}")));
    };
    signed(Place::Header, credential, headers, signature)
}

fn from_query(query: &str) -> Result<Signed, Refused> {
    let pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = form_urlencoded::parse(query.as_bytes()).collect();
    let value = |name: &str| pairs.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| &**value);
    let mut missing = String::new();
    for name in ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"] {
        if value(name).is_none() {
            missing += &format!("AWS query-string parameters must include '{name}'. ");
        }
    }
    match (value("X-Amz-Credential"), value("X-Amz-SignedHeaders"), value("X-Amz-Signature")) {
        (Some(credential), Some(headers), Some(signature)) if missing.is_empty() => {
            signed(Place::Query, credential, headers, signature)
        }
        _ => Err(Refused::Incomplete(format!("{missing}Re-examine the query-string parameters."))),
    }
}

/// The credential is `KEY/20261125/us-east-1/kinesis/aws4_request`; a key may hold slashes itself.
fn signed(place: Place, credential: &str, headers: &str, signature: &str) -> Result<Signed, Refused> {
    let mut scope = credential.rsplitn(5, '/');
    let mut next = || scope.next().filter(|part| !part.is_empty()).map(str::to_owned);
    let (Some(_), Some(service), Some(region), Some(date), Some(access_key)) = (next(), next(), next(), next(), next()) else {
        return Err(Refused::Incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'"
        )));
    };
    let signed_headers = headers.split(';').map(str::to_owned).collect();
    Ok(Signed { place, access_key, date, region, service, signed_headers, signature: signature.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = http::Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    const WHOLE: &str =
        "AWS4-HMAC-SHA256 Credential=AK/20150901/eu-west-1/kinesis/aws4_request, SignedHeaders=host;x-amz-date, Signature=abc";

    fn incomplete(uri: &str, headers: &[(&str, &str)]) -> String {
        match parse(&parts(uri, headers)) {
            Err(Refused::Incomplete(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_header_gives_key_scope_and_signature() {
        let signed = parse(&parts("/", &[("authorization", WHOLE), ("x-amz-date", "20150901T000000Z")])).unwrap().unwrap();
        assert_eq!((signed.access_key.as_str(), signed.region.as_str(), signed.service.as_str()), ("AK", "eu-west-1", "kinesis"));
        assert_eq!(signed.signed_headers, ["host", "x-amz-date"]);
        assert_eq!(parse(&parts("/?a=b", &[])), Ok(None));
    }

    #[test]
    fn a_presigned_query_gives_the_same() {
        let uri = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK%2F20150901%2Feu-west-1%2Fs3%2Faws4_request\
                   &X-Amz-Date=20150901T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=abc";
        let signed = parse(&parts(uri, &[])).unwrap().unwrap();
        assert_eq!((signed.place, signed.service.as_str()), (Place::Query, "s3"));
        assert_eq!(parse(&parts(uri, &[("authorization", WHOLE)])), Err(Refused::Both));
    }

    #[test]
    fn what_is_missing_is_named_as_the_service_does() {
        assert_eq!(
            incomplete("/", &[("authorization", "X")]),
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. \
             Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a \
             'X-Amz-Date' or a 'Date' header. Authorization=X"
        );
        assert_eq!(
            incomplete("/?X-Amz-Algorithm=a&X-Amz-Date=b&X-Amz-SignedHeaders=c", &[]),
            "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include \
             'X-Amz-Signature'. Re-examine the query-string parameters."
        );
        let short = [("authorization", "AWS4-HMAC-SHA256 Credential=AK/x, SignedHeaders=h, Signature=s"), ("date", "d")];
        assert!(incomplete("/", &short).starts_with("Credential must have exactly 5"));
    }
}
