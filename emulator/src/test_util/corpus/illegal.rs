//! Words that are no instructions, by opcode and reserved field, and words that only look like none.

use super::{CORPUS_CODE, Case, CorpusProgram, Entry, Refusal, entry};
use crate::isa::Instruction;

/// A `funct3`, with the `funct7` that go with it.
type Funct3 = (u32, &'static [u32]);

/// Fixed bits of the specification's listing by major opcode: which `funct3` it takes, and with which `funct7` for those
/// that have one.
const LISTED: [(u32, &[Funct3]); 11] = [
    (0x37, &[]),
    (0x17, &[]),
    (0x6f, &[]),
    (0x67, &[(0, &[])]),
    (0x63, &[(0, &[]), (1, &[]), (4, &[]), (5, &[]), (6, &[]), (7, &[])]),
    (0x03, &[(0, &[]), (1, &[]), (2, &[]), (4, &[]), (5, &[])]),
    (0x23, &[(0, &[]), (1, &[]), (2, &[])]),
    (0x13, &[(0, &[]), (1, &[0]), (2, &[]), (3, &[]), (4, &[]), (5, &[0, 0x20]), (6, &[]), (7, &[])]),
    (
        0x33,
        &[
            (0, &[0, 1, 0x20]),
            (1, &[0, 1]),
            (2, &[0, 1]),
            (3, &[0, 1]),
            (4, &[0, 1]),
            (5, &[0, 1, 0x20]),
            (6, &[0, 1]),
            (7, &[0, 1]),
        ],
    ),
    (0x0f, &[(0, &[])]),
    (0x73, &[]),
];

/// Register fields of the words: rd = x7, rs1 = x5, rs2 = x6.
const FIELDS: u32 = 7 << 7 | 5 << 15 | 6 << 20;

pub(super) fn entries() -> Vec<Entry> {
    let major = |wanted: u32| LISTED.iter().find(|row| row.0 == wanted).map_or(&[][..], |row| row.1);
    let funct3s = |opcode: u32| -> Vec<u32> {
        let listed = major(opcode);
        let free = (0..8).filter(|funct3| !listed.iter().any(|row| row.0 == *funct3));
        free.map(|funct3| opcode | funct3 << 12 | FIELDS).collect()
    };
    let funct7s = |opcode: u32| -> Vec<u32> {
        let mut words = Vec::new();
        for (funct3, taken) in major(opcode).iter().filter(|row| !row.1.is_empty()) {
            let free = (0..128).filter(|funct7| !taken.contains(funct7));
            words.extend(free.map(|funct7| opcode | funct3 << 12 | funct7 << 25 | FIELDS));
        }
        words
    };
    let majors = (0..128).filter(|opcode| LISTED.iter().all(|row| row.0 != *opcode));
    // SYSTEM has two words only. What differs from one of them in a single bit of another field is neither.
    let mut system: Vec<u32> = (7..32).map(|bit| 0x0000_0073 ^ 1 << bit).filter(|word| *word != 0x0010_0073).collect();
    system.extend((7..32).map(|bit| 0x0010_0073 ^ 1 << bit).filter(|word| *word != 0x0000_0073));
    system.extend([0x3020_0073, 0x1050_0073, 0xc000_1073, 0x3000_2073, 0x1200_0073]);

    let family = |name: &str, about: &str, words: Vec<u32>| {
        Entry::new(name, format!("{about}: {} words", words.len()), words.into_iter().map(illegal).collect())
    };
    let mut entries = vec![
        family("illegal-opcodes", "every major opcode that RV32IM does not have", majors.map(|m| m | FIELDS).collect()),
        family("illegal-jalr", "reserved funct3 of JALR", funct3s(0x67)),
        family("illegal-branches", "reserved funct3 of branches", funct3s(0x63)),
        family("illegal-loads", "reserved funct3 of loads, LD and LWU among them", funct3s(0x03)),
        family("illegal-stores", "reserved funct3 of stores, SD among them", funct3s(0x23)),
        family(
            "illegal-shifts",
            "every reserved funct7 of SLLI, SRLI and SRAI, those of RV64 among them",
            funct7s(0x13),
        ),
        family("illegal-arithmetic", "every reserved funct7 of register arithmetic", funct7s(0x33)),
        family("illegal-fences", "reserved funct3 of MISC-MEM, FENCE.I among them", funct3s(0x0f)),
        family(
            "illegal-system",
            "ECALL and EBREAK with any other bit flipped, rd among them; CSRs and returns",
            system,
        ),
        family(
            "illegal-patterns",
            "all zeros, all ones, and compressed words",
            vec![0, u32::MAX, 0x0001_0001, 0x8082_8082],
        ),
    ];
    let about = "FENCE with any ordering, TSO, and reserved fields does nothing";
    entries.push(entry("fences-with-any-fields", about, Case::new(), |case| {
        case.set(5, 0x1234_5678);
        for word in [0x0ff0_000f, 0x8330_000f, 0x0000_000f, 0x0ff2_8f8f, 0x0010_000f] {
            // Raw words: an instruction does not keep these fields.
            case.push(Instruction::illegal(word));
        }
    }));
    entries
}

/// A program with one word that is no instruction.
fn illegal(word: u32) -> CorpusProgram {
    Case::bare(CORPUS_CODE).refused_word(word, Refusal::Illegal { word })
}
