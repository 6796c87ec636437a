//! Raw input and output: byte slices over the memory cells.

use core::ptr::{with_exposed_provenance, with_exposed_provenance_mut};
use core::slice;

use crate::layout::{INPUT, MAX_OUTPUT_BYTES, OUTPUT, PRIVATE_INPUT};

/// The public input. Part of the statement: the verifier sees it. Costs three instructions; nothing is copied. The
/// slice starts on a word boundary.
#[inline]
pub fn input() -> &'static [u8] {
    // SAFETY: the VM maps the region before the first step and the guest has no means to write to it.
    unsafe { region(INPUT) }
}

/// The private input. Bound by the proof but not shown to the verifier (the proof is not zero-knowledge). Otherwise
/// as [`input`].
#[inline]
pub fn private_input() -> &'static [u8] {
    // SAFETY: as for `input`.
    unsafe { region(PRIVATE_INPUT) }
}

/// # Safety
/// `base` is one of the two input regions.
#[inline(always)]
unsafe fn region(base: usize) -> &'static [u8] {
    let length = with_exposed_provenance::<u32>(base);
    // SAFETY: an input region is a length word followed by that many bytes, constant during the run.
    unsafe { slice::from_raw_parts(length.add(1).cast(), length.read() as usize) }
}

/// Number of bytes committed so far. The output's length word is the only cursor there is.
#[inline]
pub fn committed_len() -> usize {
    // SAFETY: the length word of the output region is always mapped.
    unsafe { with_exposed_provenance::<u32>(OUTPUT).read_volatile() as usize }
}

/// Appends `bytes` to the public output. Whole words are copied where both sides lie on word boundaries.
///
/// # Panics
/// When the output region is full (64 MiB).
#[inline]
pub fn commit(bytes: &[u8]) {
    let (used, len) = (committed_len(), bytes.len());
    reserve(used, len);
    // SAFETY: `reserve` has checked that the bytes fit into the region; it belongs to this module alone.
    unsafe { output_at(used).copy_from_nonoverlapping(bytes.as_ptr(), len) };
    set_committed_len(used + len);
}

/// Appends four bytes, little-endian: one store when the output so far is a whole number of words.
///
/// # Panics
/// As [`commit`].
#[inline]
pub fn commit_u32(value: u32) {
    let used = committed_len();
    if !used.is_multiple_of(4) {
        return commit(&value.to_le_bytes());
    }
    reserve(used, 4);
    #[allow(clippy::cast_ptr_alignment, reason = "the alignment is tested above")]
    let word = output_at(used).cast::<u32>();
    // SAFETY: in bounds by `reserve`, aligned by the test above.
    unsafe { word.write(value) };
    set_committed_len(used + 4);
}

/// Appends eight bytes, little-endian.
///
/// # Panics
/// As [`commit`].
#[inline]
pub fn commit_u64(value: u64) {
    commit_u32(value as u32);
    commit_u32((value >> 32) as u32);
}

/// Panics unless `len` more bytes fit behind the `used` ones.
#[inline(always)]
pub(crate) fn reserve(used: usize, len: usize) {
    if len > MAX_OUTPUT_BYTES || used > MAX_OUTPUT_BYTES - len {
        crate::panic_exit();
    }
}

/// Address of byte `offset` of the output.
#[inline(always)]
pub(crate) fn output_at(offset: usize) -> *mut u8 {
    with_exposed_provenance_mut(OUTPUT + 4 + offset)
}

#[inline(always)]
pub(crate) fn set_committed_len(len: usize) {
    // SAFETY: as for `committed_len`.
    unsafe { with_exposed_provenance_mut::<u32>(OUTPUT).write_volatile(len as u32) };
}
