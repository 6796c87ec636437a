//! The program counter: jumps and branches at their limits, sums that wrap around, misaligned and missing targets.

use super::{CORPUS_CODE, CORPUS_DATA, Case, CorpusProgram, Entry, RESULTS, Refusal, entry};
use crate::isa::{Instruction, Opcode};
use crate::machine::Exit;
use crate::memory_map::LAST_PAGE_START;

const A: u8 = 5;
const B: u8 = 6;
const RD: u8 = 7;
const LINK: u8 = 1;

/// Branch, operands, whether it is taken.
const BRANCHES: [(Opcode, u32, u32, bool); 36] = [
    (Opcode::Beq, 0, 0, true),
    (Opcode::Beq, 0, 1, false),
    (Opcode::Beq, 0x8000_0000, 0x8000_0000, true),
    (Opcode::Beq, 0x8000_0000, 0, false),
    (Opcode::Beq, 0xffff_ffff, 0xffff_ffff, true),
    (Opcode::Beq, 0x0001_0000, 0, false),
    (Opcode::Bne, 0, 0, false),
    (Opcode::Bne, 0, 1, true),
    (Opcode::Bne, 0x8000_0000, 0x8000_0000, false),
    (Opcode::Bne, 0x8000_0000, 0, true),
    (Opcode::Bne, 0xffff_ffff, 0xffff_ffff, false),
    (Opcode::Bne, 0x0001_0000, 0, true),
    (Opcode::Blt, 0, 0, false),
    (Opcode::Blt, 0xffff_ffff, 0, true),
    (Opcode::Blt, 0, 0xffff_ffff, false),
    (Opcode::Blt, 0x8000_0000, 0x7fff_ffff, true),
    (Opcode::Blt, 0x7fff_ffff, 0x8000_0000, false),
    (Opcode::Blt, 0x8000_0000, 0x8000_0001, true),
    (Opcode::Bge, 0, 0, true),
    (Opcode::Bge, 0xffff_ffff, 0, false),
    (Opcode::Bge, 0, 0xffff_ffff, true),
    (Opcode::Bge, 0x8000_0000, 0x7fff_ffff, false),
    (Opcode::Bge, 0x7fff_ffff, 0x8000_0000, true),
    (Opcode::Bge, 0x8000_0000, 0x8000_0001, false),
    (Opcode::Bltu, 0, 0, false),
    (Opcode::Bltu, 0xffff_ffff, 0, false),
    (Opcode::Bltu, 0, 0xffff_ffff, true),
    (Opcode::Bltu, 0x8000_0000, 0x7fff_ffff, false),
    (Opcode::Bltu, 0x7fff_ffff, 0x8000_0000, true),
    (Opcode::Bltu, 0x8000_0000, 0x8000_0001, true),
    (Opcode::Bgeu, 0, 0, true),
    (Opcode::Bgeu, 0xffff_ffff, 0, true),
    (Opcode::Bgeu, 0, 0xffff_ffff, false),
    (Opcode::Bgeu, 0x8000_0000, 0x7fff_ffff, true),
    (Opcode::Bgeu, 0x7fff_ffff, 0x8000_0000, false),
    (Opcode::Bgeu, 0x8000_0000, 0x8000_0001, false),
];

const BRANCH_OPS: [Opcode; 6] = [Opcode::Beq, Opcode::Bne, Opcode::Blt, Opcode::Bge, Opcode::Bltu, Opcode::Bgeu];

/// `a + b` modulo 2^32, in 64 bits.
fn wrapping_sum(a: u32, b: u32) -> u32 {
    ((u64::from(a) + u64::from(b)) % (1 << 32)) as u32
}

fn addi(rd: u8, rs1: u8, imm: i32) -> Instruction {
    Instruction::i_type(Opcode::Addi, rd, rs1, imm)
}

fn jalr(rd: u8, rs1: u8, imm: i32) -> Instruction {
    Instruction::i_type(Opcode::Jalr, rd, rs1, imm)
}

pub(super) fn entries() -> Vec<Entry> {
    [upper(), branches(), jumps(), edges(), endings(), refused()].concat()
}

