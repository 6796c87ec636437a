//! Bump allocator over the 64 MiB behind the image.
//!
//! A block is a pointer increment; memory comes back only when the newest block is freed or shrunk, which is what
//! temporaries and growing vectors do. Proof cost follows steps and touched memory, so a free list would cost more
//! than it returns.

use core::alloc::Layout;

/// The free range `[next, end)`, as addresses. `dirty` is the lowest address above which no block has ever been, so
/// that memory from there on still holds the zeros that the machine starts with.
#[cfg_attr(not(any(test, guest)), allow(dead_code))]
struct Bump {
    next: usize,
    end: usize,
    dirty: usize,
}

#[cfg_attr(not(any(test, guest)), allow(dead_code))]
impl Bump {
    /// Start of a new block, or `None` when the range is too small.
    #[inline(always)]
    fn alloc(&mut self, layout: Layout) -> Option<usize> {
        let start = self.next.checked_add(layout.align() - 1)? & !(layout.align() - 1);
        let end = start.checked_add(layout.size())?;
        if end > self.end {
            return None;
        }
        self.next = end;
        Some(start)
    }

    /// Of a block just allocated at `start`: how many of its bytes may be nonzero.
    #[inline(always)]
    fn dirty_bytes(&self, start: usize, size: usize) -> usize {
        self.dirty.saturating_sub(start).min(size)
    }

    /// Whether the block is the newest one.
    #[inline(always)]
    fn is_last(&self, start: usize, size: usize) -> bool {
        start + size == self.next
    }

    /// Takes the block back if it is the newest.
    #[inline(always)]
    fn dealloc(&mut self, start: usize, size: usize) {
        if self.is_last(start, size) {
            self.dirty = self.dirty.max(self.next);
            self.next = start;
        }
    }

    /// Changes the size of the newest block in place; `false` if it is not the newest or does not fit.
    #[inline(always)]
    fn resize(&mut self, start: usize, old_size: usize, new_size: usize) -> bool {
        let end = start.saturating_add(new_size);
        if !self.is_last(start, old_size) || end > self.end {
            return false;
        }
        self.dirty = self.dirty.max(self.next);
        self.next = end;
        true
    }
}

#[cfg(guest)]
mod global {
    use core::alloc::{GlobalAlloc, Layout};
    use core::cell::UnsafeCell;
    use core::ptr;

    use super::Bump;
    use crate::layout::HEAP_BYTES;

    unsafe extern "C" {
        /// First byte behind the image, 16-aligned; from the linker script.
        #[link_name = "_end"]
        static HEAP: UnsafeHeap;
    }

    #[repr(C, align(16))]
    struct UnsafeHeap(UnsafeCell<[u8; HEAP_BYTES]>);
    // SAFETY: the machine has one hart and no interrupts.
    unsafe impl Sync for UnsafeHeap {}

    struct Global(UnsafeCell<Option<Bump>>);
    // SAFETY: the machine has one hart and no interrupts.
    unsafe impl Sync for Global {}

    #[global_allocator]
    static GLOBAL: Global = Global(UnsafeCell::new(None));

    impl Global {
        #[inline(always)]
        fn with<R>(&self, f: impl FnOnce(&mut Bump) -> R) -> R {
            // SAFETY: one hart, and no closure passed here allocates, so that this is the only reference.
            let bump = unsafe { &mut *self.0.get() };
            f(bump.get_or_insert_with(|| {
                let next = base().addr();
                Bump { next, end: next + HEAP_BYTES, dirty: next }
            }))
        }
    }

    #[inline(always)]
    fn base() -> *mut u8 {
        (&raw const HEAP).cast::<u8>().cast_mut()
    }

    // SAFETY: blocks are disjoint, aligned and inside the heap, by `Bump`; no method unwinds.
    unsafe impl GlobalAlloc for Global {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            self.with(|bump| bump.alloc(layout)).map_or(ptr::null_mut(), |start| base().with_addr(start))
        }

        unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
            self.with(|bump| {
                let Some(start) = bump.alloc(layout) else { return ptr::null_mut() };
                let block = base().with_addr(start);
                // SAFETY: at most the block's own size.
                unsafe { block.write_bytes(0, bump.dirty_bytes(start, layout.size())) };
                block
            })
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            self.with(|bump| bump.dealloc(block.addr(), layout.size()));
        }

        unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
            if self.with(|bump| bump.resize(block.addr(), layout.size(), new_size)) {
                return block;
            }
            // SAFETY: the caller upholds that `new_size`, rounded up to the alignment, does not overflow.
            let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
            // SAFETY: the layout is not empty, by the caller.
            let new_block = unsafe { self.alloc(new_layout) };
            if !new_block.is_null() {
                // SAFETY: both blocks hold that many bytes, and a new block never overlaps a live one.
                unsafe { ptr::copy_nonoverlapping(block, new_block, layout.size().min(new_size)) };
            }
            new_block
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    fn bump() -> Bump {
        Bump { next: 0x1000, end: 0x2000, dirty: 0x1000 }
    }

    #[test]
    fn blocks_are_aligned_and_disjoint() {
        let mut bump = bump();
        assert_eq!(bump.alloc(layout(1, 1)), Some(0x1000));
        assert_eq!(bump.alloc(layout(4, 4)), Some(0x1004));
        assert_eq!(bump.alloc(layout(8, 256)), Some(0x1100));
    }

    #[test]
    fn the_end_is_exact() {
        let mut bump = bump();
        assert_eq!(bump.alloc(layout(0x1001, 1)), None);
        assert_eq!(bump.alloc(layout(0x1000, 1)), Some(0x1000));
        assert_eq!(bump.alloc(layout(1, 1)), None);
        assert!(!bump.resize(0x1000, 0x1000, 0x1001));
        assert!(bump.resize(0x1000, 0x1000, 0xfff));
        assert_eq!(bump.alloc(layout(1, 1)), Some(0x1fff));
        let mut top = Bump { next: usize::MAX - 3, end: usize::MAX, dirty: 0 };
        assert_eq!(top.alloc(layout(1, 16)), None);
        assert_eq!(top.alloc(layout(8, 1)), None);
    }

    #[test]
    fn only_the_newest_block_comes_back() {
        let mut bump = bump();
        let first = bump.alloc(layout(16, 4)).unwrap();
        let second = bump.alloc(layout(16, 4)).unwrap();
        assert!(!bump.resize(first, 16, 32));
        bump.dealloc(first, 16);
        assert_eq!(bump.next, second + 16);
        assert!(bump.resize(second, 16, 64));
        assert_eq!(bump.next, second + 64);
        bump.dealloc(second, 64);
        assert_eq!(bump.alloc(layout(4, 4)), Some(second));
    }

    #[test]
    fn reused_memory_counts_as_dirty() {
        let mut bump = bump();
        let start = bump.alloc(layout(32, 4)).unwrap();
        assert_eq!(bump.dirty_bytes(start, 32), 0);
        bump.dealloc(start, 32);
        assert_eq!(bump.alloc(layout(64, 4)), Some(start));
        assert_eq!(bump.dirty_bytes(start, 64), 32);
        // Shrinking dirties too: the tail that comes back may hold anything.
        assert!(bump.resize(start, 64, 8));
        let next = bump.alloc(layout(16, 4)).unwrap();
        assert_eq!(bump.dirty_bytes(next, 16), 16);
    }
}
