//! Transforms against evaluation by definition.

use super::*;
use crate::poly::Univariate;
use ark_ff::UniformRand;
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

fn random(n: usize, rng: &mut ChaCha20Rng) -> Vec<Fr> {
    (0..n).map(|_| Fr::rand(rng)).collect()
}

#[test]
fn points_are_the_group_with_siblings_side_by_side() {
    assert_eq!(Domain::new(0).element(0), Fr::one());
    for log_size in 1..8 {
        let (domain, half) = (Domain::new(log_size), Domain::new(log_size - 1));
        assert_eq!(domain.element(domain.size() / 2), domain.generator());
        assert_eq!(domain.generator().square(), half.generator());
        let mut seen = std::collections::HashSet::new();
        for i in 0..domain.size() {
            let x = domain.element(i);
            assert!(seen.insert(x), "{i} repeats");
            assert_eq!(x.pow([domain.size() as u64]), Fr::one());
            assert_eq!(domain.element(i ^ 1), -x);
            assert_eq!(half.element(i / 2), x.square());
        }
    }
}

#[test]
fn forward_evaluates_at_every_point() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for log_size in 0..10 {
        let domain = Domain::new(log_size);
        let coeffs = random(domain.size(), &mut rng);
        let mut values = coeffs.clone();
        domain.forward(&mut values);
        let p = Univariate { coeffs: coeffs.clone() };
        for (i, value) in values.iter().enumerate() {
            assert_eq!(*value, p.eval(domain.element(i)), "2^{log_size}, position {i}");
        }
        domain.inverse(&mut values);
        assert_eq!(values, coeffs);
    }
}

#[test]
fn large_transforms_evaluate_at_sampled_points_and_invert() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for log_size in [13, 14, 15, 16] {
        let domain = Domain::new(log_size);
        let coeffs = random(domain.size(), &mut rng);
        let mut values = coeffs.clone();
        domain.forward(&mut values);
        let p = Univariate { coeffs: coeffs.clone() };
        for _ in 0..8 {
            let i = rng.gen_range(0..domain.size());
            assert_eq!(values[i], p.eval(domain.element(i)), "2^{log_size}, position {i}");
        }
        domain.inverse(&mut values);
        assert_eq!(values, coeffs);
    }
}

#[test]
fn codewords_extend_any_number_of_coefficients() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    for log_len in 0..7 {
        for log_blowup in 0..4 {
            for used in [0, 1, 2, 3, 5, 8, 9, 31, 64].into_iter().filter(|used| *used <= 1 << log_len) {
                let mut coeffs = random(used, &mut rng);
                coeffs.resize(1 << log_len, Fr::zero());
                let word = encode(&coeffs, log_blowup);
                let domain = Domain::new(log_len + log_blowup);
                assert_eq!(word.len(), domain.size());
                assert_eq!(domain.encode(&coeffs[..used]), word);
                let p = Univariate { coeffs };
                for (i, value) in word.iter().enumerate() {
                    assert_eq!(*value, p.eval(domain.element(i)));
                }
            }
        }
    }
}

#[test]
#[should_panic(expected = "no domain")]
fn domains_beyond_the_two_adicity_are_refused() {
    let _ = Domain::new(MAX_LOG_SIZE + 1);
}

#[test]
fn folding_combines_even_and_odd_coefficients() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    for log_len in 1..14 {
        let coeffs = random(1 << (log_len - 1), &mut rng);
        let a = Fr::rand(&mut rng);
        let halves: Vec<Fr> =
            coeffs.chunks(2).map(|c| (Fr::one() - a) * c[0] + a * c.get(1).copied().unwrap_or_default()).collect();
        let folded = fold(&encode(&coeffs, 1), a);
        assert_eq!(folded, Domain::new(log_len - 1).encode(&halves), "2^{log_len}");
    }
}

#[test]
fn inverse_points_are_inverses() {
    for log_size in 0..6 {
        let domain = Domain::new(log_size);
        for i in 0..domain.size() {
            assert_eq!(domain.element(i) * domain.inverse_element(i), Fr::one());
        }
    }
}

/// Elements among which the extremes meet each other in every combination.
fn extremes(n: usize, period: usize, rng: &mut ChaCha20Rng) -> Vec<Fr> {
    let edges = [Fr::zero(), Fr::one(), -Fr::one(), -Fr::from(2u64), Fr::new_unchecked(ark_ff::BigInt([1, 0, 0, 0]))];
    (0..n).map(|i| edges.get(i / period % 7).copied().unwrap_or_else(|| Fr::rand(rng))).collect()
}

