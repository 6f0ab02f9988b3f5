//! Where records go.

use crate::base::arn::Arn;
use std::str::FromStr;

/// A destination, as `--to` names it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    /// Standard output.
    Print,
    /// A stream of Kinesis Data Streams.
    Stream {
        /// Its name.
        name: String,
        /// The region of the ARN, if it was one.
        region: Option<String>,
    },
    /// A delivery stream of Firehose.
    DeliveryStream {
        /// Its name.
        name: String,
        /// The region of the ARN, if it was one.
        region: Option<String>,
    },
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "-" {
            return Ok(Self::Print);
        }
        let arn = Arn::parse(text);
        let (kind, name, region) = match (&arn, text.split_once(':')) {
            (Some(arn), _) => {
                let (kind, name) = arn.resource.split_once('/').unwrap_or_default();
                let kind = match (arn.service.as_str(), kind) {
                    ("kinesis", "stream") => "stream",
                    ("firehose", "deliverystream") => "firehose",
                    _ => return Err("the ARN is neither a stream's nor a delivery stream's".into()),
                };
                (kind, name, Some(arn.region.clone()))
            }
            (None, Some((kind, name))) => (kind, name, None),
            (None, None) => ("stream", text, None),
        };
        if name.is_empty() {
            return Err("a name is missing".into());
        }
        let name = name.to_owned();
        match kind {
            "stream" => Ok(Self::Stream { name, region }),
            "firehose" | "delivery-stream" => Ok(Self::DeliveryStream { name, region }),
            _ => Err("is not -, NAME, stream:NAME, firehose:NAME or an ARN".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_names_or_arns() {
        let stream = |name: &str, region: Option<&str>| Ok(Target::Stream { name: name.into(), region: region.map(Into::into) });
        let delivery = |region: Option<&str>| Ok(Target::DeliveryStream { name: "d".into(), region: region.map(Into::into) });
        assert_eq!("-".parse(), Ok(Target::Print));
        assert_eq!("s".parse(), stream("s", None));
        assert_eq!("stream:s".parse(), stream("s", None));
        assert_eq!("arn:aws:kinesis:eu-west-1:000000000000:stream/s".parse(), stream("s", Some("eu-west-1")));
        assert_eq!("firehose:d".parse(), delivery(None));
        assert_eq!("delivery-stream:d".parse(), delivery(None));
        assert_eq!("arn:aws:firehose:us-west-2:000000000000:deliverystream/d".parse(), delivery(Some("us-west-2")));
        for wrong in ["", "topic:t", "stream:", "arn:aws:s3:::bucket", "arn:aws:kinesis:us-east-1:000000000000:stream/"] {
            assert!(wrong.parse::<Target>().is_err(), "{wrong}");
        }
    }
}
