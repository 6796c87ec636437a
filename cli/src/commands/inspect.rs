//! `lariat inspect`: what a proof file consists of.

use crate::{
    Report,
    args::InspectArgs,
    error::CliError,
    files::{self, Kind, load_program},
    format::{self, Lines},
};
use lariat_jolt_core::{
    Config, EventLog, Header, SecurityLedger, VerifyError, protocol::section, security::part, verify_with_log,
};
use lariat_pcs::Schemes;
use serde::Serialize;

/// The JSON object; its names are stable. Without a program, `verified` is false and `parts` has the header only.
#[derive(Debug, Serialize)]
struct Inspected {
    proof_bytes: usize,
    verified: bool,
    header: HeaderFields,
    /// What the proof is worth; null without a program.
    security: Option<Itemised>,
    parts: Vec<Part>,
}

/// The security ledger.
#[derive(Debug, Serialize)]
struct Itemised {
    #[serde(flatten)]
    totals: format::Security,
    terms: Vec<Term>,
    problems: Vec<Problem>,
}

/// A way in which a false statement passes by chance; bits are `-log2` of the probability.
#[derive(Debug, Serialize)]
struct Term {
    part: &'static str,
    name: String,
    bits_proven: f64,
    bits_conjectured: f64,
    numerator: &'static str,
    source: &'static str,
}

/// A problem whose solution forges a proof; bits are of the work.
#[derive(Debug, Serialize)]
struct Problem {
    #[serde(rename = "problem")]
    name: &'static str,
    bits: f64,
    source: &'static str,
}

/// Fields of the header. Nothing here is to be believed of a proof that was not verified.
#[derive(Debug, Serialize)]
struct HeaderFields {
    pcs: String,
    setup: &'static str,
    setup_name: String,
    setup_digest: String,
    argument: &'static str,
    products: &'static str,
    hash: &'static str,
    log_m: usize,
    program_digest: String,
    rows: u64,
    heap_high: u32,
    stack_low: u32,
    output_high: u32,
    private_input_bytes: u32,
    exit_code: u32,
    panicked: bool,
    input_hex: String,
    output_hex: String,
}

/// A stretch of the proof.
#[derive(Debug, Serialize)]
struct Part {
    name: &'static str,
    what: &'static str,
    offset: usize,
    bytes: usize,
    messages: Vec<Group>,
}

/// The messages of one part that have one label.
#[derive(Debug, Serialize)]
struct Group {
    label: &'static str,
    payload: String,
    messages: usize,
    elements: usize,
    bytes: usize,
}

/// Shows a proof's header and, with its program, its parts.
pub fn inspect(args: &InspectArgs, schemes: &Schemes) -> Report {
    let proof = files::read(Kind::Proof, &args.proof)?;
    let rejected = |error: VerifyError| CliError::rejected(&args.proof, error);
    let (header, header_bytes) = Header::parse(&proof, schemes).map_err(|error| rejected(error.into()))?;
    let mut parts = vec![Part {
        name: "header",
        what: "configuration, program digest, sizes, exit, public input and output",
        offset: 0,
        bytes: header_bytes,
        messages: Vec::new(),
    }];
    let mut ledger = None;
    if let Some(path) = &args.program {
        args.rows.options().check(&header).map_err(rejected)?;
        let (program, _) = load_program(path, &args.memory)?;
        let schemes = &args.setup.apply(schemes)?;
        let (statement, log) = verify_with_log(&program, &proof, schemes).map_err(rejected)?;
        parts.extend(sections(&log, header_bytes));
        ledger = Some(statement.security);
    }
    let inspected = Inspected {
        proof_bytes: proof.len(),
        verified: args.program.is_some(),
        header: HeaderFields::new(&header),
        security: ledger.as_ref().map(Itemised::new),
        parts,
    };
    Ok(if args.json { format::json(&inspected) } else { text(&inspected, &header, ledger.as_ref()) })
}

/// The parts behind the header, in order.
fn sections(log: &EventLog, header_bytes: usize) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (name, event) in log.with_sections().filter(|(_, event)| event.num_bytes > 0) {
        if parts.last().is_none_or(|part| part.name != name) {
            let offset = header_bytes + event.offset;
            parts.push(Part { name, what: describe(name), offset, bytes: 0, messages: Vec::new() });
        }
        let Some(part) = parts.last_mut() else { continue };
        part.bytes += event.num_bytes;
        let payload = format!("{:?}", event.payload).to_lowercase();
        let is_same = |group: &Group| group.label == event.label && group.payload == payload;
        if !part.messages.iter().any(is_same) {
            part.messages.push(Group {
                label: event.label,
                payload: payload.clone(),
                messages: 0,
                elements: 0,
                bytes: 0,
            });
        }
        if let Some(group) = part.messages.iter_mut().find(|group| is_same(group)) {
            group.messages += 1;
            group.elements += event.count;
            group.bytes += event.num_bytes;
        }
    }
    parts
}

