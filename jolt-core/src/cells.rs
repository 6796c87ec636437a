//! The cells of all memories, in one index space: tables, bytecode, registers and RAM regions side by side.
//!
//! Each region is a block of `2^s` cells at a multiple of `2^s`, so that a region's share of a multilinear extension
//! is `eq(block, high coordinates)` times a function of the low ones. Which regions there are follows from the
//! program, the parameters and the proof's header: tables that no instruction of the program looks up are left out.

use crate::{
    bytecode::{Bytecode, NUM_REGISTERS, VIRTUAL_BASE},
    operations::{
        FIELD_ADDRESS, FIELD_BYTECODE, FIELD_KEY, FIELD_VALUE, Fingerprint, TAG_BYTECODE, TAG_PRIVATE_BITS, TAG_RAM,
        TAG_RANGE_TS, TAG_REGISTER, TAG_TABLE, TS_PER_STEP,
    },
    statement::Header,
};
use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr,
    count::{self, Kernel},
    poly::{eq_evals, eq_index, interval_mle, truncated_identity_mle},
    wide::SmallAcc,
};
use lariat_emulator::{
    image::Image,
    memory_map::{
        EXIT_CELL, INITIAL_STACK_POINTER, INPUT_START, OUTPUT_START, PANIC_CELL, PRIVATE_INPUT_START, STACK_TOP,
    },
};
use lariat_subtables::{
    Params, TableId,
    decompose::{self, Flag},
    table,
};
use lariat_sumcheck::{block_column::BlockColumn, dense_product::EqFactorTables};
use std::{iter::once, ops::Range};

/// Initial contents of a RAM region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RamInit {
    /// Zeros.
    Zero,
    /// Words of an image segment.
    Segment(usize),
    /// The public input.
    Input,
    /// The committed private input.
    Private,
}

/// What a region holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionKind {
    /// Distances of timestamps that are allowed.
    RangeTs,
    /// A lookup table.
    Table(TableId),
    /// The registers.
    Registers,
    /// RAM words.
    Ram {
        /// Index of the first word: byte address divided by four.
        start: u32,
        /// Whether the guest may store here.
        writable: bool,
        /// Contents at the start.
        init: RamInit,
    },
    /// Instruction rows.
    Bytecode,
    /// Rows of virtual sequences.
    VirtualBytecode,
    /// Bits of the private input's last word, the least first: a bit is one where its cell is touched.
    PrivateBits,
}

/// A block of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// What it holds.
    pub kind: RegionKind,
    /// First cell; a multiple of `2^log_size`.
    pub base: usize,
    /// Logarithm of the block's size.
    pub log_size: usize,
    /// Cells in use, from the first; the rest of the block is not part of any memory.
    pub len: usize,
}

/// All regions of a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellLayout {
    /// Logarithm of the number of cells.
    pub num_vars: usize,
    /// The regions, by descending size.
    pub regions: Vec<Region>,
}

/// The coefficients with which the cells' public contents enter the cell relation.
#[derive(Clone, Debug)]
pub struct CellWeights {
    /// Weight of `fingerprint of the read-only part - 1`.
    pub fingerprint: Fr,
    /// Weight of the public initial value of a RAM word or register.
    pub initial: Fr,
    /// Weight of cells that belong to no memory.
    pub vacant: Fr,
    /// Weight of each bit of the private input's last word.
    pub private_bits: Vec<Fr>,
}

