//! A cursor over the bytes of JSON documents that never builds a tree.

/// How deep arrays and objects may nest: one bit a level.
pub const NESTING_MAX: u32 = u128::BITS;

/// Why the bytes are no JSON. Where is said by the cursor, which stands at the byte that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxError {
    /// The byte cannot be here, or the text ends here.
    Unexpected,
    /// Nested deeper than [`NESTING_MAX`].
    Nesting,
}

/// A string as it stands between its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawString<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Whether there are escapes among them.
    pub escaped: bool,
}

/// The cursor.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    /// All bytes.
    pub bytes: &'a [u8],
    /// The offset of the next one.
    pub at: usize,
}

type Scanned<T> = Result<T, SyntaxError>;

impl<'a> Scan<'a> {
    /// A cursor at `at`.
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// The next byte; 0, which is no JSON, at the end.
    #[inline]
    pub fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    /// Passes blanks.
    #[inline]
    pub fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// Passes `byte`, which must be next.
    #[inline]
    pub fn expect(&mut self, byte: u8) -> Scanned<()> {
        if self.peek() != byte {
            return Err(SyntaxError::Unexpected);
        }
        self.at += 1;
        Ok(())
    }

    /// Passes a string, whose quote must be next.
    #[inline]
    pub fn string(&mut self) -> Scanned<RawString<'a>> {
        self.expect(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at = string_stop(self.bytes, self.at);
            match self.peek() {
                b'"' => break,
                b'\\' if self.at + 1 < self.bytes.len() => {
                    escaped = true;
                    self.at += 2;
                }
                _ => return Err(SyntaxError::Unexpected),
            }
        }
        self.at += 1;
        Ok(RawString { bytes: &self.bytes[start..self.at - 1], escaped })
    }

    /// Passes a number, whose first byte must be next.
    pub fn number(&mut self) -> Scanned<&'a [u8]> {
        let start = self.at;
        if self.peek() == b'-' {
            self.at += 1;
        }
        let leading_zero = self.peek() == b'0';
        if self.digits()? > 1 && leading_zero {
            self.at = start;
            return Err(SyntaxError::Unexpected);
        }
        if self.peek() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.bytes[start..self.at])
    }

    fn digits(&mut self) -> Scanned<usize> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        if self.at == start { Err(SyntaxError::Unexpected) } else { Ok(self.at - start) }
    }

    /// Passes `true`, `false` or `null`.
    pub fn word(&mut self, word: &'static [u8]) -> Scanned<()> {
        if !self.bytes[self.at..].starts_with(word) {
            return Err(SyntaxError::Unexpected);
        }
        self.at += word.len();
        Ok(())
    }

    /// Passes a value of any kind and gives its bytes.
    pub fn skip_value(&mut self) -> Scanned<&'a [u8]> {
        let start = self.at;
        match self.peek() {
            b'{' | b'[' => self.skip_nested()?,
            _ => self.skip_scalar()?,
        }
        Ok(&self.bytes[start..self.at])
    }

    fn skip_scalar(&mut self) -> Scanned<()> {
        match self.peek() {
            b'"' => self.string().map(drop),
            b'-' | b'0'..=b'9' => self.number().map(drop),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => Err(SyntaxError::Unexpected),
        }
    }

    /// Passes an array or object without recursion: `kinds` has a bit a level, 1 for an object.
    fn skip_nested(&mut self) -> Scanned<()> {
        let (mut kinds, mut depth) = (0_u128, 0);
        loop {
            let object = self.peek() == b'{';
            if object || self.peek() == b'[' {
                if depth == NESTING_MAX {
                    return Err(SyntaxError::Nesting);
                }
                (kinds, depth) = (kinds << 1 | u128::from(object), depth + 1);
                self.at += 1;
                self.blanks();
                if self.peek() != if object { b'}' } else { b']' } {
                    self.key_if(object)?;
                    continue;
                }
            } else {
                self.skip_scalar()?;
                self.blanks();
            }
            while self.peek() == if kinds & 1 == 1 { b'}' } else { b']' } {
                self.at += 1;
                (kinds, depth) = (kinds >> 1, depth - 1);
                if depth == 0 {
                    return Ok(());
                }
                self.blanks();
            }
            self.expect(b',')?;
            self.blanks();
            self.key_if(kinds & 1 == 1)?;
        }
    }

    fn key_if(&mut self, object: bool) -> Scanned<()> {
        if object { self.key().map(drop) } else { Ok(()) }
    }

    /// Passes a member's name, its colon and the blanks around that.
    pub fn key(&mut self) -> Scanned<RawString<'a>> {
        let key = self.string()?;
        self.blanks();
        self.expect(b':')?;
        self.blanks();
        Ok(key)
    }
}

