//! Memory that was freed stays with the process.
//!
//! A prover's phases take large pieces of memory one after the other. By default the C library gives such pieces back to
//! the system and asks for others, and on a virtual machine the system clears a fresh page at the cost of dozens of field
//! multiplications. Also, each thread takes pieces from a part of its own, so that what one thread frees another
//! cannot have.

/// From now on, pieces below 32 MiB come from one part of memory that never shrinks. Does nothing where the C library is
/// not glibc. Call it before threads start; it is for whole programs, such as the command, not for libraries.
pub fn keep() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        let settings =
            [(libc::M_ARENA_MAX, 1), (libc::M_MMAP_THRESHOLD, 32 << 20), (libc::M_TRIM_THRESHOLD, libc::c_int::MAX)];
        for (setting, value) in settings {
            // SAFETY: sets one parameter of the allocator. A value that it does not take leaves it as it is.
            unsafe { libc::mallopt(setting, value) };
        }
    }
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    /// Page faults of the process so far that needed no disk.
    fn faults() -> u64 {
        let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux has this file");
        let field = stat.rsplit(')').next().and_then(|fields| fields.split_whitespace().nth(7));
        field.and_then(|faults| faults.parse().ok()).expect("the tenth field is a number")
    }

    /// In a process of its own: what the C library does by default, other tests rely on.
    #[test]
    fn freed_memory_is_not_touched_anew() {
        const AS_CHILD: &str = "LARIAT_TEST_KEPT_HEAP";
        if std::env::var_os(AS_CHILD).is_none() {
            let child = std::process::Command::new(std::env::current_exe().unwrap())
                .args(["heap::tests::freed_memory_is_not_touched_anew", "--exact", "--test-threads=1"])
                .env(AS_CHILD, "1")
                .output()
                .unwrap();
            assert!(String::from_utf8_lossy(&child.stdout).contains("1 passed"), "{child:?}");
            return;
        }
        super::keep();
        let fill = || {
            let pieces: Vec<Vec<u8>> = (1..40).map(|k| vec![k; (k as usize) << 16]).collect();
            assert_eq!(pieces.iter().map(|piece| u64::from(piece[9])).sum::<u64>(), 39 * 20);
        };
        let in_threads = |n| std::thread::scope(|scope| (0..n).for_each(|_| scope.spawn(fill).join().unwrap()));
        // There are two parts, since the test's own thread was there before.
        in_threads(2);
        let before = faults();
        in_threads(3);
        let pages = (1..40u64).map(|k| k << 4).sum::<u64>();
        let touched = faults() - before;
        assert!(touched < pages / 4, "{touched} faults, and {pages} pages are written three times");
    }
}
