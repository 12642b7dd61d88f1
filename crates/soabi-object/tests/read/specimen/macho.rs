//! Bundles and dylibs, thin and universal.

use super::Bytes;

pub(crate) const X86_64: u32 = 0x0100_0007;
pub(crate) const ARM64: u32 = 0x0100_000c;
pub(crate) const I386: u32 = 7;
pub(crate) const POWERPC: u32 = 18;

pub(crate) const BUNDLE: u32 = 8;
pub(crate) const DYLIB: u32 = 6;
pub(crate) const OBJECT: u32 = 1;

/// Where dyld looks: the number of a library, or one of these.
pub(crate) const FLAT: i8 = -2;
pub(crate) const EXECUTABLE: i8 = -1;
pub(crate) const COALESCED: i8 = -3;

/// What follows the header, up to here, is code.
pub(crate) const CODE: u64 = 0x10;
/// What is at this address is not code.
pub(crate) const DATA: u64 = 0x80;

/// Where [`MachO::data`] is in memory.
pub(crate) const DATA_SEGMENT: u64 = 0x4000;

/// How the file says what dyld has to bind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    ChainedFixups,
    Opcodes,
    SymbolTable,
}

#[derive(Clone, Copy)]
pub(crate) struct Import {
    pub(crate) name: &'static str,
    pub(crate) library: i8,
    pub(crate) weak: bool,
}