impl CellLayout {
    /// The layout for a program and a header.
    pub fn new(params: Params, image: &Image, bytecode: &Bytecode, header: &Header) -> Self {
        let mut wanted: Vec<(RegionKind, usize, usize)> = Vec::new();
        let log_ts = log2_ceil((TS_PER_STEP * header.steps) as usize);
        wanted.push((RegionKind::RangeTs, log_ts, 1 << log_ts));
        for id in used_tables(params, bytecode) {
            let log_size = table(id, params).log_size();
            wanted.push((RegionKind::Table(id), log_size, 1 << log_size));
        }
        let mut block = |kind, len: usize| {
            if len > 0 {
                wanted.push((kind, log2_ceil(len), len));
            }
        };
        block(RegionKind::Registers, NUM_REGISTERS);
        block(RegionKind::Bytecode, bytecode.rows.len());
        block(RegionKind::VirtualBytecode, bytecode.virtual_rows.len());
        block(RegionKind::PrivateBits, header.private_tail_bits() as usize);
        let mut ram = |start: u32, bytes: u32, writable: bool, init: RamInit| {
            block(RegionKind::Ram { start: start / 4, writable, init }, bytes as usize / 4);
        };
        for (i, s) in image.segments.iter().enumerate() {
            ram(s.start, 4 * s.num_words() as u32, s.writable, RamInit::Segment(i));
        }
        ram(image.heap_start, header.heap_high - image.heap_start, true, RamInit::Zero);
        ram(INPUT_START, 4 + (header.input.len() as u32).next_multiple_of(4), false, RamInit::Input);
        ram(PRIVATE_INPUT_START, 4 * header.private_words(), false, RamInit::Private);
        ram(OUTPUT_START, header.output_high - OUTPUT_START, true, RamInit::Zero);
        ram(PANIC_CELL, 4, true, RamInit::Zero);
        ram(EXIT_CELL, 4, false, RamInit::Zero);
        ram(header.stack_low, STACK_TOP - header.stack_low, true, RamInit::Zero);
        // Descending sizes keep every block aligned to its size.
        wanted.sort_by_key(|w| std::cmp::Reverse(w.1));
        let mut base = 0usize;
        let regions: Vec<Region> = wanted
            .into_iter()
            .map(|(kind, log_size, len)| {
                let region = Region { kind, base, log_size, len };
                base += 1 << log_size;
                region
            })
            .collect();
        Self { num_vars: log2_ceil(base), regions }
    }

    /// The region of a kind, if the layout has it.
    pub fn find(&self, matches: impl Fn(&RegionKind) -> bool) -> Option<&Region> {
        self.regions.iter().find(|r| matches(&r.kind))
    }

    /// Cell of a RAM word.
    pub fn ram_cell(&self, word: u32) -> Option<usize> {
        self.regions.iter().find_map(|r| match r.kind {
            RegionKind::Ram { start, .. } if word >= start && ((word - start) as usize) < r.len => {
                Some(r.base + (word - start) as usize)
            }
            _ => None,
        })
    }

    /// The dense public column of the cell relation, of `2^num_vars` evaluations:
    /// `w.fingerprint (f(a) - 1) + w.initial v_0(a)` on cells of a memory, with `f` the fingerprint without
    /// timestamp and without the values that can change, and `w.vacant` on all others.
    ///
    /// Takes memory for [`num_listed`](CellContext::num_listed) evaluations: RAM words that are zero at the start are
    /// affine in the address.
    pub fn dense(&self, cx: &CellContext<'_>, fp: &Fingerprint, w: &CellWeights) -> BlockColumn {
        let mut out = BlockColumn::new(self.num_vars, w.vacant);
        let scaled = Scaled::new(fp, w);
        for region in &self.regions {
            let value = |i: usize| cx.weighted_cell(region, i, &scaled).unwrap_or(w.vacant);
            for run in cx.listed(region) {
                out.push_values(region.base + run.start, run.len(), |k| value(run.start + k));
            }
            let affine = cx.affine(region);
            if !affine.is_empty() {
                let (first, slope) = (value(affine.start), scaled.fields[FIELD_ADDRESS]);
                out.push_affine(region.base + affine.start, affine.len(), first, slope);
            }
        }
        out
    }

    /// The MLE at `r` of [`dense`](Self::dense). Costs a few products a table, about one a stored word of the program or
    /// the input, and two a bytecode row. Memory: the square root of what is stored.
    pub fn evaluate(&self, cx: &CellContext<'_>, fp: &Fingerprint, w: &CellWeights, r: &[Fr]) -> Fr {
        let scaled = Scaled::new(fp, w);
        let (mut total, mut covered) = (Fr::zero(), Fr::zero());
        for region in &self.regions {
            let (hi, lo) = r.split_at(self.num_vars - region.log_size);
            let block = eq_index(region.base >> region.log_size, hi);
            let (present, value) = cx.evaluate_region(region, &scaled, lo);
            total += block * value;
            covered += block * present;
        }
        total + w.vacant * (Fr::one() - covered)
    }
}

/// What the contents of cells depend on.
#[derive(Clone, Copy)]
pub struct CellContext<'a> {
    /// Chunking.
    pub params: Params,
    /// The program's initial memory.
    pub image: &'a Image,
    /// The program's rows.
    pub bytecode: &'a Bytecode,
    /// Public input and sizes.
    pub header: &'a Header,
}

/// Field weights: `weight of field i`, with the constant and the initial value's.
struct Scaled {
    constant: Fr,
    one: Fr,
    fields: Vec<Fr>,
    initial: Fr,
    private_bits: Vec<Fr>,
}

impl Scaled {
    fn new(fp: &Fingerprint, w: &CellWeights) -> Self {
        Self {
            constant: w.fingerprint * (fp.tau - Fr::one()),
            one: w.fingerprint,
            fields: fp.powers.iter().map(|p| w.fingerprint * p).collect(),
            initial: w.initial,
            private_bits: w.private_bits.clone(),
        }
    }
}

