//! From the comparisons of all chunks to the truth of a condition on whole words.

use super::Subtable;
use crate::Params;
use ark_ff::{AdditiveGroup, Field};
use lariat_algebra::Fr;

/// A condition on a pair of words; the discriminants are the values of `q` in [`Decide`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Condition {
    /// Below.
    Lt = 0,
    /// Not below.
    Ge = 1,
    /// Equal.
    Eq = 2,
    /// Different.
    Ne = 3,
}

impl Condition {
    /// Every condition, in the order of codes.
    pub const ALL: [Self; 4] = [Self::Lt, Self::Ge, Self::Eq, Self::Ne];

    /// The value of `q` that asks for this condition.
    pub const fn code(self) -> u32 {
        self as u32
    }
}

/// 1 when the condition `q` holds between `p`, of `C + 1` bits, and the centre `2^C - 1`; else 0.
///
/// `p` is meant to be `Σ_i 2^i c_i` over the outcomes `c_i` in `{0, 1, 2}` of the chunks' comparisons. Then
/// `p - centre = Σ_i 2^i (c_i - 1)` has the sign of its most significant nonzero term, the lower ones summing to less
/// than `2^i` in absolute value: the sign of the comparison of the whole words. The maximum is `2^(C+1) - 2`; the last
/// cell is defined by the same rule.
#[derive(Clone, Copy, Debug)]
pub struct Decide {
    num_chunks: usize,
}

impl Decide {
    /// The table on the comparisons of `params.num_chunks()` chunks.
    pub const fn new(params: Params) -> Self {
        Self { num_chunks: params.num_chunks() }
    }

    /// The value of `p` that means equality: `2^C - 1`.
    pub const fn centre(&self) -> u32 {
        (1 << self.num_chunks) - 1
    }
}

impl Subtable for Decide {
    fn name(&self) -> &'static str {
        "decide"
    }

    fn log_p(&self) -> usize {
        self.num_chunks + 1
    }

    fn log_q(&self) -> usize {
        2
    }

    fn value(&self, p: u32, q: u32) -> u32 {
        // The low bit of the code negates, the high bit chooses equality.
        let holds = if q & 2 == 0 { p < self.centre() } else { p == self.centre() };
        u32::from(holds) ^ (q & 1)
    }

    /// With `t` the top coordinate of `p` and `u` the product of the others, `p = centre` extends to `(1 - t) u` and
    /// `p < centre` to `(1 - t) (1 - u)`; each is mixed with its negation by the coordinates of `q`. `C + 3` products.
    fn mle(&self, r_p: &[Fr], r_q: &[Fr]) -> Fr {
        assert_eq!((r_p.len(), r_q.len()), (self.num_chunks + 1, 2), "dimension of the point");
        let (top, rest) = (r_p[0], &r_p[1..]);
        let (equality, negate) = (r_q[0], r_q[1]);
        let eq = (Fr::ONE - top) * rest.iter().product::<Fr>();
        let lt = Fr::ONE - top - eq;
        let holds = lt + equality * (eq - lt);
        holds + negate * (Fr::ONE - holds.double())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::tests::assert_entries;
    use core::cmp::Ordering;

    #[test]
    fn entries_are_the_conditions() {
        for params in Params::ALL {
            let centre = 2u64.pow(params.num_chunks() as u32) - 1;
            assert_entries(&Decide::new(params), |p, q| match q {
                0 => (p < centre).into(),
                1 => (p >= centre).into(),
                2 => (p == centre).into(),
                _ => (p != centre).into(),
            });
        }
        assert_eq!(Condition::ALL.map(Condition::code), [0, 1, 2, 3]);
    }

    #[test]
    fn decides_every_sequence_of_outcomes_lexicographically() {
        for params in Params::ALL {
            let (decide, num_chunks) = (Decide::new(params), params.num_chunks() as u32);
            for sequence in 0..3u32.pow(num_chunks) {
                // Digits of `sequence` in base 3 are the outcomes, the most significant chunk last.
                let outcomes = (0..num_chunks).map(|i| sequence / 3u32.pow(i) % 3);
                let p: u32 = outcomes.clone().zip(0..).map(|(c, i)| c << i).sum();
                let order = outcomes.rev().map(|c| c.cmp(&1)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal);
                assert_eq!(decide.value(p, Condition::Lt.code()), order.is_lt().into());
                assert_eq!(decide.value(p, Condition::Ge.code()), order.is_ge().into());
                assert_eq!(decide.value(p, Condition::Eq.code()), order.is_eq().into());
                assert_eq!(decide.value(p, Condition::Ne.code()), order.is_ne().into());
            }
        }
    }
}
