//! Writes the generated parts of the documentation: columns, flags, instructions, constraints, sizes, error terms.
//!
//! ```text
//! cargo run -p lariat-jolt-core --example tables -- [--check] FILE...
//! ```
//!
//! Each part stands between `<!-- generated: NAME -->` and `<!-- end generated -->` and is replaced in place. With
//! `--check`, files are left alone and the exit code is 1 when one of them would change.
//! `scripts/generate-docs.sh` calls this with the right files.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic, clippy::format_push_string)]

mod columns;
mod constraints;
mod instructions;
mod run;
mod sizes;

use lariat_jolt_core::Params;
use std::{collections::BTreeMap, process::ExitCode};

const END: &str = "<!-- end generated -->";

/// Every part by name.
fn parts() -> BTreeMap<&'static str, fn() -> String> {
    let mut parts: BTreeMap<&'static str, fn() -> String> = BTreeMap::new();
    parts.insert("parameters", sizes::parameters);
    parts.insert("columns", columns::columns);
    parts.insert("flags", instructions::flags);
    parts.insert("rows", instructions::rows);
    parts.insert("lookups-16", || instructions::lookups(Params::M16));
    parts.insert("lookups-8", || instructions::lookups(Params::M8));
    parts.insert("tables", instructions::tables);
    parts.insert("constraints", constraints::constraints);
    parts.insert("operations", constraints::operations);
    parts.insert("regions", run::regions);
    parts.insert("events", run::events);
    parts.insert("proof-bytes", sizes::proof_bytes);
    parts.insert("error-terms", sizes::error_terms);
    parts
}

/// `text` with every generated part made anew.
fn regenerate(text: &str) -> String {
    let parts = parts();
    let mut out = String::new();
    let mut inside = false;
    for line in text.lines() {
        if line == END {
            assert!(inside, "an end of a generated part without its beginning");
            inside = false;
        }
        if !inside {
            out.push_str(line);
            out.push('\n');
        }
        if let Some(name) = line.strip_prefix("<!-- generated: ").and_then(|l| l.strip_suffix(" -->")) {
            let part = parts.get(name).unwrap_or_else(|| panic!("there is no part named `{name}`"));
            out.push('\n');
            out.push_str(part().trim_end());
            out.push_str("\n\n");
            inside = true;
        }
    }
    assert!(!inside, "a generated part without an end");
    out
}

fn main() -> ExitCode {
    let (flags, files): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|a| a.starts_with("--"));
    let check = flags == ["--check"];
    if files.is_empty() || !(check || flags.is_empty()) {
        println!("usage: tables [--check] FILE...");
        return ExitCode::from(2);
    }
    let mut stale = false;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let new = regenerate(&text);
        if new == text {
            continue;
        }
        if check {
            println!("{file} is stale; run scripts/generate-docs.sh");
            stale = true;
        } else {
            std::fs::write(&file, new).unwrap();
            println!("{file} rewritten");
        }
    }
    ExitCode::from(u8::from(stale))
}

/// A Markdown table.
fn table<R: AsRef<[String]>>(head: &[&str], rows: impl IntoIterator<Item = R>) -> String {
    let mut out = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        assert_eq!(row.as_ref().len(), head.len());
        out += &format!("| {} |\n", row.as_ref().join(" | "));
    }
    out
}
