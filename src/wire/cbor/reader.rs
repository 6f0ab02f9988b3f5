//! CBOR → [`Value`]; text is borrowed from the body, blobs are slices of it. The Java generator streams items of indefinite
//! length, so those are read too.

use crate::api::Value;
use crate::wire::guard::{Guard, TooLarge};
use bytes::Bytes;
use minicbor::Decoder;
use minicbor::data::Type;
use std::borrow::Cow;

/// RFC 8949 3.4.2: the tag of a time counted from 1970.
const EPOCH_TAG: u64 = 1;

/// The body is no CBOR, or more than we build.
#[derive(Debug)]
pub(in crate::wire) enum CborError {
    Malformed,
    TooLarge,
}

impl From<minicbor::decode::Error> for CborError {
    fn from(_: minicbor::decode::Error) -> Self {
        Self::Malformed
    }
}

impl From<TooLarge> for CborError {
    fn from(_: TooLarge) -> Self {
        Self::TooLarge
    }
}

/// Reads one CBOR item, and nothing after it.
pub(in crate::wire) fn read(body: &Bytes) -> Result<Value<'_>, CborError> {
    let mut reader = Reader { body, decoder: Decoder::new(body), guard: Guard::new() };
    let value = reader.item()?;
    if reader.decoder.position() == body.len() { Ok(value) } else { Err(CborError::Malformed) }
}

struct Reader<'b> {
    body: &'b Bytes,
    decoder: Decoder<'b>,
    guard: Guard,
}

