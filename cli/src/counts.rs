//! Counts of operations for people and for machines.

use lariat_algebra::count::{Counts, Kernel};
use lariat_jolt_core::Phase;
use serde::{Serialize, Serializer, ser::SerializeMap};

/// The counts of a proof, a JSON object by phase.
#[derive(Clone, Debug)]
pub struct CountReport(pub Counts);

/// What a phase cost.
#[derive(Debug, Serialize)]
struct PhaseCounts {
    multiplications: u64,
    small_multiplications: u64,
    additions: u64,
    g1_additions: u64,
    hashes: u64,
    bytes_committed: u64,
    bytes_sent: u64,
    bytes_touched: u64,
    kernels: Kernels,
}

/// Elements by kernel, those that were not used left out.
#[derive(Debug)]
struct Kernels(Vec<(Kernel, u64)>);

impl Serialize for Kernels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|&(kernel, n)| (kernel.name(), n)))
    }
}

impl PhaseCounts {
    fn of(counts: &Counts, phase: Phase) -> Self {
        let of = |kernel| counts.elements(phase as usize, kernel);
        let cost = counts.cost(phase as usize);
        Self {
            multiplications: cost.multiplications,
            small_multiplications: cost.small_multiplications,
            additions: cost.additions,
            g1_additions: of(Kernel::G1Additions),
            hashes: of(Kernel::KeccakPermutations) + of(Kernel::Blake3Compressions),
            bytes_committed: of(Kernel::BytesCommitted),
            bytes_sent: of(Kernel::BytesSent),
            bytes_touched: cost.bytes_touched,
            kernels: Kernels(Kernel::ALL.iter().map(|&k| (k, of(k))).filter(|(_, n)| *n > 0).collect()),
        }
    }

    /// Names and figures of a table's columns.
    fn columns(&self) -> [(&'static str, u64); 8] {
        [
            ("mul", self.multiplications),
            ("small mul", self.small_multiplications),
            ("add", self.additions),
            ("G1 add", self.g1_additions),
            ("hash", self.hashes),
            ("committed", self.bytes_committed),
            ("sent", self.bytes_sent),
            ("touched", self.bytes_touched),
        ]
    }
}

impl CountReport {
    /// Phases in which something is counted.
    fn phases(&self) -> impl Iterator<Item = (Phase, PhaseCounts)> + '_ {
        let phases = Phase::ALL.into_iter().map(|phase| (phase, PhaseCounts::of(&self.0, phase)));
        phases.filter(|(_, counts)| !counts.kernels.0.is_empty())
    }

    /// A line a phase, one for their sum, and one for the sum divided by the instructions.
    pub fn table(&self, instructions: u64) -> Vec<String> {
        const WIDTH: usize = 15;
        let line = |name: &str, cells: &mut dyn Iterator<Item = String>| {
            cells.fold(format!("{name:<15}"), |line, cell| line + &format!("{cell:>WIDTH$}"))
        };
        let phases: Vec<_> = self.phases().map(|(phase, counts)| (phase, counts.columns())).collect();
        let Some((_, first)) = phases.first() else { return Vec::new() };
        let mut totals = first.map(|_| 0u64);
        for (_, columns) in &phases {
            totals.iter_mut().zip(columns).for_each(|(total, (_, n))| *total += n);
        }
        let mut lines = vec![line("counts", &mut first.iter().map(|(name, _)| (*name).to_owned()))];
        for (phase, columns) in &phases {
            lines.push(line(&phase.name().replace('_', " "), &mut columns.iter().map(|(_, n)| n.to_string())));
        }
        lines.push(line("all", &mut totals.iter().map(ToString::to_string)));
        let per_instruction = |total: &u64| format!("{:.1}", *total as f64 / instructions.max(1) as f64);
        lines.push(line("an instruction", &mut totals.iter().map(per_instruction)));
        lines
    }
}

impl Serialize for CountReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (phase, counts) in self.phases() {
            map.serialize_entry(phase.name(), &counts)?;
        }
        map.end()
    }
}
