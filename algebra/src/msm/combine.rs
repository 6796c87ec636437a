//! Linear combinations of rows: the prover's half of an opening.

use super::rows::RowValues;
use crate::count::{self, Kernel};
use crate::wide::{ProductAcc, SmallAcc};
use crate::{Fr, par};
use ark_ff::Zero;

/// Positions that are accumulated together; their accumulators fit the second-level cache.
const TILE: usize = 512;

/// `out[j] = sum_t coefficient_t * row_t[j]` for `j < len`, rows counting as padded with zeros.
///
/// Integer rows cost four word products a nonzero value and no reduction; field rows cost sixteen. Positions run in
/// parallel.
///
/// # Panics
/// When a row is longer than `len`.
pub fn combine_rows(terms: &[(Fr, RowValues<'_>)], len: usize) -> Vec<Fr> {
    for (_, row) in terms {
        assert!(row.end() <= len, "row of {} values combined into {len}", row.end());
    }
    for (_, row) in terms.iter().filter(|term| !term.0.is_zero()) {
        row.for_each_part(&mut |_, part| {
            let kernel = if part.has_elements() { Kernel::InnerProducts } else { Kernel::IntegerSums };
            count::add(kernel, part.num_stored());
        });
    }
    let mut out = vec![Fr::zero(); len];
    par::for_each_chunk(&mut out, TILE, |tile, out| {
        let mut small = vec![SmallAcc::default(); out.len()];
        let mut wide = Vec::new();
        for (coefficient, row) in terms.iter().filter(|term| !term.0.is_zero()) {
            row.slice(tile * TILE, out.len()).for_each_part(&mut |start, part| match part {
                RowValues::Bool(values) => {
                    for (acc, _) in small[start..].iter_mut().zip(values).filter(|(_, bit)| **bit) {
                        acc.add(*coefficient);
                    }
                }
                RowValues::Field(values) => {
                    if !values.is_empty() {
                        wide.resize(out.len(), ProductAcc::default());
                    }
                    let accs = wide.iter_mut().skip(start);
                    for (acc, value) in accs.zip(values).filter(|(_, value)| !value.is_zero()) {
                        acc.add(*coefficient, *value);
                    }
                }
                integers => integers.for_each_nonzero(|j, magnitude, negative| {
                    if negative {
                        small[start + j].sub_u64(*coefficient, magnitude);
                    } else {
                        small[start + j].add_u64(*coefficient, magnitude);
                    }
                }),
            });
        }
        for (j, value) in out.iter_mut().enumerate() {
            *value = small[j].reduce();
            if let Some(acc) = wide.get(j) {
                *value += acc.reduce();
            }
        }
    });
    out
}
