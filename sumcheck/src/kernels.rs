//! Loops over slices that the provers share: even and odd entries apart, binding, products. The arithmetic is that of
//! [`lariat_algebra::ifma::slices`], eight lanes wide where the CPU has them.

use ark_ff::{One, Zero};
use lariat_algebra::{Fr, ifma::slices, par};
use std::sync::Arc;

/// Entries handled by one task of a parallel loop.
const CHUNK: usize = 1 << 10;

/// Whether `x` is one; nearly always decided by the lowest limb.
#[inline(always)]
pub(crate) fn is_one(x: &Fr) -> bool {
    x.0.0[0] == ONE.0.0[0] && *x == ONE
}

const ONE: Fr = <Fr as ark_ff::Field>::ONE;

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

/// `out[i] = a[i] * b[i]` of two prefixes of equal length; factors of one cost no product.
pub(crate) fn multiply(a: &[Fr], b: &[Fr]) -> Vec<Fr> {
    let mut out = vec![Fr::zero(); a.len()];
    par::for_each_chunk(&mut out, CHUNK, |chunk, out| {
        let range = chunk * CHUNK..chunk * CHUNK + out.len();
        let mut work = Vec::with_capacity(CHUNK);
        let (mut xs, mut ys) = (Vec::with_capacity(CHUNK), Vec::with_capacity(CHUNK));
        for ((i, o), (x, y)) in out.iter_mut().enumerate().zip(a[range.clone()].iter().zip(&b[range])) {
            if is_one(x) {
                *o = *y;
            } else if is_one(y) {
                *o = *x;
            } else {
                work.push(i as u32);
                xs.push(*x);
                ys.push(*y);
            }
        }
        let mut products = vec![Fr::zero(); work.len()];
        slices::mul_slices(&xs, &ys, &mut products);
        for (i, p) in work.into_iter().zip(products) {
            out[i as usize] = p;
        }
    });
    out
}

/// Even and odd entries, the odd ones padded with one to equal length.
pub(crate) fn deinterleave(v: &[Fr]) -> (Arc<Vec<Fr>>, Arc<Vec<Fr>>) {
    let len = v.len().div_ceil(2);
    let (mut even, mut odd) = (vec![Fr::zero(); len], vec![Fr::zero(); len]);
    gather(v, 0, Fr::one(), &mut even, &mut odd);
    (Arc::new(even), Arc::new(odd))
}

#[cfg(test)]
mod tests {
    use super::*;

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
