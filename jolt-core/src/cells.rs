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
    Fr, par,
    poly::{eq_evals, eq_index, truncated_identity_mle},
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
            ram(s.start, 4 * s.words.len() as u32, s.writable, RamInit::Segment(i));
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

    /// The dense public column of the cell relation, `2^num_vars` evaluations:
    /// `w.fingerprint (f(a) - 1) + w.initial v_0(a)` on cells of a memory, with `f` the fingerprint without
    /// timestamp and without the values that can change, and `w.vacant` on all others.
    pub fn dense(&self, cx: &CellContext<'_>, fp: &Fingerprint, w: &CellWeights) -> Vec<Fr> {
        let mut out = vec![w.vacant; 1 << self.num_vars];
        let scaled = Scaled::new(fp, w);
        for region in &self.regions {
            let cells = &mut out[region.base..region.base + region.len];
            par::for_each_chunk(cells, 1 << 12, |chunk, cells| {
                for (k, cell) in cells.iter_mut().enumerate() {
                    if let Some(value) = cx.weighted_cell(region, (chunk << 12) + k, &scaled) {
                        *cell = value;
                    }
                }
            });
        }
        out
    }

    /// The MLE at `r` of [`dense`](Self::dense). Costs a few products a table and about two a program word, input
    /// word or bytecode row.
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
                self.bytecode.rows[i].as_ref()?;
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
            RegionKind::Ram { init: RamInit::Segment(s), .. } => self.image.segments[s].words[i],
            RegionKind::Ram { init: RamInit::Input, .. } => io_word(&self.header.input, i),
            _ => 0,
        }
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
        self.add_row(region, i, &fp.powers, &mut acc);
        Some(acc.reduce())
    }

    fn add_row(&self, region: &Region, i: usize, powers: &[Fr], acc: &mut SmallAcc) {
        if let Some(row) = self.row(region, i) {
            let small = row.small_fields();
            for (k, v) in small.into_iter().enumerate() {
                if v != 0 {
                    acc.add_u64(powers[FIELD_BYTECODE + k], v.into());
                }
            }
            for f in Flag::ALL {
                if row.has(f) {
                    acc.add(powers[FIELD_BYTECODE + small.len() + f as usize]);
                }
            }
        }
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
        self.add_row(region, i, &w.fields, &mut acc);
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
                    RamInit::Segment(s) => dot(&self.image.segments[s].words, r),
                    RamInit::Input => {
                        let words: Vec<u32> = (0..region.len).map(|i| io_word(&self.header.input, i)).collect();
                        dot(&words, r)
                    }
                };
                (lt, constant * lt + w.fields[FIELD_ADDRESS] * id + w.initial * contents)
            }
            RegionKind::Bytecode | RegionKind::VirtualBytecode => {
                let eq = eq_evals(r);
                let (mut present, mut value) = (Fr::zero(), Fr::zero());
                for (i, e) in eq.iter().enumerate().take(region.len) {
                    if let Some(cell) = self.weighted_cell(region, i, w) {
                        present += e;
                        value += *e * cell;
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

/// The MLE at `r` of a prefix of words.
fn dot(words: &[u32], r: &[Fr]) -> Fr {
    let eq = eq_evals(r);
    let mut acc = SmallAcc::default();
    for (&x, &e) in words.iter().zip(&eq) {
        if x != 0 {
            acc.add_u64(e, x.into());
        }
    }
    acc.reduce()
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

/// The MLEs at `r` of the mask of cells whose final value the statement fixes, and of those values.
pub fn evaluate_mask(layout: &CellLayout, header: &Header, r: &[Fr]) -> (Fr, Fr) {
    let eq = |cell: usize| eq_index(cell, r);
    let (mut mask, mut value) = (Fr::zero(), Fr::zero());
    for (cell, word) in fixed_cells(layout, header) {
        let e = eq(cell);
        mask += e;
        value += e * Fr::from(word);
    }
    (mask, value)
}

/// Cells whose final value the statement fixes, with that value, in no particular order: the exit and the panic cell,
/// and the output's length and words.
pub fn fixed_cells(layout: &CellLayout, header: &Header) -> Vec<(usize, u32)> {
    let mut out = Vec::with_capacity(2 + header.output_words.len());
    for (address, word) in [(EXIT_CELL, header.exit_code), (PANIC_CELL, header.panic_word)] {
        out.extend(layout.ram_cell(address / 4).map(|cell| (cell, word)));
    }
    if let Some(first) = layout.ram_cell(OUTPUT_START / 4) {
        out.extend(header.output_words.iter().enumerate().map(|(i, &w)| (first + i, w)));
    }
    out
}
