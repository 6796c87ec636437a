//! Reading an ELF: headers, loadable segments, permissions, symbols.
//!
//! Every byte of the file is untrusted. All sizes are checked before anything is allocated.

use object::LittleEndian;
use object::elf::{
    EF_RISCV_FLOAT_ABI, EF_RISCV_RVC, EF_RISCV_RVE, ELFMAG, EM_RISCV, ET_DYN, ET_EXEC, FileHeader32, PF_W, PF_X,
    PT_DYNAMIC, PT_INTERP, PT_LOAD, ProgramHeader32, SHF_ALLOC, SHF_EXECINSTR, SHT_SYMTAB, STT_FUNC, STT_NOTYPE,
    SectionHeader32,
};
use object::read::StringTable;
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader, SectionTable, Sym};

use super::{Image, LoadError, MAX_IMAGE_BYTES, Segment, Symbol, Symbols};
use crate::layout::{LayoutError, Region};
use crate::memory_map::{IO_WINDOW_END, IO_WINDOW_START, LAST_PAGE_START, MemoryConfig, STACK_TOP};

/// `EI_CLASS` of a 64-bit file.
const CLASS_64: u8 = 2;
/// `EI_DATA` of a big-endian file.
const DATA_BIG_ENDIAN: u8 = 2;
/// Symbols beyond this number are ignored.
const MAX_SYMBOLS: usize = 1 << 20;
/// Symbols are ignored once their names are this many bytes together.
const MAX_SYMBOL_BYTES: usize = 64 << 20;

const LE: LittleEndian = LittleEndian;
type Header = FileHeader32<LittleEndian>;

/// What an ELF contributes to an [`Image`] besides symbols.
pub(super) struct Parts {
    pub(super) entry: u32,
    pub(super) segments: Vec<Segment>,
    /// Whether the header allows for compressed instructions. Assemblers say so too of files that have none: the
    /// directive `.option rvc` suffices.
    pub(super) may_be_compressed: bool,
    /// First byte and first byte behind each loadable segment, as the file has them.
    ranges: Vec<(u32, u32)>,
}

impl Parts {
    /// The error with the addresses of the file in place of those of the words around them.
    pub(super) fn with_own_addresses(&self, error: LoadError) -> LoadError {
        let matches = |region: Region, &&(start, end): &&(u32, u32)| {
            region.kind.is_segment() && start & !3 == region.start && end.next_multiple_of(4) == region.end
        };
        let exact = |region: Region, range: Option<&(u32, u32)>| {
            range.map_or(region, |&(start, end)| Region { start, end, ..region })
        };
        let ranges = || self.ranges.iter();
        match error {
            LoadError::Layout(LayoutError::Overlap { first, second }) => {
                let first = exact(first, ranges().find(|range| matches(first, range)));
                let second = exact(second, ranges().rfind(|range| matches(second, range)));
                LayoutError::Overlap { first, second }.into()
            }
            LoadError::Layout(LayoutError::InIoWindow { region }) => {
                LayoutError::InIoWindow { region: exact(region, ranges().find(|range| matches(region, range))) }.into()
            }
            other => other,
        }
    }
}

/// Checks the headers and reads the loadable segments.
pub(super) fn load(bytes: &[u8], memory: &MemoryConfig) -> Result<Parts, LoadError> {
    let header = check_header(bytes)?;
    let program_headers = header.program_headers(LE, bytes)?;
    if program_headers.iter().any(|program| matches!(program.p_type(LE), PT_INTERP | PT_DYNAMIC)) {
        return Err(LoadError::DynamicallyLinked);
    }
    let sections = header.section_headers(LE, bytes)?;

    let loadable = || program_headers.iter().enumerate().filter(|(_, program)| is_loadable(program));
    let mut total = 0;
    for (index, program) in loadable() {
        check_segment(index, program, bytes.len())?;
        total += u64::from(program.p_memsz(LE));
        if total > MAX_IMAGE_BYTES {
            return Err(LoadError::ImageTooLarge { bytes: total, max: MAX_IMAGE_BYTES });
        }
    }
    let mut segments = Vec::new();
    for (_, program) in loadable() {
        let segment = read_segment(program, bytes);
        let flags = program.p_flags(LE);
        match (flags.contains(PF_X), flags.contains(PF_W)) {
            (true, true) if sections.is_empty() => {
                return Err(LoadError::UnseparatedCode { start: segment.start });
            }
            (true, true) => split_by_sections(segment, sections, &mut segments),
            (executable, writable) => segments.push(Segment { writable, executable, ..segment }),
        }
    }
    // No segment reaches into the last page, so that its end is an address.
    let mut ranges: Vec<_> =
        loadable().map(|(_, program)| (program.p_vaddr(LE), program.p_vaddr(LE) + program.p_memsz(LE))).collect();
    ranges.sort_unstable();
    for (_, program) in loadable() {
        if let Some(copy) = copy_at_load_address(program, bytes, memory, &segments) {
            total += 4 * copy.words.len() as u64;
            if total <= MAX_IMAGE_BYTES {
                segments.push(copy);
            }
        }
    }
    let may_be_compressed = header.e_flags(LE).contains(EF_RISCV_RVC);
    Ok(Parts { entry: header.e_entry(LE), segments, may_be_compressed, ranges })
}