/// What a section of the protocol is for.
fn describe(name: &str) -> &'static str {
    match name {
        section::PRIVATE => "binds the private input",
        section::COMMITMENTS => "binds every column of the execution and the final state of memory",
        section::PRODUCT_COMMITMENTS => "binds the columns of partial products",
        section::PRODUCTS => {
            "products of the fingerprints of all tuples that steps read and write, and of all cells' first and last"
        }
        section::MAIN => "reduces fingerprints and constraints to evaluations of columns at one point",
        section::EVALUATIONS => "the columns' values at that point",
        section::OPENING => "shows that the commitments have these values",
        _ => "a part that this release has no description of",
    }
}

impl Itemised {
    fn new(ledger: &SecurityLedger) -> Self {
        let terms = ledger.terms.iter().map(|term| Term {
            part: term.part,
            name: term.name.clone(),
            bits_proven: term.bits.proven,
            bits_conjectured: term.bits.conjectured,
            numerator: term.numerator,
            source: term.source,
        });
        let problems =
            ledger.problems.iter().map(|p| Problem { name: p.problem, bits: p.bits, source: p.source }).collect();
        Self { totals: format::Security::new(ledger), terms: terms.collect(), problems }
    }
}

/// The table of the ledger: parts with more than one term in one line, but for the opening.
fn ledger_lines(ledger: &SecurityLedger, lines: &mut Lines) {
    lines.note("security: log2 of the chance that a false statement passes, of each part");
    let mut rest = ledger.terms.as_slice();
    for (part, bits) in ledger.by_part() {
        let count = rest.iter().take_while(|term| term.part == part).count();
        let (terms, after) = rest.split_at(count);
        rest = after;
        match terms {
            [term] => lines.note(format!("  {:>9.1}  {part}: {}; {}", -bits.proven, term.name, term.source)),
            _ => lines.note(format!("  {:>9.1}  {part}: {count} terms", -bits.proven)),
        };
        if part == part::OPENING {
            for term in terms.iter().filter(|_| count > 1) {
                lines.note(format!("  {:>9.1}    {}; {}", -term.bits.proven, term.name, term.source));
            }
        }
    }
    lines.note(format!("  {:>9.1}  all, given that commitments bind (--json has every term)", -ledger.error().proven));
    lines.note("security: log2 of the work of solving a problem");
    for problem in &ledger.problems {
        lines.note(format!("  {:>9.1}  {}; {}", problem.bits, problem.problem, problem.source));
    }
}

impl HeaderFields {
    fn new(header: &Header) -> Self {
        let Config { pcs, argument, hash, params, products } = header.config;
        let (exit_code, panicked) = format::exit_parts(header.exit());
        Self {
            pcs: pcs.to_string(),
            setup: header.setup.source.kind(),
            setup_name: header.setup.source.name().to_owned(),
            setup_digest: format::hex(&header.setup.digest),
            argument: argument.name(),
            products: products.name(),
            hash: hash.name(),
            log_m: params.log_m(),
            program_digest: format::hex(&header.program),
            rows: header.steps,
            heap_high: header.heap_high,
            stack_low: header.stack_low,
            output_high: header.output_high,
            private_input_bytes: header.private_bytes,
            exit_code,
            panicked,
            input_hex: format::hex(&header.input),
            output_hex: format::hex(&header.output()),
        }
    }
}

fn text(inspected: &Inspected, header: &Header, ledger: Option<&SecurityLedger>) -> String {
    let h = &inspected.header;
    let state = if inspected.verified { "valid" } else { "NOT verified: give the program to verify it" };
    let mut lines = Lines::new(format!("proof of {} bytes, {state}", inspected.proof_bytes));
    lines.line("program", &h.program_digest);
    lines.line("configuration", format::config(header.config));
    lines.line("setup", &header.setup);
    if let Some(ledger) = ledger {
        lines.line("security", format::security(ledger));
    }
    lines.line("rows", h.rows);
    lines.line("exit", format::exit(header.exit()));
    lines.line("input", format::output(&header.input));
    lines.line("output", format::output(&header.output()));
    lines.line("private input", format!("{} bytes", h.private_input_bytes));
    lines.line("heap up to", format!("{:#010x}", h.heap_high));
    lines.line("stack from", format!("{:#010x}", h.stack_low));
    lines.line("output up to", format!("{:#010x}", h.output_high));
    lines.note("parts");
    for part in &inspected.parts {
        lines.note(format!("  {:>9} bytes at {:>8}  {}: {}", part.bytes, part.offset, part.name, part.what));
        for Group { label, payload, messages, elements, bytes } in &part.messages {
            let plural = if *messages == 1 { "" } else { "s" };
            lines.note(format!(
                "  {bytes:>9}                     {label}: {elements} {payload} in {messages} message{plural}"
            ));
        }
    }
    if !inspected.verified {
        let rest = inspected.proof_bytes - inspected.parts.iter().map(|part| part.bytes).sum::<usize>();
        lines.note(format!("  {rest:>9} bytes of messages, whose parts follow from the program"));
    }
    if let Some(ledger) = ledger {
        ledger_lines(ledger, &mut lines);
    }
    lines.finish()
}
