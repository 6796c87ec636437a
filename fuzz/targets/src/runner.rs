//! Runs targets on a stable compiler: over their corpora, and over random mutations of them.

use crate::Target;
use crate::mutate::mutated;
use lariat_emulator::test_util::Rng;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Largest file of a committed corpus.
pub const MAX_CORPUS_FILE_BYTES: usize = 4096;

/// How long a target runs over mutations.
#[derive(Clone, Copy, Debug)]
pub enum Budget {
    /// So many of them.
    Executions(u64),
    /// For so long.
    Time(Duration),
}

/// What a run of a target did.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Inputs that the target ran on, those of the corpus among them.
    pub executions: u64,
    /// How long that took, without the first input, which makes what the target needs.
    pub elapsed: Duration,
    /// Longest single execution, again without the first.
    pub slowest: Duration,
    /// The first input on which the target panicked, and the panic's message.
    pub failure: Option<(Vec<u8>, String)>,
}

/// The folder of a target's committed corpus.
pub fn corpus_folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("corpus").join(name)
}

/// The files of a target's corpus, in the order of their names.
pub fn corpus(name: &str) -> Vec<Vec<u8>> {
    let Ok(entries) = fs::read_dir(corpus_folder(name)) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Runs a target over its corpus and then over mutations, which are the same for the same seed. Ends at the first panic.
pub fn run(target: &Target, corpus: &[Vec<u8>], seed: u64, budget: Budget) -> Outcome {
    let mut rng = Rng::new(seed);
    let mut outcome = Outcome { executions: 0, elapsed: Duration::ZERO, slowest: Duration::ZERO, failure: None };
    let mut start = Instant::now();
    let mut files = corpus.iter();
    loop {
        let input = if let Some(file) = files.next() {
            file.clone()
        } else {
            let done = match budget {
                Budget::Executions(count) => outcome.executions >= corpus.len() as u64 + count,
                Budget::Time(time) => start.elapsed() >= time,
            };
            if done {
                break;
            }
            let mut pick = || match corpus.len() as u32 {
                0 => &[][..],
                len => corpus[rng.below(len) as usize].as_slice(),
            };
            let (first, second) = (pick(), pick());
            mutated(first, second, &mut rng)
        };
        let begin = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| (target.run)(&input)));
        if outcome.executions == 0 {
            start = Instant::now();
        } else {
            outcome.slowest = outcome.slowest.max(begin.elapsed());
        }
        outcome.executions += 1;
        if let Err(panic) = result {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            outcome.failure = Some((input, text.unwrap_or_default()));
            break;
        }
    }
    outcome.elapsed = start.elapsed();
    outcome
}
