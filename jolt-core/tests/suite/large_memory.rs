//! Programs with far more memory than they store: zeros and gaps cost nothing, and are what they are.

use crate::common::{CODE, NO_INPUT, honest_witness, load, program_with, run_traced, schemes, small, store};
use ark_ff::{One, UniformRand, Zero};
use lariat_algebra::{
    Fr,
    poly::{eq_evals, eq_index},
};
use lariat_emulator::{
    image::{Image, Segment},
    isa::{Instruction, Opcode, encode},
    memory_map::{MemoryConfig, OUTPUT_START},
    test_util::{Assembler, ElfBuilder, ElfSegment},
};
use lariat_jolt_core::{
    Exit, Inputs, Program,
    cells::{CellContext, CellWeights, RegionKind, evaluate_mask, fixed_cells},
    operations::Fingerprint,
    prove_trace, verify,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

/// Writable data of a few stored words and `zeros` more, and code in two places `gap` bytes apart.
fn sparse_program(zeros: u32, gap: u32) -> Program {
    let far = CODE + gap;
    let mut near = Assembler::new(CODE);
    near.load_constant(5, far).push(Instruction::i_type(Opcode::Jalr, 1, 5, 0));
    let mut code = Assembler::new(far);
    code.load_constant(6, far + 0x1000).load_constant(7, OUTPUT_START);
    load(&mut code, Opcode::Lw, 8, 6, 4);
    store(&mut code, Opcode::Sw, 8, 6, 400);
    store(&mut code, Opcode::Sw, 8, 7, 4);
    crate::common::i(&mut code, Opcode::Addi, 9, 0, 4);
    store(&mut code, Opcode::Sw, 9, 7, 0);
    code.exit(3);
    let data = ElfSegment { memory_bytes: 12 + 4 * zeros, ..ElfSegment::load(far + 0x1000, 6, &[5, 0x0403_0201, 0]) };
    let segments = vec![ElfSegment::load(CODE, 5, &near.assemble()), ElfSegment::load(far, 5, &code.assemble()), data];
    Program::from_elf(&ElfBuilder::new(CODE, segments).build()).unwrap()
}

fn random(rng: &mut ChaCha20Rng) -> Fr {
    Fr::rand(rng)
}

/// The dense public column, cell by cell by its definition; its blocks; and its extension at a point.
#[test]
fn the_public_column_and_its_extension_agree_with_every_cell() {
    let mut rng = ChaCha20Rng::seed_from_u64(61);
    for (zeros, gap, input) in [(0, 0x400, 0), (1, 64, 1), (997, 0x804, 30), (4096, 0x3000, 4)] {
        let program = sparse_program(zeros, gap);
        let input = vec![7; input];
        let witness = honest_witness(&program, small(), Inputs { public: &input, private: &input });
        let (layout, header) = (&witness.layout, &witness.header);
        let cx = CellContext { params: small().params, image: program.image(), bytecode: program.bytecode(), header };
        let fp = Fingerprint::new(random(&mut rng), random(&mut rng));
        let weights = CellWeights {
            fingerprint: random(&mut rng),
            initial: random(&mut rng),
            vacant: random(&mut rng),
            private_bits: (0..header.private_tail_bits()).map(|_| random(&mut rng)).collect(),
        };
        let mut expected = vec![weights.vacant; 1 << layout.num_vars];
        for region in &layout.regions {
            for i in 0..region.len {
                let Some(f) = cx.fingerprint(region, i, &fp) else { continue };
                let initial = Fr::from(cx.initial_value(region, i));
                expected[region.base + i] = weights.fingerprint * (f - Fr::one()) + weights.initial * initial;
                if region.kind == RegionKind::PrivateBits {
                    expected[region.base + i] += weights.private_bits[i];
                }
            }
        }
        let column = layout.dense(&cx, &fp, &weights);
        for (i, value) in expected.iter().enumerate() {
            assert_eq!(column.get(i), *value, "cell {i}");
        }
        assert_eq!(column.stored(), cx.num_listed(layout));
        let r: Vec<Fr> = (0..layout.num_vars).map(|_| random(&mut rng)).collect();
        let extension: Fr = eq_evals(&r).iter().zip(&expected).map(|(e, v)| *e * v).sum();
        assert_eq!(layout.evaluate(&cx, &fp, &weights, &r), extension);
    }
}

#[test]
fn the_mask_and_its_extension_agree_with_every_fixed_cell() {
    let mut rng = ChaCha20Rng::seed_from_u64(62);
    for words in [0_u32, 1, 2, 3, 9, 64] {
        let program = program_with(&[], &[], |asm| {
            asm.load_constant(7, OUTPUT_START).load_constant(8, 4 * words);
            store(asm, Opcode::Sw, 8, 7, 0);
            for k in 1..=words {
                store(asm, Opcode::Sw, 7, 7, 4 * k as i32);
            }
            asm.exit(9);
        });
        let witness = honest_witness(&program, small(), Inputs { public: &[], private: b"private" });
        let (layout, header) = (&witness.layout, &witness.header);
        assert_eq!(header.output_words.len(), 1 + words as usize);
        let r: Vec<Fr> = (0..layout.num_vars).map(|_| random(&mut rng)).collect();
        let (mut mask, mut fixed) = (Fr::zero(), Fr::zero());
        for (cell, word) in fixed_cells(layout, header) {
            mask += eq_index(cell, &r);
            fixed += eq_index(cell, &r) * Fr::from(word);
        }
        assert_eq!(evaluate_mask(layout, header, &r), (mask, fixed), "{words} words");
    }
}

#[test]
fn zeros_and_gaps_are_not_stored() {
    let program = sparse_program(60 << 18, 63 << 20);
    let image = program.image();
    assert_eq!(image.segments.iter().map(|s| s.words.len()).collect::<Vec<_>>(), [3, 12, 2]);
    assert_eq!(image.segments[2].num_words(), 3 + (60 << 18));
    assert_eq!(program.bytecode().rows.len(), (63 << 18) + 12);
    assert_eq!((image.code.stored(), program.bytecode().rows.stored()), (15, 15));
    let witness = honest_witness(&program, small(), NO_INPUT);
    let cx = CellContext { params: small().params, image, bytecode: program.bytecode(), header: &witness.header };
    assert!(witness.layout.num_vars >= 25 && cx.num_listed(&witness.layout) < 1 << 12);
    let key = program.to_bytes();
    assert!(key.len() < 300);
    assert_eq!(Program::from_bytes(&key).unwrap().digest(), program.digest());
}

/// The digest is of the memory, not of how it is written down.
#[test]
fn stored_and_counted_zeros_are_the_same_program() {
    let code = vec![encode(&Instruction::i_type(Opcode::Addi, 17, 0, 93)), encode(&Instruction::system(Opcode::Ecall))];
    let build = |words: Vec<u32>, zeros, code_zeros| {
        let text = Segment { start: 0x1000, words: code.clone(), zeros: code_zeros, writable: false, executable: true };
        let data = Segment { start: 0x2000, words, zeros, writable: true, executable: false };
        Program::from_image(Image::from_segments(0x1000, vec![text, data], &MemoryConfig::default()).unwrap())
    };
    let program = build(vec![1, 0, 2, 0, 0], 0, 0);
    for (words, zeros) in [(vec![1, 0, 2, 0], 1), (vec![1, 0, 2], 2)] {
        assert_eq!(build(words, zeros, 0), program);
    }
    for (words, zeros, code_zeros) in
        [(vec![1, 0, 2], 3, 0), (vec![1, 0, 2], 1, 0), (vec![1, 0], 3, 0), (vec![], 5, 0), (vec![1, 0, 2], 2, 1)]
    {
        assert_ne!(build(words, zeros, code_zeros).digest(), program.digest());
    }
}

/// 60 MiB of zeros and code at both ends of 63 MiB, proven and verified.
#[test]
fn proves_programs_with_large_zeros_and_gaps() {
    let program = sparse_program(60 << 18, 63 << 20);
    let trace = run_traced(&program, NO_INPUT);
    let proven = prove_trace(&program, NO_INPUT, small(), &schemes(), trace, &mut |_| {}).unwrap();
    let statement = verify(&program, &proven.proof, &schemes()).unwrap();
    assert_eq!((statement.exit, &statement.output[..]), (Exit::Halted { code: 3 }, &[1, 2, 3, 4][..]));
    // The same with one word of the zeros set is another program.
    let mut image = program.image().clone();
    image.segments[2].words.resize(1000, 0);
    image.segments[2].words.push(1);
    image.segments[2].zeros -= 1001 - 2;
    let other = Program::from_image(Image::from_segments(image.entry, image.segments, &image.memory).unwrap());
    assert_eq!(other.image().segments[2].num_words(), program.image().segments[2].num_words());
    assert!(verify(&other, &proven.proof, &schemes()).is_err());
}
