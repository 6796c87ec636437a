//! The pass over a trace: one row after another is written into the columns, and the state of every cell is kept.

use super::{TouchedCell, pages::Pages};
use crate::{
    bytecode::{NUM_REGISTERS, Row, VIRTUAL_BASE, VIRTUAL_REGISTER},
    cells::{CellContext, CellLayout, Region, RegionKind, io_word},
    columns as col,
    error::ProveError,
    operations::{TS_PER_STEP, slot_users},
    program::Program,
    statement::Header,
};
use lariat_algebra::column::{Column, ColumnData};
use lariat_emulator::machine::{Inputs, TraceRow};
use lariat_subtables::{
    Params, TableId,
    decompose::{self, Flag},
};

/// Values of one row that do not follow from its bytecode row alone.
#[derive(Clone, Copy, Debug, Default)]
struct Values {
    x: u32,
    rs2: u32,
    rd_pre: u32,
    result: u32,
    ram_address: u32,
    ram_pre: u32,
    ram_post: u32,
    next: u32,
}

/// Empty columns of the right kinds.
pub(super) fn empty_columns(params: Params, steps: usize) -> Vec<ColumnData> {
    let mut kinds: Vec<ColumnData> = Vec::with_capacity(col::num_columns(params));
    for c in 0..col::num_columns(params) {
        let is_flag = (col::FIRST_FLAG..col::X).contains(&c);
        let slot_part =
            (c >= col::FIRST_SLOT && c < col::num_committed(params)).then(|| (c - col::FIRST_SLOT) % col::SLOT_COLUMNS);
        kinds.push(match c {
            _ if is_flag => ColumnData::Bool(vec![false; steps]),
            _ if slot_part == Some(0) => ColumnData::U16(vec![0; steps]),
            _ if slot_part == Some(1) => ColumnData::U8(vec![0; steps]),
            _ if slot_part.is_some() => ColumnData::U32(vec![0; steps]),
            col::RD | col::RS1 | col::RS2 | col::COND => ColumnData::U8(vec![0; steps]),
            col::CARRY
            | col::PERM
            | col::BYTE0
            | col::BYTE1
            | col::SIGN_X
            | col::SIGN_Y
            | col::NEGATIVE
            | col::ZERO
            | col::NONZERO
            | col::TAKEN => ColumnData::Bool(vec![false; steps]),
            col::HALF_MIX
            | col::BYTE_MIX
            | col::DELTA
            | col::DELTA_BYTE
            | col::DELTA_HALF
            | col::OFFSET
            | col::JALR_OFFSET => ColumnData::I32(vec![0; steps]),
            _ if c == col::active(params) => ColumnData::Bool(vec![true; steps]),
            _ if c == col::step(params) => ColumnData::U32((0..steps as u32).collect()),
            _ => ColumnData::U32(vec![0; steps]),
        });
    }
    kinds
}

/// Per-cell state while the rows are walked.
struct RegionState {
    region: Region,
    /// Values of registers, of RAM words that were accessed, and of the private input's bits.
    values: Pages,
    /// Last timestamps, or read counters.
    stamps: Pages,
}

pub struct Builder<'a> {
    params: Params,
    program: &'a Program,
    columns: Vec<ColumnData>,
    row: usize,
    states: Vec<RegionState>,
    /// Index into `states` by table id.
    table_state: [usize; 256],
    registers: usize,
    range_ts: usize,
    bytecode: usize,
    virtual_bytecode: usize,
    rams: Vec<(u32, u32, bool, usize)>,
    /// Tables looked up by each flag.
    lookups: Vec<Vec<(usize, TableId)>>,
    virtual_registers: [u32; NUM_REGISTERS],
}

