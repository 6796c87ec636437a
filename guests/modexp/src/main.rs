//! `base ^ exponent mod modulus` with numbers of `limbs` words: schoolbook products (MUL, MULHU) and long division
//! (DIVU, REMU) after Knuth, TAOCP vol. 2, 4.3.1, algorithm D.
//!
//! The numbers come from one pseudo-random stream, least significant limb first: base, modulus (made odd, top bit
//! set), exponent (`exponent_bits` bits, the top one set).
//!
//! Input: u32 `limbs` (2 to 128), u32 `exponent_bits`, u32 seed. Output: `4 * limbs` bytes, little-endian. Exit code 3
//! when `limbs` is out of range.
#![no_std]
#![no_main]

extern crate alloc;

mod arith;

use alloc::vec;
use alloc::vec::Vec;

use lariat_guest::{ExitCode, Reader, commit_u32};
use lariat_guest_xorshift::XorShift32;

lariat_guest::entry!(main);

fn main() -> Result<(), ExitCode> {
    let mut input = Reader::public();
    let limbs = input.read_u32()? as usize;
    let exponent_bits = input.read_u32()?;
    let mut random = XorShift32::new(input.read_u32()?);
    if !(2..=128).contains(&limbs) {
        return Err(ExitCode(3));
    }
    let mut number = |limbs: usize| -> Vec<u32> { (0..limbs).map(|_| random.next_u32()).collect() };

    let base = number(limbs);
    let mut modulus = number(limbs);
    modulus[0] |= 1;
    modulus[limbs - 1] |= 1 << 31;
    let mut exponent = number(exponent_bits.div_ceil(32) as usize);
    if let Some(top) = exponent.last_mut() {
        let top_bit = (exponent_bits - 1) % 32;
        *top = (*top & (u32::MAX >> (31 - top_bit))) | 1 << top_bit;
    }

    for limb in modexp(&base, &exponent, exponent_bits, &modulus) {
        commit_u32(limb);
    }
    Ok(())
}

/// Square and multiply, from the top bit down. `exponent_bits` is at most `32 * exponent.len()`.
fn modexp(base: &[u32], exponent: &[u32], exponent_bits: u32, modulus: &[u32]) -> Vec<u32> {
    let limbs = modulus.len();
    let mut result = vec![0; limbs];
    result[0] = 1;
    let mut product = vec![0; 2 * limbs + 1];
    for bit in (0..exponent_bits).rev() {
        arith::mul(&mut product, &result, &result);
        arith::rem(&mut product, modulus);
        result.copy_from_slice(&product[..limbs]);
        if exponent[(bit / 32) as usize] >> (bit % 32) & 1 == 1 {
            arith::mul(&mut product, &result, base);
            arith::rem(&mut product, modulus);
            result.copy_from_slice(&product[..limbs]);
        }
    }
    result
}
