//! A whole attack: engines, schemes and tables in turn, and what became of everything.

use crate::{
    bad_witness::Subjects,
    error::AttackError,
    faults, frozen,
    mutation::Target,
    named::{self, Share},
    openings,
    outcome::{Row, guarded},
    report::{Attacked, Report, Seed},
    tables,
    uniqueness::{self, Size},
};
use lariat_jolt_core::{Config, PcsKind, Schemes};
use std::time::Instant;

/// The engines' numbers.
pub const ENGINES: [u8; 5] = [1, 2, 3, uniqueness::ENGINE, faults::ENGINE];

/// How much is attacked, with what. Everything is a function of this.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which engines run: 1 mutated proofs, 2 bad witnesses, false openings and tables, 3 frozen challenges, 5
    /// completions of rows, 6 faults in the executor.
    pub engines: Vec<u8>,
    /// Hash and table size; the scheme is that under attack.
    pub config: Config,
    /// Seed of all that is random.
    pub seed: u64,
    /// Mutated proofs over all schemes together.
    pub mutations: usize,
    /// Witnesses with a changed entry over all schemes together.
    pub entries: usize,
    /// Witnesses with a changed cell over all schemes together.
    pub cells: usize,
    /// Cases of each named forgery over all schemes together.
    pub cases: usize,
    /// Rounds of false openings under each scheme; about 60 in a round.
    pub openings: usize,
    /// Forgeries in kernels of challenges under each scheme.
    pub frozen: Sample,
    /// Faults in the executor over all schemes together.
    pub faults: usize,
    /// Whose proofs those are: the first scheme's alone, or each scheme's for its share.
    pub faults_under: Sample,
    /// Operand cases whose completions are solved for, at both table sizes.
    pub operands: Sample,
}

/// How many of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// A few, chosen by the seed.
    Few,
    /// Every one.
    All,
}

impl Plan {
    /// Less than two minutes on two cores for eight schemes.
    pub fn quick(config: Config) -> Self {
        Self {
            engines: ENGINES.to_vec(),
            config,
            seed: 1,
            mutations: 5_200,
            entries: 504,
            cells: 48,
            cases: 8,
            openings: 1,
            frozen: Sample::Few,
            faults: 8 * faults::Kind::ALL.len(),
            faults_under: Sample::Few,
            operands: Sample::Few,
        }
    }

    /// The sizes of a nightly run.
    pub fn nightly(config: Config) -> Self {
        Self {
            mutations: 100_000,
            entries: 6_800,
            cells: 800,
            cases: usize::MAX,
            openings: 20,
            frozen: Sample::All,
            faults: 160 * faults::Kind::ALL.len(),
            faults_under: Sample::All,
            operands: Sample::All,
            ..Self::quick(config)
        }
    }
}

/// A part of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// Extensions of lookup tables.
    Tables,
    /// Engine 1.
    MutatedProofs,
    /// Engine 2: entries changed.
    BadEntries,
    /// Engine 2: cells changed.
    BadCells,
    /// Engine 2: named forgeries.
    NamedForgeries,
    /// Engine 2: false openings.
    FalseOpenings,
    /// Engine 3.
    FrozenChallenges,
    /// Engine 6.
    Faults,
    /// Engine 5.
    Completions,
}

impl Part {
    /// Name for progress.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tables => "tables",
            Self::MutatedProofs => "mutated proofs",
            Self::BadEntries => "bad entries",
            Self::BadCells => "bad cells",
            Self::NamedForgeries => "named forgeries",
            Self::FalseOpenings => "false openings",
            Self::FrozenChallenges => "frozen challenges",
            Self::Faults => "faults in the executor",
            Self::Completions => "completions of rows",
        }
    }
}

/// Told of what a run does.
pub trait Progress: Sync {
    /// A part begins; tables and completions of rows belong to no scheme.
    fn begin(&self, scheme: Option<PcsKind>, part: Part);
    /// So many attacks were made.
    fn done(&self, attacks: usize);
}

/// Shows nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: Option<PcsKind>, _: Part) {}
    fn done(&self, _: usize) {}
}

/// Attacks these schemes, which must be among `schemes`, and the tables of the configuration.
///
/// A scheme under which honest runs fail is reported as such; the others are attacked all the same.
pub fn run(schemes: &Schemes, kinds: &[PcsKind], plan: &Plan, progress: &dyn Progress) -> Report {
    let start = Instant::now();
    let engine = |number: u8| plan.engines.contains(&number);
    let tables = if engine(2) {
        progress.begin(None, Part::Tables);
        tables::attack_all(plan.config.params, &|n| progress.done(n))
    } else {
        Vec::new()
    };
    let uniqueness = if engine(uniqueness::ENGINE) {
        progress.begin(None, Part::Completions);
        uniqueness::attack(Size { cases: plan.operands, seed: plan.seed }, &|n| progress.done(n))
    } else {
        Vec::new()
    };
    let attacked = kinds
        .iter()
        .enumerate()
        .map(|(index, &pcs)| {
            let start = Instant::now();
            let task = Task { schemes, plan, progress, config: Config { pcs, ..plan.config }, index, of: kinds.len() };
            let mut rows = Vec::new();
            let failure = guarded(|| task.run(&mut rows))
                .unwrap_or_else(|message| Err(AttackError::Panic { pcs, message }))
                .err();
            let failure = failure.map(|error| error.to_string());
            Attacked { scheme: pcs.name().to_owned(), rows, failure, seconds: start.elapsed().as_secs_f64() }
        })
        .collect();
    Report {
        seed: Seed(plan.seed),
        hash: plan.config.hash.name().to_owned(),
        log_m: plan.config.params.log_m(),
        engines: plan.engines.clone(),
        schemes: attacked,
        tables,
        uniqueness,
        seconds: start.elapsed().as_secs_f64(),
    }
}

