//! Dory against the conformance suite, and a forger for each of the verifier's checks.

use super::*;
use lariat_pcs::Resources;
use lariat_pcs::conformance;

#[test]
fn conforms() {
    conformance::run_scheme(SCHEME, &Resources::default());
}
