//! The prover's side of an opening.

use crate::{Kzh, LABEL_LAST, LABEL_OMEGA, LABEL_RHO, LABEL_ROWS, LABEL_VALUES};
use lariat_algebra::ifma::slices;
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::poly::{Powers, eq_evals};
use lariat_algebra::{Fr, par};
use lariat_pcs::PcsError;
use lariat_transcript::ProverChannel;

/// `<row, weights>` for every row of `f`, rows being as long as `weights`.
pub(crate) fn row_values(f: &[Fr], weights: &[Fr]) -> Vec<Fr> {
    let len = weights.len();
    par::map_collect(f.len() / len, |i| slices::inner_product(&f[i * len..(i + 1) * len], weights))
}

/// `sum_i rho^i row_i`, for rows of `len` coefficients.
pub(crate) fn combine(f: &[Fr], len: usize, rho: Fr) -> Vec<Fr> {
    let terms: Vec<(Fr, RowValues<'_>)> = Powers::new(rho).zip(f.chunks(len).map(RowValues::Field)).collect();
    combine_rows(&terms, len)
}

impl Kzh {
    /// Everything after the claim.
    pub(crate) fn prove(&self, mut f: Vec<Fr>, point: &[Fr], channel: &mut ProverChannel) -> Result<(), PcsError> {
        for level in self.levels() {
            // Step 1: rows and their values.
            let len = 1 << level.log_len;
            let rows: Vec<&[Fr]> = f.chunks(len).collect();
            channel.send_points(LABEL_ROWS, &self.kzg.commit_all(&rows)?);
            channel.send_scalars(LABEL_VALUES, &row_values(&f, &eq_evals(&point[point.len() - level.log_len..])));

            // Step 2: their combination.
            let rho = channel.challenge(LABEL_RHO);
            f = combine(&f, len, rho);
        }

        // Step 3: the last row.
        channel.send_scalars(LABEL_LAST, &f);

        // Step 4: nothing depends on it but the verifier's check.
        channel.challenge(LABEL_OMEGA);
        Ok(())
    }
}
