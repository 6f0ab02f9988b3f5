//! Whether a signature is true: our own canonical request, and aws-sigv4's primitives.

use super::authorization::{Place, Signed};
use super::canonical;
use super::keys::Keys;
use super::refusal::Refused;
use super::version_2::Presigned;
use crate::base::clock::{Clock, Millis};
use crate::wire::route::header;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use http::request::Parts;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use subtle::ConstantTimeEq;

/// How far the clocks may be apart.
const SKEW_MS: Millis = 5 * 60 * 1000;

/// S3 allows more.
const S3_SKEW_MS: Millis = 15 * 60 * 1000;

/// Verifies the signatures of those whose keys are known.
#[derive(Clone)]
pub struct Verifier {
    keys: Arc<dyn Keys>,
    clock: Clock,
}

/// What of the body was signed.
#[derive(Clone, Copy)]
pub(in crate::wire) enum Payload<'b> {
    /// All of it.
    Whole(&'b [u8]),
    /// S3: what x-amz-content-sha256 says (a hash, UNSIGNED-PAYLOAD or STREAMING-…); the hash is for S3 to compare.
    Declared,
}

impl Verifier {
    /// A verifier that knows these keys.
    pub fn new(keys: Arc<dyn Keys>, clock: Clock) -> Self {
        Self { keys, clock }
    }

    /// Says why the signature is refused, if it is.
    pub(in crate::wire) fn verify(&self, signed: &Signed, parts: &Parts, payload: Payload<'_>) -> Result<(), Refused> {
        let credential = self.keys.find(&signed.access_key).ok_or(Refused::UnknownKey)?;
        if let Some(token) = &credential.session_token
            && value(parts, signed.place, "X-Amz-Security-Token").as_ref() != Some(token)
        {
            return Err(Refused::UnknownKey);
        }
        let date = date(parts, signed.place).ok_or_else(|| {
            Refused::Incomplete("Date must be in ISO-8601 'basic format', such as 20261125T023000Z, in 'X-Amz-Date'. ".into())
        })?;
        self.in_time(&date, signed, parts)?;
        let at = UNIX_EPOCH + Duration::from_millis(date.ms.unsigned_abs());
        let key = generate_signing_key(&credential.secret, at, &signed.region, &signed.service);
        let payload_hash = payload_hash(signed, parts, payload);
        let mut mismatch = None;
        for path in canonical::paths(parts, signed) {
            let canonical = canonical::request(parts, signed, &path, &payload_hash);
            let string_to_sign = string_to_sign(signed, &date, &canonical);
            let expected = calculate_signature(&key, string_to_sign.as_bytes());
            if bool::from(expected.as_bytes().ct_eq(signed.signature.as_bytes())) {
                return Ok(());
            }
            mismatch.get_or_insert(Refused::Mismatch { canonical, string_to_sign });
        }
        Err(mismatch.unwrap_or(Refused::Missing))
    }

    /// The same for a URL presigned with version 2.
    pub(in crate::wire) fn verify_presigned(&self, presigned: &Presigned, parts: &Parts) -> Result<(), Refused> {
        let credential = self.keys.find(&presigned.access_key).ok_or(Refused::UnknownKey)?;
        if presigned.is_expired(self.clock.now_ms()) {
            return Err(Refused::Expired);
        }
        let string_to_sign = presigned.string_to_sign(parts);
        if presigned.is_of(&credential.secret, &string_to_sign) {
            return Ok(());
        }
        Err(Refused::Mismatch { canonical: String::new(), string_to_sign })
    }

    fn in_time(&self, date: &Date, signed: &Signed, parts: &Parts) -> Result<(), Refused> {
        if !date.text.starts_with(&signed.date) {
            return Err(Refused::Skewed(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{}', from '{}'.",
                signed.date,
                date.text.get(..8).unwrap_or_default(),
                date.text
            )));
        }
        let now = self.clock.now_ms();
        let skew = if signed.service == "s3" { S3_SKEW_MS } else { SKEW_MS };
        let life = match signed.place {
            Place::Header => skew,
            Place::Query => query_value(parts, "X-Amz-Expires").and_then(|s| s.parse::<Millis>().ok()).map_or(skew, |s| s * 1000),
        };
        if now > date.ms.saturating_add(life) {
            if signed.place == Place::Query {
                return Err(Refused::Expired);
            }
            let text = (&date.text, basic(now - skew), basic(now), skew / 60_000);
            return Err(Refused::Skewed(format!(
                "Signature expired: {} is now earlier than {} ({} - {} min.)",
                text.0, text.1, text.2, text.3
            )));
        }
        if date.ms > now + skew {
            let text = (&date.text, basic(now + skew), basic(now), skew / 60_000);
            return Err(Refused::Skewed(format!(
                "Signature not yet current: {} is still later than {} ({} + {} min.)",
                text.0, text.1, text.2, text.3
            )));
        }
        Ok(())
    }
}

fn string_to_sign(signed: &Signed, date: &Date, canonical: &str) -> String {
    let scope = format!("{}/{}/{}/aws4_request", signed.date, signed.region, signed.service);
    format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{}", date.text, sha256_hex(canonical.as_bytes()))
}

/// The time of signing, as text of the basic ISO format and as milliseconds.
struct Date {
    text: String,
    ms: Millis,
}

const BASIC: &str = "%Y%m%dT%H%M%SZ";

fn basic(ms: Millis) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|at| at.strftime(BASIC).to_string()).unwrap_or_default()
}

/// `X-Amz-Date`, or the Date header in either of its forms.
fn date(parts: &Parts, place: Place) -> Option<Date> {
    let text = value(parts, place, "X-Amz-Date").or_else(|| header(&parts.headers, "date").map(str::to_owned))?;
    let ms = match jiff::civil::DateTime::strptime(BASIC, &text) {
        Ok(at) => at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond(),
        Err(_) => jiff::fmt::rfc2822::parse(&text).ok()?.timestamp().as_millisecond(),
    };
    Some(Date { text: basic(ms), ms })
}

/// A parameter of the signature: a header, or of the query string when that is signed.
fn value(parts: &Parts, place: Place, name: &str) -> Option<String> {
    match place {
        Place::Header => header(&parts.headers, name).map(str::to_owned),
        Place::Query => query_value(parts, name),
    }
}

fn query_value(parts: &Parts, name: &str) -> Option<String> {
    let query = parts.uri.query()?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn payload_hash(signed: &Signed, parts: &Parts, payload: Payload<'_>) -> String {
    let declared = header(&parts.headers, "x-amz-content-sha256");
    match (payload, declared, signed.place) {
        (_, Some("UNSIGNED-PAYLOAD"), _) | (Payload::Declared, None, _) => "UNSIGNED-PAYLOAD".into(),
        (Payload::Declared, Some(declared), _) => declared.to_owned(),
        (Payload::Whole(body), ..) => sha256_hex(body),
    }
}

fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
