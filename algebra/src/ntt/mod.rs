//! Number-theoretic transforms over the scalar field and the Reed-Solomon encoder built on them.
//!
//! # Order
//! Coefficients are in natural order, evaluations in **bit-reversed** order: position `j` of a codeword of length
//! `N = 2^n` holds the value at `omega^rev(j)`, where `omega` is [`Domain::generator`] and `rev` reverses `n` bits. So
//!
//! * positions `2j` and `2j + 1` hold the values at `x` and `-x`, and position `j` of the domain of half the size is
//!   `x^2`: the siblings that a fold combines are neighbours, and `2^k` neighbours fold to one position in `k` steps;
//! * the codeword of a polynomial of degree below `2^m` falls into blocks of `2^m` positions, each the values on a coset
//!   of the small domain, and no permutation is ever made.
//!
//! # How
//! The transform walks down the tree of factors of `X^N - 1`: node `i` of depth `d` stands for `X^(N / 2^d) - a` and holds
//! the polynomial modulo it. With `w^2 = a` its children are `X^(N / 2^(d + 1)) -+ w`, and one butterfly `(u, v) -> (u +
//! w v, u - w v)` with the same factor for the whole node leads to them. `w` depends on `i` alone: it is
//! `zeta(rev(i) / 2)` with `rev(i)` the bits of `i` behind the binary point in reversed order (van der Corput's
//! sequence) and `zeta(t)` the root of unity at `t` turns; so one table of factors serves every depth, every coset and
//! every size. Above nodes of degree `2^m` a polynomial of degree below `2^m` is its own remainder: encoding starts at
//! those nodes, and zero coefficients past the last nonzero one cost nothing.
//!
//! On processors with AVX-512 IFMA two layers at a time run on eight lanes, the last three on eight nodes at once; blocks
//! are quartered until they fit the second-level cache. Elsewhere, and for the inverse, loops over field arithmetic.
//!
//! # Measured
//! One thread of a Zen 4 core that shared its caches with other work, processor time, `2^18` values (wall time:
//! `cargo bench -p lariat-merkle -- ntt`):
//!
//! | kernel | lanes | field arithmetic |
//! |---|---|---|
//! | forward, ns a butterfly | 6.6 | 32 |
//! | fold, ns a result | 22 | 78 |
//! | widen 16-bit integers, ns a value | 10 | 40 |

mod blocks;
mod portable;
mod rows;
#[cfg(test)]
mod tests;

pub use blocks::BlockEncoder;

use crate::count::{self, Kernel};
use crate::ifma::{self, ntt as vector};
use crate::msm::RowValues;
use crate::{Fr, par};
use ark_ff::{FftField, Field, One, Zero};
use std::sync::OnceLock;

/// Logarithm of the largest domain: the two-adicity of the multiplicative group.
pub const MAX_LOG_SIZE: usize = Fr::TWO_ADICITY as usize;

/// The subgroup of the scalar field's units of order `2^log_size`, in bit-reversed order.
///
/// Making one is cheap; the factors of its transforms are derived when they are first needed and kept for the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain {
    log_size: usize,
}

impl Domain {
    /// The domain of `2^log_size` points.
    ///
    /// # Panics
    /// When `log_size` exceeds [`MAX_LOG_SIZE`].
    pub fn new(log_size: usize) -> Self {
        assert!(log_size <= MAX_LOG_SIZE, "no domain of 2^{log_size} points");
        Self { log_size }
    }

    /// Logarithm of the number of points.
    pub fn log_size(&self) -> usize {
        self.log_size
    }

    /// Number of points.
    pub fn size(&self) -> usize {
        1 << self.log_size
    }

    /// A generator: the point at position `2^(log_size - 1)`. The one of half the size is its square.
    pub fn generator(&self) -> Fr {
        root_of_unity(self.log_size)
    }

