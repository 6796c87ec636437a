//! Data-parallel loops, and the threads that they run on.
//!
//! A loop runs in the pool that its caller belongs to ([`Threads`], or any other of rayon's), else in rayon's global pool.
//! Rayon starts the global pool when it is first used and panics where the system grants no thread; loops of this module
//! then run on the calling thread, as they do without the `parallel` feature.

use std::cell::Cell;
#[cfg(feature = "parallel")]
use std::{error::Error, sync::OnceLock};

#[cfg(feature = "parallel")]
use rayon::prelude::*;

thread_local! {
    /// Whether loops that this thread starts run on it alone.
    static ALONE: Cell<bool> = const { Cell::new(false) };
}

/// Number of threads that a loop uses which is started here: at least one.
pub fn num_threads() -> usize {
    #[cfg(feature = "parallel")]
    {
        if !ALONE.get() && (rayon::current_thread_index().is_some() || global_pool_runs()) {
            return rayon::current_num_threads();
        }
    }
    1
}

/// Whether rayon's global pool is there, or can be started: asked once, for a pool that could not be started once will
/// never be.
#[cfg(feature = "parallel")]
fn global_pool_runs() -> bool {
    static RUNS: OnceLock<bool> = OnceLock::new();
    *RUNS.get_or_init(|| match rayon::ThreadPoolBuilder::new().build_global() {
        Ok(()) => true,
        // What the system refuses is the error's source. Without one, the program has started the pool itself.
        Err(error) => error.source().is_none(),
    })
}

/// Threads for the loops of a piece of work.
#[derive(Debug)]
pub struct Threads {
    /// None: the thread that has the work.
    #[cfg(feature = "parallel")]
    pool: Option<rayon::ThreadPool>,
}

impl Threads {
    /// Starts `wanted` threads; fewer, by halves, as long as the system does not grant them. One thread is that which has
    /// the work, and is not started.
    pub fn start(wanted: usize) -> Self {
        #[cfg(feature = "parallel")]
        {
            let counts = std::iter::successors(Some(wanted), |n| Some(n / 2)).take_while(|&n| n > 1);
            let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().ok();
            Self { pool: counts.into_iter().find_map(pool) }
        }
        #[cfg(not(feature = "parallel"))]
        {
            let _ = wanted;
            Self {}
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        #[cfg(feature = "parallel")]
        {
            self.pool.as_ref().map_or(1, rayon::ThreadPool::current_num_threads)
        }
        #[cfg(not(feature = "parallel"))]
        {
            1
        }
    }

    /// Does the work: its loops run on these threads.
    pub fn run<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        #[cfg(feature = "parallel")]
        if let Some(pool) = &self.pool {
            return pool.install(work);
        }
        let _alone = Alone::begin();
        work()
    }
}

/// While it lives, loops that this thread starts run on it alone.
struct Alone {
    before: bool,
}

impl Alone {
    fn begin() -> Self {
        Self { before: ALONE.replace(true) }
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        ALONE.set(self.before);
    }
}

/// Applies `map` to every index of `0..len` and folds the results with `reduce`, from `identity`.
pub fn map_reduce<T: Send>(
    len: usize,
    identity: impl Fn() -> T + Sync + Send,
    map: impl Fn(usize) -> T + Sync + Send,
    reduce: impl Fn(T, T) -> T + Sync + Send,
) -> T {
    #[cfg(feature = "parallel")]
    {
        if num_threads() > 1 && len > 1 {
            return (0..len).into_par_iter().map(map).reduce(identity, reduce);
        }
    }
    (0..len).map(map).fold(identity(), reduce)
}

/// Applies `f(chunk_index, chunk)` to consecutive chunks of `data` of `chunk` elements (the last may be shorter).
pub fn for_each_chunk<T: Send>(data: &mut [T], chunk: usize, f: impl Fn(usize, &mut [T]) + Sync + Send) {
    #[cfg(feature = "parallel")]
    {
        if num_threads() > 1 && data.len() > chunk {
            data.par_chunks_mut(chunk).enumerate().for_each(|(i, c)| f(i, c));
            return;
        }
    }
    for (i, c) in data.chunks_mut(chunk).enumerate() {
        f(i, c);
    }
}

/// `(0..len).map(f).collect()`.
pub fn map_collect<T: Send>(len: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    #[cfg(feature = "parallel")]
    {
        if num_threads() > 1 && len > 1 {
            return (0..len).into_par_iter().map(f).collect();
        }
    }
    (0..len).map(f).collect()
}

/// Applies `f` to every element.
pub fn for_each_mut<T: Send>(data: &mut [T], f: impl Fn(usize, &mut T) + Sync + Send) {
    #[cfg(feature = "parallel")]
    {
        if num_threads() > 1 && data.len() > 1 {
            data.par_iter_mut().enumerate().for_each(|(i, x)| f(i, x));
            return;
        }
    }
    for (i, x) in data.iter_mut().enumerate() {
        f(i, x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thread_is_the_callers() {
        let caller = std::thread::current().id();
        let threads = Threads::start(1);
        assert_eq!(threads.count(), 1);
        let ran_on = threads.run(|| (num_threads(), map_collect(100, |_| std::thread::current().id())));
        assert_eq!(ran_on, (1, vec![caller; 100]));
        assert!(!ALONE.get(), "the flag is taken back");
    }

    #[cfg(feature = "parallel")]
    #[test]
    fn work_runs_on_as_many_threads_as_were_started() {
        let threads = Threads::start(3);
        assert_eq!((threads.count(), threads.run(num_threads)), (3, 3));
        // In a pool, one thread is still one.
        assert_eq!(threads.run(|| Threads::start(1).run(num_threads)), 1);
        assert_eq!(Threads::start(0).count(), 1);
    }

    /// A thread with a stack larger than any address space cannot be started; the loops run all the same.
    #[cfg(all(feature = "parallel", unix))]
    #[test]
    fn loops_run_where_no_thread_can_be_started() {
        const AS_CHILD: &str = "LARIAT_TEST_WITHOUT_THREADS";
        if std::env::var_os(AS_CHILD).is_some() {
            assert!(std::thread::Builder::new().spawn(|| {}).is_err());
            assert_eq!((num_threads(), Threads::start(8).count()), (1, 1));
            assert_eq!(map_collect(4, |i| i * i), [0, 1, 4, 9]);
            assert_eq!(map_reduce(5, || 0, |i| i, |a, b| a + b), 10);
            return;
        }
        let name = "par::tests::loops_run_where_no_thread_can_be_started";
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args([name, "--exact", "--test-threads=1"])
            .env(AS_CHILD, "1")
            .env("RUST_MIN_STACK", (1u64 << 60).to_string())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success() && text.contains("1 passed"), "{child:?}");
    }
}
