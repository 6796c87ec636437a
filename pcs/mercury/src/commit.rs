//! Commitments to polynomials with full-size coefficients.

use ark_ec::CurveGroup;
use lariat_algebra::msm::msm;
use lariat_algebra::{Fr, G1Affine, G1Projective, par};
use lariat_kzg::Kzg;
use lariat_pcs::PcsError;

/// Coefficients of one task. Shorter blocks repeat more of the work on buckets, longer ones leave the cache.
const BLOCK: usize = 1 << 16;

/// `[f(tau)]_1`, block by block. No tables: at 2^18 coefficients they take longer to build than an opening, and memory
/// traffic makes them slower than [`msm`] even when built.
pub(crate) fn commit(kzg: &Kzg, f: &[Fr]) -> Result<G1Affine, PcsError> {
    Ok(commit_all(kzg, &[f])?.first().copied().unwrap_or_default())
}

/// The commitments to several polynomials, in order.
///
/// # Panics
/// When one has more coefficients than there are powers.
pub(crate) fn commit_all(kzg: &Kzg, polys: &[&[Fr]]) -> Result<Vec<G1Affine>, PcsError> {
    let powers = kzg.powers()?;
    assert!(polys.iter().all(|f| f.len() <= powers.len()), "as many powers as coefficients");
    let blocks: Vec<(usize, &[Fr], &[G1Affine])> = polys
        .iter()
        .enumerate()
        .flat_map(|(i, f)| f.chunks(BLOCK).zip(powers.chunks(BLOCK)).map(move |(f, powers)| (i, f, powers)))
        .collect();
    let parts = par::map_collect(blocks.len(), |k| {
        let (_, f, powers) = blocks[k];
        msm(&powers[..f.len()], f).expect("as many powers as coefficients")
    });
    let mut sums = vec![G1Projective::default(); polys.len()];
    for (&(i, _, _), part) in blocks.iter().zip(parts) {
        sums[i] += part;
    }
    Ok(G1Projective::normalize_batch(&sums))
}
