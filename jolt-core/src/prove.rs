//! The prover.

use crate::{
    cells::{CellContext, fixed_cells},
    columns as col,
    error::ProveError,
    operations::{Fingerprint, Leaf, operations},
    plan::Plan,
    products,
    program::Program,
    protocol::{
        self, NUM_CELL_COLUMNS, NUM_GROUPS, PrivateWeights, Shape, balanced, boundary, cell, cell_claim, cell_relation,
        cell_weights, label, section, session, step_claim, step_relation,
    },
    statement::{Config, Header, SetupId},
    witness::{self, TouchedCell, Witness},
};
use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
    count::{self, Kernel},
};
use lariat_emulator::machine::{Inputs, TraceResult, trace};
use lariat_pcs::{CommitHint, Pcs, Schemes, Workload};
use lariat_sumcheck::{
    Instance,
    dense_product::{EqFactorTables, evaluate_column},
    engine,
    grand_product::{DenseProduct, ProductProver, SparseProduct},
    leaves::ColumnLeaves,
    ledger::Ledger,
    quadratic::QuadraticProver,
    reduction::Reduced,
    sparse_product::SparseLayer,
    sparse_quadratic::SparseQuadraticProver,
};
use lariat_transcript::{EventLog, Ready, Session};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tracing::{Span, info_span, span::EnteredSpan};

/// Part of a proof's making; the order is that of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Running the program with a trace.
    Execute,
    /// Public parameters of the commitment scheme.
    Setup,
    /// From the trace to columns.
    Witness,
    /// Commitments.
    Commit,
    /// Grand products over steps and over cells.
    Products,
    /// The main sumcheck.
    MainSumcheck,
    /// Evaluations and opening.
    Open,
}

impl Phase {
    /// Every phase in order.
    pub const ALL: [Self; 7] =
        [Self::Execute, Self::Setup, Self::Witness, Self::Commit, Self::Products, Self::MainSumcheck, Self::Open];

    /// Name in data files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Execute => "execute",
            Self::Setup => "setup",
            Self::Witness => "witness",
            Self::Commit => "commit",
            Self::Products => "products",
            Self::MainSumcheck => "main_sumcheck",
            Self::Open => "open",
        }
    }

    /// A span of that name.
    pub fn span(self) -> Span {
        match self {
            Self::Execute => info_span!("execute"),
            Self::Setup => info_span!("setup"),
            Self::Witness => info_span!("witness"),
            Self::Commit => info_span!("commit"),
            Self::Products => info_span!("products"),
            Self::MainSumcheck => info_span!("main_sumcheck"),
            Self::Open => info_span!("open"),
        }
    }
}

/// How a program is proven.
#[derive(Clone, Copy, Debug)]
pub struct ProveOptions {
    /// Scheme, argument, hash and table size.
    pub config: Config,
    /// Most steps that the program may take.
    pub max_steps: u64,
    /// How much the prover keeps.
    pub plan: Plan,
}

impl Default for ProveOptions {
    fn default() -> Self {
        Self { config: Config::default(), max_steps: 1 << 24, plan: Plan::default() }
    }
}

/// A proof with what its making cost.
#[derive(Debug)]
pub struct Proven {
    /// The proof file's bytes: header, then messages.
    pub proof: Vec<u8>,
    /// The header.
    pub header: Header,
    /// Executed instructions; `header.steps` counts rows.
    pub instructions: u64,
    /// Time of each phase.
    pub phases: Vec<(Phase, Duration)>,
    /// Every message and challenge.
    pub log: EventLog,
    /// The values of the challenges, for attacks.
    #[cfg(feature = "test-util")]
    pub tape: lariat_transcript::ChallengeTape,
}

