//! Layouts: every column is found where claims say it is.

use super::layout::{Draws, Shape, piece_vars};
use ark_ff::UniformRand;
use lariat_algebra::Fr;
use lariat_algebra::column::{Column, ColumnData};
use lariat_algebra::msm::combine_rows;
use lariat_algebra::poly::eq_evals;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

fn evaluate(values: &[Fr], point: &[Fr]) -> Fr {
    eq_evals(point).iter().zip(values).map(|(w, v)| *w * v).sum()
}

fn random_column(num_vars: usize, rng: &mut ChaCha20Rng) -> Column {
    let n = 1usize << num_vars;
    let stored = rng.gen_range(0..=n);
    let data = match rng.gen_range(0..8) {
        0 => ColumnData::Bool((0..stored).map(|_| rng.r#gen()).collect()),
        1 => ColumnData::U8((0..stored).map(|_| rng.r#gen()).collect()),
        2 => ColumnData::U16((0..stored).map(|_| rng.r#gen()).collect()),
        3 => ColumnData::U32((0..stored).map(|_| rng.r#gen()).collect()),
        4 => ColumnData::I32((0..stored).map(|_| rng.r#gen()).collect()),
        5 => ColumnData::U64((0..stored).map(|_| rng.r#gen()).collect()),
        6 => ColumnData::Sparse((0..stored as u32).step_by(3).map(|i| (i, rng.gen_range(1..u32::MAX))).collect()),
        _ => ColumnData::Field((0..stored).map(|_| Fr::rand(rng)).collect()),
    };
    Column::new(num_vars, data)
}

/// For any shape, the combined pieces of a size have the claimed value at the size's point.
#[test]
fn claims_on_columns_are_claims_on_pieces() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for _ in 0..200 {
        let l = rng.gen_range(0..6);
        let batches: Vec<Vec<Column>> = (0..rng.gen_range(1..3))
            .map(|_| (0..rng.gen_range(1..7)).map(|_| random_column(rng.gen_range(0..8), &mut rng)).collect())
            .collect();
        let num_vars: Vec<Vec<usize>> = batches.iter().map(|b| b.iter().map(Column::num_vars).collect()).collect();
        let shape = Shape::new(l, &num_vars.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let n = num_vars.concat().into_iter().max().unwrap_or(0) + rng.gen_range(0..2);
        let mut random = |n: usize| -> Vec<Fr> { (0..n).map(|_| Fr::rand(&mut rng)).collect() };
        let point = random(n);
        let evals: Vec<Fr> = batches
            .iter()
            .flatten()
            .map(|c| {
                let values: Vec<Fr> = (0..1 << c.num_vars()).map(|i| c.get(i)).collect();
                evaluate(&values, &point[n - c.num_vars()..])
            })
            .collect();
        let slots = shape.sizes().iter().map(|&m| random(l - m)).collect();
        let draws = Draws { rho: random(1)[0], slots };
        let (claims, coefficients) = shape.combine(&draws, &point, &evals);
        assert_eq!(claims.len(), shape.sizes().len());
        let slots: Vec<_> = batches
            .iter()
            .enumerate()
            .map(|(b, columns)| shape.slots(b, &columns.iter().collect::<Vec<_>>()))
            .collect();
        for (size, claim) in claims.iter().enumerate() {
            let mut terms = Vec::new();
            for (b, columns) in batches.iter().enumerate() {
                let columns: Vec<&Column> = columns.iter().collect();
                let pieces = shape.pieces(b, &columns, &slots[b]);
                assert_eq!(pieces.len(), shape.num_pieces()[b]);
                let own = shape.sizes_of_pieces(b).zip(coefficients[b].iter().copied().zip(pieces));
                terms.extend(own.filter(|(of, _)| *of == size).map(|(_, term)| term));
            }
            let combined = combine_rows(&terms, 1 << l);
            assert_eq!(claim.point.len(), l);
            assert_eq!(evaluate(&combined, &claim.point), claim.value);
        }
    }
}

#[test]
fn piece_lengths_follow_most_columns() {
    // One column is its own piece; so are equal ones.
    assert_eq!(piece_vars(&[18]), 18);
    assert_eq!(piece_vars(&[12; 40]), 12);
    assert_eq!(piece_vars(&[]), 0);
    // A few long columns are cut; columns much shorter than the cut ones' pieces are laid out.
    let zkvm = |steps: usize| [vec![0], vec![steps; 100], vec![21; 3]].concat();
    assert_eq!(piece_vars(&zkvm(18)), 18);
    assert_eq!(piece_vars(&zkvm(16)), 17);
    assert_eq!(piece_vars(&zkvm(10)), 16);
    for steps in 0..=28 {
        let num_vars = zkvm(steps);
        let shape = Shape::new(piece_vars(&num_vars), &[&num_vars[..1], &num_vars[1..]]);
        assert!(shape.num_pieces().iter().sum::<usize>() <= num_vars.len() + 64 + 3);
    }
}
