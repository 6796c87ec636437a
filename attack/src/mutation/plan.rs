//! Which damages are done, and where: spread evenly over damages and messages, none twice.

use super::damage::Damage;
use lariat_emulator::test_util::Rng;
use lariat_transcript::Event;
use std::collections::VecDeque;

/// Ways to replace one byte of a header.
pub(super) const BYTE_CHANGES: usize = 3;

/// One damage at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mutation {
    /// What is done.
    pub damage: Damage,
    /// The message, counted among those that have bytes; zero for damages of the proof as a whole.
    pub message: usize,
    /// Where in the message: see [`Damage::places`].
    pub place: usize,
    /// Seed of what is random.
    pub salt: u64,
}

/// Mutations, damage after damage in turn; within a damage a message of the scheme and another one in turn, message after
/// message, and each of their places once. Ends only when every damage has run out of places; those with random content never do.
#[derive(Clone, Debug)]
pub struct Mutations {
    lanes: Vec<Lane>,
    next: usize,
    rng: Rng,
}

/// A message, and whether it is the scheme's: a commitment or a part of the opening. A scheme has few of them, and they
/// are what is under attack most of all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message {
    pub(super) event: Event,
    pub(super) is_of_scheme: bool,
}

/// What is left to be done of one damage: messages of the scheme, and others.
#[derive(Clone, Debug)]
struct Lane {
    damage: Damage,
    sites: [VecDeque<Site>; 2],
    turn: usize,
}

impl Lane {
    /// The next site: of the other kind than the last one, unless there is none left.
    fn next(&mut self) -> Option<(usize, usize)> {
        for _ in 0..self.sites.len() {
            let queue = &mut self.sites[self.turn];
            self.turn = 1 - self.turn;
            let Some(mut site) = queue.pop_front() else { continue };
            let found = (site.message, site.place());
            site.done += 1;
            if site.done < site.count {
                queue.push_back(site);
            }
            return Some(found);
        }
        None
    }
}

/// Places of one message: visited in steps that lead to all of them.
#[derive(Clone, Copy, Debug)]
struct Site {
    message: usize,
    count: u64,
    done: u64,
    offset: u64,
    step: u64,
}

impl Site {
    fn new(message: usize, count: u64, rng: &mut Rng) -> Self {
        // About the golden ratio, and coprime to the number of places.
        let mut step = (count.saturating_mul(5) / 8).max(1);
        while gcd(step, count) != 1 {
            step += 1;
        }
        Self { message, count, done: 0, offset: rng.next_u64() % count, step }
    }

    fn place(&self) -> usize {
        let at = u128::from(self.offset) + u128::from(self.done) * u128::from(self.step);
        (at % u128::from(self.count)) as usize
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Mutations {
    /// The mutations of a proof with these messages; a function of the seed.
    pub(super) fn new(messages: &[Message], header_len: usize, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let lanes = Damage::ALL.map(|damage| {
            let counts: Vec<usize> = match damage {
                Damage::TransplantRest | Damage::TransplantStart | Damage::Truncate => vec![1; messages.len()],
                Damage::TransplantHeader => vec![1],
                Damage::HeaderBit => vec![8 * header_len],
                Damage::HeaderByte => vec![BYTE_CHANGES * header_len],
                Damage::Append | Damage::RandomBits | Damage::Noise => vec![u32::MAX as usize],
                _ => messages.iter().map(|message| damage.places(&message.event)).collect(),
            };
            let mut sites = [Vec::new(), Vec::new()];
            for (message, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
                let kind = usize::from(!messages[message].is_of_scheme);
                sites[kind].push(Site::new(message, count as u64, &mut rng));
            }
            let sites = sites.map(|mut sites| {
                shuffle(&mut sites, &mut rng);
                sites.into()
            });
            Lane { damage, sites, turn: 0 }
        });
        Self { lanes: lanes.into(), next: 0, rng }
    }
}

/// A random order.
pub(crate) fn shuffle<T>(items: &mut [T], rng: &mut Rng) {
    for i in (1..items.len()).rev() {
        items.swap(i, rng.below(i as u32 + 1) as usize);
    }
}

impl Iterator for Mutations {
    type Item = Mutation;

    fn next(&mut self) -> Option<Mutation> {
        let count = self.lanes.len();
        for _ in 0..count {
            let lane = &mut self.lanes[self.next];
            self.next = (self.next + 1) % count;
            let Some((message, place)) = lane.next() else { continue };
            return Some(Mutation { damage: lane.damage, message, place, salt: self.rng.next_u64() });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lariat_transcript::{EventKind, PayloadKind};
    use std::collections::{BTreeMap, HashSet};

    fn messages() -> Vec<Message> {
        let kinds = [(PayloadKind::Scalars, 3, 96), (PayloadKind::Points, 2, 64), (PayloadKind::Bytes, 256, 256)];
        let message = |(payload, count, num_bytes)| Message {
            event: Event { kind: EventKind::Message, label: "test", payload, count, offset: 0, num_bytes },
            is_of_scheme: payload == PayloadKind::Points,
        };
        kinds.map(message).to_vec()
    }

    #[test]
    fn every_place_comes_once() {
        let messages = messages();
        let all: Vec<Mutation> = Mutations::new(&messages, 10, 1).take(100_000).collect();
        let endless = [Damage::Append, Damage::RandomBits, Damage::Noise];
        let mut seen = HashSet::new();
        let mut counts: BTreeMap<Damage, usize> = BTreeMap::new();
        for m in all.iter().filter(|m| !endless.contains(&m.damage)) {
            assert!(seen.insert((m.damage, m.message, m.place)), "{m:?} twice");
            *counts.entry(m.damage).or_default() += 1;
        }
        for damage in Damage::ALL {
            let places: usize = messages.iter().map(|m| damage.places(&m.event)).sum();
            let expected = match damage {
                Damage::TransplantRest | Damage::TransplantStart | Damage::Truncate => 3,
                Damage::TransplantHeader => 1,
                Damage::HeaderBit => 80,
                Damage::HeaderByte => 30,
                _ if endless.contains(&damage) => 0,
                _ => places,
            };
            assert_eq!(counts.get(&damage).copied().unwrap_or(0), expected, "{damage:?}");
        }
    }

    #[test]
    fn a_small_number_is_spread_evenly_and_is_a_function_of_the_seed() {
        let first: Vec<Mutation> = Mutations::new(&messages(), 10, 1).take(Damage::ALL.len()).collect();
        let damages: HashSet<Damage> = first.iter().map(|m| m.damage).collect();
        assert_eq!(damages.len(), Damage::ALL.len());
        let again: Vec<Mutation> = Mutations::new(&messages(), 10, 1).take(Damage::ALL.len()).collect();
        assert_eq!(first, again);
        let other: Vec<Mutation> = Mutations::new(&messages(), 10, 2).take(Damage::ALL.len()).collect();
        assert_ne!(first, other);
    }

    #[test]
    fn every_other_mutation_of_a_message_is_of_the_scheme() {
        let of = |damage| Mutations::new(&messages(), 10, 1).filter(move |m| m.damage == damage);
        let messages: Vec<usize> = of(Damage::FlipBit).take(8).map(|m| m.message).collect();
        assert_eq!(messages.iter().filter(|m| **m == 1).count(), 4, "{messages:?}");
    }
}
