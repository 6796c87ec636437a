//! What a proof consists of, counted from its log: the part that is the same under every commitment scheme, and the
//! scheme's part.

use lariat_jolt_core::{
    EventLog,
    protocol::{label, section},
};
use lariat_transcript::{Event, EventKind};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Messages and challenges of a part of the protocol.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operations {
    /// Messages that the prover sends.
    pub messages: usize,
    /// Bytes of those messages.
    pub message_bytes: usize,
    /// Challenges that are drawn; several drawn at once count as so many.
    pub challenges: usize,
    /// Rounds: how often a challenge follows a message.
    pub rounds: usize,
    /// BLAKE3 over kind, label, element type, count and bytes of every event, in order: equal exactly when two proofs
    /// went through the same steps. Hexadecimal, 16 bytes.
    pub schedule: String,
}

impl Operations {
    /// Counts the events of a part.
    fn count<'a>(events: impl Iterator<Item = &'a Event>) -> Self {
        let mut counts = Self::default();
        let mut hasher = blake3::Hasher::new();
        let mut after_message = false;
        for event in events {
            match event.kind {
                EventKind::Message => {
                    counts.messages += 1;
                    counts.message_bytes += event.num_bytes;
                    after_message = true;
                }
                EventKind::Challenge => {
                    counts.challenges += event.count;
                    counts.rounds += usize::from(after_message);
                    after_message = false;
                }
                // What both sides know is no message; sections are marks. Both belong to the schedule.
                EventKind::Public | EventKind::Section => {}
                // The header and the parameters' digest: the statement, not the protocol.
                EventKind::Bind => continue,
            }
            let Event { kind, label, payload, count, num_bytes, offset: _ } = event;
            hasher.update(format!("{kind:?} {label} {payload:?} {count} {num_bytes}\n").as_bytes());
        }
        let digest = hasher.finalize();
        Self { schedule: hex(digest.as_bytes().split_at(16).0), ..counts }
    }

    /// The interactive oracle proof: everything but commitments and the opening. Identical for all schemes.
    pub fn of_iop(log: &EventLog) -> Self {
        Self::count(log.with_sections().filter(|(s, e)| !is_pcs(s, e)).map(|(_, e)| e))
    }

    /// The commitment scheme's part: commitments and the opening.
    pub fn of_pcs(log: &EventLog) -> Self {
        Self::count(log.with_sections().filter(|(s, e)| is_pcs(s, e)).map(|(_, e)| e))
    }
}

/// Whether an event belongs to the scheme. Fingerprints are drawn behind the commitments, before the next section.
fn is_pcs(section: &str, event: &Event) -> bool {
    let sections = [section::PRIVATE, section::COMMITMENTS, section::OPENING];
    sections.contains(&section) && event.kind != EventKind::Section && event.label != label::FINGERPRINT
}

/// Hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes of the commitments and of the opening.
pub fn pcs_bytes(log: &EventLog) -> (usize, usize) {
    let bytes = |wanted: &[&str]| -> usize {
        log.bytes_by_section().iter().filter(|(name, _)| wanted.contains(name)).map(|(_, bytes)| bytes).sum()
    };
    (bytes(&[section::PRIVATE, section::COMMITMENTS, section::PRODUCT_COMMITMENTS]), bytes(&[section::OPENING]))
}
