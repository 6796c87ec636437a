//! Affine forms of small integers with field coefficients, on many rows: `constant + sum_k coefficient_k z_k`.
//!
//! Witness columns are integers until a challenge is bound, and what a prover computes from them first are such forms:
//! fingerprints of tuples, factors of constraints, and both of them with some variables bound. A product of an element by
//! an integer costs a quarter of a product of elements or less, and a form is reduced once.

mod avx2;

use crate::Fr;
use crate::count::{self, Kernel};
use crate::wide::SmallAcc;

/// Most terms of a form.
pub const MAX_TERMS: usize = 4096;

/// Rows of 32-bit integers, column by column. The distance between columns is no power of two, so that entries of one row
/// lie in different sets of a cache.
#[derive(Clone, Debug, Default)]
pub struct IntegerRows {
    rows: usize,
    stride: usize,
    data: Vec<u32>,
}

impl IntegerRows {
    /// Entries between the end of a column and the start of the next.
    const PADDING: usize = 16;

    /// Zeros, so many rows of so many columns. Memory is kept from the call before.
    pub fn reset(&mut self, rows: usize, columns: usize) {
        (self.rows, self.stride) = (rows, rows + Self::PADDING);
        self.data.clear();
        self.data.resize(columns * self.stride, 0);
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// A column.
    ///
    /// # Panics
    /// When there is no such column.
    #[inline]
    pub fn column(&self, k: usize) -> &[u32] {
        &self.data[k * self.stride..][..self.rows]
    }

    /// A column, to be filled.
    ///
    /// # Panics
    /// When there is no such column.
    #[inline]
    pub fn column_mut(&mut self, k: usize) -> &mut [u32] {
        &mut self.data[k * self.stride..][..self.rows]
    }
}

/// A form, prepared for many rows.
#[derive(Clone, Debug)]
pub struct SmallForm {
    constant: Fr,
    /// `(column, coefficient)`.
    terms: Vec<(usize, Fr)>,
    vector: avx2::Prepared,
}

impl SmallForm {
    /// `constant + sum coefficient * z_column` over `(column, coefficient)`.
    ///
    /// # Panics
    /// When there are more than [`MAX_TERMS`] terms.
    pub fn new(constant: Fr, terms: Vec<(usize, Fr)>) -> Self {
        assert!(terms.len() <= MAX_TERMS, "a form of {} terms", terms.len());
        Self { vector: avx2::Prepared::new(constant, &terms), constant, terms }
    }

    /// The value on row `i` goes to `out[i * stride]`.
    ///
    /// # Panics
    /// When `out` is too short or `stride` zero, or there is no such column.
    pub fn evaluate(&self, rows: &IntegerRows, out: &mut [Fr], stride: usize) {
        if rows.rows() == 0 {
            return;
        }
        assert!(stride > 0 && (rows.rows() - 1) * stride < out.len(), "room for {} values", rows.rows());
        count::add(Kernel::FormTerms, rows.rows() * self.terms.len());
        let done = self.vector.evaluate(rows, out, stride);
        for i in done..rows.rows() {
            out[i * stride] = self.at(rows, i);
        }
    }

    /// The value on row `i`.
    ///
    /// # Panics
    /// When there is no such row or column.
    #[inline]
    pub fn at(&self, rows: &IntegerRows, i: usize) -> Fr {
        let mut acc = SmallAcc::default();
        acc.add(self.constant);
        for &(column, c) in &self.terms {
            let z = rows.column(column)[i];
            if z != 0 {
                acc.add_u64(c, z.into());
            }
        }
        acc.reduce()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{One, UniformRand, Zero};
    use rand::RngCore;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    /// Coefficients and integers at the edges of their ranges, at every length around the vectors'.
    #[test]
    fn forms_match_field_arithmetic() {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let coefficients = [Fr::zero(), Fr::one(), -Fr::one(), Fr::from(u64::MAX)];
        let integers = [0, 1, u32::MAX, 1 << 31];
        let mut rows = IntegerRows::default();
        for num_terms in [0, 1, 2, 47, MAX_TERMS] {
            for n in [0, 1, 3, 4, 5, 8, 31] {
                rows.reset(n, num_terms);
                let mut terms: Vec<(usize, Fr)> = Vec::new();
                for k in 0..num_terms {
                    terms.push((k, coefficients.get(k % 7).copied().unwrap_or_else(|| Fr::rand(&mut rng))));
                    for (i, z) in rows.column_mut(k).iter_mut().enumerate() {
                        *z = integers.get((i + k) % 11).copied().unwrap_or_else(|| rng.next_u32());
                    }
                }
                let constant = Fr::rand(&mut rng);
                let form = SmallForm::new(constant, terms.clone());
                for stride in [1, 3] {
                    let mut out = vec![Fr::zero(); n * stride];
                    form.evaluate(&rows, &mut out, stride);
                    for (i, value) in out.iter().enumerate() {
                        let expected = if i % stride == 0 {
                            let z = |k: usize| Fr::from(rows.column(k)[i / stride]);
                            constant + terms.iter().map(|(k, c)| *c * z(*k)).sum::<Fr>()
                        } else {
                            Fr::zero()
                        };
                        assert_eq!(*value, expected, "{num_terms} terms, {n} rows, entry {i}");
                    }
                }
            }
        }
    }

    /// Every limb of every product and of the sum is as large as it gets; and sums that end just at the modulus.
    #[test]
    fn the_largest_forms_do_not_overflow() {
        let largest = Fr::new_unchecked({
            let mut limbs = <Fr as ark_ff::PrimeField>::MODULUS;
            limbs.0[0] -= 1;
            limbs
        });
        // The kernel multiplies coefficients by 2^52.
        for coefficient in [largest, largest / Fr::from(1u64 << 52)] {
            for z in [u32::MAX, 1, 0] {
                let mut rows = IntegerRows::default();
                rows.reset(8, 1);
                rows.column_mut(0).fill(z);
                let form = SmallForm::new(coefficient, vec![(0, coefficient); MAX_TERMS]);
                let mut out = vec![Fr::zero(); 8];
                form.evaluate(&rows, &mut out, 1);
                assert_eq!(out, vec![coefficient + coefficient * Fr::from(z) * Fr::from(MAX_TERMS as u64); 8]);
            }
        }
    }

    #[test]
    #[should_panic(expected = "a form of 4097 terms")]
    fn too_many_terms_are_refused() {
        SmallForm::new(Fr::zero(), vec![(0, Fr::one()); MAX_TERMS + 1]);
    }

    #[test]
    #[should_panic(expected = "room for 9 values")]
    fn short_outputs_are_refused() {
        let mut rows = IntegerRows::default();
        rows.reset(9, 1);
        SmallForm::new(Fr::zero(), vec![]).evaluate(&rows, &mut [Fr::zero(); 16], 2);
    }
}
