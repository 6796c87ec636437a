//! Frozen challenges, for tests that forge a message in the kernel of a later check.
//!
//! A channel that replays a tape absorbs as always, but hands out the tape's challenges instead of its own. A verifier
//! on frozen challenges models a protocol that forgot to absorb the message under attack: it must accept the forgery
//! that the real verifier rejects. This shows both that the test has teeth and that the message is absorbed.
//!
//! A tape may leave single challenges to the channel ([`ChallengeTape::thaw`]): a verifier on frozen challenges but one
//! tells whether that one alone stops the forgery.

use lariat_algebra::Fr;

/// One challenge handed out by a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// A scalar.
    Scalar(Fr),
    /// An index below a bound.
    Index(u64),
    /// A digest.
    Digest([u8; 32]),
    /// On a tape: whatever the channel draws itself.
    Fresh,
}

/// The challenges of one run, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChallengeTape(pub Vec<Drawn>);

impl ChallengeTape {
    /// The tape with these challenges left to the channel that replays it.
    #[must_use]
    pub fn thaw(&self, challenges: impl IntoIterator<Item = usize>) -> Self {
        let mut tape = self.clone();
        for at in challenges {
            tape.0[at] = Drawn::Fresh;
        }
        tape
    }
}

/// Records what is handed out; replays a tape when there is one.
#[derive(Default)]
pub(crate) struct Replay {
    tape: Option<ChallengeTape>,
    handed_out: Vec<Drawn>,
}

impl Replay {
    pub(crate) fn freeze(&mut self, tape: ChallengeTape) {
        self.tape = Some(tape);
    }

    pub(crate) fn handed_out(&self) -> &[Drawn] {
        &self.handed_out
    }

    /// The tape's next entry if there is a tape, else `fresh`.
    fn next(&mut self, fresh: Drawn) -> Drawn {
        let next = match &self.tape {
            Some(tape) => {
                match *tape.0.get(self.handed_out.len()).expect("the tape holds a challenge for every draw") {
                    Drawn::Fresh => fresh,
                    frozen => frozen,
                }
            }
            None => fresh,
        };
        self.handed_out.push(next);
        next
    }

    pub(crate) fn scalar(&mut self, fresh: Fr) -> Fr {
        let Drawn::Scalar(c) = self.next(Drawn::Scalar(fresh)) else { unreachable!("the tape has a scalar here") };
        c
    }

    pub(crate) fn index(&mut self, fresh: u64) -> u64 {
        let Drawn::Index(c) = self.next(Drawn::Index(fresh)) else { unreachable!("the tape has an index here") };
        c
    }

    pub(crate) fn digest(&mut self, fresh: [u8; 32]) -> [u8; 32] {
        let Drawn::Digest(c) = self.next(Drawn::Digest(fresh)) else { unreachable!("the tape has a digest here") };
        c
    }
}
