//! The engine itself: it is deterministic, its faults have effects, and it has teeth.

use super::*;
use crate::programs::small;
use lariat_emulator::machine::{TraceResult, trace};
use lariat_jolt_core::{
    Exit, Header, HeaderError, Inputs, Program, ProveError, ProveOptions, VerifiedStatement, VerifyError, prove,
    prove_trace, witness,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

const SEED: u64 = 0x6661_756c_7473;

fn none(_: usize) {}

/// Without a fault, the machine that errs is the honest one, on every guest, to the last bit.
#[test]
fn a_machine_without_a_fault_is_honest() {
    for guest in guests() {
        let stepped = machine::Machine::new(&guest, guest.inputs()).run();
        let honest = &guest.honest;
        assert_eq!((&stepped.rows, &stepped.run), (&honest.rows, &honest.run), "{}", guest.name);
        assert_eq!(stepped.final_registers, honest.final_registers, "{}", guest.name);
        let header = |trace| witness::header(&guest.program, small(), guest.inputs(), trace).unwrap();
        assert_eq!(header(&stepped), header(honest), "{}", guest.name);
    }
}

/// Every kind of fault happens to several guests, and at least one in four of its faults changes what the prover is given.
#[test]
fn every_kind_of_fault_has_an_effect() {
    let guests = guests();
    let mut seen: BTreeMap<Kind, (usize, usize, BTreeSet<usize>)> = BTreeMap::new();
    for fault in faults(&guests, SEED).take(40 * Kind::ALL.len()) {
        let guest = &guests[fault.guest];
        let presented = run(guest, &fault);
        assert!(presented.trace.rows.len() <= guest.honest.rows.len() + 512 + 8, "{fault:?}");
        let (tried, effects, of_guests) = seen.entry(fault.kind).or_default();
        *tried += 1;
        *effects += usize::from(!Subject::new(guest, small()).is_honest(&presented));
        of_guests.insert(fault.guest);
    }
    assert_eq!(seen.len(), Kind::ALL.len());
    for (kind, (tried, effects, of_guests)) in seen {
        println!("{}: {effects} of {tried}, {} guests", kind.name(), of_guests.len());
        assert!(4 * effects >= tried, "{}: {effects} of {tried} have an effect", kind.name());
        assert!(of_guests.len() >= 2, "{}", kind.name());
    }
}

/// The same seed makes the same faults, another one others.
#[test]
fn faults_are_a_function_of_the_seed() {
    let guests = guests();
    let first = |seed| faults(&guests, seed).take(200).collect::<Vec<_>>();
    assert_eq!(first(1), first(1));
    assert_ne!(first(1), first(2));
}

/// A sample of every kind: nothing false is accepted, and most faults reach the verifier.
#[test]
fn rejects_false_runs_of_every_kind() {
    println!("seed {SEED:#x}");
    let rows = attack(small(), &crate::test_schemes(), 2 * Kind::ALL.len(), SEED, &none).unwrap();
    assert!(rows.iter().all(Row::is_clean), "{rows:#?}");
    assert_eq!(rows.len(), Kind::ALL.len());
    let mut sum = Row::default();
    for row in &rows {
        sum.add(row);
    }
    let harmless = sum.harmless.unwrap();
    println!("{} faults: {} rejected, {harmless:?}", sum.tried, sum.rejected);
    assert_eq!(sum.tried, 2 * Kind::ALL.len() as u64);
    assert_eq!(sum.tried, sum.rejected + harmless.total());
    assert!(2 * sum.rejected >= sum.tried);
}

/// The statement of the honest run of a guest.
fn honest_statement(guest: &Guest, schemes: &Schemes) -> VerifiedStatement {
    let options = ProveOptions { config: small(), ..Default::default() };
    let proven = prove(&guest.program, guest.inputs(), &options, schemes, &mut |_| {}).unwrap();
    verify(&guest.program, &proven.proof, schemes).unwrap()
}

/// What a proof's header claims, and what it does not say taken from the honest statement.
fn claimed(proof: &[u8], schemes: &Schemes, honest: &[VerifiedStatement]) -> VerifiedStatement {
    let (header, _) = Header::parse(proof, schemes).unwrap();
    let of_program = honest.iter().find(|statement| statement.program_digest == header.program).unwrap();
    VerifiedStatement {
        output: header.output(),
        exit: header.exit(),
        rows: header.steps,
        config: header.config,
        input: header.input,
        ..of_program.clone()
    }
}

/// Teeth: a verifier that believes what a header says, once the proof is well-formed, is caught, and the fault is named.
#[test]
fn rejects_a_verifier_that_believes_the_header() {
    let guests = guests();
    let schemes = crate::test_schemes();
    let subjects = Subjects::new(&guests, small(), &schemes).unwrap();
    let honest: Vec<VerifiedStatement> = guests.iter().map(|guest| honest_statement(guest, &schemes)).collect();
    let believes = |program: &Program, proof: &[u8], schemes: &Schemes| match verify(program, proof, schemes) {
        Err(VerifyError::Multiset | VerifyError::Sumcheck(_)) => Ok(claimed(proof, schemes, &honest)),
        verdict => verdict,
    };
    let rows = subjects.attack(2 * Kind::ALL.len(), SEED, &believes, &none).unwrap();
    let caught: Vec<&str> = rows.iter().filter(|row| row.accepted > 0).map(|row| row.name.as_str()).collect();
    println!("{} kinds: {caught:?}", caught.len());
    assert!(rows.iter().all(|row| row.panicked == 0));
    for kind in [Kind::ResultRandom, Kind::Cut, Kind::ExitCode, Kind::InputClaimed, Kind::OutputWord, Kind::RowSkipped]
    {
        assert!(caught.contains(&kind.name()), "{}: {caught:?}", kind.name());
    }
    let survivor = rows.iter().flat_map(|row| &row.survivors).next().unwrap();
    assert!(
        survivor.contains("row") && survivor.contains("salt 0x") && survivor.contains("accepted: input"),
        "{survivor}"
    );
}

/// Teeth: the honest proof of another input, presented as this one's, is a true statement and not the one that is claimed.
#[test]
fn rejects_a_true_statement_about_another_run() {
    let guests = guests();
    let schemes = crate::test_schemes();
    let guest = guests.iter().find(|guest| guest.name == "every region").unwrap();
    let subject = Subject::new(guest, small());
    for (public, private) in [(&b"six other words of a text"[..], &guest.private[..]), (&guest.public, b"another")] {
        let other = Inputs { public, private };
        let honest = trace(guest.program.image(), other, 1 << 20).unwrap();
        assert_ne!(honest.run.output, guest.honest.run.output);
        let presented = Presented { trace: honest, public: public.to_vec(), private: private.to_vec() };
        // As what it is, it is true.
        assert_eq!(subject.judge(presented.clone(), &schemes, &verify).unwrap(), Fate::SameStatement);
        let proven = prove(
            &guest.program,
            other,
            &ProveOptions { config: small(), ..Default::default() },
            &schemes,
            &mut |_| {},
        );
        let proof = proven.unwrap().proof;
        let exchanges = |program: &Program, _: &[u8], schemes: &Schemes| verify(program, &proof, schemes);
        let mut trace = guest.honest.clone();
        trace.run.extents.stack_low -= 4096;
        let claim = Presented { trace, public: guest.public.clone(), private: guest.private.clone() };
        let fate = subject.judge(claim, &schemes, &exchanges).unwrap();
        assert!(matches!(&fate, Fate::Survived(what) if what.starts_with("accepted: input")), "{fate:?}");
    }
}

/// An honest statement with one part changed is false, whichever part it is.
#[test]
fn rejects_each_part_of_a_statement_changed() {
    let guests = guests();
    let schemes = crate::test_schemes();
    let guest = &guests[2];
    let subject = Subject::new(guest, small());
    let changes: [fn(&mut VerifiedStatement); 9] = [
        |s| s.program_digest[3] ^= 1,
        |s| s.input.push(0),
        |s| s.output[0] ^= 1,
        |s| s.output.push(0),
        |s| s.exit = Exit::Halted { code: 78 },
        |s| s.exit = Exit::Panicked { code: 77 },
        |s| s.rows += 1,
        |s| s.private_input_commitment[0] ^= 1,
        |s| s.setup.digest[0] ^= 1,
    ];
    let mut trace = guest.honest.clone();
    trace.run.extents.stack_low -= 4096;
    let presented = Presented { trace, public: guest.public.clone(), private: guest.private.clone() };
    assert_eq!(subject.judge(presented.clone(), &schemes, &verify).unwrap(), Fate::SameStatement);
    for (number, change) in changes.into_iter().enumerate() {
        let changed = |program: &Program, proof: &[u8], schemes: &Schemes| {
            let mut statement = verify(program, proof, schemes)?;
            change(&mut statement);
            Ok(statement)
        };
        let fate = subject.judge(presented.clone(), &schemes, &changed).unwrap();
        assert!(matches!(fate, Fate::Survived(_)), "change {number}: {fate:?}");
    }
}

/// Memory that a proof covers beyond what the run needs makes columns longer, and with them transparent parameters and the
/// commitment to the private input; the statement is the same.
#[test]
fn more_memory_than_the_run_needs_is_the_same_statement() {
    let guests = guests();
    let (guest, schemes) = (&guests[2], crate::test_schemes());
    let subject = Subject::new(guest, small());
    let judge = |stack: u32| {
        let mut trace = guest.honest.clone();
        trace.run.extents.stack_low -= stack;
        let presented = Presented { trace, public: guest.public.clone(), private: guest.private.clone() };
        let setup = OnceLock::new();
        let keeps = |program: &Program, proof: &[u8], schemes: &Schemes| {
            let statement = verify(program, proof, schemes)?;
            setup.get_or_init(|| statement.setup.digest);
            Ok(statement)
        };
        (subject.judge(presented, &schemes, &keeps).unwrap(), setup.get().copied())
    };
    let (near, far) = (judge(4096), judge(1 << 19));
    assert_eq!([near.0, far.0], [Fate::SameStatement, Fate::SameStatement]);
    assert!(near.1.is_some() && far.1.is_some() && near.1 != far.1, "both have the parameters of one size");
}

/// A panic of the verifier is one, and says whose it is.
#[test]
fn panics_are_counted() {
    let guests = guests();
    let schemes = crate::test_schemes();
    let subject = Subject::new(&guests[0], small());
    let mut trace = guests[0].honest.clone();
    trace.rows.pop();
    let presented = Presented { trace, public: guests[0].public.clone(), private: guests[0].private.clone() };
    let panics = |_: &Program, _: &[u8], _: &Schemes| -> Result<VerifiedStatement, VerifyError> { panic!("here") };
    let fate = subject.judge(presented, &schemes, &panics).unwrap();
    assert_eq!(fate, Fate::Panicked("the verifier: here".to_owned()));
}

/// What is no trace of the program at all is refused by the prover, not a panic.
#[test]
fn rejects_what_is_no_trace_before_a_proof_is_made() {
    let guests = guests();
    let guest = &guests[2];
    let refusal = |change: fn(&mut TraceResult)| {
        let mut trace = guest.honest.clone();
        change(&mut trace);
        prove_trace(&guest.program, guest.inputs(), small(), &crate::test_schemes(), trace, &mut |_| {}).unwrap_err()
    };
    assert!(matches!(refusal(|trace| trace.rows.clear()), ProveError::Empty));
    let outside: [fn(&mut TraceResult); 3] = [
        |trace| trace.rows[5].pc_index = 1 << 12,
        |trace| trace.rows[5].pc_index = 1 << 30,
        |trace| trace.rows[5].pc_index = u32::MAX,
    ];
    for change in outside {
        assert!(matches!(refusal(change), ProveError::NoInstruction { row: 5, .. }));
    }
    let inside_out = refusal(|trace| trace.run.extents.heap_high = 0x2000);
    assert!(matches!(inside_out, ProveError::Extents(HeaderError::OutOfBounds { field: "heap" })));
    let inside_out = refusal(|trace| trace.run.extents.stack_low = 0x8000_1000);
    assert!(matches!(inside_out, ProveError::Extents(HeaderError::OutOfBounds { field: "stack" })));
}
