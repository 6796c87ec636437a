//! Counts of what a prover does, by phase: the same on every machine and for every number of threads.
//!
//! Kernels tell how many elements they are given, once a call; what an element costs is fixed ([`Kernel::cost`]). So a
//! count says what the algorithm asks for, not which instructions do it: a product on eight lanes is eight products. Where
//! nobody counts, a call costs a load and a branch, for a hundred elements and more.
//!
//! **Counted** is all work that grows with the run or with the number of a proof's messages: loops over slices, forms,
//! tables of `eq`, sparse layers, transforms, additions in multi-scalar multiplications, pairings, hashes. **Not counted** are
//! inversions, of which there is one for thousands of additions, conversions between representations, final exponentiations
//! and other products outside of kernels of which a round has a few.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kernel {
    /// `a b`, entry by entry.
    Products,
    /// `sum a b`, reduced once.
    InnerProducts,
    /// `y + c x`.
    ScaledSums,
    /// `low + r (high - low)`.
    Binds,
    /// `a - b`.
    Differences,
    /// Terms of affine forms in small integers: an element times an integer of at most 32 bits, added.
    FormTerms,
    /// Elements times integers of at most 64 bits, added: evaluations and combinations of columns.
    IntegerSums,
    /// Entries of tables of `eq`.
    EqTables,
    /// Products on listed positions: sparse grand products and relations.
    SparseProducts,
    /// Butterflies of transforms.
    Butterflies,
    /// Additions and doublings in `G1`.
    G1Additions,
    /// Additions and doublings in `G2`.
    G2Additions,
    /// Products of points of `G2` by full-size scalars that arkworks computes, in sums of many.
    G2Scalars,
    /// Pairs of points in Miller loops.
    MillerLoops,
    /// Products and squarings in powers of elements of the target group.
    TargetProducts,
    /// Permutations of Keccak-f[1600].
    KeccakPermutations,
    /// Compressions of BLAKE3.
    Blake3Compressions,
    /// Bytes of columns as they are stored, when they are committed.
    BytesCommitted,
    /// Bytes of messages.
    BytesSent,
}

/// What one element costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Products of two scalars.
    pub multiplications: u64,
    /// Products of a scalar by an integer of at most 64 bits.
    pub small_multiplications: u64,
    /// Sums and differences of scalars.
    pub additions: u64,
    /// Bytes read and written, every operand once.
    pub bytes_touched: u64,
}

impl Kernel {
    /// Every kernel, in the order of reports.
    pub const ALL: [Self; 19] = [
        Self::Products,
        Self::InnerProducts,
        Self::ScaledSums,
        Self::Binds,
        Self::Differences,
        Self::FormTerms,
        Self::IntegerSums,
        Self::EqTables,
        Self::SparseProducts,
        Self::Butterflies,
        Self::G1Additions,
        Self::G2Additions,
        Self::G2Scalars,
        Self::MillerLoops,
        Self::TargetProducts,
        Self::KeccakPermutations,
        Self::Blake3Compressions,
        Self::BytesCommitted,
        Self::BytesSent,
    ];

    /// Name in data files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::InnerProducts => "inner_products",
            Self::ScaledSums => "scaled_sums",
            Self::Binds => "binds",
            Self::Differences => "differences",
            Self::FormTerms => "form_terms",
            Self::IntegerSums => "integer_sums",
            Self::EqTables => "eq_tables",
            Self::SparseProducts => "sparse_products",
            Self::Butterflies => "butterflies",
            Self::G1Additions => "g1_additions",
            Self::G2Additions => "g2_additions",
            Self::G2Scalars => "g2_scalars",
            Self::MillerLoops => "miller_loops",
            Self::TargetProducts => "target_products",
            Self::KeccakPermutations => "keccak_permutations",
            Self::Blake3Compressions => "blake3_compressions",
            Self::BytesCommitted => "bytes_committed",
            Self::BytesSent => "bytes_sent",
        }
    }

    /// What an element costs in scalars and in bytes of them. Group operations are counted by themselves, and are no
    /// scalar multiplications here; a point is 64 bytes.
    pub const fn cost(self) -> Cost {
        let [multiplications, small_multiplications, additions, bytes_touched] = match self {
            Self::Products => [1, 0, 0, 96],
            Self::ScaledSums => [1, 0, 1, 96],
            Self::Binds => [1, 0, 2, 96],
            Self::Differences => [0, 0, 1, 96],
            Self::InnerProducts | Self::EqTables | Self::SparseProducts => [1, 0, 1, 64],
            Self::FormTerms => [0, 1, 1, 4],
            Self::IntegerSums => [0, 1, 1, 36],
            Self::Butterflies => [1, 0, 2, 128],
            Self::G1Additions | Self::MillerLoops => [0, 0, 0, 192],
            Self::G2Additions => [0, 0, 0, 384],
            Self::G2Scalars => [0, 0, 0, 160],
            Self::TargetProducts => [0, 0, 0, 1152],
            Self::KeccakPermutations => [0, 0, 0, 136],
            Self::Blake3Compressions => [0, 0, 0, 64],
            Self::BytesCommitted | Self::BytesSent => [0, 0, 0, 1],
        };
        Cost { multiplications, small_multiplications, additions, bytes_touched }
    }
}

