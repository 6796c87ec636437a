//! `lariat attack` has teeth: schemes that are broken, each in one way, are caught and named, and the same scheme without
//! a flaw is not.
//!
//! The test is a program of its own with its own list of schemes, as a researcher's is: it calls itself as a command.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "test helpers fail by panicking")]

use ark_ff::Zero;
use lariat_algebra::{Fr, column::Column, poly::eq_evals};
use lariat_attack::{
    outcome::quiet_panics,
    programs::small,
    report::Report,
    run::{Plan, Silent, run as attack},
};
use lariat_hyrax::Hyrax;
use lariat_pcs::{
    BatchSize, MultilinearPcs, Pcs, PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, Schemes, SecurityBits,
    SetupSource, VerifyError, Workload,
};
use lariat_transcript::{ProverChannel, VerifierChannel};
use serde_json::Value;
use std::{env, process::Command, process::ExitCode, sync::Arc};

/// Set where this program is the command.
const AS_COMMAND: &str = "LARIAT_TEST_BROKEN";

/// What is wrong with a scheme.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flaw {
    Nothing,
    /// The values are those at a fixed point, which the prover sends along; what is claimed is not looked at.
    IgnoresThePoint,
    /// The first column is never looked at.
    IgnoresOneCommitment,
    /// Only the sum of all values is checked.
    ChecksTheSum,
    /// Commitments come with the opening, when the point is known.
    CommitsLate,
    /// A wrong value is a panic, not an error.
    Panics,
}

/// All evaluations in clear: binding if there is no flaw.
struct Clear<const KIND: usize>;

const KINDS: [(u8, &str, Flaw); 6] = [
    (200, "sound", Flaw::Nothing),
    (201, "ignores-the-point", Flaw::IgnoresThePoint),
    (202, "ignores-one-commitment", Flaw::IgnoresOneCommitment),
    (203, "checks-the-sum", Flaw::ChecksTheSum),
    (204, "commits-late", Flaw::CommitsLate),
    (205, "panics", Flaw::Panics),
];

fn values(column: &Column) -> Vec<Fr> {
    (0..1 << column.num_vars()).map(|i| column.get(i)).collect()
}

fn evaluate(values: &[Fr], point: &[Fr]) -> Fr {
    let num_vars = values.len().ilog2() as usize;
    eq_evals(&point[point.len() - num_vars..]).iter().zip(values).map(|(weight, value)| *weight * value).sum()
}

impl<const K: usize> Clear<K> {
    const FLAW: Flaw = KINDS[K].2;

    fn recv(num_vars: &[usize], channel: &mut VerifierChannel<'_>) -> Result<Vec<Vec<Fr>>, VerifyError> {
        num_vars.iter().map(|m| Ok(channel.recv_scalars("clear/values", 1 << m)?)).collect()
    }

    fn bytes(num_vars: &[usize]) -> usize {
        num_vars.iter().map(|m| 32 << m).sum()
    }
}

impl<const K: usize> MultilinearPcs for Clear<K> {
    type Commitment = Vec<Vec<Fr>>;
    type Hint = ();

    const KIND: PcsKind = PcsKind::new(KINDS[K].0, KINDS[K].1);

    fn info(&self) -> PcsInfo {
        PcsInfo { assumptions: "none", setup: SetupSource::Transparent, quantum: QuantumStatus::Plausible }
    }

    fn security(&self, _: &[&[usize]]) -> SecurityBits {
        SecurityBits { proven: 128.0, conjectured: 128.0 }
    }

    fn setup_digest(&self) -> [u8; 32] {
        [K as u8; 32]
    }

    fn max_num_vars(&self) -> usize {
        24
    }

    fn commit(&self, columns: &[&Column]) -> Result<(Vec<Vec<Fr>>, ()), PcsError> {
        Ok((columns.iter().map(|column| values(column)).collect(), ()))
    }

    fn send_commitment(&self, commitment: &Vec<Vec<Fr>>, channel: &mut ProverChannel) {
        if Self::FLAW != Flaw::CommitsLate {
            for values in commitment {
                channel.send_scalars("clear/values", values);
            }
        }
    }

    fn recv_commitment(
        &self,
        num_vars: &[usize],
        channel: &mut VerifierChannel<'_>,
    ) -> Result<Vec<Vec<Fr>>, VerifyError> {
        if Self::FLAW == Flaw::CommitsLate { Ok(Vec::new()) } else { Self::recv(num_vars, channel) }
    }

