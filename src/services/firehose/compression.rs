//! The five compression formats of S3 objects (spec/firehose 4.2).

use crate::api::firehose::CompressionFormat;
use flate2::write::{DeflateEncoder, GzEncoder};
use std::io::{self, Write};

/// Uncompressed bytes of a block of the xerial Snappy stream (snappy-java's default).
const XERIAL_BLOCK: usize = 32 * 1024;

/// Uncompressed bytes of a block of Hadoop's Snappy codec (its default buffer).
const HADOOP_BLOCK: usize = 256 * 1024;

/// Magic, version and compatible version of the xerial stream.
const XERIAL_HEADER: [u8; 16] = [0x82, b'S', b'N', b'A', b'P', b'P', b'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1];

/// What follows the key, unless FileExtension says otherwise.
pub(super) fn extension(format: CompressionFormat) -> &'static str {
    match format {
        CompressionFormat::Uncompressed => "",
        CompressionFormat::Gzip => ".gz",
        CompressionFormat::Zip => ".zip",
        CompressionFormat::Snappy | CompressionFormat::HadoopSnappy => ".snappy",
    }
}

/// The object's Content-Encoding.
pub(super) fn content_encoding(format: CompressionFormat) -> Option<&'static str> {
    match format {
        CompressionFormat::Uncompressed => None,
        CompressionFormat::Gzip => Some("gzip"),
        CompressionFormat::Zip => Some("zip"),
        CompressionFormat::Snappy => Some("snappy-java"),
        CompressionFormat::HadoopSnappy => Some("hadoop-snappy"),
    }
}

/// Takes an object's records one after the other and gives its body.
pub(super) enum Compressor {
    /// As they are.
    Plain(Vec<u8>),
    /// gzip.
    Gzip(GzEncoder<Vec<u8>>),
    /// One deflated entry.
    Zip(ZipEntry),
    /// Blocks of Snappy.
    Snappy(SnappyBlocks),
}

impl Compressor {
    /// An empty body; `entry` names the entry of a zip file.
    pub(super) fn new(format: CompressionFormat, entry: &str) -> Self {
        let level = flate2::Compression::default();
        match format {
            CompressionFormat::Uncompressed => Self::Plain(Vec::new()),
            CompressionFormat::Gzip => Self::Gzip(GzEncoder::new(Vec::new(), level)),
            CompressionFormat::Zip => Self::Zip(ZipEntry::new(entry, level)),
            CompressionFormat::Snappy => Self::Snappy(SnappyBlocks::new(XERIAL_BLOCK, &XERIAL_HEADER, false)),
            CompressionFormat::HadoopSnappy => Self::Snappy(SnappyBlocks::new(HADOOP_BLOCK, &[], true)),
        }
    }

    /// Adds bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.extend_from_slice(bytes),
            Self::Gzip(encoder) => encoder.write_all(bytes)?,
            Self::Zip(entry) => entry.write(bytes)?,
            Self::Snappy(blocks) => blocks.write(bytes)?,
        }
        Ok(())
    }

    /// The body.
    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Plain(out) => Ok(out),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zip(entry) => entry.finish(),
            Self::Snappy(blocks) => blocks.finish(),
        }
    }
}

/// A zip file with one entry (PKWARE's APPNOTE 4.3): local header, deflated data, central directory.
pub(super) struct ZipEntry {
    name: Vec<u8>,
    checksum: crc32fast::Hasher,
    size: u32,
    data: DeflateEncoder<Vec<u8>>,
}

impl ZipEntry {
    fn new(name: &str, level: flate2::Compression) -> Self {
        let data = DeflateEncoder::new(Vec::new(), level);
        Self { name: name.into(), checksum: crc32fast::Hasher::new(), size: 0, data }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.checksum.update(bytes);
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        self.size = self.size.checked_add(length).ok_or_else(|| io::Error::other("more than 4 GiB in a zip entry"))?;
        self.data.write_all(bytes)
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        let data = self.data.finish()?;
        let (name_len, checksum) = (u16::try_from(self.name.len()).map_err(io::Error::other)?, self.checksum.finalize());
        let compressed = u32::try_from(data.len()).map_err(io::Error::other)?;
        // Version 2.0, no flags, deflate, and the earliest time and date a zip file can say.
        let mut shared = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
        [checksum, compressed, self.size].iter().for_each(|field| shared.extend_from_slice(&field.to_le_bytes()));
        shared.extend_from_slice(&name_len.to_le_bytes());
        shared.extend_from_slice(&[0, 0]);
        let mut out = Vec::with_capacity(data.len() + 2 * (self.name.len() + shared.len()) + 64);
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&shared);
        out.extend_from_slice(&self.name);
        out.extend_from_slice(&data);
        let directory = out.len();
        out.extend_from_slice(b"PK\x01\x02\x14\x00");
        out.extend_from_slice(&shared);
        // No comment, first disk, no attributes, local header at the beginning.
        out.extend_from_slice(&[0; 14]);
        out.extend_from_slice(&self.name);
        let length = out.len() - directory;
        out.extend_from_slice(b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00");
        for place in [length, directory] {
            out.extend_from_slice(&u32::try_from(place).map_err(io::Error::other)?.to_le_bytes());
        }
        out.extend_from_slice(&[0, 0]);
        Ok(out)
    }
}

