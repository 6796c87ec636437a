use lariat_transcript::ChannelError;

/// Why a sumcheck or grand-product verifier rejects.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// Product columns of no variables, which have no halves.
    #[error("product columns have no variables")]
    NoVariables,
    /// Claimed values are not in their one encoding.
    #[error("claimed evaluations: a zero is sent, or a bit is set past the last of them")]
    ZeroClaim,
    /// A claim handed to the reduction names no polynomial, or a point of another dimension than its polynomial's; or
    /// a polynomial has more variables than every claim.
    #[error("claim reduction: polynomial {poly} and its claims differ in shape")]
    ClaimShape {
        /// Index of the polynomial.
        poly: usize,
    },
}
