//! What a run costs, and what it will cost.

use ark_bn254::Fr;
use ark_ff::{Field, One};
use std::{fs, hint::black_box, path::Path, time::Instant};

/// Memory that this process has or can still get, in bytes: what the machine has without swapping, what is left of a
/// limit on the address space (`ulimit -v`), and what is left to the control group; `None` where the system does not
/// tell.
pub fn available_bytes() -> Option<u64> {
    let machine = kib_field(&fs::read_to_string("/proc/meminfo").ok()?, "MemAvailable:");
    let more = [machine, address_space_bytes(), group_bytes()].into_iter().flatten().min()?;
    let resident = kib_field(&fs::read_to_string("/proc/self/status").ok()?, "VmRSS:").unwrap_or(0);
    Some(more.saturating_add(resident))
}

/// What is left of the limit on the address space, if there is one.
fn address_space_bytes() -> Option<u64> {
    let limit = address_space_limit(&fs::read_to_string("/proc/self/limits").ok()?)?;
    let used = kib_field(&fs::read_to_string("/proc/self/status").ok()?, "VmSize:")?;
    Some(limit.saturating_sub(used))
}

/// The soft limit in the line `Max address space  SOFT  HARD  bytes`.
fn address_space_limit(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// What is left of the memory of the process's control group, if it has a limit. Files in the cache give way, and do not
/// count.
fn group_bytes() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = groups.lines().find_map(|line| line.strip_prefix("0::"))?;
    let folder = Path::new("/sys/fs/cgroup").join(path.trim_start_matches('/'));
    let read = |name: &str| fs::read_to_string(folder.join(name)).ok();
    let limit: u64 = read("memory.max")?.trim().parse().ok()?;
    let used: u64 = read("memory.current")?.trim().parse().ok()?;
    let statistics = read("memory.stat").unwrap_or_default();
    let cache = statistics.lines().find_map(|line| line.strip_prefix("file ")?.trim().parse().ok()).unwrap_or(0);
    Some(limit.saturating_sub(used.saturating_sub(cache)))
}

/// The most memory that this process ever had at once, in bytes; `None` where the system does not tell.
pub fn peak_rss_bytes() -> Option<u64> {
    kib_field(&fs::read_to_string("/proc/self/status").ok()?, "VmHWM:")
}

/// The value in bytes of a line such as `VmHWM:   1234 kB`.
fn kib_field(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    value.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Products in a batch.
const BATCH: u32 = 20_000;

/// Batches before proving, and again after it.
const BATCHES: usize = 21;

/// The time of one product in the BN254 scalar field, sampled before and after a proof on the same machine.
#[derive(Debug, Default)]
pub struct MulClock {
    samples: Vec<f64>,
}

impl MulClock {
    /// Takes samples: the time of one product in a dependent chain `x *= y`, averaged over a batch. About 10 ms.
    pub fn sample(&mut self) {
        // Any full-width elements do: 1/3 and 1/5.
        let third = |n: u64| Fr::from(n).inverse().unwrap_or_else(Fr::one);
        let (mut x, y) = (third(3), third(5));
        for _ in 0..BATCHES {
            let start = Instant::now();
            for _ in 0..BATCH {
                x *= black_box(y);
            }
            x = black_box(x);
            self.samples.push(start.elapsed().as_nanos() as f64 / f64::from(BATCH));
        }
    }

    /// Median over all batches, in nanoseconds; 0 without samples.
    pub fn median_ns(&self) -> f64 {
        let mut sorted = self.samples.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_status_files_are_found() {
        let text = "VmPeak:\t  100 kB\nVmHWM:\t   7 kB\nThreads:\t1\n";
        assert_eq!(kib_field(text, "VmHWM:"), Some(7 * 1024));
        assert_eq!(kib_field(text, "VmRSS:"), None);
        assert_eq!(kib_field(text, "Threads:"), None);
    }

    #[test]
    fn limits_on_the_address_space_are_found() {
        let text = "Limit  Soft Limit  Hard Limit  Units\nMax address space         268435456  unlimited  bytes\n";
        assert_eq!(address_space_limit(text), Some(256 << 20));
        assert_eq!(address_space_limit("Max address space   unlimited  unlimited  bytes"), None);
    }

    #[test]
    fn medians_ignore_outliers() {
        let clock = MulClock { samples: vec![20.0, 19.0, 1e9, 21.0, 0.0] };
        assert!((clock.median_ns() - 20.0).abs() < 1e-9);
        let mut clock = MulClock::default();
        clock.sample();
        assert_eq!(clock.samples.len(), BATCHES);
        assert!((1.0..10_000.0).contains(&clock.median_ns()), "{}", clock.median_ns());
    }
}
