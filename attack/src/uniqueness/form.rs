//! Affine forms over the field, in variables that are numbered.

use ark_ff::{One, PrimeField, Zero};
use lariat_algebra::Fr;
use lariat_jolt_core::constraints::Affine;

/// Number of an unknown.
pub type Var = usize;

/// `constant + Σ coefficient · variable`; no variable twice, no coefficient zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// The constant.
    pub constant: Fr,
    /// The rest.
    pub terms: Vec<(Var, Fr)>,
}

impl Form {
    /// A variable.
    pub fn variable(var: Var) -> Self {
        Self { constant: Fr::zero(), terms: vec![(var, Fr::one())] }
    }

    /// A constraint's factor; its columns are the variables.
    pub fn of(affine: &Affine) -> Self {
        let mut out = Self { constant: Fr::from(affine.constant), terms: Vec::with_capacity(affine.terms.len()) };
        for &(column, c) in &affine.terms {
            out.add(column, Fr::from(c));
        }
        out
    }

    /// Adds `coefficient · var`.
    pub fn add(&mut self, var: Var, coefficient: Fr) {
        match self.terms.iter().position(|t| t.0 == var) {
            Some(at) => {
                self.terms[at].1 += coefficient;
                if self.terms[at].1.is_zero() {
                    self.terms.swap_remove(at);
                }
            }
            None if coefficient.is_zero() => {}
            None => self.terms.push((var, coefficient)),
        }
    }

    /// Adds `scale · other`.
    pub fn add_scaled(&mut self, other: &Self, scale: Fr) {
        self.constant += scale * other.constant;
        for &(var, c) in &other.terms {
            self.add(var, scale * c);
        }
    }

    /// `scale · self`.
    #[must_use]
    pub fn scaled(&self, scale: Fr) -> Self {
        let mut out = Self::default();
        out.add_scaled(self, scale);
        out
    }

    /// The coefficient of a variable, if it occurs.
    pub fn coefficient(&self, var: Var) -> Option<Fr> {
        self.terms.iter().find(|t| t.0 == var).map(|t| t.1)
    }

    /// Whether no variable occurs.
    pub const fn is_constant(&self) -> bool {
        self.terms.is_empty()
    }

    /// Puts in the variables that are known.
    pub fn settle(&mut self, values: &[Option<Fr>]) {
        let constant = &mut self.constant;
        self.terms.retain(|&(var, c)| {
            let Some(value) = values[var] else { return true };
            *constant += c * value;
            false
        });
    }

    /// Puts `definition` in the place of a variable.
    pub fn substitute(&mut self, var: Var, definition: &Self) {
        if let Some(at) = self.terms.iter().position(|t| t.0 == var) {
            let (_, scale) = self.terms.swap_remove(at);
            self.add_scaled(definition, scale);
        }
    }

    /// The value where every variable has one.
    pub fn value(&self, values: &[Fr]) -> Fr {
        self.constant + self.terms.iter().map(|&(var, c)| c * values[var]).sum::<Fr>()
    }
}

/// The integer of least absolute value in the residue class, if it is below `2^126`.
pub fn signed(x: Fr) -> Option<i128> {
    let small = |x: Fr| {
        let limbs = x.into_bigint().0;
        let fits = limbs[2] == 0 && limbs[3] == 0 && limbs[1] >> 62 == 0;
        fits.then(|| (i128::from(limbs[1]) << 64) | i128::from(limbs[0]))
    };
    small(x).or_else(|| small(-x).map(|n| -n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_integers_come_back() {
        for n in [0, 1, -1, 1 << 32, -(1 << 64), (1 << 126) - 1, 1 - (1 << 126)] {
            assert_eq!(signed(Fr::from(n)), Some(n));
        }
        assert_eq!(signed(Fr::from(1i128 << 126)), None);
        assert_eq!(signed(Fr::one() / Fr::from(2u8)), None);
    }

    #[test]
    fn forms_add_up() {
        let two = Fr::from(2u8);
        let mut f = Form::variable(3);
        f.add_scaled(&Form { constant: two, terms: vec![(3, -Fr::one()), (5, two)] }, Fr::one());
        assert_eq!(f, Form { constant: two, terms: vec![(5, two)] });
        f.substitute(5, &Form { constant: two, terms: vec![(1, two)] });
        assert_eq!(f, Form { constant: Fr::from(6u8), terms: vec![(1, Fr::from(4u8))] });
        let mut values = vec![None; 6];
        values[1] = Some(two);
        f.settle(&values);
        assert_eq!((f.is_constant(), f.constant), (true, Fr::from(14u8)));
    }
}
