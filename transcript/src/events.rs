//! The log of what a channel absorbed and drew: the schema of a proof, derived from the run itself.

use core::fmt;
use core::ops::Range;

/// What a channel did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// Bound a part of the statement during set-up.
    Bind,
    /// Began a named section of the protocol.
    Section,
    /// Sent or received a message: bytes of the proof.
    Message,
    /// Absorbed values that both sides know.
    Public,
    /// Drew challenges.
    Challenge,
}

/// What an event's elements are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PayloadKind {
    /// Nothing (a section marker).
    None,
    /// Raw bytes.
    Bytes,
    /// Scalars, 32 bytes each.
    Scalars,
    /// G1 points, 32 bytes each in a message.
    Points,
    /// Indices below a bound (challenges only).
    Indices,
    /// A 32-byte digest (challenges only).
    Digest,
}

/// One step of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Event {
    /// What was done.
    pub kind: EventKind,
    /// The label under which it was done.
    pub label: &'static str,
    /// What the elements are.
    pub payload: PayloadKind,
    /// Number of elements (bytes count one by one).
    pub count: usize,
    /// Position in the proof at which the event happened, in bytes.
    pub offset: usize,
    /// Bytes of the proof that the event takes: nonzero for messages only.
    pub num_bytes: usize,
}

impl Event {
    /// The bytes of the proof that the event takes.
    pub fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.num_bytes
    }
}

/// The events of one channel, in order. Prover and verifier of the same proof produce equal logs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventLog {
    events: Vec<Event>,
}

impl EventLog {
    pub(crate) fn push(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Every event, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The messages: they tile the proof without gaps.
    pub fn messages(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(|e| e.kind == EventKind::Message)
    }

    /// Each event with the label of the section it belongs to (empty before the first section).
    pub fn with_sections(&self) -> impl Iterator<Item = (&'static str, &Event)> {
        self.events.iter().scan("", |section, event| {
            if event.kind == EventKind::Section {
                *section = event.label;
            }
            Some((*section, event))
        })
    }

    /// Bytes of the proof in each section, in order of first appearance; sections without messages are left out.
    pub fn bytes_by_section(&self) -> Vec<(&'static str, usize)> {
        let mut totals: Vec<(&'static str, usize)> = Vec::new();
        for (section, event) in self.with_sections().filter(|(_, e)| e.num_bytes > 0) {
            match totals.iter_mut().find(|(name, _)| *name == section) {
                Some((_, total)) => *total += event.num_bytes,
                None => totals.push((section, event.num_bytes)),
            }
        }
        totals
    }
}

/// One line per event: kind, offset, label, count and payload. The text is stable, to be pinned in tests.
impl fmt::Display for EventLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for e in &self.events {
            let kind = match e.kind {
                EventKind::Bind => "bind",
                EventKind::Section => "section",
                EventKind::Message => "message",
                EventKind::Public => "public",
                EventKind::Challenge => "challenge",
            };
            let payload = match e.payload {
                PayloadKind::None => "",
                PayloadKind::Bytes => "bytes",
                PayloadKind::Scalars => "scalars",
                PayloadKind::Points => "points",
                PayloadKind::Indices => "indices",
                PayloadKind::Digest => "digest",
            };
            if e.payload == PayloadKind::None {
                writeln!(f, "{kind:<9} @{} {}", e.offset, e.label)?;
            } else {
                writeln!(f, "{kind:<9} @{} {}: {} {payload}", e.offset, e.label, e.count)?;
            }
        }
        Ok(())
    }
}
