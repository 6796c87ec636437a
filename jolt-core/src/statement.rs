//! What a proof is about: its configuration, the header that frames it, and the statement that a verifier returns.

use crate::{
    error::{HeaderError, VerifyError},
    security::SecurityLedger,
};
use lariat_emulator::{
    image::Image,
    machine::Exit,
    memory_map::{MAX_IO_BYTES, OUTPUT_START, STACK_TOP},
};
use lariat_pcs::{Pcs, PcsKind, Schemes, SetupSource};
use lariat_subtables::Params;
use lariat_transcript::HashKind;
use std::fmt;

/// First bytes of a proof file.
pub const MAGIC: [u8; 8] = *b"LARIATPF";

/// Version of the proof format; a verifier takes exactly this one.
pub const VERSION: u16 = 5;

/// Most steps that a proof can have: timestamps and counters stay below `2^32`.
pub const MAX_STEPS: u64 = 1 << 28;

/// Which lookup and memory-checking argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Argument {
    /// Subtables and offline memory checking with grand products [Lasso23].
    #[default]
    Lasso,
}

impl Argument {
    /// Every argument.
    pub const ALL: &[Self] = &[Self::Lasso];

    /// Name on command lines and in data files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lasso => "lasso",
        }
    }

    const fn id(self) -> u8 {
        match self {
            Self::Lasso => 1,
        }
    }

    fn from_id(id: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|a| a.id() == id)
    }
}

/// How the products of fingerprints are proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Products {
    /// Layer by layer [Thaler13].
    #[default]
    Gkr,
    /// The upper levels by one committed column a product [SL20, §5]: shorter proofs, for one more commitment.
    Quarks,
}

impl Products {
    /// Every way.
    pub const ALL: &[Self] = &[Self::Gkr, Self::Quarks];

    /// Name on command lines and in data files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gkr => "gkr",
            Self::Quarks => "quarks",
        }
    }

    const fn id(self) -> u8 {
        match self {
            Self::Gkr => 1,
            Self::Quarks => 2,
        }
    }

    fn from_id(id: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|p| p.id() == id)
    }
}

/// The parts that a researcher swaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Polynomial commitment scheme.
    pub pcs: PcsKind,
    /// Lookup and memory-checking argument.
    pub argument: Argument,
    /// Fiat-Shamir hash.
    pub hash: HashKind,
    /// Table size `M` and with it the number of chunks `C`.
    pub params: Params,
    /// How products are proven.
    pub products: Products,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            pcs: PcsKind::HYRAX,
            argument: Argument::Lasso,
            hash: HashKind::Keccak256,
            params: Params::M16,
            products: Products::Gkr,
        }
    }
}

/// Under which public parameters a proof was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupId {
    /// Where they come from.
    pub source: SetupSource,
    /// Their digest.
    pub digest: [u8; 32],
}

impl fmt::Display for SetupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, digest ", self.source)?;
        self.digest[..8].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl SetupId {
    /// The parameters of a scheme.
    pub fn of(pcs: &dyn Pcs) -> Self {
        Self { source: pcs.info().setup, digest: pcs.setup_digest() }
    }

    /// Whether both are the same parameters: of one kind of source and one digest. Names do not count, for one ceremony goes
    /// by as many as its files.
    pub fn is_same(&self, other: &Self) -> bool {
        self.source.kind() == other.source.kind() && self.digest == other.digest
    }

    /// Nothing known yet: what a witness has before its scheme is set up.
    pub const UNKNOWN: Self = Self { source: SetupSource::Transparent, digest: [0; 32] };
}

/// The header of a proof: everything that is not a message of the protocol. Bound to the transcript as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Configuration.
    pub config: Config,
    /// Public parameters of the commitment scheme.
    pub setup: SetupId,
    /// Digest of the program.
    pub program: [u8; 32],
    /// Number of rows: steps, those of virtual sequences included.
    pub steps: u64,
    /// Exclusive end of the heap that the proof covers.
    pub heap_high: u32,
    /// First byte of the stack that the proof covers.
    pub stack_low: u32,
    /// Exclusive end of the output region that the proof covers.
    pub output_high: u32,
    /// Length of the private input in bytes; fixes the length word of its region.
    pub private_bytes: u32,
    /// Exit code: the final value of the exit cell.
    pub exit_code: u32,
    /// Final value of the panic cell; nonzero means panicked.
    pub panic_word: u32,
    /// Public input.
    pub input: Vec<u8>,
    /// Final words of the output region: the length in bytes, then the words that hold them.
    pub output_words: Vec<u32>,
}