impl<'a> Builder<'a> {
    pub fn new(
        params: Params,
        layout: &CellLayout,
        program: &'a Program,
        header: &Header,
        inputs: Inputs<'_>,
        steps: usize,
    ) -> Self {
        let cx = CellContext { params, image: program.image(), bytecode: program.bytecode(), header };
        let mut out = Self {
            params,
            program,
            columns: empty_columns(params, steps),
            row: 0,
            states: Vec::new(),
            table_state: [usize::MAX; 256],
            registers: 0,
            range_ts: 0,
            bytecode: 0,
            virtual_bytecode: 0,
            rams: Vec::new(),
            lookups: Flag::ALL.iter().map(|&f| decompose::tables(f, params)).collect(),
            virtual_registers: [0; NUM_REGISTERS],
        };
        debug_assert_eq!(slot_users(params).len(), decompose::num_slots(params));
        for (k, region) in layout.regions.iter().enumerate() {
            // RAM words get their values when they are accessed.
            let mut values = Pages::new(region.len);
            match region.kind {
                RegionKind::RangeTs => out.range_ts = k,
                RegionKind::Table(id) => out.table_state[usize::from(id.id())] = k,
                RegionKind::Registers => {
                    out.registers = k;
                    (0..region.len).for_each(|i| *values.at(i) = cx.initial_value(region, i));
                }
                RegionKind::Ram { start, writable, .. } => {
                    out.rams.push((start, region.len as u32, writable, k));
                }
                RegionKind::Bytecode => out.bytecode = k,
                RegionKind::VirtualBytecode => out.virtual_bytecode = k,
                RegionKind::PrivateBits => {
                    let last = io_word(inputs.private, header.private_words() as usize - 1);
                    (0..region.len).for_each(|j| *values.at(j) = last >> j & 1);
                }
            }
            out.states.push(RegionState { region: *region, values, stamps: Pages::new(region.len) });
        }
        out.rams.sort_unstable();
        out
    }

    fn set(&mut self, column: col::ColumnId, value: i64) {
        let i = self.row;
        match &mut self.columns[column] {
            ColumnData::Bool(v) => v[i] = value != 0,
            ColumnData::U8(v) => v[i] = value as u8,
            ColumnData::U16(v) => v[i] = value as u16,
            ColumnData::U32(v) => v[i] = value as u32,
            ColumnData::I32(v) => v[i] = value as i32,
            ColumnData::U64(_) | ColumnData::Field(_) | ColumnData::Sparse(_) => {
                debug_assert!(false, "no such column over the steps");
            }
        }
    }

    /// Emits the rows of one instruction of the trace; `next` is the index of the instruction after it.
    pub fn instruction(&mut self, t: &TraceRow, next: u32) -> Result<(), ProveError> {
        let bytecode = self.program.bytecode();
        let index = t.pc_index as usize;
        let known = bytecode.rows.get(index).copied().flatten().zip(bytecode.sequences.get(index));
        let Some((row, &(first_virtual, count))) = known else {
            return Err(ProveError::NoInstruction { row: self.row, pc_index: t.pc_index });
        };
        let values = Values {
            x: t.rs1,
            rs2: t.rs2,
            rd_pre: t.rd_pre,
            result: t.rd_post,
            ram_address: t.ram_addr,
            ram_pre: t.ram_pre,
            ram_post: t.ram_post,
            next,
        };
        if count == 0 {
            return self.emit(t.pc_index, &row, &values);
        }
        for k in 0..=u32::from(count) {
            let (index, row) = if k == 0 {
                (t.pc_index, row)
            } else {
                let i = first_virtual + k - 1;
                (VIRTUAL_BASE + i, bytecode.virtual_rows[i as usize])
            };
            let last = k == u32::from(count);
            let operand = |r: u8, this: &Self| {
                if r >= VIRTUAL_REGISTER {
                    this.virtual_registers[usize::from(r)]
                } else {
                    this.states[this.registers].values.get(usize::from(r))
                }
            };
            let x = if row.has(Flag::UseRs1) { operand(row.rs1, self) } else { 0 };
            let y = if row.has(Flag::UseRs2) { operand(row.rs2, self) } else { 0 };
            let result = virtual_result(&row, x, y);
            let virtual_rd = row.rd >= VIRTUAL_REGISTER;
            let v = Values {
                x,
                rs2: y,
                rd_pre: if virtual_rd { self.virtual_registers[usize::from(row.rd)] } else { values.rd_pre },
                result,
                next: if last { next } else { VIRTUAL_BASE + first_virtual + k },
                ..values
            };
            self.emit(index, &row, &v)?;
            if virtual_rd {
                self.virtual_registers[usize::from(row.rd)] = result;
            }
        }
        Ok(())
    }

