//! Small programs for attacks, and their runs.

use lariat_emulator::{
    isa::{Instruction, Opcode},
    machine::{TraceResult, trace},
    test_util::{Assembler, ElfBuilder, ElfSegment},
};
use lariat_jolt_core::{
    Config, HashKind, Inputs, Params, Program, VerifyError,
    witness::{self, Witness},
};

/// Where test programs put their code.
pub const CODE: u32 = 0x1_0000;
/// Where they put writable data.
pub const DATA: u32 = 0x2_0000;
/// Where they put read-only data.
pub const RODATA: u32 = 0x3_0000;
/// More steps than any test runs.
pub const MAX_STEPS: u64 = 1 << 20;
/// No input of either kind.
pub const NO_INPUT: Inputs<'static> = Inputs { public: &[], private: &[] };

/// The configuration with the smallest tables, so that a proof of few rows takes milliseconds.
pub fn small() -> Config {
    Config { params: Params::M8, hash: HashKind::Blake3, ..Config::default() }
}

/// Every choice of table size and hash.
pub fn configurations() -> impl Iterator<Item = Config> {
    let of = |params| HashKind::ALL.map(|hash| Config { params, hash, ..Config::default() });
    Params::ALL.into_iter().flat_map(of)
}

/// Whether the long form of the suite is asked for.
pub fn nightly() -> bool {
    lariat_emulator::test_util::nightly()
}

/// A program from its code and the words at [`DATA`] and [`RODATA`].
pub fn program_with(data: &[u32], rodata: &[u32], code: impl FnOnce(&mut Assembler)) -> Program {
    let mut asm = Assembler::new(CODE);
    code(&mut asm);
    let mut segments = vec![ElfSegment::load(CODE, 5, &asm.assemble())];
    if !data.is_empty() {
        segments.push(ElfSegment::load(DATA, 6, data));
    }
    if !rodata.is_empty() {
        segments.push(ElfSegment::load(RODATA, 4, rodata));
    }
    Program::from_elf(&ElfBuilder::new(CODE, segments).build()).unwrap()
}

/// A program from its code alone.
pub fn program(code: impl FnOnce(&mut Assembler)) -> Program {
    program_with(&[], &[], code)
}

/// `op rd, rs1, rs2`.
pub fn r(asm: &mut Assembler, op: Opcode, rd: u8, rs1: u8, rs2: u8) {
    asm.push(Instruction::r_type(op, rd, rs1, rs2));
}

/// `op rd, rs1, imm`.
pub fn i(asm: &mut Assembler, op: Opcode, rd: u8, rs1: u8, imm: i32) {
    asm.push(Instruction::i_type(op, rd, rs1, imm));
}

/// `op rd, offset(base)`.
pub fn load(asm: &mut Assembler, op: Opcode, rd: u8, base: u8, offset: i32) {
    asm.push(Instruction::load(op, rd, base, offset));
}

/// `op source, offset(base)`.
pub fn store(asm: &mut Assembler, op: Opcode, source: u8, base: u8, offset: i32) {
    asm.push(Instruction::store(op, source, base, offset));
}

/// The trace of a run.
pub fn run_traced(program: &Program, inputs: Inputs<'_>) -> TraceResult {
    trace(program.image(), inputs, MAX_STEPS).unwrap()
}

/// The honest witness of a run.
pub fn honest_witness(program: &Program, config: Config, inputs: Inputs<'_>) -> Witness {
    witness::build(program, config, inputs, &run_traced(program, inputs)).unwrap()
}

/// The final check of the main sumcheck failed: a constraint, or a demand on a cell, does not hold.
pub fn is_main_final_claim(error: &VerifyError) -> bool {
    matches!(
        error,
        VerifyError::Sumcheck(lariat_sumcheck::SumcheckError::FinalClaim { protocol })
            if *protocol == lariat_jolt_core::protocol::label::MAIN
    )
}
