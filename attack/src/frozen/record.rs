//! An honest run under attack: its proof, its challenges, and where everything lies.

use crate::{
    forger::Forgery,
    programs::{DATA, honest_witness, i, load, program_with, r, store},
};
use ark_ec::AffineRepr;
use ark_ff::Zero;
use lariat_algebra::{Fr, G1Affine};
use lariat_emulator::{
    isa::Opcode,
    memory_map::{OUTPUT_START, PRIVATE_INPUT_START},
};
use lariat_jolt_core::{
    Config, Inputs, Program, ProveError, Schemes,
    operations::Fingerprint,
    protocol::{NUM_GROUPS, Shape, label, section},
    prove_witness,
};
use lariat_pcs::{Parts, Workload};
use lariat_sumcheck::ledger::LABEL_BITS;
use lariat_transcript::{
    ChallengeTape, Drawn, Event, EventKind, EventLog, PayloadKind,
    encoding::{POINT_BYTES, SCALAR_BYTES, point_from_bytes, point_to_bytes, scalar_from_bytes, scalar_to_bytes},
};
use std::ops::Range;

/// Inputs of [`subject`].
pub const INPUTS: Inputs<'static> = Inputs { public: b"public", private: b"private" };

/// Address of an output word that [`subject`] writes.
pub const WRITTEN: u32 = OUTPUT_START + 4;
/// Address of an output word that it leaves as it is: zero.
pub const UNWRITTEN: u32 = OUTPUT_START + 8;

/// The program whose proofs are forged: it adds a word of its data to one of the private input, and has an output of
/// three words, of which it writes the first.
pub fn subject() -> Program {
    program_with(&[0x1122_3344, 7], &[], |asm| {
        asm.load_constant(5, DATA).load_constant(7, OUTPUT_START).load_constant(9, PRIVATE_INPUT_START);
        load(asm, Opcode::Lw, 6, 5, 0);
        load(asm, Opcode::Lw, 8, 9, 4);
        r(asm, Opcode::Add, 6, 6, 8);
        store(asm, Opcode::Sw, 6, 5, 4);
        i(asm, Opcode::Addi, 12, 0, 12);
        store(asm, Opcode::Sw, 12, 7, 0);
        store(asm, Opcode::Sw, 6, 7, 4);
        asm.exit(3);
    })
}

/// Positions of events in a log: one round of a sumcheck.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    pub message: usize,
    pub challenge: usize,
}

/// One of the two grand products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Steps,
    Cells,
}

impl Side {
    pub const ALL: [Self; 2] = [Self::Steps, Self::Cells];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Steps => "step",
            Self::Cells => "cell",
        }
    }
}

/// What one of the grand products has in a layer.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its scalars among the evaluations of the level below, half of them a group.
    pub evaluations: Range<usize>,
    /// Its coefficients among all, the first of which is one.
    pub coefficients: Range<usize>,
    /// Whether its halves are on a line; slot levels are not.
    pub is_tree: bool,
}

/// One layer of the grand products.
#[derive(Clone, Debug)]
pub struct Layer {
    pub batching: usize,
    pub rounds: Vec<Round>,
    pub claims: usize,
    /// The challenge on the line between the halves of a tree.
    pub fold: Option<usize>,
    parts: [Option<Part>; 2],
}

impl Layer {
    /// What a product has in this layer, if it has not ended.
    pub fn part(&self, side: Side) -> Option<&Part> {
        self.parts[side as usize].as_ref()
    }
}

/// A coordinate of a point: one of the challenges of an event.
#[derive(Clone, Copy, Debug)]
pub struct Coordinate {
    pub event: usize,
    pub index: usize,
}

/// The layered grand products over steps and over cells.
#[derive(Clone, Debug)]
pub struct Products {
    /// The values in the clear, and the point that they are evaluated at.
    pub values: usize,
    pub point: usize,
    /// Variables of the values.
    pub clear: usize,
    pub layers: Vec<Layer>,
}

impl Products {
    /// The point that layer `k` starts from, if it has so many variables.
    pub fn point_before(&self, k: usize, num_vars: usize) -> Vec<Coordinate> {
        let Some(layer) = k.checked_sub(1).map(|k| &self.layers[k]) else {
            return (0..num_vars.min(self.clear)).map(|index| Coordinate { event: self.point, index }).collect();
        };
        let rounds = layer.rounds.iter().rev().map(|round| round.challenge);
        rounds.chain(layer.fold).take(num_vars).map(|event| Coordinate { event, index: 0 }).collect()
    }

    /// One past the last layer of a product.
    pub fn end(&self, side: Side) -> usize {
        self.layers.iter().take_while(|layer| layer.part(side).is_some()).count()
    }
}

