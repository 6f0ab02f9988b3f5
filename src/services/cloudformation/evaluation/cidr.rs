//! `Fn::Cidr`: address blocks cut from a larger one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Most blocks in an answer (intrinsic function reference, Fn::Cidr).
const MOST_BLOCKS: u32 = 256;

/// The first `count` blocks with `bits` bits for hosts out of `block`; `None` when the arguments are wrong or do not fit.
pub(super) fn cut(block: &str, count: u32, bits: u32) -> Option<Vec<String>> {
    let (address, prefix) = block.split_once('/')?;
    let (address, prefix): (IpAddr, u32) = (address.parse().ok()?, prefix.parse().ok()?);
    let (start, width) = match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    let host_bits = u32::checked_sub(width, prefix)?;
    if !(1..=MOST_BLOCKS).contains(&count) || bits == 0 || bits > host_bits || bits >= 128 {
        return None;
    }
    // A block of 2^bits addresses each; as many as fit.
    let room = 1_u128.checked_shl(host_bits - bits).unwrap_or(u128::MAX);
    if u128::from(count) > room {
        return None;
    }
    let first = if host_bits >= 128 { 0 } else { start >> host_bits << host_bits };
    let print = |n: u32| {
        let at = first + (u128::from(n) << bits);
        let address = match width {
            32 => IpAddr::V4(Ipv4Addr::from(u32::try_from(at).unwrap_or(u32::MAX))),
            _ => IpAddr::V6(Ipv6Addr::from(at)),
        };
        format!("{address}/{}", width - bits)
    };
    Some((0..count).map(print).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_follow_each_other() {
        assert_eq!(cut("192.168.0.0/24", 3, 5).unwrap(), ["192.168.0.0/27", "192.168.0.32/27", "192.168.0.64/27"]);
        assert_eq!(cut("10.0.1.7/16", 2, 8).unwrap(), ["10.0.0.0/24", "10.0.1.0/24"]);
        assert_eq!(cut("2001:db8::/56", 2, 64).unwrap(), ["2001:db8::/64", "2001:db8:0:1::/64"]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (block, count, bits) in [
            ("192.168.0.0/24", 9, 5),
            ("192.168.0.0", 1, 5),
            ("x/24", 1, 5),
            ("10.0.0.0/8", 257, 8),
            ("10.0.0.0/33", 1, 1),
            ("::/0", 1, 128),
        ] {
            assert_eq!(cut(block, count, bits), None, "{block} {count} {bits}");
        }
    }
}