    fn open(
        &self,
        columns: &[&Column],
        _: &[&()],
        _: &[&[usize]],
        _: &[Fr],
        _: &[Fr],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        match Self::FLAW {
            Flaw::IgnoresThePoint => {
                let first: Vec<Fr> = columns.iter().map(|column| column.get(0)).collect();
                channel.send_scalars("clear/first", &first);
            }
            Flaw::CommitsLate => {
                for column in columns {
                    channel.send_scalars("clear/values", &values(column));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn verify(
        &self,
        commitments: &[&Vec<Vec<Fr>>],
        num_vars: &[&[usize]],
        point: &[Fr],
        evals: &[Fr],
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        let error = Err(VerifyError::Check { check: "values at the point" });
        let committed = if Self::FLAW == Flaw::CommitsLate {
            Self::recv(&num_vars.concat(), channel)?
        } else {
            commitments.iter().copied().flatten().cloned().collect()
        };
        let found: Vec<Fr> = committed.iter().map(|values| evaluate(values, point)).collect();
        let is_right = match Self::FLAW {
            Flaw::Nothing | Flaw::CommitsLate | Flaw::Panics => found == evals,
            Flaw::IgnoresThePoint => {
                let first = channel.recv_scalars("clear/first", evals.len())?;
                committed.iter().zip(first).all(|(values, first)| values[0] == first)
            }
            Flaw::IgnoresOneCommitment => found[1..] == evals[1..],
            Flaw::ChecksTheSum => (found.iter().sum::<Fr>() - evals.iter().sum::<Fr>()).is_zero(),
        };
        assert!(is_right || Self::FLAW != Flaw::Panics, "values at the point");
        if is_right { Ok(()) } else { error }
    }

    fn commitment_bytes(&self, batch: BatchSize<'_>) -> usize {
        if Self::FLAW == Flaw::CommitsLate { 0 } else { Self::bytes(batch.num_vars) }
    }

    fn opening_bytes(&self, batches: &[BatchSize<'_>], _: usize) -> usize {
        let num_vars: Vec<usize> = batches.iter().flat_map(|batch| batch.num_vars).copied().collect();
        match Self::FLAW {
            Flaw::IgnoresThePoint => 32 * num_vars.len(),
            Flaw::CommitsLate => Self::bytes(&num_vars),
            _ => 0,
        }
    }
}

const fn clear<const K: usize>() -> Scheme {
    Scheme {
        kind: <Clear<K> as MultilinearPcs>::KIND,
        summary: "all values in clear",
        needs_setup: false,
        setup: |_, _| Ok(Arc::new(Clear::<K>) as Arc<dyn Pcs>),
    }
}

/// Hyrax whose verifier reads an opening and checks nothing.
struct Unchecked(Hyrax);

const UNCHECKED: Scheme = Scheme {
    kind: Unchecked::KIND,
    summary: "openings are not checked",
    needs_setup: false,
    setup: |workload: Workload<'_>, _| {
        Ok(Arc::new(Unchecked(Hyrax::new(Hyrax::log_row_len_for(workload.num_vars))?)) as Arc<dyn Pcs>)
    },
};

impl MultilinearPcs for Unchecked {
    type Commitment = <Hyrax as MultilinearPcs>::Commitment;
    type Hint = <Hyrax as MultilinearPcs>::Hint;

    const KIND: PcsKind = PcsKind::new(210, "unchecked-hyrax");

    fn info(&self) -> PcsInfo {
        MultilinearPcs::info(&self.0)
    }

    fn security(&self, batches: &[&[usize]]) -> SecurityBits {
        MultilinearPcs::security(&self.0, batches)
    }

    fn setup_digest(&self) -> [u8; 32] {
        MultilinearPcs::setup_digest(&self.0)
    }

    fn max_num_vars(&self) -> usize {
        MultilinearPcs::max_num_vars(&self.0)
    }

    fn commit(&self, columns: &[&Column]) -> Result<(Self::Commitment, Self::Hint), PcsError> {
        MultilinearPcs::commit(&self.0, columns)
    }

    fn send_commitment(&self, commitment: &Self::Commitment, channel: &mut ProverChannel) {
        self.0.send_commitment(commitment, channel);
    }

    fn recv_commitment(
        &self,
        num_vars: &[usize],
        channel: &mut VerifierChannel<'_>,
    ) -> Result<Self::Commitment, VerifyError> {
        self.0.recv_commitment(num_vars, channel)
    }

    fn open(
        &self,
        columns: &[&Column],
        hints: &[&Self::Hint],
        batches: &[&[usize]],
        point: &[Fr],
        evals: &[Fr],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        MultilinearPcs::open(&self.0, columns, hints, batches, point, evals, channel)
    }

    fn verify(
        &self,
        _: &[&Self::Commitment],
        num_vars: &[&[usize]],
        point: &[Fr],
        _: &[Fr],
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        // An opening's length does not depend on the parts.
        let batches: Vec<BatchSize<'_>> = num_vars.iter().map(|num_vars| BatchSize { num_vars, num_sent: 0 }).collect();
        channel.recv_bytes("unchecked", MultilinearPcs::opening_bytes(&self.0, &batches, point.len()))?;
        Ok(())
    }

    fn num_parts(&self, num_vars: &[usize]) -> usize {
        MultilinearPcs::num_parts(&self.0, num_vars)
    }

    fn commitment_bytes(&self, batch: BatchSize<'_>) -> usize {
        MultilinearPcs::commitment_bytes(&self.0, batch)
    }

    fn opening_bytes(&self, batches: &[BatchSize<'_>], point_len: usize) -> usize {
        MultilinearPcs::opening_bytes(&self.0, batches, point_len)
    }
}

fn schemes() -> Schemes {
    let clear = [clear::<0>(), clear::<1>(), clear::<2>(), clear::<3>(), clear::<4>(), clear::<5>()];
    clear.into_iter().fold(Schemes::new(), Schemes::with).with(UNCHECKED)
}

fn main() -> ExitCode {
    if env::var_os(AS_COMMAND).is_some() {
        return lariat_cli::main(&schemes());
    }
    rejects_what_is_broken();
    rejects_an_unchecked_opening();
    accepts_what_is_sound();
    println!("broken schemes are caught: ok");
    ExitCode::SUCCESS
}

/// Exit code, standard output and standard error of this program with a command line.
fn run(args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env::current_exe().unwrap());
    let output = command.args(args).env(AS_COMMAND, "1").env_remove("LARIAT_SETUP").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The rows that something survived under a scheme.
fn survived<'a>(report: &'a Report, scheme: &str) -> Vec<&'a str> {
    let attacked = report.schemes.iter().find(|s| s.scheme == scheme).unwrap();
    assert_eq!(attacked.failure, None, "{scheme}");
    attacked.rows.iter().filter(|row| !row.is_clean()).map(|row| row.name.as_str()).collect()
}

/// Every broken scheme is caught by the attack that belongs to its flaw, by name.
fn rejects_what_is_broken() {
    let schemes = schemes();
    let kinds: Vec<PcsKind> = schemes.iter().map(|scheme| scheme.kind).collect();
    let plan = Plan { engines: vec![2], entries: 7, cells: 0, cases: 0, ..Plan::quick(small()) };
    let report = {
        let _quiet = quiet_panics();
        attack(&schemes, &kinds, &plan, &Silent)
    };
    assert!(!report.is_clean());
    for (scheme, row) in [
        ("ignores-the-point", "opening: a wrong value"),
        ("ignores-the-point", "opening: values of another point"),
        ("ignores-one-commitment", "opening: a wrong value"),
        ("checks-the-sum", "opening: two values moved, the sum kept"),
        ("commits-late", "opening: columns chosen after the point"),
        ("panics", "opening: a wrong value"),
        ("unchecked-hyrax", "opening: a wrong value"),
    ] {
        let survived = survived(&report, scheme);
        assert!(survived.contains(&row), "{scheme}: {survived:?}");
        assert!(report.text().contains(&format!("{scheme}: {row}")), "{scheme}");
    }
    assert_eq!(survived(&report, "sound"), [""; 0]);
    // Not every attack succeeds: what a flaw does not open stays shut.
    assert!(!survived(&report, "checks-the-sum").contains(&"opening: a wrong value"));
    assert_eq!(
        survived(&report, "commits-late"),
        ["opening: columns chosen after the point", "opening: a column left out"]
    );
    assert!(report.totals().panicked > 0);
}

/// The command: an opening that nobody checks is damaged without consequences; exit code 1, and the scheme and the damage
/// are named in the text, in the sentence, and in the JSON object.
fn rejects_an_unchecked_opening() {
    let unchecked = ["attack", "--pcs", "unchecked-hyrax", "--engine", "1", "--mutations", "150", "--seed", "3"];
    let (code, out, err) = run(&unchecked);
    assert_eq!(code, 1, "{err}");
    assert!(out.contains("SURVIVORS\nunchecked-hyrax: message: a bit flipped"), "{out}");
    assert!(err.starts_with("lariat: ") && err.lines().count() == 1, "{err}");
    let again = "`lariat attack --quick --seed 0x3 --engine 1 --pcs unchecked-hyrax --mutations 150`";
    assert!(err.contains(again) && err.contains("unchecked-hyrax: message: a bit flipped"), "{err}");

    let (code, out, _) = run(&[&unchecked[..], &["--json"]].concat());
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["ok"], &report["seed"]), (1, &false.into(), &"0x3".into()));
    let count = |field: &str| report["totals"][field].as_u64().unwrap();
    assert_eq!(count("tried"), 150);
    assert!(count("accepted") >= 10 && count("accepted") + count("rejected") == 150, "{}", report["totals"]);
}

/// The same scheme without a flaw passes, and the exit code says so.
fn accepts_what_is_sound() {
    let (code, out, err) = run(&["attack", "--pcs", "sound", "--engine", "1", "--mutations", "60"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("60 tried, 60 rejected, 0 accepted, 0 panics") && !out.contains("SURVIVORS"), "{out}");
}
