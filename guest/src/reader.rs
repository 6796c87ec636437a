//! A cursor over input bytes.

use core::fmt;

/// Why input could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadError {
    /// The input is shorter than what was asked for.
    UnexpectedEnd {
        /// Bytes asked for.
        requested: usize,
        /// Bytes left.
        remaining: usize,
    },
    /// The input goes on after its last value.
    TrailingBytes {
        /// Bytes left.
        remaining: usize,
    },
    /// The bytes do not encode a value of the type (feature `serde`).
    Malformed,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnexpectedEnd { requested, remaining } => {
                write!(f, "input ends early: {requested} bytes wanted, {remaining} left")
            }
            Self::TrailingBytes { remaining } => write!(f, "{remaining} bytes of input left over"),
            Self::Malformed => f.write_str("input does not encode a value of the type"),
        }
    }
}

impl core::error::Error for ReadError {}

/// Reads little-endian words, byte strings and (feature `serde`) values one after the other.
///
/// A failed read leaves the cursor where it was.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A cursor at the first of `bytes`.
    #[inline]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The bytes not yet read.
    #[inline]
    pub const fn remaining(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `len` bytes, not copied.
    ///
    /// # Errors
    /// [`ReadError::UnexpectedEnd`] when fewer are left.
    #[inline]
    pub fn read_bytes(&mut self, len: usize) -> Result<&'a [u8], ReadError> {
        let (head, rest) = self.rest.split_at_checked(len).ok_or(self.short(len))?;
        self.rest = rest;
        Ok(head)
    }

    /// The next `N` bytes as an array.
    ///
    /// # Errors
    /// [`ReadError::UnexpectedEnd`] when fewer are left.
    #[inline]
    pub fn read_array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(self.short(N))?;
        self.rest = rest;
        Ok(*head)
    }

    /// The next byte.
    ///
    /// # Errors
    /// [`ReadError::UnexpectedEnd`] at the end.
    #[inline]
    pub fn read_u8(&mut self) -> Result<u8, ReadError> {
        self.read_array::<1>().map(|[byte]| byte)
    }

    /// The next four bytes: one load when the cursor is on a word boundary.
    ///
    /// # Errors
    /// [`ReadError::UnexpectedEnd`] when fewer are left.
    #[inline]
    pub fn read_u32(&mut self) -> Result<u32, ReadError> {
        let (head, rest) = self.rest.split_first_chunk::<4>().ok_or(self.short(4))?;
        self.rest = rest;
        #[allow(clippy::cast_ptr_alignment, reason = "the alignment is tested on the next line")]
        let word = head.as_ptr().cast::<u32>();
        Ok(if word.is_aligned() {
            // SAFETY: `head` is four readable bytes, and the pointer is aligned.
            u32::from_le(unsafe { word.read() })
        } else {
            u32::from_le_bytes(*head)
        })
    }

    /// The next eight bytes.
    ///
    /// # Errors
    /// [`ReadError::UnexpectedEnd`] when fewer are left.
    #[inline]
    pub fn read_u64(&mut self) -> Result<u64, ReadError> {
        if self.rest.len() < 8 {
            return Err(self.short(8));
        }
        let low = self.read_u32()?;
        let high = self.read_u32()?;
        Ok(u64::from(low) | u64::from(high) << 32)
    }

    /// Checks that everything was read.
    ///
    /// # Errors
    /// [`ReadError::TrailingBytes`] otherwise.
    #[inline]
    pub fn finish(self) -> Result<(), ReadError> {
        match self.rest.len() {
            0 => Ok(()),
            remaining => Err(ReadError::TrailingBytes { remaining }),
        }
    }

    /// The next value, in postcard's encoding. Byte strings and `&str` borrow from the input.
    ///
    /// # Errors
    /// [`ReadError::Malformed`] when the bytes do not encode a `T`.
    #[cfg(feature = "serde")]
    pub fn read<T: serde::Deserialize<'a>>(&mut self) -> Result<T, ReadError> {
        let (value, rest) = postcard::take_from_bytes(self.rest).map_err(|_| ReadError::Malformed)?;
        self.rest = rest;
        Ok(value)
    }

    fn short(&self, requested: usize) -> ReadError {
        ReadError::UnexpectedEnd { requested, remaining: self.rest.len() }
    }
}

#[cfg(any(guest, doc))]
impl Reader<'static> {
    /// A cursor over the public input.
    #[inline]
    pub fn public() -> Self {
        Self::new(crate::input())
    }

    /// A cursor over the private input.
    #[inline]
    pub fn private() -> Self {
        Self::new(crate::private_input())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn words_are_little_endian_at_every_alignment() {
        let bytes: Vec<u8> = (0..24).collect();
        for start in 0..8 {
            let mut reader = Reader::new(&bytes[start..]);
            let expected = u32::from_le_bytes(bytes[start..start + 4].try_into().unwrap());
            assert_eq!(reader.read_u32(), Ok(expected));
            let expected = u64::from_le_bytes(bytes[start + 4..start + 12].try_into().unwrap());
            assert_eq!(reader.read_u64(), Ok(expected));
            assert_eq!(reader.read_u8(), Ok(bytes[start + 12]));
            assert_eq!(reader.read_bytes(3), Ok(&bytes[start + 13..start + 16]));
            assert_eq!(reader.remaining(), &bytes[start + 16..]);
        }
    }

    #[test]
    fn a_failed_read_moves_nothing() {
        let mut reader = Reader::new(&[1, 2, 3]);
        let short = |requested| ReadError::UnexpectedEnd { requested, remaining: 3 };
        assert_eq!(reader.read_u32(), Err(short(4)));
        assert_eq!(reader.read_u64(), Err(short(8)));
        assert_eq!(reader.read_bytes(usize::MAX), Err(short(usize::MAX)));
        assert_eq!(reader.read_array::<5>(), Err(short(5)));
        assert_eq!(reader.clone().finish(), Err(ReadError::TrailingBytes { remaining: 3 }));
        assert_eq!(reader.read_array(), Ok([1, 2, 3]));
        assert_eq!(reader.finish(), Ok(()));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn values_and_words_mix() {
        // postcard: varint 300, then a string of 2 bytes.
        let bytes = [0xac, 0x02, 2, b'h', b'i', 7, 0, 0, 0];
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.read::<(u32, &str)>(), Ok((300, "hi")));
        assert_eq!(reader.read_u32(), Ok(7));
        assert_eq!(reader.read::<u8>(), Err(ReadError::Malformed));
    }
}
