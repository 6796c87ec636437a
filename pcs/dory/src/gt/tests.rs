//! Elements of GT: their group, their encodings, and products of powers.

use super::*;
use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_ec::pairing::Pairing;
use ark_ff::UniformRand;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

fn elements(n: usize, rng: &mut ChaCha20Rng) -> Vec<Gt> {
    (0..n).map(|_| Gt(Bn254::pairing(G1Affine::rand(rng), G2Affine::rand(rng)).0)).collect()
}

fn failed<T>(check: &'static str) -> Result<T, VerifyError> {
    Err(VerifyError::Check { check })
}

fn encode(elements: &[Gt]) -> Vec<u8> {
    to_bytes(&elements.iter().copied().map(Cyclotomic::from).collect::<Vec<_>>())
}

fn decode(bytes: &[u8]) -> Result<Vec<Gt>, VerifyError> {
    members(&from_bytes(bytes, bytes.len() / BYTES)?)
}

/// An element of norm one to `F_{q^6}`.
fn norm_one(rng: &mut ChaCha20Rng) -> Fq12 {
    let f = Fq12::rand(rng);
    let mut conjugate = f;
    conjugate.conjugate_in_place();
    conjugate * f.inverse().unwrap()
}

/// A cyclotomic element that is not in GT.
fn outsider(rng: &mut ChaCha20Rng) -> Fq12 {
    let f = norm_one(rng);
    f.frobenius_map(2) * f
}

#[test]
fn encoding_round_trip() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut elements = elements(6, &mut rng);
    elements.insert(3, Gt::ONE);
    let bytes = encode(&elements);
    assert_eq!(bytes.len(), 7 * BYTES);
    assert_eq!(bytes[3 * BYTES..4 * BYTES], [0; BYTES], "the identity");
    assert_eq!(decode(&bytes), Ok(elements));
    assert_eq!(decode(&[]), Ok(Vec::new()));
    assert!(to_bytes(&[]).is_empty());
    assert_eq!(BYTES, 128, "a third of an element of the field");
}

/// `v` times an element of `F_{q^6} = F_{q^2}[v] / (v^3 - xi)`.
fn times_v(x: Fq6) -> Fq6 {
    Fq6::new(times_xi(x.c2), x.c0, x.c1)
}

/// The definition: `(c + w) / (c - w)`.
fn by_the_torus(c: Fq6) -> Fq12 {
    Fq12::new(c, Fq6::one()) * Fq12::new(c, -Fq6::one()).inverse().unwrap()
}

/// `c` by its definition, `(1 + a) / b`.
fn coordinates(f: &Fq12) -> Fq6 {
    (f.c0 + Fq6::one()) * f.c1.inverse().unwrap()
}

/// Whether an element of norm one has an order that divides `q^4 - q^2 + 1`.
fn is_cyclotomic(f: &Fq12) -> bool {
    let q2 = f.frobenius_map(2);
    q2.frobenius_map(2) * f == q2
}

fn pair_bytes(c0: Fq2, c2: Fq2) -> Vec<u8> {
    [c0.c0, c0.c1, c2.c0, c2.c1].iter().flat_map(fq::to_bytes).collect()
}

/// Elements of `F_{q^2}`: random, and those where formulas tend to break.
fn edges(rng: &mut ChaCha20Rng) -> Vec<Fq2> {
    let small: Vec<Fq> = vec![Fq::ZERO, Fq::ONE, -Fq::ONE, THIRD, -THIRD, Fq::from(9u64)];
    let mut out: Vec<Fq2> = small.iter().flat_map(|x| small.iter().map(|y| Fq2::new(*x, *y))).collect();
    out.extend((0..12).map(|_| Fq2::rand(rng)));
    out
}

#[test]
fn constants_are_what_they_are_called() {
    assert_eq!(THIRD * Fq::from(3u64), Fq::ONE);
    assert_eq!(times_xi(BY_THREE_XI).double() + times_xi(BY_THREE_XI), Fq2::ONE);
    // What the module's head says of the equation's right side.
    assert!(Fq2::new(-THIRD, Fq::ZERO).legendre().is_qr());
    assert!(times_xi(Fq2::ONE).legendre().is_qnr());
}