/// Bytes of a header without its three variable parts.
const FIXED_BYTES: usize = 8 + 2 + 4 + 2 + 2 + 32 + 32 + 8 + 4 * 6 + 4 + 4;

impl Header {
    /// The header's bytes: fixed fields with the name of the setup among them, then input and output words; all integers
    /// little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(
            FIXED_BYTES + self.setup.source.name().len() + self.input.len() + 4 * self.output_words.len(),
        );
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        let c = &self.config;
        out.extend([c.pcs.id(), c.argument.id(), c.hash.id(), c.params.log_m() as u8]);
        out.extend([c.products.id(), 0]); // the second byte is for flags, none defined
        out.extend(self.setup.source.to_bytes());
        out.extend(self.setup.digest);
        out.extend(self.program);
        out.extend(self.steps.to_le_bytes());
        for v in [
            self.heap_high,
            self.stack_low,
            self.output_high,
            self.private_bytes,
            self.exit_code,
            self.panic_word,
            self.input.len() as u32,
            self.output_words.len() as u32,
        ] {
            out.extend(v.to_le_bytes());
        }
        out.extend(&self.input);
        for w in &self.output_words {
            out.extend(w.to_le_bytes());
        }
        out
    }

    /// Parses a header from the front of `bytes` and returns it with its length.
    ///
    /// # Errors
    /// When the bytes are no header of this version, or name a scheme that is not among `schemes`. Allocates no more
    /// than `bytes` holds.
    pub fn parse(bytes: &[u8], schemes: &Schemes) -> Result<(Self, usize), HeaderError> {
        let mut reader = Reader { bytes, at: 0 };
        if reader.take::<8>().map_err(|_| HeaderError::NotAProof)? != MAGIC {
            return Err(HeaderError::NotAProof);
        }
        let version = u16::from_le_bytes(reader.take()?);
        if version != VERSION {
            return Err(HeaderError::Version { found: version, expected: VERSION });
        }
        let [pcs, argument, hash, log_m] = reader.take::<4>()?;
        let [products, flags] = reader.take::<2>()?;
        let unknown = |field, value| HeaderError::UnknownChoice { field, value };
        let config = Config {
            pcs: schemes.by_id(pcs).ok_or(unknown("commitment scheme", pcs))?,
            argument: Argument::from_id(argument).ok_or(unknown("argument", argument))?,
            hash: HashKind::from_id(hash).ok_or(unknown("hash", hash))?,
            params: Params::new(log_m.into()).map_err(|_| unknown("table size", log_m))?,
            products: Products::from_id(products).ok_or(unknown("product argument", products))?,
        };
        if flags != 0 {
            return Err(unknown("flags", flags));
        }
        let [source, name_len] = reader.take::<2>()?;
        let name = std::str::from_utf8(reader.slice(name_len.into())?).ok();
        let source =
            name.and_then(|name| SetupSource::from_parts(source, name)).ok_or(unknown("setup source", source))?;
        let setup = SetupId { source, digest: reader.take()? };
        let program = reader.take::<32>()?;
        let steps = u64::from_le_bytes(reader.take()?);
        let mut word = || reader.take().map(u32::from_le_bytes);
        let (heap_high, stack_low, output_high, private_bytes) = (word()?, word()?, word()?, word()?);
        let (exit_code, panic_word, input_len, output_len) = (word()?, word()?, word()?, word()?);
        let input = reader.slice(input_len as usize)?.to_vec();
        let output_words = reader
            .slice((output_len as usize).checked_mul(4).ok_or(HeaderError::Truncated)?)?
            .chunks_exact(4)
            .map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]]))
            .collect();
        let header = Self {
            config,
            setup,
            program,
            steps,
            heap_high,
            stack_low,
            output_high,
            private_bytes,
            exit_code,
            panic_word,
            input,
            output_words,
        };
        Ok((header, reader.at))
    }

    /// Checks the header against the program that it claims to be about.
    ///
    /// # Errors
    /// The first field that is out of the program's bounds.
    pub fn check(&self, image: &Image) -> Result<(), HeaderError> {
        let bounds = |field, ok: bool| if ok { Ok(()) } else { Err(HeaderError::OutOfBounds { field }) };
        let m = &image.memory;
        bounds("steps", (1..=MAX_STEPS).contains(&self.steps))?;
        bounds(
            "heap",
            self.heap_high.is_multiple_of(4) && (image.heap_start..=image.heap_end()).contains(&self.heap_high),
        )?;
        bounds("stack", self.stack_low.is_multiple_of(4) && (m.stack_start()..=STACK_TOP).contains(&self.stack_low))?;
        bounds("input", self.input.len() <= m.max_input_bytes as usize)?;
        bounds("private input", self.private_bytes <= m.max_private_input_bytes.min(MAX_IO_BYTES))?;
        // The output is its length word and exactly the words that hold that many bytes, all inside of the region.
        let Some(&length) = self.output_words.first() else {
            return Err(HeaderError::OutOfBounds { field: "output length" });
        };
        bounds("output length", length <= m.max_output_bytes && m.max_output_bytes <= MAX_IO_BYTES)?;
        bounds("output words", self.output_words.len() as u64 == 1 + u64::from(length.div_ceil(4)))?;
        // The emulator refuses a last word with bytes behind the output, so that the bytes determine the words.
        let rest = length % 4;
        let padding = self.output_words.last().map_or(0, |w| if rest == 0 { 0 } else { w >> (8 * rest) });
        bounds("output padding", length == 0 || padding == 0)?;
        let output_end = OUTPUT_START + 4 * self.output_words.len() as u32;
        let region_end = OUTPUT_START + 4 + m.max_output_bytes.next_multiple_of(4);
        bounds(
            "output region",
            self.output_high.is_multiple_of(4) && (output_end..=region_end).contains(&self.output_high),
        )
    }

    /// Words of the private input region, the length word included.
    pub fn private_words(&self) -> u32 {
        1 + self.private_bytes.div_ceil(4)
    }

    /// Bits of the private input in its last word, if that is not filled: 8, 16 or 24; else 0.
    pub fn private_tail_bits(&self) -> u32 {
        8 * (self.private_bytes % 4)
    }

    /// The bytes that the guest committed.
    pub fn output(&self) -> Vec<u8> {
        // A header without a length word is refused when it is checked.
        let Some((&length, words)) = self.output_words.split_first() else { return Vec::new() };
        let mut out: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        out.truncate(length as usize);
        out
    }

    /// How the program ended.
    pub fn exit(&self) -> Exit {
        if self.panic_word == 0 {
            Exit::Halted { code: self.exit_code }
        } else {
            Exit::Panicked { code: self.exit_code }
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn slice(&mut self, len: usize) -> Result<&'a [u8], HeaderError> {
        let end = self.at.checked_add(len).ok_or(HeaderError::Truncated)?;
        let part = self.bytes.get(self.at..end).ok_or(HeaderError::Truncated)?;
        self.at = end;
        Ok(part)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], HeaderError> {
        self.slice(N)?.try_into().map_err(|_| HeaderError::Truncated)
    }
}

