//! Loads and stores: addresses, halves and bytes of a word, neighbours, alignment.

use super::{A, B, BODY, Case, RESULT, breaks, divided, unbalanced};
use crate::{
    forger::Forgery,
    programs::{DATA, NO_INPUT, load, program_with, store},
};
use ark_ff::{One, Zero};
use lariat_algebra::Fr;
use lariat_emulator::isa::Opcode;
use lariat_jolt_core::{Config, Params, Program, columns as col};
use lariat_subtables::decompose::{half_slots, num_range_chunks, selected_byte_slot, source_slot};

/// Memory of these programs. The first two words are equal.
const WORDS: [u32; 4] = [0x8182_f384, 0x8182_f384, 0x0005_0005, 0x1726_3544];

const LOADS: [(Opcode, &str); 5] =
    [(Opcode::Lb, "Lb"), (Opcode::Lbu, "Lbu"), (Opcode::Lh, "Lh"), (Opcode::Lhu, "Lhu"), (Opcode::Lw, "Lw")];

/// `op x7, offset(x5)` or `op x6, offset(x5)` with `x5` at the data and `x6 = value`.
fn access(op: Opcode, offset: i32, value: u32) -> Program {
    program_with(&WORDS, &[], |asm| {
        asm.load_constant(A, DATA).load_constant(B, value);
        match op {
            Opcode::Sb | Opcode::Sh | Opcode::Sw => store(asm, op, B, A, offset),
            _ => load(asm, op, RESULT, A, offset),
        }
        asm.exit(0);
    })
}

const VALUE: u32 = 0xa1b2_c3d4;

fn accessed(config: Config, op: Opcode, offset: i32) -> Forgery {
    Forgery::honest(&access(op, offset, VALUE), config, NO_INPUT)
}

fn is_load(op: Opcode) -> bool {
    LOADS.iter().any(|l| l.0 == op)
}

impl Forgery {
    fn set_half(&mut self, row: usize, start: usize, half: u32) -> &mut Self {
        let params = self.params();
        for k in 0..half_slots(params) {
            self.set(row, col::slot_p(start + k), half >> (params.log_m() * k) & ((1 << params.log_m()) - 1));
        }
        self
    }

    /// The half from slots `start..`.
    fn half(&self, row: usize, start: usize) -> Fr {
        (0..half_slots(self.params()))
            .map(|k| self.get(row, col::slot_p(start + k)) * crate::forgeries::pow2(self.params().log_m() * k))
            .sum()
    }

    fn low_byte(&self, row: usize, start: usize) -> Fr {
        self.get(row, if self.params() == Params::M16 { col::slot_v(start) } else { col::slot_p(start) })
    }

    /// Recomputes what follows from the halves and address bits of a narrow access: mixes, the selected byte, and the
    /// result or the stored word. The RAM word before is left.
    fn refill_access(&mut self, row: usize, op: Opcode) -> &mut Self {
        let params = self.params();
        let h = half_slots(params);
        self.look_up(row);
        let (b0, b1) = (self.get(row, col::BYTE0), self.get(row, col::BYTE1));
        let (selected, other, low) = (self.half(row, 0), self.half(row, h), self.low_byte(row, 0));
        self.set(row, col::HALF_MIX, b1 * (selected - other));
        self.set(row, col::BYTE_MIX, b0 * (selected - Fr::from(257u64) * low));
        if matches!(op, Opcode::Lb | Opcode::Lbu | Opcode::Sb) {
            let byte = low + divided(self.get(row, col::BYTE_MIX), Fr::from(256u64));
            self.set(row, col::slot_p(selected_byte_slot(params)), byte);
        }
        self.refill_outcome(row, op)
    }

    /// The last part of [`refill_access`](Self::refill_access): from the selected byte or half on.
    fn refill_outcome(&mut self, row: usize, op: Opcode) -> &mut Self {
        let params = self.params();
        let (h, slot, source) = (half_slots(params), selected_byte_slot(params), source_slot(params));
        self.look_up(row);
        let byte = self.get(row, col::slot_p(slot));
        let half = self.half(row, 0);
        let extended =
            |x: Fr, sign: Fr, bits: usize| x + sign * (crate::forgeries::pow2(32) - crate::forgeries::pow2(bits));
        match op {
            Opcode::Lb => self.set(row, col::RESULT, extended(byte, self.get(row, col::slot_v(slot)), 8)),
            Opcode::Lbu => self.set(row, col::RESULT, byte),
            Opcode::Lh => self.set(row, col::RESULT, extended(half, self.get(row, col::slot_v(h - 1)), 16)),
            Opcode::Lhu => self.set(row, col::RESULT, half),
            Opcode::Lw => self.set(row, col::RESULT, self.get(row, col::RAM_PRE)),
            Opcode::Sb => self.set(row, col::DELTA, self.low_byte(row, source) - byte).refill_store(row),
            Opcode::Sh => self.set(row, col::DELTA, self.half(row, source) - half).refill_store(row),
            _ => self,
        }
    }