    /// The point at position `i`: `generator^rev(i)`. Costs `log_size` squarings and at most as many products.
    ///
    /// # Panics
    /// When `i` is not below [`Self::size`].
    pub fn element(&self, i: usize) -> Fr {
        assert!(i < self.size(), "position {i} of 2^{}", self.log_size);
        if self.log_size == 0 {
            return Fr::one();
        }
        let exponent = i.reverse_bits() >> (usize::BITS as usize - self.log_size);
        self.generator().pow([exponent as u64])
    }

    /// The inverse of [`Self::element`] at `i`, at the same cost.
    ///
    /// # Panics
    /// When `i` is not below [`Self::size`].
    pub fn inverse_element(&self, i: usize) -> Fr {
        // Negation of the exponent: the point is a root of unity of order 2^log_size.
        assert!(i < self.size(), "position {i} of 2^{}", self.log_size);
        if self.log_size == 0 {
            return Fr::one();
        }
        let exponent = i.reverse_bits() >> (usize::BITS as usize - self.log_size);
        self.generator().pow([(self.size() - exponent) as u64])
    }

    /// Coefficients to evaluations, in place.
    ///
    /// # Panics
    /// When there are not [`Self::size`] values.
    pub fn forward(&self, values: &mut [Fr]) {
        assert_eq!(values.len(), self.size(), "values on a domain of 2^{} points", self.log_size);
        transform(values, 0, factors(self.log_size));
    }

    /// Evaluations to coefficients, in place: the inverse of [`Self::forward`].
    ///
    /// # Panics
    /// When there are not [`Self::size`] values.
    pub fn inverse(&self, values: &mut [Fr]) {
        assert_eq!(values.len(), self.size(), "values on a domain of 2^{} points", self.log_size);
        count::add(Kernel::Butterflies, values.len() / 2 * self.log_size);
        count::add(Kernel::Products, values.len());
        portable::inverse(values, factors(self.log_size));
        let scale = Fr::from(values.len() as u64).inverse().unwrap_or_else(Fr::zero);
        par::for_each_chunk(values, 1 << 12, |_, chunk| chunk.iter_mut().for_each(|x| *x *= scale));
    }

    /// Evaluations of the polynomial with these coefficients on this domain.
    ///
    /// With `c` coefficients up to the last nonzero one this costs `N ceil(log2 c) / 2` products: nothing for none or one.
    ///
    /// # Panics
    /// When there are more coefficients than points.
    pub fn encode(&self, coefficients: &[Fr]) -> Vec<Fr> {
        assert!(coefficients.len() <= self.size(), "{} coefficients on 2^{}", coefficients.len(), self.log_size);
        let used = coefficients.iter().rposition(|c| !c.is_zero()).map_or(0, |last| last + 1);
        let coefficients = &coefficients[..used];
        if let [] | [_] = coefficients {
            return vec![coefficients.first().copied().unwrap_or_else(Fr::zero); self.size()];
        }
        let node_len = used.next_power_of_two();
        let factors = factors(self.log_size);
        let mut out = vec![Fr::zero(); self.size()];
        par::for_each_chunk(&mut out, node_len, |node, block| {
            block[..used].copy_from_slice(coefficients);
            transform(block, node, factors);
        });
        out
    }
}

/// The Reed-Solomon codeword of the polynomial with these coefficients at rate `2^-log_blowup`: its evaluations on the
/// domain of `2^log_blowup` times as many points, in bit-reversed order. See [`Domain::encode`].
///
/// # Panics
/// When the number of coefficients is no power of two or the domain would be larger than [`MAX_LOG_SIZE`].
pub fn encode(coefficients: &[Fr], log_blowup: usize) -> Vec<Fr> {
    assert!(coefficients.len().is_power_of_two(), "{} coefficients", coefficients.len());
    Domain::new(coefficients.len().ilog2() as usize + log_blowup).encode(coefficients)
}