/// What a verified proof says: this program, on this public input and some private input, ended so, with this output.
///
/// The proof is succinct, not zero-knowledge: it may reveal the private input.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a verified statement must be compared with what the caller expects"]
pub struct VerifiedStatement {
    /// Digest of the program.
    pub program_digest: [u8; 32],
    /// The public input.
    pub input: Vec<u8>,
    /// The bytes that the guest committed.
    pub output: Vec<u8>,
    /// How the program ended.
    pub exit: Exit,
    /// Number of rows of the execution.
    pub rows: u64,
    /// The proof's configuration.
    pub config: Config,
    /// Public parameters of the commitment scheme, by the verifier's name for them.
    pub setup: SetupId,
    /// Digest of the commitment to the private input: the length word, then the words that hold its bytes. The length is
    /// the header's, and the last word is zero behind the last byte. Words that the run loads are 32 bits; those that it
    /// never loads may be any field elements, as nothing depends on them. Who has a private input and wants to know
    /// whether the proof is about it must commit to it and compare.
    pub private_input_commitment: [u8; 32],
    /// How much such a proof is worth: every error term, and what limits the level.
    pub security: SecurityLedger,
}

impl VerifiedStatement {
    /// Demands that the program ended with this exit code, and hence without a panic.
    ///
    /// # Errors
    /// [`VerifyError::OtherExit`] for another code, and for every panic.
    pub fn demand_exit(&self, code: u32) -> Result<(), VerifyError> {
        if self.exit == (Exit::Halted { code }) {
            return Ok(());
        }
        Err(VerifyError::OtherExit { found: self.exit, expected: code })
    }

    /// Demands that the program ended without a panic, whatever its exit code.
    ///
    /// # Errors
    /// [`VerifyError::Panicked`].
    pub fn demand_no_panic(&self) -> Result<(), VerifyError> {
        match self.exit {
            Exit::Halted { .. } => Ok(()),
            Exit::Panicked { code } => Err(VerifyError::Panicked { code }),
        }
    }

    /// BLAKE3 of the public input.
    pub fn input_digest(&self) -> [u8; 32] {
        *blake3::hash(&self.input).as_bytes()
    }
}