/// Polynomials of a group in the slot levels of so many leaves, from the top down to the leaves.
fn slot_levels(num_leaves: usize) -> Vec<usize> {
    let mut sizes = vec![num_leaves];
    while sizes[sizes.len() - 1] > 1 {
        sizes.push(sizes[sizes.len() - 1].div_ceil(2));
    }
    sizes.reverse();
    sizes
}

/// Polynomials of a group in layer `k` and in the level below, and whether it is one of a tree.
fn sizes(num_vars: usize, slots: &[usize], k: usize) -> Option<(usize, usize, bool)> {
    match k.checked_sub(num_vars) {
        None => Some((1, 2, true)),
        Some(slot) => Some((*slots.get(slot)?, *slots.get(slot + 1)?, false)),
    }
}

/// Where the events of the protocol are.
#[derive(Clone, Debug)]
pub struct Map {
    pub fingerprint: usize,
    pub products: Products,
    pub rho: usize,
    pub sigma: usize,
    pub main_batching: usize,
    pub main: Vec<Round>,
    /// The bits of the evaluations that are sent, and these.
    pub nonzero: usize,
    pub evaluations: usize,
    /// Events of the opening.
    pub opening: Range<usize>,
}

struct Cursor<'a> {
    events: &'a [Event],
    at: usize,
}

impl Cursor<'_> {
    fn is(&self, kind: EventKind, label: &str) -> bool {
        self.events.get(self.at).is_some_and(|e| e.kind == kind && e.label == label)
    }

    fn take(&mut self, kind: EventKind, label: &str) -> usize {
        let found = self.events.get(self.at);
        assert!(self.is(kind, label), "event {} of the log is {found:?} and not {kind:?} {label:?}", self.at);
        self.at += 1;
        self.at - 1
    }

    fn rounds(&mut self, label: &str) -> Vec<Round> {
        let mut rounds = Vec::new();
        while self.is(EventKind::Message, label) {
            let message = self.take(EventKind::Message, label);
            rounds.push(Round { message, challenge: self.take(EventKind::Challenge, label) });
        }
        rounds
    }

    fn products(&mut self, shape: &Shape) -> Products {
        let values = self.take(EventKind::Message, "grand products");
        let point = self.take(EventKind::Challenge, "grand product fold");
        let clear = self.events[point].count;
        let products = [(shape.step_vars, slot_levels(shape.num_operations)), (shape.cell_vars, slot_levels(1))];
        let mut layers = Vec::new();
        while self.is(EventKind::Challenge, "grand product batching") {
            let batching = self.take(EventKind::Challenge, "grand product batching");
            let rounds = self.rounds("grand product layer");
            let claims = self.take(EventKind::Message, "grand product claims");
            let fold = self.is(EventKind::Challenge, "grand product fold");
            let fold = fold.then(|| self.take(EventKind::Challenge, "grand product fold"));
            let (mut evaluation, mut coefficient) = (0, 0);
            let parts = products.each_ref().map(|(num_vars, slots)| {
                let (size, below, is_tree) = sizes(*num_vars, slots, clear + layers.len())?;
                let (evaluations, coefficients) =
                    (evaluation..evaluation + NUM_GROUPS * below, coefficient..coefficient + NUM_GROUPS * size);
                (evaluation, coefficient) = (evaluations.end, coefficients.end);
                Some(Part { evaluations, coefficients, is_tree })
            });
            assert_eq!((evaluation, coefficient), (self.events[claims].count, 1 + self.events[batching].count));
            layers.push(Layer { batching, rounds, claims, fold, parts });
        }
        Products { values, point, clear, layers }
    }
}

impl Map {
    /// Reads the log of an honest run.
    ///
    /// # Panics
    /// When the log is not that of the protocol: this map is then to be brought up to date with it.
    pub fn new(log: &EventLog, shape: &Shape) -> Self {
        let events = log.events();
        let find = |kind, label| events.iter().position(|e| e.kind == kind && e.label == label).unwrap();
        let mut cursor = Cursor { events, at: find(EventKind::Challenge, label::FINGERPRINT) };
        let fingerprint = cursor.take(EventKind::Challenge, label::FINGERPRINT);
        cursor.take(EventKind::Section, section::PRODUCTS);
        let products = cursor.products(shape);
        cursor.take(EventKind::Section, section::MAIN);
        let rho = cursor.take(EventKind::Challenge, label::STEP_BATCHING);
        let sigma = cursor.take(EventKind::Challenge, label::CELL_BATCHING);
        let main_batching = cursor.take(EventKind::Challenge, label::MAIN);
        let main = cursor.rounds(label::MAIN);
        cursor.take(EventKind::Section, section::EVALUATIONS);
        let nonzero = cursor.take(EventKind::Message, LABEL_BITS);
        let evaluations = cursor.take(EventKind::Message, label::EVALUATIONS);
        cursor.take(EventKind::Section, section::OPENING);
        let opening = cursor.at..events.len();
        Self { fingerprint, products, rho, sigma, main_batching, main, nonzero, evaluations, opening }
    }
}

