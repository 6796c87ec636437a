//! What an engine reports: one row of the kill matrix for each kind of attack.

use serde::Serialize;
use std::{
    cell::RefCell,
    panic::{self, AssertUnwindSafe, catch_unwind},
};

/// How many examples of survivors a row keeps.
pub const MAX_SURVIVORS: usize = 10;

/// The outcome of one kind of attack under one scheme.
///
/// `tried == rejected + accepted + panicked` for every row that an engine yields, plus the sum of
/// [`harmless`](Self::harmless) where the row has that.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Row {
    /// Which engine ran it: 1 mutated proofs, 2 bad witnesses, 3 frozen challenges, 5 completions of rows, 6 faults in the
    /// executor.
    pub engine: u8,
    /// What was attacked, in words: the name of the damage or of the forgery.
    pub name: String,
    /// The number of forged proofs.
    pub tried: u64,
    /// Those that the verifier rejected, as it must.
    pub rejected: u64,
    /// Those that it accepted, or did not reject for what they violate: each is a hole, or may hide one.
    pub accepted: u64,
    /// Those that made the verifier panic.
    pub panicked: u64,
    /// Attacks that no verifier had to reject; only faults in the executor have them.
    #[serde(flatten)]
    pub harmless: Option<Harmless>,
    /// Up to [`MAX_SURVIVORS`] examples of what was accepted or panicked, each reproducible from the seed.
    pub survivors: Vec<String>,
}

/// Faults in the executor that led to no false proof, by the reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Harmless {
    /// The honest prover refused to make a proof.
    pub stopped: u64,
    /// The fault changed nothing that is proven.
    pub no_effect: u64,
    /// A proof was made and accepted, and what it says is true.
    pub same_statement: u64,
}

impl Harmless {
    /// All of them.
    pub const fn total(self) -> u64 {
        self.stopped + self.no_effect + self.same_statement
    }
}

/// What became of one forged proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Rejected, as it must be.
    Rejected,
    /// Not made: the honest prover refused.
    Stopped,
    /// Not forged after all: a fault changed nothing that is proven.
    NoEffect,
    /// Accepted, and the statement is true: a fault changed nothing that is claimed.
    SameStatement,
    /// Accepted, or not rejected for what it violates; the text says what was accepted.
    Survived(String),
    /// The verifier panicked; the text says where and with which words.
    Panicked(String),
}

impl Row {
    /// A row without attacks.
    pub fn new(engine: u8, name: impl Into<String>) -> Self {
        Self { engine, name: name.into(), ..Self::default() }
    }

    /// A row without faults, for attacks that may turn out to be harmless.
    pub fn of_faults(engine: u8, name: impl Into<String>) -> Self {
        Self { harmless: Some(Harmless::default()), ..Self::new(engine, name) }
    }

    /// Counts one attack.
    pub fn record(&mut self, fate: Fate) {
        self.tried += 1;
        let survivor = match fate {
            Fate::Rejected => {
                self.rejected += 1;
                return;
            }
            Fate::Stopped | Fate::NoEffect | Fate::SameStatement => {
                let harmless = self.harmless.get_or_insert_default();
                match fate {
                    Fate::Stopped => harmless.stopped += 1,
                    Fate::NoEffect => harmless.no_effect += 1,
                    _ => harmless.same_statement += 1,
                }
                return;
            }
            Fate::Survived(what) => {
                self.accepted += 1;
                what
            }
            Fate::Panicked(what) => {
                self.panicked += 1;
                format!("panic: {what}")
            }
        };
        if self.survivors.len() < MAX_SURVIVORS {
            self.survivors.push(survivor);
        }
    }

    /// Adds another row's attacks to this one's.
    pub fn add(&mut self, other: &Self) {
        self.tried += other.tried;
        self.rejected += other.rejected;
        self.accepted += other.accepted;
        self.panicked += other.panicked;
        if let Some(more) = other.harmless {
            let harmless = self.harmless.get_or_insert_default();
            harmless.stopped += more.stopped;
            harmless.no_effect += more.no_effect;
            harmless.same_statement += more.same_statement;
        }
        let room = MAX_SURVIVORS.saturating_sub(self.survivors.len());
        self.survivors.extend(other.survivors.iter().take(room).cloned());
    }

