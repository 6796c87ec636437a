//! The protocol by the letter, over any field elements.

use super::{Cell, Forgery};
use crate::checker::{Tuple, op_tuples, small};
use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
    poly::{Univariate, eq_evals},
};
use lariat_jolt_core::{
    Schemes, SetupId,
    cells::fixed_cells,
    operations::{Fingerprint, operations},
    products,
    protocol::{self, PrivateWeights, Shape, cell, label, section, session},
};
use lariat_pcs::{CommitHint, Workload};
use lariat_sumcheck::{
    Instance, RoundProver, engine,
    grand_product::{DenseProduct, Plan, ProductProver, SparseProduct},
    leaves::StoredLeaves,
    ledger::Ledger,
    quadratic::QuadraticRelation,
    sparse_product::SparseLayer,
    sparse_quadratic::SparseQuadraticProver,
};
use lariat_transcript::{ChallengeTape, EventLog, Ready, Session};
use std::{collections::BTreeMap, sync::Arc};

impl Forgery {
    /// Proves this as if it were true.
    pub fn prove(&self, schemes: &Schemes) -> Vec<u8> {
        self.prove_in(schemes, |session| session).0
    }

    /// [`Self::prove`] on given challenges.
    pub fn prove_frozen(&self, schemes: &Schemes, tape: &ChallengeTape) -> Vec<u8> {
        self.prove_frozen_with_log(schemes, tape).0
    }

    /// [`Self::prove_frozen`], with the log: lengths of messages depend on what is zero.
    pub fn prove_frozen_with_log(&self, schemes: &Schemes, tape: &ChallengeTape) -> (Vec<u8>, EventLog) {
        self.prove_in(schemes, |session| session.freeze(tape.clone()))
    }