#[test]
fn backends_agree() {
    if !ifma::is_available() {
        return;
    }
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    for log_len in 6..=15 {
        let factors = factors(log_len + 3);
        for (node, period) in [(0, 1), (1, 2), (5, 8), (7, 1 << (log_len - 1))] {
            let values = extremes(1 << log_len, period, &mut rng);
            let (mut lanes, mut scalar) = (values.clone(), values.clone());
            vector::forward(&mut lanes, node, factors);
            portable::forward(&mut scalar, node, factors);
            assert!(lanes == scalar, "2^{log_len}, node {node}");
            // All values as large as they get, in memory and by value.
            for x in [-Fr::one(), Fr::new_unchecked(largest())] {
                let (mut lanes, mut scalar) = (vec![x; 1 << log_len], vec![x; 1 << log_len]);
                vector::forward(&mut lanes, node, factors);
                portable::forward(&mut scalar, node, factors);
                assert!(lanes == scalar, "2^{log_len}, node {node}, equal values");
            }
        }
    }
}

fn largest() -> ark_ff::BigInt<4> {
    let mut limbs = <Fr as ark_ff::PrimeField>::MODULUS;
    limbs.0[0] -= 1;
    limbs
}

#[test]
fn folds_on_lanes_match_folds_in_field_arithmetic() {
    let mut rng = ChaCha20Rng::seed_from_u64(6);
    for log_len in 1..=15 {
        let factors = factors(log_len);
        for period in [1, 3] {
            let word = extremes(1 << log_len, period, &mut rng);
            for a in [Fr::zero(), Fr::one(), -Fr::one(), Fr::rand(&mut rng)] {
                let half = Fr::from(2u64).inverse().unwrap();
                let mut expected = vec![Fr::zero(); word.len() / 2];
                portable::fold(&word, 0, factors, (Fr::one() - a) * half, a * half, &mut expected);
                assert!(fold(&word, a) == expected, "2^{log_len}");
            }
        }
    }
}