/// An honest run with everything that a forger may know of it.
pub struct Record {
    pub schemes: Schemes,
    /// The honest witness.
    pub honest: Forgery,
    pub proof: Vec<u8>,
    /// Where messages begin in the proof.
    pub start: usize,
    pub events: Vec<Event>,
    pub map: Map,
    pub tape: ChallengeTape,
    pub shape: Shape,
    /// The tape's index of each event's first challenge.
    draws: Vec<usize>,
}

impl Record {
    /// Proves a run of [`subject`].
    ///
    /// # Errors
    /// When the scheme of the configuration cannot carry it.
    pub fn new(schemes: &Schemes, config: Config) -> Result<Self, ProveError> {
        let program = subject();
        let witness = honest_witness(&program, config, INPUTS);
        let honest = Forgery::of_witness(&program, witness.clone());
        let shape = Shape::new(config.params, &honest.header, &honest.layout);
        let proven = prove_witness(&program, witness, schemes, &mut |_| {})?;
        let events = proven.log.events().to_vec();
        let draws = events
            .iter()
            .scan(0, |next, e| {
                let first = *next;
                *next += if e.kind == EventKind::Challenge { e.count } else { 0 };
                Some(first)
            })
            .collect();
        Ok(Self {
            schemes: schemes.clone(),
            honest,
            start: proven.header.to_bytes().len(),
            proof: proven.proof,
            map: Map::new(&proven.log, &shape),
            events,
            tape: proven.tape,
            shape,
            draws,
        })
    }

    /// The bytes of a message in a proof.
    pub fn range(&self, event: usize) -> Range<usize> {
        let range = self.events[event].range();
        self.start + range.start..self.start + range.end
    }

    /// A message of scalars.
    pub fn scalars(&self, proof: &[u8], event: usize) -> Vec<Fr> {
        assert_eq!(self.events[event].payload, PayloadKind::Scalars);
        proof[self.range(event)].as_chunks::<SCALAR_BYTES>().0.iter().map(|b| scalar_from_bytes(b).unwrap()).collect()
    }

    /// Puts scalars in place of a message.
    pub fn put_scalars(&self, proof: &mut [u8], event: usize, scalars: &[Fr]) {
        let bytes: Vec<u8> = scalars.iter().flat_map(scalar_to_bytes).collect();
        proof[self.range(event)].copy_from_slice(&bytes);
    }

    /// Adds to single scalars of a message.
    pub fn add(&self, proof: &mut [u8], event: usize, changes: &[(usize, Fr)]) {
        let mut scalars = self.scalars(proof, event);
        for &(at, x) in changes {
            scalars[at] += x;
        }
        self.put_scalars(proof, event, &scalars);
    }

    /// Where the evaluation of each column is in its message, if it is sent.
    pub fn evaluation_places(&self) -> Vec<Option<usize>> {
        let bytes = &self.proof[self.range(self.map.nonzero)];
        let mut next = 0..;
        let bit = |k: usize| bytes[k / 8] >> (k % 8) & 1 == 1;
        (0..self.shape.all_columns().len()).map(|k| if bit(k) { next.next() } else { None }).collect()
    }

    /// The evaluations of all columns.
    pub fn evaluations(&self) -> Vec<Fr> {
        let sent = self.scalars(&self.proof, self.map.evaluations);
        self.evaluation_places().into_iter().map(|place| place.map_or(Fr::zero(), |at| sent[at])).collect()
    }

    /// A message of points.
    pub fn points(&self, proof: &[u8], event: usize) -> Vec<G1Affine> {
        assert_eq!(self.events[event].payload, PayloadKind::Points);
        proof[self.range(event)].as_chunks::<POINT_BYTES>().0.iter().map(|b| point_from_bytes(b).unwrap()).collect()
    }

    /// The message that says which parts of the witness are sent.
    fn witness_bits(&self) -> usize {
        let is_bits = |&k: &usize| self.events[k].label == "pcs/parts";
        (0..self.map.fingerprint).rfind(is_bits).expect("commitments begin with the bits of their parts")
    }

