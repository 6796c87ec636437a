//! Engine 2: false openings. A prover runs the scheme's own code on claims that are false, on values of another point and
//! on other columns than it committed to, a column left out of the commitment among them; the scheme must not accept any of it.
//!
//! The protocol around the scheme is the smallest sound one: commit in two batches, draw a point, claim values, open.
//! What is accepted is a false statement about committed columns, so a scheme that never looks at the
//! point, at some commitment or at the opening falls here, and so does one that lets the prover choose columns after the
//! point.

use crate::{
    error::AttackError,
    outcome::{Fate, Row, guarded, record},
};
use ark_ff::Zero;
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
    poly::eq_evals,
};
use lariat_emulator::test_util::Rng;
use lariat_jolt_core::{HashKind, PcsKind, Schemes};
use lariat_pcs::{Pcs, PcsError, VerifyError, Workload};
use lariat_transcript::{Ready, Session};

/// Numbers of variables of the columns, batch by batch: shaped like the zkVM's.
const BATCHES: [&[usize]; 2] = [&[2], &[5, 5, 5, 7]];
/// Coordinates of the point.
const POINT_LEN: usize = 7;

/// Claims of a false opening: a function of the point.
type Claims<'a> = dyn Fn(&[Fr]) -> Vec<Fr> + 'a;

/// A way to change one coordinate, by its name.
type Move = (&'static str, fn(Fr) -> Fr);

/// An opening that was made.
struct Opened {
    proof: Vec<u8>,
    /// The claims.
    claimed: Vec<Fr>,
    /// The values of the columns that were committed to.
    truth: Vec<Fr>,
}

/// A scheme under attack, with honest columns.
struct Subject<'a> {
    pcs: &'a dyn Pcs,
    hash: HashKind,
    columns: Vec<Column>,
}

fn random(rng: &mut Rng) -> Fr {
    (0..4).fold(Fr::zero(), |x, _| x * Fr::from(u64::MAX) + Fr::from(rng.next_u64()))
}

/// Columns of every width that the zkVM commits to.
fn columns(rng: &mut Rng) -> Vec<Column> {
    let sparse = (0..6).map(|i| (20 * i + rng.below(20), 1 + rng.next_u32() / 2)).collect();
    let data = [
        ColumnData::U32((0..4).map(|_| rng.next_u32()).collect()),
        ColumnData::Bool((0..32).map(|i| i == 0 || rng.one_in(2)).collect()),
        ColumnData::U16((0..32).map(|_| rng.next_u32() as u16).collect()),
        ColumnData::Field((0..32).map(|_| random(rng)).collect()),
        ColumnData::Sparse(sparse),
    ];
    BATCHES.concat().into_iter().zip(data).map(|(num_vars, data)| Column::new(num_vars, data)).collect()
}

/// The values of columns at suffixes of a point.
fn evaluate(columns: &[Column], point: &[Fr]) -> Vec<Fr> {
    let value = |column: &Column| {
        let weights = eq_evals(&point[point.len() - column.num_vars()..]);
        weights.iter().enumerate().map(|(i, weight)| *weight * column.get(i)).sum()
    };
    columns.iter().map(value).collect()
}

