//! The kernels against naive sums.

mod large;

use super::bucket::Buckets;
use super::kernel::Adder;
use super::multiples::fixed_base_multiples_with;
use super::packed::PointRef;
use super::{Backend, FixedBases, MsmError, RowValues, combine_rows, msm, msm_with};
use crate::column::{Column, ColumnData};
use crate::{Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{One, UniformRand, Zero};
use rand::{Rng, RngCore};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

fn backends() -> impl Iterator<Item = Backend> {
    [Backend::Portable, Backend::Ifma].into_iter().filter(|b| b.is_available())
}

fn points(n: usize, rng: &mut ChaCha20Rng) -> Vec<G1Affine> {
    let points: Vec<G1Projective> = (0..n).map(|_| G1Affine::generator() * Fr::rand(rng)).collect();
    G1Projective::normalize_batch(&points)
}

fn naive(bases: &[G1Affine], scalars: impl IntoIterator<Item = Fr>) -> G1Affine {
    bases.iter().zip(scalars).map(|(b, s)| *b * s).sum::<G1Projective>().into_affine()
}

fn column_scalars(column: &Column) -> Vec<Fr> {
    (0..1 << column.num_vars()).map(|i| column.get(i)).collect()
}

#[test]
fn additions_are_exact_in_every_exceptional_case() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut bases = points(20, &mut rng);
    bases[3] = G1Affine::identity();
    bases[4] = bases[5];
    bases[6] = -bases[7];
    for backend in backends() {
        let table: Vec<_> = bases.iter().map(|p| backend.pack(p)).collect();
        for (point, packed) in bases.iter().zip(&table) {
            assert_eq!(backend.unpack(packed), *point);
        }
        let mut adder = Adder::new(backend, &table);
        let mut pairs = Vec::new();
        let mut expected = Vec::new();
        for a in 0..20 {
            for b in 0..20 {
                for signs in 0..4 {
                    let (na, nb) = (signs & 1 == 1, signs & 2 == 2);
                    pairs.push((PointRef::table(a, na), PointRef::table(b, nb)));
                    let sign = |negative: bool, p: G1Affine| if negative { -p } else { p };
                    expected.push((sign(na, bases[a]) + sign(nb, bases[b])).into_affine());
                }
            }
        }
        // Every length modulo eight, so that partly filled vectors are covered too.
        for take in [1, 2, 3, 7, 8, 9, 15, 16, 17, pairs.len() - 1, pairs.len()] {
            adder.clear();
            adder.add(&pairs[..take]);
            for (i, expected) in expected[..take].iter().enumerate() {
                assert_eq!(adder.get(PointRef::arena(i)), *expected, "{backend:?} pair {i} of {take}");
            }
        }
        // Sums of sums, which again meet all cases.
        let second: Vec<_> = (0..pairs.len() - 1).map(|i| (PointRef::arena(i), PointRef::arena(i + 1))).collect();
        adder.add(&second);
        for i in 0..second.len() {
            let sum = (expected[i] + expected[i + 1]).into_affine();
            assert_eq!(adder.get(PointRef::arena(pairs.len() + i)), sum);
        }
    }
}

#[test]
fn jobs_sum_their_weighted_buckets() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let bases = points(40, &mut rng);
    for backend in backends() {
        let table: Vec<_> = bases.iter().map(|p| backend.pack(p)).collect();
        let mut adder = Adder::new(backend, &table);
        let mut buckets = Buckets::default();
        let mut expected = vec![G1Affine::identity(); 7];
        // Job 2 stays empty, job 3 only has even weights, job 4 cancels, job 5 is sorted by counting.
        for (job, len, max) in [(0, 1, 64), (1, 40, 64), (3, 10, 32), (4, 2, 8), (5, 400, 16), (6, 90, 1)] {
            let mut scalars = vec![Fr::zero(); bases.len()];
            let mut items: Vec<(u32, PointRef)> = (0..len)
                .map(|i| {
                    let (weight, base) = match job {
                        3 => (2 * rng.gen_range(1..=max / 2), rng.gen_range(0..bases.len())),
                        4 => (max, 9),
                        _ => (rng.gen_range(1..=max), rng.gen_range(0..bases.len())),
                    };
                    let negative = if job == 4 { i == 1 } else { rng.r#gen() };
                    scalars[base] += if negative { -Fr::from(weight) } else { Fr::from(weight) };
                    (weight, PointRef::table(base, negative))
                })
                .collect();
            buckets.push_job(job, max as usize, &mut items);
            expected[job] = naive(&bases, scalars);
        }
        let sums = buckets.sum_jobs(7, &mut adder);
        assert_eq!(G1Projective::normalize_batch(&sums), expected);
        assert_eq!(expected[4], G1Affine::identity());
    }
}

