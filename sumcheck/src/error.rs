use lariat_transcript::ChannelError;

/// Why a sumcheck or grand-product verifier rejects.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SumcheckError {
    /// A message is missing or not canonically encoded.
    #[error("in a sumcheck message: {0}")]
    Channel(#[from] ChannelError),
    /// The last round's claim differs from the relation evaluated at the final point.
    #[error("sumcheck `{protocol}`: the final claim does not match the relation at the final point")]
    FinalClaim {
        /// Which sumcheck.
        protocol: &'static str,
    },
    /// The claimed products disagree with the first layer's claims.
    #[error("grand product: claimed product {group} does not match its top layer")]
    TopLayer {
        /// Index of the product.
        group: usize,
    },
}