/// The offset of the first quote, backslash or control character, or the end; eight bytes at a time.
#[inline]
pub fn string_stop(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let word = u64::from_le_bytes(*chunk);
        let (quote, backslash) = (word ^ (ONES * b'"' as u64), word ^ (ONES * b'\\' as u64));
        // A borrow may mark a byte wrongly, but only above a byte that is marked rightly.
        let marks = (quote.wrapping_sub(ONES) & !quote
            | backslash.wrapping_sub(ONES) & !backslash
            | word.wrapping_sub(ONES << 5) & !word)
            & HIGH;
        if marks != 0 {
            return at + (marks.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|b| !matches!(b, b'"' | b'\\' | 0..0x20)) {
        at += 1;
    }
    at
}

/// Undoes the escapes of a string, into `out`. `None` when one of them is wrong. Lone surrogates become U+FFFD.
pub fn unescape(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.clear();
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let (&kind, after) = rest[at + 1..].split_first()?;
        rest = after;
        match kind {
            b'"' | b'\\' | b'/' => out.push(kind),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'u' => rest = unicode(after, out)?,
            _ => return None,
        }
    }
    out.extend_from_slice(rest);
    Some(())
}

/// The four digits after `\u`, and the second half of a surrogate pair.
fn unicode<'a>(text: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (first, mut rest) = hex4(text)?;
    let mut code = first;
    if (0xd800..0xdc00).contains(&first)
        && let Some((second @ 0xdc00..0xe000, after)) = rest.strip_prefix(b"\\u").and_then(hex4)
    {
        code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        rest = after;
    }
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    Some(rest)
}

fn hex4(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<4>()?;
    let code = digits.iter().try_fold(0, |code, digit| Some(code << 4 | char::from(*digit).to_digit(16)?))?;
    Some((code, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn skips(text: &str) -> bool {
        let mut scan = Scan::new(text.as_bytes(), 0);
        scan.skip_value().is_ok() && scan.at == text.len()
    }

    #[test]
    fn nesting_is_bounded() {
        assert!(skips(&format!("{}1{}", "[".repeat(128), "]".repeat(128))));
        let deep = "[".repeat(100_000);
        let mut scan = Scan::new(deep.as_bytes(), 0);
        assert_eq!((scan.skip_value(), scan.at), (Err(SyntaxError::Nesting), 128));
    }

    #[test]
    fn what_is_no_json_is_not_passed() {
        for text in [
            "",
            "{",
            "[1",
            "[1,]",
            "{,}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "[1 2]",
            "[}",
            "{]",
            "01",
            "1.",
            "-",
            "1e",
            "tru",
            "\"\n\"",
            "\"\\",
        ] {
            assert!(!skips(text), "{text}");
        }
    }

    #[test]
    fn escapes_are_undone() {
        let mut out = Vec::new();
        unescape(br#"a\n\u00e9\ud83d\ude00\ud83d!\/"#, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a\né😀\u{fffd}!/");
        assert_eq!(unescape(br"\u12", &mut Vec::new()), None);
        assert_eq!(unescape(br"\x", &mut Vec::new()), None);
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            ".*".prop_map(Into::into)
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                proptest::collection::btree_map(".*", inner, 0..6)
                    .prop_map(|m| serde_json::Value::Object(m.into_iter().collect()))
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_json_is_passed(value in json(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
            prop_assert!(skips(&text));
        }

        #[test]
        fn it_agrees_with_another_parser(text in "[\\[\\]{}\",:01a\\\\ .e-]{0,12}") {
            let valid = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            let mut scan = Scan::new(text.as_bytes(), 0);
            scan.blanks();
            let mine = scan.skip_value().is_ok() && { scan.blanks(); scan.at == text.len() };
            // Escapes are looked at only when a string is used.
            prop_assert!(mine == valid || text.contains('\\'), "{}", text);
        }

        #[test]
        fn strings_stop_where_they_should(text in proptest::collection::vec(any::<u8>(), 0..40)) {
            let expected = text.iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20)).unwrap_or(text.len());
            prop_assert_eq!(string_stop(&text, 0), expected);
        }
    }
}
