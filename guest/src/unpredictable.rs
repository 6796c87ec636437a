//! What a guest answers when it is asked for bytes that nobody can predict: that it has none.

/// Fills `bytes` if the guest was built with numbers that everybody can compute; `false` if it has none.
pub(crate) fn fill(bytes: &mut [u8]) -> bool {
    #[cfg(feature = "insecure-deterministic-random")]
    {
        crate::random::fill(bytes);
        true
    }
    #[cfg(not(feature = "insecure-deterministic-random"))]
    {
        let _ = bytes;
        false
    }
}

/// The backend of `getrandom` 0.3 and 0.4, for builds with `--cfg getrandom_backend="custom"`.
///
/// # Safety
/// `to` is valid for writes of `len` bytes.
#[cfg(feature = "getrandom")]
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(to: *mut u8, len: usize) -> Result<(), getrandom::Error> {
    // SAFETY: by the caller; the bytes are initialised first.
    let bytes = unsafe {
        to.write_bytes(0, len);
        core::slice::from_raw_parts_mut(to, len)
    };
    if fill(bytes) { Ok(()) } else { Err(getrandom::Error::UNSUPPORTED) }
}

/// The backend of `getrandom` 0.2, for builds with its feature `custom`; returns 0 or that crate's number of the error.
///
/// # Safety
/// `to` is valid for writes of `len` bytes, which are initialised.
#[cfg(feature = "getrandom")]
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_custom(to: *mut u8, len: usize) -> u32 {
    /// `getrandom::Error::UNSUPPORTED` of version 0.2.
    const UNSUPPORTED: u32 = 1 << 31;
    // SAFETY: by the caller.
    let bytes = unsafe { core::slice::from_raw_parts_mut(to, len) };
    if fill(bytes) { 0 } else { UNSUPPORTED }
}