/// AUIPC.
fn upper() -> Vec<Entry> {
    vec![
        entry("x0-auipc", "`auipc` with rd = x0 drops an address", Case::new(), |case| {
            case.push(Instruction::u_type(Opcode::Auipc, 0, 0x1000));
            case.push(Instruction::u_type(Opcode::Auipc, RD, 0x1000));
            case.expect(RD, CORPUS_CODE + 8 + 0x1000);
        }),
        entry("auipc-wraps-around", "pc + imm below, at and beyond 2^32", Case::new(), |case| {
            case.set(RESULTS, CORPUS_DATA);
            for imm in [0, 0x1000, 0x7fff_f000, 0x8000_0000, 0xffe0_0000, 0xffef_f000, 0xfff0_0000, 0xffff_f000] {
                let value = wrapping_sum(case.asm.here(), imm);
                case.check(Instruction::u_type(Opcode::Auipc, RD, imm), value);
            }
        }),
    ]
}

fn branches() -> Vec<Entry> {
    let mut entries = Vec::new();
    for op in BRANCH_OPS {
        let about = format!("`{op}` on equal, signed and unsigned corners");
        entries.push(entry(&format!("{op}-corners"), &about, Case::new(), |case| {
            // One bit for each pair: whether the branch is taken.
            let mut taken_bits = 0;
            for (k, (_, a, b, taken)) in BRANCHES.into_iter().filter(|branch| branch.0 == op).enumerate() {
                case.set(A, a);
                case.set(B, b);
                case.push(addi(RD, RD, 1 << k));
                case.push(Instruction::branch(op, A, B, 8));
                case.push(addi(RD, RD, -(1 << k)));
                taken_bits |= u32::from(taken) << k;
            }
            case.expect(RD, taken_bits);
        }));
    }
    entries.push(entry("branches-on-one-register", "x0 with x0, and a register with itself", Case::new(), |case| {
        case.set(A, 0x8000_0000);
        for (op, mask) in BRANCH_OPS.into_iter().zip([1, 2, 4, 8, 16, 32]) {
            for register in [0, A] {
                case.push(addi(RD, RD, mask));
                case.push(Instruction::branch(op, register, register, 8));
                case.push(addi(RD, RD, -mask));
            }
        }
        // Twice the masks of BEQ, BGE and BGEU.
        case.expect(RD, 2 * (1 + 8 + 32));
    }));
    entries.push(entry("branches-at-their-limits", "4092 bytes forward and 4096 back", Case::new(), |case| {
        // Behind the prologue's one instruction: 1 goes to 3, 3 to 3 + 1023 = 1026, 1026 back to 2, 2 to 4.
        case.push(Instruction::branch(Opcode::Beq, 0, 0, 8));
        case.push(Instruction::branch(Opcode::Bgeu, 0, 0, 8));
        case.push(Instruction::branch(Opcode::Bge, 0, 0, 4092));
        case.far.push((1026, Instruction::branch(Opcode::Beq, 0, 0, -4096)));
        case.push(addi(RD, 0, 1));
        case.expect(RD, 1);
    }));
    entries.push(entry(
        "misaligned-branches-not-taken",
        "a branch that is not taken has no target",
        Case::new(),
        |case| {
            case.set(A, 1);
            for op in [Opcode::Beq, Opcode::Blt, Opcode::Bltu] {
                case.push(Instruction::branch(op, A, 0, 6));
            }
        },
    ));
    entries
}

