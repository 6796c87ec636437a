//! Tables and plots of records, as files: equal records give equal bytes.

use crate::{
    AloneRecord, BenchError, Machine, Measured, Record, Spread, machine,
    plot::{Bar, Bars, Curves, Point, Series, Unit},
    record::SEED_NOTE,
};
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

/// A file: name and contents.
pub type File = (String, String);

/// Writes files into a folder, which is made if need be.
///
/// # Errors
/// When that is not possible.
pub fn write(folder: &Path, files: &[File]) -> Result<(), BenchError> {
    fs::create_dir_all(folder).map_err(BenchError::file("make the folder", folder))?;
    for (name, text) in files {
        let path = folder.join(name);
        // Whole or not at all: half a table looks like a table.
        lariat_files::save(&path, text.as_bytes()).map_err(BenchError::file("write", &path))?;
    }
    Ok(())
}

/// Runs of one curve: its name, its number among all curves, and the records by size.
struct Curve<'a, M> {
    name: String,
    style: usize,
    sizes: BTreeMap<u64, Vec<&'a M>>,
}

/// A plot: beginning of its file's name, title, unit, and the figure of a record.
type Plot<M> = (&'static str, &'static str, Unit, fn(&M) -> Option<f64>);

/// Names in order of first appearance.
fn in_order<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.fold(Vec::new(), |mut seen, item| {
        if !seen.contains(&item) {
            seen.push(item);
        }
        seen
    })
}

/// The curves of some records. `all_names` are those of the whole file: they number the colours.
fn curves<'a, M>(
    records: &[&'a M],
    all_names: &[String],
    name: impl Fn(&M) -> String,
    size: impl Fn(&M) -> u64,
) -> Vec<Curve<'a, M>> {
    let mut curves = Vec::new();
    for (style, curve) in all_names.iter().enumerate() {
        let mut sizes: BTreeMap<u64, Vec<&M>> = BTreeMap::new();
        for record in records.iter().filter(|r| name(r) == *curve) {
            sizes.entry(size(record)).or_default().push(record);
        }
        if !sizes.is_empty() {
            curves.push(Curve { name: curve.clone(), style, sizes });
        }
    }
    curves
}

/// One figure of every record of a curve.
fn series<M>(curves: &[Curve<'_, M>], value: impl Fn(&M) -> Option<f64>) -> Vec<Series> {
    let point = |(x, runs): (&u64, &Vec<&M>)| {
        let y = Spread::of(runs.iter().filter_map(|r| value(r)))?;
        Some(Point { x: *x as f64, y })
    };
    let of = |c: &Curve<'_, M>| Series {
        name: c.name.clone(),
        style: c.style,
        points: c.sizes.iter().filter_map(point).collect(),
    };
    curves.iter().map(of).collect()
}

/// The machines of some records; their runs and setups.
fn subtitle<M: Measured>(records: &[&M], runs: usize, machine: impl Fn(&M) -> &Machine) -> [String; 2] {
    let machines = machine::builds(records.iter().map(|r| machine(r)));
    let machine = match machines.as_slice() {
        [(one, _)] => one.to_string(),
        many => format!("{} machines or builds", many.len()),
    };
    let mut how =
        format!("medians of {runs} run{}", if runs == 1 { "" } else { "s, bars from the least to the greatest" });
    if records.iter().any(|r| r.setup().setup.starts_with("insecure")) {
        how += "; powers of tau, where needed, from an INSECURE setup";
    }
    [machine, how]
}

/// Whether a property differs among records.
fn varies<M, T: PartialEq>(records: &[M], property: impl Fn(&M) -> T) -> bool {
    records.windows(2).any(|pair| property(&pair[0]) != property(&pair[1]))
}

/// A number with three digits.
fn digits(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v if v >= 1.0 => format!("{v:.2}"),
        v => format!("{v:.3}"),
    }
}

/// Median and range of a figure in a unit, as a table shows it.
fn cell<M>(runs: &[&M], unit: f64, value: impl Fn(&M) -> Option<f64>) -> String {
    let Some(Spread { min, median, max, .. }) = Spread::of(runs.iter().filter_map(|r| value(r))) else {
        return "-".to_owned();
    };
    let [low, mid, high] = [min, median, max].map(|v| digits(v / unit));
    if low == high { mid } else { format!("{mid} ({low} to {high})") }
}

