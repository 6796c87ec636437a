//! On what and with what a measurement was made.

use crate::BenchError;
use ark_ff::Field;
use lariat_algebra::{Fr, par::Threads};
use serde::{Deserialize, Serialize};
use std::{fmt, fs, path::Path, process::Command, time::Instant};

/// Fingerprint of a machine and a build. What the system does not tell is empty or zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Model of the processor.
    pub cpu: String,
    /// Processors that the process may use.
    pub cores: usize,
    /// Bytes of memory of the machine.
    pub memory_bytes: u64,
    /// Operating system and its kernel's release.
    pub os: String,
    /// Instruction set.
    pub arch: String,
    /// Whether the AVX-512 IFMA kernels run.
    pub avx512_ifma: bool,
    /// Compiler that built this program.
    pub rustc: String,
    /// Version of Lariat.
    pub lariat: String,
    /// Commit that the sources are at when the measurement is made, with `+` if they differ from it; empty for a
    /// program whose sources are not at hand.
    pub revision: String,
}

/// Exactly so many threads: what is measured on fewer is another cell.
///
/// # Errors
/// When not all of them can be started.
pub(crate) fn threads(wanted: usize) -> Result<Threads, BenchError> {
    let threads = Threads::start(wanted);
    match threads.count() {
        started if started == wanted => Ok(threads),
        started => Err(BenchError::Threads { wanted, started }),
    }
}

impl Machine {
    /// The fingerprint of this process.
    pub fn detect() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let cpuinfo = read("/proc/cpuinfo");
        let model = cpuinfo.lines().find_map(|l| l.strip_prefix("model name")).and_then(|l| l.split(':').nth(1));
        let os = format!("{} {}", std::env::consts::OS, read("/proc/sys/kernel/osrelease").trim());
        Self {
            cpu: model.map(|name| name.trim().to_owned()).unwrap_or_default(),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory_bytes: kib_field(&read("/proc/meminfo"), "MemTotal:").unwrap_or(0),
            os: os.trim().to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            avx512_ifma: lariat_algebra::ifma::is_available(),
            rustc: env!("LARIAT_RUSTC").to_owned(),
            lariat: env!("CARGO_PKG_VERSION").to_owned(),
            revision: revision(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap_or_default(),
        }
    }
}

/// The machines and builds of some records, in order of first appearance, each with the revisions that its sources were
/// at: a commit that is made during a sweep does not change the program that runs.
pub(crate) fn builds<'a>(machines: impl Iterator<Item = &'a Machine>) -> Vec<(Machine, Vec<String>)> {
    let mut builds: Vec<(Machine, Vec<String>)> = Vec::new();
    for machine in machines {
        let build = Machine { revision: String::new(), ..machine.clone() };
        let at = builds.iter().position(|(b, _)| *b == build).unwrap_or_else(|| {
            builds.push((build, Vec::new()));
            builds.len() - 1
        });
        if !machine.revision.is_empty() && !builds[at].1.contains(&machine.revision) {
            builds[at].1.push(machine.revision.clone());
        }
    }
    builds
}

/// One list item for each machine and build.
pub(crate) fn describe<'a>(machines: impl Iterator<Item = &'a Machine>) -> String {
    let line = |(machine, revisions): (Machine, Vec<String>)| {
        let rustc = if machine.rustc.is_empty() { String::new() } else { format!(", built by {}", machine.rustc) };
        let at = if revisions.is_empty() { String::new() } else { format!(", sources at {}", revisions.join(", ")) };
        format!("- {machine}{rustc}{at}\n")
    };
    builds(machines).into_iter().map(line).collect::<Vec<_>>().concat()
}

/// One line for titles, without the revision.
impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cpu = if self.cpu.is_empty() { &self.arch } else { &self.cpu };
        write!(f, "{cpu}, {} cores, {} GiB", self.cores, self.memory_bytes.div_ceil(1 << 30))?;
        write!(f, ", AVX-512 IFMA {}", if self.avx512_ifma { "on" } else { "off" })?;
        write!(f, ", {}, lariat {}", self.os, self.lariat)
    }
}

/// The commit of this crate's folder, if it is a folder of a checkout of this project.
fn revision(folder: &Path) -> Option<String> {
    let git = |args: &[&str]| {
        let output = Command::new("git").arg("-C").arg(folder).args(args).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    // Not one that happens to be around a package's unpacked sources.
    (git(&["rev-parse", "--show-prefix"])? == "bench-suite/").then_some(())?;
    git(&["describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=+"])
}

/// The value in bytes of a line such as `VmHWM:   1234 kB`.
fn kib_field(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    value.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Most memory that this process ever had at once, in bytes; `None` where the system does not tell.
pub fn peak_rss_bytes() -> Option<u64> {
    kib_field(&fs::read_to_string("/proc/self/status").ok()?, "VmHWM:")
}

/// Median nanoseconds of one scalar-field multiplication of arkworks in a dependent chain.
///
/// A figure that travels between machines is a *mul-equivalent*: core time divided by this, measured in the same
/// process.
pub fn mul_ns() -> f64 {
    const CHAIN: u32 = 50_000;
    let (mut x, y) = (Fr::from(3u64).pow([12_345]), Fr::from(5u64).pow([54_321]));
    let mut samples: Vec<f64> = (0..21)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..CHAIN {
                x *= y;
            }
            start.elapsed().as_nanos() as f64 / f64::from(CHAIN)
        })
        .collect();
    std::hint::black_box(x);
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_names_this_build() {
        let machine = Machine::detect();
        assert!(machine.cores > 0 && machine.rustc.starts_with("rustc "), "{machine:?}");
        assert_eq!(machine.lariat, env!("CARGO_PKG_VERSION"));
        assert!(machine.to_string().contains("AVX-512 IFMA o"));
        #[cfg(target_os = "linux")]
        assert!(machine.memory_bytes > 1 << 26 && peak_rss_bytes().unwrap() > 1 << 16);
    }

    #[test]
    fn commits_during_a_sweep_are_no_other_machine() {
        let at = |revision: &str| Machine { cpu: "A".into(), revision: revision.into(), ..Machine::default() };
        let machines = [at("1"), at("2"), at("1"), Machine { cpu: "B".into(), ..at("") }];
        let text = describe(machines.iter());
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.contains("sources at 1, 2\n"), "{text}");
        assert_eq!(builds(machines.iter())[1].1, [""; 0]);
    }

    #[test]
    fn folders_that_are_no_part_of_a_checkout_have_no_revision() {
        assert_eq!(revision(tempfile::tempdir().unwrap().path()), None);
    }
}