impl CellContext<'_> {
    /// `(field, value)` pairs of cell `i` of a region, without bytecode fields; `None` where the region has a gap.
    pub fn fields(&self, region: &Region, i: usize) -> Option<[(usize, u32); 4]> {
        let (tag, address, key, value) = match region.kind {
            RegionKind::RangeTs => (TAG_RANGE_TS, i as u32, 0, 0),
            RegionKind::Table(id) => {
                let log_q = table_log_q(id, self.params);
                let (p, q) = ((i >> log_q) as u32, (i & ((1 << log_q) - 1)) as u32);
                (TAG_TABLE + u32::from(id.id()), p, q, id.value(self.params, p, q))
            }
            RegionKind::Registers => (TAG_REGISTER, i as u32, 0, 0),
            RegionKind::Ram { start, writable, .. } => (TAG_RAM, start + i as u32, writable.into(), 0),
            RegionKind::Bytecode => {
                self.bytecode.rows.get(i)?.as_ref()?;
                (TAG_BYTECODE, i as u32, 0, 0)
            }
            RegionKind::VirtualBytecode => (TAG_BYTECODE, VIRTUAL_BASE + i as u32, 0, 0),
            RegionKind::PrivateBits => (TAG_PRIVATE_BITS, i as u32, 0, 0),
        };
        Some([(0, tag), (FIELD_ADDRESS, address), (FIELD_KEY, key), (FIELD_VALUE, value)])
    }

    /// The public initial value of a register or RAM word; zero elsewhere.
    pub fn initial_value(&self, region: &Region, i: usize) -> u32 {
        match region.kind {
            RegionKind::Registers if i == 2 => INITIAL_STACK_POINTER,
            RegionKind::Ram { init: RamInit::Segment(s), .. } => self.image.segments[s].word(i),
            RegionKind::Ram { init: RamInit::Input, .. } => io_word(&self.header.input, i),
            _ => 0,
        }
    }

    /// Cells of a region whose contents are no affine function of their index, in order: of a table, of the bytecode, and
    /// of RAM words that the program or the public input stores. The other cells are [affine](Self::affine) or vacant.
    fn listed(&self, region: &Region) -> Vec<Range<usize>> {
        match region.kind {
            RegionKind::Bytecode => self.bytecode.rows.runs().map(|(start, rows)| start..start + rows.len()).collect(),
            RegionKind::RangeTs => Vec::new(),
            RegionKind::Ram { .. } => once(0..self.affine(region).start).collect(),
            RegionKind::Table(_) | RegionKind::Registers | RegionKind::VirtualBytecode | RegionKind::PrivateBits => {
                once(0..region.len).collect()
            }
        }
    }

    /// Cells of a region at which the address is the only field that changes from one to the next: what is behind the
    /// [listed](Self::listed) ones, where no memory is but zeros.
    fn affine(&self, region: &Region) -> Range<usize> {
        match region.kind {
            RegionKind::Ram { init: RamInit::Segment(s), .. } => {
                self.image.segments.get(s).map_or(0, |s| s.words.len()).min(region.len)..region.len
            }
            RegionKind::Ram { init: RamInit::Input, .. } => region.len..region.len,
            RegionKind::RangeTs | RegionKind::Ram { init: RamInit::Zero | RamInit::Private, .. } => 0..region.len,
            _ => 0..0,
        }
    }

    /// Number of cells of a layout whose public contents have to be listed, by [`CellLayout::dense`].
    pub fn num_listed(&self, layout: &CellLayout) -> usize {
        layout.regions.iter().flat_map(|region| self.listed(region)).map(|run| run.len()).sum()
    }

    /// The row of a bytecode cell.
    fn row(&self, region: &Region, i: usize) -> Option<&crate::bytecode::Row> {
        match region.kind {
            RegionKind::Bytecode => self.bytecode.rows.get(i)?.as_ref(),
            RegionKind::VirtualBytecode => self.bytecode.virtual_rows.get(i),
            _ => None,
        }
    }

    /// The fingerprint of a cell's read-only part: every field but the timestamp and the value of RAM and registers.
    pub fn fingerprint(&self, region: &Region, i: usize, fp: &Fingerprint) -> Option<Fr> {
        let fields = self.fields(region, i)?;
        let mut acc = SmallAcc::default();
        acc.add(fp.tau);
        for (f, v) in fields {
            acc.add_u64(fp.powers[f], v.into());
        }
        let terms = fields.len() + self.add_row(region, i, &fp.powers, &mut acc);
        count::add(Kernel::IntegerSums, terms);
        Some(acc.reduce())
    }

    /// Adds what a bytecode cell has beside its address; returns of how many terms that is made.
    fn add_row(&self, region: &Region, i: usize, powers: &[Fr], acc: &mut SmallAcc) -> usize {
        let mut terms = 0;
        if let Some(row) = self.row(region, i) {
            let small = row.small_fields();
            terms += small.len();
            for (k, v) in small.into_iter().enumerate() {
                if v != 0 {
                    acc.add_u64(powers[FIELD_BYTECODE + k], v.into());
                }
            }
            for f in Flag::ALL.into_iter().filter(|f| row.has(*f)) {
                acc.add(powers[FIELD_BYTECODE + small.len() + f as usize]);
                terms += 1;
            }
        }
        terms
    }

    fn weighted_cell(&self, region: &Region, i: usize, w: &Scaled) -> Option<Fr> {
        let fields = self.fields(region, i)?;
        let mut acc = SmallAcc::default();
        acc.add(w.constant);
        for (f, v) in fields {
            if v != 0 {
                acc.add_u64(w.fields[f], v.into());
            }
        }
        let terms = fields.len() + 1 + self.add_row(region, i, &w.fields, &mut acc);
        count::add(Kernel::IntegerSums, terms);
        let initial = self.initial_value(region, i);
        if initial != 0 {
            acc.add_u64(w.initial, initial.into());
        }
        if region.kind == RegionKind::PrivateBits {
            acc.add(w.private_bits[i]);
        }
        Some(acc.reduce())
    }

    /// MLEs at `r` over one region's block: the indicator of cells that exist, and the weighted contents.
    fn evaluate_region(&self, region: &Region, w: &Scaled, r: &[Fr]) -> (Fr, Fr) {
        let small = |x: u32| Fr::from(x);
        match region.kind {
            RegionKind::RangeTs => {
                let (lt, id) = truncated_identity_mle(region.len as u64, r);
                let tag = w.constant + w.one * small(TAG_RANGE_TS);
                (lt, tag * lt + w.fields[FIELD_ADDRESS] * id)
            }
            RegionKind::Table(table_id) => {
                let t = table(table_id, self.params);
                let (r_p, r_q) = r.split_at(t.log_p());
                let p = truncated_identity_mle(u64::MAX, r_p).1;
                let q = truncated_identity_mle(u64::MAX, r_q).1;
                let tag = w.constant + w.one * small(TAG_TABLE + u32::from(table_id.id()));
                let value = tag
                    + w.fields[FIELD_ADDRESS] * p
                    + w.fields[FIELD_KEY] * q
                    + w.fields[FIELD_VALUE] * t.mle(r_p, r_q);
                (Fr::one(), value)
            }
            RegionKind::Registers => {
                let (lt, id) = truncated_identity_mle(region.len as u64, r);
                let tag = w.constant + w.one * small(TAG_REGISTER);
                let sp = w.initial * small(INITIAL_STACK_POINTER) * eq_index(2, r);
                (lt, tag * lt + w.fields[FIELD_ADDRESS] * id + sp)
            }
            RegionKind::PrivateBits => {
                let (lt, id) = truncated_identity_mle(region.len as u64, r);
                let tag = w.constant + w.one * small(TAG_PRIVATE_BITS);
                let bits: Fr = w.private_bits.iter().zip(eq_evals(r)).map(|(w, e)| *w * e).sum();
                (lt, tag * lt + w.fields[FIELD_ADDRESS] * id + bits)
            }
            RegionKind::Ram { start, writable, init } => {
                let (lt, id) = truncated_identity_mle(region.len as u64, r);
                let mut constant = w.constant + w.one * small(TAG_RAM) + w.fields[FIELD_ADDRESS] * small(start);
                if writable {
                    constant += w.fields[FIELD_KEY];
                }
                let contents = match init {
                    RamInit::Zero | RamInit::Private => Fr::zero(),
                    RamInit::Segment(s) => dot(self.image.segments[s].words.iter().copied(), r),
                    RamInit::Input => dot((0..region.len).map(|i| io_word(&self.header.input, i)), r),
                };
                (lt, constant * lt + w.fields[FIELD_ADDRESS] * id + w.initial * contents)
            }
            RegionKind::Bytecode | RegionKind::VirtualBytecode => {
                let eq = EqFactorTables::new(r);
                let (mut present, mut value) = (Fr::zero(), Fr::zero());
                for run in self.listed(region) {
                    present += interval_mle(run.start as u64, run.end as u64, r);
                    for i in run {
                        match self.weighted_cell(region, i, w) {
                            Some(cell) => value += eq.at(i) * cell,
                            None => present -= eq.at(i),
                        }
                    }
                }
                (present, value)
            }
        }
    }
}

