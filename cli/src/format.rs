//! Text for people, and the pieces of JSON objects.

use lariat_jolt_core::{Config, Exit, SecurityLedger};
use serde::{Serialize, Serializer};
use std::{
    fmt::{self, Write as _},
    time::Duration,
};

/// What every summary of a proof says.
pub const NOT_ZERO_KNOWLEDGE: &str = "succinct, not zero-knowledge: the proof may reveal the private input";

/// A line as a terminal can be shown it. Names in it may come from a file that somebody else made: control characters,
/// escape sequences among them, and characters that reorder or hide others are written as `\\u{1b}`. JSON is not escaped
/// so, for it has escapes of its own.
pub fn plain(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut plain, c| {
        if is_shown(c) {
            plain.push(c);
        } else {
            plain.extend(c.escape_default());
        }
        plain
    })
}

/// The same for several lines.
pub fn plain_lines(text: &str) -> String {
    text.split('\n').map(plain).collect::<Vec<_>>().join("\n")
}

/// Whether a character stands for itself on a terminal.
fn is_shown(c: char) -> bool {
    // Marks and overrides of the bidirectional algorithm, separators of lines, what has no width, and tags.
    const HIDDEN: [std::ops::RangeInclusive<char>; 8] = [
        '\u{ad}'..='\u{ad}',
        '\u{61c}'..='\u{61c}',
        '\u{180e}'..='\u{180e}',
        '\u{200b}'..='\u{200f}',
        '\u{2028}'..='\u{202e}',
        '\u{2060}'..='\u{206f}',
        '\u{feff}'..='\u{feff}',
        '\u{e0000}'..='\u{e007f}',
    ];
    !c.is_control() && !HIDDEN.iter().any(|range| range.contains(&c))
}

/// Hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Output bytes for a terminal: their number, and the first 64 of them.
pub fn output(bytes: &[u8]) -> String {
    const SHOWN: usize = 64;
    match bytes.get(..SHOWN) {
        _ if bytes.is_empty() => "none".to_owned(),
        Some(start) if bytes.len() > SHOWN => {
            format!("{} bytes: {}... (--json for all)", bytes.len(), hex(start))
        }
        _ => format!("{} bytes: {}", bytes.len(), hex(bytes)),
    }
}

/// How a program ended.
pub fn exit(exit: Exit) -> String {
    match exit {
        Exit::Halted { code: 0 } => "exit code 0".to_owned(),
        Exit::Halted { code } => format!("exit code {code}: the guest reports a failure"),
        Exit::Panicked { code: 0 } => "the guest PANICKED and gave no exit code, as EBREAK does".to_owned(),
        Exit::Panicked { code } => format!("exit code {code}: the guest PANICKED"),
    }
}

/// Exit code, and whether the guest panicked.
pub const fn exit_parts(exit: Exit) -> (u32, bool) {
    match exit {
        Exit::Halted { code } => (code, false),
        Exit::Panicked { code } => (code, true),
    }
}

/// The exchangeable parts.
pub fn config(config: Config) -> String {
    let Config { pcs, argument, hash, params, products } = config;
    let (argument, products) = (argument.name(), products.name());
    format!(
        "{argument} argument, {products} products, {pcs} commitments, {hash} transcript, tables of 2^{}",
        params.log_m()
    )
}

/// What a proof is worth, in one line. Under a known trapdoor that is nothing, whatever it is under a ceremony's setup.
pub fn security(ledger: &SecurityLedger) -> String {
    if ledger.known_trapdoor().is_some() {
        let others = levels(&ledger.under_sound_setup());
        return format!(
            "0 bits: whoever knows the seed of the setup, or made its file, forges proofs; under a ceremony's setup {others}"
        );
    }
    levels(ledger)
}

fn levels(ledger: &SecurityLedger) -> String {
    let (proven, conjectured) = (ledger.proven(), ledger.conjectured());
    format!(
        "{:.0} bits proven (limit: {}), {:.0} by the best attack known (limit: {})",
        floor(proven.bits),
        proven.limit,
        floor(conjectured.bits),
        conjectured.limit
    )
}

/// Whole bits are rounded down.
pub fn floor(bits: f64) -> f64 {
    // What is a whole number but for rounding errors stays one.
    (bits + 1e-9).floor()
}

/// What a proof is worth: fields of JSON objects, null where that is not known.
#[derive(Debug, Default, Serialize)]
pub struct Security {
    #[serde(rename = "security_bits_proven")]
    pub proven: Option<f64>,
    #[serde(rename = "security_limit_proven")]
    pub proven_limit: Option<&'static str>,
    #[serde(rename = "security_bits_conjectured")]
    pub conjectured: Option<f64>,
    #[serde(rename = "security_limit_conjectured")]
    pub conjectured_limit: Option<&'static str>,
    /// `-log2` of the error of the interactive argument, given that commitments bind.
    #[serde(rename = "security_bits_interactive")]
    pub interactive: Option<f64>,
}

