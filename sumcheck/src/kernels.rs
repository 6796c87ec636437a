//! Loops over slices that the provers share: even and odd entries apart, binding, products. The arithmetic is that of
//! [`lariat_algebra::ifma::slices`], eight lanes wide where the CPU has them.

use ark_ff::Zero;
use lariat_algebra::{Fr, ifma::slices, par};

/// Entries handled by one task of a parallel loop.
const CHUNK: usize = 1 << 10;

/// Whether `x` is one, without a branch.
#[inline(always)]
pub(crate) fn is_one(x: &Fr) -> bool {
    const ONE: [u64; 4] = <Fr as ark_ff::Field>::ONE.0.0;
    let x = &x.0.0;
    (x[0] ^ ONE[0]) | (x[1] ^ ONE[1]) | (x[2] ^ ONE[2]) | (x[3] ^ ONE[3]) == 0
}

/// A list of positions, filled without branches: where a trace is one is as good as random.
#[derive(Default)]
pub(crate) struct Positions {
    at: Vec<u32>,
    len: usize,
}

impl Positions {
    /// Empties the list; it then takes up to `capacity` positions.
    pub fn reset(&mut self, capacity: usize) {
        self.at.clear();
        self.at.resize(capacity + 1, 0);
        self.len = 0;
    }

    /// Adds `i` if `keep`.
    #[inline(always)]
    pub fn push_if(&mut self, i: usize, keep: bool) {
        self.at[self.len] = i as u32;
        self.len += usize::from(keep);
    }

    /// The positions, in the order in which they came.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.at[..self.len].iter().map(|&i| i as usize)
    }
}

/// `even[i] = v[2 (start + i)]` and `odd[i] = v[2 (start + i) + 1]`, `default` past the end of `v`.
pub(crate) fn gather(v: &[Fr], start: usize, default: Fr, even: &mut [Fr], odd: &mut [Fr]) {
    debug_assert_eq!(even.len(), odd.len());
    let v = v.get(2 * start..).unwrap_or_default();
    let (pairs, rest) = v.as_chunks::<2>();
    let full = pairs.len().min(even.len());
    for ((p, e), o) in pairs.iter().zip(&mut *even).zip(&mut *odd) {
        (*e, *o) = (p[0], p[1]);
    }
    if full < even.len() {
        even[full..].fill(default);
        odd[full..].fill(default);
        if let Some(&last) = rest.first() {
            even[full] = last;
        }
    }
}

/// `v[i] <- v[2 i] + r (v[2 i + 1] - v[2 i])`; an even length halves.
pub(crate) fn bind_in_place(v: &mut Vec<Fr>, r: Fr) {
    let half = v.len() / 2;
    let mut out = vec![Fr::zero(); half];
    let input = &*v;
    par::for_each_chunk(&mut out, CHUNK, |chunk, out| {
        let mut odd = vec![Fr::zero(); out.len()];
        gather(input, chunk * CHUNK, Fr::zero(), out, &mut odd);
        slices::bind(out, &odd, r);
    });
    *v = out;
}

/// Buffers of [`multiply`].
#[derive(Default)]
pub(crate) struct Multiplication {
    at: Positions,
    left: Vec<Fr>,
    right: Vec<Fr>,
    products: Vec<Fr>,
}

impl Multiplication {
    /// `a[i] <- a[i] * b[i]`; factors of one cost no product.
    pub fn multiply(&mut self, a: &mut [Fr], b: &[Fr]) {
        debug_assert_eq!(a.len(), b.len());
        let Self { at, left, right, products } = self;
        at.reset(a.len());
        for (i, (x, y)) in a.iter_mut().zip(b).enumerate() {
            let x_is_one = is_one(x);
            at.push_if(i, !(x_is_one | is_one(y)));
            *x = if x_is_one { *y } else { *x };
        }
        for (out, v) in [(&mut *left, &*a), (&mut *right, b)] {
            out.clear();
            out.extend(at.iter().map(|i| v[i]));
        }
        products.resize(left.len(), Fr::zero());
        slices::mul_slices(left, right, products);
        at.iter().zip(products).for_each(|(i, p)| a[i] = *p);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::One;

    #[test]
    fn gather_pads_where_the_prefix_ends() {
        let v: Vec<Fr> = (0..7u64).map(Fr::from).collect();
        let d = Fr::from(9u64);
        for start in 0..6usize {
            for len in 0..6usize {
                let (mut even, mut odd) = (vec![Fr::zero(); len], vec![Fr::zero(); len]);
                gather(&v, start, d, &mut even, &mut odd);
                let at = |i: usize| v.get(i).copied().unwrap_or(d);
                for i in 0..len {
                    assert_eq!((even[i], odd[i]), (at(2 * (start + i)), at(2 * (start + i) + 1)));
                }
            }
        }
    }

    #[test]
    fn only_one_is_one() {
        let mut near = Fr::one();
        near.0.0[3] ^= 1;
        assert!(is_one(&Fr::one()));
        assert!(!is_one(&near) && !is_one(&Fr::zero()) && !is_one(&-Fr::one()));
    }
}
