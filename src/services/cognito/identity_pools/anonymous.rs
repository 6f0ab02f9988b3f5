//! Ids of those who did not log in. Anyone may ask for any number of them without a signature, so nothing is stored for one: the id itself
//! says when it was made and proves which pool it is of. It is stored when somebody logs in with it.

use super::pool::region_of;
use crate::base::clock::Millis;
use uuid::{Builder, Uuid};

/// Bytes of the time, in milliseconds, at the beginning.
const TIME: usize = 6;

/// Bytes before the digest; between the time and it is chance.
const SIGNED: usize = 12;

/// A new id, `REGION:UUID`, of the pool.
pub(super) fn new_id(pool: &str, now_ms: Millis) -> String {
    let mut bytes = *Uuid::new_v4().as_bytes();
    bytes[..TIME].copy_from_slice(&now_ms.to_be_bytes()[size_of::<Millis>() - TIME..]);
    // Version 8 is for layouts of one's own; its version and variant bits lie before the digest.
    let mut bytes = Builder::from_custom_bytes(bytes).into_uuid().into_bytes();
    let digest = digest(pool, &bytes);
    bytes[SIGNED..].copy_from_slice(&digest);
    format!("{}:{}", region_of(pool), Uuid::from_bytes(bytes))
}

/// When the id was made, if it is one of this pool.
pub(super) fn made_ms(pool: &str, id: &str) -> Option<Millis> {
    let (region, uuid) = id.split_once(':')?;
    let uuid = Uuid::try_parse(uuid).ok().filter(|uuid| uuid.get_version_num() == 8 && region == region_of(pool))?;
    let bytes = uuid.as_bytes();
    let ours = bytes[SIGNED..] == digest(pool, bytes);
    ours.then(|| bytes[..TIME].iter().fold(0, |ms, byte| ms << 8 | Millis::from(*byte)))
}

/// Four bytes that follow from the pool and the bytes before them. No secret is in it: whoever could make one up could as well ask for one.
fn digest(pool: &str, bytes: &[u8; 16]) -> [u8; 16 - SIGNED] {
    let name = [pool.as_bytes(), &bytes[..SIGNED]].concat();
    let [a, b, c, d, ..] = Uuid::new_v5(&Uuid::NAMESPACE_OID, &name).into_bytes();
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POOL: &str = "us-west-2:b6a1e0a4-3f0d-4f7d-a1b2-0123456789ab";
    const OTHER: &str = "us-west-2:b6a1e0a4-3f0d-4f7d-a1b2-0123456789ac";

    proptest! {
        #[test]
        fn an_id_tells_its_time_and_its_pool(now_ms in 0..1_i64 << 47) {
            let id = new_id(POOL, now_ms);
            prop_assert_eq!(made_ms(POOL, &id), Some(now_ms));
            prop_assert_eq!(made_ms(OTHER, &id), None);
            prop_assert_ne!(new_id(POOL, now_ms), id);
        }
    }

    #[test]
    fn other_ids_are_not_taken_for_one() {
        let id = new_id(POOL, 1_700_000_000_000);
        let elsewhere = id.replace("us-west-2", "eu-west-1");
        for other in [POOL, "us-west-2:x", "", elsewhere.as_str(), &format!("us-west-2:{}", Uuid::new_v4())] {
            assert_eq!(made_ms(POOL, other), None, "{other}");
        }
    }
}