fn jumps() -> Vec<Entry> {
    let mut entries = vec![
        entry("x0-jal", "`jal` with rd = x0 jumps all the same", Case::new(), |case| {
            case.push(Instruction::jal(0, 8));
            case.push(addi(8, 0, 1));
            case.push(Instruction::jal(LINK, 8));
            case.push(addi(9, 0, 1));
            case.expect(LINK, CORPUS_CODE + 4 * 4);
        }),
        entry("x0-jalr", "`jalr` with rd = x0 jumps all the same", Case::new(), |case| {
            case.set(A, CORPUS_CODE + 4 * 5);
            case.push(jalr(0, A, 0));
            case.push(addi(8, 0, 1));
            case.push(addi(9, 0, 1));
            case.expect(9, 1);
        }),
        entry("jal-at-its-limits", "1,048,572 bytes forward and 1,048,576 back, with links", Case::new(), |case| {
            // 1 goes to 3, 3 to 3 + 2^18 - 1 = 262146, which goes back to 2, 2 to 4.
            case.push(Instruction::jal(0, 8));
            case.push(Instruction::jal(0, 8));
            case.push(Instruction::jal(8, (1 << 20) - 4));
            case.far.push((262_146, Instruction::jal(9, -(1 << 20))));
            case.expect(8, CORPUS_CODE + 4 * 4);
            case.expect(9, CORPUS_CODE + 4 * 262_147);
        }),
        entry("jalr-clears-bit-0", "odd sums, by the register or by the offset", Case::new(), |case| {
            for (k, (odd, imm)) in [(1, 0), (0, 1), (3, -2), (2047, -2046), (-2046, 2047)].into_iter().enumerate() {
                let target = case.asm.here() + 4 * 4;
                let base = u32::try_from(i64::from(target) + odd).unwrap_or(0);
                case.set(A, base);
                case.push(jalr(LINK, A, imm));
                case.push(addi(8, 8, 1 << k));
                case.expect(LINK, target - 4);
            }
        }),
        entry("jalr-over-its-own-base", "rs1 is read before the link is written", Case::new(), |case| {
            case.set(A, CORPUS_CODE + 4 * 5);
            case.push(jalr(A, A, 0));
            case.push(addi(8, 0, 1));
            case.expect(A, CORPUS_CODE + 4 * 4);
        }),
        entry("jalr-at-its-limits", "offsets -2048 and 2047", Case::new(), |case| {
            for (imm, back) in [(-2048, 2048), (2047, 1 - 2048)] {
                let target = case.asm.here() + 4 * 4;
                case.set(A, target.wrapping_add_signed(back));
                case.push(jalr(LINK, A, imm));
                case.push(addi(8, 8, 1));
                case.expect(LINK, target - 4);
            }
        }),
    ];
    let low = || Case::bare(0x400);
    entries.push(entry("jalr-target-wraps-around", "rs1 + imm beyond 2^32, and the links", low(), |case| {
        for base in [0xffff_ff00_u32, 0xffff_fffe, 0xffff_ffff] {
            let target = case.asm.here() + 4 * 4;
            let offset = u64::from(target) + (1 << 32) - u64::from(base);
            case.set(A, base);
            case.push(jalr(LINK, A, offset as i32));
            case.push(addi(8, 8, 1));
            case.expect(LINK, target - 4);
        }
    }));
    entries
}

/// Code at both ends of the address space.
fn edges() -> Vec<Entry> {
    let last = LAST_PAGE_START - 0x1000;
    vec![
        entry("code-at-address-zero", "code from address 0 on, left by its entry only", Case::bare(0), |case| {
            case.push(Instruction::u_type(Opcode::Auipc, 8, 0xffff_f000));
            case.expect(8, 0xffff_f004);
            // To the instruction at 0, which clears x2, and back here the second time.
            case.push(Instruction::branch(Opcode::Bne, A, 0, 16));
            case.push(addi(A, A, 1));
            case.push(jalr(LINK, 0, 0));
            case.push(super::NOP);
            case.expect(A, 1);
            case.expect(LINK, 20);
        }),
        entry("code-up-to-the-last-page", "pc + 4 and AUIPC at the highest mapped code", Case::bare(last), |case| {
            case.push(Instruction::u_type(Opcode::Auipc, 8, 0x2000));
            case.expect(8, wrapping_sum(last + 4, 0x2000));
            case.push(Instruction::u_type(Opcode::Auipc, 9, 0x1000));
            case.expect(9, wrapping_sum(last + 8, 0x1000));
            // 3 goes to the very last word, which comes back to 4.
            case.push(Instruction::jal(10, 0x1000 - 4 - 12));
            case.expect(10, last + 16);
            case.far.push((1023, Instruction::jal(11, 16 - (0x1000 - 4))));
            case.expect(11, LAST_PAGE_START);
        }),
    ]
}

/// How runs end.
fn endings() -> Vec<Entry> {
    let exit = |code: u32| {
        let mut case = Case::bare(CORPUS_CODE);
        case.set(10, code);
        case.push(addi(17, 0, 93));
        case.ends_at(ECALL, Exit::Halted { code })
    };
    let codes = [0, 1, 255, 256, 0x7fff_ffff, 0x8000_0000, u32::MAX];
    let mut ebreak = Case::bare(CORPUS_CODE);
    ebreak.set(10, 7);
    let ebreak = ebreak.ends_at(Instruction::system(Opcode::Ebreak), Exit::Panicked { code: 0 });
    let about = "every word is an exit code";
    let mut entries = vec![Entry::new("exit-codes", about, codes.map(exit).into())];
    entries.push(Entry::new("ebreak-panics", "EBREAK ends with a panic and code 0, whatever a0 holds", vec![ebreak]));
    entries
}

