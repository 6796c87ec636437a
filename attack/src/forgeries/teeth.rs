//! Every demand of the protocol stands alone against some forgery: without it, that forgery would pass.

use super::Case;
use crate::{checker::Violations, programs::small};
use lariat_jolt_core::{Config, Params, constraints::constraints};
use std::collections::BTreeSet;

/// Constraints that no forgery violates alone, with the reason.
const IMPLIED: [(&str, &str); 1] =
    [("Exit only on steps", "past the last step it demands x = 93, and x is zero where no register is read")];

fn all_cases(config: Config) -> Vec<Case> {
    super::all().flat_map(|(_, _, build)| build(config)).collect()
}

#[test]
fn every_constraint_alone_stops_some_forgery() {
    for params in Params::ALL {
        let cases = all_cases(Config { params, ..small() });
        let wrong: Vec<String> = cases
            .iter()
            .filter_map(|case| {
                let found = case.forgery.violations();
                (found != case.violates).then(|| format!("{}: {found:?}", case.what))
            })
            .collect();
        assert!(wrong.is_empty(), "forgeries violate something else: {wrong:#?}");
        let names: BTreeSet<String> = constraints(params, 0).into_iter().map(|c| c.name).collect();
        let alone: BTreeSet<String> = cases
            .iter()
            .filter(|c| {
                c.violates.unbalanced.is_empty() && c.violates.cells.is_empty() && c.violates.constraints.len() == 1
            })
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
            "length of the private input",
            "last word of the private input",
        ] {
            assert!(cases.iter().any(|c| c.violates == Violations::only_cells(demand)), "{demand}");
        }
        let of_balance = |memory| cases.iter().filter(|c| c.violates == Violations::only_balance(&[memory])).count();
        for memory in ["pc", "bytecode", "registers", "ram", "timestamps", "tables", "private bits"] {
            println!("{} forgeries of {memory}", of_balance(memory));
            assert!(of_balance(memory) > 0, "no forgery of {memory} alone");
        }
        println!(
            "log_m = {}: {} forgeries, {} constraints of {} alone",
            params.log_m(),
            cases.len(),
            alone.len(),
            names.len()
        );
    }
}
