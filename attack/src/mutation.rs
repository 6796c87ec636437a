//! Engine 1: every message of an honest proof, damaged in every way. What messages there are is read off the log of the
//! proof's own run, so that a scheme of one's own is attacked without a line of code for it.
//!
//! Every encoding is canonical and every message is bound, so that no damage whatever leaves a proof valid: whatever is
//! accepted is a survivor, even if the statement stays the same.

mod damage;
mod plan;

pub use damage::{Damage, element_bytes};
use plan::Message;
pub(crate) use plan::shuffle;
pub use plan::{Mutation, Mutations};

use crate::{
    error::AttackError,
    kinds::{INPUT, PRIVATE, every_kind},
    outcome::{Fate, Row, guarded},
    programs::run_traced,
};
use lariat_algebra::par;
use lariat_emulator::test_util::Rng;
use lariat_jolt_core::{
    Config, Inputs, Program, Proven, Schemes, VerifiedStatement, VerifyError, protocol::section, prove_trace, verify,
};
use lariat_transcript::Event;
use std::collections::BTreeMap;

/// Proofs that are damaged and verified before their outcomes are counted.
const BATCH: usize = 256;

/// Inputs of the other honest proof: as long, and different in every byte.
const OTHER_INPUTS: Inputs<'static> = Inputs { public: b"other inputs", private: b"another" };

/// An honest proof to be damaged.
#[derive(Debug)]
pub struct Target {
    program: Program,
    schemes: Schemes,
    proof: Vec<u8>,
    /// The proof of a run on other inputs; of the same shape, message for message.
    other: Vec<u8>,
    header_len: usize,
    messages: Vec<Message>,
}

impl Target {
    /// Proves a program with every kind of row, on two inputs.
    ///
    /// # Errors
    /// When a run cannot be proven, or its proof is rejected: there is nothing to attack then.
    pub fn new(config: Config, schemes: &Schemes) -> Result<Self, AttackError> {
        let pcs = config.pcs;
        guarded(|| Self::build(config, schemes)).unwrap_or_else(|message| Err(AttackError::Panic { pcs, message }))
    }

