//! Leaves of multiset products, `active(z) product(z) + linear(z)` on every stored row, computed from compact columns when
//! they are asked for.
//!
//! A leaf takes 32 bytes a row where the columns behind it take a few, and most of a prover's memory would be leaves. So
//! nothing keeps them: a [`LeafSource`] evaluates a chunk of rows at a time, as often as the rounds of a sumcheck need it.

use crate::{
    dense_product::Leaves,
    quadratic::{IntForm, LinearForm},
    rows::{bias, bias_of, copy_rows},
};
use ark_ff::{AdditiveGroup, Field, PrimeField};
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
    forms::{IntegerRows, SmallForm},
};

/// Leaves, evaluated when they are asked for.
pub trait LeafSource: Sync {
    /// Rows that are stored: past them every leaf is one.
    fn len(&self) -> usize;
    /// Whether no row is stored.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Number of groups and of leaves in each.
    fn shape(&self) -> (usize, usize);
    /// Writes the stored ones of rows `start..start + rows` of leaf `j` of group `g` to `out[g * leaves + j]`, in place of
    /// what is there.
    fn load(&self, start: usize, rows: usize, out: &mut [Vec<Fr>]);
}

/// Leaves that are there: `groups[g][j]` is leaf `j` of group `g`.
pub struct StoredLeaves {
    groups: Vec<Vec<Leaves>>,
    len: usize,
}

impl StoredLeaves {
    /// All prefixes have one length, all groups one number of leaves.
    ///
    /// # Panics
    /// When there is no leaf, or lengths or numbers differ.
    pub fn new(groups: Vec<Vec<Leaves>>) -> Self {
        let num_leaves = groups.first().map_or(0, Vec::len);
        assert!(num_leaves > 0, "every group needs a leaf");
        assert!(groups.iter().all(|g| g.len() == num_leaves), "all groups have one number of leaves");
        let len = groups[0][0].len();
        assert!(groups.iter().flatten().all(|leaf| leaf.len() == len), "all leaf prefixes have one length");
        Self { groups, len }
    }
}

impl LeafSource for StoredLeaves {
    fn len(&self) -> usize {
        self.len
    }

    fn shape(&self) -> (usize, usize) {
        (self.groups.len(), self.groups[0].len())
    }

    fn load(&self, start: usize, rows: usize, out: &mut [Vec<Fr>]) {
        let range = start.min(self.len)..self.len.min(start + rows);
        for (leaf, out) in self.groups.iter().flatten().zip(out) {
            out.clear();
            out.extend_from_slice(&leaf[range.clone()]);
        }
    }
}

/// One leaf polynomial: `active(z) * product(z) + linear(z)`, the constant one being part of `linear`.
#[derive(Clone, Copy, Debug)]
pub struct LeafForm<'a> {
    /// First factor: zero on rows that do not use the leaf.
    pub active: &'a IntForm,
    /// Second factor.
    pub product: &'a LinearForm,
    /// Affine part.
    pub linear: &'a LinearForm,
}

/// Leaves of one group after the other, as forms over columns.
pub struct ColumnLeaves<'a> {
    columns: Vec<&'a Column>,
    len: usize,
    num_groups: usize,
    num_leaves: usize,
    uses: Vec<Use<'a>>,
}

/// Leaves with one first factor: they are computed on the rows where it is not zero, from columns copied together.
struct Use<'a> {
    active: &'a IntForm,
    /// Columns that are copied, each once.
    copied: Vec<usize>,
    leaves: Vec<CompiledLeaf<'a>>,
}

struct CompiledLeaf<'a> {
    at: usize,
    form: LeafForm<'a>,
    /// The value where the first factor is one.
    value: Value,
    /// The affine part as a constant and small multiples of flags.
    tags: Option<Vec<(usize, u32)>>,
}

enum Value {
    /// A form over the copied columns.
    Form(SmallForm),
    /// That of an earlier leaf of the same use, and so much; where the first factor is zero, the same.
    Plus(usize, Fr),
}