impl Subject<'_> {
    fn session(&self) -> Session<Ready> {
        Session::new(self.hash, "lariat-attack/openings").bind("setup", &self.pcs.setup_digest())
    }

    /// Commits to the columns, and opens others or the same with some claims.
    fn prove(&self, opened: &[Column], claims: &Claims<'_>) -> Result<Opened, PcsError> {
        let mut channel = self.session().into_prover();
        let mut hints = Vec::new();
        let mut rest = &self.columns[..];
        for batch in BATCHES {
            let (columns, behind) = rest.split_at(batch.len());
            hints.push(self.pcs.commit(&columns.iter().collect::<Vec<_>>(), &mut channel)?);
            rest = behind;
        }
        let point = channel.challenges("attack/point", POINT_LEN);
        let claimed = claims(&point);
        channel.send_scalars("attack/values", &claimed);
        self.pcs.open(&opened.iter().collect::<Vec<_>>(), &hints, &point, &claimed, &mut channel)?;
        let truth = evaluate(&self.columns, &point);
        Ok(Opened { proof: channel.finish().0, claimed, truth })
    }

    fn verify(&self, proof: &[u8]) -> Result<(), VerifyError> {
        let mut channel = self.session().into_verifier(proof);
        let commitments = BATCHES
            .iter()
            .map(|batch| self.pcs.recv_commitments(batch, &mut channel))
            .collect::<Result<Vec<_>, _>>()?;
        let point = channel.challenges("attack/point", POINT_LEN);
        let claimed = channel.recv_scalars("attack/values", self.columns.len())?;
        self.pcs.verify(&commitments, &point, &claimed, &mut channel)?;
        channel.finish()?;
        Ok(())
    }

    /// What becomes of false claims; `None` where they are true. A prover that fails or panics made no proof.
    fn fate(&self, opened: &[Column], claims: &Claims<'_>, what: &str) -> Option<Fate> {
        let Ok(Ok(Opened { proof, claimed, truth })) = guarded(|| self.prove(opened, claims)) else {
            return Some(Fate::Rejected);
        };
        (claimed != truth).then(|| match guarded(|| self.verify(&proof)) {
            Ok(Err(_)) => Fate::Rejected,
            Ok(Ok(())) => Fate::Survived(what.to_owned()),
            Err(words) => Fate::Panicked(format!("{words}, on {what}")),
        })
    }
}

/// A column with one entry changed.
fn changed(column: &Column, rng: &mut Rng) -> Column {
    let mut column = column.clone();
    match column.data_mut() {
        ColumnData::Bool(v) => v[0] ^= true,
        ColumnData::U16(v) => v[1] = v[1].wrapping_add(1 + rng.below(99) as u16),
        ColumnData::U32(v) => v[2] = v[2].wrapping_add(1 + rng.below(99)),
        ColumnData::Sparse(v) => v[0].1 ^= 1 + rng.below(99),
        ColumnData::Field(v) => v[3] += random(rng),
        _ => {}
    }
    column
}

/// Runs all false openings against a scheme, `rounds` times over on different columns. A row for each kind.
///
/// # Errors
/// When the scheme has no parameters for the columns, or does not open what is true.
pub fn attack(
    schemes: &Schemes,
    pcs: PcsKind,
    hash: HashKind,
    rounds: usize,
    seed: u64,
    done: &dyn Fn(usize),
) -> Result<Vec<Row>, AttackError> {
    let num_vars = BATCHES.concat();
    let scheme = guarded(|| schemes.setup(pcs, Workload { num_vars: &num_vars }))
        .map_err(|message| AttackError::Panic { pcs, message })?
        .map_err(|source| AttackError::Setup { pcs, source })?;
    let mut rows = Vec::new();
    let mut rng = Rng::new(seed);
    for round in 0..rounds {
        let subject = Subject { pcs: scheme.as_ref(), hash, columns: columns(&mut rng) };
        is_complete(&subject, pcs)?;
        let before = tried(&rows);
        attack_once(&subject, round, &mut rng, &mut rows);
        done(tried(&rows) - before);
    }
    Ok(rows)
}

fn tried(rows: &[Row]) -> usize {
    rows.iter().map(|row| row.tried as usize).sum()
}

/// The honest opening is accepted.
fn is_complete(subject: &Subject<'_>, pcs: PcsKind) -> Result<(), AttackError> {
    let honest = guarded(|| subject.prove(&subject.columns, &|point| evaluate(&subject.columns, point)));
    let Opened { proof, .. } = honest
        .map_err(|message| AttackError::Panic { pcs, message })?
        .map_err(|source| AttackError::Open { pcs, source })?;
    guarded(|| subject.verify(&proof))
        .map_err(|message| AttackError::Panic { pcs, message })?
        .map_err(|source| AttackError::Opening { pcs, source })
}

