//! Puts the linker script where a guest finds it by `-Tlariat.ld`.
//!
//! A search path reaches every package that depends on the SDK; a linker argument would not. The argument itself
//! stands in the guest's `.cargo/config.toml`. The condition `guest` is true for code that runs inside of the VM.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=lariat.ld");
    println!("cargo:rustc-check-cfg=cfg(guest)");
    // `zkvm` is the operating system of the one bare target that has `std`.
    if matches!(env::var("CARGO_CFG_TARGET_OS").as_deref(), Ok("none" | "zkvm")) {
        println!("cargo:rustc-cfg=guest");
        let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
        fs::write(folder.join("lariat.ld"), include_str!("lariat.ld"))?;
        println!("cargo:rustc-link-search={}", folder.display());
    }
    Ok(())
}