/// Runs a program and proves the run. `progress` is told when a phase begins.
///
/// # Errors
/// When the program does not run to its end or is too long for a proof, or when `schemes` lacks the configured scheme,
/// its parameters or the leave to use them.
pub fn prove(
    program: &Program,
    inputs: Inputs<'_>,
    options: &ProveOptions,
    schemes: &Schemes,
    progress: &mut dyn FnMut(Phase),
) -> Result<Proven, ProveError> {
    progress(Phase::Execute);
    let start = Instant::now();
    let trace = Phase::Execute.span().in_scope(|| trace(program.image(), inputs, options.max_steps))?;
    let execute = start.elapsed();
    let mut proven = prove_trace_by(program, inputs, options, schemes, trace, progress)?;
    proven.phases.insert(0, (Phase::Execute, execute));
    Ok(proven)
}

/// Proves a traced run.
///
/// # Errors
/// When the trace is empty or too long for a proof, has a row that is at no instruction, has impossible extents, or accesses memory
/// outside of them. A trace that is no execution in another way gives a proof that does not verify.
pub fn prove_trace(
    program: &Program,
    inputs: Inputs<'_>,
    config: Config,
    schemes: &Schemes,
    trace: TraceResult,
    progress: &mut dyn FnMut(Phase),
) -> Result<Proven, ProveError> {
    prove_trace_by(program, inputs, &ProveOptions { config, ..ProveOptions::default() }, schemes, trace, progress)
}

fn prove_trace_by(
    program: &Program,
    inputs: Inputs<'_>,
    options: &ProveOptions,
    schemes: &Schemes,
    trace: TraceResult,
    progress: &mut dyn FnMut(Phase),
) -> Result<Proven, ProveError> {
    progress(Phase::Witness);
    let start = Instant::now();
    let witness = witness::build(program, options.config, inputs, &trace)?;
    let elapsed = start.elapsed();
    let instructions = trace.run.steps;
    drop(trace);
    let mut proven = prove_witness_by(program, witness, options.plan, schemes, progress)?;
    proven.instructions = instructions;
    proven.phases.insert(0, (Phase::Witness, elapsed));
    Ok(proven)
}

/// [`prove_witness_by`] the default plan.
///
/// # Errors
/// As [`prove_witness_by`].
pub fn prove_witness(
    program: &Program,
    witness: Witness,
    schemes: &Schemes,
    progress: &mut dyn FnMut(Phase),
) -> Result<Proven, ProveError> {
    prove_witness_by(program, witness, Plan::default(), schemes, progress)
}

/// Proves a witness without checking it: a bad witness gives a proof that does not verify.
///
/// # Errors
/// When the commitment scheme cannot carry the witness.
#[tracing::instrument(skip_all, name = "prove")]
pub fn prove_witness_by(
    program: &Program,
    witness: Witness,
    plan: Plan,
    schemes: &Schemes,
    progress: &mut dyn FnMut(Phase),
) -> Result<Proven, ProveError> {
    prove_in(program, witness, plan, schemes, |session| session, progress)
}

/// [`prove_witness`] on challenges that are not drawn but given. For attacks only.
///
/// # Errors
/// As [`prove_witness`].
///
/// # Panics
/// When the tape does not hold the challenges that the prover asks for.
#[cfg(feature = "test-util")]
pub fn prove_witness_frozen(
    program: &Program,
    witness: Witness,
    schemes: &Schemes,
    tape: &lariat_transcript::ChallengeTape,
) -> Result<Proven, ProveError> {
    let freeze = |session: Session<Ready>| session.freeze(tape.clone());
    prove_in(program, witness, Plan::default(), schemes, freeze, &mut |_| {})
}

