//! The tables, one file each, and their registry.

mod and;
mod cmp_s;
mod cmp_u;
mod decide;
mod low_bits;
mod msb;
mod or;
mod range;
mod sll;
mod sra_top;
mod srl;
#[cfg(test)]
mod tests;
mod xor;

pub use and::And;
pub use cmp_s::CmpS;
pub use cmp_u::CmpU;
pub use decide::{Condition, Decide};
pub use low_bits::LowBits;
pub use msb::Msb;
pub use or::Or;
pub use range::Range;
pub use sll::Sll;
pub use sra_top::SraTop;
pub use srl::Srl;
pub use xor::Xor;

use crate::Params;
use lariat_algebra::Fr;

/// A lookup table keyed by a pair `(p, q)` of `log_p` and `log_q` bits.
///
/// Its cells are numbered `p << log_q | q`; as a function on the hypercube, its coordinates are the bits of `p` and then
/// those of `q`, each most significant first. The integers ([`value`](Self::value)) define the table;
/// [`mle`](Self::mle) must be their multilinear extension, which the conformance suite (feature `test-util`) checks.
pub trait Subtable: Send + Sync {
    /// A short name, unique among the tables of one [`Params`].
    fn name(&self) -> &'static str;

    /// Bits of `p`.
    fn log_p(&self) -> usize;

    /// Bits of `q`; zero for a table on `p` alone.
    fn log_q(&self) -> usize;

    /// The entry at `(p, q)`, for `p < 2^log_p` and `q < 2^log_q`. Unspecified, but no panic in a release build,
    /// outside of these bounds.
    fn value(&self, p: u32, q: u32) -> u32;

    /// The multilinear extension at `(r_p, r_q)`. Each table states its cost in field products; none needs more than
    /// 70.
    ///
    /// # Panics
    /// May panic when the lengths are not `log_p` and `log_q`.
    fn mle(&self, r_p: &[Fr], r_q: &[Fr]) -> Fr;

    /// Bits of a cell's number.
    fn log_size(&self) -> usize {
        self.log_p() + self.log_q()
    }

    /// Every entry, in the order of cells.
    fn entries(&self) -> Vec<u32> {
        let (num_p, num_q) = (1 << self.log_p(), 1 << self.log_q());
        (0..num_p).flat_map(|p| (0..num_q).map(move |q| self.value(p, q))).collect()
    }
}

/// A computation on a table whose concrete type it learns: how [`TableId`] dispatches without virtual calls.
pub trait Visitor {
    /// What the computation returns.
    type Output;

    /// Runs it.
    fn visit<T: Subtable + 'static>(self, table: T) -> Self::Output;
}

/// One line per table: variant (with its index and the index's bound, for a family), id (of the family's first), and
/// constructor.
macro_rules! registry {
    ($params:ident; $($(#[$doc:meta])* $name:ident $([$index:ident < $limit:expr])? = $id:literal => $table:expr;)*) => {
        /// Which table. With [`Params`], a table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum TableId {
            $($(#[$doc])* $name $((#[doc = concat!("`", stringify!($index), " < ", stringify!($limit), "`")] u8))?,)*
        }

        impl TableId {
            /// The stable one-byte id.
            pub const fn id(self) -> u8 {
                match self {
                    $(Self::$name $(($index))? => $id $(+ $index)?,)*
                }
            }

            /// The table with this id, or `None` when `params` has none.
            pub fn from_id($params: Params, id: u8) -> Option<Self> {
                $(
                    if let Some(offset) = id.checked_sub($id) && usize::from(offset) < registry!(@count $($limit)?) {
                        $(let $index = offset;)?
                        return Some(Self::$name $(($index))?);
                    }
                )*
                None
            }

            /// Runs `visitor` on the table.
            ///
            /// # Panics
            /// When the index of a family is out of bounds.
            #[inline(always)]
            pub fn visit<V: Visitor>(self, $params: Params, visitor: V) -> V::Output {
                match self {
                    $(Self::$name $(($index))? => {
                        $(assert!(usize::from($index) < $limit, "no such table");)?
                        visitor.visit($table)
                    })*
                }
            }
        }
    };
    (@count) => { 1 };
    (@count $limit:expr) => { $limit };
}

registry! { params;
    /// Zero on `log_m` bits: membership is a range check.
    Range = 0x00 => Range::index(params);
    /// Bitwise and of two chunks.
    And = 0x01 => And::new(params);
    /// Bitwise or of two chunks.
    Or = 0x02 => Or::new(params);
    /// Bitwise exclusive or of two chunks.
    Xor = 0x03 => Xor::new(params);
    /// Unsigned comparison of two chunks: 0 below, 1 equal, 2 above.
    CmpU = 0x04 => CmpU::new(params);
    /// Signed comparison of two chunks: 0 below, 1 equal, 2 above.
    CmpS = 0x05 => CmpS::new(params);
    /// The verdict on a condition from all chunks' comparisons.
    Decide = 0x06 => Decide::new(params);
    /// Arithmetic right shift of the most significant chunk.
    SraTop = 0x07 => SraTop::new(params);
    /// The low 5 bits of `log_m` bits.
    Low5 = 0x08 => LowBits::five(params);
    /// The low 8 bits of `log_m` bits.
    LowByte = 0x09 => LowBits::byte(params);
    /// The most significant of `log_m` bits.
    Msb = 0x0a => Msb::index(params);
    /// The most significant of 8 bits.
    Msb8 = 0x0b => Msb::byte();
    /// Left shift of chunk `i`.
    Sll[i < params.num_chunks()] = 0x20 => Sll::new(params, i.into());
    /// Logical right shift of chunk `i`.
    Srl[i < params.num_chunks()] = 0x30 => Srl::new(params, i.into());
    /// Zero on `k` bits, `k` of the caller's choice: a range check of timestamps.
    RangeTs[k < 33] = 0x40 => Range::timestamp(k.into());
}

struct ValueAt {
    p: u32,
    q: u32,
}

impl Visitor for ValueAt {
    type Output = u32;

    #[inline(always)]
    fn visit<T: Subtable + 'static>(self, table: T) -> u32 {
        table.value(self.p, self.q)
    }
}

struct Boxed;

impl Visitor for Boxed {
    type Output = Box<dyn Subtable>;

    fn visit<T: Subtable + 'static>(self, table: T) -> Box<dyn Subtable> {
        Box::new(table)
    }
}

impl TableId {
    /// [`Subtable::value`] without a virtual call; for hot loops.
    ///
    /// # Panics
    /// When the index of a family is out of bounds.
    #[inline]
    pub fn value(self, params: Params, p: u32, q: u32) -> u32 {
        self.visit(params, ValueAt { p, q })
    }
}

/// The table that `id` names.
///
/// # Panics
/// When the index of a family is out of bounds.
pub fn table(id: TableId, params: Params) -> Box<dyn Subtable> {
    id.visit(params, Boxed)
}

/// Every table of `params`, in the order of ids, except [`TableId::RangeTs`], whose size is the caller's choice.
///
/// At `log_m = 8`, [`TableId::Msb`] and [`TableId::Msb8`] are two names of equal tables; both are listed.
pub fn all(params: Params) -> Vec<TableId> {
    let ids = (0..=u8::MAX).filter_map(|id| TableId::from_id(params, id));
    ids.filter(|id| !matches!(id, TableId::RangeTs(_))).collect()
}
