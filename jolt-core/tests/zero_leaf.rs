//! A leaf that vanishes identically takes both sides of the multiset equality to zero, and nothing is bound any more.

#![allow(clippy::unwrap_used)]

use lariat_algebra::column::{Column, ColumnData};
use lariat_emulator::{
    image::{Image, Segment},
    isa::{Instruction, Opcode, encode},
    machine::trace,
    memory_map::EXIT_CELL,
};
use lariat_jolt_core::{
    Config, Inputs, MemoryConfig, Program, Schemes, VerifyError, columns as col, prove_witness, verify, witness,
};
use lariat_subtables::decompose::Flag;

fn program() -> Program {
    let code = [
        Instruction::i_type(Opcode::Addi, 0, 0, 0),
        Instruction::i_type(Opcode::Addi, 10, 0, 7),
        Instruction::i_type(Opcode::Addi, 17, 0, 93),
        Instruction::system(Opcode::Ecall),
    ];
    let words = code.iter().map(encode).collect();
    let segment = Segment { start: 0x1_0000, words, zeros: 0, writable: false, executable: true };
    Program::from_image(Image::from_segments(0x1_0000, vec![segment], &MemoryConfig::default()).unwrap())
}

/// The verdict on a proof that claims exit code 12345 of a program that exits with 7, `Add = 1` and `And = and` in row
/// 0. With `and = -1` slot 0 of that row is inactive, and the tags of range and and-table, `256 - 257`, cancel the one.
fn verdict(and: i32) -> Result<(), VerifyError> {
    let program = program();
    let inputs = Inputs { public: &[], private: &[] };
    let trace = trace(program.image(), inputs, 10).unwrap();
    let mut w = witness::build(&program, Config::default(), inputs, &trace).unwrap();
    w.header.exit_code = 12345;
    let exit = w.layout.ram_cell(EXIT_CELL / 4).unwrap() as u32;
    w.cells.iter_mut().find(|c| c.cell == exit).unwrap().value = 12345;
    let num_vars = w.columns[0].num_vars();
    w.columns[col::flag(Flag::And)] = Column::new(num_vars, ColumnData::I32(vec![and, 0, 0, 0]));
    let proven = prove_witness(&program, w, &Schemes::new().with(lariat_hyrax::SCHEME), &mut |_| {}).unwrap();
    verify(&program, &proven.proof, &Schemes::new().with(lariat_hyrax::SCHEME)).map(|_| ())
}

#[test]
fn rejects_flags_of_opposite_sign_that_cancel_a_leaf() {
    assert!(matches!(verdict(-1), Err(VerifyError::Multiset)));
    assert!(matches!(verdict(0), Err(VerifyError::Multiset)));
}

#[test]
fn rejects_flags_that_are_no_bits() {
    let program = program();
    let inputs = Inputs { public: &[], private: &[] };
    let trace = trace(program.image(), inputs, 10).unwrap();
    let mut w = witness::build(&program, Config::default(), inputs, &trace).unwrap();
    assert!(w.check(&program).is_ok());
    let num_vars = w.columns[0].num_vars();
    w.columns[col::flag(Flag::And)] = Column::new(num_vars, ColumnData::I32(vec![-1, 0, 0, 0]));
    assert!(w.check(&program).is_err());
}
