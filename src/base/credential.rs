//! Ids and keys as IAM and STS give them out: a prefix and letters and digits that look random.

use super::account::is_account_id;

/// The alphabet of base 32 (RFC 4648), which AWS's ids are written in.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The prefix of temporary access keys.
const TEMPORARY: &str = "ASIA";

/// Letters of a unique id behind its prefix.
const ID_LETTERS: usize = 17;

/// Bytes behind the prefix: the account (5), a check (2) and chance (3), which are 16 letters.
const KEY_BYTES: usize = 10;

/// A new unique id, such as `AROA…` for a role: the prefix and 17 letters (IAM user guide, unique identifiers).
pub fn unique_id(prefix: &str) -> String {
    format!("{prefix}{}", secret(ID_LETTERS))
}

/// A random text of `length` letters and digits for secrets and session tokens.
pub fn secret(length: usize) -> String {
    let random = std::iter::repeat_with(uuid::Uuid::new_v4).flat_map(|uuid| uuid.into_bytes());
    // Bytes 6 and 8 of a version 4 UUID are not all chance, but 122 of 128 bits are.
    random.map(letter).take(length).collect()
}

fn letter(byte: u8) -> char {
    char::from(ALPHABET[usize::from(byte & 31)])
}

/// A new temporary access key that leads back to `account`: [`account_of_key`].
pub fn temporary_key(account: &str) -> String {
    let number: u64 = account.parse().unwrap_or_default();
    let random = uuid::Uuid::new_v4();
    let mut bytes = [0; KEY_BYTES];
    bytes[..5].copy_from_slice(&number.to_be_bytes()[3..]);
    bytes[7..].copy_from_slice(&random.as_bytes()[..3]);
    let check = check(&bytes).to_be_bytes();
    bytes[5..7].copy_from_slice(&check);
    format!("{TEMPORARY}{}", encode(&bytes))
}

/// The account of a temporary access key that [`temporary_key`] made; `None` for all other keys, those of AWS among them.
pub fn account_of_key(key: &str) -> Option<String> {
    let bytes = decode(key.strip_prefix(TEMPORARY)?)?;
    let claimed = u16::from_be_bytes([bytes[5], bytes[6]]);
    let number = bytes[..5].iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    let account = format!("{number:012}");
    (claimed == check(&bytes) && is_account_id(&account)).then_some(account)
}

/// A checksum of account and chance, which keys from elsewhere have in one case of 65,536.
fn check(bytes: &[u8; KEY_BYTES]) -> u16 {
    let mixed = bytes[..5]
        .iter()
        .chain(&bytes[7..])
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    u16::try_from(mixed >> 16).unwrap_or_default()
}

fn encode(bytes: &[u8; KEY_BYTES]) -> String {
    let number = bytes.iter().fold(0u128, |number, byte| number << 8 | u128::from(*byte));
    (0..16).rev().map(|at| letter(u8::try_from(number >> (5 * at) & 31).unwrap_or_default())).collect()
}

fn decode(letters: &str) -> Option<[u8; KEY_BYTES]> {
    if letters.len() != 16 {
        return None;
    }
    let mut number = 0u128;
    for byte in letters.bytes() {
        let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
        number = number << 5 | digit as u128;
    }
    let mut bytes = [0; KEY_BYTES];
    bytes.copy_from_slice(&number.to_be_bytes()[6..]);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_keys_lead_back_to_their_account() {
        for account in ["000000000000", "123456789012", "999999999999"] {
            let key = temporary_key(account);
            assert!(key.len() == 20 && key.starts_with("ASIA"), "{key}");
            assert_eq!(account_of_key(&key).as_deref(), Some(account));
        }
        assert_ne!(temporary_key("123456789012"), temporary_key("123456789012"));
    }

    #[test]
    fn other_keys_do_not() {
        for key in ["ASIAIOSFODNN7EXAMPLE", "ASIAY34FZKBOKMUTVV7A", "AKIAIOSFODNN7EXAMPLE", "test", "ASIA"] {
            assert_eq!(account_of_key(key), None, "{key}");
        }
    }

    #[test]
    fn ids_have_the_length_of_aws() {
        assert_eq!(unique_id("AROA").len(), 21);
        assert_eq!(secret(40).len(), 40);
    }
}
