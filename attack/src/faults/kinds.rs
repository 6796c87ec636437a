//! What goes wrong in the executor: every kind of fault, in one line each.

/// A kind of fault. `docs/attack.md` lists them under their names.
///
/// Unless it says otherwise the run goes on from the fault with all consequences, and what is altered is altered in the
/// row and in the machine alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// One bit of an instruction's result is flipped.
    ResultBit,
    /// An instruction's result is one more or one less.
    ResultOneOff,
    /// An instruction's result is another word.
    ResultRandom,
    /// A result is wrong in the row alone; the register gets the right one.
    ResultInRow,
    /// A result is right in the row; the register keeps the value that it had.
    ResultLost,
    /// A signed instruction or immediate is taken as unsigned: `lb` as `lbu`, `srai` as `srli`, `mulh` as `mulhu`.
    SignOmitted,
    /// A quotient or remainder is off by one, or by the divisor.
    DivisionOff,
    /// An operand is read from another register.
    OperandOfOther,
    /// An operand is wrong in the row alone; the result is that of the right one.
    OperandInRow,
    /// A register changes between two steps.
    RegisterChanged,
    /// A register does not have its value at the start.
    RegisterAtStart,
    /// `x0` is read as another value than zero.
    X0Written,
    /// Fields of the instruction are exchanged: its sources, or a source and the destination.
    FieldsExchanged,
    /// The instruction is executed as another one of its format.
    OtherOpcode,
    /// The instruction is executed with another immediate.
    OtherImmediate,
    /// A branch goes the other way.
    BranchFlipped,
    /// The program counter moves to another instruction after a step.
    PcMoved,
    /// A jump or taken branch lands one instruction before or behind its target.
    JumpOneOff,
    /// The run starts at another instruction than the entry.
    EntryMoved,
    /// A row names another instruction than the one that was executed, in the code or outside of it.
    PcInRow,
    /// An instruction is executed without a row.
    RowSkipped,
    /// An instruction is not executed and has no row.
    StepSkipped,
    /// A row is there twice; the instruction was executed once.
    RowDoubled,
    /// An instruction is executed twice.
    StepDoubled,
    /// Two neighbouring rows are exchanged.
    RowsSwapped,
    /// Two neighbouring instructions are executed in the other order.
    StepsSwapped,
    /// A row is replaced by another one of the run.
    RowReplaced,
    /// A load sees another word than memory holds.
    LoadedValue,
    /// A load sees the word as it was before it was last stored to.
    StaleLoad,
    /// A load or store takes another byte or half of its word.
    NarrowOff,
    /// A store writes another value.
    StoredValue,
    /// A store is wrong in the row alone; memory gets the right value.
    StoredInRow,
    /// A store is right in the row; memory keeps the value that it had.
    StoreLost,
    /// A store goes to another word, writable or not.
    StoreElsewhere,
    /// The row of a load or store names another word than the one that was accessed.
    AddressInRow,
    /// A word of the image changes between two steps.
    ImageAltered,
    /// A word of the heap changes between two steps.
    HeapAltered,
    /// A word of the stack changes between two steps.
    StackAltered,
    /// A word of the public input changes in memory between two steps; what is claimed stays.
    InputAltered,
    /// A word of the private input changes in memory between two steps; what is claimed stays.
    PrivateAltered,
    /// A word of the output changes between two steps.
    OutputAltered,
    /// The trace ends at a row; the end that is claimed is that of the whole run.
    Cut,
    /// The trace ends at a row; the end that is claimed is the state there.
    CutAsItStands,
    /// The trace ends at a row; output and panic are those of the whole run, and the exit code is another one.
    CutWithExit,
    /// The machine goes on behind the exit, or rows of the run follow it.
    Appended,
    /// Another exit code is claimed.
    ExitCode,
    /// A panic is claimed that there was not, or one is denied, or it has another word.
    PanicCell,
    /// Another output word is claimed.
    OutputWord,
    /// Another output length is claimed.
    OutputLength,
    /// Another public input is claimed than the one that was executed: changed, longer, shorter.
    InputClaimed,
    /// Another private input is claimed than the one that was executed: changed, longer, shorter.
    PrivateClaimed,
    /// The private input changes before the first step, and is claimed so: a run on another private input.
    PrivateReplaced,
    /// The extents of heap, stack or output are moved, inwards or outwards.
    ExtentsMoved,
}

