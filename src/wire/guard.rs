//! Bounds of what a body may make us build, whatever its format.

/// Lists and structures may nest this deep; the deepest model (analytics' application configuration) needs 12.
pub(super) const MAX_DEPTH: usize = 64;

/// A body may hold this many values. The largest honest request, 500 records of PutRecords with three members each, has 2,001;
/// without this bound 16 MiB of `0,0,0…` would become half a gigabyte.
pub(super) const MAX_VALUES: usize = 200_000;

/// Counts the values of one body, and how deep it is in them.
#[derive(Debug)]
pub(super) struct Guard {
    values_left: usize,
    depth_left: usize,
}

/// The body has too many values, or nests too deep.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

impl Guard {
    pub(super) fn new() -> Self {
        Self { values_left: MAX_VALUES, depth_left: MAX_DEPTH }
    }

    /// One more value.
    pub(super) fn count(&mut self) -> Result<(), TooLarge> {
        self.values_left = self.values_left.checked_sub(1).ok_or(TooLarge)?;
        Ok(())
    }

    /// Into a list or structure.
    pub(super) fn enter(&mut self) -> Result<(), TooLarge> {
        self.depth_left = self.depth_left.checked_sub(1).ok_or(TooLarge)?;
        Ok(())
    }

    /// Out of it again.
    pub(super) fn leave(&mut self) {
        self.depth_left += 1;
    }
}
