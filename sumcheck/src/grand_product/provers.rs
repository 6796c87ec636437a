//! Provers of one grand product each: of dense leaves, row by row, and of sparse ones.

use super::{ProductShape, slot_level_sizes};
use crate::{
    dense_product::LayerProver,
    leaves::LeafSource,
    levels::{LevelFactors, Levels, Stored},
    segments::Segments,
    sparse_product::{SparseLayer, SparseLayerProver},
    weighted::WeightedRoundProver,
};
use ark_ff::One;
use lariat_algebra::Fr;

/// The rounds of one layer, and what they end with.
pub trait LayerRounds {
    /// The rounds.
    fn rounds(&mut self) -> &mut dyn WeightedRoundProver;
    /// Evaluations of the level below at the bound point, group by group.
    fn evaluations(&self) -> Vec<Fr>;
}

/// A grand product in the making.
pub trait ProductProver {
    /// Its numbers.
    fn shape(&self) -> ProductShape;
    /// Computes all levels down to that of `clear` variables, at most as many as leaves have, and returns its `2^clear` values,
    /// group by group.
    fn grow(&mut self, clear: usize) -> Vec<Fr>;
    /// Layer `k` at a point of as many coordinates as it has variables, with a coefficient for each of its polynomials.
    /// Layers are asked for in order, each once.
    fn layer<'s>(&'s mut self, k: usize, point: &[Fr], alphas: &[Fr]) -> Box<dyn LayerRounds + 's>;
}

/// How much the prover of a dense grand product keeps. It changes time and memory, not the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Plan {
    /// The slot level that is kept from the first pass on, 0 being the leaves: levels below it are computed from the
    /// leaves, those above from it. A number beyond the levels keeps none.
    pub keep: usize,
    /// Most bytes a row that the bound factors of a level take once they are kept. The factors of a level are read once
    /// more for each halving that this takes.
    pub table_bytes: usize,
}

impl Default for Plan {
    /// For 18 leaves in each of two groups: three polynomials a group are kept, and 320 bytes a row, whatever the level.
    fn default() -> Self {
        Self { keep: 3, table_bytes: 320 }
    }
}

impl Plan {
    /// Most bytes that a [`DenseProduct`] keeps at once, for so many rows and leaves.
    pub fn bytes(self, rows: u64, num_groups: usize, num_leaves: usize) -> u64 {
        let scalars = |polynomials: usize| (num_groups * polynomials * size_of::<Fr>()) as u64;
        let sizes = slot_level_sizes(num_leaves);
        let top = sizes.len() - 1;
        let kept = if self.keep < top { scalars(sizes[self.keep]) } else { 0 };
        // Both halves of every layer of a tree.
        let trees = kept + 2 * scalars(1);
        let level = |level: usize| {
            let table = scalars(sizes[level]) >> self.depth(num_groups * sizes[level]);
            table + if self.keep <= level { kept } else { 0 }
        };
        rows * (0..top).map(level).chain([trees]).max().unwrap_or(0)
    }

    /// Rounds that read the factors of a level of so many polynomials.
    fn depth(self, polynomials: usize) -> usize {
        let bytes = polynomials * size_of::<Fr>();
        (1..usize::BITS as usize / 2).find(|&d| bytes >> d <= self.table_bytes.max(1)).unwrap_or(1)
    }
}

/// The product of dense leaves; every leaf is one past the rows that the source has.
pub struct DenseProduct<'a> {
    shape: ProductShape,
    plan: Plan,
    levels: Levels<'a>,
    /// `V_{g,k}` of the highest level that is there, before it is sent or taken apart.
    top: Vec<Segments>,
    /// `L, R` of every group, with `V_{g,k} = L R` in `k` variables: the next layer last.
    trees: Vec<Vec<Segments>>,
}

impl<'a> DenseProduct<'a> {
    /// Computes the slot levels.
    ///
    /// # Panics
    /// When there are more rows than `2^num_vars`.
    #[tracing::instrument(name = "dense_product", skip_all, fields(num_vars, num_groups = leaves.shape().0))]
    pub fn new(num_vars: usize, leaves: &'a dyn LeafSource, plan: Plan) -> Self {
        let (num_groups, num_leaves) = leaves.shape();
        assert!(leaves.len() <= 1 << num_vars, "prefix longer than the hypercube");
        let (levels, top) = Levels::new(leaves, plan.keep);
        let shape = ProductShape { num_vars, num_groups, num_leaves };
        Self { shape, plan, levels, top, trees: Vec::new() }
    }
}

