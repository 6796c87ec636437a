//! Target of the command line: vectors of arguments.

use crate::honest::world;
use crate::input::Input;

/// Words that a command line may be made of.
const WORDS: [&str; 49] = [
    "demo",
    "run",
    "prove",
    "verify",
    "inspect",
    "bench",
    "list",
    "setup",
    "preprocess",
    "help",
    "pcs",
    "arguments",
    "hashes",
    "a.elf",
    "-o",
    "out",
    "--proof",
    "--input",
    "--input-hex",
    "--private-input",
    "--private-input-hex",
    "--output",
    "--max-steps",
    "--pcs",
    "--argument",
    "--products",
    "--hash",
    "--log-m",
    "--setup",
    "--allow-insecure-setup",
    "--threads",
    "--force",
    "--json",
    "--progress",
    "--ptau",
    "--name",
    "--insecure-seed",
    "--log-size",
    "--guests",
    "--sizes",
    "--runs",
    "--alone",
    "--values",
    "--columns",
    "--resume",
    "--plot",
    "--cell",
    "--help",
    "--version",
];

fn words(input: &mut Input<'_>) -> Vec<String> {
    let mut words = vec!["lariat".to_owned()];
    while !input.is_empty() && words.len() < 24 {
        let choice = input.byte();
        if let Some(word) = WORDS.get(usize::from(choice)) {
            words.push((*word).to_owned());
        } else {
            let len = usize::from(choice) % 32;
            words.push(String::from_utf8_lossy(input.bytes(len)).into_owned());
        }
    }
    words
}

/// What `--input-hex` must make of a word.
fn unhex(word: &str) -> Option<Vec<u8>> {
    let digits = word.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    (0..digits.len() / 2).map(|i| u8::from_str_radix(word.get(2 * i..2 * i + 2)?, 16).ok()).collect()
}

/// Words as a command line: parsed or refused with a sentence; hexadecimal digits and lists of sizes become what they say.
pub fn cli_arguments(data: &[u8]) {
    let schemes = &world().schemes;
    let mut input = Input::new(data);
    let parse = |words: &[String]| lariat_cli::parse(schemes, words);
    match input.byte() % 4 {
        0 => {
            let word = String::from_utf8_lossy(input.rest()).into_owned();
            let words = ["lariat", "run", "a.elf", &format!("--input-hex={word}")].map(str::to_owned);
            match (parse(&words), unhex(&word)) {
                (Ok(parsed), Some(bytes)) => assert!(parsed.contains(&format!("HexBytes({bytes:?})")), "{parsed}"),
                (Err(refusal), None) => assert!(!refusal.is_empty()),
                (parsed, bytes) => panic!("{word:?}: {parsed:?} where {bytes:?} was expected"),
            }
        }
        1 => {
            let word = String::from_utf8_lossy(input.rest()).into_owned();
            let words = ["lariat", "bench", "-o", "x", &format!("--sizes={word}")].map(str::to_owned);
            let sizes: Option<Vec<i64>> =
                word.split(',').map(|size| size.parse().ok().filter(|size| (0..=24).contains(size))).collect();
            match (parse(&words), sizes) {
                (Ok(parsed), Some(sizes)) => assert!(parsed.contains(&format!("sizes: {sizes:?}")), "{parsed}"),
                (Err(refusal), None) => assert!(!refusal.is_empty()),
                (parsed, sizes) => panic!("{word:?}: {parsed:?} where {sizes:?} was expected"),
            }
        }
        _ => match parse(&words(&mut input)) {
            Ok(parsed) => assert!(parsed.starts_with("Cli")),
            Err(refusal) => assert!(!refusal.trim().is_empty()),
        },
    }
}
