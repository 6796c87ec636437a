//! BaseFold against the conformance suite, and a forger for each of the verifier's checks.

use super::*;
use lariat_merkle::Regime;
use lariat_pcs::Resources;
use lariat_pcs::conformance;

#[test]
fn conforms_at_the_default_parameters() {
    conformance::run_scheme(SCHEME, &Resources::default());
}

#[test]
fn conforms_with_folds_down_to_a_few_coefficients() {
    for (max_final_vars, log_inv_rate, regime) in [(0, 2, Regime::Johnson), (2, 1, Regime::Unique)] {
        let config = Config { max_final_vars, log_inv_rate, regime, ..Config::default() };
        conformance::run(|w| Arc::new(Batched(BaseFold::new(piece_vars(w.num_vars), config).unwrap())));
    }
}
