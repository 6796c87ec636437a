//! Leaves of multiset products, from compact columns: `1 + a(z) b(z) + linear(z)` on every stored row.

use crate::{
    dense_product::Leaves,
    quadratic::{IntForm, LinearForm},
    rows::RowChunk,
};
use ark_ff::Zero;
use lariat_algebra::{Fr, column::Column, par, wide::SmallAcc};
use std::sync::Arc;

/// Rows handled by one task.
const CHUNK: usize = 1 << 9;

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

/// Evaluates leaves on the rows that the columns store, at most `2^n`. The second factor is computed only on rows
/// where the first is not zero.
pub fn evaluate(columns: &[&Column], leaves: &[LeafForm<'_>]) -> Vec<Leaves> {
    let len = columns.iter().map(|c| c.stored_len()).max().unwrap_or(0);
    let mut out: Vec<Vec<Fr>> = leaves.iter().map(|_| vec![Fr::zero(); len]).collect();
    // Tasks own a range of rows across all leaves, so that each chunk of columns is loaded once.
    let mut tasks: Vec<(usize, Vec<&mut [Fr]>)> = (0..len.div_ceil(CHUNK)).map(|t| (t, Vec::new())).collect();
    for leaf in &mut out {
        for (task, part) in tasks.iter_mut().zip(leaf.chunks_mut(CHUNK)) {
            task.1.push(part);
        }
    }
    par::for_each_mut(&mut tasks, |_, (t, parts)| {
        let rows = parts.first().map_or(0, |p| p.len());
        let chunk = RowChunk::load(columns, *t * CHUNK, rows);
        let mut active = vec![0i64; rows];
        for (form, out) in leaves.iter().zip(parts.iter_mut()) {
            chunk.int_form(form.active, &mut active);
            for (i, (o, &a)) in out.iter_mut().zip(&active).enumerate() {
                *o = if a == 0 && form.linear.terms.is_empty() {
                    form.linear.constant
                } else {
                    let mut acc = SmallAcc::default();
                    chunk.add_linear_form(form.linear, i, 1, &mut acc);
                    if a != 0 {
                        chunk.add_linear_form(form.product, i, a, &mut acc);
                    }
                    acc.reduce()
                };
            }
        }
    });
    drop(tasks);
    out.into_iter().map(Arc::new).collect()
}
