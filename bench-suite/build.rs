//! Tells the crate which compiler built it, for the fingerprint in every record.

use std::process::Command;

fn main() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().ok();
    let version = output.and_then(|o| String::from_utf8(o.stdout).ok()).unwrap_or_default();
    println!("cargo::rustc-env=LARIAT_RUSTC={}", version.trim());
    println!("cargo::rerun-if-changed=build.rs");
}
