//! The slot levels of a dense grand product, a chunk of rows at a time.
//!
//! Level 0 are the leaves; in every level a group has half as many polynomials as in the level below, products of two
//! neighbours, up to one. One level may be kept; the others are computed from it, or from the leaves if they lie below,
//! as often as they are needed.

use crate::{dense_product::Factors, kernels::Multiplication, leaves::LeafSource, segments::Segments};
use lariat_algebra::{Fr, par};

/// Rows that one task computes.
const CHUNK: usize = 1 << 8;

/// The levels over a source of leaves.
pub(crate) struct Levels<'a> {
    leaves: &'a dyn LeafSource,
    num_groups: usize,
    /// Polynomials of a group by level, from the leaves to one.
    sizes: Vec<usize>,
    /// A level that is there, and its polynomials by group.
    kept: Option<(usize, Vec<Segments>)>,
}

impl<'a> Levels<'a> {
    /// The levels, and the top one: a polynomial a group. The level `keep` is kept, if it is one between leaves and top.
    pub fn new(leaves: &'a dyn LeafSource, keep: usize) -> (Self, Vec<Segments>) {
        let (num_groups, num_leaves) = leaves.shape();
        let sizes: Vec<usize> = std::iter::successors(Some(num_leaves), |&k| (k > 1).then(|| k.div_ceil(2))).collect();
        let mut this = Self { leaves, num_groups, sizes, kept: None };
        let top = this.top();
        if keep >= top {
            let roots = this.compute(&[top]).into_iter().flatten().collect();
            return (this, roots);
        }
        let mut both = this.compute(&[keep, top]).into_iter();
        let kept = both.next().unwrap_or_default();
        this.kept = Some((keep, kept));
        (this, both.next().unwrap_or_default())
    }

    /// The highest level.
    pub fn top(&self) -> usize {
        self.sizes.len() - 1
    }

    /// Polynomials of a group in a level.
    pub fn size(&self, level: usize) -> usize {
        self.sizes[level]
    }

    /// Whole levels, in increasing order.
    #[tracing::instrument(name = "levels", skip_all)]
    fn compute(&self, levels: &[usize]) -> Vec<Vec<Segments>> {
        let len = self.leaves.len();
        let counts: Vec<usize> = levels.iter().map(|&l| self.num_groups * self.sizes[l]).collect();
        let mut out: Vec<Segments> = (0..counts.iter().sum()).map(|_| Segments::zeros(len)).collect();
        // Tasks own a range of rows of all polynomials.
        let mut tasks: Vec<Vec<&mut [Fr]>> = (0..len.div_ceil(CHUNK)).map(|_| Vec::new()).collect();
        for v in &mut out {
            tasks.iter_mut().zip(v.chunks_mut(CHUNK)).for_each(|(task, part)| task.push(part));
        }
        par::for_each_mut(&mut tasks, |t, parts| {
            let mut buffers = Buffers::default();
            let mut parts = parts.iter_mut();
            let mut from = 0;
            self.load_leaves(t * CHUNK, CHUNK, &mut buffers);
            for &level in levels {
                self.climb(from, level, &mut buffers);
                from = level;
                let computed = self.at_level(level, &buffers.polynomials);
                computed.zip(&mut parts).for_each(|(v, part)| part.copy_from_slice(v));
            }
        });
        let mut out = out.into_iter();
        counts.into_iter().map(|n| out.by_ref().take(n).collect()).collect()
    }

    fn load_leaves(&self, start: usize, rows: usize, buffers: &mut Buffers) {
        buffers.polynomials.resize(self.num_groups * self.sizes[0], Vec::new());
        self.leaves.load(start, rows, &mut buffers.polynomials);
    }

    /// The polynomials of a level in the buffers, where each takes the place of the first of its children.
    fn at_level<'b>(&self, level: usize, polynomials: &'b [Vec<Fr>]) -> impl Iterator<Item = &'b [Fr]> {
        let (size, stride) = (self.sizes[level], self.sizes[0]);
        (0..self.num_groups).flat_map(move |g| (0..size).map(move |j| polynomials[g * stride + j].as_slice()))
    }

    /// From one level to a higher one, in the buffers.
    fn climb(&self, from: usize, to: usize, buffers: &mut Buffers) {
        let Buffers { polynomials, multiplication, .. } = buffers;
        for level in from..to {
            for group in polynomials.chunks_mut(self.sizes[0]) {
                for j in 0..self.sizes[level].div_ceil(2) {
                    if 2 * j + 1 < self.sizes[level] {
                        let [left, right] = [2 * j, 2 * j + 1].map(|k| std::mem::take(&mut group[k]));
                        let mut product = left;
                        multiplication.multiply(&mut product, &right);
                        group[2 * j + 1] = right;
                        group[j] = product;
                    } else {
                        group.swap(j, 2 * j);
                    }
                }
            }
        }
    }

    /// Lets go of the kept level if it lies above `level`.
    pub fn free_above(&mut self, level: usize) {
        if self.kept.as_ref().is_some_and(|kept| kept.0 > level) {
            self.kept = None;
        }
    }
}

/// What a task computes levels in.
#[derive(Default)]
pub(crate) struct Buffers {
    polynomials: Vec<Vec<Fr>>,
    multiplication: Multiplication,
    long: Vec<Vec<Fr>>,
}

/// Rows of stored polynomials: see [`Segments::rows`].
fn rows_of<'s>(polynomials: &'s [Segments], start: usize, rows: usize, long: &'s mut Vec<Vec<Fr>>) -> Vec<&'s [Fr]> {
    long.resize(polynomials.len(), Vec::new());
    polynomials.iter().zip(long).map(|(v, buffer)| v.rows(start, rows, buffer)).collect()
}

/// Polynomials that are there.
pub(crate) struct Stored {
    /// All of one length.
    pub polynomials: Vec<Segments>,
}

impl Factors for Stored {
    fn len(&self) -> usize {
        self.polynomials.first().map_or(0, Segments::len)
    }

    fn rows<'s>(&'s self, start: usize, rows: usize, buffers: &'s mut Buffers) -> Vec<&'s [Fr]> {
        rows_of(&self.polynomials, start, rows, &mut buffers.long)
    }
}

/// One level as the factors of the level above.
pub(crate) struct LevelFactors<'a> {
    pub levels: &'a Levels<'a>,
    pub level: usize,
}

impl Factors for LevelFactors<'_> {
    fn len(&self) -> usize {
        self.levels.leaves.len()
    }

    fn rows<'s>(&'s self, start: usize, rows: usize, buffers: &'s mut Buffers) -> Vec<&'s [Fr]> {
        let Self { levels, level } = self;
        match &levels.kept {
            Some((kept, polynomials)) if kept <= level => {
                if kept == level {
                    return rows_of(polynomials, start, rows, &mut buffers.long);
                }
                buffers.polynomials.resize(levels.num_groups * levels.sizes[0], Vec::new());
                for (group, kept) in
                    buffers.polynomials.chunks_mut(levels.sizes[0]).zip(polynomials.chunks(levels.sizes[*kept]))
                {
                    for (out, v) in group.iter_mut().zip(kept) {
                        let mut buffer = Vec::new();
                        out.clear();
                        out.extend_from_slice(v.rows(start, rows, &mut buffer));
                    }
                }
                levels.climb(*kept, *level, buffers);
            }
            _ => {
                levels.load_leaves(start, rows, buffers);
                levels.climb(0, *level, buffers);
            }
        }
        levels.at_level(*level, &buffers.polynomials).collect()
    }
}