impl Kind {
    /// Every kind, in the order of the matrix.
    pub const ALL: [Self; 53] = [
        Self::ResultBit,
        Self::ResultOneOff,
        Self::ResultRandom,
        Self::ResultInRow,
        Self::ResultLost,
        Self::SignOmitted,
        Self::DivisionOff,
        Self::OperandOfOther,
        Self::OperandInRow,
        Self::RegisterChanged,
        Self::RegisterAtStart,
        Self::X0Written,
        Self::FieldsExchanged,
        Self::OtherOpcode,
        Self::OtherImmediate,
        Self::BranchFlipped,
        Self::PcMoved,
        Self::JumpOneOff,
        Self::EntryMoved,
        Self::PcInRow,
        Self::RowSkipped,
        Self::StepSkipped,
        Self::RowDoubled,
        Self::StepDoubled,
        Self::RowsSwapped,
        Self::StepsSwapped,
        Self::RowReplaced,
        Self::LoadedValue,
        Self::StaleLoad,
        Self::NarrowOff,
        Self::StoredValue,
        Self::StoredInRow,
        Self::StoreLost,
        Self::StoreElsewhere,
        Self::AddressInRow,
        Self::ImageAltered,
        Self::HeapAltered,
        Self::StackAltered,
        Self::InputAltered,
        Self::PrivateAltered,
        Self::OutputAltered,
        Self::Cut,
        Self::CutAsItStands,
        Self::CutWithExit,
        Self::Appended,
        Self::ExitCode,
        Self::PanicCell,
        Self::OutputWord,
        Self::OutputLength,
        Self::InputClaimed,
        Self::PrivateClaimed,
        Self::PrivateReplaced,
        Self::ExtentsMoved,
    ];

    /// Name of the kind's row in the matrix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ResultBit => "result: a bit flipped",
            Self::ResultOneOff => "result: one more or less",
            Self::ResultRandom => "result: another word",
            Self::ResultInRow => "result: wrong in the row alone",
            Self::ResultLost => "result: not written",
            Self::SignOmitted => "result: sign omitted",
            Self::DivisionOff => "result: quotient or remainder off",
            Self::OperandOfOther => "register: another one read",
            Self::OperandInRow => "register: operand wrong in the row alone",
            Self::RegisterChanged => "register: changed between steps",
            Self::RegisterAtStart => "register: another value at the start",
            Self::X0Written => "register: x0 not zero",
            Self::FieldsExchanged => "instruction: fields exchanged",
            Self::OtherOpcode => "instruction: executed as another",
            Self::OtherImmediate => "instruction: another immediate",
            Self::BranchFlipped => "control: the other way at a branch",
            Self::PcMoved => "control: pc moved",
            Self::JumpOneOff => "control: a jump one instruction off",
            Self::EntryMoved => "control: another entry",
            Self::PcInRow => "control: pc wrong in the row alone",
            Self::RowSkipped => "rows: one skipped",
            Self::StepSkipped => "rows: one not executed",
            Self::RowDoubled => "rows: one doubled",
            Self::StepDoubled => "rows: one executed twice",
            Self::RowsSwapped => "rows: two swapped",
            Self::StepsSwapped => "rows: two executed in the other order",
            Self::RowReplaced => "rows: one replaced by another",
            Self::LoadedValue => "access: another value loaded",
            Self::StaleLoad => "access: an old value loaded",
            Self::NarrowOff => "access: another byte or half",
            Self::StoredValue => "access: another value stored",
            Self::StoredInRow => "access: store wrong in the row alone",
            Self::StoreLost => "access: store without effect",
            Self::StoreElsewhere => "access: store to another word",
            Self::AddressInRow => "access: address wrong in the row alone",
            Self::ImageAltered => "memory: image altered",
            Self::HeapAltered => "memory: heap altered",
            Self::StackAltered => "memory: stack altered",
            Self::InputAltered => "memory: public input altered",
            Self::PrivateAltered => "memory: private input altered",
            Self::OutputAltered => "memory: output altered",
            Self::Cut => "end: cut, the whole run's end claimed",
            Self::CutAsItStands => "end: cut, as it stands there",
            Self::CutWithExit => "end: cut, another exit code",
            Self::Appended => "end: rows behind the exit",
            Self::ExitCode => "end: another exit code",
            Self::PanicCell => "end: another panic word",
            Self::OutputWord => "end: another output word",
            Self::OutputLength => "end: another output length",
            Self::InputClaimed => "input: another one claimed",
            Self::PrivateClaimed => "private input: another one claimed",
            Self::PrivateReplaced => "private input: another one, claimed so",
            Self::ExtentsMoved => "extents: moved",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn kinds_and_names_are_distinct() {
        assert_eq!(Kind::ALL.iter().collect::<BTreeSet<_>>().len(), Kind::ALL.len());
        assert_eq!(Kind::ALL.iter().map(|kind| kind.name()).collect::<BTreeSet<_>>().len(), Kind::ALL.len());
        assert_eq!(Kind::ExtentsMoved as usize + 1, Kind::ALL.len());
    }

    #[test]
    fn every_kind_is_documented() {
        let text = include_str!("../../../docs/attack.md");
        for kind in Kind::ALL {
            assert!(text.contains(&format!("| {} |", kind.name())), "{}", kind.name());
        }
    }
}
