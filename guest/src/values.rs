//! Typed values in postcard's encoding, on top of the raw bytes.

use core::fmt;

use postcard::ser_flavors::Flavor;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::io::{committed_len, output_at, reserve, set_committed_len};
use crate::{ReadError, Reader};

/// A value that its own `Serialize` implementation refused to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommitError;

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value could not be encoded")
    }
}

impl core::error::Error for CommitError {}

/// The whole public input as one value.
///
/// # Errors
/// [`ReadError::Malformed`] when the bytes do not encode a `T`; [`ReadError::TrailingBytes`] when they go on after it.
pub fn read<T: DeserializeOwned>() -> Result<T, ReadError> {
    whole(Reader::public())
}

/// The whole private input as one value.
///
/// # Errors
/// As [`read`].
pub fn read_private<T: DeserializeOwned>() -> Result<T, ReadError> {
    whole(Reader::private())
}

fn whole<T: DeserializeOwned>(mut reader: Reader<'_>) -> Result<T, ReadError> {
    let value = reader.read()?;
    reader.finish()?;
    Ok(value)
}

/// Appends `value` to the public output, written in place. Nothing is appended when it fails.
///
/// # Errors
/// [`CommitError`] when the value's `Serialize` implementation fails; derived ones do not.
///
/// # Panics
/// When the output region is full (64 MiB).
pub fn commit_value<T: Serialize + ?Sized>(value: &T) -> Result<(), CommitError> {
    let start = committed_len();
    let mut written = start;
    if postcard::serialize_with_flavor(value, Appender(&mut written)).is_err() {
        // The bytes behind the output are zero in every honest end state.
        // SAFETY: `[start, written)` was reserved and written by the appender.
        unsafe { output_at(start).write_bytes(0, written - start) };
        return Err(CommitError);
    }
    set_committed_len(written);
    Ok(())
}

/// Writes behind the committed output and moves the caller's end position.
struct Appender<'a>(&'a mut usize);

impl Flavor for Appender<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        reserve(*self.0, 1);
        // SAFETY: in bounds by `reserve`.
        unsafe { output_at(*self.0).write(byte) };
        *self.0 += 1;
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        reserve(*self.0, bytes.len());
        // SAFETY: in bounds by `reserve`; no caller holds a reference into the output.
        unsafe { output_at(*self.0).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        *self.0 += bytes.len();
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}