    fn build(config: Config, schemes: &Schemes) -> Result<Self, AttackError> {
        let program = every_kind(false);
        let honest = |inputs: Inputs<'_>| -> Result<Proven, AttackError> {
            let trace = run_traced(&program, inputs);
            let proven = prove_trace(&program, inputs, config, schemes, trace, &mut |_| {})
                .map_err(|source| AttackError::Prove { pcs: config.pcs, source })?;
            let _ = verify(&program, &proven.proof, schemes)
                .map_err(|source| AttackError::Verify { pcs: config.pcs, source })?;
            Ok(proven)
        };
        let first = honest(Inputs { public: INPUT, private: PRIVATE })?;
        let second = honest(OTHER_INPUTS)?;
        let header_len = first.header.to_bytes().len();
        let of_scheme = [section::PRIVATE, section::COMMITMENTS, section::OPENING];
        let messages = first
            .log
            .with_sections()
            .filter(|(_, event)| event.num_bytes > 0)
            .map(|(section, event)| Message { event: *event, is_of_scheme: of_scheme.contains(&section) })
            .collect();
        Ok(Self { program, schemes: schemes.clone(), proof: first.proof, other: second.proof, header_len, messages })
    }

    /// Messages that have bytes, in order.
    pub fn messages(&self) -> impl Iterator<Item = &Event> {
        self.messages.iter().map(|message| &message.event)
    }

    /// The mutations, evenly spread: as many as wanted may be taken from the front.
    pub fn mutations(&self, seed: u64) -> Mutations {
        Mutations::new(&self.messages, self.header_len, seed)
    }

    /// The damaged proof; `None` where the damage changes nothing, or makes an honest proof of another run.
    pub fn apply(&self, mutation: &Mutation) -> Option<Vec<u8>> {
        let Mutation { damage, message, place, salt } = *mutation;
        let event = &self.messages.get(message)?.event;
        let start = self.header_len + event.offset;
        let end = start + event.num_bytes;
        let mut rng = Rng::new(salt);
        let mut out = self.proof.clone();
        match damage {
            Damage::Transplant => out.get_mut(start..end)?.copy_from_slice(self.other.get(start..end)?),
            Damage::TransplantRest => out.get_mut(start..)?.copy_from_slice(self.other.get(start..)?),
            Damage::TransplantStart => {
                let part = self.header_len..end;
                out.get_mut(part.clone())?.copy_from_slice(self.other.get(part)?);
            }
            Damage::TransplantHeader => {
                out.get_mut(..self.header_len)?.copy_from_slice(self.other.get(..self.header_len)?);
            }
            Damage::HeaderBit => *out.get_mut(place / 8)? ^= 1 << (place % 8),
            Damage::HeaderByte => {
                let byte = out.get_mut(place / plan::BYTE_CHANGES)?;
                *byte = damage::replace_byte(*byte, place % plan::BYTE_CHANGES);
            }
            Damage::Truncate => out.truncate(start),
            Damage::Append => out.extend((0..=rng.below(256)).map(|_| rng.next_u32() as u8)),
            Damage::RandomBits => damage::flip_random_bits(&mut out, &mut rng),
            Damage::Noise => out.get_mut(self.header_len..)?.iter_mut().for_each(|b| *b = rng.next_u32() as u8),
            _ => damage.apply(&mut out, event, start, place),
        }
        (out != self.proof && out != self.other).then_some(out)
    }

    /// What the verifier says of a proof.
    ///
    /// # Errors
    /// A panic's words.
    pub fn verdict(&self, proof: &[u8]) -> Result<Result<VerifiedStatement, VerifyError>, String> {
        guarded(|| verify(&self.program, proof, &self.schemes))
    }

    /// What becomes of a mutation; `None` where there is nothing to verify.
    fn fate(&self, mutation: &Mutation) -> Option<Fate> {
        let wrong = self.apply(mutation)?;
        Some(match self.verdict(&wrong) {
            Ok(Err(_)) => Fate::Rejected,
            Ok(Ok(_)) => Fate::Survived(self.describe(mutation)),
            Err(words) => Fate::Panicked(format!("{words}, on {}", self.describe(mutation))),
        })
    }

    /// Where a mutation is made.
    fn describe(&self, mutation: &Mutation) -> String {
        let Mutation { damage, message, place, salt } = *mutation;
        match self.messages.get(message).map(|message| &message.event) {
            Some(event) if damage.places(event) > 0 => {
                let range = self.header_len + event.offset..self.header_len + event.offset + event.num_bytes;
                format!("message {message} `{}`, bytes {range:?} of the proof, place {place}", event.label)
            }
            Some(event) if matches!(damage, Damage::TransplantRest | Damage::TransplantStart | Damage::Truncate) => {
                format!("at message {message} `{}`", event.label)
            }
            _ => format!("place {place}, salt {salt:#x}"),
        }
    }

    /// Attacks with `count` mutated proofs, spread evenly; `done` is told of every batch. A row for each damage, which
    /// is a function of the seed.
    pub fn attack(&self, count: usize, seed: u64, done: &dyn Fn(usize)) -> Vec<Row> {
        let mut rows: BTreeMap<Damage, Row> = BTreeMap::new();
        let mut mutations = self.mutations(seed);
        let mut left = count;
        while left > 0 {
            let batch: Vec<Mutation> = mutations.by_ref().take(left.min(BATCH)).collect();
            if batch.is_empty() {
                break;
            }
            let fates: Vec<Option<Fate>> = par::map_collect(batch.len(), |i| self.fate(&batch[i]));
            let mut tried = 0;
            for (mutation, fate) in batch.iter().zip(fates) {
                if let Some(fate) = fate {
                    let damage = mutation.damage;
                    rows.entry(damage).or_insert_with(|| Row::new(1, damage.name())).record(fate);
                    tried += 1;
                }
            }
            left -= tried;
            done(tried);
        }
        rows.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::{nightly, small};
    use lariat_pcs::VerifyError as PcsVerifyError;
    use lariat_transcript::PayloadKind;

    fn target() -> Target {
        Target::new(small(), &crate::test_schemes()).unwrap()
    }

    /// What the verifier must say of a kind of damage.
    fn is_right_error(damage: Damage, event: &Event, error: &VerifyError) -> bool {
        // Other bits, or other bytes at their place, are another length, or bits that no part has.
        let is_of_length = matches!(error, VerifyError::Length { .. } | VerifyError::Pcs(PcsVerifyError::PartsPadding));
        if event.label == "pcs/parts" && is_of_length {
            return true;
        }
        match damage {
            Damage::Drop
            | Damage::DropElement
            | Damage::Duplicate
            | Damage::Extend
            | Damage::Truncate
            | Damage::Append => is_of_length,
            // Not an encoding: the message is refused before anything is computed with it. Layers of grand products and
            // openings have errors of their own around that of the channel.
            Damage::NonCanonical | Damage::AllOnes | Damage::FlagBits => is_of_channel(error),
            Damage::OffCurve if event.payload == PayloadKind::Points => is_of_channel(error),
            _ => true,
        }
    }

    fn is_of_channel(error: &VerifyError) -> bool {
        matches!(
            error,
            VerifyError::Channel(_)
                | VerifyError::Sumcheck(lariat_sumcheck::SumcheckError::Channel(_))
                | VerifyError::Pcs(PcsVerifyError::Channel(_))
        )
    }

    /// Proofs damaged in one place, each rejected with the error that belongs to the damage: at least 1,000, at least
    /// 5,000 with `LARIAT_NIGHTLY=1`.
    #[test]
    fn rejects_every_damaged_message() {
        const SEED: u64 = 0x6461_6d61_6765_6421;
        println!("seed {SEED:#x}");
        let target = target();
        let wanted = if nightly() { 5_500 } else { 1_500 };
        let mut counts: BTreeMap<Damage, usize> = BTreeMap::new();
        for mutation in target.mutations(SEED).take(wanted) {
            let Some(wrong) = target.apply(&mutation) else { continue };
            let event = &target.messages[mutation.message].event;
            let verdict = target.verdict(&wrong).unwrap_or_else(|words| panic!("panics on {mutation:?}: {words}"));
            let error = verdict.expect_err("accepts a damaged proof");
            assert!(is_right_error(mutation.damage, event, &error), "{mutation:?} of {event:?}: {error:?}");
            *counts.entry(mutation.damage).or_default() += 1;
        }
        let count: usize = counts.values().sum();
        println!("{count} damaged proofs of {} messages: {counts:?}", target.messages.len());
        assert!(count >= if nightly() { 5_000 } else { 1_000 });
        // Hyrax sends scalars and points: all damages but that of G2 apply.
        assert_eq!(counts.len(), Damage::ALL.len() - 1);
    }

    /// The engine counts exactly what it was asked for, the same for the same seed, and nothing survives.
    #[test]
    fn rejects_what_the_engine_tries() {
        let target = target();
        let counts = |seed| {
            let rows = target.attack(300, seed, &|_| {});
            assert!(rows.iter().all(Row::is_clean), "{rows:?}");
            assert_eq!(rows.iter().map(|row| row.tried).sum::<u64>(), 300);
            rows.into_iter().map(|row| (row.name, row.tried)).collect::<Vec<_>>()
        };
        assert_eq!(counts(1), counts(1));
    }

    /// Transplanting everything gives another honest proof, which is no attack.
    #[test]
    fn honest_proofs_are_no_attacks() {
        let target = target();
        assert_ne!(target.proof, target.other);
        assert_eq!(target.proof.len(), target.other.len());
        assert!(target.verdict(&target.other).unwrap().is_ok());
        let unchanged = Mutation { damage: Damage::Negate, message: usize::MAX, place: 0, salt: 0 };
        assert!(target.apply(&unchanged).is_none());
    }
}
