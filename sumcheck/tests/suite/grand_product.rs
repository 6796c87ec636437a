//! Grand products: completeness over shapes, and helpers for the forgeries.

use crate::common::{dense_mle, padded, random, random_vec, rng, session};
use ark_ff::{One, Zero};
use lariat_algebra::Fr;
use lariat_sumcheck::{
    SumcheckError,
    dense_product::{Leaves, evaluate_prefix},
    grand_product::{
        CLEAR_VARS, DenseProduct, LeafClaims, Plan, ProductProver, ProductShape, SparseProduct, message_scalars, prove,
        verify,
    },
    leaves::StoredLeaves,
    sparse_product::SparseLayer,
};
use lariat_transcript::{ChallengeTape, ChannelError, Ready, Session};
use std::sync::Arc;

/// Why a whole verifier of a grand product, leaves included, rejects.
#[derive(Debug)]
pub enum Rejection {
    Protocol(SumcheckError),
    LeafClaim,
    Product,
}

impl From<SumcheckError> for Rejection {
    fn from(e: SumcheckError) -> Self {
        Self::Protocol(e)
    }
}

impl From<ChannelError> for Rejection {
    fn from(e: ChannelError) -> Self {
        Self::Protocol(e.into())
    }
}

/// Proves one product alone.
fn prove_alone(prover: &mut dyn ProductProver) -> (Vec<u8>, ChallengeTape, LeafClaims) {
    let mut channel = session().into_prover();
    let claims = prove(&mut [prover], &mut channel).pop().unwrap();
    let tape = channel.tape();
    (channel.finish().0, tape, claims)
}

/// A dense grand product statement: leaves by group.
pub struct Dense {
    pub num_vars: usize,
    pub groups: Vec<Vec<Leaves>>,
}

impl Dense {
    pub fn random(num_vars: usize, len: usize, num_leaves: usize, num_groups: usize, seed: u64) -> Self {
        let mut rng = rng(seed);
        let leaf = |j: usize, rng: &mut _| {
            // Every other leaf is mostly ones.
            let v = random_vec(len, rng).into_iter().enumerate();
            Arc::new(v.map(|(i, x)| if j % 2 == 1 && i % 5 != 0 { Fr::one() } else { x }).collect::<Vec<_>>())
        };
        let groups = (0..num_groups).map(|_| (0..num_leaves).map(|j| leaf(j, &mut rng)).collect()).collect();
        Self { num_vars, groups }
    }

    pub fn products(&self) -> Vec<Fr> {
        self.groups.iter().map(|g| g.iter().flat_map(|v| v.iter()).product()).collect()
    }

    pub fn prove(&self) -> (Vec<u8>, ChallengeTape, LeafClaims) {
        self.prove_by(Plan::default())
    }

    pub fn prove_by(&self, plan: Plan) -> (Vec<u8>, ChallengeTape, LeafClaims) {
        let leaves = StoredLeaves::new(self.groups.clone());
        prove_alone(&mut DenseProduct::new(self.num_vars, &leaves, plan))
    }

    pub fn shape(&self) -> ProductShape {
        ProductShape { num_vars: self.num_vars, num_groups: self.groups.len(), num_leaves: self.groups[0].len() }
    }

    /// The whole verifier: the protocol, the leaf claims against the leaves, no byte left, the products.
    pub fn verify(&self, session: Session<Ready>, proof: &[u8]) -> Result<LeafClaims, Rejection> {
        let out = self.verify_protocol(session, proof)?;
        if out.products == self.products() { Ok(out) } else { Err(Rejection::Product) }
    }

    /// The verifier of whatever products the proof claims.
    pub fn verify_protocol(&self, session: Session<Ready>, proof: &[u8]) -> Result<LeafClaims, Rejection> {
        let mut channel = session.into_verifier(proof);
        let out = verify(&[self.shape()], &mut channel)?.pop().unwrap();
        self.check_leaves(&out)?;
        channel.finish()?;
        Ok(out)
    }

