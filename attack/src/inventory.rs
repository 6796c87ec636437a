//! The inventory of challenges: what is drawn, and what is absorbed before it, read off the logs of real runs.
//!
//! A challenge depends on everything that was absorbed before it, so the list of a run is cumulative: whatever stands
//! above a challenge is bound by it. `docs/challenges.md` is [`document`], written by `scripts/generate-docs.sh`; a change of
//! the protocol that adds, moves or drops a challenge or a message changes the file, and must be reviewed there.

use crate::{
    frozen::record::{INPUTS, subject},
    programs::honest_witness,
};
use lariat_jolt_core::{
    Config, HashKind, ProveError, Schemes,
    protocol::{Shape, label, section},
    prove_witness, verify_with_log,
};
use lariat_transcript::{ChallengeTape, Drawn, Event, EventKind, EventLog, PayloadKind, encoding::scalar_to_bytes};
use std::fmt::Write;

/// A run of the fixed small program: the log and the values of the challenges.
pub struct Run {
    pub config: Config,
    pub log: EventLog,
    pub tape: ChallengeTape,
    pub shape: Shape,
}

impl Run {
    /// Proves the fixed program, and checks that the verifier keeps the same log.
    ///
    /// # Errors
    /// When the scheme cannot carry it.
    pub fn new(schemes: &Schemes, config: Config) -> Result<Self, ProveError> {
        let program = subject();
        let witness = honest_witness(&program, config, INPUTS);
        let shape = Shape::new(config.params, &witness.header, &witness.layout);
        let proven = prove_witness(&program, witness, schemes, &mut |_| {})?;
        let verified = verify_with_log(&program, &proven.proof, schemes);
        let (_, log) = verified.unwrap_or_else(|e| panic!("{}: an honest proof does not verify: {e}", config.pcs));
        assert!(log == proven.log, "{}: prover and verifier disagree on the log", config.pcs);
        Ok(Self { config, log, tape: proven.tape, shape })
    }

    /// Runs under every scheme and every hash, with the tables that are used unless others are asked for.
    ///
    /// # Errors
    /// When one of the schemes cannot carry it.
    pub fn all(schemes: &Schemes) -> Result<Vec<Self>, ProveError> {
        let kinds: Vec<_> = schemes.iter().map(|s| s.kind).collect();
        let configs =
            kinds.into_iter().flat_map(|pcs| HashKind::ALL.map(|hash| Config { pcs, hash, ..Config::default() }));
        configs.map(|config| Self::new(schemes, config)).collect()
    }

    /// The log up to the opening, with the scheme's own messages and sizes left out.
    fn argument(&self) -> Vec<Event> {
        let events = self.log.with_sections().filter(|(s, _)| *s != section::OPENING).map(|(s, e)| match e.kind {
            EventKind::Message if [section::PRIVATE, section::COMMITMENTS].contains(&s) => None,
            _ => Some(Event { offset: 0, ..*e }),
        });
        events.flatten().collect()
    }

    /// The scheme's commitments, by section.
    fn commitments(&self) -> Vec<(&'static str, Event)> {
        let of_scheme = |s: &str| [section::PRIVATE, section::COMMITMENTS].contains(&s);
        let messages = self.log.with_sections().filter(|(s, e)| of_scheme(s) && e.kind == EventKind::Message);
        messages.map(|(s, e)| (s, *e)).collect()
    }

    /// The opening's part of the log.
    fn opening(&self) -> Vec<Event> {
        self.log.with_sections().filter(|(s, _)| *s == section::OPENING).map(|(_, e)| *e).collect()
    }

    /// Digests of the log's text and of all challenges, in hexadecimal.
    pub fn digests(&self) -> [String; 2] {
        let mut values = blake3::Hasher::new();
        for drawn in &self.tape.0 {
            match drawn {
                Drawn::Scalar(x) => values.update(&scalar_to_bytes(x)),
                Drawn::Index(i) => values.update(&i.to_le_bytes()),
                Drawn::Digest(d) => values.update(d),
                Drawn::Fresh => unreachable!("a recorded tape holds values"),
            };
        }
        [blake3::hash(self.log.to_string().as_bytes()), values.finalize()].map(|h| h.to_hex().to_string())
    }
}

fn count(e: &Event) -> String {
    let noun = match e.payload {
        PayloadKind::None => return String::new(),
        PayloadKind::Bytes => "byte",
        PayloadKind::Scalars => "scalar",
        PayloadKind::Points => "point",
        PayloadKind::Indices => "index",
        PayloadKind::Digest => "digest",
    };
    let plural = match (e.count, noun) {
        (1, _) => noun.to_owned(),
        (_, "index") => "indices".to_owned(),
        _ => format!("{noun}s"),
    };
    format!("{} {plural}", e.count)
}

fn absorbed(e: &Event) -> String {
    match e.kind {
        EventKind::Section => format!("section `{}`", e.label),
        // The header's length depends on the name of the setup.
        EventKind::Bind if e.label == "header" => "statement `header`, all of it".to_owned(),
        EventKind::Bind => format!("statement `{}`, {}", e.label, count(e)),
        EventKind::Public => format!("public `{}`, {}", e.label, count(e)),
        EventKind::Message | EventKind::Challenge => format!("message `{}`, {}", e.label, count(e)),
    }
}