    /// Writes one row.
    fn emit(&mut self, index: u32, row: &Row, v: &Values) -> Result<(), ProveError> {
        let params = self.params;
        // Bytecode.
        self.set(col::PC, index.into());
        for (c, value) in
            [col::RD, col::RS1, col::RS2, col::IMM, col::NEXT, col::COND].into_iter().zip(row.small_fields())
        {
            if value != 0 {
                self.set(c, value.into());
            }
        }
        let mut rest = row.flags;
        while rest != 0 {
            self.set(col::FIRST_FLAG + rest.trailing_zeros() as usize, 1);
            rest &= rest - 1;
        }
        let (state, cell) =
            if index >= VIRTUAL_BASE { (self.virtual_bytecode, index - VIRTUAL_BASE) } else { (self.bytecode, index) };
        let count = self.bump(state, cell as usize);
        self.set(col::PC_COUNT, count.into());

        // Operands, result, control flow.
        let y = v.rs2.wrapping_add(row.imm);
        self.set(col::X, v.x.into());
        self.set(col::RS2_VALUE, v.rs2.into());
        self.set(col::RESULT, v.result.into());
        let offset = i64::from(v.next) - i64::from(index) - 1;
        self.set(col::OFFSET, offset);
        if row.has(Flag::Jalr) {
            self.set(col::JALR_OFFSET, offset);
        }

        // Registers and RAM.
        let now = TS_PER_STEP * self.row as u64;
        if row.has(Flag::UseRs1) {
            self.register(0, row.rs1, now + 1, None);
        }
        if row.has(Flag::UseRs2) {
            self.register(1, row.rs2, now + 2, None);
        }
        if row.has(Flag::WriteRd) {
            self.set(col::RD_PRE, v.rd_pre.into());
            self.register(2, row.rd, now + 3, Some(v.result));
        }
        if row.has(Flag::Mem) {
            self.ram(row, v, now + 4)?;
        }

        self.arithmetic(row, v, y);
        self.lookups(row, v, y, params);
        self.row += 1;
        Ok(())
    }

    /// Reads and increments a counter.
    fn bump(&mut self, state: usize, cell: usize) -> u32 {
        let c = self.states[state].stamps.at(cell);
        *c += 1;
        *c - 1
    }

    fn stamp(&mut self, operation: usize, state: usize, cell: usize, now: u64) {
        let last = std::mem::replace(self.states[state].stamps.at(cell), now as u32);
        let distance = now - 1 - u64::from(last);
        self.set(col::DELTA_TS + operation, distance as i64);
        let count = self.bump(self.range_ts, distance as usize);
        self.set(col::DELTA_COUNT + operation, count.into());
    }

    fn register(&mut self, operation: usize, register: u8, now: u64, write: Option<u32>) {
        let (state, cell) = (self.registers, usize::from(register));
        self.stamp(operation, state, cell, now);
        if let Some(value) = write {
            *self.states[state].values.at(cell) = value;
        }
    }

    fn ram(&mut self, row: &Row, v: &Values, now: u64) -> Result<(), ProveError> {
        let word = v.ram_address / 4;
        let behind = self.rams.partition_point(|r| r.0 <= word);
        let found = behind.checked_sub(1).map(|k| self.rams[k]).filter(|r| word - r.0 < r.1);
        let Some((start, _, writable, state)) = found else {
            return Err(ProveError::Uncovered { row: self.row, address: v.ram_address });
        };
        let cell = (word - start) as usize;
        self.stamp(3, state, cell, now);
        *self.states[state].values.at(cell) = v.ram_post;
        let address = v.x.wrapping_add(row.imm);
        self.set(col::RAM_ADDRESS, word.into());
        self.set(col::RAM_PRE, v.ram_pre.into());
        self.set(col::RAM_POST, v.ram_post.into());
        self.set(col::PERM, writable.into());
        self.set(col::BYTE0, (address & 1).into());
        self.set(col::BYTE1, (address >> 1 & 1).into());
        self.set(col::CARRY, (v.x.checked_add(row.imm).is_none()).into());
        Ok(())
    }

    fn arithmetic(&mut self, row: &Row, v: &Values, y: u32) {
        let (x, sx, sy) = (v.x, row.has(Flag::SignX) && v.x >> 31 == 1, row.has(Flag::SignY) && y >> 31 == 1);
        if row.has(Flag::Add) || row.has(Flag::Jalr) {
            self.set(col::CARRY, x.checked_add(y).is_none().into());
        }
        if row.has(Flag::Jalr) {
            self.set(col::BYTE0, (x.wrapping_add(y) & 1).into());
        }
        if row.has(Flag::Sub) {
            self.set(col::CARRY, (x < y).into());
        }
        self.set(col::SIGN_X, sx.into());
        self.set(col::SIGN_Y, sy.into());
        let signed_x = if sy { x } else { 0 };
        self.set(col::SIGNED_X, signed_x.into());
        if row.has(Flag::NegIf) {
            // x - 2 [y < 0] x + 2^32 carry = result
            self.set(col::CARRY, (sy && x != 0).into());
        }
        let multiplicand = if row.has(Flag::Mul) || row.has(Flag::MulHigh) {
            x
        } else if row.has(Flag::DivU) || row.has(Flag::RemU) {
            self.set(if y == 0 { col::ZERO } else { col::NONZERO }, 1);
            x.checked_div(y).unwrap_or(u32::MAX)
        } else {
            // Where nothing is multiplied the product of zero holds, for the sign of y enters it.
            debug_assert!(!sx);
            0
        };
        let signed = |v: u32, negative: bool| i128::from(v) - if negative { 1 << 32 } else { 0 };
        let product = signed(multiplicand, sx) * signed(y, sy);
        let negative = product < 0;
        let product = (product + if negative { 1 << 64 } else { 0 }) as u64;
        self.set(col::MULTIPLICAND, multiplicand.into());
        self.set(col::PRODUCT_LOW, i64::from(product as u32));
        self.set(col::PRODUCT_HIGH, (product >> 32) as i64);
        self.set(col::NEGATIVE, negative.into());
    }

