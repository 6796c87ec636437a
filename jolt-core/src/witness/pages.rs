//! The state of a memory's cells while a trace is walked, in pages that exist once they are written to.

const LOG_PAGE: usize = 10;
const PAGE: usize = 1 << LOG_PAGE;

/// So many numbers, zero at the start. Memory: the pages of 1024 that were written to.
#[derive(Clone, Debug)]
pub struct Pages {
    /// Empty, or of 1024 numbers.
    pages: Vec<Vec<u32>>,
}

impl Pages {
    /// `len` zeros.
    pub fn new(len: usize) -> Self {
        Self { pages: vec![Vec::new(); len.div_ceil(PAGE)] }
    }

    /// Number `i`; zero behind the end.
    pub fn get(&self, i: usize) -> u32 {
        self.pages.get(i >> LOG_PAGE).and_then(|page| page.get(i & (PAGE - 1))).copied().unwrap_or(0)
    }

    /// Number `i`, to be changed.
    ///
    /// # Panics
    /// When `i` is not below the length rounded up to 1024.
    #[inline]
    pub fn at(&mut self, i: usize) -> &mut u32 {
        let page = &mut self.pages[i >> LOG_PAGE];
        if page.is_empty() {
            page.resize(PAGE, 0);
        }
        &mut page[i & (PAGE - 1)]
    }

    /// The numbers that are not zero, with their indices, in order.
    pub fn nonzero(&self) -> impl Iterator<Item = (usize, u32)> {
        let numbers = |(k, page): (usize, &Vec<u32>)| {
            page.iter().enumerate().map(move |(i, &x)| (k << LOG_PAGE | i, x)).collect::<Vec<_>>()
        };
        self.pages.iter().enumerate().flat_map(numbers).filter(|(_, x)| *x != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_zero_until_they_are_written() {
        let mut pages = Pages::new(5000);
        assert_eq!([0, 4999, 5000, usize::MAX].map(|i| pages.get(i)), [0; 4]);
        *pages.at(4999) += 7;
        *pages.at(1023) += 1;
        *pages.at(1024) += 2;
        *pages.at(3000) += 0;
        assert_eq!([1022, 1023, 1024, 1025, 4999].map(|i| pages.get(i)), [0, 1, 2, 0, 7]);
        assert_eq!(pages.nonzero().collect::<Vec<_>>(), [(1023, 1), (1024, 2), (4999, 7)]);
        assert_eq!(pages.pages.iter().filter(|page| !page.is_empty()).count(), 4);
    }
}
