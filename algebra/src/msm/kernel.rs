//! Batches of independent affine additions behind one inversion, and the choice between the two machines that run
//! them.

use super::inverse::invert;
use super::packed::{PackedPoint, PointRef, fq_from_limbs, pack_portable, unpack_portable};
use crate::count::{self, Kernel};
use crate::{Fq, G1Affine};
use ark_ff::{AdditiveGroup, Field, One, Zero};
use core::cell::Cell;

/// Additions that share one inversion: long enough to hide it, short enough that their products stay in the cache.
const BATCH: usize = 4096;

/// Which machine adds points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// Arkworks' scalar arithmetic; runs everywhere.
    Portable,
    /// Eight lanes of 52-bit limbs on AVX-512 IFMA.
    Ifma,
}

impl Backend {
    /// The fastest backend that this CPU runs.
    pub fn detect() -> Self {
        if crate::ifma::is_available() { Self::Ifma } else { Self::Portable }
    }

    /// Whether this CPU runs the backend.
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            Self::Ifma => crate::ifma::is_available(),
        }
    }

    /// Packs a point in this backend's form.
    pub(crate) fn pack(self, point: &G1Affine) -> PackedPoint {
        match self {
            Self::Portable => pack_portable(point),
            Self::Ifma => crate::ifma::points::pack(point),
        }
    }

    /// Inverse of [`Backend::pack`].
    pub(crate) fn unpack(self, point: &PackedPoint) -> G1Affine {
        match self {
            Self::Portable => unpack_portable(point),
            Self::Ifma => crate::ifma::points::unpack(point),
        }
    }
}

/// Adds pairs of points of one table; keeps every sum in an arena in which later pairs find it.
///
/// All exceptional cases are exact: identity operands, equal points (doubling) and opposite points (identity).
pub(crate) struct Adder<'a> {
    backend: Backend,
    table: &'a [PackedPoint],
    scratch: Scratch,
}

/// Buffers of an adder, a few MiB. Each thread keeps one set between adders: fresh pages cost more than the additions
/// that fill them.
#[derive(Default)]
struct Scratch {
    arena: Vec<PackedPoint>,
    moved: Vec<PackedPoint>,
    products: Vec<Fq>,
    lanes: crate::ifma::points::LaneScratch,
}

/// Largest arena that a thread keeps, in points.
const KEPT_ARENA: usize = 1 << 17;

thread_local! {
    static SCRATCH: Cell<Option<Scratch>> = const { Cell::new(None) };
}

impl Drop for Adder<'_> {
    fn drop(&mut self) {
        let mut scratch = core::mem::take(&mut self.scratch);
        if scratch.arena.capacity() <= KEPT_ARENA {
            scratch.arena.clear();
            SCRATCH.set(Some(scratch));
        }
    }
}

impl<'a> Adder<'a> {
    /// An adder over `table`, which was packed for `backend`.
    pub(crate) fn new(backend: Backend, table: &'a [PackedPoint]) -> Self {
        assert!(table.len() <= PointRef::CAPACITY, "table too long for 30-bit references");
        Self { backend, table, scratch: SCRATCH.take().unwrap_or_default() }
    }

    /// Forgets every sum; references to the arena become invalid.
    pub(crate) fn clear(&mut self) {
        self.scratch.arena.clear();
    }

    /// The point that a reference names.
    pub(crate) fn get(&self, point: PointRef) -> G1Affine {
        let stored = self.backend.unpack(point.resolve(self.table, &self.scratch.arena));
        if point.is_negative() { -stored } else { stored }
    }

    /// The packed point that a reference without sign names.
    pub(crate) fn packed(&self, point: PointRef) -> PackedPoint {
        debug_assert!(!point.is_negative());
        *point.resolve(self.table, &self.scratch.arena)
    }

    /// Number of sums so far.
    pub(crate) fn num_sums(&self) -> usize {
        self.scratch.arena.len()
    }