    fn check_leaves(&self, out: &LeafClaims) -> Result<(), Rejection> {
        assert_eq!(out.claims.len(), self.groups.len());
        for (claims, group) in out.claims.iter().zip(&self.groups) {
            assert_eq!(claims.len(), group.len());
            for (claim, leaf) in claims.iter().zip(group) {
                if *claim != dense_mle(&padded(leaf, self.num_vars, Fr::one()), &out.point) {
                    return Err(Rejection::LeafClaim);
                }
            }
        }
        Ok(())
    }
}

/// Two sparse products over one set of positions.
pub struct Sparse {
    pub leaves: SparseLayer<2>,
}

impl Sparse {
    pub fn random(num_vars: usize, keep: impl Fn(u32) -> bool, seed: u64) -> Self {
        let mut rng = rng(seed);
        let entries =
            (0..1u32 << num_vars).filter(|&i| keep(i)).map(|i| (i, [random(&mut rng), random(&mut rng)])).collect();
        Self { leaves: SparseLayer { num_vars, entries } }
    }

    fn table(&self, g: usize) -> Vec<Fr> {
        let mut table = vec![Fr::one(); 1 << self.leaves.num_vars];
        for (i, v) in &self.leaves.entries {
            table[*i as usize] = v[g];
        }
        table
    }

    pub fn products(&self) -> Vec<Fr> {
        (0..2).map(|g| self.table(g).iter().product()).collect()
    }

    pub fn prove(&self) -> (Vec<u8>, ChallengeTape, LeafClaims) {
        prove_alone(&mut SparseProduct::new(self.leaves.clone()))
    }

    pub fn shape(&self) -> ProductShape {
        ProductShape { num_vars: self.leaves.num_vars, num_groups: 2, num_leaves: 1 }
    }

    pub fn verify(&self, session: Session<Ready>, proof: &[u8]) -> Result<LeafClaims, Rejection> {
        let mut channel = session.into_verifier(proof);
        let out = verify(&[self.shape()], &mut channel)?.pop().unwrap();
        self.check(&out)?;
        channel.finish()?;
        Ok(out)
    }

    fn check(&self, out: &LeafClaims) -> Result<(), Rejection> {
        for (g, claims) in out.claims.iter().enumerate() {
            if claims[..] != [dense_mle(&self.table(g), &out.point)] {
                return Err(Rejection::LeafClaim);
            }
        }
        if out.products != self.products() {
            return Err(Rejection::Product);
        }
        Ok(())
    }
}

#[test]
fn dense_products_are_complete() {
    for num_vars in 0..9usize {
        for num_leaves in 1..20 {
            // All group counts and prefix lengths occur with every leaf count, all leaf counts with every size.
            let num_groups = 1 + (num_vars + num_leaves) % 3;
            let full = 1usize << num_vars;
            let len = [full, full - 1, full / 2 + 1, 1.min(full), 0][(num_leaves + num_vars * 2) % 5];
            let case = format!("{num_vars} variables, {len} rows, {num_leaves} leaves, {num_groups} groups");
            let statement = Dense::random(num_vars, len, num_leaves, num_groups, 100 + num_leaves as u64);
            let (proof, _, claims) = statement.prove();
            let verified = statement.verify(session(), &proof).unwrap_or_else(|e| panic!("{case}: {e:?}"));
            assert_eq!(claims.products, statement.products(), "{case}");
            assert_eq!(verified.point, claims.point, "{case}");
            assert_eq!(verified.claims, claims.claims, "{case}");
        }
    }
}

#[test]
fn dense_products_are_complete_in_every_group_count() {
    for num_groups in 1..4 {
        for (num_vars, len) in [(0, 1), (1, 1), (3, 5), (11, 2047)] {
            for num_leaves in [1, 2, 3, 5, 8] {
                let statement = Dense::random(num_vars, len, num_leaves, num_groups, 200);
                let (proof, _, _) = statement.prove();
                statement.verify(session(), &proof).unwrap();
            }
        }
    }
}

