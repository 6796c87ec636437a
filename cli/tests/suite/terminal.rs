//! Names from files do not command the terminal.

use crate::support::{Outcome, command, folder, lariat, text};
use lariat_emulator::test_util::{ElfBuilder, ElfSymbol};
use std::fs;

/// Clears the screen, renames the window, and orders what follows from right to left.
const STRANGE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\n\rname";

/// The same, written out.
const SHOWN: &str = r"\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\n\rname";

/// Expects the name written out on one of the two, and nothing that a terminal would obey.
fn shows_the_name(outcome: &Outcome) {
    let both = format!("{}{}", outcome.stdout, outcome.stderr);
    assert!(both.contains(SHOWN), "{both:?}");
    assert!(!both.contains(|c: char| c != '\n' && c.is_control() || c == '\u{202e}'), "{both:?}");
}

/// A program whose only instruction is none, in a function of that name.
fn illegal() -> Vec<u8> {
    let mut elf = ElfBuilder::from_code(0x1_0000, &[0xffff_ffff]);
    elf.symbols.push(ElfSymbol { name: STRANGE.to_owned(), address: 0x1_0000 });
    elf.build()
}

#[test]
fn symbols_are_written_out() {
    let path = folder("terminal-symbol").join("illegal.elf");
    fs::write(&path, illegal()).unwrap();
    let outcome = lariat(&["run", &text(&path)]).refused(&["unknown instruction"]);
    shows_the_name(&outcome);
    let proof = text(&path.with_extension("proof"));
    shows_the_name(&lariat(&["prove", &text(&path), "-o", &proof]).refused(&["unknown instruction"]));
}

#[test]
fn paths_are_written_out_in_errors_and_reports() {
    let folder = folder("terminal-path");
    // A slash is a folder's end.
    let path = text(&folder.join(STRANGE));
    let elf = text(&folder.join("fibonacci.elf"));
    fs::copy(crate::support::elf("fibonacci"), &elf).unwrap();
    shows_the_name(&lariat(&["run", &path]).refused(&["cannot read the program"]));
    shows_the_name(&lariat(&["preprocess", &elf, "-o", &path]).ok());
    shows_the_name(&lariat(&["preprocess", &path, "-o", &path]).refused(&["would overwrite"]));
    shows_the_name(&lariat(&["verify", &elf, &path]).refused(&["is a key"]));
    shows_the_name(&lariat(&["verify", &elf, &elf, "--setup", &path]).refused(&["setup is asked for"]));
    let args = ["prove", elf.as_str(), "--input-hex", "0a000000", "--log-m", "8", "-o", &path];
    shows_the_name(&lariat(&args).ok());
    shows_the_name(&lariat(&["bench", "--plot", &path, "-o", &path]).refused(&[]));
}

#[test]
fn wrong_usage_writes_arguments_out() {
    for args in [&["run", "a.elf", STRANGE][..], &[STRANGE], &["run", "a.elf", "--max-steps", STRANGE]] {
        let outcome = lariat(args);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        shows_the_name(&outcome);
    }
}

/// JSON has escapes of its own: what it says is the name itself.
#[test]
fn json_holds_names_as_they_are() {
    let folder = folder("terminal-json");
    let path = text(&folder.join(STRANGE));
    let output = command(&["verify", "--json", &path, &path]).output().unwrap();
    let verdict: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(verdict["error"].as_str().unwrap().contains(STRANGE), "{verdict}");
    assert!(!output.stdout.contains(&0x1b));
    assert_eq!(output.stdout.iter().position(|&b| b == b'\n'), Some(output.stdout.len() - 1));
}
