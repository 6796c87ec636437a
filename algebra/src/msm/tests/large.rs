//! Bases too many for shifted tables, against arkworks and against the bases' known logarithms.

use super::*;
use crate::msm::multiples::fixed_base_multiples_with;
use ark_ec::VariableBaseMSM;

/// Bases with known logarithms.
fn known_bases(n: usize, rng: &mut ChaCha20Rng) -> (Vec<Fr>, Vec<G1Affine>) {
    let logs: Vec<Fr> = (0..n).map(|_| Fr::rand(rng)).collect();
    let bases = fixed_base_multiples_with(Backend::detect(), &G1Affine::generator(), &logs);
    (logs, bases)
}

/// `sum_i values[i] logs[i]` times the generator.
fn expected(logs: &[Fr], values: impl IntoIterator<Item = Fr>) -> G1Affine {
    let sum: Fr = logs.iter().zip(values).map(|(l, v)| *l * v).sum();
    (G1Affine::generator() * sum).into_affine()
}

#[test]
fn rows_over_many_bases_match_arkworks() {
    let mut rng = ChaCha20Rng::seed_from_u64(20);
    // One past the longest bases with shifted tables.
    let n = (1 << 14) + 1;
    let (_, bases) = known_bases(n, &mut rng);
    let u16s: Vec<u16> = (0..n).map(|i| if i % 3 == 0 { u16::MAX } else { rng.r#gen() }).collect();
    let u32s: Vec<u32> = (0..n).map(|_| rng.r#gen()).collect();
    let u64s: Vec<u64> = (0..n).map(|i| if i % 5 == 0 { u64::MAX } else { rng.r#gen() }).collect();
    let bools: Vec<bool> = (0..n).map(|_| rng.r#gen()).collect();
    let full: Vec<Fr> = (0..n).map(|i| edge(i, &mut rng)).collect();
    let short: Vec<Fr> = (0..100).map(|_| Fr::rand(&mut rng)).collect();
    let rows = [
        RowValues::from(&u16s[..]),
        RowValues::from(&u32s[..]),
        RowValues::from(&u64s[..]),
        RowValues::from(&bools[..]),
        RowValues::from(&full[..]),
        RowValues::from(&short[..]),
    ];
    let theirs = [
        G1Projective::msm_u16(&bases, &u16s),
        G1Projective::msm_u32(&bases, &u32s),
        G1Projective::msm_u64(&bases, &u64s),
        G1Projective::msm_u1(&bases, &bools),
        G1Projective::msm(&bases, &full).unwrap(),
        G1Projective::msm(&bases[..100], &short).unwrap(),
    ];
    let theirs = G1Projective::normalize_batch(&theirs);
    for backend in backends() {
        assert_eq!(FixedBases::with_backend(bases.clone(), backend).commit_rows(&rows), theirs, "{backend:?}");
        assert_eq!(msm_with(backend, &bases, &full).unwrap(), theirs[4], "{backend:?}");
    }
}

#[test]
fn rows_of_several_blocks_match_the_logarithms() {
    let mut rng = ChaCha20Rng::seed_from_u64(21);
    let n = (1 << 18) + 77;
    let (logs, bases) = known_bases(n, &mut rng);
    let u16s: Vec<u16> = (0..n).map(|_| rng.r#gen()).collect();
    let i32s: Vec<i32> = (0..n).map(|i| if i % 7 == 0 { i32::MIN } else { rng.gen_range(-9..9) }).collect();
    let bools: Vec<bool> = (0..n).map(|i| i % 3 == 0).collect();
    let full: Vec<Fr> = (0..n).map(|i| edge(i, &mut rng)).collect();
    let sparse: Vec<(u32, u32)> =
        (0..n as u32).step_by(1013).map(|i| (i, rng.r#gen())).chain([(n as u32 - 1, 5)]).collect();
    let sparse_values = (0..n as u32).map(|i| {
        let found = sparse.binary_search_by_key(&i, |e| e.0);
        found.map_or(Fr::zero(), |at| Fr::from(sparse[at].1))
    });
    let rows = [
        RowValues::from(&u16s[..]),
        RowValues::from(&i32s[..]),
        RowValues::from(&bools[..]),
        RowValues::from(&full[..]),
        RowValues::Sparse { entries: &sparse, offset: 0 },
        RowValues::from(&u16s[..1 << 18]),
        RowValues::U8(&[]),
        RowValues::U8(&[0; 1000]),
        RowValues::Sparse { entries: &sparse[3..4], offset: 0 },
    ];
    let sums = [
        expected(&logs, u16s.iter().map(|&v| Fr::from(v))),
        expected(&logs, i32s.iter().map(|&v| Fr::from(v))),
        expected(&logs, bools.iter().map(|&v| Fr::from(v))),
        expected(&logs, full.iter().copied()),
        expected(&logs, sparse_values),
        expected(&logs, u16s[..1 << 18].iter().map(|&v| Fr::from(v))),
        G1Affine::identity(),
        G1Affine::identity(),
        expected(&logs[3 * 1013..], [Fr::from(sparse[3].1)]),
    ];
    let fixed = FixedBases::new(bases.clone());
    assert_eq!(fixed.commit_rows(&rows), sums);
    assert_eq!(msm(&bases, &full).unwrap(), sums[3]);
}

#[test]
fn equal_and_opposite_points_in_one_bucket_are_exact() {
    // One base for all positions: every bucket meets doublings and cancellations.
    let n = 1 << 15;
    for sign in [false, true] {
        let g = G1Affine::generator();
        let bases: Vec<G1Affine> = (0..n).map(|i| if sign && i % 2 == 1 { -g } else { g }).collect();
        let logs: Vec<Fr> = (0..n).map(|i| if sign && i % 2 == 1 { -Fr::one() } else { Fr::one() }).collect();
        let u16s: Vec<u16> = (0..n).map(|i| (i / 2 % 5) as u16).collect();
        let full: Vec<Fr> = (0..n as u64).map(|i| -Fr::from(i / 2 % 3)).collect();
        let fixed = FixedBases::new(bases);
        assert_eq!(fixed.commit_row(RowValues::from(&u16s[..])), expected(&logs, u16s.iter().map(|&v| Fr::from(v))));
        assert_eq!(fixed.commit_row(RowValues::from(&full[..])), expected(&logs, full.iter().copied()));
    }
}

#[cfg(feature = "parallel")]
#[test]
fn the_thread_count_does_not_change_large_sums() {
    let mut rng = ChaCha20Rng::seed_from_u64(22);
    let (logs, bases) = known_bases(1 << 15, &mut rng);
    let full: Vec<Fr> = (0..bases.len()).map(|i| edge(i, &mut rng)).collect();
    let bytes: Vec<u8> = (0..bases.len()).map(|_| rng.r#gen()).collect();
    let fixed = FixedBases::new(bases);
    let rows = [RowValues::from(&full[..]), RowValues::from(&bytes[..]), RowValues::from(&full[..300])];
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fixed.commit_rows(&rows))
    };
    assert_eq!(run(1), run(3));
    assert_eq!(run(1)[0], expected(&logs, full));
}
