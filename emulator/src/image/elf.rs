//! Reading an ELF: headers, loadable segments, permissions, symbols.
//!
//! Every byte of the file is untrusted. All sizes are checked before anything is allocated.

use object::LittleEndian;
use object::elf::{
    EF_RISCV_FLOAT_ABI, EF_RISCV_RVC, ELFMAG, EM_RISCV, ET_DYN, ET_EXEC, FileHeader32, PF_W, PF_X, PT_DYNAMIC,
    PT_INTERP, PT_LOAD, ProgramHeader32, SHF_ALLOC, SHF_EXECINSTR, SHT_SYMTAB, STT_FUNC, STT_NOTYPE, SectionHeader32,
};
use object::read::StringTable;
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader, SectionTable, Sym};

use super::{Image, LoadError, MAX_IMAGE_BYTES, Segment, Symbol, Symbols};
use crate::layout::LayoutError;
use crate::memory_map::LAST_PAGE_START;

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
}

/// Checks the headers and reads the loadable segments.
pub(super) fn load(bytes: &[u8]) -> Result<Parts, LoadError> {
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
    Ok(Parts { entry: header.e_entry(LE), segments })
}

/// Refuses everything but a static 32-bit little-endian RISC-V executable without the C extension.
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
    if flags.contains(EF_RISCV_RVC) {
        return Err(LoadError::Compressed);
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
    let in_file = if file_bytes == 0 { 0 } else { (misalignment + file_bytes).div_ceil(4) };
    let mut words = vec![0_u32; in_file];
    for (offset, &byte) in contents.iter().take(file_bytes).enumerate() {
        let position = misalignment + offset;
        if let Some(word) = words.get_mut(position / 4) {
            *word |= u32::from(byte) << (8 * (position % 4));
        }
    }
    let zeros = (in_memory - in_file) as u32;
    Segment { start: start & !3, words, zeros, writable: false, executable: false }
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
