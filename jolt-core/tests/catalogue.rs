//! Lines of the catalogue of failures (`docs/security.md`) that no other suite has a test for.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking")]

use ark_ff::{UniformRand, Zero};
use lariat_algebra::Fr;
use lariat_attack::{
    checker::Violations,
    forger::Forgery,
    programs::{DATA, NO_INPUT, configurations, honest_witness, i, load, program_with, r},
};
use lariat_emulator::isa::{Format, Instruction, Opcode};
use lariat_jolt_core::{
    Exit, ProveOptions, Schemes, columns as col,
    operations::Fingerprint,
    protocol::{balanced, boundary},
    prove, verify,
};
use lariat_sumcheck::grand_product::LeafClaims;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

const A: u8 = 5;
const B: u8 = 6;
const BASE: u8 = 7;

/// Every instruction with a destination, on x0: what it computes is dropped, what else it does is done, x0 stays zero.
#[test]
fn proves_every_instruction_with_x0_as_destination() {
    let mut covered = 0;
    let program = program_with(&[0x8182_8384], &[], |asm| {
        let fail = asm.label();
        asm.load_constant(A, 0xfedc_ba98).load_constant(B, 3).load_constant(BASE, DATA);
        for op in Opcode::ALL {
            match op.format() {
                Format::Upper => drop(asm.push(Instruction::u_type(op, 0, 0x1234_5000))),
                Format::Immediate => i(asm, op, 0, A, 77),
                Format::ShiftImmediate => i(asm, op, 0, A, 3),
                Format::Register => r(asm, op, 0, A, B),
                Format::Load => load(asm, op, 0, BASE, 0),
                Format::Jump => {
                    asm.push(Instruction::jal(0, 8));
                    asm.jal(0, fail);
                }
                Format::JumpRegister => {
                    asm.push(Instruction::u_type(Opcode::Auipc, 8, 0));
                    i(asm, op, 0, 8, 12);
                    asm.jal(0, fail);
                }
                Format::Branch | Format::Store | Format::System | Format::Illegal => continue,
            }
            covered += 1;
            // Collects every bit that x0 ever has.
            r(asm, Opcode::Or, 9, 9, 0);
        }
        asm.branch(Opcode::Bne, 9, 0, fail);
        asm.exit(0);
        asm.bind(fail);
        asm.exit(1);
    });
    assert_eq!(covered, 2 + 1 + 1 + 5 + 9 + 18);
    let schemes = Schemes::new().with(lariat_hyrax::SCHEME);
    for config in configurations() {
        honest_witness(&program, config, NO_INPUT).check(&program).unwrap();
        let options = ProveOptions { config, ..ProveOptions::default() };
        let proven = prove(&program, NO_INPUT, &options, &schemes, &mut |_| {}).unwrap();
        let statement = verify(&program, &proven.proof, &schemes).unwrap();
        assert_eq!(statement.exit, Exit::Halted { code: 0 });
    }
}

/// With a `tau` at which the fingerprint of a tuple is zero, both sides of the balance may be zero, and then say
/// nothing: refused, though they are equal.
#[test]
fn rejects_products_of_zero() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let (entry, steps) = (0x4001, 77);
    let claims =
        |products: [Fr; 2]| LeafClaims { products: products.to_vec(), point: Vec::new(), claims: vec![Vec::new(); 2] };
    let gamma = Fr::rand(&mut rng);
    let random = Fingerprint::new(Fr::rand(&mut rng), gamma);
    let [reads, init, last] = [(); 3].map(|()| Fr::rand(&mut rng));

    // Products that balance are accepted.
    let (first, end) = boundary(&random, entry, steps);
    let writes = end * last * reads / (first * init);
    assert!(balanced((first, end), &claims([reads, writes]), &claims([init, last])));
    assert!(!balanced((first, end), &claims([reads, writes + Fr::from(1u64)]), &claims([init, last])));

    // tau that annihilates the program counter's first state; a prover then makes the other side zero as well.
    let at_zero = boundary(&Fingerprint::new(Fr::zero(), gamma), entry, steps).0;
    let fp = Fingerprint::new(-at_zero, gamma);
    let (first, end) = boundary(&fp, entry, steps);
    assert!(first.is_zero() && !end.is_zero());
    assert!(!balanced((first, end), &claims([Fr::zero(), writes]), &claims([init, last])));
    assert!(!balanced((first, end), &claims([reads, writes]), &claims([init, Fr::zero()])));
    // The same with a leaf of the steps and one of the cells.
    let honest = boundary(&random, entry, steps);
    assert!(!balanced(honest, &claims([Fr::zero(), Fr::zero()]), &claims([init, last])));
    assert!(!balanced(honest, &claims([reads, writes]), &claims([Fr::zero(), Fr::zero()])));
}

/// `beq x0, x0` that is not taken and `bne x0, x0` that is: the rows go the other way, all else is as it should be.
#[test]
fn rejects_a_branch_on_x0_against_its_condition() {
    let program = |op: Opcode| {
        program_with(&[], &[], |asm| {
            asm.push(Instruction::branch(op, 0, 0, 8));
            i(asm, Opcode::Addi, A, 0, 1);
            asm.exit(0);
        })
    };
    let schemes = Schemes::new().with(lariat_hyrax::SCHEME);
    for config in configurations() {
        for (op, other) in [(Opcode::Beq, Opcode::Bne), (Opcode::Bne, Opcode::Beq)] {
            let honest = Forgery::honest(&program(op), config, NO_INPUT);
            let mut forged = Forgery::honest(&program(other), config, NO_INPUT);
            forged.transplant(&honest.program);
            for column in (0..forged.columns.len()).filter(|c| ![col::OFFSET, col::TAKEN].contains(c)) {
                forged.columns[column][0] = honest.columns[column][0];
            }
            assert_ne!(forged.get(0, col::TAKEN), honest.get(0, col::TAKEN));
            forged.rebalance();
            forged.assert_rejected_for(&Violations::only_constraints(&["branch taken"]), &schemes);
        }
    }
}