fn prove_in(
    program: &Program,
    witness: Witness,
    plan: Plan,
    schemes: &Schemes,
    prepare: impl FnOnce(Session<Ready>) -> Session<Ready>,
    progress: &mut dyn FnMut(Phase),
) -> Result<Proven, ProveError> {
    let mut clock = Clock { progress, phases: Vec::new(), current: None };
    let Witness { mut header, layout, columns, cells, private_words } = witness;
    let params = header.config.params;
    let shape = Shape::new(params, &header, &layout);

    // Step 0: parameters and transcript.
    clock.begin(Phase::Setup);
    let pcs: Arc<dyn Pcs> = schemes.setup(header.config.pcs, Workload { num_vars: &shape.all_columns() })?;
    pcs.prepare_prover();
    header.setup = SetupId::of(pcs.as_ref());
    let mut channel = prepare(session(&header, pcs.as_ref())).into_prover();

    // Step 1: commitments.
    clock.begin(Phase::Commit);
    let private = Column::new(shape.private_vars, ColumnData::U32(private_words));
    let cell_columns = cell_columns(shape.cell_vars, &cells);
    let step_columns: Vec<&Column> = columns.iter().collect();
    let committed: Vec<&Column> =
        step_columns[..col::num_committed(params)].iter().copied().chain(&cell_columns).collect();
    count::add(
        Kernel::BytesCommitted,
        std::iter::once(&private).chain(committed.iter().copied()).map(Column::heap_bytes).sum(),
    );
    channel.section(section::PRIVATE);
    let private_hint = pcs.commit(&[&private], &mut channel)?;
    channel.section(section::COMMITMENTS);
    let witness_hint = pcs.commit(&committed, &mut channel)?;

    // Step 2: fingerprints and the leaves of the grand products.
    clock.begin(Phase::Products);
    let [tau, gamma] = channel.challenge_array(label::FINGERPRINT);
    let fp = Fingerprint::new(tau, gamma);
    let ops = operations(params);
    let groups: [Vec<Leaf>; NUM_GROUPS] =
        [ops.iter().map(|op| op.read_leaf(&fp)).collect(), ops.iter().map(|op| op.write_leaf(&fp)).collect()];
    let forms = groups.each_ref().map(|leaves| leaves.iter().map(Leaf::form).collect());
    let leaves = ColumnLeaves::new(&step_columns, &forms);
    let mut step_product = DenseProduct::new(shape.step_vars, &leaves, plan.products);
    let cx = CellContext { params, image: program.image(), bytecode: program.bytecode(), header: &header };
    let cell_leaves = cell_leaves(&cx, &layout, &cells, private_values(&private), &fp);
    let mut cell_product = SparseProduct::new(cell_leaves);

    // Step 3: the grand products over steps and over cells.
    let provers: &mut [&mut dyn ProductProver] = &mut [&mut step_product, &mut cell_product];
    let (claims, upper) = products::prove(&shape, provers, pcs.as_ref(), &mut channel)?;
    drop((step_product, cell_product));
    let [step_claims, cell_claims] = protocol::step_and_cell_claims(claims).expect("there are two products");
    debug_assert_eq!(NUM_CELL_COLUMNS, cell_columns.len());
    tracing::debug!(
        balanced = balanced(boundary(&fp, program.bytecode().entry, header.steps), &step_claims, &cell_claims)
    );

    // Step 4: one sumcheck for leaves and constraints, over steps and over cells.
    clock.begin(Phase::MainSumcheck);
    channel.section(section::MAIN);
    let rho = channel.challenge(label::STEP_BATCHING);
    let sigma = channel.challenge(label::CELL_BATCHING);
    let relation = step_relation(params, program.bytecode().code_base, &ops, &fp, rho);
    let cells_relation = cell_relation(&fp, sigma);
    let private_weights = PrivateWeights::new(&layout, &header, sigma, &cell_claims.point);
    let private_weights = private_weights.ok_or(ProveError::DegeneratePoint)?;
    let dense = layout.dense(&cx, &fp, &cell_weights(&fp, sigma, &private_weights));
    let rows = cell_rows(&cells, &layout, private_values(&private), &header, &private_weights);
    let mut step_prover = QuadraticProver::new(&relation, step_columns, &step_claims.point, plan.depth);
    let mut cell_prover =
        SparseQuadraticProver::<{ cell::NUM_SPARSE }>::new(&cells_relation, rows, vec![dense], &cell_claims.point);
    let mu = upper.as_ref().map(|_| channel.challenge(label::COLUMN_BATCHING));
    let mut column_prover = upper.as_ref().zip(mu).map(|(upper, mu)| {
        let columns: Vec<&Column> = upper.columns.iter().collect();
        (upper.claims.prover(mu, &columns), upper.claims.claim(mu))
    });
    let mut instances = vec![
        Instance { prover: &mut step_prover, claim: step_claim(&step_claims, rho) },
        Instance { prover: &mut cell_prover, claim: cell_claim(&cell_claims, sigma, &header) },
    ];
    instances.extend(column_prover.as_mut().map(|(prover, claim)| Instance { prover, claim: *claim }));
    let point = engine::prove(label::MAIN, &mut instances, &mut channel);
    drop(instances);
    drop((step_prover, column_prover));

    // Step 5: evaluations and their opening.
    clock.begin(Phase::Open);
    channel.section(section::EVALUATIONS);
    let (product_columns, product_hint) = upper.map_or((Vec::new(), None), |upper| (upper.columns, Some(upper.hint)));
    let opened: Vec<&Column> = std::iter::once(&private).chain(committed).chain(&product_columns).collect();
    let evals = evaluate_all(&opened, &point);
    let mut ledger = Ledger::new(shape.all_columns());
    ledger.send(label::EVALUATIONS, &point, 0..opened.len(), &evals, &mut channel);
    channel.section(section::OPENING);
    // All claims lie at suffixes of one point, so that this sends nothing.
    let Reduced { point, evals } = ledger.prove_reduction(&opened, &mut channel);
    let hints: Vec<CommitHint> = [private_hint, witness_hint].into_iter().chain(product_hint).collect();
    pcs.open(&opened, &hints, &point, &evals, &mut channel)?;

    let phases = clock.end();

    #[cfg(feature = "test-util")]
    let tape = channel.tape();
    let (messages, log) = channel.finish();
    let mut proof = header.to_bytes();
    proof.extend(messages);
    Ok(Proven {
        proof,
        instructions: header.steps,
        header,
        phases,
        log,
        #[cfg(feature = "test-util")]
        tape,
    })
}