/// A program whose only instruction at fault comes after `prepare`.
fn at_fault(base: u32, prepare: impl FnOnce(&mut Case), instruction: Instruction, refusal: Refusal) -> CorpusProgram {
    let mut case = Case::bare(base);
    prepare(&mut case);
    case.refused(instruction, refusal)
}

fn refused() -> Vec<Entry> {
    let here = CORPUS_CODE + 4;
    let none = |_: &mut Case| {};
    let jump_by = |offset: i32| Instruction::jal(LINK, offset);
    let to = |target: u32| move |case: &mut Case| case.set(A, target);
    let misaligned = |target| Refusal::MisalignedJump { target };
    let outside = |target| Refusal::JumpOutsideCode { target };
    let number = |number: u32| {
        at_fault(CORPUS_CODE, move |case: &mut Case| case.set(17, number), ECALL, Refusal::Ecall { number })
    };
    vec![
        Entry::new(
            "jal-misaligned",
            "jumps 6 forward and 2 back",
            vec![
                at_fault(CORPUS_CODE, none, jump_by(6), misaligned(here + 6)),
                at_fault(CORPUS_CODE, none, jump_by(-2), misaligned(here - 2)),
            ],
        ),
        Entry::new(
            "jalr-misaligned",
            "targets with bit 1 set, which clearing bit 0 leaves",
            [2, 3]
                .map(|k| at_fault(CORPUS_CODE, to(CORPUS_CODE + k), jalr(LINK, A, 0), misaligned(CORPUS_CODE + 2)))
                .into(),
        ),
        Entry::new(
            "branches-misaligned",
            "each branch, taken to a target with bit 1 set",
            [
                (Opcode::Beq, 0, 0),
                (Opcode::Bge, 0, 0),
                (Opcode::Bgeu, 0, 0),
                (Opcode::Bne, 0, A),
                (Opcode::Blt, 0, A),
                (Opcode::Bltu, 0, A),
            ]
            .map(|(op, a, b)| {
                let pc = CORPUS_CODE + 12;
                at_fault(CORPUS_CODE, to(1), Instruction::branch(op, a, b, 10), misaligned(pc + 10))
            })
            .into(),
        ),
        Entry::new(
            "jump-to-no-code",
            "JALR to 0, to data, before the code, and to 0xfffffffc",
            [0, CORPUS_DATA, CORPUS_CODE - 4, 0xffff_fffc]
                .map(|target| at_fault(CORPUS_CODE, to(target), jalr(LINK, A, 0), outside(target)))
                .into(),
        ),
        Entry::new(
            "jump-past-2^32",
            "JAL from the last page of code to an address near 0, and a branch into the page behind",
            vec![
                at_fault(LAST_PAGE_START - 0x1000, none, jump_by(0x2ffc), outside(0x1000)),
                at_fault(
                    LAST_PAGE_START - 0x40,
                    none,
                    Instruction::branch(Opcode::Beq, 0, 0, 4092),
                    outside(LAST_PAGE_START - 0x40 + 4096),
                ),
            ],
        ),
        Entry::new(
            "jump-below-zero",
            "JAL, a branch and JALR from code at 0, to addresses near 2^32",
            vec![
                at_fault(0, none, jump_by(-8), outside(0xffff_fffc)),
                at_fault(0, none, Instruction::branch(Opcode::Bgeu, 0, 0, -4096), outside(0xffff_f004)),
                at_fault(0, none, jalr(LINK, 0, -2048), outside(0xffff_f800)),
            ],
        ),
        Entry::new(
            "running-off-the-code",
            "no instruction behind the last one, at the usual place and before the last page",
            [CORPUS_CODE, LAST_PAGE_START - 8]
                .map(|base| {
                    let mut case = Case::bare(base);
                    case.push(super::NOP);
                    case.runs_off()
                })
                .into(),
        ),
        Entry::new(
            "ecall-of-another-number",
            "`ecall` with another a7 than 93, whatever their low bytes say",
            [0, 1, 64, 92, 94, 93 + 256, 93 + 65_536, 93 + (1 << 31), u32::MAX].map(number).into(),
        ),
    ]
}

const ECALL: Instruction = Instruction::system(Opcode::Ecall);