/// One scheme's part of a run.
struct Task<'a> {
    schemes: &'a Schemes,
    plan: &'a Plan,
    progress: &'a dyn Progress,
    config: Config,
    /// Place among the schemes.
    index: usize,
    /// Number of schemes.
    of: usize,
}

impl Task<'_> {
    /// This scheme's share of a number of attacks on all of them.
    fn share(&self, total: usize) -> usize {
        total.div_ceil(self.of)
    }

    /// This scheme's part of a list whose first `total` items are shared among all schemes: together they have all.
    fn part<'b, T>(&self, list: &'b [T], total: usize) -> &'b [T] {
        let size = self.share(total.min(list.len()));
        let start = (self.index * size).min(list.len());
        &list[start..(start + size).min(list.len())]
    }

    /// A seed of its own for every scheme; the same whichever other schemes are attacked.
    fn seed(&self) -> u64 {
        self.plan.seed ^ (u64::from(self.config.pcs.id()) << 56)
    }

    /// This scheme's share of the faults in the executor.
    fn faults(&self) -> usize {
        match (self.plan.faults_under, self.index) {
            (Sample::All, _) => self.share(self.plan.faults),
            (Sample::Few, 0) => self.plan.faults,
            (Sample::Few, _) => 0,
        }
    }

    fn begin(&self, part: Part) {
        self.progress.begin(Some(self.config.pcs), part);
    }

    fn run(&self, rows: &mut Vec<Row>) -> Result<(), AttackError> {
        let Self { schemes, plan, progress, config, .. } = *self;
        let done = |n: usize| progress.done(n);
        if plan.engines.contains(&1) {
            self.begin(Part::MutatedProofs);
            let target = Target::new(config, schemes)?;
            rows.extend(target.attack(self.share(plan.mutations), self.seed(), &done));
        }
        if plan.engines.contains(&2) {
            if plan.entries > 0 || plan.cells > 0 {
                self.begin(Part::BadEntries);
                let subjects = Subjects::new(config, schemes)?;
                // One order for all schemes, of which each takes a part.
                let changes = subjects.bad_changes(plan.seed);
                rows.extend(subjects.attack(self.part(&changes, plan.entries), &done));
                self.begin(Part::BadCells);
                let changes: Vec<_> = subjects.cell_changes(plan.seed).collect();
                rows.extend(subjects.attack_cells(self.part(&changes, plan.cells), &done));
            }
            if plan.cases > 0 {
                self.begin(Part::NamedForgeries);
                let count = plan.cases.div_ceil(self.of);
                let share = Share { start: self.index.saturating_mul(count), count };
                rows.extend(named::attack(config, schemes, share, &|n| progress.done(n)));
            }
            self.begin(Part::FalseOpenings);
            rows.extend(openings::attack(schemes, config.pcs, config.hash, plan.openings, self.seed(), &done)?);
        }
        if plan.engines.contains(&3) {
            self.begin(Part::FrozenChallenges);
            let of_challenges = frozen::run(schemes, config, self.seed(), plan.frozen == Sample::Few);
            done(of_challenges.iter().map(|row| row.tried as usize).sum());
            rows.extend(of_challenges);
        }
        if plan.engines.contains(&faults::ENGINE) && self.faults() > 0 {
            self.begin(Part::Faults);
            rows.extend(faults::attack(config, schemes, self.faults(), self.seed(), &done)?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::small;

    /// A small run of everything: nothing survives, and what was asked for was tried.
    #[test]
    fn rejects_everything_in_a_small_run() {
        let plan = Plan { mutations: 60, entries: 20, cells: 3, cases: 1, faults: 30, ..Plan::quick(small()) };
        let report = run(&crate::test_schemes(), &[PcsKind::HYRAX], &plan, &Silent);
        assert!(report.is_clean(), "{}", report.text());
        let tried = |name: &str| -> u64 {
            report.schemes[0].rows.iter().filter(|row| row.name.starts_with(name)).map(|row| row.tried).sum()
        };
        assert_eq!(report.engine(1).tried, 60);
        assert_eq!((tried("entry: "), tried("cell: ")), (20, 3));
        assert!(tried("opening: ") >= 50);
        assert_eq!(tried("padding: "), 4);
        assert_eq!(report.engine(faults::ENGINE).tried, 30);
        assert!(!report.tables.is_empty());
        assert_eq!(report.uniqueness.len(), 2);
    }

    /// What is shared among schemes is covered by them together, and in the same order for one scheme alone.
    #[test]
    fn parts_cover_the_whole() {
        let (schemes, plan) = (crate::test_schemes(), Plan::quick(small()));
        let list: Vec<usize> = (0..100).collect();
        let of = |index, of| Task { schemes: &schemes, plan: &plan, progress: &Silent, config: small(), index, of };
        let parts: Vec<usize> = (0..8).flat_map(|index| of(index, 8).part(&list, 50).to_vec()).collect();
        assert_eq!(parts[..50], list[..50]);
        assert_eq!(of(0, 1).part(&list, 50), &list[..50]);
        assert_eq!(of(0, 1).part(&list, 1000), &list[..]);
        assert_eq!(of(7, 8).part(&list[..3], 8).len(), 0);
        assert_eq!((of(0, 8).faults(), of(1, 8).faults()), (plan.faults, 0));
        let nightly = Plan::nightly(small());
        let of = |index| Task { schemes: &schemes, plan: &nightly, progress: &Silent, config: small(), index, of: 8 };
        assert!((0..8).map(|index| of(index).faults()).sum::<usize>() >= 7_800);
    }
}
