//! The forest's only source of chance: SplitMix64 (Steele, Lea, Flood 2014), seedable, eight bytes of state.

/// A generator; equal states give equal sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Random(pub(super) u64);

impl Random {
    /// 64 random bits.
    #[inline]
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly spread over [0, 1), in steps of 2⁻⁵³.
    #[inline]
    pub(super) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
