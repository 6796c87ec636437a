//! What every table must satisfy, as one call for a new table's tests.

use crate::Subtable;
use ark_ff::PrimeField;
use lariat_algebra::Fr;
use lariat_algebra::poly::eq_evals;

/// Points of each half of the coordinates; the dense extension is compared at every pair, 10^4 points in all.
const GRID: usize = 100;
/// Further points with all coordinates drawn anew.
const POINTS: usize = 20;

/// Checks that [`Subtable::mle`] is the multilinear extension of [`Subtable::value`]: on the whole hypercube, and
/// against the dense extension of all entries at 10^4 points of a random grid and 20 independent random points of the
/// field. (Boolean points alone would accept `x^2` for `x`.)
///
/// Deterministic. Costs about `2^(7 + log_size)` products; tables of up to `2^16` entries take a fraction of a second.
///
/// # Panics
/// When the table does not conform.
pub fn subtable_conformance(table: &dyn Subtable) {
    let (name, log_size) = (table.name(), table.log_size());
    assert!(!name.is_empty(), "a table has a name");
    assert!(table.log_p() <= 32 && table.log_q() <= 32 && log_size <= 24, "{name} is too large to be checked densely");
    let entries: Vec<Fr> = table.entries().into_iter().map(Fr::from).collect();
    assert_eq!(entries.len(), 1 << log_size, "{name}: number of entries");
    let mle = |point: &[Fr]| {
        let (r_p, r_q) = point.split_at(table.log_p());
        table.mle(r_p, r_q)
    };

    for (cell, entry) in entries.iter().enumerate() {
        let point: Vec<Fr> = (0..log_size).rev().map(|bit| Fr::from((cell >> bit) as u64 & 1)).collect();
        assert_eq!(mle(&point), *entry, "{name}: extension at cell {cell}");
    }

    let mut rng = SplitMix64(0x6c61_7269_6174);
    for _ in 0..POINTS {
        let point = rng.point(log_size);
        assert_eq!(mle(&point), dot(&entries, &eq_evals(&point)), "{name}: extension at a random point");
    }

    // The dense extension at (high, low) is eq(high)^T M eq(low) with M the entries as a matrix.
    let (log_rows, log_columns) = (log_size - log_size / 2, log_size / 2);
    let lows: Vec<Vec<Fr>> = (0..GRID).map(|_| rng.point(log_columns)).collect();
    let low_eqs: Vec<Vec<Fr>> = lows.iter().map(|low| eq_evals(low)).collect();
    for _ in 0..GRID {
        let high = rng.point(log_rows);
        let mut row = vec![Fr::from(0u64); 1 << log_columns];
        for (weight, matrix_row) in eq_evals(&high).iter().zip(entries.chunks_exact(row.len())) {
            for (sum, entry) in row.iter_mut().zip(matrix_row) {
                *sum += *weight * entry;
            }
        }
        for (low, low_eq) in lows.iter().zip(&low_eqs) {
            let point = [high.as_slice(), low].concat();
            assert_eq!(mle(&point), dot(&row, low_eq), "{name}: extension at a random point of the grid");
        }
    }
}

fn dot(a: &[Fr], b: &[Fr]) -> Fr {
    assert_eq!(a.len(), b.len(), "dot product of vectors of different length");
    a.iter().zip(b).map(|(&x, y)| x * y).sum()
}

/// The SplitMix64 generator: enough for test points, and no dependency for those who enable `test-util`.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn point(&mut self, num_vars: usize) -> Vec<Fr> {
        (0..num_vars)
            .map(|_| {
                let bytes: Vec<u8> = (0..5).flat_map(|_| self.next().to_le_bytes()).collect();
                Fr::from_le_bytes_mod_order(&bytes)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Params;
    use crate::tables::And;

    /// The and-table with a wrong extension.
    struct Broken(fn(&[Fr], &[Fr]) -> Fr);

    impl Subtable for Broken {
        fn name(&self) -> &'static str {
            "broken"
        }

        fn log_p(&self) -> usize {
            4
        }

        fn log_q(&self) -> usize {
            4
        }

        fn value(&self, p: u32, q: u32) -> u32 {
            p & q
        }

        fn mle(&self, r_p: &[Fr], r_q: &[Fr]) -> Fr {
            self.0(r_p, r_q)
        }
    }

    fn honest(r_p: &[Fr], r_q: &[Fr]) -> Fr {
        And::new(Params::M8).mle(r_p, r_q)
    }

    #[test]
    fn accepts_the_extension() {
        subtable_conformance(&Broken(honest));
    }

    #[test]
    #[should_panic(expected = "extension at a random point")]
    fn rejects_squares_that_agree_on_boolean_points() {
        subtable_conformance(&Broken(|r_p, r_q| {
            let squares: Vec<Fr> = r_p.iter().map(|x| x * x).collect();
            honest(&squares, r_q)
        }));
    }

    #[test]
    #[should_panic(expected = "extension at cell")]
    fn rejects_reversed_coordinates() {
        subtable_conformance(&Broken(|r_p, r_q| {
            let reversed = |r: &[Fr]| r.iter().rev().copied().collect::<Vec<_>>();
            honest(&reversed(r_p), &reversed(r_q))
        }));
    }
}
