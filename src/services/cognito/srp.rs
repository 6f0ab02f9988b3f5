//! SRP-6a as Cognito's user pools speak it (RFC 5054 with other hashing): the server's side, pure arithmetic.
//!
//! Every number is hashed in its shortest big-endian form with a zero byte before a set top bit, never padded to the modulus.
//! A modular power takes tens of milliseconds, so callers run this on a blocking thread.

use hmac::{Hmac, KeyInit, Mac};
use num_bigint::BigUint;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The 3072-bit prime of RFC 3526, group 15: its 384 bytes have the SHA-256 48cf8b09…c6d1c55c.
const PRIME: &[u8] = b"FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD\
    EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
    EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F\
    83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B\
    E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510\
    15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7\
    ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C\
    BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF";

/// The generator.
const GENERATOR: u32 = 2;

/// The most hexadecimal digits of SRP_A: those of the prime, and a sign byte. More is refused before any arithmetic.
const MAX_HEX: usize = 770;

/// What the derived key is named in the key derivation.
const KEY_INFO: &[u8] = b"Caldera Derived Key\x01";

fn prime() -> BigUint {
    BigUint::parse_bytes(PRIME, 16).unwrap_or_default()
}

/// The form in which a number is hashed.
fn padded(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    if bytes.first().is_some_and(|first| first & 0x80 != 0) {
        bytes.insert(0, 0);
    }
    bytes
}

fn hash(parts: &[&[u8]]) -> BigUint {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    BigUint::from_bytes_be(&hasher.finalize())
}

fn multiplier() -> BigUint {
    hash(&[&padded(&prime()), &padded(&BigUint::from(GENERATOR))])
}

/// Reads the client's public number from hexadecimal digits; `None` if too long, malformed, or a multiple of the prime.
pub(super) fn public_number(hex: &str) -> Option<BigUint> {
    if hex.is_empty() || hex.len() > MAX_HEX || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = BigUint::parse_bytes(hex.as_bytes(), 16)?;
    (&number % prime() != BigUint::ZERO).then_some(number)
}

/// The verifier v that a pool keeps of a password; `pool` is the pool id behind its first underscore.
pub(super) fn verifier(pool: &str, user: &str, password: &str, salt: &BigUint) -> BigUint {
    let inner = Sha256::new().chain_update(pool).chain_update(user).chain_update(":").chain_update(password).finalize();
    BigUint::from(GENERATOR).modpow(&hash(&[&padded(salt), &inner]), &prime())
}

/// The server's public number B for its secret b, of 1024 bits at most.
pub(super) fn server_number(verifier: &BigUint, secret: &BigUint) -> BigUint {
    let prime = prime();
    (multiplier() * verifier + BigUint::from(GENERATOR).modpow(secret, &prime)) % prime
}

/// The sixteen bytes of key that both sides derive; `None` where the scrambler u is zero.
pub(super) fn session_key(verifier: &BigUint, secret: &BigUint, client: &BigUint, server: &BigUint) -> Option<[u8; 16]> {
    let prime = prime();
    let scrambler = hash(&[&padded(client), &padded(server)]);
    if scrambler == BigUint::ZERO {
        return None;
    }
    let shared = (client * verifier.modpow(&scrambler, &prime)).modpow(secret, &prime);
    let key = mac(&mac(&padded(&scrambler), &[&padded(&shared)])?, &[KEY_INFO])?;
    key[..16].try_into().ok()
}

/// The signature that a client must present as PASSWORD_CLAIM_SIGNATURE.
pub(super) fn claim(key: &[u8; 16], pool: &str, user: &str, secret_block: &[u8], timestamp: &str) -> Option<[u8; 32]> {
    mac(key, &[pool.as_bytes(), user.as_bytes(), secret_block, timestamp.as_bytes()])
}

/// Whether two signatures are equal, in a time that does not tell where they differ.
pub(super) fn same(expected: &[u8; 32], presented: &[u8]) -> bool {
    bool::from(expected.as_slice().ct_eq(presented))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    parts.iter().for_each(|part| mac.update(part));
    Some(mac.finalize().into_bytes().into())
}

/// The prime in hexadecimal digits.
#[cfg(test)]
pub(super) fn prime_hex() -> String {
    format!("{:x}", prime())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    const POOL: &str = "AbCdEf123";

    fn number(hex: &str) -> BigUint {
        BigUint::parse_bytes(hex.as_bytes(), 16).unwrap()
    }

    fn check(a: &BigUint, b: &BigUint, salt: &str, server_hash: &str, key: &str, signature: &str) {
        let verifier = verifier(POOL, "myname", "secret1", &number(salt));
        let client = BigUint::from(GENERATOR).modpow(a, &prime());
        let server = server_number(&verifier, b);
        assert_eq!(hash(&[&padded(&server)]), number(server_hash));
        let derived = session_key(&verifier, b, &client, &server).unwrap();
        assert_eq!(BigUint::from_bytes_be(&derived), number(key));
        let claim = claim(&derived, POOL, "myname", b"secret-block", "Wed Apr 5 12:34:56 UTC 2017").unwrap();
        assert_eq!(STANDARD.encode(claim), signature);
        assert!(same(&claim, &STANDARD.decode(signature).unwrap()) && !same(&claim, &[0; 32]) && !same(&claim, b""));
    }

    /// The known answers of spec/workshop.md 2.4, checked there against amazon-cognito-identity-js.
    #[test]
    fn known_answers() {
        check(
            &number(&"11".repeat(128)),
            &number(&"22".repeat(128)),
            "a1b2c3d4e5f60718293a4b5c6d7e8f90",
            "e1fcfb91f188f29a23f622b76166e23d3cfef649cba2df060fba81b1629b7936",
            "62b23b7d632506c5ee49940a5acf0c7f",
            "EAyr9M7LlapvaDZd9apdTUrHZComXCEsFnGIwwUviaM=",
        );
        check(
            &number(&"0123456789abcdef".repeat(16)),
            &number(&"fedcba9876543210".repeat(16)),
            "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "1e67fc5cda03014d371557b4a6f9dc7cc9c1f001849c534cfebb9f190675f2bd",
            "665f49c91ede2282fb98d7e5c940467b",
            "+SApLb8Q/mXNZ93QTqPvZ18JlP+Cfh58lpclfDm1Nx4=",
        );
        let repeated = |text: &str| number(&format!("{:064x}", hash(&[text.as_bytes()])).repeat(4)) % prime();
        check(
            &repeated("a52"),
            &repeated("b52"),
            "00010203040506070809aabbccddeeff",
            "20d4a881608e93501b86f374961fb62d619a7c5f91805e699f63ec93e8ff9815",
            "5a38152c4bfc43f92bef8b7d58e76e67",
            "BkHx7xAHyFeg3/ozpv6seCpsjwY/msoKU0XLZMBz9Pk=",
        );
    }

    #[test]
    fn numbers_that_prove_nothing_are_refused() {
        let prime = prime_hex();
        for hex in ["", "0", "00", "+1", "xyz", prime.as_str(), "1".repeat(771).as_str()] {
            assert_eq!(public_number(hex), None, "{hex}");
        }
        assert_eq!(public_number("0a"), Some(BigUint::from(10u32)));
    }
}
