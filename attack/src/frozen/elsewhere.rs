//! Challenges inside of the schemes' openings: forgeries of hashed commitments, which need no knowledge of the scheme,
//! and the tests of the schemes' crates that attack the rest.

use super::{Attack, record::Record};
use lariat_jolt_core::verify_frozen;
use lariat_transcript::{EventKind, PayloadKind};

/// Bytes of a digest.
const DIGEST: usize = 32;
/// Key of inner nodes in `lariat-merkle`.
const NODE_KEY: &[u8; 32] = b"lariat-merkle v1 pair of digests";

/// A challenge of a scheme, by its label, and the tests that attack it: a file of this repository and names of tests.
#[derive(Clone, Copy, Debug)]
pub struct Elsewhere {
    pub label: &'static str,
    pub file: &'static str,
    pub tests: &'static [&'static str],
}

const fn of(label: &'static str, file: &'static str, tests: &'static [&'static str]) -> Elsewhere {
    Elsewhere { label, file, tests }
}

const ZEROMORPH: &str = "pcs/zeromorph/src/tests.rs";
const HYPERKZG: &str = "pcs/hyperkzg/src/tests.rs";
const MERCURY: &str = "pcs/mercury/src/tests.rs";
const KZH: &str = "pcs/kzh/src/tests.rs";
const DORY: &str = "pcs/dory/src/tests/absorption.rs";
const LIGERO: &str = "pcs/ligero/src/tests.rs";
const BASEFOLD: &str = "pcs/basefold/src/tests/frozen.rs";
const WHIR: &str = "pcs/whir/src/tests/mod.rs";
const WHIR_SAMPLES: &str = "pcs/whir/src/tests/samples.rs";
const LIGERITO: &str = "pcs/ligerito/src/tests.rs";

/// Every challenge of an opening that only the scheme's own tests attack.
pub const TABLE: &[Elsewhere] = &[
    of("zeromorph/y", ZEROMORPH, &["rejects_long_quotients_whose_excess_cancels"]),
    of("zeromorph/w", ZEROMORPH, &["rejects_a_value_without_the_identity"]),
    of("zeromorph/z", ZEROMORPH, &["rejects_errors_of_identity_and_reversal_that_cancel"]),
    of("zeromorph/delta", ZEROMORPH, &["rejects_errors_of_both_openings_that_cancel"]),
    of("hyperkzg/r", HYPERKZG, &["a_wrong_fold_that_is_right_at_r_needs_a_frozen_challenge"]),
    of("hyperkzg/gamma", HYPERKZG, &["wrong_values_that_cancel_under_gamma_need_a_frozen_challenge"]),
    of("hyperkzg/z", HYPERKZG, &["a_wrong_quotient_that_is_right_at_z_needs_a_frozen_challenge"]),
    of("mercury/alpha", MERCURY, &["rows_that_are_right_at_alpha_need_foresight"]),
    of("mercury/gamma", MERCURY, &["inner_products_that_cancel_under_gamma_need_foresight"]),
    of("mercury/zeta", MERCURY, &["cross_terms_that_are_right_at_zeta_need_foresight"]),
    of("mercury/beta", MERCURY, &["values_that_cancel_under_beta_need_foresight"]),
    // Two values: the point z, and delta.
    of(
        "mercury/z",
        MERCURY,
        &["rejects_a_remainder_of_another_polynomial", "residues_that_cancel_under_delta_need_foresight"],
    ),
    of("kzh/rho", KZH, &["values_that_cancel_under_rho_need_foresight"]),
    of("kzh/omega", KZH, &["equations_that_cancel_under_omega_need_foresight"]),
    of(
        "dory/beta",
        DORY,
        &["a_wrong_value_needs_a_frozen_beta", "statements_in_the_kernel_of_beta_need_a_frozen_challenge"],
    ),
    of("dory/alpha", DORY, &["messages_in_the_kernel_of_alpha_need_a_frozen_challenge"]),
    of("dory/d", DORY, &["last_vectors_in_the_kernel_of_all_challenges_need_frozen_ones"]),
    of("ligero/beta", LIGERO, &["values_in_the_kernel_of_beta_need_a_frozen_challenge"]),
    // Where samples depend on the commitment, a change that no query sees changes them.
    of("basefold/queries", BASEFOLD, &["the_final_polynomial_is_absorbed"]),
    of("ligero/queries", LIGERO, &["rows_that_are_wrong_where_no_query_looks_need_frozen_queries"]),
    of("whir/queries of commitments", WHIR, &["words_that_are_wrong_where_no_query_looks_need_frozen_queries"]),
    of("whir/queries", WHIR, &["an_oracle_that_is_wrong_where_no_query_looks_needs_frozen_queries"]),
    of("whir/delta", WHIR_SAMPLES, &["samples_in_the_kernel_of_delta_need_a_frozen_challenge"]),
    of(
        "whir/sample point",
        WHIR_SAMPLES,
        &["a_fold_with_the_right_sample_needs_a_frozen_point", "samples_single_out_one_message_of_a_half_way_word"],
    ),
    of("basefold/beta", BASEFOLD, &["an_extra_value_in_the_kernel_of_beta_needs_a_frozen_challenge"]),
    of("basefold/alpha", BASEFOLD, &["slopes_that_cancel_need_frozen_challenges"]),
    of("whir/beta", WHIR, &["values_in_the_kernel_of_beta_need_a_frozen_challenge"]),
    of("whir/fold", WHIR, &["sumcheck_messages_in_the_kernel_of_a_challenge_need_it_frozen"]),
    of("whir/gamma", WHIR, &["a_fold_in_the_kernel_of_gamma_needs_a_frozen_challenge"]),
    of(
        "ligerito/rho",
        LIGERITO,
        &[
            "a_wrong_value_that_is_right_at_rho_needs_a_frozen_challenge",
            "rows_in_the_kernel_of_the_tensor_need_frozen_challenges",
        ],
    ),
    of("ligerito/fold", LIGERITO, &["sumcheck_messages_in_the_kernel_of_a_challenge_need_it_frozen"]),
    of("ligerito/glue", LIGERITO, &["a_row_in_the_kernel_of_the_glue_needs_frozen_challenges"]),
];