const SECOND: f64 = 1e9;
const MILLISECOND: f64 = 1e6;
const KIB: f64 = 1024.0;
const MIB: f64 = 1024.0 * 1024.0;

/// The head of a table's file: machines and what the figures are.
fn head<M: Measured>(title: &str, records: &[M], machine: impl Fn(&M) -> &Machine, what: &str) -> String {
    let mut text = format!("# {title}\n\n{what}\n\n");
    text += &machine::describe(records.iter().map(machine));
    let setups = in_order(records.iter().map(Measured::setup).filter(|s| s.setup != "transparent").map(|s| {
        let warning =
            if s.setup.starts_with("insecure") { " (INSECURE: whoever knows its tau can forge proofs)" } else { "" };
        format!("{} `{}`{warning}", s.setup, s.setup_name)
    }));
    for setup in setups {
        let _ = writeln!(text, "- schemes that need a setup ran under: {setup}");
    }
    text
}

/// Name of a proof's curve: the scheme, and whatever else differs in the file.
fn curve_name(record: &Record, threads: bool, log_m: bool, hash: bool) -> String {
    let c = &record.cell;
    let mut name = c.pcs.clone();
    if threads {
        let _ = write!(name, ", {} thr", c.threads);
    }
    if log_m {
        let _ = write!(name, ", M 2^{}", c.log_m);
    }
    if hash {
        let _ = write!(name, ", {}", c.hash);
    }
    name
}

/// Phases of proving, for the stacked chart.
const PHASES: [&str; 5] = ["witness", "commit", "products", "main_sumcheck", "open"];

/// `table.md`, four plots for each guest, and the phases at the guest's largest size.
pub fn of_proofs(records: &[Record]) -> Vec<File> {
    let threads = varies(records, |r| r.cell.threads);
    let log_m = varies(records, |r| r.cell.log_m);
    let hash = varies(records, |r| r.cell.hash.clone());
    let name = |r: &Record| curve_name(r, threads, log_m, hash);
    let names = in_order(records.iter().map(name));
    let mut table = head(
        "Proofs",
        records,
        |r| &r.machine,
        "Medians, with the least and the greatest run. *Prove* is everything from the trace to the proof, and consists of \
         building columns, *commit*, *IOP* (grand products and sumchecks) and *open*; running the program and making \
         parameters are not in it. Every proof was verified after the clock stopped. *Bits* are those of the \
         commitment scheme, proven and conjectured.",
    );
    let mut files = Vec::new();
    for guest in in_order(records.iter().map(|r| r.cell.guest.as_str())) {
        let of_guest: Vec<&Record> = records.iter().filter(|r| r.cell.guest == guest).collect();
        let curves = curves(&of_guest, &names, name, |r| r.rows);
        table += &proof_table(guest, &of_guest, &curves);
        let runs = of_guest.iter().map(|r| r.cell.run).max().unwrap_or_default();
        let subtitle = subtitle(&of_guest, runs, |r| &r.machine);
        let plots: [Plot<Record>; 4] = [
            ("prover-time", "Prover time", Unit::Nanoseconds, |r| Some(r.prove_ns as f64)),
            ("proof-bytes", "Proof size", Unit::Bytes, |r| Some(r.proof_bytes as f64)),
            ("verifier-time", "Verifier time", Unit::Nanoseconds, |r| Some(r.verify_ns as f64)),
            ("peak-memory", "Peak memory", Unit::Bytes, |r| r.peak_rss_bytes.map(|b| b as f64)),
        ];
        for (file, what, unit, value) in plots {
            let plot = Curves {
                title: format!("{what}, {guest}"),
                subtitle: subtitle.clone(),
                x_label: "rows".to_owned(),
                y_label: what.to_owned(),
                unit,
                series: series(&curves, value),
            };
            files.extend(plot.draw().map(|svg| (format!("{file}-{guest}.svg"), svg)));
        }
        files.extend(phases(guest, subtitle, &curves).draw().map(|svg| (format!("phases-{guest}.svg"), svg)));
    }
    files.insert(0, ("table.md".to_owned(), table));
    files
}

