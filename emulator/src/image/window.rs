//! A long sequence of which only runs are stored: the code window, whose gaps may be far larger than its code.

use std::borrow::Cow;
use std::ops::Index;

/// `len` elements, of which runs are stored and all others are one and the same. Memory: the stored elements.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Window<T> {
    len: usize,
    gap: T,
    runs: Vec<Run<T>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Run<T> {
    start: usize,
    items: Vec<T>,
}

impl<T> Run<T> {
    fn end(&self) -> usize {
        self.start + self.items.len()
    }
}

impl<T> Window<T> {
    /// No elements yet; those that are not stored will be `gap`.
    pub const fn new(gap: T) -> Self {
        Self { len: 0, gap, runs: Vec::new() }
    }

    /// Stores `items` from `start` on, behind everything that is stored; in between is a gap.
    ///
    /// # Panics
    /// When `start` is below the length.
    pub fn push_run(&mut self, start: usize, items: Vec<T>) {
        assert!(start >= self.len, "runs come in the order of their places");
        if items.is_empty() {
            return;
        }
        self.len = start + items.len();
        match self.runs.last_mut() {
            Some(last) if last.end() == start => last.items.extend(items),
            _ => self.runs.push(Run { start, items }),
        }
    }

    /// Appends a gap, up to a length of `len`; nothing if the window is as long already.
    pub fn extend_to(&mut self, len: usize) {
        self.len = self.len.max(len);
    }

    /// Number of elements, gaps included.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no element.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Number of elements that are stored.
    pub fn stored(&self) -> usize {
        self.runs.iter().map(|run| run.items.len()).sum()
    }

    /// Element `index`, of a run or of a gap; `None` behind the end.
    pub fn get(&self, index: usize) -> Option<&T> {
        let behind = self.runs.partition_point(|run| run.start <= index);
        let stored = behind.checked_sub(1).and_then(|k| {
            let run = self.runs.get(k)?;
            run.items.get(index - run.start)
        });
        stored.or_else(|| (index < self.len).then_some(&self.gap))
    }

    /// The runs, each with the index of its first element, in order and apart.
    pub fn runs(&self) -> impl Iterator<Item = (usize, &[T])> {
        self.runs.iter().map(|run| (run.start, run.items.as_slice()))
    }

    /// The stored elements with their indices, in order.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &T)> {
        self.runs().flat_map(|(start, items)| (start..).zip(items))
    }

    /// The stored elements in order.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.runs.iter_mut().flat_map(|run| &mut run.items)
    }
}

impl<T: Clone> Window<T> {
    /// All elements side by side: copied only if there is a gap.
    pub fn flat(&self) -> Cow<'_, [T]> {
        match self.runs.as_slice() {
            [run] if run.items.len() == self.len => Cow::Borrowed(&run.items),
            runs => {
                let mut all = Vec::with_capacity(self.len);
                for run in runs {
                    all.resize(run.start, self.gap.clone());
                    all.extend_from_slice(&run.items);
                }
                all.resize(self.len, self.gap.clone());
                Cow::Owned(all)
            }
        }
    }
}

impl<T> Index<usize> for Window<T> {
    type Output = T;

    /// Element `index`.
    ///
    /// # Panics
    /// When `index` is not below the length.
    fn index(&self, index: usize) -> &T {
        self.get(index).expect("an index below the window's length")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_gaps_are_where_they_were_put() {
        let mut window = Window::new(0);
        assert!(window.is_empty() && window.flat().is_empty());
        window.push_run(1, vec![1, 2]);
        window.push_run(3, vec![3]);
        window.push_run(9, Vec::new());
        window.push_run(6, vec![6, 7]);
        window.extend_to(10);
        window.extend_to(4);
        let all = [0, 1, 2, 3, 0, 0, 6, 7, 0, 0];
        assert_eq!(window.flat().as_ref(), all);
        assert_eq!((window.len(), window.stored()), (10, 5));
        assert!((0..10).all(|i| window[i] == all[i]));
        assert_eq!(window.get(10), None);
        assert_eq!(window.runs().collect::<Vec<_>>(), [(1, &[1, 2, 3][..]), (6, &[6, 7])]);
        assert_eq!(window.iter().map(|(i, x)| (i, *x)).collect::<Vec<_>>(), [(1, 1), (2, 2), (3, 3), (6, 6), (7, 7)]);
        window.iter_mut().for_each(|x| *x += 10);
        assert_eq!(window.flat().as_ref(), [0, 11, 12, 13, 0, 0, 16, 17, 0, 0]);
    }

    #[test]
    fn a_window_without_gaps_is_not_copied() {
        let mut window = Window::new(0);
        window.push_run(0, vec![1, 2]);
        assert!(matches!(window.flat(), Cow::Borrowed([1, 2])));
        window.extend_to(3);
        assert!(matches!(window.flat(), Cow::Owned(all) if all == [1, 2, 0]));
    }
}
