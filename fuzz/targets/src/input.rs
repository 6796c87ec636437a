//! Structured values from a fuzzer's bytes.

/// Takes values from the front of the bytes; zeros once they have run out.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    /// All of the bytes.
    pub const fn new(data: &'a [u8]) -> Self {
        Self { rest: data }
    }

    /// Whether all bytes were taken.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `len` bytes, or those that are left.
    pub fn bytes(&mut self, len: usize) -> &'a [u8] {
        let (part, rest) = self.rest.split_at(len.min(self.rest.len()));
        self.rest = rest;
        part
    }

    /// Everything that is left.
    pub fn rest(self) -> &'a [u8] {
        self.rest
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        let part = self.bytes(N);
        out[..part.len()].copy_from_slice(part);
        out
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        u8::from_le_bytes(self.array())
    }

    /// Two bytes, little-endian.
    pub fn half(&mut self) -> u16 {
        u16::from_le_bytes(self.array())
    }

    /// Four bytes, little-endian.
    pub fn word(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }

    /// Eight bytes, little-endian.
    pub fn long(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    /// A number below `bound`, from four bytes; 0 if `bound` is.
    pub fn below(&mut self, bound: usize) -> usize {
        let word = self.word() as usize;
        if bound == 0 { 0 } else { word % bound }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_in_order_and_end_in_zeros() {
        let mut input = Input::new(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!((input.byte(), input.half(), input.word()), (1, 0x0302, 0x0706_0504));
        assert_eq!(input.bytes(2), [8, 9]);
        assert_eq!((input.word(), input.is_empty(), input.long()), (10, true, 0));
        assert_eq!(Input::new(&[7, 0, 0, 0]).below(4), 3);
        assert_eq!(Input::new(&[7]).below(0), 0);
    }
}
