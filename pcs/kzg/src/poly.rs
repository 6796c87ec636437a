//! Univariate polynomials by coefficients, lowest degree first.

use ark_ff::Zero;
use lariat_algebra::{
    Fr,
    count::{self, Kernel},
};

/// `(q, v)` with `f(X) = q(X) (X - z) + v`: the quotient, one coefficient shorter, and `v = f(z)`.
///
/// One product a coefficient. The quotient and the value of the empty polynomial are empty and zero.
pub fn divide_by_linear(coeffs: &[Fr], z: Fr) -> (Vec<Fr>, Fr) {
    count::add(Kernel::ScaledSums, coeffs.len());
    let Some((lowest, higher)) = coeffs.split_first() else { return (Vec::new(), Fr::zero()) };
    let mut quotient = vec![Fr::zero(); higher.len()];
    let mut carry = Fr::zero();
    for (q, c) in quotient.iter_mut().zip(higher).rev() {
        carry = carry * z + c;
        *q = carry;
    }
    (quotient, carry * z + lowest)
}