/// Word `i` of an I/O region that holds `bytes`: the length, then the bytes, zero-padded.
pub fn io_word(bytes: &[u8], i: usize) -> u32 {
    if i == 0 {
        return bytes.len() as u32;
    }
    let start = (4 * (i - 1)).min(bytes.len());
    let mut word = [0u8; 4];
    let part = &bytes[start..bytes.len().min(start + 4)];
    word[..part.len()].copy_from_slice(part);
    u32::from_le_bytes(word)
}

/// The MLE at `r` of words of which all but a prefix are zero: a product of a field element and a word for each word of
/// the prefix, and a few times its square root of products of field elements.
fn dot(words: impl ExactSizeIterator<Item = u32>, r: &[Fr]) -> Fr {
    // The prefix lies in the first of equal blocks.
    let log_block = log2_ceil(words.len()).min(r.len());
    let (outside, inside) = r.split_at(r.len() - log_block);
    let (hi, lo) = inside.split_at(log_block / 2);
    let (hi, lo) = (eq_evals(hi), eq_evals(lo));
    let mut words = words;
    let mut total = Fr::zero();
    for weight in hi {
        let mut acc = SmallAcc::default();
        for (&e, x) in lo.iter().zip(&mut words) {
            if x != 0 {
                acc.add_u64(e, x.into());
            }
        }
        total += weight * acc.reduce();
    }
    total * eq_index(0, outside)
}

