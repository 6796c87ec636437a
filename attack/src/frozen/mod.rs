//! Engine 3: for every challenge of the protocol a forgery that a verifier accepts which draws that challenge before it
//! has absorbed the forged message.
//!
//! A verifier on *frozen* challenges replays those of an honest run whatever it absorbs. It models a protocol that
//! forgot to absorb, and it must accept the forgery: this shows that the forgery is one, and that nothing but the
//! challenge stands against it. Two other verifiers must reject it:
//!
//! * the real one;
//! * one on frozen challenges but the forgery's target, which it draws. It would accept if the forged message were
//!   absorbed late, behind the target, where the real verifier has other challenges to find the forgery by.
//!
//! Forgeries come in two kinds. Some edit messages of an honest proof ([`messages`], [`opening`]). Others are false
//! witnesses, made with the challenges known beforehand and proven by the [forger](crate::forger) ([`witnesses`]): most
//! of them prove an output that the program did not have. Challenges inside of a scheme's opening that only the scheme
//! itself can attack are listed with the test of its crate that does ([`elsewhere`]).

pub mod elsewhere;
pub mod messages;
pub mod opening;
pub mod record;
pub mod witnesses;

use crate::outcome::{Fate, MAX_SURVIVORS, Row, guarded};
use lariat_algebra::par;
use lariat_emulator::test_util::Rng;
use lariat_jolt_core::{Config, Program, Schemes, verify, verify_frozen};
use lariat_transcript::ChallengeTape;
use record::Record;

/// The engine's number in rows.
const ENGINE: u8 = 3;

/// Forgeries of one row that the quick form tries.
const QUICK: usize = 4;

/// Makes a forged proof on a tape of challenges.
pub type Forge<'a> = Box<dyn Fn(&ChallengeTape) -> Vec<u8> + Send + Sync + 'a>;

/// A forgery and the challenges in whose kernel it is.
pub struct Attack<'a> {
    /// Kind of forgery: the row of the kill matrix.
    pub row: &'static str,
    /// What is forged.
    pub what: String,
    /// Events that draw the challenges.
    pub targets: Vec<usize>,
    /// The forged proof, for the honest run's challenges; what the prover has to compute follows the tape.
    pub forge: Forge<'a>,
}

impl<'a> Attack<'a> {
    /// A forgery against one challenge.
    pub fn new(
        row: &'static str,
        what: impl Into<String>,
        target: usize,
        forge: impl Fn(&ChallengeTape) -> Vec<u8> + Send + Sync + 'a,
    ) -> Self {
        Self { row, what: what.into(), targets: vec![target], forge: Box::new(forge) }
    }

    /// A forgery that edits the honest proof.
    pub fn edit(
        record: &'a Record,
        row: &'static str,
        what: impl Into<String>,
        target: usize,
        edit: impl Fn(&mut Vec<u8>) + Send + Sync + 'a,
    ) -> Self {
        Self::new(row, what, target, move |_| {
            let mut proof = record.proof.clone();
            edit(&mut proof);
            proof
        })
    }
}

/// Every forgery against a run.
pub fn all(record: &Record) -> Vec<Attack<'_>> {
    let mut attacks = witnesses::attacks(record);
    attacks.extend(messages::attacks(record));
    attacks.extend(opening::attacks(record));
    attacks
}

/// What came of a forgery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Accepted on frozen challenges, and by nobody else.
    Rejected,
    /// A verifier that draws the target accepts it.
    Accepted(String),
    /// A verifier or the prover panics.
    Panicked(String),
    /// The forgery is none: it has to be mended.
    Toothless(String),
}

/// Tries one forgery.
pub fn judge(record: &Record, attack: &Attack<'_>) -> Verdict {
    guarded(|| try_all(record, attack)).unwrap_or_else(Verdict::Panicked)
}

fn try_all(record: &Record, attack: &Attack<'_>) -> Verdict {
    let program: &Program = &record.honest.program;
    let frozen = |proof: &[u8], tape: &ChallengeTape| verify_frozen(program, proof, &record.schemes, tape);
    let forged = (attack.forge)(&record.tape);
    if forged == record.proof {
        return Verdict::Toothless("nothing is forged".into());
    }
    let changed = forged.iter().zip(&record.proof).position(|(a, b)| a != b).unwrap_or(record.proof.len());
    if let Some(&early) = attack.targets.iter().find(|&&t| record.start + record.events[t].offset <= changed) {
        return Verdict::Toothless(format!("nothing is forged before {}", record.name_of(early)));
    }
    if let Err(error) = frozen(&forged, &record.tape) {
        return Verdict::Toothless(format!("the frozen verifier rejects it too: {error}"));
    }
    if verify(program, &forged, &record.schemes).is_ok() {
        return Verdict::Accepted("the verifier accepts it".into());
    }
    for &target in &attack.targets {
        let tape = record.thawed(target);
        if frozen(&(attack.forge)(&tape), &tape).is_ok() {
            let target = record.name_of(target);
            return Verdict::Accepted(format!("accepted on frozen challenges with {target} drawn"));
        }
    }
    Verdict::Rejected
}

/// Attacks proofs under the scheme of a configuration: one row a kind of forgery. `quick` samples a few forgeries of
/// each, chosen by the seed.
///
/// A forgery without teeth counts as rejected, and is among the row's survivors: the engine itself is then in need of
/// repair.
pub fn run(schemes: &Schemes, config: Config, seed: u64, quick: bool) -> Vec<Row> {
    let failed = |why: String| {
        let mut row = Row::new(ENGINE, "honest run");
        row.record(Fate::Panicked(format!("nothing to forge: {why}")));
        vec![row]
    };
    let honest = guarded(|| Record::new(schemes, config).map_err(|error| error.to_string()));
    let record = match honest.and_then(|result| result) {
        Ok(record) => record,
        Err(why) => return failed(why),
    };
    let attacks = match guarded(|| all(&record)) {
        Ok(attacks) => attacks,
        Err(why) => return failed(why),
    };
    let mut rng = Rng::new(seed);
    let mut rows: Vec<(Row, Vec<Attack<'_>>)> = Vec::new();
    for attack in attacks {
        match rows.iter_mut().find(|(row, _)| row.name == attack.row) {
            Some((_, attacks)) => attacks.push(attack),
            None => rows.push((Row::new(ENGINE, attack.row), vec![attack])),
        }
    }
    rows.into_iter()
        .map(|(mut row, mut attacks)| {
            while quick && attacks.len() > QUICK {
                attacks.swap_remove(rng.below(attacks.len() as u32) as usize);
            }
            let verdicts: Vec<Verdict> = par::map_collect(attacks.len(), |i| judge(&record, &attacks[i]));
            for (attack, verdict) in attacks.iter().zip(verdicts) {
                enter(&mut row, attack, verdict);
            }
            row
        })
        .collect()
}

fn enter(row: &mut Row, attack: &Attack<'_>, verdict: Verdict) {
    let named = |why: String| format!("{}: {why}", attack.what);
    match verdict {
        Verdict::Rejected => row.record(Fate::Rejected),
        Verdict::Accepted(why) => row.record(Fate::Survived(named(why))),
        Verdict::Panicked(why) => row.record(Fate::Panicked(named(why))),
        Verdict::Toothless(why) => {
            row.record(Fate::Rejected);
            if row.survivors.len() < MAX_SURVIVORS {
                row.survivors.push(named(why));
            }
        }
    }
}
