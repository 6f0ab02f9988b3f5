//! Digests of bodies: the MD5 that makes the ETag, and the checksums that clients announce.

use super::error::S3Error;
use md5::{Digest, Md5};
use s3s::checksum::ChecksumHasher;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// A checksum algorithm of S3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Algorithm {
    /// ISO-HDLC, what SDKs send by default.
    Crc32,
    /// Castagnoli.
    Crc32c,
    /// NVMe.
    Crc64Nvme,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl Algorithm {
    pub(super) const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    /// The name in the API.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The header that carries it.
    pub(super) fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    fn hasher(self) -> ChecksumHasher {
        let mut hasher = ChecksumHasher::default();
        match self {
            Self::Crc32 => hasher.crc32 = Some(s3s::crypto::Checksum::new()),
            Self::Crc32c => hasher.crc32c = Some(s3s::crypto::Checksum::new()),
            Self::Crc64Nvme => hasher.crc64nvme = Some(s3s::crypto::Checksum::new()),
            Self::Sha1 => hasher.sha1 = Some(s3s::crypto::Checksum::new()),
            Self::Sha256 => hasher.sha256 = Some(s3s::crypto::Checksum::new()),
        }
        hasher
    }
}

/// A checksum of an object or part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checksum {
    pub(super) algorithm: Algorithm,
    /// Base64; of a multipart object that has the checksum of its parts' checksums, with `-N` behind it.
    pub(super) value: String,
}

impl Checksum {
    /// Whether it is made of the checksums of parts.
    pub(super) fn is_composite(&self) -> bool {
        self.value.contains('-')
    }
}

/// What is to be computed of a body.
pub(super) struct Digester {
    md5: Md5,
    sha256: Option<Sha256>,
    checksum: Option<(Algorithm, ChecksumHasher)>,
}

/// What was computed.
pub(super) struct Digests {
    /// Of the body.
    pub(super) md5: [u8; 16],
    /// In hexadecimal, if asked for.
    pub(super) sha256: Option<String>,
    /// If asked for.
    pub(super) checksum: Option<Checksum>,
}

impl Digester {
    /// Computes the MD5, and what else is asked for.
    pub(super) fn new(checksum: Option<Algorithm>, sha256: bool) -> Self {
        Self {
            md5: Md5::new(),
            sha256: sha256.then(Sha256::new),
            checksum: checksum.map(|algorithm| (algorithm, algorithm.hasher())),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(bytes);
        }
        if let Some((_, hasher)) = &mut self.checksum {
            hasher.update(bytes);
        }
    }

    pub(super) fn finish(self) -> Digests {
        Digests {
            md5: self.md5.finalize().into(),
            sha256: self.sha256.map(|sha256| hex(&sha256.finalize())),
            checksum: self.checksum.and_then(|(algorithm, hasher)| {
                let found = hasher.finalize();
                let value = match algorithm {
                    Algorithm::Crc32 => found.checksum_crc32,
                    Algorithm::Crc32c => found.checksum_crc32c,
                    Algorithm::Crc64Nvme => found.checksum_crc64nvme,
                    Algorithm::Sha1 => found.checksum_sha1,
                    Algorithm::Sha256 => found.checksum_sha256,
                };
                value.map(|value| Checksum { algorithm, value })
            }),
        }
    }
}

/// The checksum of parts' checksums, with their number behind it.
pub(super) fn composite(algorithm: Algorithm, parts: &[Checksum]) -> Result<Checksum, S3Error> {
    let mut digester = Digester::new(Some(algorithm), false);
    for part in parts {
        digester.update(&from_base64(&part.value)?);
    }
    let whole = digester.finish().checksum.ok_or(S3Error::BadChecksum(algorithm.name()))?;
    Ok(Checksum { algorithm, value: format!("{}-{}", whole.value, parts.len()) })
}

pub(super) fn from_base64(text: &str) -> Result<Vec<u8>, S3Error> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .map_err(|_| S3Error::InvalidArgument(format!("{text:?} is not valid base64")))
}

/// Lower-case hexadecimal, the spelling of ETags.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

/// The bytes of an ETag that is an MD5.
pub(super) fn from_hex(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_a_known_text() {
        // The check values of the CRC catalogue for "123456789": CRC-32 cbf43926, CRC-32C e3069283, CRC-64/NVME ae8b14860a799888.
        for (algorithm, value) in
            [(Algorithm::Crc32, "y/Q5Jg=="), (Algorithm::Crc32c, "4waSgw=="), (Algorithm::Crc64Nvme, "rosUhgp5mIg=")]
        {
            let mut digester = Digester::new(Some(algorithm), false);
            digester.update(b"1234");
            digester.update(b"56789");
            let digests = digester.finish();
            assert_eq!(digests.checksum.unwrap().value, value);
            assert_eq!(hex(&digests.md5), "25f9e794323b453885f5181f1b624d0b");
        }
        assert_eq!(
            from_hex("25f9e794323b453885f5181f1b624d0b").map(|b| hex(&b)).as_deref(),
            Some("25f9e794323b453885f5181f1b624d0b")
        );
        assert_eq!(from_hex("25f9e794323b453885f5181f1b624d0b-2"), None);
    }
}