#[derive(Clone)]
pub(crate) struct MachO {
    pub(crate) cpu: u32,
    pub(crate) big_endian: bool,
    pub(crate) file_type: u32,
    pub(crate) binding: Binding,
    pub(crate) imports: Vec<Import>,
    /// Names and addresses. They are in the trie, or in the symbol table if that is where the imports are.
    pub(crate) exports: Vec<(&'static str, u64)>,
    /// Libraries and whether they may be missing.
    pub(crate) libraries: Vec<(&'static str, bool)>,
    pub(crate) id: Option<&'static str>,
    pub(crate) rpath: Option<&'static str>,
    /// Platform and oldest version, as `LC_BUILD_VERSION` has them.
    pub(crate) minimum: Option<(u32, u32)>,
    /// The second segment, `__DATA`.
    pub(crate) data: Vec<u8>,
    /// How many segments there are beside the two, without bytes.
    pub(crate) more_segments: usize,
    /// Sections of `data`: flags, offset, size.
    pub(crate) sections: Vec<(u32, u64, u64)>,
    /// With chained fixups: the format of its pointers and where the chain of each page begins.
    pub(crate) chains: Option<(u16, Vec<u16>)>,
    /// With opcodes: what is rebased, and more binds and lazy binds.
    pub(crate) programs: [Vec<u8>; 3],
}

impl Default for MachO {
    fn default() -> Self {
        Self {
            cpu: ARM64,
            big_endian: false,
            file_type: BUNDLE,
            binding: Binding::ChainedFixups,
            imports: Vec::new(),
            exports: Vec::new(),
            libraries: Vec::new(),
            id: None,
            rpath: None,
            minimum: None,
            data: Vec::new(),
            more_segments: 0,
            sections: Vec::new(),
            chains: None,
            programs: [Vec::new(), Vec::new(), Vec::new()],
        }
    }
}

impl MachO {
    fn is_64(&self) -> bool {
        self.cpu & 0x0100_0000 != 0
    }

    fn bytes(&self) -> Bytes {
        Bytes::new(self.big_endian)
    }

    /// The file. The tables behind the load commands come last, so their offsets are known once the commands are.
    pub(crate) fn build(&self) -> Vec<u8> {
        let commands = |tables: &[u32; 7]| self.commands(tables);
        let header = if self.is_64() { 32 } else { 28 };
        let start = header + commands(&[0; 7]).concat().len();
        let (bindings, trie, symbols, strings) =
            (self.bindings(), self.trie(), self.symbol_table(), self.strings());
        let mut offset = u32::try_from(start).unwrap();
        let mut offsets = [0; 7];
        let [rebase, _, lazy] = &self.programs;
        let tables = [&bindings, &trie, &symbols, &strings, rebase, lazy, &self.data];
        for (slot, table) in offsets.iter_mut().zip(tables) {
            *slot = offset;
            offset += u32::try_from(table.len()).unwrap();
        }
        let commands = commands(&offsets);
        let mut out = self.bytes();
        out.u32(if self.is_64() { 0xfeed_facf } else { 0xfeed_face })
            .u32(self.cpu)
            .u32(0)
            .u32(self.file_type);
        out.u32(u32::try_from(commands.len()).unwrap())
            .u32(u32::try_from(commands.concat().len()).unwrap())
            .u32(0x80);
        out.pad_to(header);
        out.raw(&commands.concat());
        for table in tables {
            out.raw(table);
        }
        out.out
    }

    fn commands(&self, [bindings, trie, symbols, strings, rebase, lazy, data]: &[u32; 7]) -> Vec<Vec<u8>> {
        let length = |table: Vec<u8>| u32::try_from(table.len()).unwrap();
        let mut all = vec![self.segment()];
        if !self.data.is_empty() {
            all.push(self.data_segment(*data));
        }
        all.extend(vec![self.empty_segment(); self.more_segments]);
        match self.binding {
            Binding::ChainedFixups => {
                all.push(self.command(0x8000_0034, &[*bindings, length(self.bindings())], ""));
                all.push(self.command(0x8000_0033, &[*trie, length(self.trie())], ""));
            }
            Binding::Opcodes => {
                let size = |program: usize| u32::try_from(self.programs[program].len()).unwrap();
                let bind = [*bindings, length(self.bindings()), 0, 0, *lazy, size(2)];
                let info = [&[*rebase, size(0)], &bind[..], &[*trie, length(self.trie())]].concat();
                all.push(self.command(0x8000_0022, &info, ""));
            }
            Binding::SymbolTable => {
                let count = u32::try_from(self.imports.len() + self.exports.len()).unwrap();
                all.push(self.command(2, &[*symbols, count, *strings, length(self.strings())], ""));
            }
        }
        for &(library, weak) in &self.libraries {
            all.push(self.command(if weak { 0x8000_0018 } else { 0xc }, &[24, 0, 0, 0], library));
        }
        all.extend(self.id.map(|id| self.command(0xd, &[24, 0, 0, 0], id)));
        all.extend(self.rpath.map(|rpath| self.command(0x8000_001c, &[12], rpath)));
        all.extend(
            self.minimum.map(|(platform, version)| self.command(0x32, &[platform, version, 0, 0], "")),
        );
        all
    }

    /// A command of words, then a text.
    fn command(&self, number: u32, words: &[u32], text: &str) -> Vec<u8> {
        let length = (8 + 4 * words.len() + text.len() + usize::from(!text.is_empty())).next_multiple_of(8);
        let mut out = self.bytes();
        out.u32(number).u32(u32::try_from(length).unwrap());
        for word in words {
            out.u32(*word);
        }
        out.raw(text.as_bytes()).pad_to(length);
        out.out
    }

    /// `__TEXT` from address 0 and the start of the file, with a section of code.
    fn segment(&self) -> Vec<u8> {
        let word = |out: &mut Bytes, value: u64| self.word(out, value);
        let mut out = self.bytes();
        out.u32(if self.is_64() { 0x19 } else { 1 }).u32(if self.is_64() { 72 + 80 } else { 56 + 68 });
        out.raw(&name("__TEXT"));
        for value in [0, 0x1000, 0, 0x100] {
            word(&mut out, value);
        }
        out.u32(5).u32(5).u32(1).u32(0);
        out.raw(&name("__text")).raw(&name("__TEXT"));
        for value in [CODE, DATA - CODE] {
            word(&mut out, value);
        }
        out.u32(0).u32(0).u32(0).u32(0).u32(0x8000_0400).u32(0).u32(0);
        if self.is_64() {
            out.u32(0);
        }
        out.out
    }

    /// `__DATA`, from `offset` of the file.
    fn data_segment(&self, offset: u32) -> Vec<u8> {
        let mut out = self.bytes();
        let (head, section) = if self.is_64() { (72, 80) } else { (56, 68) };
        let count = u32::try_from(self.sections.len()).unwrap();
        let size = self.data.len() as u64;
        out.u32(if self.is_64() { 0x19 } else { 1 }).u32(head + section * count);
        out.raw(&name("__DATA"));
        for value in [DATA_SEGMENT, size, offset.into(), size] {
            self.word(&mut out, value);
        }
        out.u32(3).u32(3).u32(count).u32(0);
        for &(flags, at, size) in &self.sections {
            out.raw(&name("__section")).raw(&name("__DATA"));
            for value in [DATA_SEGMENT + at, size] {
                self.word(&mut out, value);
            }
            out.u32(0).u32(0).u32(0).u32(0).u32(flags).u32(0).u32(0);
            if self.is_64() {
                out.u32(0);
            }
        }
        out.out
    }

    fn empty_segment(&self) -> Vec<u8> {
        let mut out = self.bytes();
        let size = if self.is_64() { 72 } else { 56 };
        out.u32(if self.is_64() { 0x19 } else { 1 }).u32(size).raw(&name("__EMPTY"));
        out.pad_to(size as usize);
        out.out
    }

    fn word(&self, out: &mut Bytes, value: u64) {
        if self.is_64() {
            out.u64(value)
        } else {
            out.u32(u32::try_from(value).unwrap())
        };
    }

    fn bindings(&self) -> Vec<u8> {
        match self.binding {
            Binding::ChainedFixups => self.chained_fixups(),
            Binding::Opcodes => self.opcodes(),
            Binding::SymbolTable => Vec::new(),
        }
    }

    fn chained_fixups(&self) -> Vec<u8> {
        let count = u32::try_from(self.imports.len()).unwrap();
        let mut out = self.bytes();
        let starts = self.starts();
        let imports = 28 + u32::try_from(starts.len()).unwrap();
        out.u32(0).u32(28).u32(imports).u32(imports + 4 * count).u32(count).u32(1).u32(0).raw(&starts);
        let mut names = vec![0];
        for import in &self.imports {
            let name = u32::try_from(names.len()).unwrap();
            names.extend([import.name.as_bytes(), b"\0"].concat());
            out.u32(u32::from(import.library.cast_unsigned()) | u32::from(import.weak) << 8 | name << 9);
        }
        out.raw(&names);
        out.out
    }

    /// The starts of the chains: none in the first segment, and in the second those of `chains`.
    fn starts(&self) -> Vec<u8> {
        let mut out = self.bytes();
        let Some((format, pages)) = &self.chains else { return vec![0; 4] };
        let count = u16::try_from(pages.len()).unwrap();
        out.u32(2).u32(0).u32(12);
        out.u32(22 + 2 * u32::from(count)).u16(0x1000).u16(*format).u64(DATA_SEGMENT).u32(0).u16(count);
        for page in pages {
            out.u16(*page);
        }
        out.pad_to(out.out.len().next_multiple_of(4));
        out.out
    }

    fn opcodes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for import in &self.imports {
            let library = import.library.cast_unsigned();
            out.push(if import.library > 0 { 0x10 | library } else { 0x30 | (library & 0xf) });
            out.push(0x40 | u8::from(import.weak));
            out.extend([import.name.as_bytes(), b"\0"].concat());
            // A pointer, in segment 0 at offset 0, bound.
            out.extend([0x51, 0x70, 0, 0x90]);
        }
        out.extend(&self.programs[1]);
        out.push(0);
        out
    }

    /// A root with one edge to each name.
    fn trie(&self) -> Vec<u8> {
        if self.binding == Binding::SymbolTable || self.exports.is_empty() {
            return Vec::new();
        }
        let edges: usize = self.exports.iter().map(|(name, _)| name.len() + 3).sum();
        let mut root = vec![0, u8::try_from(self.exports.len()).unwrap()];
        let mut nodes = Vec::new();
        for &(name, address) in &self.exports {
            let child = u8::try_from(2 + edges + nodes.len()).unwrap();
            // The child's offset in two groups of seven bits.
            root.extend([name.as_bytes(), &[0, child & 0x7f | 0x80, child >> 7]].concat());
            let address = u8::try_from(address).unwrap();
            nodes.extend([3, 0, address & 0x7f | 0x80, address >> 7, 0]);
        }
        [root, nodes].concat()
    }

    fn strings(&self) -> Vec<u8> {
        let names =
            self.imports.iter().map(|import| import.name).chain(self.exports.iter().map(|(name, _)| *name));
        let mut out = vec![0];
        names.for_each(|name| out.extend([name.as_bytes(), b"\0"].concat()));
        out
    }

    fn symbol_table(&self) -> Vec<u8> {
        if self.binding != Binding::SymbolTable {
            return Vec::new();
        }
        let mut out = self.bytes();
        let mut name_at = 1;
        let mut symbol = |name: &str, kind: u8, section: u8, description: u16, value: u64| {
            out.u32(name_at).raw(&[kind, section]).u16(description);
            if self.is_64() {
                out.u64(value)
            } else {
                out.u32(u32::try_from(value).unwrap())
            };
            name_at += u32::try_from(name.len() + 1).unwrap();
        };
        for import in &self.imports {
            let library = u16::from(match import.library {
                FLAT => 0xfe,
                EXECUTABLE => 0xff,
                library => library.cast_unsigned(),
            });
            symbol(import.name, 1, 0, library << 8 | u16::from(import.weak) << 6, 0);
        }
        for &(name, address) in &self.exports {
            symbol(name, 0xf, 1, 0, address);
        }
        out.out
    }
}

/// The name of a segment or section.
fn name(name: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    bytes
}

/// A universal file of these slices.
pub(crate) fn universal(slices: &[(u32, Vec<u8>)], wide: bool) -> Vec<u8> {
    let mut out = Bytes::new(true);
    out.u32(if wide { 0xcafe_babf } else { 0xcafe_babe }).u32(u32::try_from(slices.len()).unwrap());
    let mut offset = 0x100;
    for (cpu, slice) in slices {
        out.u32(*cpu).u32(0);
        if wide {
            out.u64(offset as u64).u64(slice.len() as u64).u32(0).u32(0);
        } else {
            out.u32(u32::try_from(offset).unwrap()).u32(u32::try_from(slice.len()).unwrap()).u32(0);
        }
        offset += slice.len();
    }
    out.pad_to(0x100);
    for (_, slice) in slices {
        out.raw(slice);
    }
    out.out
}
