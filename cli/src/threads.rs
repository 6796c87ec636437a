//! How many threads a proof is made on: no more than help.

use lariat_algebra::par::Threads;
use lariat_jolt_core::Params;
use std::{num::NonZero, thread};

/// Rows and cells for which one more thread is worth its start and its share of the waiting.
const WORK_PER_THREAD: u64 = 1 << 12;

/// The threads of a proof, and why there are not as many as were asked for.
#[derive(Debug)]
pub struct ProverThreads {
    /// The threads.
    pub threads: Threads,
    asked: Option<usize>,
    limits: Limits,
}

/// The most threads that help.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// That the system runs at a time.
    cores: usize,
    /// That the work keeps busy.
    work: usize,
}

impl Limits {
    fn new(params: Params, steps: u64) -> Self {
        let cells = 1u64 << params.log_m();
        let work = steps.saturating_add(cells) / WORK_PER_THREAD;
        Self {
            cores: thread::available_parallelism().map_or(1, NonZero::get),
            work: usize::try_from(work).unwrap_or(usize::MAX).max(1),
        }
    }

    /// The threads to start if so many are asked for, or none are.
    fn apply(self, asked: Option<usize>) -> usize {
        asked.unwrap_or(usize::MAX).min(self.cores).min(self.work).max(1)
    }
}

impl ProverThreads {
    /// Starts as many threads as asked for (one for each core unless a number is given), as far as they help a proof of so
    /// many steps, and as far as the system grants them. The thread that asks is always there.
    pub fn start(asked: Option<u16>, params: Params, steps: u64) -> Self {
        let (asked, limits) = (asked.map(usize::from), Limits::new(params, steps));
        Self { threads: Threads::start(limits.apply(asked)), asked, limits }
    }

    /// Why there are fewer threads than were asked for, if so.
    pub fn shortage(&self) -> Option<String> {
        let (count, helpful) = (self.threads.count(), self.limits.apply(self.asked));
        let why = if count < helpful {
            "the system starts no more".to_owned()
        } else if self.asked? <= count {
            return None;
        } else if self.limits.work < self.limits.cores {
            "the run is too short for more".to_owned()
        } else {
            format!("the system runs {} at a time", self.limits.cores)
        };
        Some(format!("{count} of the {} asked for: {why}", self.asked.unwrap_or(helpful)))
    }
}

/// Does `work` again and again on a thread of its own until it says that it is done; not at all where none can be started.
/// For what is for the eye only.
pub fn in_background(mut work: impl FnMut() -> bool + Send + 'static) {
    // Detached: it ends by itself, or with the process.
    let _ = thread::Builder::new().spawn(move || while !work() {});
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_threads_are_started_than_help() {
        let limits = |cores, work| Limits { cores, work };
        for (limits, asked, expected) in [
            (limits(4, 100), Some(1024), 4),
            (limits(4, 3), Some(1024), 3),
            (limits(4, 3), None, 3),
            (limits(4, 100), Some(2), 2),
            (limits(4, 100), None, 4),
            (limits(1, 1), Some(2), 1),
        ] {
            assert_eq!(limits.apply(asked), expected, "{limits:?}, {asked:?}");
        }
        assert_eq!(Limits::new(Params::M8, 81).work, 1);
        assert!(Limits::new(Params::M16, 81).work > 8);
        assert!(Limits::new(Params::M8, u64::MAX).work > 1024);
    }

    #[test]
    fn a_shortage_is_explained() {
        let made = |asked, count, limits| ProverThreads { threads: Threads::start(count), asked, limits };
        let (wide, narrow) = (Limits { cores: 2, work: 9 }, Limits { cores: 64, work: 2 });
        let shortage = |asked, count, limits| made(asked, count, limits).shortage().unwrap_or_default();
        assert_eq!(shortage(Some(1024), 2, wide), "2 of the 1024 asked for: the system runs 2 at a time");
        assert_eq!(shortage(Some(8), 2, narrow), "2 of the 8 asked for: the run is too short for more");
        assert_eq!(shortage(Some(2), 1, wide), "1 of the 2 asked for: the system starts no more");
        assert_eq!(shortage(None, 1, wide), "1 of the 2 asked for: the system starts no more");
        assert_eq!([shortage(None, 2, wide), shortage(Some(1), 1, wide), shortage(None, 2, narrow)], [""; 3]);
    }
}
