//! Cache-line sized affine points and the 32-bit references by which the bucket machinery moves them around.

use crate::{Fq, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::BigInt;

/// An affine point in one cache line: four limbs of `x`, four of `y`, in the Montgomery form of the kernel that
/// packed it, below `2^255`. The identity is all ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub(crate) struct PackedPoint(pub(crate) [u64; 8]);

impl PackedPoint {
    /// The identity.
    pub(crate) const IDENTITY: Self = Self([u64::MAX; 8]);

    /// Whether this is the identity.
    #[inline]
    pub(crate) fn is_identity(&self) -> bool {
        self.0[3] == u64::MAX
    }

    /// Packs two coordinates given by their stored limbs.
    pub(crate) fn from_limbs(x: &[u64; 4], y: &[u64; 4]) -> Self {
        Self([x[0], x[1], x[2], x[3], y[0], y[1], y[2], y[3]])
    }

    /// The stored limbs of `x`.
    pub(crate) fn x_limbs(&self) -> [u64; 4] {
        [self.0[0], self.0[1], self.0[2], self.0[3]]
    }

    /// The stored limbs of `y`.
    pub(crate) fn y_limbs(&self) -> [u64; 4] {
        [self.0[4], self.0[5], self.0[6], self.0[7]]
    }
}

/// A base-field element from limbs that are already in Montgomery form and below the modulus.
pub(crate) fn fq_from_limbs(limbs: [u64; 4]) -> Fq {
    Fq::new_unchecked(BigInt(limbs))
}

/// Packs a point in the portable form (Montgomery form to the base `2^256`).
pub(crate) fn pack_portable(point: &G1Affine) -> PackedPoint {
    point.xy().map_or(PackedPoint::IDENTITY, |(x, y)| PackedPoint::from_limbs(&x.0.0, &y.0.0))
}

/// Inverse of [`pack_portable`].
pub(crate) fn unpack_portable(point: &PackedPoint) -> G1Affine {
    if point.is_identity() {
        G1Affine::zero()
    } else {
        G1Affine::new_unchecked(fq_from_limbs(point.x_limbs()), fq_from_limbs(point.y_limbs()))
    }
}

/// Names a point of the fixed table or of the arena of intermediate sums, possibly negated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PointRef(u32);

impl PointRef {
    const NEGATIVE: u32 = 1 << 31;
    const ARENA: u32 = 1 << 30;
    /// Largest number of points that the table or the arena may hold.
    pub(crate) const CAPACITY: usize = 1 << 30;

    /// Entry `index` of the table, negated when `negative`.
    #[inline]
    pub(crate) fn table(index: usize, negative: bool) -> Self {
        debug_assert!(index < Self::CAPACITY);
        Self(index as u32 | (u32::from(negative) << 31))
    }

    /// Entry `index` of the arena.
    #[inline]
    pub(crate) fn arena(index: usize) -> Self {
        debug_assert!(index < Self::CAPACITY);
        Self(index as u32 | Self::ARENA)
    }

    /// Index in the arena, if that is where the point is.
    #[inline]
    pub(crate) fn arena_index(self) -> Option<usize> {
        (self.0 & Self::ARENA != 0).then_some((self.0 & (Self::ARENA - 1)) as usize)
    }

    /// The opposite point.
    #[inline]
    pub(crate) fn negated(self) -> Self {
        Self(self.0 ^ Self::NEGATIVE)
    }

    /// Whether the named point counts negatively.
    #[inline]
    pub(crate) fn is_negative(self) -> bool {
        self.0 & Self::NEGATIVE != 0
    }

    /// The stored point, before negation.
    #[inline]
    pub(crate) fn resolve<'a>(self, table: &'a [PackedPoint], arena: &'a [PackedPoint]) -> &'a PackedPoint {
        let index = (self.0 & (Self::ARENA - 1)) as usize;
        if self.0 & Self::ARENA == 0 { &table[index] } else { &arena[index] }
    }
}
