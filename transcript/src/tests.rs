//! Properties of whole channels: agreement, binding, rejection, known answers.
#![allow(clippy::needless_raw_string_hashes, reason = "the form in which expect-test rewrites its literals")]

use crate::encoding::scalar_to_bytes;
use crate::{ChannelError, Drawn, EventKind, HashKind, ProverChannel, PublicCoin, Ready, Session, VerifierChannel};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field, PrimeField};
use core::num::NonZeroU64;
use expect_test::expect;
use lariat_algebra::{Fr, G1Affine};
use proptest::prelude::*;

fn session(hash: HashKind) -> Session<Ready> {
    Session::new(hash, "test").bind("statement", b"s")
}

fn point(n: u64) -> G1Affine {
    (G1Affine::generator() * Fr::from(n)).into_affine()
}

fn scalars(v: &[u64]) -> Vec<Fr> {
    v.iter().map(|&x| Fr::from(x)).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, b| text + &format!("{b:02x}"))
}

/// The challenge that follows `steps` on a prover's channel.
fn challenge_after(hash: HashKind, steps: impl FnOnce(&mut ProverChannel)) -> Fr {
    let mut channel = session(hash).into_prover();
    steps(&mut channel);
    channel.challenge("c")
}

/// Asserts that the runs lead to pairwise different challenges under both hashes.
fn assert_all_differ(runs: &[fn(&mut ProverChannel)]) {
    for hash in HashKind::ALL {
        let challenges: Vec<Fr> = runs.iter().map(|run| challenge_after(hash, run)).collect();
        for i in 0..challenges.len() {
            for j in 0..i {
                assert_ne!(challenges[i], challenges[j], "runs {j} and {i} collide under {hash}");
            }
        }
    }
}

#[test]
fn absorbs_bind_length() {
    assert_all_differ(&[
        |c| c.send_scalars("m", &scalars(&[5, 7])),
        |c| c.send_scalars("m", &scalars(&[5, 7, 0])),
        |c| c.send_scalars("m", &scalars(&[0, 5, 7])),
        |c| c.send_scalars("m", &[]),
        |c| c.send_bytes("m", b"a"),
        |c| c.send_bytes("m", b"a\0"),
        |c| c.send_bytes("m", b""),
        |c| c.send_points("m", &[point(1)]),
        |c| c.send_points("m", &[point(1), point(0)]),
        |_| (),
    ]);
}

#[test]
fn absorbs_bind_label() {
    assert_all_differ(&[
        |c| c.send_bytes("ab", b"c"),
        |c| c.send_bytes("a", b"bc"),
        |c| c.send_bytes("abc", b""),
        |c| c.send_bytes("", b"abc"),
        |c| c.send_bytes("ab", b"\0\0\0\0\0\0\0c"),
    ]);
}

#[test]
fn absorbs_bind_the_split_into_messages() {
    assert_all_differ(&[
        |c| c.send_scalars("m", &scalars(&[5, 7])),
        |c| {
            c.send_scalars("m", &scalars(&[5]));
            c.send_scalars("m", &scalars(&[7]));
        },
        |c| {
            c.send_scalars("m", &scalars(&[5, 7]));
            c.send_scalars("m", &[]);
        },
        |c| {
            c.send_scalars("m", &scalars(&[7]));
            c.send_scalars("m", &scalars(&[5]));
        },
    ]);
}

#[test]
fn absorbs_bind_kind() {
    assert_all_differ(&[
        |c| c.send_scalars("m", &[Fr::from(9u64)]),
        |c| c.send_bytes("m", &scalar_to_bytes(&Fr::from(9u64))),
        |c| c.absorb_public_scalars("m", &[Fr::from(9u64)]),
        |c| c.absorb_public_bytes("m", &scalar_to_bytes(&Fr::from(9u64))),
    ]);
    // Identity and nothing but zeros: the same payload under every kind.
    assert_all_differ(&[
        |c| c.send_points("m", &[point(0)]),
        |c| c.absorb_public_points("m", &[point(0)]),
        |c| c.send_scalars("m", &[Fr::ZERO, Fr::ZERO]),
        |c| c.absorb_public_scalars("m", &[Fr::ZERO, Fr::ZERO]),
        |c| c.send_bytes("m", &[0; 64]),
        |c| c.absorb_public_bytes("m", &[0; 64]),
    ]);
    // Empty payloads of every kind, section and challenges included.
    assert_all_differ(&[
        |c| c.section("m"),
        |c| c.send_scalars("m", &[]),
        |c| c.send_points("m", &[]),
        |c| c.send_bytes("m", &[]),
        |c| c.absorb_public_scalars("m", &[]),
        |c| c.absorb_public_points("m", &[]),
        |c| c.absorb_public_bytes("m", &[]),
        |c| drop(c.challenges("m", 0)),
        |c| drop(c.challenges("m", 1)),
        |c| drop(c.challenges("m", 2)),
        |c| drop(c.challenge_indices("m", 1, NonZeroU64::MIN)),
        |c| drop(c.challenge_indices("m", 1, NonZeroU64::MAX)),
        |c| _ = c.challenge_digest("m"),
    ]);
}