    /// The stored word from the store delta.
    fn refill_store(&mut self, row: usize) -> &mut Self {
        let (b0, b1, delta) = (self.get(row, col::BYTE0), self.get(row, col::BYTE1), self.get(row, col::DELTA));
        self.set(row, col::DELTA_BYTE, b0 * delta);
        self.set(row, col::DELTA_HALF, b1 * (delta + Fr::from(255u64) * b0 * delta));
        self.refill_stored_word(row)
    }

    fn refill_stored_word(&mut self, row: usize) -> &mut Self {
        let at = |column| self.get(row, column);
        let word = at(col::RAM_PRE)
            + at(col::DELTA)
            + Fr::from(255u64) * at(col::DELTA_BYTE)
            + Fr::from(65535u64) * at(col::DELTA_HALF);
        self.set(row, col::RAM_POST, word)
    }
}

super::forgeries! {
    /// Parts of a word that is not the one in memory.
    fn rejects_bytes_and_halves_of_another_word(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for (op, name) in LOADS.into_iter().chain([(Opcode::Sb, "Sb"), (Opcode::Sh, "Sh")]) {
            if op == Opcode::Lw {
                // The result of a word is the word; its chunks show that it is one.
                let mut f = accessed(config, op, 0);
                f.set_half(BODY, 0, 0x1234).look_up(BODY).rebalance();
                cases.push(breaks("lw: chunks of another word", &f, &["Lw relation 0"]));
                continue;
            }
            for offset in [0, 2] {
                let mut f = accessed(config, op, offset);
                f.set_half(BODY, 0, 0x1234).refill_access(BODY, op).rebalance();
                cases.push(breaks(format!("{op} at {offset}"), &f, &[&format!("{name} relation 0")]));
            }
        }
        cases
    }

    /// The other half of the word, by a mix that is no product with the address bit.
    fn rejects_another_half(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for op in [Opcode::Lh, Opcode::Lhu, Opcode::Lb, Opcode::Sh] {
            let mut f = accessed(config, op, 2);
            let (pre, wanted) = (f.get(BODY, col::RAM_PRE), 0x1234u32);
            f.set_half(BODY, 0, wanted).refill_access(BODY, op);
            let other = f.half(BODY, half_slots(config.params));
            let mix = divided(pre - Fr::from(wanted) - crate::forgeries::pow2(16) * other, Fr::from(65535u64));
            f.set(BODY, col::HALF_MIX, mix).rebalance();
            cases.push(breaks(format!("{op}"), &f, &["half mix"]));
        }
        cases
    }

    /// The other byte of the half, or any byte.
    fn rejects_another_byte(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for (op, name) in [(Opcode::Lb, "Lb"), (Opcode::Lbu, "Lbu"), (Opcode::Sb, "Sb")] {
            for offset in 0..4 {
                let mut f = accessed(config, op, offset);
                f.set(BODY, col::slot_p(selected_byte_slot(config.params)), 0x77).refill_outcome(BODY, op).rebalance();
                cases.push(breaks(format!("{op} at {offset}"), &f, &[&format!("{name} relation 1")]));
                let mix = Fr::from(256u64) * (Fr::from(0x77u64) - f.low_byte(BODY, 0));
                f.set(BODY, col::BYTE_MIX, mix).rebalance();
                cases.push(breaks(format!("{op} at {offset}, by the mix"), &f, &["byte mix"]));
            }
        }
        cases
    }

    /// A loaded value with another extension, or one more.
    fn rejects_another_loaded_value(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for (op, name) in LOADS {
            let relation = if matches!(op, Opcode::Lb | Opcode::Lbu) { 2 } else { 1 };
            let mut f = accessed(config, op, 0);
            f.add(BODY, col::RESULT, 1).rebalance();
            cases.push(breaks(format!("{op}: result + 1"), &f, &[&format!("{name} relation {relation}")]));
            let slot = match op {
                Opcode::Lb => selected_byte_slot(config.params),
                Opcode::Lh => half_slots(config.params) - 1,
                _ => continue,
            };
            // The sign that the lookup gives, turned around.
            let mut f = accessed(config, op, 0);
            let positive = f.is_zero(BODY, col::slot_v(slot));
            f.set(BODY, col::slot_v(slot), positive);
            let width = if op == Opcode::Lb { 8 } else { 16 };
            let flip = if positive { Fr::one() } else { -Fr::one() };
            let result = f.get(BODY, col::RESULT) + flip * (crate::forgeries::pow2(32) - crate::forgeries::pow2(width));
            f.set(BODY, col::RESULT, result).rebalance();
            cases.push(unbalanced(format!("{op}: sign"), &f, &["tables"]));
        }
        cases
    }

    /// A load that writes.
    fn rejects_a_load_that_changes_memory(config: Config) -> Vec<Case> {
        LOADS.map(|(op, name)| {
            let mut f = accessed(config, op, 0);
            f.set(BODY, col::RAM_POST, 123).rebalance();
            let relation = match op {
                Opcode::Lw => 4,
                _ => 3,
            };
            breaks(format!("{op}"), &f, &[&format!("{name} relation {relation}")])
        }).into()
    }

    /// A store of another value than the register's, whole, by its parts, or by its change to the word.
    fn rejects_a_store_of_another_value(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        let mut f = accessed(config, Opcode::Sw, 0);
        f.set(BODY, col::RAM_POST, 123).rebalance();
        cases.push(breaks("sw", &f, &["Sw relation 0"]));
        for (op, source_relation, delta_relation) in
            [(Opcode::Sb, "Sb relation 2", "Sb relation 3"), (Opcode::Sh, "Sh relation 1", "Sh relation 2")]
        {
            let mut f = accessed(config, op, 2);
            f.set_half(BODY, source_slot(config.params), 0x1234).refill_access(BODY, op).rebalance();
            cases.push(breaks(format!("{op}: other source"), &f, &[source_relation]));
            let mut f = accessed(config, op, 2);
            f.set(BODY, col::DELTA, 5).refill_store(BODY).rebalance();
            cases.push(breaks(format!("{op}: other delta"), &f, &[delta_relation]));
        }
        cases
    }

    /// A byte or half store that changes what is beside it.
    fn rejects_a_narrow_store_that_changes_its_neighbours(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for (op, relation, offsets) in
            [(Opcode::Sb, "Sb relation 4", vec![0, 1, 2, 3]), (Opcode::Sh, "Sh relation 4", vec![0, 2])]
        {
            for offset in offsets {
                let mut f = accessed(config, op, offset);
                // A byte of the other half.
                f.add(BODY, col::RAM_POST, if offset < 2 { 1 << 16 } else { 1 }).rebalance();
                cases.push(breaks(format!("{op} at {offset}"), &f, &[relation]));
            }
        }
        for (offset, column, constraint) in
            [(0, col::DELTA_BYTE, "store delta byte"), (1, col::DELTA_BYTE, "store delta byte"), (2, col::DELTA_HALF, "store delta half"), (0, col::DELTA_HALF, "store delta half")]
        {
            let mut f = accessed(config, Opcode::Sb, offset);
            f.add(BODY, column, 3);
            if column == col::DELTA_BYTE {
                let (b1, delta, byte) = (f.get(BODY, col::BYTE1), f.get(BODY, col::DELTA), f.get(BODY, col::DELTA_BYTE));
                f.set(BODY, col::DELTA_HALF, b1 * (delta + Fr::from(255u64) * byte));
            }
            f.refill_stored_word(BODY).rebalance();
            cases.push(breaks(format!("sb at {offset}, by a product"), &f, &[constraint]));
        }
        cases
    }

    /// Accesses at addresses that the machine refuses. The honest run is at an aligned one.
    fn rejects_unaligned_accesses(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        let targets: [(Opcode, &str, &[i32]); 6] = [
            (Opcode::Lh, "Lh relation 2", &[1, 3]),
            (Opcode::Lhu, "Lhu relation 2", &[1, 3]),
            (Opcode::Lw, "Lw relation 2", &[1]),
            (Opcode::Lw, "Lw relation 3", &[2]),
            (Opcode::Sh, "Sh relation 3", &[1, 3]),
            (Opcode::Sw, "Sw relation 1", &[1]),
        ];
        let sw = [(Opcode::Sw, "Sw relation 2", [2].as_slice())];
        for (op, relation, offsets) in targets.into_iter().chain(sw) {
            for &offset in offsets {
                let aligned = if matches!(op, Opcode::Lw | Opcode::Sw) { 0 } else { offset & !1 };
                let mut f = accessed(config, op, aligned);
                f.transplant(&access(op, offset, VALUE));
                f.set(BODY, col::BYTE0, offset & 1 == 1).set(BODY, col::BYTE1, offset & 2 == 2);
                if op == Opcode::Lw && offset & 2 == 2 {
                    let word = f.int(BODY, col::RAM_PRE) as u32;
                    let h = half_slots(config.params);
                    f.set_half(BODY, 0, word >> 16).set_half(BODY, h, word & 0xffff);
                }
                f.refill_access(BODY, op).rebalance();
                cases.push(breaks(format!("{op} at {offset}"), &f, &[relation]));
            }
        }
        cases
    }

    /// An access to another word than the one that the address is in.
    fn rejects_an_access_to_another_address(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for op in LOADS.map(|l| l.0).into_iter().chain([Opcode::Sw, Opcode::Sh, Opcode::Sb]) {
            let mut f = accessed(config, op, 0);
            // The next word has the same contents.
            f.add(BODY, col::RAM_ADDRESS, 1).rebalance();
            cases.push(breaks(format!("{op}, a word further"), &f, &["Mem relation 0"]));
            // By address bits that are none.
            let mut f = accessed(config, op, 4);
            f.add(BODY, col::RAM_ADDRESS, -1).set(BODY, col::BYTE0, 4).refill_access(BODY, op);
            assert!(!is_load(op) || !f.get(BODY, col::BYTE0).is_zero());
            let mut names = vec!["address bit 0 is a bit"];
            names.extend(match op {
                Opcode::Lh => Some("Lh relation 2"),
                Opcode::Lhu => Some("Lhu relation 2"),
                Opcode::Lw => Some("Lw relation 2"),
                Opcode::Sh => Some("Sh relation 3"),
                Opcode::Sw => Some("Sw relation 1"),
                _ => None,
            });
            f.rebalance();
            if op != Opcode::Lb {
                // The byte that Lb selects is looked up for its sign, and this one is no byte.
                cases.push(breaks(format!("{op}, a word back by bit 0"), &f, &names));
            }
        }
        // Bit 1 is two: the word before, whose halves are equal.
        let mut f = Forgery::honest(&access(Opcode::Lhu, 8, VALUE), config, NO_INPUT);
        f.transplant(&access(Opcode::Lhu, 12, VALUE));
        f.set(BODY, col::BYTE1, 2).set_half(BODY, 0, 5).set_half(BODY, half_slots(config.params), 5);
        f.refill_access(BODY, Opcode::Lhu).rebalance();
        cases.push(breaks("lhu, a word back by bit 1", &f, &["address bit 1 is a bit"]));
        cases
    }

    /// A carry of the address that is no bit, or that is left out: the address does not exist.
    fn rejects_an_address_beyond_32_bits(config: Config) -> Vec<Case> {
        let wrapping = |base: u32| {
            use lariat_emulator::test_util::{Assembler, ElfBuilder, ElfSegment};
            let mut asm = Assembler::new(crate::programs::CODE);
            asm.load_constant(A, base);
            load(&mut asm, Opcode::Lw, RESULT, A, 16);
            asm.exit(0);
            let segments =
                vec![ElfSegment::load(crate::programs::CODE, 5, &asm.assemble()), ElfSegment::load(0, 6, &WORDS)];
            Program::from_elf(&ElfBuilder::new(crate::programs::CODE, segments).build()).unwrap()
        };
        // 0xfffffff4 + 16 = 4 mod 2^32.
        let honest = Forgery::honest(&wrapping(0xffff_fff4), config, NO_INPUT);
        let row = 2;
        assert!(honest.get(row, col::CARRY).is_one() && honest.get(row, col::RESULT) == Fr::from(WORDS[1]));
        let mut f = honest.clone();
        f.set(row, col::CARRY, 0).add(row, col::RAM_ADDRESS, 1 << 30).rebalance();
        let mut g = honest;
        // Any word at all, by a fraction for a carry.
        let carry = divided(Fr::from(0xffff_fff4u64 + 16 - 12), crate::forgeries::pow2(32));
        g.set(row, col::CARRY, carry).set(row, col::RAM_ADDRESS, 3);
        let word = WORDS[3];
        g.set(row, col::RAM_PRE, word).set(row, col::RAM_POST, word).set(row, col::RESULT, word);
        g.set_half(row, 0, word & 0xffff).set_half(row, num_range_chunks(config.params) / 2, word >> 16).rebalance();
        vec![
            unbalanced("no wrap-around", &f, &["ram"]),
            breaks("any address", &g, &["carry is a bit"]),
        ]
    }

    /// Chunks of a source register that is not the stored one, out of range.
    fn rejects_noncanonical_parts_of_words(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for (op, start) in [
            (Opcode::Lbu, 0),
            (Opcode::Lh, 0),
            (Opcode::Lhu, 0),
            (Opcode::Lw, 0),
            (Opcode::Sb, source_slot(config.params)),
            (Opcode::Sh, source_slot(config.params)),
        ] {
            let mut f = accessed(config, op, 0);
            let log_m = config.params.log_m();
            // Across the border of two chunks: of two halves at large tables, of two bytes at small ones.
            f.add(BODY, col::slot_p(start), 1 << log_m).add(BODY, col::slot_p(start + 1), -1);
            f.refill_access(BODY, op).rebalance();
            cases.push(unbalanced(format!("{op}"), &f, &["tables"]));
        }
        cases
    }
}