/// Memory that evaluations of one use after the other share.
#[derive(Default)]
struct Work {
    active: Vec<i64>,
    column: Vec<u32>,
    /// Sums of tags.
    sums: Vec<u32>,
    /// Rows where the first factor is one.
    ones: Vec<u32>,
    copies: IntegerRows,
    values: Vec<Fr>,
}

/// A small integer, if the element is one.
fn small(x: Fr) -> Option<u32> {
    let limbs = x.into_bigint().0;
    (limbs[0] < 1 << 20 && limbs[1..] == [0; 3]).then_some(limbs[0] as u32)
}

impl<'a> ColumnLeaves<'a> {
    /// `groups[g][j]` is leaf `j` of group `g`.
    ///
    /// # Panics
    /// When there is no leaf, or groups have different numbers of leaves.
    pub fn new(columns: &[&'a Column], groups: &[Vec<LeafForm<'a>>]) -> Self {
        let num_leaves = groups.first().map_or(0, Vec::len);
        assert!(num_leaves > 0, "every group needs a leaf");
        assert!(groups.iter().all(|g| g.len() == num_leaves), "all groups have one number of leaves");
        let mut uses: Vec<Use<'a>> = Vec::new();
        for (at, form) in groups.iter().flatten().enumerate() {
            let existing = uses.iter().position(|u| u.active == form.active);
            let index = existing.unwrap_or_else(|| {
                uses.push(Use { active: form.active, copied: Vec::new(), leaves: Vec::new() });
                uses.len() - 1
            });
            uses[index].add(at, *form, columns);
        }
        let len = columns.iter().map(|c| c.stored_len()).max().unwrap_or(0);
        Self { columns: columns.to_vec(), len, num_groups: groups.len(), num_leaves, uses }
    }
}

impl<'a> Use<'a> {
    fn add(&mut self, at: usize, form: LeafForm<'a>, columns: &[&Column]) {
        let same = |a: &[(usize, Fr)], b: &[(usize, Fr)]| a == b;
        let twin = self
            .leaves
            .iter()
            .position(|leaf| same(&leaf.form.product.terms, &form.product.terms) && leaf.form.linear == form.linear);
        let is_flag = |k: usize| matches!(columns[k].data(), ColumnData::Bool(_));
        let tag = |&(k, c): &(usize, Fr)| small(c).filter(|_| is_flag(k)).map(|c| (k, c));
        let tags: Option<Vec<(usize, u32)>> = form.linear.terms.iter().map(tag).collect();
        let constant = form.linear.constant + form.product.constant;
        let value = if let Some(twin) = twin {
            Value::Plus(twin, form.product.constant - self.leaves[twin].form.product.constant)
        } else {
            let mut sum = LinearForm { constant, terms: form.product.terms.clone() };
            if tags.is_none() {
                form.linear.terms.iter().for_each(|&(k, c)| sum.add_term(k, c));
            }
            for &(k, _) in &sum.terms {
                if !self.copied.contains(&k) {
                    self.copied.push(k);
                }
            }
            let place = |k: usize| 1 + self.copied.iter().position(|c| *c == k).unwrap_or_default();
            let mut terms: Vec<(usize, Fr)> = sum.terms.iter().map(|&(k, c)| (place(k), c)).collect();
            if tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
                // The sum of tags is one more column, the first.
                terms.push((TAGS, Fr::ONE));
            }
            Value::Form(SmallForm::new(sum.constant - bias_of(&sum, columns), terms))
        };
        self.leaves.push(CompiledLeaf { at, form, value, tags });
    }

    fn load(&self, columns: &[&Column], start: usize, rows: usize, work: &mut Work, out: &mut [Vec<Fr>]) {
        work.active.clear();
        work.active.resize(rows, self.active.constant);
        for &(k, c) in &self.active.terms {
            let bias = i64::from(bias(columns[k]));
            work.column.resize(rows, 0);
            copy_rows(columns[k], start, 0..rows, &mut work.column);
            work.active.iter_mut().zip(&work.column).for_each(|(a, &x)| *a += c * (i64::from(x) - bias));
        }
        work.ones.clear();
        work.ones.extend((0..rows as u32).filter(|&i| work.active[i as usize] == 1));
        let others: Vec<usize> = (0..rows).filter(|&i| !(0..=1).contains(&work.active[i])).collect();
        work.copies.reset(work.ones.len(), 1 + self.copied.len());
        for (k, &column) in self.copied.iter().enumerate() {
            let rows = work.ones.iter().map(|&i| i as usize);
            copy_rows(columns[column], start, rows, work.copies.column_mut(1 + k));
        }
        for leaf in &self.leaves {
            let LeafForm { linear, product, .. } = leaf.form;
            let mut values = std::mem::take(&mut out[leaf.at]);
            values.clear();
            match &leaf.value {
                Value::Form(form) => {
                    fill_idle(leaf, columns, start, work, &mut values);
                    if work.ones.len() == rows {
                        form.evaluate(&work.copies, &mut values, 1);
                    } else {
                        work.values.resize(work.ones.len(), Fr::ZERO);
                        form.evaluate(&work.copies, &mut work.values, 1);
                        work.ones.iter().zip(&work.values).for_each(|(&i, x)| values[i as usize] = *x);
                    }
                }
                Value::Plus(twin, difference) => {
                    values.extend_from_slice(&out[self.leaves[*twin].at]);
                    work.ones.iter().for_each(|&i| values[i as usize] += difference);
                }
            }
            for &i in &others {
                let [a, b] = [product, linear].map(|form| eval_row(form, columns, start + i));
                values[i] = Fr::from(work.active[i]) * a + b;
            }
            out[leaf.at] = values;
        }
    }
}

