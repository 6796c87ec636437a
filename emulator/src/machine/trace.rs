//! What a run leaves behind for the prover: one row per step.

/// Everything that one step read and wrote (32 bytes).
///
/// Which fields mean something follows from the instruction at `pc_index`; all others are 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
#[repr(C)]
pub struct TraceRow {
    /// Index of the instruction in the image's code window; the program counter is `code_base + 4 * pc_index`.
    pub pc_index: u32,
    /// Value of register `rs1`; `x17` for ECALL.
    pub rs1: u32,
    /// Value of register `rs2`; `x10` for ECALL.
    pub rs2: u32,
    /// Value of register `rd` before the step; 0 for `x0`.
    pub rd_pre: u32,
    /// Result of the instruction, also when `rd` is `x0` and the result is dropped; 0 if the format has no `rd`.
    pub rd_post: u32,
    /// Byte address of the memory word that the step touches, a multiple of 4: the word around the address of a load
    /// or store, the exit cell for ECALL, the panic cell for EBREAK.
    pub ram_addr: u32,
    /// Value of that word before the step.
    pub ram_pre: u32,
    /// Value of that word after the step; equal to `ram_pre` for loads.
    pub ram_post: u32,
}

/// Where rows go. The run-only mode has a sink that drops them, and the compiler then drops their computation.
pub(super) trait Sink {
    /// Whether the program may print.
    const CONSOLE: bool = false;

    fn push(&mut self, row: TraceRow);

    /// Takes bytes that the program prints.
    fn print(&mut self, _: &[u8]) {}
}

/// Keeps nothing.
pub(super) struct Discard;

impl Sink for Discard {
    #[inline(always)]
    fn push(&mut self, _: TraceRow) {}
}

impl Sink for Vec<TraceRow> {
    #[inline(always)]
    fn push(&mut self, row: TraceRow) {
        Vec::push(self, row);
    }
}

/// Keeps no rows and hands on what the program prints.
pub(super) struct Console<'a>(pub(super) &'a mut dyn FnMut(&[u8]));

impl Sink for Console<'_> {
    const CONSOLE: bool = true;

    #[inline(always)]
    fn push(&mut self, _: TraceRow) {}

    fn print(&mut self, bytes: &[u8]) {
        (self.0)(bytes);
    }
}

/// Passes everything on, and remembers whether a word of memory changed.
pub(super) struct Watched<'a, S> {
    pub(super) sink: &'a mut S,
    pub(super) changed: bool,
}

impl<S: Sink> Sink for Watched<'_, S> {
    const CONSOLE: bool = S::CONSOLE;

    fn push(&mut self, row: TraceRow) {
        self.changed |= row.ram_pre != row.ram_post;
        self.sink.push(row);
    }

    fn print(&mut self, bytes: &[u8]) {
        self.sink.print(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_32_bytes() {
        assert_eq!(size_of::<TraceRow>(), 32);
    }
}