impl ProductProver for DenseProduct<'_> {
    fn shape(&self) -> ProductShape {
        self.shape
    }

    fn grow(&mut self, clear: usize) -> Vec<Fr> {
        for _ in clear..self.shape.num_vars {
            let halves: Vec<(Segments, Segments)> =
                std::mem::take(&mut self.top).into_iter().map(Segments::halves).collect();
            self.top = halves.iter().map(|(l, r)| l.product(r)).collect();
            self.trees.push(halves.into_iter().flat_map(|(l, r)| [l, r]).collect());
        }
        let (rows, mut buffer) = (1 << clear, Vec::new());
        let mut values = Vec::with_capacity(rows * self.top.len());
        for group in std::mem::take(&mut self.top) {
            let stored = group.rows(0, rows, &mut buffer);
            values.extend_from_slice(stored);
            values.resize(values.len() + rows - stored.len(), Fr::one());
        }
        values
    }

    fn layer<'s>(&'s mut self, k: usize, point: &[Fr], alphas: &[Fr]) -> Box<dyn LayerRounds + 's> {
        let ProductShape { num_vars, num_groups, .. } = self.shape;
        if k < num_vars {
            let factors = Box::new(Stored { polynomials: self.trees.pop().unwrap_or_default() });
            return Box::new(LayerProver::from_factors(point, factors, vec![true; num_groups], alphas, 1));
        }
        let level = self.levels.top() - 1 - (k - num_vars);
        self.levels.free_above(level);
        let size = self.levels.size(level);
        let has_right = (0..num_groups).flat_map(|_| (0..size.div_ceil(2)).map(|j| 2 * j + 1 < size)).collect();
        let factors = Box::new(LevelFactors { levels: &self.levels, level });
        let depth = self.plan.depth(num_groups * size);
        Box::new(LayerProver::from_factors(point, factors, has_right, alphas, depth))
    }
}

impl LayerRounds for LayerProver<'_> {
    fn rounds(&mut self) -> &mut dyn WeightedRoundProver {
        self
    }

    fn evaluations(&self) -> Vec<Fr> {
        let pairs = self.finals().into_iter().zip(self.has_right());
        pairs.flat_map(|((l, r), both)| std::iter::once(l).chain(both.then_some(r))).collect()
    }
}

/// `G` products over one sparse set of positions, a leaf polynomial each.
pub struct SparseProduct<const G: usize> {
    num_vars: usize,
    /// Levels from the leaves up; the next layer's children last.
    layers: Vec<SparseLayer<G>>,
}

impl<const G: usize> SparseProduct<G> {
    /// The product of these leaves.
    pub fn new(leaves: SparseLayer<G>) -> Self {
        Self { num_vars: leaves.num_vars, layers: vec![leaves] }
    }
}

impl<const G: usize> ProductProver for SparseProduct<G> {
    fn shape(&self) -> ProductShape {
        ProductShape { num_vars: self.num_vars, num_groups: G, num_leaves: 1 }
    }

    fn grow(&mut self, clear: usize) -> Vec<Fr> {
        while let Some(top) = self.layers.last()
            && top.num_vars > clear
        {
            let parent = top.parent();
            self.layers.push(parent);
        }
        let mut values = vec![Fr::one(); G << clear];
        for (at, entry) in self.layers.pop().into_iter().flat_map(|top| top.entries) {
            for (g, value) in entry.into_iter().enumerate() {
                values[(g << clear) + at as usize] = value;
            }
        }
        values
    }

    fn layer<'s>(&'s mut self, k: usize, point: &[Fr], alphas: &[Fr]) -> Box<dyn LayerRounds + 's> {
        let empty = SparseLayer { num_vars: k + 1, entries: Vec::new() };
        let children = self.layers.pop().unwrap_or(empty);
        let mut coefficients = [Fr::one(); G];
        coefficients.copy_from_slice(alphas);
        Box::new(SparseLayerProver::new(point, &children, coefficients))
    }
}

impl<const G: usize> LayerRounds for SparseLayerProver<G> {
    fn rounds(&mut self) -> &mut dyn WeightedRoundProver {
        self
    }

    fn evaluations(&self) -> Vec<Fr> {
        self.finals().into_iter().flat_map(|(l, r)| [l, r]).collect()
    }
}