/// Refuses everything but a static 32-bit little-endian RISC-V executable with the soft-float ABI and 32 registers.
fn check_header(bytes: &[u8]) -> Result<&Header, LoadError> {
    if !bytes.starts_with(&ELFMAG) {
        return Err(LoadError::NotElf);
    }
    if bytes.get(4) == Some(&CLASS_64) {
        return Err(LoadError::Class64);
    }
    if bytes.get(5) == Some(&DATA_BIG_ENDIAN) {
        return Err(LoadError::BigEndian);
    }
    let header = Header::parse(bytes)?;
    let machine = header.e_machine(LE);
    if machine != EM_RISCV {
        return Err(LoadError::WrongMachine { machine: machine.0 });
    }
    match header.e_type(LE) {
        ET_EXEC => {}
        ET_DYN => return Err(LoadError::PositionIndependent),
        other => return Err(LoadError::NotExecutable { file_type: other.0 }),
    }
    let flags = header.e_flags(LE);
    if flags.contains(EF_RISCV_RVE) {
        return Err(LoadError::Embedded);
    }
    if flags.0 & EF_RISCV_FLOAT_ABI != 0 {
        return Err(LoadError::FloatAbi { flags: flags.0 });
    }
    Ok(header)
}

fn is_loadable(program: &ProgramHeader32<LittleEndian>) -> bool {
    program.p_type(LE) == PT_LOAD && program.p_memsz(LE) > 0
}

/// Sizes and placement of one loadable segment, without touching its contents.
fn check_segment(index: usize, program: &ProgramHeader32<LittleEndian>, file_bytes: usize) -> Result<(), LoadError> {
    let (start, in_file, in_memory) = (program.p_vaddr(LE), program.p_filesz(LE), program.p_memsz(LE));
    if in_file > in_memory {
        return Err(LoadError::SegmentFileSize { index, file_bytes: in_file, memory_bytes: in_memory });
    }
    let end = u64::from(program.p_offset(LE)) + u64::from(in_file);
    if in_file > 0 && end > file_bytes as u64 {
        return Err(LoadError::SegmentTruncated { index, end, file_bytes });
    }
    if u64::from(start) + u64::from(in_memory) > u64::from(LAST_PAGE_START) {
        return Err(LayoutError::LastPage { start, bytes: in_memory.into() }.into());
    }
    Ok(())
}

/// The words of a checked segment, from the word that its first byte lies in; bytes that it does not have are zero, and
/// words that the file has no byte of are only counted.
fn read_segment(program: &ProgramHeader32<LittleEndian>, bytes: &[u8]) -> Segment {
    let start = program.p_vaddr(LE);
    let misalignment = (start & 3) as usize;
    let contents = bytes.get(program.p_offset(LE) as usize..).unwrap_or_default();
    let file_bytes = program.p_filesz(LE) as usize;
    let in_memory = (misalignment + program.p_memsz(LE) as usize).div_ceil(4);
    let words = if file_bytes == 0 { Vec::new() } else { words_of(misalignment, file_bytes, contents) };
    let zeros = (in_memory - words.len()) as u32;
    Segment { start: start & !3, words, zeros, writable: false, executable: false }
}

/// Little-endian words of the first `length` bytes, behind `misalignment` zero bytes and filled up with more of them.
fn words_of(misalignment: usize, length: usize, bytes: &[u8]) -> Vec<u32> {
    let mut words = vec![0_u32; (misalignment + length).div_ceil(4)];
    for (offset, &byte) in bytes.iter().take(length).enumerate() {
        let position = misalignment + offset;
        if let Some(word) = words.get_mut(position / 4) {
            *word |= u32::from(byte) << (8 * (position % 4));
        }
    }
    words
}

