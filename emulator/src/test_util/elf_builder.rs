//! Writing small ELFs, well-formed by default and damaged on demand.

/// One program header and its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ElfSegment {
    /// `p_type`; 1 is `PT_LOAD`.
    pub kind: u32,
    /// `p_vaddr`.
    pub address: u32,
    /// `p_flags`: 4 read, 2 write, 1 execute.
    pub flags: u32,
    /// Bytes in the file.
    pub bytes: Vec<u8>,
    /// `p_memsz`.
    pub memory_bytes: u32,
}

impl ElfSegment {
    /// A loadable segment of `words`.
    pub fn load(address: u32, flags: u32, words: &[u32]) -> Self {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let memory_bytes = bytes.len() as u32;
        Self { kind: 1, address, flags, bytes, memory_bytes }
    }

    /// A loadable segment of `memory_bytes` zeros that takes no space in the file.
    pub const fn zeros(address: u32, flags: u32, memory_bytes: u32) -> Self {
        Self { kind: 1, address, flags, bytes: Vec::new(), memory_bytes }
    }
}

/// One section header, which describes memory without bytes of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ElfSection {
    /// `sh_addr`.
    pub address: u32,
    /// `sh_size`.
    pub size: u32,
    /// `sh_flags`: 1 write, 2 allocate, 4 execute.
    pub flags: u32,
}

/// One function symbol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ElfSymbol {
    /// Name.
    pub name: String,
    /// Value.
    pub address: u32,
}

/// The fields of an ELF; [`ElfBuilder::new`] fills in those of a valid RV32IM executable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ElfBuilder {
    /// `EI_CLASS`; 1 is 32-bit.
    pub class: u8,
    /// `EI_DATA`; 1 is little-endian.
    pub data: u8,
    /// `e_type`; 2 is an executable.
    pub file_type: u16,
    /// `e_machine`; 243 is RISC-V.
    pub machine: u16,
    /// `e_flags`.
    pub flags: u32,
    /// `e_entry`.
    pub entry: u32,
    /// Program headers.
    pub segments: Vec<ElfSegment>,
    /// `p_paddr` of each segment; without an entry here it is the virtual address.
    pub physical: Vec<Option<u32>>,
    /// Section headers besides the null section and those for symbols; none of any kind if this and `symbols` are
    /// empty.
    pub sections: Vec<ElfSection>,
    /// Function symbols.
    pub symbols: Vec<ElfSymbol>,
}

const HEADER_BYTES: usize = 52;
const PROGRAM_HEADER_BYTES: usize = 32;
const SECTION_HEADER_BYTES: usize = 40;
const PAGE_BYTES: usize = 4096;
const SHT_PROGBITS: u32 = 1;
const SHT_SYMTAB: u32 = 2;
const SHT_STRTAB: u32 = 3;

impl ElfBuilder {
    /// A static RV32IM executable of the given segments.
    pub const fn new(entry: u32, segments: Vec<ElfSegment>) -> Self {
        Self {
            class: 1,
            data: 1,
            file_type: 2,
            machine: 243,
            flags: 0,
            entry,
            segments,
            physical: Vec::new(),
            sections: Vec::new(),
            symbols: Vec::new(),
        }
    }

    /// A readable and executable segment of `code` at `address`, entered at its start.
    pub fn from_code(address: u32, code: &[u32]) -> Self {
        Self::new(address, vec![ElfSegment::load(address, 5, code)])
    }

    /// The bytes of the file. File offsets of segments equal their addresses modulo 4096, as loaders want it.
    pub fn build(&self) -> Vec<u8> {
        let mut contents = vec![0; HEADER_BYTES + PROGRAM_HEADER_BYTES * self.segments.len()];
        let mut program_headers = Vec::new();
        for (index, segment) in self.segments.iter().enumerate() {
            let offset = contents.len().next_multiple_of(PAGE_BYTES) + segment.address as usize % PAGE_BYTES;
            contents.resize(offset, 0);
            contents.extend_from_slice(&segment.bytes);
            push_words(
                &mut program_headers,
                &[
                    segment.kind,
                    offset as u32,
                    segment.address,
                    self.physical.get(index).copied().flatten().unwrap_or(segment.address),
                    segment.bytes.len() as u32,
                    segment.memory_bytes,
                    segment.flags,
                    PAGE_BYTES as u32,
                ],
            );
        }
        let (section_offset, num_sections) = self.append_sections(&mut contents);

        let mut header = vec![0x7f, b'E', b'L', b'F', self.class, self.data, 1, 0];
        header.resize(16, 0);
        push_halves(&mut header, &[self.file_type, self.machine]);
        push_words(&mut header, &[1, self.entry, HEADER_BYTES as u32, section_offset, self.flags]);
        let sizes = [HEADER_BYTES, PROGRAM_HEADER_BYTES, self.segments.len(), SECTION_HEADER_BYTES, num_sections, 0];
        push_halves(&mut header, &sizes.map(|size| size as u16));

        header.append(&mut program_headers);
        contents.splice(..header.len(), header);
        contents
    }

    /// Appends symbol and string tables and the section headers; returns where the headers are and their number.
    fn append_sections(&self, contents: &mut Vec<u8>) -> (u32, usize) {
        if self.sections.is_empty() && self.symbols.is_empty() {
            return (0, 0);
        }
        let mut names = vec![0];
        let mut table = vec![0; 16];
        for symbol in &self.symbols {
            push_words(&mut table, &[names.len() as u32, symbol.address, 0]);
            // Global function, in the first section that is not null.
            table.extend_from_slice(&[0x12, 0]);
            push_halves(&mut table, &[1]);
            names.extend_from_slice(symbol.name.as_bytes());
            names.push(0);
        }
        let num_sections = self.sections.len() + 3;
        let mut headers = vec![0; SECTION_HEADER_BYTES];
        for section in &self.sections {
            push_words(&mut headers, &[0, SHT_PROGBITS, section.flags, section.address, 0, section.size, 0, 0, 4, 0]);
        }
        let mut append = |bytes: &[u8]| {
            let offset = contents.len().next_multiple_of(4);
            contents.resize(offset, 0);
            contents.extend_from_slice(bytes);
            (offset as u32, bytes.len() as u32)
        };
        let (offset, size) = append(&table);
        push_words(&mut headers, &[0, SHT_SYMTAB, 0, 0, offset, size, num_sections as u32 - 1, 1, 4, 16]);
        let (offset, size) = append(&names);
        push_words(&mut headers, &[0, SHT_STRTAB, 0, 0, offset, size, 0, 0, 1, 0]);
        let (offset, _) = append(&headers);
        (offset, num_sections)
    }
}

fn push_words(to: &mut Vec<u8>, words: &[u32]) {
    to.extend(words.iter().flat_map(|word| word.to_le_bytes()));
}

fn push_halves(to: &mut Vec<u8>, halves: &[u16]) {
    to.extend(halves.iter().flat_map(|half| half.to_le_bytes()));
}