/// The affine part, which is all where the first factor is zero; sums of tags go to the copied columns too.
fn fill_idle(leaf: &CompiledLeaf<'_>, columns: &[&Column], start: usize, work: &mut Work, values: &mut Vec<Fr>) {
    let (rows, linear) = (work.active.len(), leaf.form.linear);
    values.resize(rows, linear.constant);
    let idle = |i: &usize| work.active[*i] == 0;
    match &leaf.tags {
        Some(tags) if tags.is_empty() => {}
        Some(tags) => {
            let sums = add_tags(tags, columns, start, rows, &mut work.sums);
            for i in (0..rows).filter(|&i| sums[i] != 0).filter(idle) {
                values[i] += Fr::from(sums[i]);
            }
            for (x, &i) in work.copies.column_mut(TAGS).iter_mut().zip(&work.ones) {
                *x = sums[i as usize];
            }
        }
        None => (0..rows).filter(idle).for_each(|i| values[i] = eval_row(linear, columns, start + i)),
    }
}

/// Place of the sum of tags among the copied columns.
const TAGS: usize = 0;

/// Sums of tags of the flags that are set, row by row.
fn add_tags<'w>(
    tags: &[(usize, u32)],
    columns: &[&Column],
    start: usize,
    rows: usize,
    sums: &'w mut Vec<u32>,
) -> &'w [u32] {
    sums.clear();
    sums.resize(rows, 0);
    for &(k, tag) in tags {
        if let ColumnData::Bool(flags) = columns[k].data() {
            let flags = &flags[start.min(flags.len())..];
            sums.iter_mut().zip(flags).for_each(|(sum, &flag)| *sum += tag * u32::from(flag));
        }
    }
    sums
}

fn eval_row(form: &LinearForm, columns: &[&Column], row: usize) -> Fr {
    form.terms.iter().map(|&(k, c)| c * columns[k].get(row)).sum::<Fr>() + form.constant
}

impl LeafSource for ColumnLeaves<'_> {
    fn len(&self) -> usize {
        self.len
    }

    fn shape(&self) -> (usize, usize) {
        (self.num_groups, self.num_leaves)
    }

    fn load(&self, start: usize, rows: usize, out: &mut [Vec<Fr>]) {
        let rows = rows.min(self.len.saturating_sub(start));
        let mut work = Work::default();
        for group in &self.uses {
            group.load(&self.columns, start, rows, &mut work, out);
        }
    }
}