    fn prove_in(
        &self,
        schemes: &Schemes,
        prepare: impl FnOnce(Session<Ready>) -> Session<Ready>,
    ) -> (Vec<u8>, EventLog) {
        let params = self.params();
        let mut header = self.header.clone();
        let shape = Shape::new(params, &header, &self.layout);
        let pcs = schemes.setup(header.config.pcs, Workload { num_vars: &shape.all_columns() }).unwrap();
        header.setup = SetupId::of(pcs.as_ref());
        let header = &header;
        let mut channel = prepare(session(header, pcs.as_ref())).into_prover();

        // Step 1: commitments.
        let private = Column::new(shape.private_vars, ColumnData::Field(self.private.clone()));
        let step_columns: Vec<Column> =
            self.columns.iter().map(|c| Column::new(shape.step_vars, ColumnData::Field(c.clone()))).collect();
        let cell_columns: Vec<Column> = [|c: &Cell| c.touched, |c: &Cell| c.value, |c: &Cell| c.timestamp]
            .into_iter()
            .map(|part| sparse_column(shape.cell_vars, self.cells.iter().map(|(&at, c)| (at, part(c)))))
            .collect();
        let committed: Vec<&Column> = step_columns.iter().chain(&cell_columns).collect();
        channel.section(section::PRIVATE);
        let private_hint = pcs.commit(&[&private], &mut channel).unwrap();
        channel.section(section::COMMITMENTS);
        let witness_hint = pcs.commit(&committed, &mut channel).unwrap();

        // Step 2: fingerprints and the leaves of the grand products.
        let [tau, gamma] = channel.challenge_array(label::FINGERPRINT);
        let fp = Fingerprint::new(tau, gamma);
        let ops = operations(params);
        let rows: Vec<Vec<Fr>> = (0..self.rows()).map(|i| self.row(i)).collect();
        let mut groups: Vec<Vec<_>> = vec![Vec::new(), Vec::new()];
        for op in &ops {
            for (side, group) in groups.iter_mut().enumerate() {
                let leaves: Vec<Fr> = rows.iter().map(|z| fingerprint(&op_tuples(op, z)[side], &fp)).collect();
                group.push(Arc::new(leaves));
            }
        }
        let leaves = StoredLeaves::new(groups);
        let mut step_product = DenseProduct::new(shape.step_vars, &leaves, Plan::default());
        let entries = self
            .cells
            .iter()
            .map(|(&at, c)| (at as u32, self.cell_tuples(at, c).map(|t| fingerprint(&t, &fp))))
            .collect();
        let mut cell_product = SparseProduct::new(SparseLayer::<2> { num_vars: shape.cell_vars, entries });

        // Step 3: the grand products over steps and over cells.
        let provers: &mut [&mut dyn ProductProver] = &mut [&mut step_product, &mut cell_product];
        let (claims, upper) = products::prove(&shape, provers, pcs.as_ref(), &mut channel).unwrap();
        let [step_claims, cell_claims] = protocol::step_and_cell_claims(claims).unwrap();

        // Step 4: the main sumcheck.
        channel.section(section::MAIN);
        let rho = channel.challenge(label::STEP_BATCHING);
        let sigma = channel.challenge(label::CELL_BATCHING);
        let relation = protocol::step_relation(params, self.program.bytecode().code_base, &ops, &fp, rho);
        let cell_relation = protocol::cell_relation(&fp, sigma);
        let cx = self.context();
        let weights = PrivateWeights::new(&self.layout, header, sigma, &cell_claims.point).unwrap();
        let dense = self.layout.dense(&cx, &fp, &protocol::cell_weights(&fp, sigma, &weights));
        let mut step_prover = FormProver::new(&relation, &rows, &step_claims.point);
        let mut cell_prover = SparseQuadraticProver::<{ cell::NUM_SPARSE }>::new(
            &cell_relation,
            self.cell_rows(&weights),
            vec![dense],
            &cell_claims.point,
        );
        let mu = upper.as_ref().map(|_| channel.challenge(label::COLUMN_BATCHING));
        let mut column_prover = upper.as_ref().zip(mu).map(|(upper, mu)| {
            let columns: Vec<&Column> = upper.columns.iter().collect();
            (upper.claims.prover(mu, &columns), upper.claims.claim(mu))
        });
        let mut instances = vec![
            Instance { prover: &mut step_prover, claim: protocol::step_claim(&step_claims, rho) },
            Instance { prover: &mut cell_prover, claim: protocol::cell_claim(&cell_claims, sigma, header) },
        ];
        instances.extend(column_prover.as_mut().map(|(prover, claim)| Instance { prover, claim: *claim }));
        let point = engine::prove(label::MAIN, &mut instances, &mut channel);

        // Step 5: evaluations and their opening.
        channel.section(section::EVALUATIONS);
        let (product_columns, product_hint) =
            upper.map_or((Vec::new(), None), |upper| (upper.columns, Some(upper.hint)));
        let opened: Vec<&Column> = std::iter::once(&private).chain(committed).chain(&product_columns).collect();
        let evals: Vec<Fr> = opened.iter().map(|c| evaluate(c, &point)).collect();
        Ledger::new(shape.all_columns()).send(label::EVALUATIONS, &point, 0..opened.len(), &evals, &mut channel);
        channel.section(section::OPENING);
        let hints: Vec<CommitHint> = [private_hint, witness_hint].into_iter().chain(product_hint).collect();
        pcs.open(&opened, &hints, &point, &evals, &mut channel).unwrap();
        let (messages, log) = channel.finish();
        ([header.to_bytes(), messages].concat(), log)
    }

    fn cell_rows(&self, weights: &PrivateWeights) -> Vec<(u32, [Fr; cell::NUM_SPARSE])> {
        let mut rows: BTreeMap<u32, [Fr; cell::NUM_SPARSE]> = BTreeMap::new();
        for (&at, c) in &self.cells {
            let row = rows.entry(at as u32).or_default();
            row[cell::TOUCHED] = c.touched;
            row[cell::VALUE] = c.value;
            row[cell::TIMESTAMP] = c.timestamp;
        }
        let (base, _) = protocol::private_block(&self.layout);
        for (i, w) in self.private.iter().enumerate().filter(|(_, w)| !w.is_zero()) {
            rows.entry((base + i) as u32).or_default()[cell::PRIVATE] = *w;
        }
        for (at, weight) in &weights.words {
            rows.entry(*at as u32).or_default()[cell::PRIVATE_WEIGHT] = *weight;
        }
        for (at, word) in fixed_cells(&self.layout, &self.header) {
            let row = rows.entry(at as u32).or_default();
            row[cell::MASK] = Fr::one();
            row[cell::FIXED] = Fr::from(word);
        }
        rows.into_iter().collect()
    }
}