/// Every pair but those with `c_0 = 0` is one cyclotomic element's, and is what that element is encoded as.
#[test]
fn pairs_are_the_cyclotomic_elements() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let edges = edges(&mut rng);
    for c0 in edges.iter().filter(|c0| !c0.is_zero()) {
        for c2 in &edges {
            let bytes = pair_bytes(*c0, *c2);
            let decoded = from_bytes(&bytes, 1).unwrap();
            let c1 = (times_xi(c2.square()) + Fq2::new(THIRD, Fq::ZERO)) * c0.inverse().unwrap();
            assert_eq!(decoded[0].0, by_the_torus(Fq6::new(*c0, c1, *c2)));
            assert!(is_cyclotomic(&decoded[0].0) && !decoded[0].is_one());
            assert_eq!(to_bytes(&decoded), bytes);
        }
    }
}

/// The other way round, from the definition of `c`, for elements of GT and of the cyclotomic subgroup.
#[test]
fn encodings_are_two_coordinates_of_the_torus() {
    let mut rng = ChaCha20Rng::seed_from_u64(8);
    let mut all: Vec<Fq12> = elements(8, &mut rng).iter().map(|f| f.0).collect();
    all.extend((0..8).map(|_| outsider(&mut rng)));
    for f in all {
        let c = coordinates(&f);
        assert_eq!(c.c0 * c.c1, times_xi(c.c2.square()) + Fq2::new(THIRD, Fq::ZERO));
        assert_eq!(by_the_torus(c), f);
        assert_eq!(to_bytes(&[Cyclotomic(f)]), pair_bytes(c.c0, c.c2));
        assert_eq!(from_bytes(&pair_bytes(c.c0, c.c2), 1), Ok(vec![Cyclotomic(f)]));
    }
    // v is that of the tower.
    assert_eq!(times_v(Fq6::one()), Fq12::new(Fq6::zero(), Fq6::one()).square().c0);
}

/// Without the check, each of these would be the identity once more.
#[test]
fn further_encodings_of_the_identity_are_rejected() {
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    assert_eq!(decode(&[0; BYTES]), Ok(vec![Gt::ONE]));
    let honest = encode(&elements(3, &mut rng));
    for c2 in edges(&mut rng).into_iter().filter(|c2| !c2.is_zero()) {
        assert!(decompress(&[(Fq2::ZERO, c2)])[0].is_one());
        let forged = pair_bytes(Fq2::ZERO, c2);
        assert_eq!(from_bytes(&forged, 1), failed(CHECK_ENCODING));
        for i in 0..3 {
            let mut bytes = honest.clone();
            bytes[BYTES * i..BYTES * (i + 1)].copy_from_slice(&forged);
            assert_eq!(from_bytes(&bytes, 3), failed(CHECK_ENCODING));
        }
    }
}

/// Processor time of decoding by the torus `T_2`, with the test for cyclotomic elements that it needs, over that of
/// decoding by `T_6`; printed, as it depends on the machine.
#[test]
fn decoding_is_cheaper_than_by_half_of_the_coordinates() {
    let mut rng = ChaCha20Rng::seed_from_u64(10);
    let all = elements(36, &mut rng);
    let (pairs, wide): (Vec<(Fq2, Fq2)>, Vec<Fq6>) = all
        .iter()
        .map(|f| {
            let c = coordinates(&f.0);
            ((c.c0, c.c2), c)
        })
        .unzip();
    let v = times_v(Fq6::one());
    let halved = |tori: &[Fq6]| {
        let mut inverses: Vec<Fq6> = tori.iter().map(|c| c.square() - v).collect();
        batch_inversion(&mut inverses);
        let f = |(c, inverse): (&Fq6, &Fq6)| Fq12::new((c.square() + v) * inverse, c.double() * inverse);
        tori.iter().zip(&inverses).map(f).collect::<Vec<Fq12>>()
    };
    let expected: Vec<Fq12> = all.iter().map(|f| f.0).collect();
    let mut best = [u128::MAX; 3];
    for _ in 0..20 {
        let start = std::time::Instant::now();
        let by_six = decompress(&pairs);
        let first = start.elapsed().as_nanos();
        let start = std::time::Instant::now();
        let by_two = halved(&wide);
        assert!(by_two.iter().all(is_cyclotomic));
        let second = start.elapsed().as_nanos();
        assert_eq!((&by_six, &by_two), (&expected, &expected));
        let start = std::time::Instant::now();
        assert!(members(&all.iter().copied().map(Cyclotomic::from).collect::<Vec<_>>()).is_ok());
        for (best, now) in best.iter_mut().zip([first, second, start.elapsed().as_nanos()]) {
            *best = now.min(*best);
        }
    }
    let [six, two, members] = best.map(|ns| ns as f64 / 36e3);
    println!("an element: {six:.1} us by T6, {two:.1} us by T2, {members:.1} us for membership (all threads)");
}