fn table_log_q(id: TableId, params: Params) -> usize {
    struct LogQ;
    impl lariat_subtables::Visitor for LogQ {
        type Output = usize;
        fn visit<T: lariat_subtables::Subtable + 'static>(self, table: T) -> usize {
            table.log_q()
        }
    }
    id.visit(params, LogQ)
}

/// The tables that some row of the program looks up, in order of their ids.
pub fn used_tables(params: Params, bytecode: &Bytecode) -> Vec<TableId> {
    let flags = bytecode.used_flags();
    let mut ids: Vec<TableId> = Flag::ALL
        .into_iter()
        .filter(|f| flags & f.bit() != 0)
        .flat_map(|f| decompose::tables(f, params))
        .map(|(_, id)| id)
        .collect();
    ids.sort_by_key(|id| id.id());
    ids.dedup();
    ids
}

/// Smallest `k` with `2^k >= n`.
pub fn log2_ceil(n: usize) -> usize {
    n.next_power_of_two().trailing_zeros() as usize
}

/// The MLEs at `r` of the mask of cells whose final value the statement fixes, and of those values. Costs about one product
/// a word of the output: its words are the first of their block.
pub fn evaluate_mask(layout: &CellLayout, header: &Header, r: &[Fr]) -> (Fr, Fr) {
    let (mut mask, mut value) = (Fr::zero(), Fr::zero());
    for (cell, word) in fixed_single_cells(layout, header) {
        let e = eq_index(cell, r);
        mask += e;
        value += e * Fr::from(word);
    }
    if let Some(region) = output_region(layout) {
        let (hi, lo) = r.split_at(r.len() - region.log_size);
        let block = eq_index(region.base >> region.log_size, hi);
        mask += block * truncated_identity_mle(header.output_words.len() as u64, lo).0;
        value += block * dot(header.output_words.iter().copied(), lo);
    }
    (mask, value)
}

/// Cells whose final value the statement fixes, with that value, in no particular order: the exit and the panic cell,
/// and the output's length and words.
pub fn fixed_cells(layout: &CellLayout, header: &Header) -> Vec<(usize, u32)> {
    let mut out = fixed_single_cells(layout, header);
    if let Some(region) = output_region(layout) {
        out.extend(header.output_words.iter().enumerate().map(|(i, &w)| (region.base + i, w)));
    }
    out
}

/// [`fixed_cells`] but for those of the output.
fn fixed_single_cells(layout: &CellLayout, header: &Header) -> Vec<(usize, u32)> {
    let words = [(EXIT_CELL, header.exit_code), (PANIC_CELL, header.panic_word)];
    words.into_iter().filter_map(|(address, word)| Some((layout.ram_cell(address / 4)?, word))).collect()
}

/// The block that the output's words are at the start of.
fn output_region(layout: &CellLayout) -> Option<&Region> {
    layout.find(|kind| matches!(kind, RegionKind::Ram { start, .. } if *start == OUTPUT_START / 4))
}
