//! A machine that is driven one step at a time and whose state can be changed in between, for tests that make it err.

use super::{
    ExecError, Inputs, TraceResult, TraceRow,
    execute::{self, Hart},
    memory_of, output_words, start, summary,
};
use crate::{image::Image, isa::Instruction, memory::Memory, memory_map::OUTPUT_START};

/// A run between two steps. Without interference its rows and its end are those of [`trace`](super::trace).
///
/// Steps are taken by the interpreter of all other runs, one instruction at a time.
pub struct Stepper<'a> {
    image: &'a Image,
    hart: Hart,
    memory: Memory<'a>,
    is_over: bool,
}

impl<'a> Stepper<'a> {
    /// The machine before the first step.
    ///
    /// # Errors
    /// When an input is too long, or the image's memory configuration or layout is invalid.
    pub fn new(image: &'a Image, inputs: Inputs<'_>) -> Result<Self, ExecError> {
        Ok(Self { image, hart: start(image), memory: memory_of(image, inputs)?, is_over: false })
    }

    /// Whether the last step was an exit.
    pub const fn is_over(&self) -> bool {
        self.is_over
    }

    /// Index of the next instruction in the image's code window.
    pub const fn pc_index(&self) -> u32 {
        self.hart.pc_index
    }

    /// Goes on at another instruction, even behind an exit.
    pub const fn set_pc_index(&mut self, index: u32) {
        self.hart.pc_index = index;
        self.is_over = false;
    }

    /// The registers. A value in `x0` is read by the next step and lost after it.
    pub const fn registers_mut(&mut self) -> &mut [u32; 32] {
        &mut self.hart.registers
    }

    /// The word around `address`; `None` where nothing is mapped.
    pub fn word(&mut self, address: u32) -> Option<u32> {
        self.memory.layout().region_at(address)?;
        Some(self.memory.cell(address))
    }

    /// Replaces the word around `address`, in read-only regions too, and returns the one before; `None` where nothing
    /// is mapped. The extents of the run stay as they are.
    pub fn set_word(&mut self, address: u32, value: u32) -> Option<u32> {
        self.memory.layout().region_at(address)?;
        Some(self.memory.set_cell(address, value))
    }

    /// Executes the next instruction.
    ///
    /// # Errors
    /// When the machine refuses it. Nothing has happened then.
    pub fn step(&mut self) -> Result<TraceRow, ExecError> {
        self.step_in(self.image.code.flat().as_ref())
    }

    /// Executes `instruction` in the place of the next one. Copies the code.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub fn step_as(&mut self, instruction: Instruction) -> Result<TraceRow, ExecError> {
        let mut code = self.image.code.flat().into_owned();
        if let Some(at) = code.get_mut(self.hart.pc_index as usize) {
            *at = instruction;
        }
        self.step_in(&code)
    }

    fn step_in(&mut self, code: &[Instruction]) -> Result<TraceRow, ExecError> {
        let mut rows = Vec::with_capacity(1);
        self.is_over = execute::step(self.image, code, &mut self.hart, &mut self.memory, &mut rows)?;
        Ok(rows.pop().expect("a step has a row"))
    }

    /// The run as it stands, with these rows and whatever exit code, panic word and output are in memory. An output
    /// length beyond the limit counts as none.
    pub fn into_trace(self, rows: Vec<TraceRow>) -> TraceResult {
        let max = self.image.memory.max_output_bytes;
        let length = Some(self.memory.word(OUTPUT_START)).filter(|&length| length <= max).unwrap_or(0);
        let mut output = output_words(&self.memory, length);
        output.truncate(length as usize);
        TraceResult {
            run: summary(self.image, &self.memory, rows.len() as u64, output),
            rows,
            final_memory: self.memory.into_state(),
            final_registers: self.hart.registers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        machine::trace,
        memory_map::{INPUT_START, MemoryConfig},
        test_util::{RandomProgramConfig, random_program},
    };

    fn image(seed: u64) -> Image {
        let program = random_program(seed, &RandomProgramConfig { body_items: 50, ..Default::default() });
        Image::from_elf(&program.elf(), &MemoryConfig::default()).unwrap()
    }

    fn finish(mut stepper: Stepper<'_>) -> TraceResult {
        let mut rows = Vec::new();
        while !stepper.is_over() {
            rows.push(stepper.step().unwrap());
        }
        stepper.into_trace(rows)
    }

    #[test]
    fn steps_are_those_of_a_trace() {
        for seed in 0..20 {
            let image = image(seed);
            let inputs = Inputs { public: b"public", private: b"private" };
            let (stepped, traced) =
                (finish(Stepper::new(&image, inputs).unwrap()), trace(&image, inputs, 1 << 20).unwrap());
            assert_eq!((stepped.rows, stepped.run), (traced.rows, traced.run), "seed {seed}");
            assert_eq!(stepped.final_registers, traced.final_registers);
            for region in
                traced.final_memory.layout().regions().iter().filter(|region| region.end - region.start < 1 << 16)
            {
                for address in (region.start..region.end).step_by(4) {
                    assert_eq!(stepped.final_memory.word(address), traced.final_memory.word(address), "{address:#x}");
                }
            }
        }
    }

    #[test]
    fn state_can_be_changed_between_steps() {
        let image = image(1);
        let mut stepper = Stepper::new(&image, Inputs { public: b"abcd", private: b"" }).unwrap();
        assert_eq!(stepper.word(INPUT_START + 4), Some(u32::from_le_bytes(*b"abcd")));
        assert_eq!(stepper.set_word(INPUT_START + 4, 7), Some(u32::from_le_bytes(*b"abcd")));
        assert_eq!((stepper.word(INPUT_START + 4), stepper.set_word(8, 7), stepper.word(8)), (Some(7), None, None));
        // The first instruction is a LUI; an addition of x0 and x0 sees what was put there, once.
        let start = stepper.pc_index();
        stepper.registers_mut()[0] = 3;
        let doubled = Instruction::r_type(crate::isa::Opcode::Add, 1, 0, 0);
        assert_eq!(stepper.step_as(doubled).unwrap().rd_post, 6);
        assert_eq!(stepper.step_as(doubled).unwrap().rd_post, 0);
        assert_eq!(stepper.pc_index(), start + 2);
        stepper.set_pc_index(u32::MAX);
        assert!(matches!(stepper.step(), Err(ExecError::OutsideCode { .. })));
        stepper.set_pc_index(start);
        assert!(stepper.step().is_ok());
    }
}
