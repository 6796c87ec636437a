//! The uniform R1CS of a step: `A(z) * B(z) = C(z)` for every row of the constraint system and every step.
//!
//! The shape follows from the parameters and the code base alone: prover and verifier build it, it is never part of a
//! proof. Public columns `step` and `active` and the constant one complete the witness columns.

use crate::columns as col;
use ark_ff::{One, Zero};
use lariat_algebra::Fr;
use lariat_subtables::{
    Params,
    decompose::{self, Flag, Form, Role},
};
use lariat_sumcheck::quadratic::{IntForm, LinearForm};

/// An affine form with integer coefficients over the columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affine {
    /// The constant.
    pub constant: i128,
    /// `(column, coefficient)`.
    pub terms: Vec<(col::ColumnId, i128)>,
}

impl Affine {
    /// A constant.
    pub fn constant(constant: i128) -> Self {
        Self { constant, terms: Vec::new() }
    }

    /// A column.
    pub fn column(column: col::ColumnId) -> Self {
        Self { constant: 0, terms: vec![(column, 1)] }
    }

    /// `self + coefficient * column`.
    #[must_use]
    pub fn plus(mut self, column: col::ColumnId, coefficient: i128) -> Self {
        match self.terms.iter_mut().find(|t| t.0 == column) {
            Some(t) => t.1 += coefficient,
            None => self.terms.push((column, coefficient)),
        }
        self.terms.retain(|t| t.1 != 0);
        self
    }

    /// `self + constant`.
    #[must_use]
    pub fn plus_constant(mut self, constant: i128) -> Self {
        self.constant += constant;
        self
    }

    /// The columns that a decomposition's form speaks of.
    pub fn from_roles(form: &Form) -> Self {
        form.iter().fold(Self::default(), |acc, &(role, c)| match col::of_role(role) {
            Some(column) => acc.plus(column, c),
            None => acc.plus_constant(c),
        })
    }

    /// The same with coefficients of 64 bits.
    ///
    /// # Panics
    /// When a coefficient does not fit.
    pub fn to_int_form(&self) -> IntForm {
        let narrow = |c: i128| i64::try_from(c).expect("first factors of constraints have small coefficients");
        IntForm { constant: narrow(self.constant), terms: self.terms.iter().map(|&(k, c)| (k, narrow(c))).collect() }
    }

    /// Adds `scale * self` to `form`.
    pub fn add_to(&self, form: &mut LinearForm, scale: Fr) {
        if self.constant != 0 {
            form.constant += scale * Fr::from(self.constant);
        }
        for &(k, c) in &self.terms {
            form.add_term(k, scale * Fr::from(c));
        }
    }

    /// Value on a row of integers, one for each column; `None` on overflow.
    pub fn eval_int(&self, z: &[i128]) -> Option<i128> {
        self.terms.iter().try_fold(self.constant, |acc, &(k, c)| acc.checked_add(c.checked_mul(z[k])?))
    }

    /// Value at field arguments.
    pub fn eval(&self, z: &[Fr]) -> Fr {
        self.terms.iter().map(|&(k, c)| if c.is_one() { z[k] } else { Fr::from(c) * z[k] }).sum::<Fr>()
            + if self.constant == 0 { Fr::zero() } else { Fr::from(self.constant) }
    }
}

/// One row of the constraint system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// What it says, for documentation and error messages.
    pub name: String,
    /// First factor.
    pub a: Affine,
    /// Second factor.
    pub b: Affine,
    /// Product.
    pub c: Affine,
}

