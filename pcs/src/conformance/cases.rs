//! Batches of columns of every kind and size.

use super::Statement;
use ark_ff::{One, UniformRand, Zero};
use lariat_algebra::Fr;
use lariat_algebra::column::{Column, ColumnData};
use lariat_algebra::poly::eq_evals;
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// Columns in batches and the point at which they are opened.
#[derive(Clone, Debug)]
pub struct Case {
    /// Says in a panic's message what the case is.
    pub name: String,
    /// The columns of each commit call.
    pub batches: Vec<Vec<Column>>,
    /// The point; a column in `m` variables is opened at its last `m` coordinates.
    pub point: Vec<Fr>,
}

impl Case {
    /// All columns, in order.
    pub fn columns(&self) -> Vec<&Column> {
        self.batches.iter().flatten().collect()
    }

    /// Number of variables of every column.
    pub fn num_vars(&self) -> Vec<usize> {
        self.columns().iter().map(|c| c.num_vars()).collect()
    }

    /// The true values, from the definition.
    pub fn evals(&self) -> Vec<Fr> {
        self.columns().iter().map(|c| evaluate(c, &self.point)).collect()
    }

    /// The true statement.
    pub fn statement(&self) -> Statement {
        Statement {
            batches: self.batches.iter().map(|b| b.iter().map(Column::num_vars).collect()).collect(),
            point: self.point.clone(),
            evals: self.evals(),
        }
    }
}

/// The value of a column's multilinear extension at the last coordinates of a point.
fn evaluate(column: &Column, point: &[Fr]) -> Fr {
    let weights = eq_evals(&point[point.len() - column.num_vars()..]);
    weights.iter().enumerate().map(|(i, w)| column.get(i) * w).sum()
}

/// One column of each kind in `num_vars` variables, prefixes of several lengths among them.
pub(super) fn every_kind(num_vars: usize, rng: &mut ChaCha20Rng) -> Vec<Column> {
    let n = 1usize << num_vars;
    let data = vec![
        ColumnData::U8(Vec::new()),
        ColumnData::Bool((0..n).map(|_| rng.r#gen()).collect()),
        ColumnData::U8((0..n.div_ceil(3)).map(|_| rng.r#gen()).collect()),
        ColumnData::U16((0..n).map(|_| rng.r#gen()).collect()),
        ColumnData::U32((0..n).map(|_| rng.r#gen()).collect()),
        ColumnData::I32((0..n).map(|i| if i == 0 { i32::MIN } else { rng.r#gen() }).collect()),
        ColumnData::U64((0..n).map(|i| if i == 0 { u64::MAX } else { rng.r#gen() }).collect()),
        ColumnData::Field((0..n).map(|i| if i == 0 { -Fr::one() } else { Fr::rand(rng) }).collect()),
        ColumnData::Field(vec![Fr::zero(); n]),
        ColumnData::Sparse((0..n as u32).filter(|i| i % 5 == 2).map(|i| (i, rng.next_u32())).collect()),
    ];
    data.into_iter().map(|d| Column::new(num_vars, d)).collect()
}

fn point(len: usize, rng: &mut ChaCha20Rng) -> Vec<Fr> {
    (0..len).map(|_| Fr::rand(rng)).collect()
}

/// The suite's cases; the same on every run.
pub(super) fn all() -> Vec<Case> {
    let mut rng = ChaCha20Rng::seed_from_u64(0x5eed);
    let mut cases = Vec::new();
    for num_vars in [0usize, 1, 2, 5, 8] {
        cases.push(Case {
            name: format!("every kind in {num_vars} variables"),
            batches: vec![every_kind(num_vars, &mut rng)],
            point: point(num_vars, &mut rng),
        });
    }
    let one = |num_vars: usize, rng: &mut ChaCha20Rng| {
        Column::new(num_vars, ColumnData::U16((0..1 << num_vars).map(|_| rng.r#gen()).collect()))
    };
    for num_vars in 0..=10 {
        let column = one(num_vars, &mut rng);
        let point = point(num_vars, &mut rng);
        cases.push(Case { name: format!("one column in {num_vars} variables"), batches: vec![vec![column]], point });
    }
    let mixed = |rng: &mut ChaCha20Rng| -> Vec<Column> {
        [9usize, 2, 7, 0, 9, 4].iter().flat_map(|&m| every_kind(m, rng).into_iter().skip(m % 4).step_by(4)).collect()
    };
    let batch = mixed(&mut rng);
    cases.push(Case { name: "mixed sizes".into(), batches: vec![batch], point: point(9, &mut rng) });
    let batches = vec![mixed(&mut rng), vec![one(6, &mut rng)], Vec::new(), mixed(&mut rng)];
    cases.push(Case { name: "several batches".into(), batches, point: point(9, &mut rng) });
    let batch = mixed(&mut rng);
    cases.push(Case { name: "point longer than any column".into(), batches: vec![batch], point: point(12, &mut rng) });
    let bits = (0..9).map(|i| Fr::from(u64::from(i % 3 != 1))).collect();
    cases.push(Case { name: "Boolean point".into(), batches: vec![mixed(&mut rng)], point: bits });
    cases.push(Case { name: "zero point".into(), batches: vec![mixed(&mut rng)], point: vec![Fr::zero(); 9] });
    let zeros = (0..4).map(|m| Column::new(m + 4, ColumnData::Bool(Vec::new()))).collect();
    cases.push(Case { name: "all columns zero".into(), batches: vec![zeros], point: point(7, &mut rng) });
    let column = one(6, &mut rng);
    let batches = vec![vec![column.clone(), column.clone()], vec![column]];
    cases.push(Case { name: "equal columns".into(), batches, point: point(6, &mut rng) });
    cases.push(Case { name: "nothing".into(), batches: vec![Vec::new()], point: point(3, &mut rng) });
    cases
}