/// A challenge with what was absorbed since the one before.
#[derive(PartialEq)]
struct Step {
    challenge: Option<(String, String)>,
    absorbed: Vec<String>,
}

/// `of_scheme` stands for the commitments, in the sections that have them.
fn steps(events: &[Event], of_scheme: &[String]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut since = Vec::new();
    for e in events {
        if e.kind == EventKind::Challenge {
            let absorbed = std::mem::take(&mut since);
            steps.push(Step { challenge: Some((format!("`{}`", e.label), count(e))), absorbed });
        } else {
            since.push(absorbed(e));
            if e.kind == EventKind::Section && [section::PRIVATE, section::COMMITMENTS].contains(&e.label) {
                since.extend(of_scheme.iter().cloned());
            }
        }
    }
    if !since.is_empty() {
        steps.push(Step { challenge: None, absorbed: since });
    }
    steps
}

/// A table of steps, equal neighbours folded.
fn table(steps: &[Step], prefix: &str) -> String {
    let mut out =
        String::from("| no. | challenge | drawn | absorbed since the challenge before |\n|---|---|---|---|\n");
    let mut number = 1;
    for alike in steps.chunk_by(|a, b| a == b) {
        let step = &alike[0];
        let since = if step.absorbed.is_empty() { "nothing".to_owned() } else { step.absorbed.join("; ") };
        let Some((label, drawn)) = &step.challenge else {
            let _ = writeln!(out, "| end | | | {since} |");
            continue;
        };
        let times = alike.len();
        if times == 1 {
            let _ = writeln!(out, "| {prefix}{number} | {label} | {drawn} | {since} |");
        } else {
            let last = number + times - 1;
            let _ = writeln!(
                out,
                "| {prefix}{number} to {prefix}{last} | {label}, {times} times | {drawn} each | each time: {since} |"
            );
        }
        number += times;
    }
    out
}

const HEAD: &str = "<!-- Written by scripts/generate-docs.sh from logs of real runs; not to be edited by hand. -->

# Challenges

Every challenge that the protocol draws, and all that is absorbed before it. The lists are cumulative: a challenge depends
on everything that stands above it, so a value that a cheating prover could choose late must stand above the challenge
that is to catch it. A change of this file is a change of the protocol. Reviewing one means to ask of every challenge that
moved, and of every message that moved past one: is everything that this challenge batches or tests above it?

What a label means is in [protocol.md](protocol.md); how labels, kinds and counts enter the hash chain is in the
documentation of the crate `transcript`. For each challenge there is a forgery that passes when the challenge is known
beforehand, and does not pass otherwise (`attack/src/frozen`; some are tests of the schemes' crates, listed there).

*Statement* is bound before the first message, *message* is sent by the prover and part of the proof, *public* is known to
both sides, *section* is a mark that separates domains.
";

/// The text of `docs/challenges.md`.
///
/// # Panics
/// When the protocol around the openings is not the same under every scheme and hash, or an opening depends on the hash.
pub fn document(runs: &[Run]) -> String {
    let first = &runs[0];
    let of_scheme = ["the scheme's commitments".to_owned()];
    let argument = steps(&first.argument(), &of_scheme);
    for run in runs {
        let name = format!("{} with {}", run.config.pcs, run.config.hash);
        assert!(steps(&run.argument(), &of_scheme) == argument, "{name}: another argument than the first scheme's");
    }
    let shape = &first.shape;
    let mut out = String::from(HEAD);
    let _ = write!(
        out,
        "
The runs are of one small program at `log M = {}`: `n = {}`, `m = {}`, {} memory operations a row, {} columns over steps.
The numbers of layers, rounds and evaluations follow these; see [protocol.md](protocol.md#messages-and-challenges).

## Around the opening

The same under every commitment scheme and hash.

",
        first.config.params.log_m(),
        shape.step_vars,
        shape.cell_vars,
        shape.num_operations,
        shape.num_step_columns,
    );
    out += &table(&argument, "");
    let _ = write!(
        out,
        "
The evaluations (`{}`) are the last message before the opening, which absorbs its point first: every
challenge of an opening depends on all of the above.

## Openings

The same under every hash. Their challenges are numbered o1, o2, and so on, and come after all of the above.
",
        label::EVALUATIONS
    );
    for alike in runs.chunk_by(|a, b| a.config.pcs == b.config.pcs) {
        let run = &alike[0];
        let pcs = run.config.pcs;
        let opening = steps(&run.opening(), &[]);
        let same = |other: &Run| steps(&other.opening(), &[]) == opening;
        assert!(alike.iter().all(same), "{pcs}: the opening depends on the hash");
        let _ = write!(out, "\n### {pcs}\n\nCommitments: ");
        let commitments: Vec<String> =
            run.commitments().iter().map(|(s, e)| format!("{} in section `{s}`", absorbed(e))).collect();
        let none = "none".to_owned();
        let _ = write!(out, "{}.\n\n", if commitments.is_empty() { none } else { commitments.join("; ") });
        out += &table(&opening, "o");
    }
    out
}