/// Measures one phase after the other; each is a span.
struct Clock<'a> {
    progress: &'a mut dyn FnMut(Phase),
    phases: Vec<(Phase, Duration)>,
    current: Option<(Phase, Instant, EnteredSpan)>,
}

impl Clock<'_> {
    fn begin(&mut self, phase: Phase) {
        self.stop();
        count::set_phase(phase as usize);
        (self.progress)(phase);
        self.current = Some((phase, Instant::now(), phase.span().entered()));
    }

    fn stop(&mut self) {
        if let Some((phase, start, _)) = self.current.take() {
            self.phases.push((phase, start.elapsed()));
        }
    }

    fn end(mut self) -> Vec<(Phase, Duration)> {
        self.stop();
        self.phases
    }
}

fn private_values(private: &Column) -> &[u32] {
    match private.data() {
        ColumnData::U32(v) => v,
        _ => &[],
    }
}

/// `touched`, final value and timestamp over the cells.
fn cell_columns(num_vars: usize, cells: &[TouchedCell]) -> Vec<Column> {
    let sparse = |value: fn(&TouchedCell) -> u32| {
        let entries = cells.iter().map(|c| (c.cell, value(c))).filter(|e| e.1 != 0).collect();
        Column::new(num_vars, ColumnData::Sparse(entries))
    };
    vec![sparse(|_| 1), sparse(|c| c.value), sparse(|c| c.timestamp)]
}

