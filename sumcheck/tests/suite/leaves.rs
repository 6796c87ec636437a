//! Leaves from compact columns against field evaluation, row by row.

use crate::common::{random, rng};
use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
};
use lariat_sumcheck::{
    leaves::{LeafForm, evaluate},
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
        let forms = [
            LeafForm { active: &flag, product: &dense, linear: &constant },
            LeafForm { active: &wide, product: &sum, linear: &dense },
            LeafForm { active: &flag, product: &empty, linear: &sum },
        ];
        let leaves = evaluate(&refs, &forms);
        assert_eq!(leaves.len(), 3);
        for (leaf, f) in leaves.iter().zip(&forms) {
            assert_eq!(leaf.len(), len);
            for (i, value) in leaf.iter().enumerate() {
                let z: Vec<Fr> = columns.iter().map(|c| c.get(i)).collect();
                assert_eq!(*value, f.active.eval(&z) * f.product.eval(&z) + f.linear.eval(&z), "row {i} of {len}");
            }
        }
    }
    assert!(evaluate(&[], &[]).is_empty());
}