/// A read-only copy of initialised data at the physical address, if that is another one than the virtual and free.
///
/// Programs that are linked for read-only memory and RAM copy their data from the one to the other when they start. Here
/// the data is in place from the start, and the copy makes their start-up do no harm.
fn copy_at_load_address(
    program: &ProgramHeader32<LittleEndian>,
    bytes: &[u8],
    memory: &MemoryConfig,
    segments: &[Segment],
) -> Option<Segment> {
    let flags = program.p_flags(LE);
    let (start, length) = (program.p_paddr(LE), program.p_filesz(LE));
    if start == program.p_vaddr(LE) || length == 0 || !flags.contains(PF_W) || flags.contains(PF_X) {
        return None;
    }
    let end = (u64::from(start) + u64::from(length)).next_multiple_of(4);
    let start = start & !3;
    let taken = segments.iter().map(|segment| (segment.start, segment.end())).chain([
        (IO_WINDOW_START, u64::from(IO_WINDOW_END)),
        (memory.stack_start(), u64::from(STACK_TOP)),
        (LAST_PAGE_START, 1 << 32),
    ]);
    let free = end <= 1 << 32 && taken.into_iter().all(|(from, to)| end <= u64::from(from) || u64::from(start) >= to);
    let misalignment = (program.p_paddr(LE) & 3) as usize;
    free.then(|| {
        let contents = bytes.get(program.p_offset(LE) as usize..).unwrap_or_default();
        let words = words_of(misalignment, length as usize, contents);
        Segment { start, words, zeros: 0, writable: false, executable: false }
    })
}

/// Splits a writable and executable segment: words that an executable section has a byte in are code, others data.
fn split_by_sections(segment: Segment, sections: &[SectionHeader32<LittleEndian>], into: &mut Vec<Segment>) {
    let (start, end) = (u64::from(segment.start), segment.end());
    let mut code: Vec<(u64, u64)> = sections
        .iter()
        .filter(|section| {
            let flags = section.sh_flags(LE);
            flags.contains(SHF_ALLOC) && flags.contains(SHF_EXECINSTR) && section.sh_size(LE) > 0
        })
        .map(|section| {
            let (first, size) = (u64::from(section.sh_addr(LE)), u64::from(section.sh_size(LE)));
            ((first & !3).clamp(start, end), (first + size).next_multiple_of(4).clamp(start, end))
        })
        .collect();
    code.sort_unstable();
    code.dedup_by(|next, merged| {
        let touches = next.0 <= merged.1;
        if touches {
            merged.1 = merged.1.max(next.1);
        }
        touches
    });

    let mut words = segment.words.into_iter();
    let mut position = start;
    let mut emit = |position: &mut u64, to: u64, executable: bool| {
        if to > *position {
            let wanted = (to - *position) as u32 / 4;
            let words: Vec<u32> = words.by_ref().take(wanted as usize).collect();
            let zeros = wanted - words.len() as u32;
            into.push(Segment { start: *position as u32, words, zeros, writable: !executable, executable });
            *position = to;
        }
    };
    for (first, behind) in code {
        if behind > first {
            emit(&mut position, first, false);
            emit(&mut position, behind, true);
        }
    }
    emit(&mut position, end, false);
}

/// Function and label names in code. Damaged symbol tables give no names, never an error.
pub(super) fn symbols(bytes: &[u8], image: &Image) -> Symbols {
    let table = || {
        let header = Header::parse(bytes).ok()?;
        let sections = header.section_headers(LE, bytes).ok()?;
        // Section names are not needed, and may be missing.
        SectionTable::<Header>::new(sections, StringTable::default()).symbols(LE, bytes, SHT_SYMTAB).ok()
    };
    let Some(table) = table() else { return Symbols::default() };
    let mut functions = Vec::new();
    let mut labels = Vec::new();
    let mut name_bytes = 0;
    for symbol in table.iter().take(MAX_SYMBOLS) {
        let into = match symbol.st_type() {
            STT_FUNC => &mut functions,
            STT_NOTYPE => &mut labels,
            _ => continue,
        };
        let address = symbol.st_value(LE);
        let Ok(name) = table.symbol_name(LE, symbol) else { continue };
        // `$x` and the like mark the kind of contents; `.L` labels are local to a function.
        if symbol.is_undefined(LE) || name.is_empty() || name.starts_with(b"$") || name.starts_with(b".L") {
            continue;
        }
        if !image.is_code(address) {
            continue;
        }
        name_bytes += name.len();
        if name_bytes > MAX_SYMBOL_BYTES {
            break;
        }
        into.push(Symbol { address, name: String::from_utf8_lossy(name).into_owned() });
    }
    functions.append(&mut labels);
    Symbols::new(functions)
}
