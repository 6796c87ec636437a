//! Leaves from compact columns against field evaluation, row by row.

use crate::common::{random, rng};
use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
};
use lariat_sumcheck::{
    leaves::{ColumnLeaves, LeafForm, LeafSource},
    quadratic::{IntForm, LinearForm},
};
use rand::RngCore;

#[test]
fn leaves_are_the_forms_on_every_stored_row() {
    let mut rng = rng(900);
    // Around one task of 512 rows, and the shortest.
    for len in [0usize, 1, 3, 511, 512, 513, 1100] {
        let columns = [
            Column::new(11, ColumnData::Bool((0..len).map(|i| i % 3 == 0).collect())),
            Column::new(11, ColumnData::U32((0..len).map(|_| rng.next_u32()).collect())),
            // Shorter than the others: zero on the last rows.
            Column::new(11, ColumnData::I32((0..len / 2).map(|_| rng.next_u32() as i32).collect())),
            Column::new(11, ColumnData::Bool((0..len / 2).map(|i| i % 4 == 0).collect())),
        ];
        let refs: Vec<&Column> = columns.iter().collect();
        let form = |terms: &[usize], rng: &mut _| LinearForm {
            constant: random(rng),
            terms: terms.iter().map(|&k| (k, random(rng))).collect(),
        };
        let constant = LinearForm { constant: Fr::one(), terms: vec![] };
        let (dense, sum, empty) =
            (form(&[1, 2], &mut rng), form(&[0, 1, 2], &mut rng), LinearForm { constant: Fr::zero(), terms: vec![] });
        let flag = IntForm::column(0);
        // Products with entries of 32 bits overflow 64 bits: coefficients near 2^31.
        let wide = IntForm { constant: -5, terms: vec![(1, 1 << 30), (2, -(1 << 30))] };
        // Tags of flags, and the same product once more with another constant.
        let tags = LinearForm { constant: Fr::one(), terms: vec![(0, Fr::from(300u64)), (3, Fr::from(301u64))] };
        let either = IntForm { constant: 0, terms: vec![(0, 1), (3, 1)] };
        let shifted = LinearForm { constant: random(&mut rng), ..dense.clone() };
        let forms = [
            LeafForm { active: &flag, product: &dense, linear: &constant },
            LeafForm { active: &wide, product: &sum, linear: &dense },
            LeafForm { active: &flag, product: &empty, linear: &sum },
            LeafForm { active: &flag, product: &shifted, linear: &constant },
            LeafForm { active: &either, product: &dense, linear: &tags },
            LeafForm { active: &either, product: &shifted, linear: &tags },
        ];
        let leaves = ColumnLeaves::new(&refs, &[forms[..3].to_vec(), forms[3..].to_vec()]);
        assert_eq!((leaves.len(), leaves.shape()), (len, (2, 3)));
        for (start, rows) in [(0, len), (0, 2 * len), (0, 7), (len / 3, 100), (len, 4), (len + 5, 4)] {
            let mut out = vec![vec![Fr::zero(); 3]; 6];
            leaves.load(start, rows, &mut out);
            for (k, (leaf, f)) in out.iter().zip(&forms).enumerate() {
                assert_eq!(leaf.len(), rows.min(len.saturating_sub(start)));
                for (i, value) in leaf.iter().enumerate() {
                    let z: Vec<Fr> = columns.iter().map(|c| c.get(start + i)).collect();
                    let expected = f.active.eval(&z) * f.product.eval(&z) + f.linear.eval(&z);
                    assert_eq!(*value, expected, "leaf {k}, row {i} from {start} of {len}");
                }
            }
        }
    }
}

#[test]
#[should_panic(expected = "one number of leaves")]
fn ragged_groups_are_refused() {
    let (one, form) = (IntForm::column(0), LinearForm::default());
    let leaf = LeafForm { active: &one, product: &form, linear: &form };
    ColumnLeaves::new(&[], &[vec![leaf], vec![leaf, leaf]]);
}
