//! Where a template's text comes from: the call, or an object of the local S3. Nothing is ever fetched from elsewhere.

use super::CloudFormation;
use super::error::Invalid;

/// Longest template in a call, in bytes (user guide, CloudFormation quotas).
const LONGEST_BODY: usize = 51_200;

/// What stands for the template that the Kinesis Data Generator's help page and AWS's workshop name: it has the same parameters and output.
/// The original fetches its function from the internet.
const KDG_USER: &str = include_str!("kdg_user.yaml");

/// The buckets in which AWS keeps the original, today and in 2017, the former with a region behind its name elsewhere (spec/workshop.md 1.1, 3.2).
const KDG_BUCKETS: [&str; 2] = ["aws-kdg-tools", "kinesis-helpers"];

/// Longest template in S3, in bytes (the same: 1 MB).
const LONGEST_OBJECT: usize = 1024 * 1024;

impl CloudFormation {
    /// The text of a template.
    pub(super) async fn template_text(&self, body: Option<String>, url: Option<String>) -> Result<String, Invalid> {
        match (body, url) {
            (Some(body), None) if body.len() > LONGEST_BODY => Err(Invalid(format!(
                "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less \
                 than or equal to {LONGEST_BODY}"
            ))),
            (Some(body), None) => Ok(body),
            (None, Some(url)) => self.object(&url).await,
            _ => Err(Invalid("Either Template URL or Template Body must be specified.".into())),
        }
    }

    async fn object(&self, url: &str) -> Result<String, Invalid> {
        let (bucket, key) = place(url).ok_or_else(|| Invalid("TemplateURL must be a supported URL.".into()))?;
        let object = match self.0.s3.get_object(&bucket, &key).await {
            Ok(object) => object,
            Err(_) if is_kdg_user(&bucket, &key) => return Ok(KDG_USER.to_owned()),
            Err(error) => return Err(Invalid(format!("S3 error: {error}"))),
        };
        if object.body.len() > LONGEST_OBJECT {
            return Err(Invalid::format(format_args!("the template in S3 is longer than {LONGEST_OBJECT} bytes.")));
        }
        String::from_utf8(object.body.to_vec()).map_err(|_| Invalid::format("the template in S3 is not UTF-8."))
    }
}

/// Whether AWS has its template for a user of the Kinesis Data Generator there.
fn is_kdg_user(bucket: &str, key: &str) -> bool {
    let file = key.rsplit_once('/').map_or(key, |(_, file)| file);
    KDG_BUCKETS.iter().any(|name| bucket.starts_with(name)) && file.starts_with("cognito-setup.")
}

/// Bucket and key of an S3 URL: the bucket in the host (`b.s3.us-west-2.amazonaws.com/k`, `b.s3.localhost:4566/k`) or in the path.
fn place(url: &str) -> Option<(String, String)> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let (host, path) = rest.split_once('/')?;
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    let bucket = host.split_once(".s3.").or_else(|| host.split_once(".s3-")).map(|(bucket, _)| bucket);
    let (bucket, key) = match bucket {
        Some(bucket) => (bucket, &*path),
        None => path.split_once('/')?,
    };
    (!bucket.is_empty() && !key.is_empty()).then(|| (bucket.to_owned(), key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generators_template_is_a_good_one() {
        let template = crate::services::cloudformation::template::Template::parse(KDG_USER);
        assert!(template.is_ok(), "{:?}", template.err());
    }

    #[test]
    fn the_generators_template_is_known_by_its_addresses() {
        let known = |url: &str| place(url).is_some_and(|(bucket, key)| is_kdg_user(&bucket, &key));
        assert!(known("https://aws-kdg-tools.s3.us-west-2.amazonaws.com/cognito-setup.yaml"));
        assert!(known("https://aws-kdg-tools-us-east-1.s3.amazonaws.com/cognito-setup.json"));
        assert!(known("https://s3-us-west-2.amazonaws.com/kinesis-helpers/cognito-setup.json"));
        assert!(!known("https://mine.s3.us-west-2.amazonaws.com/cognito-setup.yaml"));
        assert!(!known("https://aws-kdg-tools.s3.us-west-2.amazonaws.com/other.yaml"));
    }

    #[test]
    fn urls_of_both_styles_name_bucket_and_key() {
        let found = Some(("b".to_owned(), "a/t 1.yaml".to_owned()));
        for url in [
            "https://b.s3.us-west-2.amazonaws.com/a/t%201.yaml",
            "https://b.s3-us-west-2.amazonaws.com/a/t%201.yaml",
            "https://s3.us-west-2.amazonaws.com/b/a/t%201.yaml",
            "http://localhost:4566/b/a/t%201.yaml?versionId=1",
        ] {
            assert_eq!(place(url), found, "{url}");
        }
        for url in ["ftp://h/b/k", "https://h", "https://h/b", "https://b.s3.amazonaws.com/"] {
            assert_eq!(place(url), None, "{url}");
        }
    }
}