#[test]
fn every_bound_item_changes_the_first_challenge() {
    let first = |session: Session<Ready>| session.into_prover().challenge("c");
    let mut seen = Vec::new();
    for hash in HashKind::ALL {
        let bound = |items: &[(&'static str, &[u8])]| {
            let (head, tail) = items.split_first().unwrap();
            let start = Session::new(hash, "test").bind(head.0, head.1);
            first(tail.iter().fold(start, |s, (label, bytes)| s.bind(label, bytes)))
        };
        seen.extend([
            bound(&[("x", b"01"), ("y", b"2")]),
            bound(&[("x", b"01"), ("y", b"3")]),
            bound(&[("x", b"00"), ("y", b"2")]),
            bound(&[("x", b"0"), ("y", b"12")]),
            bound(&[("y", b"2"), ("x", b"01")]),
            bound(&[("x", b"01"), ("x", b"2")]),
            bound(&[("x", b"01")]),
            bound(&[("x", b"01"), ("y", b"2"), ("", b"")]),
            first(Session::new(hash, "test2").bind("x", b"01").bind("y", b"2")),
            first(Session::new(hash, "tes").bind("x", b"01").bind("y", b"2")),
            first(Session::new(hash, "").bind("x", b"01").bind("y", b"2")),
        ]);
        // The label of the challenge itself.
        seen.push(Session::new(hash, "test").bind("x", b"01").bind("y", b"2").into_prover().challenge("d"));
    }
    for i in 0..seen.len() {
        assert!(!seen[..i].contains(&seen[i]), "first challenge {i} repeats");
    }
}

#[test]
#[should_panic(expected = "labels have at most 255 bytes")]
fn overlong_label_is_refused() {
    let label: &'static str = Box::leak("x".repeat(256).into_boxed_str());
    let _ = session(HashKind::Keccak256).bind(label, b"");
}

#[test]
fn challenges_depend_on_all_that_came_before() {
    for hash in HashKind::ALL {
        let mut channel = session(hash).into_prover();
        let mut seen = Vec::new();
        for _ in 0..10 {
            seen.push(channel.challenge("c"));
        }
        seen.extend(channel.challenges("c", 10));
        for i in 0..seen.len() {
            assert!(!seen[..i].contains(&seen[i]));
        }
    }
}

#[test]
fn one_challenge_is_the_first_of_one() {
    for hash in HashKind::ALL {
        let one = challenge_after(hash, |_| ());
        let mut channel = session(hash).into_prover();
        assert_eq!(channel.challenges("c", 1), [one]);
    }
}

#[test]
fn an_array_of_challenges_is_a_list_of_them() {
    for hash in HashKind::ALL {
        let (mut list, mut array) = (session(hash).into_prover(), session(hash).into_prover());
        assert_eq!(list.challenges("c", 3), array.challenge_array::<3>("c"));
        assert_eq!(list.challenge("d"), array.challenge("d"));
    }
}

#[test]
fn index_challenges_stay_below_the_bound_and_reach_all_of_it() {
    for hash in HashKind::ALL {
        for bound in [1, 2, 3, 7, 64, 1000] {
            let mut channel = session(hash).into_prover();
            let drawn = channel.challenge_indices("q", 20 * bound as usize, NonZeroU64::new(bound).unwrap());
            let mut hit = vec![false; bound as usize];
            for i in &drawn {
                hit[*i as usize] = true; // Out of bounds would be a panic.
            }
            assert!(hit.iter().all(|&h| h), "{bound} under {hash}");
        }
    }
}

fn valid_proof(hash: HashKind) -> Vec<u8> {
    let mut channel = session(hash).into_prover();
    channel.send_scalars("s", &scalars(&[1, 2]));
    channel.send_points("p", &[point(0), point(3)]);
    channel.send_bytes("b", b"xyz");
    channel.finish().0
}

fn read(hash: HashKind, proof: &[u8]) -> Result<Fr, ChannelError> {
    let mut channel = session(hash).into_verifier(proof);
    channel.recv_scalars("s", 2)?;
    channel.recv_points("p", 2)?;
    channel.recv_bytes("b", 3)?;
    let challenge = channel.challenge("c");
    channel.finish()?;
    Ok(challenge)
}

#[test]
fn every_truncation_is_rejected() {
    let proof = valid_proof(HashKind::Keccak256);
    assert_eq!(proof.len(), 2 * 32 + 2 * 32 + 3);
    for len in 0..proof.len() {
        let error = read(HashKind::Keccak256, &proof[..len]).unwrap_err();
        let (label, offset, needed) = match len {
            0..64 => ("s", 0, 64),
            64..128 => ("p", 64, 64),
            _ => ("b", 128, 3),
        };
        assert_eq!(error, ChannelError::Truncated { label, offset, needed, remaining: len - offset });
    }
}

#[test]
fn trailing_bytes_are_rejected() {
    let mut proof = valid_proof(HashKind::Keccak256);
    proof.push(0);
    assert_eq!(read(HashKind::Keccak256, &proof), Err(ChannelError::TrailingBytes { offset: 131, extra: 1 }));
}

#[test]
fn every_bit_of_the_proof_is_rejected_or_changes_the_challenge() {
    for hash in HashKind::ALL {
        let proof = valid_proof(hash);
        let honest = read(hash, &proof).unwrap();
        for bit in 0..8 * proof.len() {
            let mut mutated = proof.clone();
            mutated[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(read(hash, &mutated), Ok(honest), "bit {bit}");
        }
    }
}

#[test]
fn non_canonical_scalar_is_rejected_where_it_stands() {
    let mut proof = valid_proof(HashKind::Keccak256);
    // 2 + r: the same residue, another byte string.
    let limbs = { Fr::MODULUS }.0;
    for (i, limb) in limbs.iter().enumerate() {
        proof[32 + 8 * i..40 + 8 * i].copy_from_slice(&(limb + if i == 0 { 2 } else { 0 }).to_le_bytes());
    }
    assert_eq!(
        read(HashKind::Keccak256, &proof),
        Err(ChannelError::NonCanonicalScalar { label: "s", index: 1, offset: 32 })
    );
}

#[test]
fn bad_points_are_rejected_where_they_stand() {
    use crate::encoding::PointDecodeError::{NonCanonicalCoordinate, NotOnCurve};
    let honest = valid_proof(HashKind::Keccak256);
    // No point has x = 4; the last byte of x is beyond the modulus, whatever its highest bit.
    for (x, last, source) in [
        (4, 0, NotOnCurve),
        (4, 0x80, NotOnCurve),
        (1, 0x7f, NonCanonicalCoordinate),
        (1, 0xff, NonCanonicalCoordinate),
    ] {
        let mut proof = honest.clone();
        proof[96..128].fill(0);
        (proof[96], proof[127]) = (x, last);
        let expected = ChannelError::InvalidPoint { label: "p", index: 1, offset: 96, source };
        assert_eq!(read(HashKind::Keccak256, &proof), Err(expected));
    }
}

#[test]
fn huge_lengths_are_refused_without_allocation() {
    let proof = valid_proof(HashKind::Keccak256);
    for n in [usize::MAX, usize::MAX / 32 + 1, 1 << 40] {
        let mut channel = session(HashKind::Keccak256).into_verifier(&proof);
        assert!(matches!(channel.recv_scalars("s", n), Err(ChannelError::Truncated { .. })));
        assert!(matches!(channel.recv_points("p", n), Err(ChannelError::Truncated { .. })));
        assert!(matches!(channel.recv_bytes("b", n), Err(ChannelError::Truncated { .. })));
    }
}

/// One step of a random protocol.
#[derive(Clone, Debug)]
enum Step {
    Scalars(Vec<Fr>),
    Points(Vec<G1Affine>),
    Bytes(Vec<u8>),
    Public(Vec<Fr>),
    Section,
    Challenges(usize),
    Indices(usize, NonZeroU64),
    Digest,
}

fn any_scalar() -> impl Strategy<Value = Fr> {
    any::<[u8; 64]>().prop_map(|bytes| Fr::from_le_bytes_mod_order(&bytes))
}

fn any_step() -> impl Strategy<Value = Step> {
    let scalars = || prop::collection::vec(any_scalar(), 0..5);
    prop_oneof![
        scalars().prop_map(Step::Scalars),
        prop::collection::vec((0u64..1000).prop_map(point), 0..4).prop_map(Step::Points),
        prop::collection::vec(any::<u8>(), 0..100).prop_map(Step::Bytes),
        scalars().prop_map(Step::Public),
        Just(Step::Section),
        (0usize..4).prop_map(Step::Challenges),
        (0usize..4, 1u64..).prop_map(|(n, bound)| Step::Indices(n, NonZeroU64::new(bound).unwrap())),
        Just(Step::Digest),
    ]
}

/// The steps that prover and verifier share, through the object-safe face.
fn common_step(channel: &mut dyn PublicCoin, step: &Step) -> String {
    match step {
        Step::Public(v) => channel.absorb_public_scalars("public", v),
        Step::Section => channel.section("section"),
        Step::Challenges(n) => return format!("{:?}", channel.challenges("scalars", *n)),
        Step::Indices(n, bound) => return format!("{:?}", channel.challenge_indices("indices", *n, *bound)),
        Step::Digest => return format!("{:?}", channel.challenge_digest("digest")),
        Step::Scalars(_) | Step::Points(_) | Step::Bytes(_) => {}
    }
    String::new()
}

fn prove(channel: &mut ProverChannel, step: &Step) -> String {
    match step {
        Step::Scalars(v) => channel.send_scalars("scalars", v),
        Step::Points(v) => channel.send_points("points", v),
        Step::Bytes(v) => channel.send_bytes("bytes", v),
        _ => {}
    }
    common_step(channel, step)
}

fn verify(channel: &mut VerifierChannel<'_>, step: &Step) -> Result<String, ChannelError> {
    match step {
        Step::Scalars(v) => assert_eq!(&channel.recv_scalars("scalars", v.len())?, v),
        Step::Points(v) => assert_eq!(&channel.recv_points("points", v.len())?, v),
        Step::Bytes(v) => assert_eq!(&channel.recv_bytes("bytes", v.len())?, v),
        _ => {}
    }
    Ok(common_step(channel, step))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn prover_and_verifier_agree(
        steps in prop::collection::vec(any_step(), 0..12),
        hash in prop::sample::select(HashKind::ALL.to_vec()),
        statement in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let session = || Session::new(hash, "agreement").bind("statement", &statement);
        let mut prover = session().into_prover();
        let sent: Vec<String> = steps.iter().map(|step| prove(&mut prover, step)).collect();
        let tape = prover.tape();
        let (proof, log) = prover.finish();

        let mut verifier = session().into_verifier(&proof);
        let received = steps.iter().map(|step| verify(&mut verifier, step)).collect::<Result<Vec<_>, _>>().unwrap();
        prop_assert_eq!(sent, received);
        prop_assert_eq!(verifier.tape(), tape);
        prop_assert_eq!(&verifier.finish().unwrap(), &log);

        // Messages tile the proof.
        let end = log.messages().try_fold(0, |at, m| (m.offset == at).then_some(at + m.num_bytes));
        prop_assert_eq!(end, Some(proof.len()));
        prop_assert_eq!(log.bytes_by_section().iter().map(|s| s.1).sum::<usize>(), proof.len());
    }
}

#[test]
fn frozen_verifier_hands_out_the_tape_whatever_it_receives() {
    for hash in HashKind::ALL {
        let mut prover = session(hash).into_prover();
        prover.send_scalars("m", &scalars(&[1]));
        let honest = (prover.challenge("c"), prover.challenge_indices("i", 2, NonZeroU64::MAX));
        let digest = prover.challenge_digest("d");
        let tape = prover.tape();

        let forged = scalar_to_bytes(&Fr::from(2u64));
        let run = |mut verifier: VerifierChannel<'_>| {
            assert_eq!(verifier.recv_scalars("m", 1).unwrap(), scalars(&[2]));
            (
                (verifier.challenge("c"), verifier.challenge_indices("i", 2, NonZeroU64::MAX)),
                verifier.challenge_digest("d"),
            )
        };
        assert_eq!(run(session(hash).freeze(tape).into_verifier(&forged)), (honest.clone(), digest));
        let real = run(session(hash).into_verifier(&forged));
        assert_ne!(real.0.0, honest.0);
        assert_ne!(real.0.1, honest.1);
        assert_ne!(real.1, digest);
    }
}

/// A thawed challenge is the channel's own: that of the run on an honest proof, another one on a forged proof.
#[test]
fn a_thawed_challenge_is_drawn() {
    for hash in HashKind::ALL {
        let mut prover = session(hash).into_prover();
        prover.send_scalars("m", &scalars(&[7]));
        let honest = prover.challenges("r", 3);
        let tape = prover.tape();
        let (proof, _) = prover.finish();
        let mut forged = proof.clone();
        forged[0] ^= 1;
        let run = |thawed: &[usize], proof: &[u8]| {
            let tape = tape.thaw(thawed.iter().copied());
            let mut verifier = session(hash).freeze(tape).into_verifier(proof);
            verifier.recv_scalars("m", 1).unwrap();
            let drawn = verifier.challenges("r", 3);
            // What was handed out is on the new tape, thawed or not.
            let handed_out: Vec<Drawn> = drawn.iter().copied().map(Drawn::Scalar).collect();
            assert_eq!(verifier.tape().0, handed_out);
            drawn
        };
        assert_eq!(run(&[0, 1, 2], &proof), honest);
        assert_eq!(run(&[], &forged), honest);
        let thawed = run(&[1], &forged);
        assert_eq!((thawed[0], thawed[2]), (honest[0], honest[2]));
        assert_ne!(thawed[1], honest[1]);
    }
}

/// A run with every kind of step in it.
fn reference_run(hash: HashKind) -> ProverChannel {
    let mut channel = Session::new(hash, "reference").bind("config", &[1, 2, 3]).bind("input", b"").into_prover();
    channel.section("first");
    channel.send_points("commitments", &[point(1), point(0)]);
    channel.absorb_public_scalars("public", &scalars(&[4]));
    channel.absorb_public_points("key", &[point(2)]);
    channel.absorb_public_bytes("note", b"n");
    channel.challenge("alpha");
    channel.section("second");
    channel.send_scalars("claims", &[-Fr::ONE, Fr::from(258u64)]);
    channel.challenges("r", 2);
    channel.send_bytes("salt", b"pepper");
    channel.challenge_indices("queries", 2, NonZeroU64::new(1000).unwrap());
    channel.challenge_digest("seed");
    channel
}

#[test]
fn known_log() {
    let (_, log) = reference_run(HashKind::Keccak256).finish();
    expect![[r#"
        bind      @0 config: 3 bytes
        bind      @0 input: 0 bytes
        section   @0 first
        message   @0 commitments: 2 points
        public    @64 public: 1 scalars
        public    @64 key: 1 points
        public    @64 note: 1 bytes
        challenge @64 alpha: 1 scalars
        section   @64 second
        message   @64 claims: 2 scalars
        challenge @128 r: 2 scalars
        message   @128 salt: 6 bytes
        challenge @134 queries: 2 indices
        challenge @134 seed: 1 digest
    "#]]
    .assert_eq(&log.to_string());
    assert_eq!(log.bytes_by_section(), [("first", 64), ("second", 70)]);
    assert_eq!(log.events().iter().filter(|e| e.kind == EventKind::Challenge).count(), 4);
    let salt = log.messages().last().unwrap();
    assert_eq!(salt.range(), 128..134);
    assert_eq!(reference_run(HashKind::Blake3).finish().1, log);
}

#[test]
fn known_proof_bytes() {
    let (proof, _) = reference_run(HashKind::Keccak256).finish();
    let lines: Vec<String> = proof.chunks(32).map(hex).collect();
    expect![[r#"
        0100000000000000000000000000000000000000000000000000000000000000
        0000000000000000000000000000000000000000000000000000000000000000
        000000f093f5e1439170b97948e833285d588181b64550b829a031e1724e6430
        0201000000000000000000000000000000000000000000000000000000000000
        706570706572"#]]
    .assert_eq(&lines.join("\n"));
    assert_eq!(reference_run(HashKind::Blake3).finish().0, proof);
}

#[test]
fn known_challenges() {
    let render = |hash| {
        let channel = reference_run(hash);
        channel.tape().0.iter().fold(String::new(), |text, d| text + &format!("{d:?}\n"))
    };
    expect![[r#"
        Scalar(8562606412057334647856564271422179641594029666799679528018053996269149467028)
        Scalar(15616012579391430112207036143136025565534442990801103219045102072636872382612)
        Scalar(9492330845495217155028466601966431913646883511273138638157667450909670941809)
        Index(610)
        Index(607)
        Digest([144, 136, 166, 34, 215, 84, 53, 118, 221, 45, 146, 165, 114, 180, 237, 107, 238, 198, 121, 246, 203, 229, 238, 228, 26, 155, 91, 140, 121, 75, 228, 250])
    "#]].assert_eq(&render(HashKind::Keccak256));
    expect![[r#"
        Scalar(5142995490484602683870123889938182960721762354942982691662884033812197452268)
        Scalar(10443277305406318342137664357533737189160642238118865658235081460466354201116)
        Scalar(10708335525933071994734994999785470438454036516256111392569802882689804175443)
        Index(315)
        Index(550)
        Digest([60, 45, 82, 63, 162, 193, 75, 145, 228, 44, 86, 120, 210, 171, 30, 114, 220, 247, 80, 98, 74, 55, 169, 188, 184, 125, 136, 129, 85, 37, 15, 170])
    "#]].assert_eq(&render(HashKind::Blake3));
}

/// The chain written out from the crate's documentation alone.
#[test]
fn chain_is_the_documented_one() {
    for hash in HashKind::ALL {
        let h = |parts: &[&[u8]]| hash.digest(&[&parts.concat()]);
        let mut s = h(&[b"lariat-transcript/v1", &[hash.id(), 4], b"test"]);
        s = h(&[&s, &[0x01, 9], b"statement", &1u64.to_le_bytes(), b"s"]);
        s = h(&[&s, &[0x02, 0], &1u64.to_le_bytes()]);
        s = h(&[&s, &[0x10, 1], b"m", &1u64.to_le_bytes(), &[9; 1], &[0; 31]]);
        s = h(&[&s, &[0x30, 1], b"c", &2u64.to_le_bytes()]);
        let block = |i: u64, j: u8| h(&[&s, &[0xff], &i.to_le_bytes(), &[j]]);
        let scalar = |i| Fr::from_le_bytes_mod_order(&[block(i, 0), block(i, 1)].concat());
        let t = h(&[&s, &[0x31, 1], b"q", &1u64.to_le_bytes(), &10_007u64.to_le_bytes()]);
        // 256-bit remainder by folding bytes, most significant first.
        let index_block = h(&[&t, &[0xff], &0u64.to_le_bytes(), &[0]]);
        let index = index_block.iter().rev().fold(0, |rem, &byte| (256 * rem + u64::from(byte)) % 10_007);

        let mut channel = session(hash).into_prover();
        channel.send_scalars("m", &scalars(&[9]));
        assert_eq!(channel.challenges("c", 2), [scalar(0), scalar(1)]);
        assert_eq!(channel.challenge_indices("q", 1, NonZeroU64::new(10_007).unwrap()), [index]);
    }
}

/// A message of fixed length is the same message, with the same errors, as one of that many scalars.
#[test]
fn arrays_are_messages_of_scalars() {
    let sent = scalars(&[7, 8, 9]);
    let session = || Session::new(HashKind::Blake3, "arrays").bind("nothing", b"");
    let mut prover = session().into_prover();
    prover.send_scalars("m", &sent);
    let after = prover.challenge("c");
    let (proof, _) = prover.finish();
    let mut channel = session().into_verifier(&proof);
    assert_eq!(channel.recv_array::<3>("m").unwrap()[..], sent);
    assert_eq!(channel.challenge("c"), after);
    channel.finish().unwrap();
    for damaged in [proof[..95].to_vec(), [&proof[..64], &[0xff; 32]].concat()] {
        let by_length = session().into_verifier(&damaged).recv_scalars("m", 3).unwrap_err();
        assert_eq!(session().into_verifier(&damaged).recv_array::<3>("m").unwrap_err(), by_length);
    }
}
