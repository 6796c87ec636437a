//! How much the prover keeps, and how much it computes anew.

use lariat_sumcheck::grand_product;

/// A choice between memory and time. Every plan makes the same proof, byte by byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Plan {
    name: &'static str,
    /// Of the grand product over steps.
    pub(crate) products: grand_product::Plan,
    /// Rounds of the main sumcheck that read the columns: factors begin at one row in `2^depth`.
    pub(crate) depth: usize,
}

impl Plan {
    /// The plans, by decreasing memory. Beside the columns they keep 576, 320, 256 and 128 bytes a row at most, for tables of
    /// 2^16 entries.
    pub const ALL: [Self; 4] = [
        Self::new("large", 2, 640, 3),
        Self::new("medium", 3, 320, 4),
        Self::new("small", 4, 160, 5),
        Self::new("least", usize::MAX, 80, 6),
    ];

    const fn new(name: &'static str, keep: usize, table_bytes: usize, depth: usize) -> Self {
        Self { name, products: grand_product::Plan { keep, table_bytes }, depth }
    }

    /// The name in reports.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Plans that take no more memory than this one, itself the first.
    pub fn and_smaller(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().skip_while(move |plan| *plan != self)
    }
}

impl Default for Plan {
    /// `medium`: where it was measured it is up to 7 percent slower than `large` and takes two thirds of its memory.
    fn default() -> Self {
        Self::ALL[1]
    }
}