/// Where the time of a guest's largest proofs goes.
fn phases(guest: &str, subtitle: [String; 2], curves: &[Curve<'_, Record>]) -> Bars {
    let largest = curves.iter().filter_map(|c| c.sizes.keys().max()).max().copied().unwrap_or_default();
    let median = |runs: &[&Record], phase: &str| {
        // Records of format 4 and before have the products over steps and those over cells apart.
        let is = |name: &str| name == phase || phase == "products" && name.ends_with("_products");
        let ns = |r: &Record| {
            let parts = r.phases_ns.iter().filter(|(name, _)| is(name)).map(|(_, ns)| *ns as f64);
            parts.reduce(|a, b| a + b)
        };
        Spread::of(runs.iter().filter_map(|r| ns(r))).map_or(0.0, |s| s.median)
    };
    let bars = curves.iter().filter_map(|c| {
        let runs = c.sizes.get(&largest)?;
        Some(Bar { name: c.name.clone(), parts: PHASES.iter().map(|p| median(runs, p)).collect() })
    });
    Bars {
        title: format!("Phases of proving {largest} rows, {guest}"),
        subtitle,
        parts: PHASES.iter().map(|p| p.replace('_', " ")).collect(),
        bars: bars.collect(),
    }
}

/// Bits of security: of the whole proof where the record has them, else of the commitment scheme alone.
pub(crate) fn bits(record: &Record) -> String {
    let Some(proof) = &record.proof_security else {
        let own = &record.security;
        return format!("scheme {}", record.setup.bits(own.security_proven, own.security_conjectured));
    };
    record.setup.bits(proof.proof_security_proven, proof.proof_security_conjectured)
}

fn proof_table(guest: &str, records: &[&Record], curves: &[Curve<'_, Record>]) -> String {
    let mut text = format!(
        "\n## {guest}\n\n| rows | scheme | runs | prove s | commit s | IOP s | open s | verify ms | proof KiB | peak MiB \
         | bits |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
    );
    let mut sizes: Vec<u64> = curves.iter().flat_map(|c| c.sizes.keys().copied()).collect();
    sizes.sort_unstable();
    sizes.dedup();
    for size in &sizes {
        for curve in curves {
            let Some(runs) = curve.sizes.get(size) else { continue };
            let Some(first) = runs.first() else { continue };
            let seconds = |value: fn(&Record) -> u64| cell(runs, SECOND, |r| Some(value(r) as f64));
            let _ = writeln!(
                text,
                "| {size} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                curve.name,
                runs.len(),
                seconds(|r| r.prove_ns),
                seconds(|r| r.commit_ns),
                seconds(|r| r.iop_ns),
                seconds(|r| r.open_ns),
                cell(runs, MILLISECOND, |r| Some(r.verify_ns as f64)),
                cell(runs, KIB, |r| Some(r.proof_bytes as f64)),
                cell(runs, MIB, |r| r.peak_rss_bytes.map(|b| b as f64)),
                bits(first),
            );
        }
    }
    if records.iter().any(|r| r.setup.is_insecure()) {
        let _ = writeln!(text, "\n{SEED_NOTE}");
    }
    text += "\nOutside of the commitment scheme:\n\n";
    for size in &sizes {
        let at_size = records.iter().filter(|r| r.rows == *size);
        // Other tables are another protocol.
        let mut by_tables: BTreeMap<usize, Vec<&Record>> = BTreeMap::new();
        for record in at_size {
            by_tables.entry(record.cell.log_m).or_default().push(record);
        }
        for (log_m, records) in by_tables {
            let Some(first) = records.first() else { continue };
            let o = &first.iop;
            let same =
                if records.iter().all(|r| r.iop == *o) { "in every proof" } else { "**NOT THE SAME in all proofs**" };
            let _ = writeln!(
                text,
                "- {size} rows, tables of 2^{log_m}: {} messages of {} bytes, {} challenges, {} rounds, {same}",
                o.messages, o.message_bytes, o.challenges, o.rounds
            );
        }
    }
    text
}

/// `alone.md`, and four plots for each kind of values and number of columns.
pub fn of_openings(records: &[AloneRecord]) -> Vec<File> {
    let threads = varies(records, |r| r.cell.threads);
    let name = |r: &AloneRecord| {
        let suffix = if threads { format!(", {} thr", r.cell.threads) } else { String::new() };
        format!("{}{suffix}", r.cell.pcs)
    };
    let names = in_order(records.iter().map(name));
    let mut table = head(
        "Commitment schemes alone",
        records,
        |r| &r.machine,
        "Medians, with the least and the greatest run: a batch of columns is committed to and opened at one point, after \
         having done so once without a clock. *Setup* is making the parameters and that first time. *Setup MiB* are the \
         powers of tau that the prover needs. *Bits* are proven and conjectured.",
    );
    let mut files = Vec::new();
    for (values, columns) in in_order(records.iter().map(|r| (r.cell.values.as_str(), r.cell.columns))) {
        let group: Vec<&AloneRecord> =
            records.iter().filter(|r| r.cell.values == values && r.cell.columns == columns).collect();
        let curves = curves(&group, &names, name, |r| 1 << r.cell.num_vars);
        let of = if columns == 1 { "column" } else { "columns" };
        let what = format!("{columns} {values} {of}");
        table += &opening_table(&what, &curves);
        let runs = group.iter().map(|r| r.cell.run).max().unwrap_or_default();
        let subtitle = subtitle(&group, runs, |r| &r.machine);
        let plots: [Plot<AloneRecord>; 4] = [
            ("commit", "Commit", Unit::Nanoseconds, |r| Some(r.commit_ns as f64)),
            ("open", "Open", Unit::Nanoseconds, |r| Some(r.open_ns as f64)),
            ("verify", "Verify", Unit::Nanoseconds, |r| Some(r.verify_ns as f64)),
            ("bytes", "Commitments and opening", Unit::Bytes, |r| Some(r.proof_bytes as f64)),
        ];
        for (file, label, unit, value) in plots {
            let plot = Curves {
                title: format!("{label}, {what}"),
                subtitle: subtitle.clone(),
                x_label: "evaluations of a column".to_owned(),
                y_label: label.to_owned(),
                unit,
                series: series(&curves, value),
            };
            files.extend(plot.draw().map(|svg| (format!("alone-{file}-{values}-{columns}.svg"), svg)));
        }
    }
    files.insert(0, ("alone.md".to_owned(), table));
    files
}

fn opening_table(what: &str, curves: &[Curve<'_, AloneRecord>]) -> String {
    let mut text = format!(
        "\n## {what}\n\n| evaluations | scheme | runs | commit ms | open ms | verify ms | commitment KiB | opening KiB | \
         setup ms | setup MiB | bits |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
    );
    let mut sizes: Vec<u64> = curves.iter().flat_map(|c| c.sizes.keys().copied()).collect();
    sizes.sort_unstable();
    sizes.dedup();
    for size in sizes {
        for curve in curves {
            let Some(runs) = curve.sizes.get(&size) else { continue };
            let Some(first) = runs.first() else { continue };
            let ms = |value: fn(&AloneRecord) -> u64| cell(runs, MILLISECOND, |r| Some(value(r) as f64));
            let _ = writeln!(
                text,
                "| 2^{} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                size.ilog2(),
                curve.name,
                runs.len(),
                ms(|r| r.commit_ns),
                ms(|r| r.open_ns),
                ms(|r| r.verify_ns),
                cell(runs, KIB, |r| Some(r.commitment_bytes as f64)),
                cell(runs, KIB, |r| Some(r.opening_bytes as f64)),
                ms(|r| r.setup_ns),
                cell(runs, MIB, |r| r.setup.setup_bytes.map(|b| b as f64)),
                first.setup.bits(first.security.security_proven, first.security.security_conjectured),
            );
        }
    }
    if curves.iter().flat_map(|c| c.sizes.values().flatten()).any(|r| r.setup.is_insecure()) {
        let _ = writeln!(text, "\n{SEED_NOTE}");
    }
    text
}
