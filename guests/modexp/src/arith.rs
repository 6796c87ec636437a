//! Numbers as slices of 32-bit limbs, least significant first.

use core::arch::asm;

/// `product = x * y`. `product` has one limb more than `x` and `y` together; the extra one becomes zero.
pub fn mul(product: &mut [u32], x: &[u32], y: &[u32]) {
    product.fill(0);
    for (i, &x_i) in x.iter().enumerate() {
        let mut carry = 0;
        for (out, &y_j) in product[i..].iter_mut().zip(y) {
            // At most (2^32 - 1)^2 + 2 (2^32 - 1) = 2^64 - 1.
            let sum = u64::from(x_i) * u64::from(y_j) + u64::from(*out) + u64::from(carry);
            *out = sum as u32;
            carry = (sum >> 32) as u32;
        }
        product[i + y.len()] = carry;
    }
}

/// Reduces `u` mod `v` in place: the remainder is left in the first `v.len()` limbs, the others become zero.
///
/// `v` has at least two limbs and its top bit set (algorithm D's normalisation); the top limb of `u` is zero.
pub fn rem(u: &mut [u32], v: &[u32]) {
    let n = v.len();
    let (v_top, v_next) = (v[n - 1], v[n - 2]);
    for j in (0..u.len() - n).rev() {
        let digit = &mut u[j..=j + n];
        let (high, middle, low) = (digit[n], digit[n - 1], digit[n - 2]);
        // Step D3: the estimate is the digit itself or one more, after the test against the next limb at most twice.
        let (mut q_hat, mut r_hat) = if high >= v_top {
            (u32::MAX, middle.checked_add(v_top))
        } else {
            let (q, r) = div_2_by_1(high, middle, v_top);
            (q, Some(r))
        };
        while let Some(r) = r_hat {
            if u64::from(q_hat) * u64::from(v_next) <= (u64::from(r) << 32 | u64::from(low)) {
                break;
            }
            q_hat -= 1;
            r_hat = r.checked_add(v_top);
        }
        // Steps D4 to D6.
        if sub_mul(digit, v, q_hat) {
            add_back(digit, v);
        }
    }
}

/// `digit -= q * v`; whether it went below zero (and wrapped).
fn sub_mul(digit: &mut [u32], v: &[u32], q: u32) -> bool {
    let (body, top) = digit.split_at_mut(v.len());
    let mut borrow = 0;
    for (out, &v_i) in body.iter_mut().zip(v) {
        let product = u64::from(q) * u64::from(v_i) + u64::from(borrow);
        let (difference, below) = out.overflowing_sub(product as u32);
        *out = difference;
        borrow = (product >> 32) as u32 + u32::from(below);
    }
    let (difference, below) = top[0].overflowing_sub(borrow);
    top[0] = difference;
    below
}

/// `digit += v`, modulo the width of `digit`.
fn add_back(digit: &mut [u32], v: &[u32]) {
    let (body, top) = digit.split_at_mut(v.len());
    let mut carry = 0;
    for (out, &v_i) in body.iter_mut().zip(v) {
        let sum = u64::from(*out) + u64::from(v_i) + carry;
        *out = sum as u32;
        carry = sum >> 32;
    }
    top[0] = top[0].wrapping_add(carry as u32);
}

/// Quotient and remainder of `high * 2^32 + low` by `d`, where `high < d` and the top bit of `d` is set: two steps of
/// algorithm D in base 2^16, because the machine divides words only.
fn div_2_by_1(high: u32, low: u32, d: u32) -> (u32, u32) {
    let (q1, r1) = div_3_halves(high, low >> 16, d);
    let (q0, r0) = div_3_halves(r1, low & 0xffff, d);
    (q1 << 16 | q0, r0)
}

/// Quotient (below 2^16) and remainder of `high * 2^16 + next` by `d`, where `high < d` and `next < 2^16`.
fn div_3_halves(high: u32, next: u32, d: u32) -> (u32, u32) {
    let (d1, d0) = (d >> 16, d & 0xffff);
    let (mut q, mut r) = div_rem(high, d1);
    while q > 0xffff || q * d0 > (r << 16 | next) {
        q -= 1;
        r += d1;
        if r > 0xffff {
            break;
        }
    }
    let remainder = (high << 16 | next).wrapping_sub(q.wrapping_mul(d));
    (q, remainder)
}

/// Quotient and remainder, by the two instructions of the machine: from `/` and `%` the compiler makes DIVU, MUL and
/// SUB.
#[inline]
fn div_rem(n: u32, d: u32) -> (u32, u32) {
    let (q, r);
    // SAFETY: the instructions only compute, and are defined for every operand.
    unsafe {
        asm!(
            "divu {q}, {n}, {d}",
            "remu {r}, {n}, {d}",
            n = in(reg) n, d = in(reg) d, q = out(reg) q, r = lateout(reg) r,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    (q, r)
}