    /// Keys, values and counters of the slots.
    fn lookups(&mut self, row: &Row, v: &Values, y: u32, params: Params) {
        let r = decompose::num_range_chunks(params);
        let c = params.num_chunks();
        let mask = (1u64 << params.log_m()) - 1;
        let mut p = [0u32; 16];
        let mut q = [0u32; 16];
        let word = |p: &mut [u32; 16], start: usize, w: u32| {
            for i in 0..r {
                p[start + i] = (u64::from(w) >> (params.log_m() * i) & mask) as u32;
            }
        };
        let operands = |p: &mut [u32; 16], q: &mut [u32; 16]| {
            for i in 0..c {
                p[i] = params.chunk(v.x, i);
                q[i] = params.chunk(y, i);
            }
        };
        let (h, source) = (decompose::half_slots(params), decompose::source_slot(params));
        let half = |p: &mut [u32; 16], start: usize, w: u32| {
            for i in 0..h {
                p[start + i] = (u64::from(w) >> (params.log_m() * i) & mask) as u32;
            }
        };
        let has = |f: Flag| row.has(f);
        if has(Flag::Add) || has(Flag::Sub) || has(Flag::NegIf) {
            word(&mut p, 0, v.result);
        }
        if has(Flag::Jalr) {
            word(&mut p, 0, v.x.wrapping_add(y));
        }
        if has(Flag::And) || has(Flag::Or) || has(Flag::Xor) {
            operands(&mut p, &mut q);
        }
        if has(Flag::CmpU) || has(Flag::CmpS) {
            operands(&mut p, &mut q);
            for i in 0..c {
                let table = if i + 1 == c && has(Flag::CmpS) { TableId::CmpS } else { TableId::CmpU };
                p[c] += table.value(params, p[i], q[i]) << i;
            }
            q[c] = row.cond.into();
            if has(Flag::Branch) {
                self.set(col::TAKEN, TableId::Decide.value(params, p[c], q[c]).into());
            }
        }
        if has(Flag::Sll) || has(Flag::Srl) || has(Flag::Sra) {
            operands(&mut p, &mut q);
            q[..c].fill(y & 31);
            word(&mut p, c, y);
        }
        if has(Flag::Mul) || has(Flag::MulHigh) {
            let wide = |a: u32, s: bool| if s { i64::from(a as i32) } else { i64::from(a) };
            let product = i128::from(wide(v.x, has(Flag::SignX))) * i128::from(wide(y, has(Flag::SignY)));
            word(&mut p, 0, product as u32);
            word(&mut p, r, (product >> 32) as u32);
        }
        if has(Flag::SignX) {
            word(&mut p, decompose::sign_x_slot(params), v.x);
        }
        if has(Flag::SignY) {
            word(&mut p, decompose::sign_y_slot(params), y);
        }
        if has(Flag::DivU) || has(Flag::RemU) {
            let (quotient, remainder) = (v.x.checked_div(y).unwrap_or(u32::MAX), v.x.checked_rem(y).unwrap_or(v.x));
            word(&mut p, 0, quotient);
            word(&mut p, r, remainder);
            word(&mut p, 2 * r, if y == 0 { 0 } else { y - remainder - 1 });
        }
        let narrow = [Flag::Lb, Flag::Lbu, Flag::Lh, Flag::Lhu, Flag::Lw, Flag::Sb, Flag::Sh].into_iter().any(has);
        if narrow {
            let address = v.x.wrapping_add(row.imm);
            let (b0, b1) = (address & 1, address >> 1 & 1);
            let halves = [v.ram_pre & 0xffff, v.ram_pre >> 16];
            let (selected, other) = (halves[b1 as usize], halves[1 - b1 as usize]);
            half(&mut p, 0, selected);
            half(&mut p, h, other);
            self.set(col::HALF_MIX, i64::from(b1) * (i64::from(selected) - i64::from(other)));
            let (low, high) = (selected & 255, selected >> 8);
            let byte = if b0 == 1 { high } else { low };
            if has(Flag::Lb) || has(Flag::Lbu) || has(Flag::Sb) {
                self.set(col::BYTE_MIX, i64::from(b0) * 256 * (i64::from(high) - i64::from(low)));
                p[decompose::selected_byte_slot(params)] = byte;
            }
            if has(Flag::Sb) || has(Flag::Sh) {
                half(&mut p, source, v.rs2 & 0xffff);
                half(&mut p, source + h, v.rs2 >> 16);
                let delta = if has(Flag::Sb) {
                    i64::from(v.rs2 & 255) - i64::from(byte)
                } else {
                    i64::from(v.rs2 & 0xffff) - i64::from(selected)
                };
                let delta_byte = i64::from(b0) * delta;
                self.set(col::DELTA, delta);
                self.set(col::DELTA_BYTE, delta_byte);
                self.set(col::DELTA_HALF, i64::from(b1) * (delta + 255 * delta_byte));
            }
        }
        for j in 0..decompose::num_slots(params) {
            if p[j] != 0 {
                self.set(col::slot_p(j), p[j].into());
            }
            if q[j] != 0 {
                self.set(col::slot_q(j), q[j].into());
            }
        }
        let mut rest = row.flags;
        while rest != 0 {
            let f = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            for k in 0..self.lookups[f].len() {
                let (slot, table) = self.lookups[f][k];
                let value = table.value(params, p[slot], q[slot]);
                if value != 0 {
                    self.set(col::slot_v(slot), value.into());
                }
                let state = self.table_state[usize::from(table.id())];
                let log_q = match table {
                    TableId::And | TableId::Or | TableId::Xor | TableId::CmpU | TableId::CmpS => params.chunk_bits(),
                    TableId::Sll(_) | TableId::Srl(_) | TableId::SraTop => 5,
                    TableId::Decide => 2,
                    _ => 0,
                };
                let count = self.bump(state, (p[slot] << log_q | q[slot]) as usize);
                if count != 0 {
                    self.set(col::slot_count(slot), count.into());
                }
            }
        }
        // The byte mix of a row that selects no byte is the product with address bit 0, which is then zero, except on
        // JALR rows, where the bit is the target's.
        if has(Flag::Jalr) {
            let low = if params.log_m() == 16 { 0 } else { p[0] };
            let selected = if params.log_m() == 16 { p[0] } else { p[0] | p[1] << 8 };
            let b0 = i64::from(v.x.wrapping_add(y) & 1);
            self.set(col::BYTE_MIX, b0 * (i64::from(selected) - 257 * i64::from(low)));
        }
    }