    /// Which parts of the witness are sent.
    pub fn witness_parts(&self) -> Parts {
        let columns = self.shape.all_columns();
        let kind = self.honest.header.config.pcs;
        let pcs = self.schemes.setup(kind, Workload { num_vars: &columns }).expect("the honest run is proven under it");
        let num_parts = pcs.num_parts(&self.shape.witness_batch());
        Parts::from_bytes(num_parts, &self.proof[self.range(self.witness_bits())]).expect("a bit for each part")
    }

    /// The commitment to every part of the witness, of which a message of points has those that are sent: the identity for
    /// the others.
    pub fn commitments(&self, points: usize) -> Vec<G1Affine> {
        let mut sent = self.points(&self.proof, points).into_iter();
        let parts = self.witness_parts();
        let all = parts.is_sent().iter().map(|&is_sent| {
            if is_sent { sent.next().expect("a point for each part that is sent") } else { G1Affine::identity() }
        });
        all.collect()
    }

    /// Puts commitments to all parts of the witness in place of a message of points and of the bits.
    pub fn put_commitments(&self, proof: &mut Vec<u8>, points: usize, commitments: &[G1Affine]) {
        let parts = Parts::new(commitments.iter().map(|c| !c.is_zero()).collect());
        let sent = parts.select(commitments);
        // The later message first, as lengths change.
        proof.splice(self.range(points), sent.into_iter().flat_map(point_to_bytes));
        proof.splice(self.range(self.witness_bits()), parts.to_bytes());
    }

    /// The scalars of a challenge in the honest run.
    pub fn challenges(&self, event: usize) -> Vec<Fr> {
        let drawn = &self.tape.0[self.drawn(event)];
        drawn.iter().map(|d| if let Drawn::Scalar(c) = d { *c } else { panic!("{d:?} is no scalar") }).collect()
    }

    /// The one scalar of a challenge.
    pub fn challenge(&self, event: usize) -> Fr {
        let [c] = self.challenges(event)[..] else { panic!("{:?} is not one scalar", self.events[event]) };
        c
    }

    /// Positions of an event's challenges on the tape.
    pub fn drawn(&self, event: usize) -> Range<usize> {
        assert_eq!(self.events[event].kind, EventKind::Challenge);
        self.draws[event]..self.draws[event] + self.events[event].count
    }

    /// The honest run's tape without the challenges of an event, which are then drawn.
    pub fn thawed(&self, event: usize) -> ChallengeTape {
        self.tape.thaw(self.drawn(event))
    }

    /// `1, alpha_1, ...` of a batch.
    pub fn batching(&self, event: usize) -> Vec<Fr> {
        [vec![Fr::from(1u64)], self.challenges(event)].concat()
    }

    /// The point that rounds end at, the most significant coordinate first.
    pub fn point(&self, rounds: &[Round]) -> Vec<Fr> {
        rounds.iter().rev().map(|round| self.challenge(round.challenge)).collect()
    }

    /// A coordinate of a point.
    pub fn coordinate(&self, at: Coordinate) -> Fr {
        self.challenges(at.event)[at.index]
    }

    /// The coordinates of a product's leaf claims.
    pub fn leaf_coordinates(&self, side: Side) -> Vec<Coordinate> {
        let num_vars = match side {
            Side::Steps => self.shape.step_vars,
            Side::Cells => self.shape.cell_vars,
        };
        self.map.products.point_before(self.map.products.end(side), num_vars)
    }

    /// The point of a product's leaf claims.
    pub fn leaf_point(&self, side: Side) -> Vec<Fr> {
        self.leaf_coordinates(side).into_iter().map(|at| self.coordinate(at)).collect()
    }

    /// The challenges of fingerprints.
    pub fn fingerprint(&self) -> Fingerprint {
        let challenges = self.challenges(self.map.fingerprint);
        Fingerprint::new(challenges[0], challenges[1])
    }

    /// Events of a kind and label among the opening's.
    pub fn in_opening(&self, kind: EventKind, label: &str) -> Vec<usize> {
        self.map.opening.clone().filter(|&k| self.events[k].kind == kind && self.events[k].label == label).collect()
    }

    /// Every event that draws a challenge, of none too, in order.
    pub fn all_challenges(&self) -> impl Iterator<Item = usize> {
        (0..self.events.len()).filter(|&k| self.events[k].kind == EventKind::Challenge && self.events[k].count > 0)
    }

    /// An event by its label and number of appearance, from zero.
    pub fn name_of(&self, event: usize) -> String {
        let label = self.events[event].label;
        let before = |e: &&Event| e.kind == EventKind::Challenge && e.label == label;
        format!("`{label}` {}", self.events[..event].iter().filter(before).count())
    }
}
