//! The claims ledger: claimed evaluations of committed polynomials on their way to an opening.
//!
//! A claim enters by being sent or received, which absorbs it; there is no other way in. So no challenge that is drawn
//! afterwards, the batching challenge of an opening above all, can be drawn before a claim is bound.
//!
//! Many columns of a run are zero. So a message of claims begins with one bit a value, in order, the lowest bit of a byte first:
//! values whose bit is zero are zero and are not sent. Each message has one encoding: bits past the last value are zero, and a
//! value that is sent is not.
//!
//! ```compile_fail
//! use lariat_sumcheck::ledger::Ledger;
//! let mut ledger = Ledger::new(vec![3]);
//! let claims = &mut ledger.claims; // private: claims cannot be made up
//! ```

use crate::{
    SumcheckError,
    reduction::{self, Claim, Reduced},
};
use ark_ff::Zero;
use lariat_algebra::{Fr, column::Column};
use lariat_transcript::{ProverChannel, VerifierChannel};
use std::ops::Range;

/// Label of the bits before a message of claims.
pub const LABEL_BITS: &str = "nonzero evaluations";

/// Bytes of the bits of so many values.
pub fn bits_bytes(num_values: usize) -> usize {
    num_values.div_ceil(8)
}

fn bits(bytes: &[u8]) -> impl Iterator<Item = bool> + '_ {
    bytes.iter().flat_map(|byte| (0..8).map(move |at| byte >> at & 1 == 1))
}

/// How many of so many values are sent, by their bits.
pub fn num_sent(num_values: usize, bytes: &[u8]) -> usize {
    bits(bytes).take(num_values).filter(|&bit| bit).count()
}

/// The bits of values, packed.
fn bits_of(values: &[Fr]) -> Vec<u8> {
    let byte = |values: &[Fr]| values.iter().enumerate().fold(0, |b, (at, v)| b | u8::from(!v.is_zero()) << at);
    values.chunks(8).map(byte).collect()
}

/// Claims on polynomials with known numbers of variables.
#[derive(Debug)]
pub struct Ledger {
    num_vars: Vec<usize>,
    claims: Vec<Claim>,
}

impl Ledger {
    /// No claims yet on polynomials in `num_vars[k]` variables.
    pub fn new(num_vars: Vec<usize>) -> Self {
        Self { num_vars, claims: Vec::new() }
    }

    /// Sends the evaluations of `polys` at suffixes of `point` and enters them: polynomial `k` at the last
    /// `num_vars[k]` coordinates.
    ///
    /// # Panics
    /// When there is not one value for each polynomial, or the point is too short.
    pub fn send(
        &mut self,
        label: &'static str,
        point: &[Fr],
        polys: Range<usize>,
        values: &[Fr],
        channel: &mut ProverChannel,
    ) {
        assert_eq!(polys.len(), values.len(), "one value for each polynomial");
        channel.send_bytes(LABEL_BITS, &bits_of(values));
        let sent: Vec<Fr> = values.iter().copied().filter(|v| !v.is_zero()).collect();
        channel.send_scalars(label, &sent);
        for (poly, &value) in polys.zip(values) {
            let suffix = point.len().checked_sub(self.num_vars[poly]).expect("the point covers the polynomial");
            self.claims.push(Claim { poly, point: point[suffix..].to_vec(), value });
        }
    }

