//! The prover of the grand products, layer by layer or by committed columns, as the shape says.

use crate::{
    error::ProveError,
    protocol::{Shape, section},
};
use lariat_algebra::{
    Fr,
    column::Column,
    count::{self, Kernel},
};
use lariat_pcs::{CommitHint, Pcs};
use lariat_sumcheck::{
    grand_product::{self, LeafClaims, ProductProver, Top},
    quarks::{self, ColumnClaims},
};
use lariat_transcript::ProverChannel;

/// The columns of the upper levels, with the claims on them that the main sumcheck takes to its point.
pub struct Upper {
    /// A column for each group of each product, in order.
    pub columns: Vec<Column>,
    /// Of their commitment.
    pub hint: CommitHint,
    /// Claims on them.
    pub claims: ColumnClaims,
}

/// Proves the products and returns what they reduce to, in order; with columns that were committed to on the way, if the shape
/// has any.
///
/// # Errors
/// When the commitment scheme cannot carry the columns.
pub fn prove(
    shape: &Shape,
    provers: &mut [&mut dyn ProductProver],
    pcs: &dyn Pcs,
    channel: &mut ProverChannel,
) -> Result<(Vec<LeafClaims>, Option<Upper>), ProveError> {
    let Some(vars) = shape.product_vars() else {
        channel.section(section::PRODUCTS);
        return Ok((grand_product::prove(provers, channel), None));
    };
    let levels: Vec<Fr> = provers.iter_mut().flat_map(|p| p.grow(vars)).collect();
    let levels: Vec<Vec<Fr>> = levels.chunks(1 << vars).map(<[Fr]>::to_vec).collect();
    let columns: Vec<Column> = levels.iter().map(|level| quarks::column(level)).collect();
    let refs: Vec<&Column> = columns.iter().collect();
    channel.section(section::PRODUCT_COMMITMENTS);
    count::add(Kernel::BytesCommitted, columns.iter().map(Column::heap_bytes).sum());
    let hint = pcs.commit(&refs, channel)?;
    channel.section(section::PRODUCTS);
    let quarks::Reduced { products, point, claims, columns: on_columns } = quarks::prove(&levels, &refs, channel);
    drop(levels);
    let claims = grand_product::prove_layers(provers, vars, Top { products, claims, point }, channel);
    Ok((claims, Some(Upper { columns, hint, claims: on_columns })))
}
