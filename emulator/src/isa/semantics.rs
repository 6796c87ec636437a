//! Arithmetic of the instructions whose 32-bit result is more than one Rust operator.
//!
//! Registers are `u32`; signed instructions reinterpret them as two's complement.

/// High 32 bits of the signed × signed product.
#[inline(always)]
pub const fn mulh(a: u32, b: u32) -> u32 {
    ((a.cast_signed() as i64 * b.cast_signed() as i64) >> 32) as u32
}

/// High 32 bits of the signed × unsigned product.
#[inline(always)]
pub const fn mulhsu(a: u32, b: u32) -> u32 {
    ((a.cast_signed() as i64 * b as i64) >> 32) as u32
}

/// High 32 bits of the unsigned × unsigned product.
#[inline(always)]
pub const fn mulhu(a: u32, b: u32) -> u32 {
    ((a as u64 * b as u64) >> 32) as u32
}

/// Signed division, rounding towards zero; −1 when the divisor is 0, and MIN / −1 = MIN.
#[inline(always)]
pub const fn div(a: u32, b: u32) -> u32 {
    if b == 0 { u32::MAX } else { a.cast_signed().wrapping_div(b.cast_signed()).cast_unsigned() }
}

/// Unsigned division; 2^32 − 1 when the divisor is 0.
#[inline(always)]
pub const fn divu(a: u32, b: u32) -> u32 {
    match a.checked_div(b) {
        Some(quotient) => quotient,
        None => u32::MAX,
    }
}

/// Signed remainder with the sign of the dividend; the dividend when the divisor is 0, and MIN rem −1 = 0.
#[inline(always)]
pub const fn rem(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { a.cast_signed().wrapping_rem(b.cast_signed()).cast_unsigned() }
}

/// Unsigned remainder; the dividend when the divisor is 0.
#[inline(always)]
pub const fn remu(a: u32, b: u32) -> u32 {
    match a.checked_rem(b) {
        Some(remainder) => remainder,
        None => a,
    }
}

/// 1 if `a < b` as signed numbers, else 0.
#[inline(always)]
pub const fn slt(a: u32, b: u32) -> u32 {
    (a.cast_signed() < b.cast_signed()) as u32
}

/// 1 if `a < b` as unsigned numbers, else 0.
#[inline(always)]
pub const fn sltu(a: u32, b: u32) -> u32 {
    (a < b) as u32
}

/// Arithmetic right shift by the low five bits of `b`.
#[inline(always)]
pub const fn sra(a: u32, b: u32) -> u32 {
    (a.cast_signed() >> (b & 31)).cast_unsigned()
}

/// Left shift by the low five bits of `b`.
#[inline(always)]
pub const fn sll(a: u32, b: u32) -> u32 {
    a << (b & 31)
}

/// Logical right shift by the low five bits of `b`.
#[inline(always)]
pub const fn srl(a: u32, b: u32) -> u32 {
    a >> (b & 31)
}

/// The byte at `address`, taken out of its aligned word and sign-extended.
#[inline(always)]
pub const fn load_byte(word: u32, address: u32) -> u32 {
    (((word >> (8 * (address & 3))) as u8).cast_signed() as i32).cast_unsigned()
}

/// The byte at `address`, taken out of its aligned word and zero-extended.
#[inline(always)]
pub const fn load_byte_unsigned(word: u32, address: u32) -> u32 {
    (word >> (8 * (address & 3))) & 0xff
}

/// The half at the even `address`, taken out of its aligned word and sign-extended.
#[inline(always)]
pub const fn load_half(word: u32, address: u32) -> u32 {
    (((word >> (8 * (address & 2))) as u16).cast_signed() as i32).cast_unsigned()
}

/// The half at the even `address`, taken out of its aligned word and zero-extended.
#[inline(always)]
pub const fn load_half_unsigned(word: u32, address: u32) -> u32 {
    (word >> (8 * (address & 2))) & 0xffff
}

/// `word` with the byte at `address` replaced by the low byte of `value`.
#[inline(always)]
pub const fn store_byte(word: u32, address: u32, value: u32) -> u32 {
    let shift = 8 * (address & 3);
    (word & !(0xff << shift)) | ((value & 0xff) << shift)
}

/// `word` with the half at the even `address` replaced by the low half of `value`.
#[inline(always)]
pub const fn store_half(word: u32, address: u32, value: u32) -> u32 {
    let shift = 8 * (address & 2);
    (word & !(0xffff << shift)) | ((value & 0xffff) << shift)
}