fn fingerprint(tuple: &Tuple, fp: &Fingerprint) -> Fr {
    tuple[0] * fp.tau + tuple[1..].iter().zip(&fp.powers).map(|(c, p)| *c * p).sum::<Fr>()
}

fn sparse_column(num_vars: usize, entries: impl Iterator<Item = (usize, Fr)> + Clone) -> Column {
    let narrow: Option<Vec<(u32, u32)>> = entries
        .clone()
        .filter(|(_, v)| !v.is_zero())
        .map(|(at, v)| Some((at as u32, u32::try_from(small(v)?).ok()?)))
        .collect();
    let data = narrow.map_or_else(
        || {
            let mut full = vec![Fr::zero(); 1 << num_vars];
            for (at, v) in entries {
                full[at] = v;
            }
            ColumnData::Field(full)
        },
        ColumnData::Sparse,
    );
    Column::new(num_vars, data)
}

fn evaluate(column: &Column, point: &[Fr]) -> Fr {
    let eq = eq_evals(&point[point.len() - column.num_vars()..]);
    match column.data() {
        ColumnData::Field(v) => v.iter().zip(&eq).map(|(x, e)| *x * e).sum(),
        ColumnData::Sparse(v) => v.iter().map(|&(at, x)| Fr::from(x) * eq[at as usize]).sum(),
        _ => unreachable!("the forger makes no other columns"),
    }
}

/// A quadratic relation over field columns: factors by row, then plain evaluation at 0, 1, 2, 3.
struct FormProver {
    /// `eq`, first factors, second factors, affine part.
    tables: Vec<Vec<Fr>>,
    num_products: usize,
    num_vars: usize,
}

impl FormProver {
    fn new(relation: &QuadraticRelation, rows: &[Vec<Fr>], tau: &[Fr]) -> Self {
        let mut tables = vec![eq_evals(tau)];
        tables.extend(relation.products.iter().map(|(a, _)| rows.iter().map(|z| a.eval(z)).collect::<Vec<_>>()));
        tables.extend(relation.products.iter().map(|(_, b)| rows.iter().map(|z| b.eval(z)).collect::<Vec<_>>()));
        tables.push(rows.iter().map(|z| relation.linear.eval(z)).collect());
        Self { tables, num_products: relation.products.len(), num_vars: tau.len() }
    }
}

impl RoundProver for FormProver {
    fn num_vars(&self) -> usize {
        self.num_vars
    }

    fn degree(&self) -> usize {
        3
    }

    fn round(&mut self, _claim: Fr) -> Univariate {
        let n = self.num_products;
        let mut sums = [Fr::zero(); 4];
        for i in 0..self.tables[0].len() / 2 {
            for (x, sum) in sums.iter_mut().enumerate() {
                let x = Fr::from(x as u64);
                let at = |k: usize| {
                    let (lo, hi) = (self.tables[k][2 * i], self.tables[k][2 * i + 1]);
                    if lo == hi { lo } else { lo + x * (hi - lo) }
                };
                let products: Fr = (1..=n).map(|k| at(k) * at(n + k)).sum();
                *sum += at(0) * (products + at(2 * n + 1));
            }
        }
        Univariate::interpolate(&sums)
    }

    fn bind(&mut self, r: Fr) {
        for t in &mut self.tables {
            *t = t.chunks_exact(2).map(|p| p[0] + r * (p[1] - p[0])).collect();
        }
    }
}
