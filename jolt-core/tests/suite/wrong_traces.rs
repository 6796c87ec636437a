//! Traces that no run made: proving one is an error, or gives a proof that does not verify, and never panics.

use crate::common::{NO_INPUT, load, program, run_traced, schemes, small, store};
use lariat_emulator::{
    isa::Opcode,
    memory_map::{OUTPUT_START, STACK_TOP},
};
use lariat_jolt_core::{HeaderError, Inputs, Program, ProveError, TraceResult, prove_trace, verify};

type Change = fn(&mut TraceResult);

/// Loads, stores, divides (a sequence of several rows) and exits.
fn sample() -> Program {
    program(|asm| {
        asm.load_constant(5, OUTPUT_START);
        store(asm, Opcode::Sw, 0, 2, -8);
        load(asm, Opcode::Lbu, 6, 2, -7);
        crate::common::r(asm, Opcode::Div, 7, 5, 6);
        store(asm, Opcode::Sb, 6, 5, 4);
        asm.exit(3);
    })
}

fn prove_changed(
    program: &Program,
    inputs: Inputs<'_>,
    change: impl FnOnce(&mut TraceResult),
) -> Result<Vec<u8>, ProveError> {
    let mut trace = run_traced(program, NO_INPUT);
    change(&mut trace);
    prove_trace(program, inputs, small(), &schemes(), trace, &mut |_| {}).map(|proven| proven.proof)
}

#[test]
fn rows_at_no_instruction_are_errors() {
    let program = sample();
    let len = program.image().code.len() as u32;
    for pc_index in [len, len + 1, 1 << 30, u32::MAX] {
        for at in [0, 3, run_traced(&program, NO_INPUT).rows.len() - 1] {
            let error = prove_changed(&program, NO_INPUT, |t| t.rows[at].pc_index = pc_index).unwrap_err();
            assert!(matches!(error, ProveError::NoInstruction { pc_index: found, .. } if found == pc_index), "{error}");
        }
    }
}

#[test]
fn rows_in_a_gap_of_the_code_are_errors() {
    use lariat_emulator::image::{Image, Segment};
    let mut image = sample().image().clone();
    let far = Segment { start: 0x00f0_0000, words: vec![0x13], zeros: 2, writable: false, executable: true };
    image.segments.push(far);
    let program = Program::from_image(Image::from_segments(image.entry, image.segments, &image.memory).unwrap());
    let last = program.image().code.len() as u32 - 1;
    for pc_index in [last, last - 1, last / 2] {
        let error = prove_changed(&program, NO_INPUT, |t| t.rows[1].pc_index = pc_index).unwrap_err();
        assert!(matches!(error, ProveError::NoInstruction { row: 1, .. }), "{error}");
    }
    // The far instruction exists, but is not the next one.
    let proof = prove_changed(&program, NO_INPUT, |t| t.rows[1].pc_index = last - 2).unwrap();
    assert!(verify(&program, &proof, &schemes()).is_err());
}

#[test]
fn impossible_extents_are_errors() {
    let program = sample();
    let changes: [(&str, Change); 12] = [
        ("heap", |t| t.run.extents.heap_high = 0),
        ("heap", |t| t.run.extents.heap_high += 2),
        ("heap", |t| t.run.extents.heap_high = u32::MAX),
        ("stack", |t| t.run.extents.stack_low = 0),
        ("stack", |t| t.run.extents.stack_low -= 1),
        ("stack", |t| t.run.extents.stack_low = u32::MAX),
        ("output region", |t| t.run.extents.output_high = u32::MAX),
        ("output region", |t| t.run.extents.output_high += 1),
        ("output length", |t| t.run.extents.output_bytes_used = 0),
        ("output length", |t| t.run.extents.output_bytes_used = 3),
        ("output length", |t| t.run.extents.output_bytes_used = u32::MAX),
        ("output words", |t| t.run.extents.output_bytes_used = 8),
    ];
    for (wanted, change) in changes {
        let error = prove_changed(&program, NO_INPUT, change).unwrap_err();
        assert!(
            matches!(error, ProveError::Extents(HeaderError::OutOfBounds { field }) if field == wanted),
            "{wanted}: {error}"
        );
    }
    assert!(matches!(prove_changed(&program, NO_INPUT, |t| t.rows.clear()), Err(ProveError::Empty)));
}