/// Blocks of raw Snappy, each behind its lengths.
pub(super) struct SnappyBlocks {
    out: Vec<u8>,
    block: Vec<u8>,
    block_len: usize,
    /// Hadoop's framing puts the uncompressed length before the compressed one.
    with_plain_len: bool,
}

impl SnappyBlocks {
    fn new(block_len: usize, header: &[u8], with_plain_len: bool) -> Self {
        Self { out: header.to_vec(), block: Vec::with_capacity(block_len), block_len, with_plain_len }
    }

    fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(self.block_len - self.block.len()));
            self.block.extend_from_slice(now);
            bytes = later;
            if self.block.len() == self.block_len {
                self.end_block()?;
            }
        }
        Ok(())
    }

    fn end_block(&mut self) -> io::Result<()> {
        let compressed = snap::raw::Encoder::new().compress_vec(&self.block).map_err(io::Error::other)?;
        let lengths = [self.with_plain_len.then_some(self.block.len()), Some(compressed.len())];
        for length in lengths.into_iter().flatten() {
            self.out.extend_from_slice(&u32::try_from(length).map_err(io::Error::other)?.to_be_bytes());
        }
        self.out.extend_from_slice(&compressed);
        self.block.clear();
        Ok(())
    }

    fn finish(mut self) -> io::Result<Vec<u8>> {
        if !self.block.is_empty() {
            self.end_block()?;
        }
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn body(format: CompressionFormat, records: &[&[u8]]) -> Vec<u8> {
        let mut compressor = Compressor::new(format, "entry");
        records.iter().for_each(|record| compressor.write(record).unwrap());
        compressor.finish().unwrap()
    }

    fn sample() -> Vec<u8> {
        (0..300_000u32).flat_map(|n| (n / 7).to_le_bytes()).collect()
    }

    #[test]
    fn gzip_and_plain_read_back() {
        assert_eq!(body(CompressionFormat::Uncompressed, &[b"a", b"b"]), b"ab");
        let mut text = String::new();
        flate2::read::GzDecoder::new(&body(CompressionFormat::Gzip, &[b"a", b"b"])[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "ab");
    }

    #[test]
    fn a_zip_file_has_one_deflated_entry() {
        let zip = body(CompressionFormat::Zip, &[b"hello ", b"world"]);
        assert_eq!(&zip[..4], b"PK\x03\x04");
        let mut text = String::new();
        flate2::read::DeflateDecoder::new(&zip[30 + 5..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello world");
        assert_eq!(&zip[zip.len() - 22..zip.len() - 18], b"PK\x05\x06");
    }

    /// Undoes the block framing.
    fn unframe(mut bytes: &[u8], with_plain_len: bool) -> Vec<u8> {
        let mut out = Vec::new();
        while !bytes.is_empty() {
            if with_plain_len {
                bytes = &bytes[4..];
            }
            let (length, rest) = bytes.split_at(4);
            let (block, rest) = rest.split_at(u32::from_be_bytes(length.try_into().unwrap()) as usize);
            out.extend(snap::raw::Decoder::new().decompress_vec(block).unwrap());
            bytes = rest;
        }
        out
    }

    #[test]
    fn snappy_blocks_read_back() {
        let sample = sample();
        let xerial = body(CompressionFormat::Snappy, &[&sample]);
        assert_eq!(xerial[..16], XERIAL_HEADER);
        assert_eq!(unframe(&xerial[16..], false), sample);
        let hadoop = body(CompressionFormat::HadoopSnappy, &[&sample[..5], &sample[5..]]);
        assert_eq!(hadoop[..4], u32::try_from(HADOOP_BLOCK).unwrap().to_be_bytes());
        assert_eq!(unframe(&hadoop, true), sample);
    }
}