/// What is kept and how many rounds read the factors anew changes no byte.
#[test]
fn every_plan_sends_the_same_proof() {
    for (num_vars, len) in [(0, 1), (1, 2), (2, 3), (7, 90), (10, 1024), (12, 3333)] {
        let statement = Dense::random(num_vars, len, 18, 2, 240);
        let (expected, ..) = statement.prove();
        statement.verify(session(), &expected).unwrap();
        for keep in 0..7 {
            for table_bytes in [usize::MAX, 600, 300, 40, 1, 0] {
                let plan = Plan { keep, table_bytes };
                assert!(statement.prove_by(plan).0 == expected, "{num_vars} variables, {len} rows, {plan:?}");
            }
        }
    }
}

#[test]
fn zero_leaves_give_zero_products() {
    let mut statement = Dense::random(4, 13, 3, 2, 210);
    Arc::make_mut(&mut statement.groups[1][2])[7] = Fr::zero();
    let (proof, _, claims) = statement.prove();
    assert!(!claims.products[0].is_zero());
    assert!(claims.products[1].is_zero());
    statement.verify(session(), &proof).unwrap();
}

#[test]
fn leaf_claims_are_prefix_evaluations() {
    let statement = Dense::random(5, 21, 6, 2, 220);
    let (_, _, claims) = statement.prove();
    for (group, values) in statement.groups.iter().zip(&claims.claims) {
        for (leaf, value) in group.iter().zip(values) {
            assert_eq!(evaluate_prefix(leaf, &claims.point, Fr::one()), *value);
        }
    }
}

#[test]
fn sparse_products_are_complete() {
    for num_vars in 0..9usize {
        let full = 1u32 << num_vars;
        let sets: [&dyn Fn(u32) -> bool; 7] =
            [&|_| true, &|_| false, &|i| i == 0, &|i| i == full - 1, &|i| i % 3 == 1, &|i| i / 2 % 2 == 1, &|i| {
                i < full / 2 + 1
            }];
        for (k, keep) in sets.into_iter().enumerate() {
            let statement = Sparse::random(num_vars, keep, 300 + k as u64);
            let (proof, _, claims) = statement.prove();
            let case = format!("{num_vars} variables, set {k}");
            let verified = statement.verify(session(), &proof).unwrap_or_else(|e| panic!("{case}: {e:?}"));
            assert_eq!(claims.products, statement.products(), "{case}");
            assert_eq!(verified.claims, claims.claims, "{case}");
            assert_eq!(verified.point, claims.point, "{case}");
        }
    }
}

/// Sparse and dense provers of the same leaves send the same bytes.
#[test]
fn sparse_and_dense_proofs_agree() {
    let sparse = Sparse::random(6, |i| i % 4 != 2, 310);
    let dense = Dense { num_vars: 6, groups: (0..2).map(|g| vec![Arc::new(sparse.table(g))]).collect() };
    assert_eq!(sparse.prove().0, dense.prove().0);
}

/// `(num_vars, groups, leaves)` against the number of scalars that the protocol prescribes: values in the clear, then rounds
/// and evaluations of every layer.
#[test]
fn proof_sizes_are_pinned() {
    assert_eq!(CLEAR_VARS, 2);
    for ((num_vars, groups, leaves), scalars) in [
        ((0, 1, 1), 1),
        ((1, 3, 1), 3 * 2),
        ((3, 2, 1), 2 * 4 + (4 + 4)),
        ((3, 2, 5), 2 * 4 + (4 + 4) + (6 + 4) + (6 + 6) + (6 + 10)),
    ] {
        let statement = Dense::random(num_vars, 1, leaves, groups, 320);
        assert_eq!(statement.prove().0.len(), 32 * scalars);
        assert_eq!(message_scalars(&[statement.shape()]), scalars);
    }
}

/// A dense product and a sparse one side by side.
pub struct Both {
    pub dense: Dense,
    pub sparse: Sparse,
}

impl Both {
    pub fn random(step_vars: usize, len: usize, num_leaves: usize, cell_vars: usize, seed: u64) -> Self {
        let dense = Dense::random(step_vars, len, num_leaves, 2, seed);
        Self { dense, sparse: Sparse::random(cell_vars, |i| i % 3 != 1, seed + 1) }
    }