/// Folds a codeword in bit-reversed order: for `F(X) = E(X^2) + X O(X^2)`, the codeword of `(1 - a) E + a O` on the domain
/// of half the size. Costs two products a value of the result.
///
/// # Panics
/// When the length is no power of two or below two.
pub fn fold(word: &[Fr], a: Fr) -> Vec<Fr> {
    assert!(word.len() >= 2 && word.len().is_power_of_two(), "fold of {} values", word.len());
    let factors = factors(word.len().ilog2() as usize);
    let half = Fr::from(2u64).inverse().unwrap_or_else(Fr::zero);
    let (even, odd) = ((Fr::one() - a) * half, a * half);
    // Even and odd part, each with a factor, the odd one divided by a point before.
    count::add(Kernel::ScaledSums, 2 * (word.len() / 2));
    count::add(Kernel::Products, word.len() / 2);
    let mut out = vec![Fr::zero(); word.len() / 2];
    par::for_each_chunk(&mut out, 1 << 12, |chunk, out| {
        let first = chunk << 12;
        let word = &word[2 * first..2 * (first + out.len())];
        let aligned = out.len().is_multiple_of(vector::LANES) && ifma::is_available();
        if !aligned {
            portable::fold(word, first, factors, even, odd, out);
            return;
        }
        // 1 / w_i = -w_j, where j runs backwards in every dyadic interval: in blocks of the interval's length for the
        // part of the chunk that lies in it.
        let (mut start, end) = (0, out.len());
        while start < end {
            let i = first + start;
            if i < vector::LANES {
                // Intervals shorter than a vector.
                let stop = vector::LANES;
                portable::fold(&word[..2 * stop], 0, factors, even, odd, &mut out[..stop]);
                start = stop;
                continue;
            }
            let interval_end = (2usize << i.ilog2()) - first;
            let stop = end.min(interval_end);
            let run = start..stop;
            let top = mirrored(i);
            let inverses: Vec<Fr> =
                factors[top + 1 - run.len()..=top].rchunks(vector::LANES).flatten().copied().collect();
            vector::fold(&word[2 * start..2 * stop], &inverses, even, odd, &mut out[run]);
            start = stop;
        }
    });
    out
}

/// The index of the factor that is the negated inverse of factor `i`: all bits but the leading one flipped.
///
/// The sequence member there is `1 - rev(i)`, and a half turn more is a change of sign. Factor 0 is its own inverse.
fn mirrored(i: usize) -> usize {
    i ^ ((1 << i.max(1).ilog2()) - 1)
}

/// A row of values as field elements, without zeros at its end.
pub fn widen(row: RowValues<'_>) -> Vec<Fr> {
    rows::widen(row)
}

/// The value that the codeword of a row of coefficients has everywhere, if it has one: there is none but the first.
pub fn constant(row: RowValues<'_>) -> Option<Fr> {
    rows::constant(row)
}

/// The root of unity of order `2^log_order` whose square is that of half the order.
fn root_of_unity(log_order: usize) -> Fr {
    let mut root = Fr::TWO_ADIC_ROOT_OF_UNITY;
    for _ in log_order..MAX_LOG_SIZE {
        root.square_in_place();
    }
    root
}

/// The factors `w_i` for `i` below half the size, made once for each size.
fn factors(log_size: usize) -> &'static [Fr] {
    static MADE: [OnceLock<Vec<Fr>>; MAX_LOG_SIZE + 1] = [const { OnceLock::new() }; MAX_LOG_SIZE + 1];
    MADE[log_size].get_or_init(|| {
        let mut out = Vec::with_capacity(1 << log_size.saturating_sub(1));
        out.push(Fr::one());
        // rev(2^k + j) = rev(j) + 2^-(k + 1), and factors are at half as many turns.
        for k in 0..log_size.saturating_sub(1) {
            let step = root_of_unity(k + 2);
            for j in 0..1usize << k {
                let next = out[j] * step;
                out.push(next);
            }
        }
        out
    })
}

/// All layers below a node; `block` holds its polynomial and takes the values, `factors` reach to the last layer's nodes.
fn transform(block: &mut [Fr], node: usize, factors: &[Fr]) {
    count::add(Kernel::Butterflies, block.len() / 2 * block.len().max(1).ilog2() as usize);
    if block.len() >= vector::MIN_BLOCK && ifma::is_available() {
        vector::forward(block, node, factors);
    } else {
        portable::forward(block, node, factors);
    }
}
