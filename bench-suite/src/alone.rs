//! A commitment scheme alone: commit to a batch of columns, open it at one point, verify.

use crate::{AloneCell, AloneRecord, BenchError, Machine, SCHEMA, SecurityRecord, machine, measure::ns, setup};
use ark_ff::UniformRand;
use lariat_algebra::Fr;
use lariat_algebra::column::{Column, ColumnData};
use lariat_algebra::poly::eq_evals;
use lariat_pcs::{CommitHint, Pcs, PcsError, Schemes, VerifyError, Workload};
use lariat_transcript::{HashKind, ProverChannel, Ready, Session};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::{fmt, time::Instant};

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

/// A batch of columns in the same number of variables, a point, and their values there: the same on every run.
#[derive(Clone, Debug)]
pub struct Batch {
    columns: Vec<Column>,
    num_vars: Vec<usize>,
    point: Vec<Fr>,
    evals: Vec<Fr>,
}

impl Batch {
    /// `columns` columns of `2^num_vars` values each.
    pub fn new(values: Values, num_vars: usize, columns: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(SEED);
        let columns = (0..columns).map(|_| values.column(num_vars, &mut rng)).collect();
        Self::of(columns, num_vars, &mut rng)
    }

    /// One column of each of the kinds that the zkVM commits to.
    fn mixed(num_vars: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(SEED);
        let mut columns: Vec<Column> =
            [Values::OneHot, Values::Bool, Values::U16].iter().map(|v| v.column(num_vars, &mut rng)).collect();
        let words = (0..1usize << num_vars).map(|_| rng.r#gen()).collect();
        columns.push(Column::new(num_vars, ColumnData::U32(words)));
        Self::of(columns, num_vars, &mut rng)
    }

    fn of(columns: Vec<Column>, num_vars: usize, rng: &mut ChaCha20Rng) -> Self {
        let point: Vec<Fr> = (0..num_vars).map(|_| Fr::rand(rng)).collect();
        let weights = eq_evals(&point);
        let evals = columns
            .iter()
            .map(|column| match column.data() {
                ColumnData::Sparse(entries) => entries.iter().map(|(i, v)| weights[*i as usize] * Fr::from(*v)).sum(),
                _ => weights.iter().enumerate().map(|(i, w)| *w * column.get(i)).sum(),
            })
            .collect();
        Self { num_vars: vec![num_vars; columns.len()], columns, point, evals }
    }

    /// Numbers of variables of the columns.
    pub fn num_vars(&self) -> &[usize] {
        &self.num_vars
    }

    fn refs(&self) -> Vec<&Column> {
        self.columns.iter().collect()
    }

    fn session(pcs: &dyn Pcs) -> Session<Ready> {
        Session::new(HashKind::Blake3, "lariat-bench").bind("setup", &pcs.setup_digest())
    }

    /// Commits in a new channel, and sends the claimed values.
    ///
    /// # Errors
    /// As the scheme's `commit`.
    pub fn commit(&self, pcs: &dyn Pcs) -> Result<(CommitHint, ProverChannel), PcsError> {
        let mut channel = Self::session(pcs).into_prover();
        let hint = pcs.commit(&self.refs(), &mut channel)?;
        channel.send_scalars(LABEL_EVALS, &self.evals);
        Ok((hint, channel))
    }

    /// Opens in the channel of [`Self::commit`].
    ///
    /// # Errors
    /// As the scheme's `open`.
    pub fn open(&self, pcs: &dyn Pcs, hints: &[CommitHint], channel: &mut ProverChannel) -> Result<(), PcsError> {
        pcs.open(&self.refs(), hints, &self.point, &self.evals, channel)
    }

    /// Verifies the proof.
    ///
    /// # Errors
    /// Whatever the scheme or the channel finds.
    pub fn verify(&self, pcs: &dyn Pcs, proof: &[u8]) -> Result<(), VerifyError> {
        let mut channel = Self::session(pcs).into_verifier(proof);
        let commitments = pcs.recv_commitments(&self.num_vars, &mut channel)?;
        let evals = channel.recv_scalars(LABEL_EVALS, self.columns.len())?;
        pcs.verify(&[commitments], &self.point, &evals, &mut channel)?;
        channel.finish()?;
        Ok(())
    }
}

/// A small commitment and its opening, so that a scheme builds what it keeps for a process.
pub(crate) fn warm_up(pcs: &dyn Pcs, num_vars: usize) -> Result<(), PcsError> {
    let batch = Batch::mixed(num_vars);
    let (hint, mut channel) = batch.commit(pcs)?;
    batch.open(pcs, &[hint], &mut channel)
}

/// Commits, opens and verifies in a pool of the cell's threads, after doing it once without a clock.
///
/// # Errors
/// When there is no such scheme or kind of values, or the scheme refuses or rejects.
pub fn measure_alone(cell: &AloneCell, schemes: &Schemes) -> Result<AloneRecord, BenchError> {
    let scheme = setup::scheme(schemes, &cell.pcs)?;
    let values = Values::by_name(&cell.values).ok_or_else(|| BenchError::UnknownValues {
        values: cell.values.clone(),
        known: Values::ALL.map(Values::name).to_vec(),
    })?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(cell.threads).build()?;
    pool.install(|| {
        let batch = Batch::new(values, cell.num_vars as usize, cell.columns);
        let workload = Workload { num_vars: batch.num_vars() };
        let before = machine::mul_ns();
        let start = Instant::now();
        let pcs = schemes.setup(scheme.kind, workload)?;
        let pcs = pcs.as_ref();
        let (hint, mut channel) = batch.commit(pcs)?;
        batch.open(pcs, &[hint], &mut channel)?;
        let setup_ns = ns(start.elapsed());

        let start = Instant::now();
        let (hint, mut channel) = batch.commit(pcs)?;
        let commit_ns = ns(start.elapsed());
        let hints = [hint];
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
        let security = pcs.security(&[batch.num_vars()]);
        let batches: &[&[usize]] = &[batch.num_vars()];
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
            commitment_bytes: pcs.commitment_bytes(batch.num_vars()),
            opening_bytes: pcs.opening_bytes(batches, cell.num_vars as usize),
            proof_bytes: pcs.proof_bytes(batches, cell.num_vars as usize),
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
