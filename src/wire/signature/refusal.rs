//! Why a signature is refused, and how each protocol says it.

use crate::api::Fault;

/// How a service spells errors of authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::wire) enum Dialect {
    /// awsJson: always 400.
    Json,
    /// Query: names without "Exception", 403.
    Query,
    /// rest-json: the names of awsJson, 403.
    Rest,
    /// S3's own.
    S3,
}

/// Why a signature is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::wire) enum Refused {
    /// Header and query string are both signed.
    Both,
    /// Parts are missing; the text names them.
    Incomplete(String),
    /// There is no signature where one is needed.
    Missing,
    /// Nobody has this access key, or its session token is another.
    UnknownKey,
    /// The signature is not the one the secret gives.
    Mismatch { canonical: String, string_to_sign: String },
    /// The request is too old, or from the future; the text compares the times.
    Skewed(String),
    /// A presigned URL is past its time.
    Expired,
}

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
                        Key and signing method. Consult the service documentation for details.";

impl Refused {
    /// The error as a service of this dialect says it.
    pub(in crate::wire) fn fault(&self, dialect: Dialect) -> Fault {
        let (code, s3_code) = self.codes(dialect);
        match dialect {
            Dialect::Json => Fault::new(code, 400, self.message()),
            Dialect::Query | Dialect::Rest => Fault::new(code, 403, self.message()),
            Dialect::S3 => Fault::new(s3_code, 403, self.s3_message()),
        }
    }

    fn codes(&self, dialect: Dialect) -> (&'static str, &'static str) {
        let query = dialect == Dialect::Query;
        let pick = |exception, bare| if query { bare } else { exception };
        match self {
            Self::Both => (pick("InvalidSignatureException", "InvalidSignature"), "InvalidRequest"),
            Self::Incomplete(_) => (pick("IncompleteSignatureException", "IncompleteSignature"), "AuthorizationHeaderMalformed"),
            Self::Missing => (pick("MissingAuthenticationTokenException", "MissingAuthenticationToken"), "AccessDenied"),
            Self::UnknownKey => (pick("UnrecognizedClientException", "InvalidClientTokenId"), "InvalidAccessKeyId"),
            Self::Mismatch { .. } => (pick("InvalidSignatureException", "SignatureDoesNotMatch"), "SignatureDoesNotMatch"),
            Self::Skewed(_) => (pick("InvalidSignatureException", "SignatureDoesNotMatch"), "RequestTimeTooSkewed"),
            Self::Expired => (pick("InvalidSignatureException", "SignatureDoesNotMatch"), "AccessDenied"),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Both => "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.".into(),
            Self::Incomplete(text) | Self::Skewed(text) => text.clone(),
            Self::Missing => "Missing Authentication Token".into(),
            Self::UnknownKey => "The security token included in the request is invalid.".into(),
            Self::Mismatch { canonical, string_to_sign } => format!(
                "{MISMATCH}\n\nThe Canonical String for this request should have been\n'{canonical}'\n\n\
                 The String-to-Sign should have been\n'{string_to_sign}'\n"
            ),
            Self::Expired => "Request has expired".into(),
        }
    }

    fn s3_message(&self) -> String {
        match self {
            Self::Missing => "Access Denied".into(),
            Self::UnknownKey => "The AWS Access Key Id you provided does not exist in our records.".into(),
            Self::Mismatch { .. } => {
                "The request signature we calculated does not match the signature you provided. Check your key and signing method.".into()
            }
            Self::Skewed(_) => "The difference between the request time and the current time is too large.".into(),
            other => other.message(),
        }
    }
}
