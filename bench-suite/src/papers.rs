//! Each scheme on the case that its paper, or the page of the paper's authors, gives figures for: what they claim, and why
//! ours differs. `docs/pcs-comparison.md` has it beside what was measured.

/// One polynomial under one scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// The scheme.
    pub pcs: &'static str,
    /// Number of variables: the claim's, or for a claim that is a formula one of its series.
    pub num_vars: u32,
    /// What is claimed.
    pub claim: &'static str,
    /// Where.
    pub place: &'static str,
    /// Why ours is another number.
    pub reason: &'static str,
}

/// All of them. The place is where the claim was read; a number that was only quoted by others says by whom.
pub const CASES: [Case; 8] = [
    Case {
        pcs: "whir",
        num_vars: 24,
        claim: "101 KiB at rate 1/2 and 100 bits",
        place: "the authors' page on [ACFY24], <https://gfenzi.io/papers/whir/>",
        reason: "Queries for unique decoding: 241 to 249 at rate 1/2 where decoding to capacity, conjectured then \
                 and refuted since, needs 100. Scalars of 32 bytes.",
    },
    Case {
        pcs: "basefold",
        num_vars: 24,
        claim: "7.95 MiB at rate 1/2 and 100 bits",
        place: "as the authors of [ACFY24] measured it, on the same page",
        reason: "Reed-Solomon codes, where the paper's are random foldable ones; up to four folds an oracle, and caps instead of the \
                 upper halves of paths.",
    },
    Case {
        pcs: "hyrax",
        num_vars: 20,
        claim: "communication of the order of the square root",
        place: "[WTSTW18], abstract",
        reason: "2^10 points and 2^10 scalars of 32 bytes. The paper shortens the combined row by an argument for inner products, \
                 to a logarithm for more of the verifier's time; this one sends it.",
    },
    Case {
        pcs: "ligero",
        num_vars: 20,
        claim: "communication of the order of the square root",
        place: "[AHIV17], abstract",
        reason: "One combined row, where an interleaved test and one for the value send two.",
    },
    Case {
        pcs: "dory",
        num_vars: 20,
        claim: "6 elements of GT a round, 10 rounds; one point of each group and 3 scalars besides",
        place: "[Lee21], abstract, for vectors of 2^10, without the extension to scalars",
        reason: "As many elements of GT, in 128 bytes each. With the extension, a round has 3 points of each group more (96 and 384 \
                 bytes); the commitment is one more element.",
    },
    Case {
        pcs: "zeromorph",
        num_vars: 16,
        claim: "a commitment for each of 16 quotients, one for their degrees, one opening: 18 points",
        place: "[KT24], counted at <https://github.com/sec-bit/mle-pcs>, `analysis/zeromorph-anlysis.md`",
        reason: "A point and a scalar more: degrees are bounded without further powers in G2, by a reversal that is opened at a \
                 second point. The commitment is one more point.",
    },
    Case {
        pcs: "hyperkzg",
        num_vars: 16,
        claim: "15 commitments, 48 values, 3 quotients",
        place: "Nova's HyperKZG (`EvaluationArgument` in `src/provider/hyperkzg.rs`), after [BCHO22, §2.4]",
        reason: "Values at the square follow from the others and are not sent: 32. Two points by [BDFG20, §4] for three. The \
                 commitment is one more point.",
    },
    Case {
        pcs: "mercury",
        num_vars: 16,
        claim: "constant; 8 points and 8 scalars as SECBIT Labs write the protocol out",
        place: "[EG25], abstract; <https://github.com/sec-bit/mle-pcs>, `mercury/mercury-02.md`",
        reason: "One quotient for the division and for the values, and two values that follow from others: 7 points, 6 scalars. The \
                 commitment is one more point.",
    },
];
