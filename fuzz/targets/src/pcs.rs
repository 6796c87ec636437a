//! A target for the verifier of each commitment scheme: a fixed claim, and an opening from the input.

use crate::input::Input;
use crate::mutate::{edited, filled};
use ark_ff::One;
use lariat_algebra::Fr;
use lariat_algebra::column::{Column, ColumnData};
use lariat_kzg::PowersOfTau;
use lariat_pcs::conformance::{Case, Statement, prove, verify};
use lariat_pcs::{Pcs, Resources, Scheme, Workload};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// An honest opening under one scheme.
struct Opened {
    pcs: Arc<dyn Pcs>,
    statement: Statement,
    proof: Vec<u8>,
    parts: Vec<Range<usize>>,
    /// An opening of other columns of the same sizes.
    donor: Vec<u8>,
}

/// Two batches of columns of several sizes. `salt` makes the values others.
fn case(salt: u64) -> Case {
    let values = |n: u64| (0..n).map(move |i| (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15 ^ salt));
    let u16s = Column::new(5, ColumnData::U16(values(32).map(|v| v as u16).collect()));
    let bits = Column::new(5, ColumnData::Bool(values(20).map(|v| v & 2 == 2).collect()));
    let short = Column::new(2, ColumnData::U32(values(4).map(|v| v as u32).collect()));
    let field = Column::new(4, ColumnData::Field(values(16).map(|v| -Fr::from(v)).collect()));
    let point = (0..5).map(|i| Fr::from(1_000_003u64).pow_of(i + 2)).collect();
    Case { name: "fuzz".into(), batches: vec![vec![short], vec![u16s, bits, field]], point }
}

trait PowOf {
    fn pow_of(self, n: u64) -> Self;
}

impl PowOf for Fr {
    fn pow_of(self, n: u64) -> Self {
        (0..n).fold(Self::one(), |product, _| product * self)
    }
}

fn open(scheme: &Scheme) -> Opened {
    let mut resources = Resources::default();
    resources.insert(Arc::new(PowersOfTau::from_seed("fuzz", 8).unwrap()));
    let (honest, other) = (case(0), case(1));
    let pcs = (scheme.setup)(Workload { num_vars: &honest.num_vars() }, &resources).unwrap();
    let statement = honest.statement();
    let (proof, log) = prove(pcs.as_ref(), &honest, &statement.evals).unwrap();
    assert_eq!(verify(pcs.as_ref(), &statement, &proof), Ok(()));
    let (donor, _) = prove(pcs.as_ref(), &other, &other.evals()).unwrap();
    let parts = log.messages().map(lariat_transcript::Event::range).filter(|part| !part.is_empty()).collect();
    Opened { pcs, statement, proof, parts, donor }
}

/// The bytes of an opening: edits of the honest one or raw bytes, for the true claim or a false one.
fn check(opened: &Opened, data: &[u8]) {
    let mut input = Input::new(data);
    let choice = input.byte();
    let Opened { pcs, statement, proof, parts, donor } = opened;
    let mut claim = statement.clone();
    if choice & 1 == 1 {
        let at = input.below(claim.evals.len());
        claim.evals[at] += Fr::from(u64::from(input.byte()) + 1);
    }
    if choice & 2 == 2 {
        let at = input.below(claim.point.len());
        claim.point[at] += Fr::one();
    }
    let bytes = if choice & 4 == 4 {
        let keep = if choice & 8 == 8 { input.below(proof.len()) } else { 0 };
        let len = if choice & 16 == 16 { input.half().into() } else { proof.len() };
        let start = &proof[..keep.min(len)];
        [start, &filled(input.rest(), len - start.len(), choice & 32 == 32)].concat()
    } else {
        edited(proof, parts, donor, &mut input)
    };
    let accepted = verify(pcs.as_ref(), &claim, &bytes).is_ok();
    let honest = claim == *statement && bytes == *proof;
    assert!(accepted == honest || (honest && accepted), "{}: accepts {choice:#x}", pcs.kind());
    assert!(!honest || accepted, "{}: rejects the honest opening", pcs.kind());
}

macro_rules! schemes {
    ($($(#[$doc:meta])* $name:ident: $scheme:literal;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(data: &[u8]) {
                static OPENED: OnceLock<Opened> = OnceLock::new();
                let opened = OPENED.get_or_init(|| {
                    open(lariat_schemes::ALL.iter().find(|scheme| scheme.kind.name() == $scheme).unwrap())
                });
                check(opened, data);
            }
        )*

        /// The schemes that have a target.
        #[cfg(test)]
        const COVERED: &[&str] = &[$($scheme),*];
    };
}

schemes! {
    /// Openings under Hyrax: the honest one alone is accepted.
    pcs_hyrax: "hyrax";
    /// Openings under Zeromorph: the honest one alone is accepted.
    pcs_zeromorph: "zeromorph";
    /// Openings under HyperKZG: the honest one alone is accepted.
    pcs_hyperkzg: "hyperkzg";
    /// Openings under Mercury: the honest one alone is accepted.
    pcs_mercury: "mercury";
    /// Openings under KZH: the honest one alone is accepted.
    pcs_kzh: "kzh";
    /// Openings under Dory: the honest one alone is accepted.
    pcs_dory: "dory";
    /// Openings under Ligero: the honest one alone is accepted.
    pcs_ligero: "ligero";
    /// Openings under BaseFold: the honest one alone is accepted.
    pcs_basefold: "basefold";
    /// Openings under WHIR: the honest one alone is accepted.
    pcs_whir: "whir";
    /// Openings under Ligerito: the honest one alone is accepted.
    pcs_ligerito: "ligerito";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_has_a_target() {
        let names: Vec<&str> = lariat_schemes::ALL.iter().map(|scheme| scheme.kind.name()).collect();
        assert_eq!(names, COVERED);
    }
}
