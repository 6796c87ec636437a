//! `lariat list`: what can be chosen.

use crate::{
    Report,
    args::{ListArgs, Listed},
    format::{self, Lines},
};
use lariat_jolt_core::{Argument, Config, HashKind};
use lariat_pcs::{Hardness, PcsInfo, QuantumStatus, Scheme, Schemes, Workload};
use serde::Serialize;

/// Numbers of variables of the columns that security bits are given for: 128 of 2^20 evaluations.
const WORKLOAD: [usize; 128] = [20; 128];

/// The JSON object; its names are stable.
#[derive(Debug, Serialize)]
struct List {
    #[serde(skip_serializing_if = "Option::is_none")]
    pcs: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashes: Option<Vec<&'static str>>,
}

/// A scheme. What only its parameters tell is null where they cannot be made.
#[derive(Debug, Serialize)]
struct Entry {
    name: &'static str,
    id: u8,
    summary: &'static str,
    default: bool,
    needs_setup: bool,
    setup: Option<&'static str>,
    setup_name: Option<String>,
    assumptions: Option<&'static str>,
    post_quantum: Option<bool>,
    /// Whether the setup is from a seed, so that no bits hold against those who know it.
    trapdoor_known: Option<bool>,
    security_bits_proven: Option<f64>,
    security_bits_conjectured: Option<f64>,
    unavailable: Option<String>,
}

/// Lists.
pub fn list(args: &ListArgs, schemes: &Schemes) -> Report {
    let schemes = args.setup.apply(schemes)?.allow_insecure_setup(true);
    let mut list = List { pcs: None, arguments: None, hashes: None };
    match args.what {
        Listed::Pcs => list.pcs = Some(schemes.iter().map(|scheme| entry(scheme, &schemes)).collect()),
        Listed::Arguments => list.arguments = Some(Argument::ALL.iter().map(|a| a.name()).collect()),
        Listed::Hashes => list.hashes = Some(HashKind::ALL.map(HashKind::name).to_vec()),
    }
    Ok(if args.json { format::json(&list) } else { text(&list) })
}

fn entry(scheme: &Scheme, schemes: &Schemes) -> Entry {
    let made = schemes.setup(scheme.kind, Workload { num_vars: &WORKLOAD });
    let mut entry = Entry {
        name: scheme.kind.name(),
        id: scheme.kind.id(),
        summary: scheme.summary,
        default: scheme.kind == Config::default().pcs,
        needs_setup: scheme.needs_setup,
        setup: None,
        setup_name: None,
        assumptions: None,
        post_quantum: None,
        trapdoor_known: None,
        security_bits_proven: None,
        security_bits_conjectured: None,
        unavailable: None,
    };
    match made {
        Ok(pcs) => {
            let PcsInfo { assumptions, setup, quantum } = pcs.info();
            let security = pcs.security(&[&WORKLOAD]);
            entry.trapdoor_known = Some(setup.known_trapdoor().is_some());
            entry.setup = Some(setup.kind());
            entry.setup_name = Some(setup.name().to_owned());
            entry.assumptions = Some(assumptions);
            entry.post_quantum = Some(quantum == QuantumStatus::Plausible);
            entry.security_bits_proven = Some(security.proven);
            entry.security_bits_conjectured = Some(security.conjectured);
        }
        Err(error) => entry.unavailable = Some(error.to_string()),
    }
    entry
}

fn text(list: &List) -> String {
    let mut lines = Lines::new("what can be chosen".to_owned());
    for entry in list.pcs.iter().flatten() {
        lines.line(entry.name, entry.summary);
        if let Some(assumptions) = entry.assumptions {
            lines.line("", format!("assumes {assumptions}"));
        }
        let bits = entry.security_bits_proven.zip(entry.security_bits_conjectured);
        if let Some((proven, conjectured)) = bits.map(|(p, c)| (format::floor(p), format::floor(c))) {
            lines.line("", format!("{proven:.0} bits proven, {conjectured:.0} conjectured, 128 columns of 2^20"));
        }
        if entry.trapdoor_known == Some(true) {
            lines.line("", format!("under this setup: 0 bits, {}", Hardness::SEED.source));
        }
        if let Some(reason) = &entry.unavailable {
            lines.line("", format!("not available here: {reason}"));
        }
    }
    for name in list.arguments.iter().flatten().chain(list.hashes.iter().flatten()) {
        lines.line(name, "");
    }
    lines.finish()
}