    pub fn finish(self, steps: usize) -> (Vec<Column>, Vec<TouchedCell>) {
        let num_vars = crate::cells::log2_ceil(steps);
        let columns = self.columns.into_iter().map(|data| Column::new(num_vars, data)).collect();
        let mut cells = Vec::new();
        let mut states: Vec<&RegionState> = self.states.iter().collect();
        states.sort_by_key(|s| s.region.base);
        for s in states {
            let cell = |i: usize| (s.region.base + i) as u32;
            // A bit is no value: its cell is touched or not.
            if s.region.kind == RegionKind::PrivateBits {
                let set = s.values.nonzero();
                cells.extend(set.map(|(j, _)| TouchedCell { cell: cell(j), value: 0, timestamp: 0 }));
                continue;
            }
            let touched = s.stamps.nonzero();
            cells.extend(touched.map(|(i, timestamp)| TouchedCell {
                cell: cell(i),
                value: s.values.get(i),
                timestamp,
            }));
        }
        (columns, cells)
    }
}

/// Result of a row of a virtual sequence.
fn virtual_result(row: &Row, x: u32, y: u32) -> u32 {
    let y = y.wrapping_add(row.imm);
    if row.has(Flag::NegIf) {
        if y >> 31 == 1 { x.wrapping_neg() } else { x }
    } else if row.has(Flag::DivU) {
        x.checked_div(y).unwrap_or(u32::MAX)
    } else if row.has(Flag::RemU) {
        x.checked_rem(y).unwrap_or(x)
    } else if row.has(Flag::MulHigh) {
        ((i64::from(x as i32) * i64::from(y as i32)) >> 32) as u32
    } else if row.has(Flag::Const) {
        row.imm
    } else {
        0
    }
}