#[test]
fn coordinates_not_below_the_modulus_are_rejected() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let bytes = encode(&elements(2, &mut rng));
    for i in 0..8 {
        let range = 32 * i..32 * (i + 1);
        for other in [ark_ff::BigInteger::to_bytes_le(&lariat_algebra::Fq::MODULUS), vec![0xff; 32]] {
            let mut forged = bytes.clone();
            forged[range.clone()].copy_from_slice(&other);
            assert_eq!(decode(&forged), failed(CHECK_CANONICAL));
        }
    }
    for len in [BYTES - 1, 2 * BYTES - 32, 2 * BYTES - 1] {
        assert_eq!(from_bytes(&bytes[..len], 2), failed(CHECK_CANONICAL));
    }
    assert_eq!(from_bytes(&bytes, 1), failed(CHECK_CANONICAL));
}

#[test]
fn cyclotomic_elements_of_other_orders_are_rejected() {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    for _ in 0..10 {
        let f = outsider(&mut rng);
        assert!(is_cyclotomic(&f) && !f.pow(Fr::MODULUS).is_one());
        assert_eq!(decode(&encode(&[Gt::ONE, Gt(f)])), failed(CHECK_SUBGROUP));
        // Neither its part of order r nor the rest is mistaken for the other.
        let rest = f.pow(Fr::MODULUS);
        assert_eq!(decode(&encode(&[Gt(rest)])), failed(CHECK_SUBGROUP));
    }
    for f in elements(10, &mut rng) {
        assert!(f.0.pow(Fr::MODULUS).is_one() && has_order_r(&f.0));
    }
}

#[test]
fn products_of_powers_match_exponentiation() {
    let mut rng = ChaCha20Rng::seed_from_u64(6);
    let edges = [
        Fr::zero(),
        Fr::one(),
        -Fr::one(),
        Fr::from(SIX_X_SQUARED),
        Fr::from(SIX_X_SQUARED - 1),
        Fr::from(u128::MAX),
        -Fr::from(2u64),
    ];
    for n in [0usize, 1, 2, 7, 40] {
        let mut bases = elements(n, &mut rng);
        if n > 2 {
            (bases[0], bases[1]) = (Gt::ONE, bases[2].inverse());
        }
        for offset in 0..3 {
            let exponent = |i: usize, rng: &mut ChaCha20Rng| match edges.get(i + 2 * offset) {
                Some(edge) => *edge,
                None => Fr::rand(rng),
            };
            let terms: Vec<(Gt, Fr)> = bases.iter().enumerate().map(|(i, b)| (*b, exponent(i, &mut rng))).collect();
            let expected = terms.iter().fold(Fq12::one(), |product, (b, e)| product * b.0.pow(e.into_bigint()));
            assert_eq!(product_of_powers(&terms).0, expected);
        }
    }
}

#[test]
fn exponents_are_split_and_recoded_exactly() {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let edges = [Fr::zero(), Fr::one(), -Fr::one(), Fr::from(SIX_X_SQUARED), Fr::from(u128::MAX)];
    for e in edges.into_iter().chain((0..50).map(|_| Fr::rand(&mut rng))) {
        let (low, high) = split(&e);
        assert!(low < SIX_X_SQUARED);
        assert_eq!(Fr::from(low) + Fr::from(high) * Fr::from(SIX_X_SQUARED), e);
        for number in [low, high, u128::MAX, 1 << 127] {
            for window in 2..=12 {
                let radix = Fr::from(1u64 << window);
                let value = (0..num_digits(window)).rev().fold(Fr::zero(), |sum, k| {
                    let digit = digit(number, window, k);
                    assert!(digit.unsigned_abs() <= 1 << (window - 1));
                    sum * radix + Fr::from(digit)
                });
                assert_eq!(value, Fr::from(number));
            }
        }
    }
}
