//! Engine 6: faults in the executor. A machine that errs in one place, in one of many ways, presents its run; the honest
//! prover proves it, and the verifier must not accept a false statement.
//!
//! The other engines know the proof system. This one goes wrong where a careless or malicious executor does, with all
//! consequences for the rest of the run, and asks only whether what is accepted is true.

mod apply;
mod guests;
mod judge;
mod kinds;
mod machine;
mod sites;
#[cfg(test)]
mod tests;

pub use apply::{Fault, run};
pub use guests::{Guest, all as guests};
pub use judge::{Subject, Verifier};
pub use kinds::Kind;
pub use machine::Presented;
pub use sites::sites;

use crate::{
    error::AttackError,
    outcome::{Fate, Row, guarded},
};
use lariat_algebra::par;
use lariat_emulator::test_util::Rng;
use lariat_jolt_core::{Config, Params, Schemes, verify};

/// The engine's number.
pub const ENGINE: u8 = 6;

/// Faults that are judged before their outcomes are counted.
const BATCH: usize = 64;

/// One fault of so many is judged under tables of the other size, at several times the cost.
const OTHER_SIZE_EVERY: usize = 32;

/// Guests under attack: each under the tables of the configuration, and under those of the other size.
#[derive(Debug)]
pub struct Subjects<'a> {
    guests: &'a [Guest],
    by_size: Vec<[Subject<'a>; 2]>,
    schemes: Schemes,
}

impl<'a> Subjects<'a> {
    /// Proves the honest run of every guest.
    ///
    /// # Errors
    /// When one cannot be proven, or its proof is rejected.
    pub fn new(guests: &'a [Guest], config: Config, schemes: &Schemes) -> Result<Self, AttackError> {
        let params = if config.params == Params::M8 { Params::M16 } else { Params::M8 };
        let other = Config { params, ..config };
        let pair = |guest| [Subject::new(guest, config), Subject::new(guest, other)];
        let by_size: Vec<[Subject<'a>; 2]> = guests.iter().map(pair).collect();
        let proven = par::map_collect(by_size.len(), |i| by_size[i][0].prove_honest(schemes));
        proven.into_iter().collect::<Result<(), AttackError>>()?;
        Ok(Self { guests, by_size, schemes: schemes.clone() })
    }

    /// What becomes of fault number `number`. Its number decides on the size of the tables.
    ///
    /// # Errors
    /// When an honest run cannot be proven.
    pub fn fate(&self, number: usize, fault: &Fault, verifier: &Verifier<'_>) -> Result<Fate, AttackError> {
        let subject = &self.by_size[fault.guest][usize::from(number % OTHER_SIZE_EVERY == OTHER_SIZE_EVERY - 1)];
        let what = |text: String| format!("{}, with {}: {text}", self.describe(fault), subject.name());
        let presented = match guarded(|| run(subject.guest, fault)) {
            Ok(presented) => presented,
            Err(words) => return Ok(Fate::Panicked(what(format!("the emulator: {words}")))),
        };
        Ok(match subject.judge(presented, &self.schemes, verifier)? {
            Fate::Survived(text) => Fate::Survived(what(text)),
            Fate::Panicked(text) => Fate::Panicked(what(text)),
            other => other,
        })
    }

    /// A fault in words, from which it can be made again.
    pub fn describe(&self, fault: &Fault) -> String {
        let Fault { at, salt, .. } = *fault;
        format!("row {at} of {:?}, salt {salt:#x}", self.guests[fault.guest].name)
    }

    /// Judges the first `count` faults of a seed; `done` is told of every batch. A row for each kind.
    ///
    /// # Errors
    /// When an honest run cannot be proven.
    pub fn attack(
        &self,
        count: usize,
        seed: u64,
        verifier: &Verifier<'_>,
        done: &dyn Fn(usize),
    ) -> Result<Vec<Row>, AttackError> {
        let mut rows: Vec<Row> = Kind::ALL.iter().map(|kind| Row::of_faults(ENGINE, kind.name())).collect();
        let faults: Vec<(usize, Fault)> = faults(self.guests, seed).take(count).enumerate().collect();
        for batch in faults.chunks(BATCH) {
            let fates = par::map_collect(batch.len(), |i| self.fate(batch[i].0, &batch[i].1, verifier));
            for ((_, fault), fate) in batch.iter().zip(fates) {
                rows[fault.kind as usize].record(fate?);
            }
            done(batch.len());
        }
        rows.retain(|row| row.tried > 0);
        Ok(rows)
    }
}

/// Numbers of guests, with the rows at which a fault may happen to them.
type Places = Vec<(usize, Vec<usize>)>;

/// Faults without end, a function of the seed: every kind in turn, at a guest, a row and with a salt drawn at random.
pub fn faults(guests: &[Guest], seed: u64) -> impl Iterator<Item = Fault> + use<> {
    let places: Vec<(Kind, Places)> = Kind::ALL
        .into_iter()
        .map(|kind| {
            let of_guests = guests.iter().enumerate().map(|(number, guest)| (number, sites(kind, guest)));
            (kind, of_guests.filter(|(_, sites)| !sites.is_empty()).collect())
        })
        .filter(|(_, places): &(Kind, Places)| !places.is_empty())
        .collect();
    let mut rng = Rng::new(seed);
    (0..).map(move |turn: usize| {
        let (kind, places) = &places[turn % places.len()];
        let (guest, rows) = &places[rng.below(places.len() as u32) as usize];
        let at = rows[rng.below(rows.len() as u32) as usize];
        Fault { kind: *kind, guest: *guest, at, salt: rng.next_u64() }
    })
}

/// Attacks with the first `count` faults of a seed.
///
/// # Errors
/// When an honest run cannot be proven, or its proof is rejected.
pub fn attack(
    config: Config,
    schemes: &Schemes,
    count: usize,
    seed: u64,
    done: &dyn Fn(usize),
) -> Result<Vec<Row>, AttackError> {
    let guests = guests();
    Subjects::new(&guests, config, schemes)?.attack(count, seed, &verify, done)
}
