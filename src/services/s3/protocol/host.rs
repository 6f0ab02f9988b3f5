//! Virtual-hosted-style addresses: the bucket in the host name.

use s3s::S3Result;
use s3s::host::{S3Host, VirtualHost};

/// Finds the bucket in hosts such as `bucket.s3.us-west-2.amazonaws.com`, `bucket.s3.localhost` and `bucket.localhost`.
#[derive(Clone, Copy, Debug)]
pub(super) struct BucketHost;

impl S3Host for BucketHost {
    fn parse_host_header<'a>(&'a self, host: &'a str) -> S3Result<VirtualHost<'a>> {
        let virtual_host = VirtualHost::new(host);
        Ok(match bucket_of(host) {
            Some(bucket) => virtual_host.with_bucket(bucket),
            None => virtual_host,
        })
    }
}

/// The bucket that a Host header names, if it is virtual-hosted style.
fn bucket_of(host: &str) -> Option<&str> {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(name, _)| name);
    // Bucket names may hold points and even ".s3.", so the last place where the service's part can begin counts.
    let service = [".s3.", ".s3-"].iter().filter_map(|part| name.rfind(part)).max();
    let bucket = match service {
        Some(end) => &name[..end],
        None => name.strip_suffix(".localhost")?,
    };
    (!bucket.is_empty() && bucket != "s3" && !bucket.starts_with("s3.") && !bucket.starts_with("s3-")).then_some(bucket)
}

#[cfg(test)]
mod tests {
    use super::bucket_of;

    #[test]
    fn hosts_name_buckets() {
        for (host, bucket) in [
            ("photos.s3.us-west-2.amazonaws.com", Some("photos")),
            ("my.photos.s3.amazonaws.com", Some("my.photos")),
            ("photos.s3-us-west-2.amazonaws.com", Some("photos")),
            ("photos.s3.localhost:4566", Some("photos")),
            ("photos.localhost:4566", Some("photos")),
            ("s3.us-west-2.amazonaws.com", None),
            ("s3.localhost:4566", None),
            ("localhost:4566", None),
            ("127.0.0.1:4566", None),
            ("millpond", None),
        ] {
            assert_eq!(bucket_of(host), bucket, "{host}");
        }
    }
}