    /// Whether nothing survived.
    pub fn is_clean(&self) -> bool {
        self.accepted == 0 && self.panicked == 0 && self.survivors.is_empty()
    }
}

/// Counts an attack in the row of its name, which is made where there is none yet.
pub fn record(rows: &mut Vec<Row>, engine: u8, name: &str, fate: Fate) {
    let at = rows.iter().position(|row| row.engine == engine && row.name == name).unwrap_or_else(|| {
        rows.push(Row::new(engine, name));
        rows.len() - 1
    });
    rows[at].record(fate);
}

thread_local! {
    /// Where the last panic of this thread was, while [`quiet_panics`] is in force.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs code under attack and turns a panic into its words, with its place where that is known.
///
/// # Errors
/// The panic's message.
pub fn guarded<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|payload| {
        let text = payload.downcast_ref::<&str>().map(|s| (*s).to_owned());
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
        let text = text.unwrap_or_else(|| "a panic without words".to_owned());
        PLACE.take().map_or_else(|| text.clone(), |place| format!("{text} ({place})"))
    })
}

/// Keeps panics from being printed, for as long as the value lives: those under attack are caught and counted.
#[must_use = "panics are printed again when this is dropped"]
#[derive(Debug)]
pub struct QuietPanics(());

/// Takes effect for the whole process.
pub fn quiet_panics() -> QuietPanics {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line()));
        PLACE.with(|slot| *slot.borrow_mut() = place);
    }));
    QuietPanics(())
}

impl Drop for QuietPanics {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            // The default hook.
            let _ = panic::take_hook();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up() {
        let mut rows = Vec::new();
        record(&mut rows, 1, "a", Fate::Rejected);
        record(&mut rows, 1, "b", Fate::Rejected);
        assert!(rows.iter().all(Row::is_clean));
        for i in 0..2 * MAX_SURVIVORS {
            record(&mut rows, 1, "a", Fate::Survived(i.to_string()));
        }
        record(&mut rows, 2, "a", Fate::Panicked("index".into()));
        assert_eq!(rows.len(), 3);
        let [a, b, c] = [&rows[0], &rows[1], &rows[2]];
        assert_eq!((a.tried, a.rejected, a.accepted, a.panicked), (21, 1, 20, 0));
        assert_eq!(a.survivors.len(), MAX_SURVIVORS);
        assert_eq!((c.tried, c.panicked, c.survivors[0].as_str()), (1, 1, "panic: index"));
        assert!(!a.is_clean() && b.is_clean() && !c.is_clean());
        let mut sum = b.clone();
        sum.add(a);
        assert_eq!((sum.tried, sum.rejected, sum.accepted), (22, 2, 20));
        assert_eq!(sum.survivors, a.survivors);
    }

    #[test]
    fn what_is_harmless_is_counted_by_its_reason() {
        let mut row = Row::of_faults(6, "a");
        for fate in [Fate::Stopped, Fate::NoEffect, Fate::NoEffect, Fate::SameStatement, Fate::Rejected] {
            row.record(fate);
        }
        assert!(row.is_clean());
        assert_eq!((row.tried, row.rejected, row.harmless.map(Harmless::total)), (5, 1, Some(4)));
        let mut sum = Row::default();
        sum.add(&row);
        sum.add(&row);
        assert_eq!(sum.harmless, Some(Harmless { stopped: 2, no_effect: 4, same_statement: 2 }));
    }

    #[test]
    fn panics_become_words() {
        assert_eq!(guarded(|| 7), Ok(7));
        assert_eq!(guarded(|| -> u8 { panic!("plain") }), Err("plain".to_owned()));
        let n = 3;
        assert_eq!(guarded(|| -> u8 { panic!("number {n}") }), Err("number 3".to_owned()));
    }
}
