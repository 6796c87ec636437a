//! Data-parallel loops that fall back to one thread without the `parallel` feature.

#[cfg(feature = "parallel")]
use rayon::prelude::*;

/// Applies `map` to every index of `0..len` and folds the results with `reduce`, from `identity`.
pub fn map_reduce<T: Send>(
    len: usize,
    identity: impl Fn() -> T + Sync + Send,
    map: impl Fn(usize) -> T + Sync + Send,
    reduce: impl Fn(T, T) -> T + Sync + Send,
) -> T {
    #[cfg(feature = "parallel")]
    {
        if rayon::current_num_threads() > 1 && len > 1 {
            return (0..len).into_par_iter().map(map).reduce(identity, reduce);
        }
    }
    (0..len).map(map).fold(identity(), reduce)
}

/// Applies `f(chunk_index, chunk)` to consecutive chunks of `data` of `chunk` elements (the last may be shorter).
pub fn for_each_chunk<T: Send>(data: &mut [T], chunk: usize, f: impl Fn(usize, &mut [T]) + Sync + Send) {
    #[cfg(feature = "parallel")]
    {
        if rayon::current_num_threads() > 1 && data.len() > chunk {
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
        if rayon::current_num_threads() > 1 && len > 1 {
            return (0..len).into_par_iter().map(f).collect();
        }
    }
    (0..len).map(f).collect()
}

/// Applies `f` to every element.
pub fn for_each_mut<T: Send>(data: &mut [T], f: impl Fn(usize, &mut T) + Sync + Send) {
    #[cfg(feature = "parallel")]
    {
        if rayon::current_num_threads() > 1 && data.len() > 1 {
            data.par_iter_mut().enumerate().for_each(|(i, x)| f(i, x));
            return;
        }
    }
    for (i, x) in data.iter_mut().enumerate() {
        f(i, x);
    }
}