#[test]
fn integers_widen_to_themselves() {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    for n in [0usize, 1, 7, 8, 9, 100, 2500] {
        let words: Vec<u64> = (0..n).map(|i| if i % 3 == 0 { u64::MAX } else { rng.r#gen() }).collect();
        let check = |row: RowValues<'_>, expected: Vec<Fr>| {
            let used = expected.iter().rposition(|x| !x.is_zero()).map_or(0, |last| last + 1);
            assert_eq!(widen(row), expected[..used], "{row:?}");
        };
        macro_rules! check {
            ($($ty:ty),*) => {
                $({
                    let values: Vec<$ty> = words.iter().map(|&w| w as $ty).collect();
                    check(RowValues::from(&values[..]), values.iter().map(|&v| Fr::from(v)).collect());
                })*
            };
        }
        check!(u8, u16, u32, i32, u64);
        let bits: Vec<bool> = words.iter().map(|w| w % 5 == 0).collect();
        check(RowValues::from(&bits[..]), bits.iter().map(|&v| Fr::from(v)).collect());
        let field: Vec<Fr> = words.iter().map(|&w| -Fr::from(w)).collect();
        check(RowValues::from(&field[..]), field.clone());
        let entries: Vec<(u32, u32)> = (0..n as u32).map(|i| (2 * i + 40, words[i as usize] as u32 % 3)).collect();
        let mut expected = vec![Fr::zero(); 2 * n];
        for &(i, v) in &entries {
            expected[i as usize - 40] = v.into();
        }
        check(RowValues::Sparse { entries: &entries, offset: 40 }, expected);
    }
}

/// Every type of coefficients, shorter and longer than a block, at every length of blocks.
#[test]
fn blocks_are_parts_of_the_codeword() {
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    for log_size in [0, 1, 4, 9] {
        let domain = Domain::new(log_size);
        for len in [0, 1, 2, 5, 16, 200, 512].into_iter().filter(|len| *len <= domain.size()) {
            let words: Vec<u64> = (0..len).map(|_| rng.r#gen()).collect();
            let bits: Vec<bool> = words.iter().map(|x| x & 1 == 1).collect();
            let bytes: Vec<u8> = words.iter().map(|x| *x as u8).collect();
            let halves: Vec<u16> = words.iter().map(|x| *x as u16).collect();
            let singles: Vec<u32> = words.iter().map(|x| *x as u32).collect();
            let signed: Vec<i32> = words.iter().map(|x| *x as i32 >> (x >> 60)).collect();
            let elements = random(len, &mut rng);
            let sparse: Vec<(u32, u32)> =
                singles.iter().enumerate().filter(|(i, _)| i % 7 == 1).map(|(i, x)| (100 + i as u32, *x)).collect();
            let rows: [RowValues<'_>; 8] = [
                bits[..].into(),
                bytes[..].into(),
                halves[..].into(),
                singles[..].into(),
                signed[..].into(),
                words[..].into(),
                elements[..].into(),
                RowValues::Sparse { entries: &sparse, offset: 100 },
            ];
            for row in rows {
                let expected = domain.encode(&widen(row));
                for log_block in log_size.min(1)..=log_size {
                    let mut encoder = BlockEncoder::new(domain, log_block);
                    let mut out = vec![Fr::one(); encoder.block_len()];
                    for (block, expected) in expected.chunks(out.len()).enumerate() {
                        encoder.encode(row, block, &mut out);
                        assert_eq!(out, expected, "{row:?}, block {block} of 2^{log_block}");
                        let positions: Vec<usize> = (0..out.len()).filter(|_| rng.gen_ratio(1, 20)).collect();
                        let chosen: Vec<Fr> = positions.iter().map(|p| expected[*p]).collect();
                        assert_eq!(encoder.encode_at(row, block, &positions), chosen, "{row:?}, {positions:?}");
                        assert_eq!(encoder.encode_at(row, block, &[]), []);
                    }
                }
            }
        }
    }
}

/// Stacks of rows of several types are the rows one after the other: as elements, in blocks, as constants.
#[test]
fn stacks_are_their_rows_one_after_the_other() {
    let mut rng = ChaCha20Rng::seed_from_u64(10);
    let halves: Vec<u16> = (0..16).map(|_| rng.r#gen()).collect();
    let signed: Vec<i32> = (0..11).map(|i| -i).collect();
    let long: Vec<u64> = (0..16).map(|_| rng.r#gen()).collect();
    let bits = [true, false, true, false, false];
    let elements = random(16, &mut rng);
    let sparse = [(100, 7), (115, 3)];
    let integers: [RowValues<'_>; 6] = [
        halves[..].into(),
        signed[..].into(),
        RowValues::U8(&[]),
        long[..].into(),
        RowValues::Sparse { entries: &sparse, offset: 100 },
        bits[..].into(),
    ];
    let with_elements = [integers[1], elements[..].into(), integers[0], RowValues::U8(&[0; 3])];
    let nested = [
        RowValues::Stack { slots: &integers[..2], log_slot: 4 },
        RowValues::Stack { slots: &integers[2..], log_slot: 4 },
    ];
    let stacks = [
        RowValues::Stack { slots: &integers, log_slot: 4 },
        RowValues::Stack { slots: &integers[..2], log_slot: 6 },
        RowValues::Stack { slots: &with_elements, log_slot: 4 },
        RowValues::Stack { slots: &nested, log_slot: 6 },
        RowValues::Stack { slots: &[], log_slot: 4 },
        RowValues::Stack { slots: &with_elements[3..], log_slot: 3 },
    ];
    let domain = Domain::new(8);
    for stack in stacks {
        let mut expected = vec![Fr::zero(); 256];
        stack.for_each_part(&mut |start, part| {
            for (i, x) in widen(part).into_iter().enumerate() {
                expected[start + i] += x;
            }
        });
        let end = expected.iter().rposition(|x| !x.is_zero()).map_or(0, |last| last + 1);
        assert_eq!(widen(stack), expected[..end], "{stack:?}");
        assert!(stack.end() >= end && stack.is_zero() == (end == 0), "{stack:?}");
        assert_eq!(constant(stack), (end <= 1).then_some(expected[0]), "{stack:?}");
        for start in (0..256).step_by(64) {
            let part = widen(stack.slice(start, 64));
            assert_eq!(part, expected[start..start + 64][..part.len()], "{stack:?}");
            assert!(expected[start + part.len()..start + 64].iter().all(Zero::is_zero), "{stack:?}");
        }
        assert_eq!(widen(stack.slice(3, 5)), widen(RowValues::Field(&expected[3..8])), "{stack:?}");
        let codeword = domain.encode(&expected);
        for log_block in 1..=8 {
            let mut encoder = BlockEncoder::new(domain, log_block);
            let mut out = vec![Fr::one(); encoder.block_len()];
            for (block, expected) in codeword.chunks(out.len()).enumerate() {
                encoder.encode(stack, block, &mut out);
                assert_eq!(out, expected, "{stack:?}, block {block} of 2^{log_block}");
                assert_eq!(encoder.encode_at(stack, block, &[1]), expected[1..2]);
            }
        }
    }
}

#[test]
#[should_panic(expected = "positions 2..7 of slots of 2^2")]
fn slices_across_slots_are_refused() {
    let _ = RowValues::Stack { slots: &[RowValues::U8(&[1; 4]); 3], log_slot: 2 }.slice(2, 5);
}

#[test]
#[should_panic(expected = "positions [4] of a block of 2^2")]
fn positions_beyond_a_block_are_refused() {
    BlockEncoder::new(Domain::new(3), 2).encode_at(RowValues::U8(&[1, 2, 3, 4, 5]), 0, &[1, 4]);
}

#[test]
#[should_panic(expected = "block 2 of 2^1")]
fn blocks_beyond_the_domain_are_refused() {
    BlockEncoder::new(Domain::new(3), 2).encode(RowValues::U8(&[1]), 2, &mut [Fr::zero(); 4]);
}