    /// Receives the evaluations of `polys` at suffixes of `point`, enters them and returns them.
    ///
    /// # Errors
    /// [`SumcheckError::Channel`] when the message is malformed; [`SumcheckError::ZeroClaim`] when it is not the encoding of its
    /// values; [`SumcheckError::ClaimShape`] when a polynomial does not exist or the point is too short for it.
    pub fn recv(
        &mut self,
        label: &'static str,
        point: &[Fr],
        polys: Range<usize>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<Vec<Fr>, SumcheckError> {
        let bytes = channel.recv_bytes(LABEL_BITS, bits_bytes(polys.len()))?;
        let mut sent = channel.recv_scalars(label, num_sent(polys.len(), &bytes))?.into_iter();
        let value = |is_sent| if is_sent { sent.next() } else { Some(Fr::zero()) };
        let values: Option<Vec<Fr>> = bits(&bytes).take(polys.len()).map(value).collect();
        let values = values.filter(|values| bits_of(values) == bytes).ok_or(SumcheckError::ZeroClaim)?;
        for (poly, &value) in polys.zip(&values) {
            let shape = SumcheckError::ClaimShape { poly };
            let Some(&num_vars) = self.num_vars.get(poly) else { return Err(shape) };
            let Some(suffix) = point.len().checked_sub(num_vars).and_then(|at| point.get(at..)) else {
                return Err(shape);
            };
            self.claims.push(Claim { poly, point: suffix.to_vec(), value });
        }
        Ok(values)
    }

    /// The claims in the order in which they were entered.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// The common point, where every polynomial has exactly one claim and all lie at suffixes of one point: then there
    /// is nothing to reduce.
    fn common(&self) -> Option<Reduced> {
        let longest = self.claims.iter().max_by_key(|c| c.point.len())?;
        let mut evals = vec![None; self.num_vars.len()];
        for c in &self.claims {
            let slot = evals.get_mut(c.poly)?;
            if !longest.point.ends_with(&c.point) || slot.replace(c.value).is_some() {
                return None;
            }
        }
        Some(Reduced { point: longest.point.clone(), evals: evals.into_iter().collect::<Option<_>>()? })
    }

    /// Takes all claims to one point for an opening: as they are where they have a common point, else by the
    /// [`reduction`].
    ///
    /// # Panics
    /// When the columns do not have the ledger's numbers of variables.
    pub fn prove_reduction(self, columns: &[&Column], channel: &mut ProverChannel) -> Reduced {
        assert!(columns.iter().map(|c| c.num_vars()).eq(self.num_vars.iter().copied()));
        self.common().unwrap_or_else(|| reduction::prove(columns, &self.claims, channel))
    }

    /// The verifier's side of [`prove_reduction`](Self::prove_reduction). The caller must check the evaluations with an
    /// opening at the returned point.
    ///
    /// # Errors
    /// As [`reduction::verify`].
    pub fn verify_reduction(self, channel: &mut VerifierChannel<'_>) -> Result<Reduced, SumcheckError> {
        match self.common() {
            Some(reduced) => Ok(reduced),
            None => reduction::verify(&self.num_vars, &self.claims, channel),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lariat_algebra::{column::ColumnData, poly::eq_evals, wide::inner_product};
    use lariat_transcript::{HashKind, Session};

    const LABEL: &str = "evaluations";

    fn columns() -> [Column; 2] {
        [Column::new(3, ColumnData::U32(vec![5, 0, 7, 1 << 31, 9])), Column::new(2, ColumnData::I32(vec![-3, 4, 0, 8]))]
    }

    fn evaluate(column: &Column, point: &[Fr]) -> Fr {
        let values: Vec<Fr> = (0..1 << column.num_vars()).map(|i| column.get(i)).collect();
        inner_product(&values, &eq_evals(point))
    }

    fn session() -> Session<lariat_transcript::Ready> {
        Session::new(HashKind::Blake3, "ledger").bind("nothing", b"")
    }

    /// Enters one batch of claims for each range of polynomials and its point, and reduces; offsets the first value by
    /// `offset`.
    fn round_trip(batches: &[(Range<usize>, Vec<Fr>)], offset: u64) -> Result<(Reduced, Reduced), SumcheckError> {
        let columns = columns();
        let refs: Vec<&Column> = columns.iter().collect();
        let num_vars: Vec<usize> = columns.iter().map(Column::num_vars).collect();
        let mut channel = session().into_prover();
        let mut ledger = Ledger::new(num_vars.clone());
        for (i, (polys, point)) in batches.iter().enumerate() {
            let at = |c: &&Column| evaluate(c, &point[3 - c.num_vars()..]);
            let mut values: Vec<Fr> = refs[polys.clone()].iter().map(at).collect();
            if i == 0 {
                values[0] += Fr::from(offset);
            }
            ledger.send(LABEL, point, polys.clone(), &values, &mut channel);
        }
        let proven = ledger.prove_reduction(&refs, &mut channel);
        let (proof, _) = channel.finish();
        let mut channel = session().into_verifier(&proof);
        let mut ledger = Ledger::new(num_vars);
        for (polys, point) in batches {
            let values = ledger.recv(LABEL, point, polys.clone(), &mut channel)?;
            assert_eq!(values.len(), polys.len());
        }
        let verified = ledger.verify_reduction(&mut channel)?;
        channel.finish()?;
        Ok((proven, verified))
    }

    fn point(seed: u64) -> Vec<Fr> {
        (0..3).map(|i| Fr::from(seed + 1000 * i + 17)).collect()
    }

    #[test]
    fn claims_at_one_point_need_no_reduction() {
        let (proven, verified) = round_trip(&[(0..2, point(1))], 0).unwrap();
        assert_eq!((&proven.point, &proven.evals), (&verified.point, &verified.evals));
        assert_eq!(verified.point, point(1));
        // Nothing is checked here: a wrong value is left for the opening to find.
        let (_, offset) = round_trip(&[(0..2, point(1))], 1).unwrap();
        assert_ne!(offset.evals, verified.evals);
    }

    #[test]
    fn claims_at_two_points_end_at_one() {
        let (proven, verified) = round_trip(&[(0..2, point(1)), (0..2, point(2))], 0).unwrap();
        assert_eq!((&proven.point, &proven.evals), (&verified.point, &verified.evals));
        for (column, eval) in columns().iter().zip(&verified.evals) {
            assert_eq!(evaluate(column, &verified.point[3 - column.num_vars()..]), *eval);
        }
    }

    #[test]
    fn rejects_a_wrong_claim_among_several_points() {
        let error = round_trip(&[(0..2, point(1)), (0..2, point(2))], 1).unwrap_err();
        assert!(matches!(error, SumcheckError::FinalClaim { .. }), "{error}");
    }

    /// One claim a polynomial is not enough to leave the reduction out: the points must be one as well.
    #[test]
    fn rejects_a_wrong_claim_where_each_polynomial_has_its_own_point() {
        let batches = [(0..1, point(1)), (1..2, point(2))];
        let (proven, verified) = round_trip(&batches, 0).unwrap();
        assert_eq!((&proven.point, &proven.evals), (&verified.point, &verified.evals));
        for (column, eval) in columns().iter().zip(&verified.evals) {
            assert_eq!(evaluate(column, &verified.point[3 - column.num_vars()..]), *eval);
        }
        let error = round_trip(&batches, 1).unwrap_err();
        assert!(matches!(error, SumcheckError::FinalClaim { .. }), "{error}");
    }

    /// Two claims on a polynomial at one point are two claims: the second does not replace the first.
    #[test]
    fn rejects_a_wrong_claim_before_a_right_one_at_the_same_point() {
        let batches = [(0..2, point(1)), (0..2, point(1))];
        let (proven, verified) = round_trip(&batches, 0).unwrap();
        assert_eq!((&proven.point, &proven.evals), (&verified.point, &verified.evals));
        let error = round_trip(&batches, 1).unwrap_err();
        assert!(matches!(error, SumcheckError::FinalClaim { .. }), "{error}");
    }

    #[test]
    fn every_claim_changes_the_next_challenge() {
        let challenge = |offset: u64| {
            let mut channel = session().into_prover();
            let mut ledger = Ledger::new(vec![3, 2]);
            ledger.send(LABEL, &point(1), 0..2, &[Fr::from(1u64), Fr::from(2 + offset)], &mut channel);
            channel.challenge("next")
        };
        assert_ne!(challenge(0), challenge(1));
    }

    /// Values of which some are zero, and numbers of values around a byte.
    #[test]
    fn zero_values_are_not_sent() {
        for len in [0, 1, 7, 8, 9, 17] {
            let values: Vec<Fr> = (0..len as u64).map(|i| Fr::from(i % 3 * (i + 1))).collect();
            let mut channel = session().into_prover();
            Ledger::new(vec![2; len]).send(LABEL, &point(1), 0..len, &values, &mut channel);
            let (proof, _) = channel.finish();
            let nonzero = values.iter().filter(|v| !v.is_zero()).count();
            assert_eq!(proof.len(), bits_bytes(len) + 32 * nonzero);
            let mut channel = session().into_verifier(&proof);
            assert_eq!(Ledger::new(vec![2; len]).recv(LABEL, &point(1), 0..len, &mut channel).unwrap(), values);
            channel.finish().unwrap();
        }
    }

    /// A message has one encoding: no value that is zero, no bit past the last.
    #[test]
    fn rejects_other_encodings_of_claims() {
        let recv = |proof: &[u8]| {
            let mut channel = session().into_verifier(proof);
            Ledger::new(vec![2; 2]).recv(LABEL, &point(1), 0..2, &mut channel)
        };
        let one = [vec![1u8], vec![0; 31]].concat();
        let proof = |bits: u8, scalars: &[&[u8]]| [&[bits][..], &scalars.concat()].concat();
        assert_eq!(recv(&proof(0b10, &[&one])).unwrap(), [Fr::zero(), Fr::from(1u64)]);
        for (bits, scalars) in [(0b11, vec![&one[..], &[0; 32]]), (0b01, vec![&[0; 32][..]]), (0b110, vec![&one[..]])] {
            let error = recv(&proof(bits, &scalars)).unwrap_err();
            assert!(matches!(error, SumcheckError::ZeroClaim), "{error}");
        }
    }

    /// Which values are zero is bound like the values.
    #[test]
    fn bits_of_claims_change_the_next_challenge() {
        let challenge = |values: [u64; 2]| {
            let mut channel = session().into_prover();
            Ledger::new(vec![3, 2]).send(LABEL, &point(1), 0..2, &values.map(Fr::from), &mut channel);
            channel.challenge("next")
        };
        assert_ne!(challenge([5, 0]), challenge([0, 5]));
    }

    #[test]
    fn rejects_claims_on_polynomials_that_do_not_fit() {
        let proof = [0u8; 96];
        let mut channel = session().into_verifier(&proof);
        let mut ledger = Ledger::new(vec![3, 4]);
        let error = ledger.recv(LABEL, &point(1), 0..3, &mut channel).unwrap_err();
        assert!(matches!(error, SumcheckError::ClaimShape { poly: 1 }), "{error}");
    }
}
