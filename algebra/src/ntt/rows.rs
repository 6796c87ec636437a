//! Small integers to field elements.

use crate::Fr;
use crate::ifma::{self, ntt as vector};
use crate::msm::RowValues;
use ark_ff::{BigInt, Field, PrimeField, Zero};

/// Elements that are converted at a time.
const TILE: usize = 1 << 10;

pub(super) fn widen(row: RowValues<'_>) -> Vec<Fr> {
    match row {
        RowValues::Bool(v) => {
            let values = [Fr::from(0u64), Fr::from(1u64)];
            used(v).iter().map(|&bit| values[usize::from(bit)]).collect()
        }
        RowValues::U8(v) => integers(used(v), |&x| x.into()),
        RowValues::U16(v) => integers(used(v), |&x| x.into()),
        RowValues::U32(v) => integers(used(v), |&x| x.into()),
        RowValues::U64(v) => integers(used(v), |&x| x),
        RowValues::I32(v) => {
            let v = used(v);
            let mut out = integers(v, |x| x.unsigned_abs().into());
            for (x, _) in out.iter_mut().zip(v).filter(|(_, value)| **value < 0) {
                *x = -*x;
            }
            out
        }
        RowValues::Field(v) => used(v).to_vec(),
        RowValues::Sparse { entries, offset } => {
            let end = entries.iter().rposition(|e| e.1 != 0).map_or(0, |last| last + 1);
            let entries = &entries[..end];
            let mut out = vec![Fr::zero(); entries.last().map_or(0, |e| (e.0 - offset) as usize + 1)];
            for &(index, value) in entries {
                out[(index - offset) as usize] = value.into();
            }
            out
        }
        RowValues::Stack { .. } => {
            let mut out = Vec::new();
            row.for_each_part(&mut |start, part| {
                let values = widen(part);
                if !values.is_empty() {
                    out.resize(start, Fr::zero());
                    out.extend(values);
                }
            });
            out
        }
    }
}

pub(super) fn constant(row: RowValues<'_>) -> Option<Fr> {
    let is_constant = match row {
        RowValues::Bool(v) => used(v).len() <= 1,
        RowValues::U8(v) => used(v).len() <= 1,
        RowValues::U16(v) => used(v).len() <= 1,
        RowValues::U32(v) => used(v).len() <= 1,
        RowValues::I32(v) => used(v).len() <= 1,
        RowValues::U64(v) => used(v).len() <= 1,
        RowValues::Field(v) => used(v).len() <= 1,
        RowValues::Sparse { entries, offset } => entries.iter().all(|&(index, value)| index == offset || value == 0),
        RowValues::Stack { .. } => {
            let mut is_constant = true;
            row.for_each_part(&mut |start, part| {
                is_constant &= if start == 0 { constant(part).is_some() } else { part.is_zero() };
            });
            is_constant
        }
    };
    is_constant.then(|| widen(row).first().copied().unwrap_or_else(Fr::zero))
}

/// The values up to the last one that is not zero.
fn used<T: Default + PartialEq>(values: &[T]) -> &[T] {
    &values[..values.iter().rposition(|v| *v != T::default()).map_or(0, |last| last + 1)]
}

/// Montgomery forms: words times `2^512`, reduced.
fn integers<T>(values: &[T], word: impl Fn(&T) -> u64) -> Vec<Fr> {
    if !ifma::is_available() {
        return values.iter().map(|v| Fr::from(word(v))).collect();
    }
    let radix = Fr::from(2u64).pow([u64::from(Fr::MODULUS_BIT_SIZE.next_multiple_of(64))]);
    let mut out: Vec<Fr> = Vec::with_capacity(values.len());
    for values in values.chunks(TILE) {
        let start = out.len();
        // The integers in the place of Montgomery forms: elements too small by the radix.
        out.extend(values.iter().map(|v| Fr::new_unchecked(BigInt([word(v), 0, 0, 0]))));
        let (vectors, rest) = out[start..].split_at_mut(values.len() & !(vector::LANES - 1));
        vector::scale(vectors, radix);
        for x in rest {
            *x *= radix;
        }
    }
    out
}