#[test]
fn rows_of_every_type_match_naive_sums() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    for (log_len, num_vars) in [(0usize, 3usize), (3, 5), (6, 8), (7, 7), (8, 5)] {
        let bases = points(1 << log_len, &mut rng);
        let n = 1usize << num_vars;
        for (round, stored) in [(0, n), (1, n - n / 3), (2, 1), (3, 0)] {
            let small = |rng: &mut ChaCha20Rng, max: u64| if round == 1 { 0 } else { rng.next_u64() % (max + 1) };
            let mut data = vec![
                ColumnData::Bool((0..stored).map(|_| rng.r#gen()).collect()),
                ColumnData::U8((0..stored).map(|_| small(&mut rng, 255) as u8).collect()),
                ColumnData::U16(
                    (0..stored).map(|i| if i % 5 == 0 { u16::MAX } else { rng.next_u32() as u16 }).collect(),
                ),
                ColumnData::U32((0..stored).map(|i| if i % 5 == 0 { u32::MAX } else { rng.next_u32() }).collect()),
                ColumnData::U32((0..stored).map(|_| rng.next_u32() & 0x3ff).collect()),
                ColumnData::I32(
                    (0..stored).map(|i| if i % 3 == 0 { i32::MIN } else { rng.next_u32() as i32 }).collect(),
                ),
                ColumnData::U64((0..stored).map(|i| if i % 5 == 0 { u64::MAX } else { rng.next_u64() }).collect()),
                ColumnData::Field((0..stored).map(|i| edge(i, &mut rng)).collect()),
                ColumnData::Sparse((0..stored).filter(|i| i % 3 == 1).map(|i| (i as u32, rng.next_u32())).collect()),
            ];
            data.push(ColumnData::Bool(vec![true; stored]));
            let columns: Vec<Column> = data.into_iter().map(|d| Column::new(num_vars, d)).collect();
            let columns: Vec<&Column> = columns.iter().collect();
            for backend in backends() {
                let fixed = FixedBases::with_backend(bases.clone(), backend);
                let commitments = fixed.commit_columns(&columns);
                for (column, rows) in columns.iter().zip(&commitments) {
                    let scalars = column_scalars(column);
                    let expected: Vec<G1Affine> =
                        scalars.chunks(bases.len()).map(|row| naive(&bases, row.iter().copied())).collect();
                    assert_eq!(*rows, expected, "{backend:?} {column:?} over 2^{log_len} bases");
                }
            }
        }
    }
}

fn edge(i: usize, rng: &mut ChaCha20Rng) -> Fr {
    match i % 6 {
        0 => Fr::zero(),
        1 => -Fr::one(),
        2 => Fr::one(),
        3 => -Fr::from(rng.next_u32()),
        4 => Fr::from(u64::MAX),
        _ => Fr::rand(rng),
    }
}

#[test]
fn degenerate_bases_are_committed_exactly() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let p = points(1, &mut rng)[0];
    let all = [
        vec![p; 64],
        vec![G1Affine::identity(); 64],
        (0..64).map(|i| if i % 2 == 0 { p } else { -p }).collect(),
        (0..64).map(|i| if i % 3 == 0 { p } else { G1Affine::identity() }).collect(),
    ];
    for bases in all {
        for backend in backends() {
            let fixed = FixedBases::with_backend(bases.clone(), backend);
            for value in [1u16, 2, 255, 256, 257, u16::MAX] {
                let row = [value; 64];
                let expected = naive(&bases, row.iter().map(|&v| Fr::from(v)));
                assert_eq!(fixed.commit_row(RowValues::from(&row[..])), expected);
            }
            let bools = [true; 63];
            assert_eq!(fixed.commit_row(RowValues::from(&bools[..])), naive(&bases, vec![Fr::one(); 63]));
            let scalars: Vec<Fr> = (0..64).map(|i| edge(i, &mut rng)).collect();
            assert_eq!(msm_with(backend, &bases, &scalars).unwrap(), naive(&bases, scalars.iter().copied()));
        }
    }
}

