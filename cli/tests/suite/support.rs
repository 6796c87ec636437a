//! Starting the command, and one small proof that many tests share.

use serde_json::Value;
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

/// What a finished command left.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// Expects success and nothing on standard error.
    pub fn ok(self) -> Self {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "{self:?}");
        self
    }

    /// Expects exit code 1 and one line on standard error that contains every one of `parts`.
    pub fn refused(self, parts: &[&str]) -> Self {
        assert_eq!(self.code, 1, "{self:?}");
        assert!(self.stderr.starts_with("lariat: ") && self.stderr.lines().count() == 1, "{self:?}");
        for part in parts {
            assert!(self.stderr.contains(part), "no {part:?} in {self:?}");
        }
        self
    }

    /// Expects exit code 2, and the word on standard error.
    pub fn wrong_usage(self, word: &str) {
        assert_eq!(self.code, 2, "{self:?}");
        assert!(self.stderr.contains(word), "no {word:?} in {self:?}");
    }

    /// Standard output as one JSON object on one line.
    pub fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        let value: Value = serde_json::from_str(&self.stdout).unwrap();
        assert!(value.is_object(), "{self:?}");
        value
    }
}

/// The command, not yet started.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lariat"));
    command.env_remove("LARIAT_SETUP").args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the command. It must never panic.
pub fn lariat(args: &[&str]) -> Outcome {
    finish(command(args), args)
}

/// Says that nothing was tested, and why. Fails where no test may be skipped.
pub fn skipped(why: &str) {
    println!("SKIPPED: {why}");
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "under CI=true no test is skipped");
}

/// Runs a command that was prepared, by itself or by another program, with these arguments of `lariat`.
pub fn finish(mut command: Command, args: &[&str]) -> Outcome {
    let output = command.output().unwrap();
    let outcome = Outcome {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    assert!([0, 1, 2].contains(&outcome.code) && !outcome.stderr.contains("panicked at"), "{args:?}: {outcome:?}");
    let verb = args.first().copied().unwrap_or_default();
    if outcome.code != 2 && VERBS.contains(&verb) {
        // Help explains itself, and values of JSON objects are what files hold.
        let printed = if args.contains(&"--help") || args.contains(&"--json") { "" } else { outcome.stdout.as_str() };
        for text in [printed, &outcome.stderr] {
            if let Some(option) = unknown_option(verb, text) {
                panic!("{args:?}: `lariat {verb}` advises {option}, which it does not have: {outcome:?}");
            }
        }
    }
    outcome
}

/// The verbs.
pub const VERBS: [&str; 10] =
    ["demo", "run", "prove", "verify", "inspect", "bench", "attack", "list", "setup", "preprocess"];

/// The long options in a text, in order.
pub fn options_in(text: &str) -> Vec<&str> {
    let is_letter = |c: char| c.is_ascii_lowercase() || c == '-';
    let starts = text.match_indices("--").filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '-')
            && text[at + 2..].starts_with(|c: char| c.is_ascii_lowercase())
    });
    starts.map(|(at, _)| text[at..].split(|c| !is_letter(c)).next().unwrap().trim_end_matches('-')).collect()
}

/// An option of `bench` that its help hides: what it starts itself with.
const HIDDEN: (&str, &str) = ("bench", "--cell");

/// Whether the verb has this option, by its help.
pub fn has_option(verb: &str, option: &str) -> bool {
    static KNOWN: OnceLock<HashMap<&str, Vec<String>>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let help = |verb| String::from_utf8(command(&[verb, "--help"]).output().unwrap().stdout).unwrap();
        let options = |verb| options_in(&help(verb)).into_iter().map(str::to_owned).collect();
        VERBS.map(|verb| (verb, options(verb))).into()
    });
    (verb, option) == HIDDEN || known[verb].iter().any(|known| known == option)
}

/// The first option in a text that neither the verb nor another one that the text names has.
fn unknown_option<'a>(verb: &str, text: &'a str) -> Option<&'a str> {
    let named = |other: &&str| *other == verb || text.contains(&format!("lariat {other}"));
    let verbs: Vec<&str> = VERBS.into_iter().filter(named).collect();
    options_in(text).into_iter().find(|option| !verbs.iter().any(|verb| has_option(verb, option)))
}

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Path of a committed guest.
pub fn elf(name: &str) -> String {
    text(&root().join(format!("guests/elf/{name}.elf")))
}

/// A path as an argument.
pub fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// An empty folder of one test.
pub fn folder(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(test);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// Names in a folder.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Public input of the shared proof: the number 10.
pub const INPUT: &str = "0a000000";

/// Output of the shared proof: the 10th Fibonacci number.
pub const OUTPUT: &str = "37000000";

/// Path of the shared proof: fibonacci of 10.
pub fn shared_proof() -> String {
    static PROOF: OnceLock<String> = OnceLock::new();
    PROOF
        .get_or_init(|| {
            let path = text(&folder("shared").join("fibonacci.proof"));
            lariat(&["prove", &elf("fibonacci"), "--input-hex", INPUT, "-o", &path, "--log-m", "8"]).ok();
            path
        })
        .clone()
}

/// Bytes from hexadecimal digits.
pub fn unhex(digits: &str) -> Vec<u8> {
    (0..digits.len() / 2).map(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).unwrap()).collect()
}

/// Hexadecimal digits from bytes.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}