impl<'b> Reader<'b> {
    fn item(&mut self) -> Result<Value<'b>, CborError> {
        self.guard.count()?;
        Ok(match self.decoder.datatype()? {
            Type::String | Type::StringIndef => Value::Text(self.text()?),
            Type::Bytes | Type::BytesIndef => Value::Bytes(self.bytes()?),
            Type::Array | Type::ArrayIndef => self.list()?,
            Type::Map | Type::MapIndef => self.map()?,
            Type::Tag => self.tagged()?,
            Type::Bool => Value::Bool(self.decoder.bool()?),
            Type::Null => self.decoder.null().map(|()| Value::Null)?,
            Type::Undefined => self.decoder.undefined().map(|()| Value::Null)?,
            Type::F16 => Value::Double(self.half()?),
            Type::F32 => Value::Double(f64::from(self.decoder.f32()?)),
            Type::F64 => Value::Double(self.decoder.f64()?),
            Type::Simple | Type::Break | Type::Unknown(_) => return Err(CborError::Malformed),
            _ => self.whole()?,
        })
    }

    fn whole(&mut self) -> Result<Value<'b>, CborError> {
        let n = i128::from(self.decoder.int()?);
        #[expect(clippy::cast_precision_loss, reason = "beyond 64 bits a number is an approximation, as in JSON")]
        Ok(i64::try_from(n).map_or(Value::Double(n as f64), Value::Int))
    }

    /// A 16-bit float (RFC 8949 appendix D).
    fn half(&mut self) -> Result<f64, CborError> {
        let at = self.decoder.position();
        let &[high, low] = self.decoder.input().get(at + 1..at + 3).ok_or(CborError::Malformed)? else {
            return Err(CborError::Malformed);
        };
        self.decoder.set_position(at + 3);
        let bits = u16::from_be_bytes([high, low]);
        let (exponent, mantissa) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
        let size = match exponent {
            0 => mantissa * 2f64.powi(-24),
            31 if mantissa == 0.0 => f64::INFINITY,
            31 => f64::NAN,
            _ => (mantissa + 1024.0) * 2f64.powi(exponent - 25),
        };
        Ok(if bits >> 15 == 1 { -size } else { size })
    }

    fn text(&mut self) -> Result<Cow<'b, str>, CborError> {
        if self.decoder.datatype()? == Type::String {
            return Ok(Cow::Borrowed(self.decoder.str()?));
        }
        let mut text = String::new();
        for chunk in self.decoder.str_iter()? {
            text.push_str(chunk?);
        }
        Ok(Cow::Owned(text))
    }

    fn bytes(&mut self) -> Result<Bytes, CborError> {
        if self.decoder.datatype()? == Type::Bytes {
            return Ok(self.body.slice_ref(self.decoder.bytes()?));
        }
        let mut bytes = Vec::new();
        for chunk in self.decoder.bytes_iter()? {
            bytes.extend_from_slice(chunk?);
        }
        Ok(Bytes::from(bytes))
    }

    fn list(&mut self) -> Result<Value<'b>, CborError> {
        let len = self.decoder.array()?;
        self.guard.enter()?;
        let mut elements = Vec::new();
        while self.more(len, elements.len())? {
            elements.push(self.item()?);
        }
        self.guard.leave();
        Ok(Value::List(elements))
    }

    fn map(&mut self) -> Result<Value<'b>, CborError> {
        let len = self.decoder.map()?;
        self.guard.enter()?;
        let mut members = Vec::new();
        while self.more(len, members.len())? {
            let name = self.text()?;
            members.push((name, self.item()?));
        }
        self.guard.leave();
        Ok(Value::Map(members))
    }

    /// Whether a list or map of `len` (`None`: until a break) has more after `read` elements.
    fn more(&mut self, len: Option<u64>, read: usize) -> Result<bool, CborError> {
        if let Some(len) = len {
            return Ok((read as u64) < len);
        }
        let at_break = self.decoder.datatype()? == Type::Break;
        if at_break {
            self.decoder.set_position(self.decoder.position() + 1);
        }
        Ok(!at_break)
    }

    /// Tag 1 with a whole number is milliseconds, as the Java SDK writes; with a fraction, seconds, as RFC 8949 says. Other tags
    /// say nothing we need.
    fn tagged(&mut self) -> Result<Value<'b>, CborError> {
        let tag = self.decoder.tag()?.as_u64();
        self.guard.enter()?;
        let value = self.item()?;
        self.guard.leave();
        Ok(match value {
            Value::Int(ms) if tag == EPOCH_TAG => Value::Time(ms),
            #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, which is what is wanted")]
            Value::Double(seconds) if tag == EPOCH_TAG => Value::Time((seconds * 1000.0).round() as i64),
            other => other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Bytes {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn what_the_java_sdk_streams_is_read() {
        // {_ "Data": (_ h'6869'), "AT": 1(1700000000123), "S": (_ "a", "b"), "L": [_ 1, -2] }
        let body = hex("bf 64 44617461 5f 42 6869 ff 62 4154 c1 1b0000018bcfe5687b 61 53 7f 6161 6162 ff 61 4c 9f 01 21 ff ff");
        let value = read(&body).unwrap();
        assert_eq!(value.get("Data"), Some(&Value::Bytes(Bytes::from_static(b"hi"))));
        assert_eq!(value.get("AT"), Some(&Value::Time(1_700_000_000_123)));
        assert_eq!(value.get("S").and_then(Value::as_str), Some("ab"));
        assert_eq!(value.get("L"), Some(&Value::List(vec![Value::Int(1), Value::Int(-2)])));
    }

    #[test]
    fn floats_of_every_width_and_tagged_seconds() {
        for (body, expected) in
            [("f93e00", 1.5), ("fa3fc00000", 1.5), ("fb3ff8000000000000", 1.5), ("f90001", 5.960_464_477_539_063e-8)]
        {
            assert_eq!(read(&hex(body)).unwrap(), Value::Double(expected), "{body}");
        }
        assert_eq!(read(&hex("c1 fb3ff8000000000000")).unwrap(), Value::Time(1500));
        assert_eq!(read(&hex("1bffffffffffffffff")).unwrap(), Value::Double(18_446_744_073_709_551_615.0));
    }

    #[test]
    fn what_is_no_cbor_or_too_much_is_refused() {
        for body in ["", "ff", "a1", "6161 00", "9bffffffffffffffff", "5bffffffffffffffff", "a10000", "1c", "7f 01 ff", "f9"] {
            assert!(matches!(read(&hex(body)), Err(CborError::Malformed)), "{body}");
        }
        for nest in ["81", "c1", "9f"] {
            assert!(matches!(read(&hex(&nest.repeat(100_000))), Err(CborError::TooLarge)), "{nest}");
        }
        assert!(matches!(read(&hex(&format!("9f{}ff", "00".repeat(200_000)))), Err(CborError::TooLarge)));
    }
}