/// Initial and final leaves of the touched cells.
fn cell_leaves(
    cx: &CellContext<'_>,
    layout: &crate::cells::CellLayout,
    cells: &[TouchedCell],
    private: &[u32],
    fp: &Fingerprint,
) -> SparseLayer<2> {
    use crate::operations::{FIELD_TS, FIELD_VALUE};
    let (value, ts) = (fp.powers[FIELD_VALUE], fp.powers[FIELD_TS]);
    let (private_base, _) = protocol::private_block(layout);
    let mut entries = vec![(0u32, [Fr::one(); 2]); cells.len()];
    count::add(Kernel::IntegerSums, 3 * cells.len());
    lariat_algebra::par::for_each_mut(&mut entries, |k, entry| {
        let c = &cells[k];
        let at = layout.regions.partition_point(|r| r.base <= c.cell as usize).saturating_sub(1);
        let region = &layout.regions[at];
        let i = c.cell as usize - region.base;
        let fixed = cx.fingerprint(region, i, fp).unwrap_or_else(Fr::zero);
        let initial = if region.base == private_base {
            private.get(i).copied().unwrap_or(0)
        } else {
            cx.initial_value(region, i)
        };
        let first = fixed + value * Fr::from(initial);
        let last = fixed + value * Fr::from(c.value) + ts * Fr::from(c.timestamp);
        *entry = (c.cell, [first, last]);
    });
    SparseLayer { num_vars: layout.num_vars, entries }
}

/// Sparse columns of the cell relation on one cell.
type CellRow = (u32, [Fr; cell::NUM_SPARSE]);

/// Rows of the sparse columns of the cell relation.
fn cell_rows(
    cells: &[TouchedCell],
    layout: &crate::cells::CellLayout,
    private: &[u32],
    header: &Header,
    weights: &PrivateWeights,
) -> Vec<CellRow> {
    let row = |at: usize, entries: &[(usize, Fr)]| {
        let mut v = [Fr::zero(); cell::NUM_SPARSE];
        for (column, x) in entries {
            v[*column] = *x;
        }
        (at as u32, v)
    };
    let mut rows: Vec<CellRow> = cells
        .iter()
        .map(|c| {
            let (value, timestamp) = (Fr::from(c.value), Fr::from(c.timestamp));
            row(c.cell as usize, &[(cell::TOUCHED, Fr::one()), (cell::VALUE, value), (cell::TIMESTAMP, timestamp)])
        })
        .collect();
    let (private_base, _) = protocol::private_block(layout);
    let words = private.iter().enumerate().filter(|(_, w)| **w != 0);
    rows.extend(words.map(|(i, &w)| row(private_base + i, &[(cell::PRIVATE, Fr::from(w))])));
    let fixed = fixed_cells(layout, header);
    rows.extend(fixed.iter().map(|&(at, w)| row(at, &[(cell::MASK, Fr::one()), (cell::FIXED, Fr::from(w))])));
    rows.extend(weights.words.iter().map(|(at, w)| row(*at, &[(cell::PRIVATE_WEIGHT, *w)])));
    // A cell has several rows, each with columns of its own.
    rows.sort_by_key(|r| r.0);
    rows.dedup_by(|next, row| {
        let same = next.0 == row.0;
        if same {
            row.1.iter_mut().zip(next.1).for_each(|(x, y)| *x += y);
        }
        same
    });
    rows
}

/// Evaluations of columns at suffixes of a point.
fn evaluate_all(columns: &[&Column], point: &[Fr]) -> Vec<Fr> {
    let mut tables: Vec<(usize, EqFactorTables)> = Vec::new();
    for c in columns {
        let m = c.num_vars();
        if tables.iter().all(|t| t.0 != m) {
            tables.push((m, EqFactorTables::new(&point[point.len() - m..])));
        }
    }
    columns
        .iter()
        .map(|c| {
            let table = tables.iter().find(|t| t.0 == c.num_vars());
            table.map_or_else(Fr::zero, |t| evaluate_column(c, &t.1))
        })
        .collect()
}
