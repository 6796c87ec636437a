//! Honest proofs to be damaged: one small program, two runs, every scheme; made once in a process.

use crate::input::Input;
use crate::mutate::edited;
use lariat_emulator::isa::{Instruction, Opcode};
use lariat_emulator::memory_map::{INPUT_START, OUTPUT_START, PRIVATE_INPUT_START};
use lariat_emulator::test_util::{Assembler, ElfBuilder, ElfSegment};
use lariat_jolt_core::{Config, HashKind, Header, Inputs, Params, Program, ProveOptions, prove, verify};
use lariat_kzg::PowersOfTau;
use lariat_pcs::{PcsKind, Schemes};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A proof, and where its parts are.
#[derive(Debug)]
pub struct Honest {
    /// The scheme.
    pub kind: PcsKind,
    /// The proof file.
    pub proof: Vec<u8>,
    /// Its header's length.
    pub header_len: usize,
    /// The header in pieces of up to 8 bytes, then each message.
    pub parts: Vec<Range<usize>>,
    /// A proof of the same length of another run.
    pub donor: Vec<u8>,
}

/// The program, the schemes, and a proof under each of them.
#[derive(Debug)]
pub struct World {
    /// The program.
    pub program: Program,
    /// All schemes, with an insecure setup for those that need one.
    pub schemes: Schemes,
    /// The proofs.
    pub proofs: Vec<Honest>,
}

/// Reads both inputs, multiplies, divides, loads and stores bytes and branches; outputs a word.
fn program() -> Program {
    const CODE: u32 = 0x1_0000;
    let mut asm = Assembler::new(CODE);
    asm.load_constant(5, INPUT_START).load_constant(6, PRIVATE_INPUT_START).load_constant(7, OUTPUT_START);
    asm.push(Instruction::load(Opcode::Lw, 10, 5, 4));
    asm.push(Instruction::load(Opcode::Lbu, 11, 6, 5));
    asm.push(Instruction::r_type(Opcode::Mul, 12, 10, 11));
    asm.push(Instruction::r_type(Opcode::Rem, 13, 12, 11));
    asm.push(Instruction::r_type(Opcode::Xor, 12, 12, 13));
    let done = asm.label();
    asm.branch(Opcode::Bltu, 12, 10, done);
    asm.push(Instruction::i_type(Opcode::Srai, 12, 12, 3));
    asm.bind(done);
    asm.push(Instruction::store(Opcode::Sh, 12, 2, -2));
    asm.push(Instruction::load(Opcode::Lh, 14, 2, -2));
    asm.push(Instruction::store(Opcode::Sw, 14, 7, 4));
    asm.push(Instruction::i_type(Opcode::Addi, 15, 0, 4));
    asm.push(Instruction::store(Opcode::Sw, 15, 7, 0));
    asm.exit(0);
    let elf = ElfBuilder::new(CODE, vec![ElfSegment::load(CODE, 5, &asm.assemble())]);
    Program::from_elf(&elf.build()).unwrap()
}

fn make() -> World {
    let program = program();
    let powers = PowersOfTau::from_seed("fuzz", 14).unwrap();
    let schemes = lariat_schemes::all().with_resource(Arc::new(powers)).allow_insecure_setup(true);
    let proofs = schemes.iter().map(|scheme| honest(&program, &schemes, scheme.kind)).collect();
    World { program, schemes, proofs }
}

fn honest(program: &Program, schemes: &Schemes, kind: PcsKind) -> Honest {
    let config = Config { pcs: kind, params: Params::M8, hash: HashKind::Blake3, ..Config::default() };
    let options = ProveOptions { config, max_steps: 1 << 10, ..ProveOptions::default() };
    let run = |public: &[u8], private: &[u8]| {
        let proven = prove(program, Inputs { public, private }, &options, schemes, &mut |_| {}).unwrap();
        let statement = verify(program, &proven.proof, schemes).unwrap();
        assert_eq!((statement.input.as_slice(), statement.config), (public, config));
        proven
    };
    let first = run(&[7, 1, 0, 0], &[1, 3]);
    // Another proof of the same structure: its zeros are in the same rows.
    let others = (1..64u8).map(|x| run(&[7 ^ x, 1, 0, 0], &[1, 3 ^ x]));
    let second = others.into_iter().find(|other| other.proof.len() == first.proof.len());
    let second = second.expect("some inputs give columns with the same rows of zeros");
    let (_, header_len) = Header::parse(&first.proof, schemes).unwrap();
    let pieces = (0..header_len).step_by(8).map(|at| at..(at + 8).min(header_len));
    let messages = first.log.messages().map(|m| header_len + m.offset..header_len + m.offset + m.num_bytes);
    let parts = pieces.chain(messages.filter(|m| !m.is_empty())).collect();
    Honest { kind, proof: first.proof, header_len, parts, donor: second.proof }
}

/// The world, made at the first call: about two seconds.
pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(make)
}

impl Honest {
    /// The proof with the edits that the input asks for.
    pub fn edited(&self, input: &mut Input<'_>) -> Vec<u8> {
        edited(&self.proof, &self.parts, &self.donor, input)
    }

    /// Whether these bytes are a proof that an honest prover made.
    pub fn is_honest(&self, bytes: &[u8]) -> bool {
        bytes == self.proof || bytes == self.donor
    }
}
