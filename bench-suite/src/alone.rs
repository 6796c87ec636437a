//! A commitment scheme alone: commit to a batch of columns, open it at one point, verify.

use crate::{AloneCell, AloneRecord, BenchError, Machine, SCHEMA, SecurityRecord, machine, measure::ns, setup};
use ark_ff::UniformRand;
use lariat_algebra::Fr;
use lariat_algebra::column::{Column, ColumnData};
use lariat_pcs::{CommitHint, Pcs, PcsError, Schemes, VerifyError, Workload};
use lariat_sumcheck::dense_product::{EqFactorTables, evaluate_column};
use lariat_transcript::{HashKind, ProverChannel, Ready, Session};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::{collections::BTreeMap, fmt, time::Instant};

const LABEL_EVALS: &str = "bench/evals";
const SEED: u64 = 0x1a21a7;

/// What a measured column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// A one among every 16 zeros, as chunks of addresses have it: a sparse column.
    OneHot,
    /// Random bits.
    Bool,
    /// Random 16-bit integers.
    U16,
    /// Random field elements.
    Full,
}

impl Values {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::OneHot, Self::Bool, Self::U16, Self::Full];

    /// Name in data files and on command lines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OneHot => "one-hot",
            Self::Bool => "bool",
            Self::U16 => "u16",
            Self::Full => "full",
        }
    }

    /// The kind with this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|values| values.name() == name)
    }

    fn column(self, num_vars: usize, rng: &mut ChaCha20Rng) -> Column {
        let n = 1usize << num_vars;
        let data = match self {
            Self::OneHot => {
                let block = n.min(16) as u32;
                let ones = (0..n as u32).step_by(16).map(|start| (start + rng.gen_range(0..block), 1));
                ColumnData::Sparse(ones.collect())
            }
            Self::Bool => ColumnData::Bool((0..n).map(|_| rng.r#gen()).collect()),
            Self::U16 => ColumnData::U16((0..n).map(|_| rng.r#gen()).collect()),
            Self::Full => ColumnData::Field((0..n).map(|_| Fr::rand(rng)).collect()),
        };
        Column::new(num_vars, data)
    }
}

impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Columns in batches, a point, and their values there.
#[derive(Clone, Debug)]
pub struct Batches {
    columns: Vec<Vec<Column>>,
    point: Vec<Fr>,
    evals: Vec<Fr>,
}

impl Batches {
    /// One batch of `columns` columns of `2^num_vars` values each; the same on every run.
    pub fn equal(values: Values, num_vars: usize, columns: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(SEED);
        Self::new(vec![(0..columns).map(|_| values.column(num_vars, &mut rng)).collect()])
    }

    /// Any batches, with a point that depends on their largest size alone.
    pub fn new(batches: Vec<Vec<Column>>) -> Self {
        let columns = || batches.iter().flatten();
        let len = columns().map(Column::num_vars).max().unwrap_or_default();
        let mut rng = ChaCha20Rng::seed_from_u64(SEED ^ 1);
        let point: Vec<Fr> = (0..len).map(|_| Fr::rand(&mut rng)).collect();
        let mut tables: BTreeMap<usize, EqFactorTables> = BTreeMap::new();
        for m in columns().map(Column::num_vars) {
            tables.entry(m).or_insert_with(|| EqFactorTables::new(&point[len - m..]));
        }
        let evals = columns().map(|c| evaluate_column(c, &tables[&c.num_vars()])).collect();
        Self { columns: batches, point, evals }
    }

    /// Numbers of variables of the columns of each batch.
    pub fn num_vars(&self) -> Vec<Vec<usize>> {
        self.columns.iter().map(|batch| batch.iter().map(Column::num_vars).collect()).collect()
    }

    fn session(pcs: &dyn Pcs) -> Session<Ready> {
        Session::new(HashKind::Blake3, "lariat-bench").bind("setup", &pcs.setup_digest())
    }

    /// Commits in a new channel, and sends the claimed values.
    ///
    /// # Errors
    /// As the scheme's `commit`.
    pub fn commit(&self, pcs: &dyn Pcs) -> Result<(Vec<CommitHint>, ProverChannel), PcsError> {
        let mut channel = Self::session(pcs).into_prover();
        let mut hints = Vec::with_capacity(self.columns.len());
        for batch in &self.columns {
            hints.push(pcs.commit(&batch.iter().collect::<Vec<_>>(), &mut channel)?);
        }
        channel.send_scalars(LABEL_EVALS, &self.evals);
        Ok((hints, channel))
    }

    /// Opens in the channel of [`Self::commit`].
    ///
    /// # Errors
    /// As the scheme's `open`.
    pub fn open(&self, pcs: &dyn Pcs, hints: &[CommitHint], channel: &mut ProverChannel) -> Result<(), PcsError> {
        let columns: Vec<&Column> = self.columns.iter().flatten().collect();
        pcs.open(&columns, hints, &self.point, &self.evals, channel)
    }

    /// Verifies the proof.
    ///
    /// # Errors
    /// Whatever the scheme or the channel finds.
    pub fn verify(&self, pcs: &dyn Pcs, proof: &[u8]) -> Result<(), VerifyError> {
        let mut channel = Self::session(pcs).into_verifier(proof);
        let mut commitments = Vec::with_capacity(self.columns.len());
        for num_vars in self.num_vars() {
            commitments.push(pcs.recv_commitments(&num_vars, &mut channel)?);
        }
        let evals = channel.recv_scalars(LABEL_EVALS, self.evals.len())?;
        pcs.verify(&commitments, &self.point, &evals, &mut channel)?;
        channel.finish()?;
        Ok(())
    }

    /// Commits and opens once, so that a scheme builds what it keeps for a process.
    ///
    /// # Errors
    /// As the scheme's `commit` and `open`.
    pub fn warm_up(&self, pcs: &dyn Pcs) -> Result<(), PcsError> {
        let (hints, mut channel) = self.commit(pcs)?;
        self.open(pcs, &hints, &mut channel)
    }
}

/// Commits, opens and verifies on the cell's threads, after doing it once without a clock.
///
/// # Errors
/// When there is no such scheme or kind of values, or the scheme refuses or rejects.
pub fn measure_alone(cell: &AloneCell, schemes: &Schemes) -> Result<AloneRecord, BenchError> {
    let scheme = setup::scheme(schemes, &cell.pcs)?;
    let values = Values::by_name(&cell.values).ok_or_else(|| BenchError::UnknownValues {
        values: cell.values.clone(),
        known: Values::ALL.map(Values::name).to_vec(),
    })?;
    machine::threads(cell.threads)?.run(|| {
        let batch = Batches::equal(values, cell.num_vars as usize, cell.columns);
        let num_vars = vec![cell.num_vars as usize; cell.columns];
        let workload = Workload { num_vars: &num_vars };
        let before = machine::mul_ns();
        let start = Instant::now();
        let pcs = schemes.setup(scheme.kind, workload)?;
        let pcs = pcs.as_ref();
        batch.warm_up(pcs)?;
        let setup_ns = ns(start.elapsed());

        let start = Instant::now();
        let (hints, mut channel) = batch.commit(pcs)?;
        let commit_ns = ns(start.elapsed());
        let start = Instant::now();
        batch.open(pcs, &hints, &mut channel)?;
        let open_ns = ns(start.elapsed());
        let (proof, _) = channel.finish();

        let mut times = Vec::new();
        for _ in 0..5 {
            let start = Instant::now();
            batch.verify(pcs, &proof)?;
            times.push(ns(start.elapsed()));
        }
        let batches: &[&[usize]] = &[&num_vars];
        let security = pcs.security(batches);
        let sizes = pcs.batch_sizes(batches, &proof)?;
        let point_len = cell.num_vars as usize;
        Ok(AloneRecord {
            schema: SCHEMA,
            cell: cell.clone(),
            setup: setup::record(scheme, pcs, workload),
            security: SecurityRecord { security_proven: security.proven, security_conjectured: security.conjectured },
            setup_ns,
            commit_ns,
            open_ns,
            verify_ns: median(&mut times),
            mul_ns: f64::midpoint(before, machine::mul_ns()),
            commitment_bytes: sizes.iter().map(|&batch| pcs.commitment_bytes(batch)).sum(),
            opening_bytes: pcs.opening_bytes(&sizes, point_len),
            proof_bytes: pcs.proof_bytes(&sizes, point_len),
            peak_rss_bytes: machine::peak_rss_bytes(),
            machine: Machine::detect(),
        })
    })
}

/// The median, the upper one of two; 0 of none.
pub(crate) fn median(samples: &mut [u64]) -> u64 {
    samples.sort_unstable();
    samples.get(samples.len() / 2).copied().unwrap_or_default()
}
