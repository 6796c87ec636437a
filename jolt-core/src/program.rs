//! A program, loaded and preprocessed once, run and proven many times.

use crate::bytecode::Bytecode;
use lariat_emulator::{
    image::{Image, LoadError},
    machine::{ExecError, Inputs, RunResult, run, run_with_console},
    memory_map::MemoryConfig,
};

/// A loaded program: initial memory, bytecode, and the digest that proofs bind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    image: Image,
    bytecode: Bytecode,
    digest: [u8; 32],
}

impl Program {
    /// Loads an ELF under the default memory configuration.
    ///
    /// # Errors
    /// When the file is not a static RV32IM executable.
    pub fn from_elf(elf: &[u8]) -> Result<Self, LoadError> {
        Self::from_elf_with(elf, &MemoryConfig::default())
    }

    /// Loads an ELF. The memory configuration is part of the program's digest.
    ///
    /// # Errors
    /// As [`from_elf`](Self::from_elf).
    pub fn from_elf_with(elf: &[u8], memory: &MemoryConfig) -> Result<Self, LoadError> {
        Ok(Self::from_image(Image::from_elf(elf, memory)?))
    }

    /// Preprocesses a loaded image.
    pub fn from_image(image: Image) -> Self {
        let bytecode = Bytecode::new(&image);
        let digest = digest(&image);
        Self { image, bytecode, digest }
    }

    /// The initial memory.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// The expanded rows.
    pub fn bytecode(&self) -> &Bytecode {
        &self.bytecode
    }

    /// BLAKE3 digest of entry point, initial memory, code and memory configuration.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Runs the program without proving anything.
    ///
    /// # Errors
    /// When the program does not run to its end within `max_steps`.
    pub fn execute(&self, inputs: Inputs<'_>, max_steps: u64) -> Result<RunResult, ExecError> {
        run(&self.image, inputs, max_steps)
    }

    /// Runs the program without proving anything, and hands what it prints by `ecall` 64 (write) to `console`. A run
    /// with such a call has no proof.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub fn execute_with_console(
        &self,
        inputs: Inputs<'_>,
        max_steps: u64,
        console: &mut dyn FnMut(&[u8]),
    ) -> Result<RunResult, ExecError> {
        run_with_console(&self.image, inputs, max_steps, console)
    }
}

/// The digest: every length precedes what it counts, and zeros at the end of a segment are only counted. So it takes time
/// by what the program stores, and is the same whether such zeros are stored or not.
fn digest(image: &Image) -> [u8; 32] {
    let mut h = blake3::Hasher::new_derive_key("Lariat RV32IM program v2");
    let m = &image.memory;
    for v in [
        image.entry,
        image.code_base,
        image.heap_start,
        m.stack_size,
        m.heap_size,
        m.max_input_bytes,
        m.max_private_input_bytes,
        m.max_output_bytes,
        image.segments.len() as u32,
    ] {
        h.update(&v.to_le_bytes());
    }
    for s in &image.segments {
        h.update(&s.start.to_le_bytes());
        let stored = s.stored();
        h.update(&(s.num_words() as u32).to_le_bytes());
        h.update(&(stored.len() as u32).to_le_bytes());
        h.update(&[u8::from(s.writable), u8::from(s.executable)]);
        for w in stored {
            h.update(&w.to_le_bytes());
        }
    }
    // The code window is what is executed; for an image from an ELF it repeats the executable segments. Its gaps are all
    // the same.
    h.update(&(image.code.len() as u32).to_le_bytes());
    for (start, instructions) in image.code.runs() {
        h.update(&(start as u32).to_le_bytes());
        h.update(&(instructions.len() as u32).to_le_bytes());
        for i in instructions {
            h.update(&[i.op as u8, i.rd, i.rs1, i.rs2]);
            h.update(&i.imm.to_le_bytes());
        }
    }
    *h.finalize().as_bytes()
}