/// Rows of several types, one after the other, under all tables: also slots at odd bases.
#[test]
fn stacks_are_committed_and_combined_as_their_rows() {
    let mut rng = ChaCha20Rng::seed_from_u64(12);
    let halves: Vec<u16> = (0..16).map(|_| rng.r#gen()).collect();
    let signed: Vec<i32> = (0..16).map(|i| i * 1_000_003 - 4_000_000).collect();
    let bits: Vec<bool> = (0..16).map(|_| rng.r#gen()).collect();
    let scalars: Vec<Fr> = (0..16).map(|i| edge(i, &mut rng)).collect();
    let sparse = [(40, u32::MAX), (55, 1)];
    let slots: [RowValues<'_>; 7] = [
        bits[..].into(),
        halves[..].into(),
        signed[..].into(),
        RowValues::U8(&[]),
        scalars[..].into(),
        RowValues::Sparse { entries: &sparse, offset: 40 },
        bits[..9].into(),
    ];
    let short = [RowValues::Bool(&bits[..2]), RowValues::Bool(&bits[2..4]), RowValues::Bool(&bits[4..5])];
    let rows = [
        RowValues::Stack { slots: &slots, log_slot: 4 },
        RowValues::Stack { slots: &slots[..4], log_slot: 5 },
        halves[..].into(),
        RowValues::Stack { slots: &short, log_slot: 1 },
        RowValues::Stack { slots: &[], log_slot: 3 },
    ];
    let values: Vec<Vec<Fr>> = rows
        .iter()
        .map(|row| {
            let mut values = crate::ntt::widen(*row);
            values.resize(1 << 7, Fr::zero());
            values
        })
        .collect();
    let bases = points(1 << 7, &mut rng);
    for backend in backends() {
        let fixed = FixedBases::with_backend(bases.clone(), backend);
        // Without tables, and with all of them.
        for _ in 0..2 {
            let expected: Vec<G1Affine> = values.iter().map(|row| naive(&bases, row.iter().copied())).collect();
            assert_eq!(fixed.commit_rows(&rows), expected);
            for kind in [RowValues::Bool(&[true; 128]), RowValues::U16(&[9; 128]), RowValues::U64(&[u64::MAX; 128])] {
                fixed.commit_rows(&[kind; 200]);
            }
            fixed.commit_rows(&[RowValues::Field(&[Fr::rand(&mut rng); 128]); 200]);
        }
    }
    let coefficients: Vec<Fr> = rows.iter().map(|_| Fr::rand(&mut rng)).collect();
    let terms: Vec<(Fr, RowValues<'_>)> = coefficients.iter().copied().zip(rows).collect();
    let sum = |j: usize| -> Fr { coefficients.iter().zip(&values).map(|(c, row)| *c * row[j]).sum() };
    assert_eq!(combine_rows(&terms, 1 << 7), (0..1 << 7).map(sum).collect::<Vec<_>>());
}

#[test]
fn msm_matches_naive_sums() {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    for n in [0usize, 1, 2, 3, 17, 64, 300] {
        let bases = points(n, &mut rng);
        for backend in backends() {
            let random: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
            let edges: Vec<Fr> = (0..n).map(|i| edge(i, &mut rng)).collect();
            for scalars in [random, edges, vec![Fr::zero(); n], vec![-Fr::one(); n], vec![Fr::from(3u64); n]] {
                let sum = msm_with(backend, &bases, &scalars).unwrap().into_affine();
                assert_eq!(sum, naive(&bases, scalars.iter().copied()), "{backend:?} n = {n}");
            }
        }
    }
}

#[test]
fn msm_refuses_unequal_lengths() {
    let bases = points(3, &mut ChaCha20Rng::seed_from_u64(6));
    for (b, s) in [(3, 2), (2, 3), (0, 1), (1, 0)] {
        let error = msm(&bases[..b], &vec![Fr::one(); s]).unwrap_err();
        assert_eq!(error, MsmError::LengthMismatch { bases: b, scalars: s });
    }
}

#[test]
#[should_panic(expected = "row of 9 values over 8 bases")]
fn rows_longer_than_the_bases_are_refused() {
    let fixed = FixedBases::new(points(8, &mut ChaCha20Rng::seed_from_u64(7)));
    let _ = fixed.commit_row(RowValues::U8(&[1; 9]));
}

#[test]
fn combined_rows_match_field_arithmetic() {
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    for num_vars in [0usize, 4, 11] {
        let n = 1usize << num_vars;
        let data = vec![
            ColumnData::Bool((0..n).map(|_| rng.r#gen()).collect()),
            ColumnData::U8((0..n / 2).map(|_| rng.r#gen()).collect()),
            ColumnData::U16((0..n).map(|_| u16::MAX).collect()),
            ColumnData::U32((0..n).map(|_| rng.r#gen()).collect()),
            ColumnData::I32((0..n).map(|i| if i % 2 == 0 { i32::MIN } else { rng.r#gen() }).collect()),
            ColumnData::U64(vec![u64::MAX; n]),
            ColumnData::Field((0..n).map(|i| edge(i, &mut rng)).collect()),
            ColumnData::Sparse((0..n as u32).filter(|i| i % 7 == 3).map(|i| (i, u32::MAX - i)).collect()),
            ColumnData::U8(Vec::new()),
        ];
        let columns: Vec<Column> = data.into_iter().map(|d| Column::new(num_vars, d)).collect();
        for log_len in [num_vars, num_vars / 2] {
            let len = 1usize << log_len;
            let mut expected = vec![Fr::zero(); len];
            let mut terms = Vec::new();
            for (k, column) in columns.iter().enumerate() {
                for row in 0..n / len {
                    let coefficient = if (k + row) % 5 == 0 { -Fr::one() } else { Fr::rand(&mut rng) };
                    terms.push((coefficient, RowValues::of_column(column, row * len, len)));
                    for (j, sum) in expected.iter_mut().enumerate() {
                        *sum += coefficient * column.get(row * len + j);
                    }
                }
            }
            terms.push((Fr::zero(), RowValues::U8(&[1])));
            assert_eq!(combine_rows(&terms, len), expected);
        }
    }
}

#[test]
fn multiples_of_one_point_match_naive_products() {
    let mut rng = ChaCha20Rng::seed_from_u64(10);
    let base = points(1, &mut rng)[0];
    for n in [0usize, 1, 5, 100, 3000] {
        let scalars: Vec<Fr> = (0..n).map(|i| edge(i, &mut rng)).collect();
        let expected: Vec<G1Affine> = scalars.iter().map(|s| (base * s).into_affine()).collect();
        for backend in backends() {
            assert_eq!(fixed_base_multiples_with(backend, &base, &scalars), expected);
            let none = fixed_base_multiples_with(backend, &G1Affine::identity(), &scalars);
            assert!(none.iter().all(AffineRepr::is_zero));
        }
    }
}

#[cfg(feature = "parallel")]
#[test]
fn the_thread_count_does_not_change_the_result() {
    let mut rng = ChaCha20Rng::seed_from_u64(8);
    let bases = points(256, &mut rng);
    let column = Column::new(13, ColumnData::U16((0..1 << 13).map(|_| rng.next_u32() as u16).collect()));
    let fixed = FixedBases::new(bases);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fixed.commit_columns(&[&column]))
    };
    assert_eq!(run(1), run(3));
}