fn attack_once(subject: &Subject<'_>, round: usize, rng: &mut Rng, rows: &mut Vec<Row>) {
    let columns = &subject.columns;
    let honest = |point: &[Fr]| evaluate(columns, point);
    let mut attack = |name: &str, opened: &[Column], claims: &Claims<'_>, what: String| {
        let what = format!("{what}, in round {round}");
        if let Some(fate) = subject.fate(opened, claims, &what) {
            record(rows, 2, &format!("opening: {name}"), fate);
        }
    };

    // A wrong value, claimed throughout.
    for k in 0..columns.len() {
        let offset = random(rng);
        for (offset, by) in [(Fr::from(1u64), "one"), (offset, "a random scalar")] {
            let claims = |point: &[Fr]| {
                let mut values = honest(point);
                values[k] += offset;
                values
            };
            attack("a wrong value", columns, &claims, format!("column {k} off by {by}"));
        }
    }
    // Two values moved so that their sum stays, or exchanged.
    for i in 0..columns.len() {
        for j in 0..i {
            let offset = random(rng);
            let opposite = |point: &[Fr]| {
                let mut values = honest(point);
                values[i] += offset;
                values[j] -= offset;
                values
            };
            attack("two values moved, the sum kept", columns, &opposite, format!("columns {i} and {j}"));
            let exchanged = |point: &[Fr]| {
                let mut values = honest(point);
                values.swap(i, j);
                values
            };
            attack("two values exchanged", columns, &exchanged, format!("columns {i} and {j}"));
        }
    }
    // The values of another point.
    for i in 0..POINT_LEN {
        let moves: [Move; 3] =
            [("zero", |_| Fr::zero()), ("one", |_| Fr::from(1u64)), ("one more", |x| x + Fr::from(1u64))];
        for (to, change) in moves {
            let elsewhere = |point: &[Fr]| {
                let mut point = point.to_vec();
                point[i] = change(point[i]);
                evaluate(columns, &point)
            };
            attack("values of another point", columns, &elsewhere, format!("coordinate {i} is {to}"));
        }
    }
    let reversed = |point: &[Fr]| evaluate(columns, &point.iter().rev().copied().collect::<Vec<_>>());
    attack("values of another point", columns, &reversed, "coordinates reversed".to_owned());
    let origin = |_: &[Fr]| evaluate(columns, &[Fr::zero(); POINT_LEN]);
    attack("values of another point", columns, &origin, "all coordinates zero".to_owned());
    let zeros = |_: &[Fr]| vec![Fr::zero(); columns.len()];
    attack("a wrong value", columns, &zeros, "all values zero".to_owned());
    // Other columns than those committed to, with their values: all of them, or one.
    let others: Vec<Column> = columns.iter().map(|column| changed(column, rng)).collect();
    let of_others = |point: &[Fr]| evaluate(&others, point);
    attack("columns chosen after the point", &others, &of_others, "all columns".to_owned());
    for k in 0..columns.len() {
        let mut mixed = columns.clone();
        mixed[k] = others[k].clone();
        let of_mixed = |point: &[Fr]| evaluate(&mixed, point);
        attack("columns chosen after the point", &mixed, &of_mixed, format!("column {k}"));
    }
    // A column left out of the commitment, which then is zero, and opened all the same.
    for k in 0..columns.len() {
        let mut left = columns.clone();
        left[k] = Column::new(columns[k].num_vars(), ColumnData::Bool(Vec::new()));
        let without = Subject { columns: left, ..*subject };
        let what = format!("column {k}, in round {round}");
        if let Some(fate) = without.fate(columns, &honest, &what) {
            record(rows, 2, "opening: a column left out", fate);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_every_false_opening() {
        let rows = attack(&crate::test_schemes(), PcsKind::HYRAX, HashKind::Blake3, 3, 1, &|_| {}).unwrap();
        assert!(rows.iter().all(Row::is_clean), "{rows:?}");
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(rows.len(), 6, "{names:?}");
        assert!(tried(&rows) >= 150, "{}", tried(&rows));
    }

    #[test]
    fn a_scheme_without_parameters_cannot_be_attacked() {
        let unknown = PcsKind::new(250, "unknown");
        let error = attack(&crate::test_schemes(), unknown, HashKind::Blake3, 1, 1, &|_| {}).unwrap_err();
        assert!(matches!(error, AttackError::Setup { .. }), "{error}");
    }
}