    pub fn shapes(&self) -> [ProductShape; 2] {
        [self.dense.shape(), self.sparse.shape()]
    }

    pub fn prove(&self) -> (Vec<u8>, ChallengeTape, Vec<LeafClaims>) {
        let leaves = StoredLeaves::new(self.dense.groups.clone());
        let mut dense = DenseProduct::new(self.dense.num_vars, &leaves, Plan::default());
        let mut sparse = SparseProduct::new(self.sparse.leaves.clone());
        let mut channel = session().into_prover();
        let claims = prove(&mut [&mut dense, &mut sparse], &mut channel);
        let tape = channel.tape();
        (channel.finish().0, tape, claims)
    }

    /// The whole verifier of both.
    pub fn verify(&self, session: Session<Ready>, proof: &[u8]) -> Result<Vec<LeafClaims>, Rejection> {
        let mut channel = session.into_verifier(proof);
        let out = verify(&self.shapes(), &mut channel)?;
        assert_eq!(out.len(), 2);
        self.dense.check_leaves(&out[0])?;
        self.sparse.check(&out[1])?;
        channel.finish()?;
        if out[0].products == self.dense.products() { Ok(out) } else { Err(Rejection::Product) }
    }
}

/// Either product may be the larger one, or end first, by its variables or by its slot levels.
#[test]
fn products_side_by_side_are_complete() {
    for step_vars in 0..6usize {
        for cell_vars in 0..9usize {
            for num_leaves in [1, 2, 5, 18] {
                let full = 1usize << step_vars;
                let len = [full, full / 2 + 1, 1][(step_vars + cell_vars + num_leaves) % 3];
                let both = Both::random(step_vars, len, num_leaves, cell_vars, 340);
                let case = format!("{step_vars} and {cell_vars} variables, {len} rows, {num_leaves} leaves");
                let (proof, _, claims) = both.prove();
                let verified = both.verify(session(), &proof).unwrap_or_else(|e| panic!("{case}: {e:?}"));
                assert_eq!(proof.len(), 32 * message_scalars(&both.shapes()), "{case}");
                for (proven, verified) in claims.iter().zip(&verified) {
                    assert_eq!(proven.products, verified.products, "{case}");
                    assert_eq!(proven.point, verified.point, "{case}");
                    assert_eq!(proven.claims, verified.claims, "{case}");
                }
                assert_eq!(verified[0].point.len(), step_vars, "{case}");
                assert_eq!(verified[1].point.len(), cell_vars, "{case}");
            }
        }
    }
}

/// Two products of the size of a real run cost the rounds of one: 16 variables and 18 leaves beside 20 variables.
#[test]
fn smaller_products_cost_no_rounds() {
    let steps = ProductShape { num_vars: 16, num_groups: 2, num_leaves: 18 };
    let cells = ProductShape { num_vars: 20, num_groups: 2, num_leaves: 1 };
    let rounds = 2 * ((2..20).sum::<usize>() + 16);
    let evaluations = 4 * (14 + 18) + 2 * (2 + 3 + 5 + 9 + 18);
    assert_eq!(message_scalars(&[steps, cells]), 16 + rounds + evaluations);
    assert_eq!(message_scalars(&[steps, cells]), 628);
    assert!(message_scalars(&[steps]) + message_scalars(&[cells]) > 628 + 300);
}

#[test]
#[should_panic(expected = "one number of leaves")]
fn ragged_groups_are_refused() {
    let mut statement = Dense::random(3, 5, 3, 2, 330);
    statement.groups[1].pop();
    statement.prove();
}

#[test]
#[should_panic(expected = "prefix longer than the hypercube")]
fn overlong_prefixes_are_refused() {
    let mut statement = Dense::random(3, 8, 1, 1, 331);
    statement.num_vars = 2;
    statement.prove();
}

#[test]
#[should_panic(expected = "one length")]
fn prefixes_of_different_length_are_refused() {
    let mut statement = Dense::random(3, 8, 2, 1, 332);
    Arc::make_mut(&mut statement.groups[0][1]).pop();
    statement.prove();
}
