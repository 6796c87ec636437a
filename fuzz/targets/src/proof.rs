//! Targets of proof files and key files: decoders, and the verifier.

use crate::honest::{Honest, World, world};
use crate::input::Input;
use crate::mutate::{edited, filled};
use lariat_jolt_core::{Header, Program, verify};
use std::sync::OnceLock;

/// Bytes as a proof's header: what is parsed is written back as the same bytes, and checked without a panic.
pub fn proof_header(data: &[u8]) {
    let World { program, schemes, proofs } = world();
    let mut input = Input::new(data);
    let choice = input.byte();
    let honest = &proofs[usize::from(choice / 4) % proofs.len()];
    let bytes = match choice % 4 {
        0 => input.rest().to_vec(),
        // The fields that decide whether there is a header at all, from an honest one.
        1 => [&honest.proof[..16], input.rest()].concat(),
        2 => [&honest.proof[..82.min(honest.header_len)], input.rest()].concat(),
        _ => {
            let header = &honest.proof[..honest.header_len];
            let pieces: Vec<_> = honest.parts.iter().filter(|p| p.end <= honest.header_len).cloned().collect();
            edited(header, &pieces, &honest.donor[..honest.header_len], &mut input)
        }
    };
    let Ok((header, len)) = Header::parse(&bytes, schemes) else { return };
    assert_eq!(header.to_bytes(), bytes[..len], "a header has one encoding");
    assert_eq!(Header::parse(&header.to_bytes(), schemes).unwrap(), (header.clone(), len));
    // Cut short, it is none.
    assert!(Header::parse(&bytes[..len - 1], schemes).is_err());
    if header.check(program.image()).is_ok() {
        let output = header.output();
        assert_eq!(output.len(), header.output_words[0] as usize);
        assert!(header.input.len() <= program.image().memory.max_input_bytes as usize);
    }
}

fn pick(input: &mut Input<'_>) -> &'static Honest {
    let proofs = &world().proofs;
    &proofs[usize::from(input.byte()) % proofs.len()]
}

/// Edits of an honest proof: nothing but an honest proof is accepted.
pub fn verify_damaged(data: &[u8]) {
    let mut input = Input::new(data);
    let honest = pick(&mut input);
    let bytes = honest.edited(&mut input);
    let World { program, schemes, .. } = world();
    if let Ok(statement) = verify(program, &bytes, schemes) {
        assert!(honest.is_honest(&bytes), "{}: a damaged proof is accepted: {statement:?}", honest.kind);
    }
}

/// Raw bytes behind an honest header, or one whose fields the input chose: never accepted.
pub fn verify_raw(data: &[u8]) {
    let mut input = Input::new(data);
    let honest = pick(&mut input);
    let World { program, schemes, .. } = world();
    let (mut header, _) = Header::parse(&honest.proof, schemes).unwrap();
    let choice = input.byte();
    for _ in 0..choice % 4 {
        let field = input.byte() % 9;
        let value = input.word();
        match field {
            0 => header.steps = 1 << (value % 40),
            1 => header.steps = input.long(),
            2 => header.heap_high = value,
            3 => header.stack_low = value,
            4 => header.output_high = value,
            5 => header.private_bytes = value,
            6 => header.exit_code = value,
            7 => header.panic_word = value,
            _ => header.input = input.bytes(value as usize % 64).to_vec(),
        }
    }
    let messages = honest.proof.len() - honest.header_len;
    let len = match choice / 4 % 4 {
        0 => input.half().into(),
        _ => messages,
    };
    let start = header.to_bytes();
    let keep = if choice & 0x40 == 0 { 0 } else { input.below(messages) };
    // Honest messages up to some place, so that what is raw is not read at once.
    let honest_part = &honest.proof[honest.header_len..honest.header_len + keep.min(len)];
    let raw = filled(input.rest(), len - honest_part.len(), choice & 0x80 == 0);
    let bytes = [&start[..], honest_part, &raw].concat();
    let verdict = verify(program, &bytes, schemes);
    assert!(verdict.is_err() || honest.is_honest(&bytes), "{}: raw bytes are accepted", honest.kind);
}

/// Bytes as a key file: what loads is written back as the same bytes, and is the honest program if its digest is.
pub fn key_file(data: &[u8]) {
    static KEY: OnceLock<Vec<u8>> = OnceLock::new();
    let program = &world().program;
    let key = KEY.get_or_init(|| program.to_bytes());
    let mut input = Input::new(data);
    let bytes = match input.byte() % 3 {
        0 => input.rest().to_vec(),
        1 => [&key[..10], input.rest()].concat(),
        _ => edited(key, &[8..10, 10..42, 42..70, 70..83, 83..key.len()], &[], &mut input),
    };
    if let Ok(loaded) = Program::from_bytes(&bytes) {
        assert_eq!(loaded.to_bytes(), bytes, "a key has one encoding");
        assert_eq!(loaded.digest() == program.digest(), bytes == *key, "a digest has one key");
    }
}
