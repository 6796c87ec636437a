//! Counts are what kernels were given. A process counts for all of its threads, so that this is a program of its own.

use ark_ec::AffineRepr;
use ark_ff::{UniformRand, Zero};
use lariat_algebra::{
    Fr, G1Affine,
    column::{Column, ColumnData},
    count::{self, Counts, Kernel},
    forms::{IntegerRows, SmallForm},
    ifma::slices,
    msm::{FixedBases, RowValues, combine_rows},
    ntt::Domain,
    par, poly,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Tests that take turns: what one does uncounted, another would count.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Elements of phase 0, by kernel, without zeros.
fn elements(counts: &Counts) -> Vec<(Kernel, u64)> {
    Kernel::ALL.into_iter().map(|k| (k, counts.elements(0, k))).filter(|(_, n)| *n > 0).collect()
}

fn counted(work: impl FnOnce()) -> Vec<(Kernel, u64)> {
    elements(&count::record(work).1)
}

#[test]
fn kernels_count_their_elements() {
    let _turn = turn();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let v: Vec<Fr> = (0..37).map(|_| Fr::rand(&mut rng)).collect();
    let mut out = v.clone();
    let work = || {
        slices::mul_slices(&v, &v, &mut out);
        let _ = slices::inner_product(&v[..20], &v[..20]);
        slices::scale_add(&mut out, v[0], &v);
        slices::bind(&mut out[..9], &v[..9], v[1]);
        slices::difference(&v, &v, &mut vec![Fr::zero(); 37]);
    };
    let expected = [
        (Kernel::Products, 37),
        (Kernel::InnerProducts, 20),
        (Kernel::ScaledSums, 37),
        (Kernel::Binds, 9),
        (Kernel::Differences, 37),
    ];
    assert_eq!(counted(work), expected);

    assert_eq!(counted(|| drop(poly::eq_evals(&v[..6]))), [(Kernel::EqTables, 63)]);
    assert_eq!(counted(|| drop(poly::eq_prefix_tables(&v[..6]))), [(Kernel::EqTables, 63)]);
    let mut rows = IntegerRows::default();
    rows.reset(5, 3);
    let form = SmallForm::new(v[0], vec![(0, v[1]), (2, v[2])]);
    assert_eq!(counted(|| form.evaluate(&rows, &mut [Fr::zero(); 5], 1)), [(Kernel::FormTerms, 10)]);

    let bits = [true; 30];
    let terms = [(v[0], RowValues::from(&bits[..])), (v[1], RowValues::from(&v[..]))];
    assert_eq!(counted(|| drop(combine_rows(&terms, 40))), [(Kernel::InnerProducts, 37), (Kernel::IntegerSums, 30)]);
    // Eight values at eight places: three layers of four butterflies. To twice as many places: no layer more.
    let domain = Domain::new(3);
    assert_eq!(counted(|| domain.forward(&mut out[..8])), [(Kernel::Butterflies, 12)]);
    assert_eq!(counted(|| drop(Domain::new(4).encode(&v[..8]))), [(Kernel::Butterflies, 24)]);

    let column = Column::new(5, ColumnData::U32(vec![1; 20]));
    assert_eq!((column.num_stored(), column.heap_bytes()), (20, 80));
}

/// Sums of points, by hand: every pair of a round is one addition.
#[test]
fn additions_of_points_are_counted_whatever_the_threads() {
    let _turn = turn();
    let bases = FixedBases::new(vec![G1Affine::generator(); 1 << 10]);
    let values: Vec<Vec<u16>> = (0..40u16).map(|k| (0..1 << 10).map(|i| i * 31 + k).collect()).collect();
    let rows: Vec<RowValues<'_>> = values.iter().map(|v| RowValues::from(&v[..])).collect();
    let commit = || drop(bases.commit_rows(&rows));
    commit();
    let one = counted(|| par::Threads::start(1).run(commit));
    assert_eq!(one, counted(|| par::Threads::start(3).run(commit)));
    let [(Kernel::G1Additions, n)] = one[..] else { panic!("{one:?}") };
    // At most two digits a value, and two additions a bucket beside them.
    assert!((40 << 10..3 * (40 << 10)).contains(&n), "{n}");

    // Four equal digits are three additions; adding the bucket to its window, and the window to the row, is one more each.
    let four = [1u16; 4];
    let plain = FixedBases::new(vec![G1Affine::generator(); 1 << 10]);
    let row = [RowValues::from(&four[..])];
    let ((), counts) = count::record(|| drop(plain.commit_rows(&row)));
    assert_eq!(counts.elements(0, Kernel::G1Additions), 3 + 2);
}

#[test]
fn hashes_are_counted_by_their_length() {
    let _turn = turn();
    for (len, compressions) in [(0, 1), (1, 1), (64, 1), (65, 2), (1024, 16), (1025, 18), (2048, 33), (3073, 52)] {
        assert_eq!(counted(|| count::blake3(len, 1)), [(Kernel::Blake3Compressions, compressions)], "{len} bytes");
    }
    for (len, permutations) in [(0, 1), (135, 1), (136, 2), (1000, 8)] {
        assert_eq!(counted(|| count::keccak256(len)), [(Kernel::KeccakPermutations, permutations)], "{len} bytes");
    }
}

#[test]
fn phases_are_apart_and_nothing_is_counted_outside() {
    let _turn = turn();
    count::add(Kernel::Products, 1);
    let ((), counts) = count::record(|| {
        count::add(Kernel::Products, 2);
        count::set_phase(3);
        count::add(Kernel::Binds, 5);
    });
    count::add(Kernel::Products, 7);
    assert_eq!((counts.elements(0, Kernel::Products), counts.elements(3, Kernel::Binds)), (2, 5));
    assert_eq!(elements(&counts), [(Kernel::Products, 2)]);
    let cost = counts.cost(3);
    assert_eq!((cost.multiplications, cost.additions, cost.bytes_touched), (5, 10, 480));
    // After a panic nothing is counted either.
    let panicking = std::panic::catch_unwind(|| count::record(|| panic!("meant")));
    assert!(panicking.is_err());
    count::add(Kernel::Products, 11);
    assert_eq!(counted(|| ()), []);
}