/// Most phases that are told apart.
pub const MAX_PHASES: usize = 16;

type Table = [[u64; Kernel::ALL.len()]; MAX_PHASES];

static COUNTING: AtomicBool = AtomicBool::new(false);
static PHASE: AtomicUsize = AtomicUsize::new(0);
static COUNTERS: [[AtomicU64; Kernel::ALL.len()]; MAX_PHASES] =
    [const { [const { AtomicU64::new(0) }; Kernel::ALL.len()] }; MAX_PHASES];

/// Counts `elements` of a kernel in the current phase, if anybody counts.
#[inline]
pub fn add(kernel: Kernel, elements: usize) {
    if COUNTING.load(Relaxed) {
        COUNTERS[PHASE.load(Relaxed)][kernel as usize].fetch_add(elements as u64, Relaxed);
    }
}

/// Counts the compressions of `times` hashes of `len` bytes by BLAKE3: a compression for each 64 bytes of a chunk of 1,024,
/// one at least, and one for each two chunks that are joined.
pub fn blake3(len: usize, times: usize) {
    let (chunks, rest) = (len.div_ceil(1024).max(1), len - len.saturating_sub(1) / 1024 * 1024);
    add(Kernel::Blake3Compressions, times * (16 * (chunks - 1) + rest.div_ceil(64).max(1) + chunks - 1));
}

/// Counts the permutations of a hash of `len` bytes by Keccak-256.
pub fn keccak256(len: usize) {
    add(Kernel::KeccakPermutations, len / 136 + 1);
}

/// What follows belongs to phase number `phase`.
///
/// # Panics
/// When the number is not below [`MAX_PHASES`].
pub fn set_phase(phase: usize) {
    assert!(phase < MAX_PHASES, "phase {phase} of {MAX_PHASES}");
    PHASE.store(phase, Relaxed);
}

/// Counts by phase and kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts(Table);

impl Counts {
    /// Elements that a kernel was given in a phase.
    ///
    /// # Panics
    /// When the number of the phase is not below [`MAX_PHASES`].
    pub fn elements(&self, phase: usize, kernel: Kernel) -> u64 {
        self.0[phase][kernel as usize]
    }

    /// What all elements of a phase cost together.
    ///
    /// # Panics
    /// As [`Self::elements`].
    pub fn cost(&self, phase: usize) -> Cost {
        let mut total = Cost::default();
        for kernel in Kernel::ALL {
            let (n, cost) = (self.elements(phase, kernel), kernel.cost());
            total.multiplications += n * cost.multiplications;
            total.small_multiplications += n * cost.small_multiplications;
            total.additions += n * cost.additions;
            total.bytes_touched += n * cost.bytes_touched;
        }
        total
    }
}

/// Does the work and counts it, from phase 0 on. All that the process does meanwhile is counted, by whichever thread; a
/// second call waits for the first.
pub fn record<R>(work: impl FnOnce() -> R) -> (R, Counts) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    /// Ends the counting, after a panic too.
    struct Counting;
    impl Drop for Counting {
        fn drop(&mut self) {
            COUNTING.store(false, Relaxed);
        }
    }

    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    COUNTERS.as_flattened().iter().for_each(|c| c.store(0, Relaxed));
    set_phase(0);
    COUNTING.store(true, Relaxed);
    let counting = Counting;
    let result = work();
    drop(counting);
    let counts = COUNTERS.each_ref().map(|phase| phase.each_ref().map(|c| c.load(Relaxed)));
    (result, Counts(counts))
}
