//! Where a fault of a kind may happen: rows of the honest run.

use super::{
    guests::Guest,
    kinds::Kind,
    machine::{is_control, is_load, is_store, reads_rs1, reads_rs2, unsigned, width, writes},
};
use lariat_emulator::{
    isa::{Format, Instruction, Opcode},
    layout::RegionKind,
    machine::TraceRow,
};

/// Whether a kind of fault happens before, in or after a step like this one.
fn fits(kind: Kind, row: &TraceRow, instruction: Instruction) -> bool {
    let op = instruction.op;
    match kind {
        Kind::ResultBit | Kind::ResultOneOff | Kind::ResultRandom | Kind::ResultInRow => writes(instruction),
        Kind::ResultLost => writes(instruction) && row.rd_pre != row.rd_post,
        Kind::SignOmitted => unsigned(instruction).is_some(),
        Kind::DivisionOff => {
            writes(instruction) && matches!(op, Opcode::Div | Opcode::Divu | Opcode::Rem | Opcode::Remu)
        }
        Kind::OperandOfOther | Kind::OperandInRow => reads_rs1(instruction),
        Kind::X0Written => {
            reads_rs1(instruction) && instruction.rs1 == 0 || reads_rs2(instruction) && instruction.rs2 == 0
        }
        Kind::FieldsExchanged => {
            let sources = reads_rs2(instruction) && instruction.rs1 != instruction.rs2;
            sources || op.has_rd() && reads_rs1(instruction) && instruction.rd != instruction.rs1
        }
        Kind::OtherOpcode => !matches!(op.format(), Format::Jump | Format::JumpRegister),
        Kind::OtherImmediate => !matches!(op.format(), Format::Register | Format::System),
        Kind::BranchFlipped => op.format() == Format::Branch,
        Kind::JumpOneOff => is_control(instruction) && op.format() != Format::System,
        Kind::LoadedValue => is_load(instruction),
        Kind::NarrowOff => (is_load(instruction) || is_store(instruction)) && width(op) < 4,
        Kind::StoredValue | Kind::StoredInRow | Kind::StoreElsewhere => is_store(instruction),
        Kind::StoreLost => is_store(instruction) && row.ram_pre != row.ram_post,
        Kind::AddressInRow => is_load(instruction) || is_store(instruction),
        _ => true,
    }
}

/// The regions of memory that a kind alters.
pub const fn altered(kind: Kind) -> &'static [RegionKind] {
    match kind {
        Kind::ImageAltered => &[RegionKind::Code, RegionKind::ReadOnlyData, RegionKind::Data],
        Kind::HeapAltered => &[RegionKind::Heap],
        Kind::StackAltered => &[RegionKind::Stack],
        Kind::InputAltered => &[RegionKind::Input],
        Kind::PrivateAltered => &[RegionKind::PrivateInput],
        Kind::OutputAltered => &[RegionKind::Output],
        _ => &[],
    }
}

/// The value that the word of an access had before it was last stored to, if it was and had another one.
pub fn stale(guest: &Guest, access: usize) -> Option<u32> {
    let rows = &guest.honest.rows;
    let at = rows.get(access)?;
    let stores = rows.get(..access)?.iter().rev();
    let last = stores.filter(|row| is_store(guest.instruction(row))).find(|row| row.ram_addr == at.ram_addr)?;
    (last.ram_pre != at.ram_pre).then_some(last.ram_pre)
}

/// The rows of the honest run of a guest at which a kind of fault may happen, in increasing order; none where the guest
/// has nothing to go wrong like this.
pub fn sites(kind: Kind, guest: &Guest) -> Vec<usize> {
    let len = guest.honest.rows.len();
    let of_rows = |fits: &dyn Fn(usize, &TraceRow, Instruction) -> bool| -> Vec<usize> {
        guest.steps().enumerate().filter(|(at, (row, i))| fits(*at, row, *i)).map(|(at, _)| at).collect()
    };
    match kind {
        Kind::RegisterAtStart
        | Kind::EntryMoved
        | Kind::InputClaimed
        | Kind::PrivateClaimed
        | Kind::PrivateReplaced
        | Kind::ExtentsMoved => vec![0],
        Kind::RowsSwapped => (0..len - 1).collect(),
        Kind::StepsSwapped => {
            let straight = |at: usize| guest.honest.rows.get(at).is_some_and(|row| !is_control(guest.instruction(row)));
            (0..len - 1).filter(|&at| straight(at) && straight(at + 1)).collect()
        }
        Kind::StaleLoad => of_rows(&|at, _, i| is_load(i) && stale(guest, at).is_some()),
        Kind::Cut | Kind::CutAsItStands | Kind::CutWithExit => (0..len).collect(),
        Kind::Appended | Kind::ExitCode | Kind::PanicCell | Kind::OutputWord | Kind::OutputLength => vec![len],
        _ if !altered(kind).is_empty() => {
            let Ok(layout) = guest.program.image().layout(guest.public.len() as u32, guest.private.len() as u32) else {
                return Vec::new();
            };
            let regions = altered(kind);
            of_rows(&|_, row, i| {
                let region = layout.region_at(row.ram_addr);
                (is_load(i) || is_store(i)) && region.is_some_and(|region| regions.contains(&region.kind))
            })
        }
        _ => of_rows(&|_, row, i| fits(kind, row, i)),
    }
}