/// All constraints of a step.
pub fn constraints(params: Params, code_base: u32) -> Vec<Constraint> {
    let mut out = Vec::new();
    let column = Affine::column;
    let flag = |f: Flag| column(col::flag(f));
    let one = || Affine::constant(1);
    let zero = Affine::default;
    let not = |c: col::ColumnId| Affine::constant(1).plus(c, -1);
    let form = |f: &Form| Affine::from_roles(f);
    let y = || form(&decompose::operand_y());
    let mut push = |name: String, a: Affine, b: Affine, c: Affine| out.push(Constraint { name, a, b, c });

    // What a flag demands of its rows.
    for f in Flag::ALL {
        for (k, relation) in decompose::relations(f, params).iter().enumerate() {
            let mut b = form(relation);
            if f == Flag::Jalr && k == 1 {
                b = b.plus_constant(-i128::from(code_base));
            }
            push(format!("{f:?} relation {k}"), flag(f), b, zero());
        }
    }
    push("stores need a writable word".into(), flag(Flag::Store), not(col::PERM), zero());

    // Bits.
    for c in [col::CARRY, col::BYTE0, col::BYTE1, col::NEGATIVE] {
        push(format!("{} is a bit", col::name(params, c)), column(c), column(c).plus_constant(-1), zero());
    }

    // Values of operands that are not read.
    push("x is zero unless read".into(), not(col::flag(Flag::UseRs1)), column(col::X), zero());
    push("rs2 value is zero unless read".into(), not(col::flag(Flag::UseRs2)), column(col::RS2_VALUE), zero());

    // Narrow loads and stores.
    let h = decompose::half_slots(params);
    let selected = form(&decompose::half(params, 0));
    let difference =
        decompose::half(params, h).iter().fold(selected.clone(), |acc, &(role, c)| match col::of_role(role) {
            Some(k) => acc.plus(k, -c),
            None => acc,
        });
    push("half mix".into(), column(col::BYTE1), difference, column(col::HALF_MIX));
    let bytes = decompose::low_byte(params, 0).iter().fold(selected, |acc, &(role, c)| match col::of_role(role) {
        Some(k) => acc.plus(k, -257 * c),
        None => acc,
    });
    push("byte mix".into(), column(col::BYTE0), bytes, column(col::BYTE_MIX));
    push("store delta byte".into(), column(col::BYTE0), column(col::DELTA), column(col::DELTA_BYTE));
    push(
        "store delta half".into(),
        column(col::BYTE1),
        column(col::DELTA).plus(col::DELTA_BYTE, 255),
        column(col::DELTA_HALF),
    );

    // Products.
    let r = decompose::num_range_chunks(params);
    push(
        "product".into(),
        column(col::MULTIPLICAND).plus(col::SIGN_X, -(1 << 32)),
        y().plus(col::SIGN_Y, -(1 << 32)),
        column(col::PRODUCT_LOW).plus(col::PRODUCT_HIGH, 1 << 32).plus(col::NEGATIVE, -(1 << 64)),
    );
    let sign_x = col::slot_v(decompose::sign_x_slot(params) + r - 1);
    let sign_y = col::slot_v(decompose::sign_y_slot(params) + r - 1);
    push("sign of x".into(), flag(Flag::SignX), column(sign_x), column(col::SIGN_X));
    push("sign of y".into(), flag(Flag::SignY), column(sign_y), column(col::SIGN_Y));
    push("signed x".into(), column(col::SIGN_Y), column(col::X), column(col::SIGNED_X));

    // Divisions. That `ZERO` and `NONZERO` are bits, and `ZERO` only for a divisor of zero, follows as far as it matters:
    // `docs/trace-and-constraints.md`.
    let quotient = form(&decompose::word(params, 0));
    push("quotient by zero".into(), column(col::ZERO), quotient.plus_constant(-i128::from(u32::MAX)), zero());
    let gap = decompose::plus(
        decompose::plus(decompose::operand_y(), &decompose::word(params, r), -1),
        &decompose::word(params, 2 * r),
        -1,
    );
    push("remainder below divisor".into(), column(col::NONZERO), form(&gap).plus_constant(-1), zero());
    push(
        "a division has a zero or a nonzero divisor".into(),
        one(),
        column(col::ZERO).plus(col::NONZERO, 1).plus(col::flag(Flag::DivU), -1).plus(col::flag(Flag::RemU), -1),
        zero(),
    );

    // Control flow.
    let verdict = Role::V(decompose::num_operand_chunks(params) as u8);
    push("branch taken".into(), flag(Flag::Branch), form(&vec![(verdict, 1)]), column(col::TAKEN));
    push(
        "jump".into(),
        flag(Flag::Jump).plus(col::TAKEN, 1),
        column(col::NEXT).plus(col::PC, -1).plus_constant(-1),
        column(col::OFFSET).plus(col::JALR_OFFSET, -1),
    );
    push("jalr offset".into(), not(col::flag(Flag::Jalr)), column(col::JALR_OFFSET), zero());

    // Flags are bits, and rows past the last step have none. Leaves whose tags are sums over flags rest on this: with
    // flags of opposite sign one of them could vanish identically and take the whole multiset equality with it.
    for f in Flag::ALL {
        push(format!("{f:?} only on steps"), flag(f), flag(f).plus(col::active(params), -1), zero());
    }
    out
}

/// The first constraint that a row of integers violates, if any. `row` has one entry for each column.
pub fn first_violated<'a>(constraints: &'a [Constraint], row: &[i128]) -> Option<&'a Constraint> {
    constraints.iter().find(|c| {
        let product = c.a.eval_int(row).zip(c.b.eval_int(row)).and_then(|(a, b)| a.checked_mul(b));
        product.is_none() || product != c.c.eval_int(row)
    })
}
