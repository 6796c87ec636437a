//! Every demand of the protocol stands alone against some forgery: without it, that forgery would pass.

use super::{Case, arithmetic, bits, cells, control, lookups, memory, narrow, padding};
use crate::{common::small, forger::Violations};
use lariat_jolt_core::{Config, Params, constraints::constraints};
use std::collections::BTreeSet;

/// Constraints that no forgery violates alone, with the reason.
const IMPLIED: [(&str, &str); 1] =
    [("Exit only on steps", "past the last step it demands x = 93, and x is zero where no register is read")];

fn all_cases(config: Config) -> Vec<Case> {
    [
        arithmetic::all as fn(Config) -> Vec<Case>,
        bits::all,
        cells::all,
        control::all,
        lookups::all,
        memory::all,
        narrow::all,
        padding::all,
    ]
    .into_iter()
    .flat_map(|all| all(config))
    .collect()
}

#[test]
fn every_constraint_alone_stops_some_forgery() {
    for params in Params::ALL {
        let cases = all_cases(Config { params, ..small() });
        for case in &cases {
            assert_eq!(case.forgery.violations(), case.violates, "{}", case.what);
        }
        let names: BTreeSet<String> = constraints(params, 0).into_iter().map(|c| c.name).collect();
        let alone: BTreeSet<String> = cases
            .iter()
            .filter(|c| !c.violates.unbalanced && c.violates.cells.is_empty() && c.violates.constraints.len() == 1)
            .flat_map(|c| c.violates.constraints.iter().cloned())
            .collect();
        let implied: BTreeSet<String> = IMPLIED.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert!(alone.is_subset(&names), "{:?} are no constraints", alone.difference(&names));
        let missing: Vec<&String> = names.difference(&alone).filter(|name| !implied.contains(*name)).collect();
        assert!(missing.is_empty(), "no forgery violates one of these alone: {missing:?}");
        assert!(implied.is_disjoint(&alone), "an implied constraint stands alone");
        for demand in [
            "touched is a bit",
            "an untouched cell has value zero",
            "final values of the statement",
            "vacant cells are untouched",
        ] {
            assert!(cases.iter().any(|c| c.violates == Violations::only_cells(demand)), "{demand}");
        }
        let of_balance = cases.iter().filter(|c| c.violates == Violations::only_balance()).count();
        println!(
            "log_m = {}: {} forgeries, {} constraints of {} alone, {of_balance} of the balance alone",
            params.log_m(),
            cases.len(),
            alone.len(),
            names.len()
        );
    }
}