impl Security {
    /// The totals of a ledger: 0 bits under a known trapdoor.
    pub fn new(ledger: &SecurityLedger) -> Self {
        let (proven, conjectured) = (ledger.proven(), ledger.conjectured());
        Self {
            proven: Some(proven.bits),
            proven_limit: Some(proven.limit),
            conjectured: Some(conjectured.bits),
            conjectured_limit: Some(conjectured.limit),
            interactive: Some(ledger.error().proven),
        }
    }
}

/// A duration with three digits.
pub fn time(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 1e-3 {
        format!("{:.1} us", seconds * 1e6)
    } else if seconds < 1.0 {
        format!("{:.1} ms", seconds * 1e3)
    } else {
        format!("{seconds:.2} s")
    }
}

/// A number of bytes with its unit.
pub fn size(bytes: u64) -> String {
    let bytes_f = bytes as f64;
    if bytes < 1 << 10 {
        format!("{bytes} bytes")
    } else if bytes < 1 << 20 {
        format!("{:.1} KiB", bytes_f / 1024.0)
    } else if bytes < 1 << 30 {
        format!("{:.0} MiB", bytes_f / f64::from(1 << 20))
    } else {
        format!("{:.2} GiB", bytes_f / f64::from(1 << 30))
    }
}

/// Nanoseconds, for JSON.
pub fn ns(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// One JSON object on one line.
pub fn json(value: &impl Serialize) -> String {
    // Fails for maps whose keys are no strings and for values that refuse; there are none here.
    serde_json::to_string(value).unwrap_or_default()
}

/// Lines of `label  value`, aligned.
#[derive(Debug, Default)]
pub struct Lines {
    text: String,
}

impl Lines {
    /// Starts with a headline.
    pub fn new(headline: impl fmt::Display) -> Self {
        Self { text: plain(&headline.to_string()) }
    }

    /// Adds a line.
    pub fn line(&mut self, label: &str, value: impl fmt::Display) -> &mut Self {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "\n  {label:<14} {}", plain(&value.to_string()));
        self
    }

    /// Adds a line without a label.
    pub fn note(&mut self, text: impl fmt::Display) -> &mut Self {
        let _ = write!(self.text, "\n{}", plain(&text.to_string()));
        self
    }

    /// The text.
    pub fn finish(&self) -> String {
        self.text.clone()
    }
}

/// Names with numbers, as a JSON object in the given order.
#[derive(Debug, Default)]
pub struct Named(pub Vec<(&'static str, u64)>);

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_units() {
        assert_eq!(time(Duration::from_micros(12)), "12.0 us");
        assert_eq!(time(Duration::from_micros(1234)), "1.2 ms");
        assert_eq!(time(Duration::from_millis(61_500)), "61.50 s");
        assert_eq!(size(1023), "1023 bytes");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(size(300 << 20), "300 MiB");
        assert_eq!(size(3 << 29), "1.50 GiB");
    }

    #[test]
    fn long_outputs_are_cut_for_people() {
        assert_eq!(output(&[]), "none");
        assert_eq!(output(&[0xab; 2]), "2 bytes: abab");
        assert_eq!(output(&[0; 64]), format!("64 bytes: {}", "00".repeat(64)));
        assert!(output(&[0; 65]).starts_with(&format!("65 bytes: {}...", "00".repeat(64))));
    }

    #[test]
    fn what_would_command_a_terminal_is_written_out() {
        for (text, shown) in [
            ("a b: c, (d) \u{e9}\u{4e2d}\u{1f600}", "a b: c, (d) \u{e9}\u{4e2d}\u{1f600}"),
            ("red \u{1b}[31m\u{7}", r"red \u{1b}[31m\u{7}"),
            ("one\ntwo\r\t\0", r"one\ntwo\r\t\u{0}"),
            ("\u{7f}\u{85}\u{9b}2J", r"\u{7f}\u{85}\u{9b}2J"),
            ("elf\u{202e}fdp\u{2066}\u{200d}\u{feff}", r"elf\u{202e}fdp\u{2066}\u{200d}\u{feff}"),
        ] {
            assert_eq!(plain(text), shown);
        }
        assert_eq!(plain_lines("a\u{1b}\nb"), "a\\u{1b}\nb");
        let mut lines = Lines::new("head\nline");
        lines.line("label", "a\nb").note("c\u{1b}");
        assert_eq!(lines.finish(), "head\\nline\n  label          a\\nb\nc\\u{1b}");
    }

    #[test]
    fn named_numbers_keep_their_order() {
        assert_eq!(json(&Named(vec![("b", 1), ("a", 2)])), r#"{"b":1,"a":2}"#);
    }
}