#[test]
fn inputs_beyond_the_limits_are_errors() {
    let program = sample();
    let long = vec![0; 1 + program.image().memory.max_input_bytes as usize];
    for (wanted, inputs) in
        [("input", Inputs { public: &long, private: &[] }), ("private input", Inputs { public: &[], private: &long })]
    {
        let error = prove_changed(&program, inputs, |_| {}).unwrap_err();
        assert!(
            matches!(error, ProveError::Extents(HeaderError::OutOfBounds { field }) if field == wanted),
            "{wanted}: {error}"
        );
    }
}

#[test]
fn accesses_outside_of_what_is_covered_are_errors() {
    let program = sample();
    let at = run_traced(&program, NO_INPUT).rows.iter().position(|row| row.ram_addr != 0).unwrap();
    for address in [0, 0x3fff_fffc, OUTPUT_START - 4, 0x7fff_f000 - 4, 0x8000_0000, u32::MAX] {
        let error = prove_changed(&program, NO_INPUT, |t| t.rows[at].ram_addr = address).unwrap_err();
        assert!(matches!(error, ProveError::Uncovered { address: found, .. } if found == address), "{error}");
    }
    // Less is covered than was accessed.
    let changes: [Change; 2] =
        [|t| t.run.extents.stack_low = STACK_TOP, |t| t.run.extents.output_high = OUTPUT_START + 4];
    for change in changes {
        let error = prove_changed(&program, NO_INPUT, change).unwrap_err();
        assert!(matches!(error, ProveError::Uncovered { .. }), "{error}");
    }
}

/// Every field of every row set to values that the run did not have: there is no proof that verifies.
#[test]
fn wrong_values_never_panic_and_never_verify() {
    let program = sample();
    let honest = run_traced(&program, NO_INPUT);
    let field: [fn(&mut lariat_emulator::machine::TraceRow) -> &mut u32; 8] = [
        |r| &mut r.pc_index,
        |r| &mut r.rs1,
        |r| &mut r.rs2,
        |r| &mut r.rd_pre,
        |r| &mut r.rd_post,
        |r| &mut r.ram_addr,
        |r| &mut r.ram_pre,
        |r| &mut r.ram_post,
    ];
    let (mut stopped, mut rejected, mut same) = (0, 0, 0);
    for at in 0..honest.rows.len() {
        for of in field {
            for value in [1, 0x8000_0001] {
                let proof = prove_changed(&program, NO_INPUT, |t| *of(&mut t.rows[at]) ^= value);
                match proof.map(|proof| verify(&program, &proof, &schemes())) {
                    Err(_) => stopped += 1,
                    Ok(Err(_)) => rejected += 1,
                    // A field that the instruction does not have, or the low bits of a word's address.
                    Ok(Ok(statement)) => {
                        assert_eq!((statement.exit, &statement.output), (honest.run.exit, &honest.run.output));
                        same += 1;
                    }
                }
            }
        }
    }
    println!("{stopped} stopped, {rejected} rejected, {same} without an effect");
    assert!(stopped > 0 && rejected > 0 && same > 0);
}

/// Rows left out, doubled, swapped, and those of another program.
#[test]
fn wrong_sequences_of_rows_never_panic_and_never_verify() {
    let program = sample();
    let other = self::program(|asm| {
        asm.load_constant(5, 7);
        asm.exit(5);
    });
    let changes: [Change; 5] = [
        |t| t.rows.truncate(1),
        |t| {
            t.rows.remove(2);
        },
        |t| t.rows.insert(2, t.rows[2]),
        |t| t.rows.swap(1, 3),
        |t| t.rows.reverse(),
    ];
    for change in changes {
        if let Ok(proof) = prove_changed(&program, NO_INPUT, change) {
            assert!(verify(&program, &proof, &schemes()).is_err());
        }
    }
    let trace = run_traced(&other, NO_INPUT);
    if let Ok(proven) = prove_trace(&program, NO_INPUT, small(), &schemes(), trace, &mut |_| {}) {
        assert!(verify(&program, &proven.proof, &schemes()).is_err());
    }
}
