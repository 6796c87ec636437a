//! Engine 2: the named forgeries under any scheme. Each is proven by the adversary's prover, and the verifier must reject
//! it for what it violates.

use crate::{
    forgeries::{self, Build, Case},
    outcome::{Fate, Row, guarded},
    programs::is_main_final_claim,
};
use lariat_algebra::par;
use lariat_jolt_core::{Config, Schemes, VerifyError};

/// Which of a forgery's cases are tried: `count` of them, from number `start` on, around the end if need be.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// Number of the first.
    pub start: usize,
    /// How many; all of them where there are fewer.
    pub count: usize,
}

impl Share {
    /// Every case.
    pub const ALL: Self = Self { start: 0, count: usize::MAX };

    /// The cases among `total`.
    fn of(self, total: usize) -> impl Iterator<Item = usize> {
        (0..self.count.min(total)).map(move |i| (self.start % total + i) % total)
    }
}

/// Tries every named forgery; `done` is told of every one. A row for each.
pub fn attack(config: Config, schemes: &Schemes, share: Share, done: &(dyn Fn(usize) + Sync)) -> Vec<Row> {
    let named: Vec<(&str, &str, Build)> = forgeries::all().collect();
    par::map_collect(named.len(), |i| {
        let (module, test, build) = named[i];
        let cases = build(config);
        let mut row = Row::new(2, title(module, test));
        for i in share.of(cases.len()) {
            row.record(fate(&cases[i], schemes));
            done(1);
        }
        row
    })
}

/// `padding: a padding row that writes the output` for the test `rejects_a_padding_row_that_writes_the_output`.
fn title(module: &str, test: &str) -> String {
    format!("{module}: {}", test.trim_start_matches("rejects_").replace('_', " "))
}

/// What becomes of a forgery's proof.
fn fate(case: &Case, schemes: &Schemes) -> Fate {
    let what = &case.what;
    let proof = match guarded(|| case.forgery.prove(schemes)) {
        Ok(proof) => proof,
        Err(words) => return Fate::Panicked(format!("the forger cannot prove {what:?}: {words}")),
    };
    match guarded(|| lariat_jolt_core::verify(&case.forgery.program, &proof, schemes)) {
        Ok(Err(error)) if is_for_what_it_violates(case, &error) => Fate::Rejected,
        Ok(Err(error)) => Fate::Survived(format!("{what}: rejected for something else than it violates: {error}")),
        Ok(Ok(_)) => Fate::Survived(what.clone()),
        Err(words) => Fate::Panicked(format!("{words}, on {what}")),
    }
}

/// Tuples that do not balance are found first; all else shows at the end of the main sumcheck.
fn is_for_what_it_violates(case: &Case, error: &VerifyError) -> bool {
    if case.violates.unbalanced.is_empty() {
        is_main_final_claim(error)
    } else {
        matches!(error, VerifyError::Multiset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_cover_all_cases() {
        let cases = |start, count| Share { start, count }.of(3).collect::<Vec<_>>();
        assert_eq!(cases(0, 2), [0, 1]);
        assert_eq!(cases(2, 2), [2, 0]);
        assert_eq!(cases(7, 9), [1, 2, 0]);
        assert_eq!(Share::ALL.of(3).collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn titles_are_the_names_of_tests() {
        assert_eq!(title("padding", "rejects_a_padding_row"), "padding: a padding row");
    }
}