    /// Forgets all sums from number `start` on but those that `kept` names, and renames these.
    pub(crate) fn compact<'r>(&mut self, start: usize, kept: impl Iterator<Item = &'r mut PointRef>) {
        let Scratch { arena, moved, .. } = &mut self.scratch;
        moved.clear();
        for point in kept {
            if let Some(index) = point.arena_index().filter(|&i| i >= start) {
                let renamed = PointRef::arena(start + moved.len());
                moved.push(arena[index]);
                *point = if point.is_negative() { renamed.negated() } else { renamed };
            }
        }
        arena.truncate(start);
        arena.extend_from_slice(moved);
    }

    /// Reference to the sum of the next pair that [`Adder::add`] will be given, plus `offset` pairs.
    pub(crate) fn next_ref(&self, offset: usize) -> PointRef {
        PointRef::arena(self.scratch.arena.len() + offset)
    }

    /// Adds every pair; the sum of pair `i` is `next_ref(i)` as of before the call. No pair may name a sum of the same
    /// call.
    pub(crate) fn add(&mut self, pairs: &[(PointRef, PointRef)]) {
        assert!(self.scratch.arena.len() + pairs.len() <= PointRef::CAPACITY, "arena too long for 30-bit references");
        count::add(Kernel::G1Additions, pairs.len());
        for batch in pairs.chunks(BATCH) {
            let Scratch { arena, products, lanes, .. } = &mut self.scratch;
            match self.backend {
                Backend::Portable => add_portable(self.table, arena, batch, products),
                Backend::Ifma => crate::ifma::points::add(self.table, arena, batch, lanes),
            }
        }
    }
}

/// Operand of an addition; `None` is the identity.
type Operand = Option<(Fq, Fq)>;

fn load(point: PointRef, table: &[PackedPoint], arena: &[PackedPoint]) -> Operand {
    let stored = point.resolve(table, arena);
    if stored.is_identity() {
        return None;
    }
    let y = fq_from_limbs(stored.y_limbs());
    Some((fq_from_limbs(stored.x_limbs()), if point.is_negative() { -y } else { y }))
}

/// Denominator of the slope through two operands; one when the sum needs no slope.
fn denominator(p: &Operand, q: &Operand) -> Fq {
    let (Some((px, py)), Some((qx, qy))) = (p, q) else { return Fq::one() };
    let dx = *qx - px;
    if !dx.is_zero() {
        return dx;
    }
    let twice_y = *py + qy;
    // Equal x: the points are equal (tangent, 2y is nonzero as the order is odd) or opposite (vertical).
    if twice_y.is_zero() { Fq::one() } else { twice_y }
}

/// The sum of two operands, given the inverse of [`denominator`].
fn finish(p: &Operand, q: &Operand, inverse: &Fq) -> PackedPoint {
    let (Some((px, py)), Some((qx, qy))) = (p, q) else {
        return p.or(*q).map_or(PackedPoint::IDENTITY, |(x, y)| PackedPoint::from_limbs(&x.0.0, &y.0.0));
    };
    let numerator = if px != qx {
        *qy - py
    } else if py == qy {
        let xx = px.square();
        xx.double() + xx
    } else {
        return PackedPoint::IDENTITY;
    };
    let slope = numerator * inverse;
    let x = slope.square() - px - qx;
    let y = slope * (*px - x) - py;
    PackedPoint::from_limbs(&x.0.0, &y.0.0)
}

fn add_portable(
    table: &[PackedPoint],
    arena: &mut Vec<PackedPoint>,
    pairs: &[(PointRef, PointRef)],
    products: &mut Vec<Fq>,
) {
    products.clear();
    let mut product = Fq::one();
    for &(a, b) in pairs {
        products.push(product);
        product *= denominator(&load(a, table, arena), &load(b, table, arena));
    }
    let mut inverse = invert(&product).expect("no denominator is zero");
    let start = arena.len();
    arena.resize(start + pairs.len(), PackedPoint::IDENTITY);
    let (read, write) = arena.split_at_mut(start);
    for (i, &(a, b)) in pairs.iter().enumerate().rev() {
        let (p, q) = (load(a, table, read), load(b, table, read));
        write[i] = finish(&p, &q, &(inverse * products[i]));
        inverse *= denominator(&p, &q);
    }
}
