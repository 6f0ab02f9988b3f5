//! CBOR as a client writes it, independent of the server's own code.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

/// A CBOR item.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cbor {
    /// A whole number.
    Int(i64),
    /// A text string.
    Text(String),
    /// A byte string.
    Bytes(Vec<u8>),
    /// Tag 1 with whole milliseconds.
    Time(i64),
    /// A list.
    List(Vec<Cbor>),
    /// A map with text keys.
    Map(Vec<(String, Cbor)>),
    /// null.
    Null,
}

impl Cbor {
    /// A map of these members.
    pub(crate) fn map<const N: usize>(members: [(&str, Cbor); N]) -> Self {
        Self::Map(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A text.
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// The member of a map.
    pub(crate) fn get(&self, name: &str) -> &Cbor {
        match self {
            Self::Map(members) => members.iter().find(|(key, _)| key == name).map_or(&Self::Null, |(_, value)| value),
            _ => &Self::Null,
        }
    }

    /// The elements of a list.
    pub(crate) fn list(&self) -> &[Cbor] {
        match self {
            Self::List(elements) => elements,
            other => panic!("{other:?} is no list"),
        }
    }

    /// The bytes on the wire.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Encoder::new(Vec::new());
        self.push(&mut out);
        out.into_writer()
    }

    fn push(&self, out: &mut Encoder<Vec<u8>>) {
        match self {
            Self::Int(n) => drop(out.i64(*n).unwrap()),
            Self::Text(text) => drop(out.str(text).unwrap()),
            Self::Bytes(bytes) => drop(out.bytes(bytes).unwrap()),
            Self::Time(ms) => drop(out.tag(minicbor::data::Tag::new(1)).unwrap().i64(*ms).unwrap()),
            Self::Null => drop(out.null().unwrap()),
            Self::List(elements) => {
                out.array(elements.len() as u64).unwrap();
                elements.iter().for_each(|element| element.push(out));
            }
            Self::Map(members) => {
                out.map(members.len() as u64).unwrap();
                for (name, value) in members {
                    out.str(name).unwrap();
                    value.push(out);
                }
            }
        }
    }

    /// What the bytes say; an empty body is null.
    pub(crate) fn decode(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Null;
        }
        Self::pull(&mut Decoder::new(bytes))
    }

    fn pull(from: &mut Decoder<'_>) -> Self {
        match from.datatype().unwrap() {
            Type::String => Self::text(from.str().unwrap()),
            Type::Bytes => Self::Bytes(from.bytes().unwrap().to_vec()),
            Type::Null => {
                from.null().unwrap();
                Self::Null
            }
            Type::Array => {
                let len = from.array().unwrap().unwrap();
                Self::List((0..len).map(|_| Self::pull(from)).collect())
            }
            Type::Map => {
                let len = from.map().unwrap().unwrap();
                Self::Map((0..len).map(|_| (from.str().unwrap().to_owned(), Self::pull(from))).collect())
            }
            Type::Tag => {
                assert_eq!(from.tag().unwrap().as_u64(), 1);
                Self::Time(from.i64().unwrap())
            }
            Type::Bool => Self::Int(i64::from(from.bool().unwrap())),
            _ => Self::Int(from.i64().unwrap()),
        }
    }
}