/// The root over a layer of digests, as `lariat-merkle` computes it.
fn root(layer: &[u8]) -> Vec<u8> {
    let mut layer = layer.to_vec();
    while layer.len() > DIGEST {
        layer = layer.chunks(2 * DIGEST).flat_map(|pair| *blake3::keyed_hash(NODE_KEY, pair).as_bytes()).collect();
    }
    layer
}

/// Commitments by a Merkle tree, and oracles of later rounds, changed where no query of the honest run looks: another
/// digest in the layer of nodes that is sent, and the root that belongs to it.
pub fn caps(record: &Record) -> Vec<Attack<'_>> {
    let is_cap = |&k: &usize| {
        let e = &record.events[k];
        let label = e.label.ends_with("/commitment") || e.label.ends_with("/oracle");
        let (layer, end) = record.proof[record.range(k)].split_at(e.num_bytes.saturating_sub(DIGEST));
        // A layer of one node is the root itself, and has no other node to change.
        label
            && e.kind == EventKind::Message
            && e.payload == PayloadKind::Bytes
            && layer.len() > DIGEST
            && root(layer) == end
    };
    (0..record.events.len())
        .filter(is_cap)
        .filter_map(|cap| {
            let queries: Vec<usize> = (cap..record.events.len())
                .filter(|&k| {
                    let e = &record.events[k];
                    e.kind == EventKind::Challenge && e.payload == PayloadKind::Indices
                })
                .collect();
            // Where every oracle has queries of its own, those that follow an oracle at once are to the one before it.
            let later = record.events[cap].label.ends_with("/oracle");
            let queries = *queries.get(usize::from(later && queries.len() > 1)).or(queries.last())?;
            let forged = unseen(record, cap)?;
            let what = format!("`{}` at byte {}", record.events[cap].label, record.events[cap].offset);
            Some(Attack::new("hashed commitments where no query looks", what, queries, move |_| forged.clone()))
        })
        .collect()
}

/// The proof with a node changed that the honest run's queries do not reach, if there is one: found by asking the
/// frozen verifier.
fn unseen(record: &Record, cap: usize) -> Option<Vec<u8>> {
    let range = record.range(cap);
    let nodes = (range.len() - DIGEST) / DIGEST;
    (0..nodes).find_map(|node| {
        let mut proof = record.proof.clone();
        let message = &mut proof[range.clone()];
        message[DIGEST * node] ^= 1;
        let (layer, end) = message.split_at_mut(DIGEST * nodes);
        end.copy_from_slice(&root(layer));
        verify_frozen(&record.honest.program, &proof, &record.schemes, &record.tape).is_ok().then_some(proof)
    })
}
