//! DLLs of one section.

use super::Bytes;

pub(crate) const AMD64: u16 = 0x8664;
pub(crate) const ARM64: u16 = 0xaa64;
pub(crate) const I386: u16 = 0x14c;

/// The section's address and its place in the file.
const ADDRESS: usize = 0x1000;
const OFFSET: usize = 0x200;

/// An address in the section, whose code it is.
pub(crate) const CODE: u32 = 0x1000;
/// An address in the headers.
pub(crate) const DATA: u32 = 0x10;

#[derive(Clone, Copy)]
pub(crate) enum Name {
    Text(&'static str),
    Ordinal(u16),
}

#[derive(Clone)]
pub(crate) struct Pe {
    pub(crate) machine: u16,
    pub(crate) library: bool,
    pub(crate) imports: Vec<(&'static str, Vec<Name>)>,
    pub(crate) delayed: Vec<(&'static str, Vec<Name>)>,
    /// Names and addresses.
    pub(crate) exports: Vec<(&'static str, u32)>,
    /// The name in the export table.
    pub(crate) name: &'static str,
    /// Bytes at [`BLOB`], which can be written.
    pub(crate) blob: Vec<u8>,
    /// Base relocations: pages and entries.
    pub(crate) relocations: Vec<(u32, Vec<u16>)>,
    /// Where the TLS directory is.
    pub(crate) thread_local: u32,
}

/// Where [`Pe::blob`] is, relative to the base.
pub(crate) const BLOB: u32 = 0x1008;

impl Default for Pe {
    fn default() -> Self {
        Self {
            machine: AMD64,
            library: true,
            imports: Vec::new(),
            delayed: Vec::new(),
            exports: Vec::new(),
            name: "spam.pyd",
            blob: Vec::new(),
            relocations: Vec::new(),
            thread_local: 0,
        }
    }
}

/// The section under construction. Addresses are relative to the image's base.
struct Section(Bytes);

impl Section {
    fn here(&self) -> u32 {
        u32::try_from(ADDRESS + self.0.out.len()).unwrap()
    }

    fn add(&mut self, bytes: &[u8]) -> u32 {
        self.0.pad_to(self.0.out.len().next_multiple_of(8));
        let here = self.here();
        self.0.raw(bytes);
        here
    }

    fn text(&mut self, text: &str) -> u32 {
        self.add(&[text.as_bytes(), b"\0"].concat())
    }
}

impl Pe {
    fn is_64(&self) -> bool {
        self.machine != I386
    }

    pub(crate) fn build(&self) -> Vec<u8> {
        let mut section = Section(Bytes::new(false));
        section.add(&[0xcc; 8]);
        section.add(&self.blob);
        let relocations = self.relocation_table(&mut section);
        let imports = self.import_table(&mut section, &self.imports, |out, names, name| {
            out.u32(names).u32(0).u32(0).u32(name).u32(names);
        });
        let delayed = self.import_table(&mut section, &self.delayed, |out, names, name| {
            out.u32(1).u32(name).u32(0).u32(names).u32(names).u32(0).u32(0).u32(0);
        });
        let exports = self.export_table(&mut section);
        let mut out = self.headers(imports, delayed, exports, relocations, section.0.out.len());
        out.pad_to(OFFSET).raw(&section.0.out);
        out.out
    }

    fn import_table(
        &self,
        section: &mut Section,
        libraries: &[(&'static str, Vec<Name>)],
        descriptor: impl Fn(&mut Bytes, u32, u32),
    ) -> u32 {
        if libraries.is_empty() {
            return 0;
        }
        let mut descriptors = Bytes::new(false);
        for (library, names) in libraries {
            let mut thunks = Bytes::new(false);
            for name in names {
                let high_bit = if self.is_64() { 1 << 63 } else { 1 << 31 };
                let thunk = match name {
                    Name::Ordinal(ordinal) => high_bit | u64::from(*ordinal),
                    Name::Text(text) => section.add(&[b"\0\0", text.as_bytes(), b"\0"].concat()).into(),
                };
                if self.is_64() {
                    thunks.u64(thunk)
                } else {
                    thunks.u32(u32::try_from(thunk).unwrap())
                };
            }
            thunks.u64(0);
            let (names, name) = (section.add(&thunks.out), section.text(library));
            descriptor(&mut descriptors, names, name);
        }
        section.add(&[descriptors.out, vec![0; 32]].concat())
    }

    /// The address and the size of the export directory. Its texts are within it, as linkers put them.
    fn export_table(&self, section: &mut Section) -> (u32, u32) {
        if self.exports.is_empty() {
            return (0, 0);
        }
        let count = u32::try_from(self.exports.len()).unwrap();
        let (mut addresses, mut names, mut ordinals) =
            (Bytes::new(false), Bytes::new(false), Bytes::new(false));
        for (number, (name, address)) in self.exports.iter().enumerate() {
            addresses.u32(*address);
            names.u32(section.text(name));
            ordinals.u16(u16::try_from(number).unwrap());
        }
        let name = section.text(self.name);
        let tables = [addresses.out, names.out, ordinals.out].map(|table| section.add(&table));
        let mut directory = Bytes::new(false);
        directory.u32(0).u32(0).u32(0).u32(name).u32(1).u32(count).u32(count);
        for table in tables {
            directory.u32(table);
        }
        (section.add(&directory.out), 40)
    }

    /// The address and the size of the base relocations.
    fn relocation_table(&self, section: &mut Section) -> (u32, u32) {
        let mut out = Bytes::new(false);
        for (page, entries) in &self.relocations {
            out.u32(*page).u32(8 + 2 * u32::try_from(entries.len()).unwrap());
            for entry in entries {
                out.u16(*entry);
            }
        }
        let size = u32::try_from(out.out.len()).unwrap();
        (if size == 0 { 0 } else { section.add(&out.out) }, size)
    }

    fn headers(
        &self,
        imports: u32,
        delayed: u32,
        exports: (u32, u32),
        relocations: (u32, u32),
        size: usize,
    ) -> Bytes {
        let size = u32::try_from(size).unwrap();
        let mut out = Bytes::new(false);
        out.raw(b"MZ").pad_to(0x3c).u32(0x40).raw(b"PE\0\0");
        out.u16(self.machine).u16(1).u32(0).u32(0).u32(0).u16(if self.is_64() { 240 } else { 224 });
        out.u16(if self.library { 0x2022 } else { 0x22 });
        let optional = out.out.len();
        out.u16(if self.is_64() { 0x20b } else { 0x10b })
            .pad_to(optional + if self.is_64() { 24 } else { 28 });
        if self.is_64() {
            out.u64(0x1_8000_0000)
        } else {
            out.u32(0x1000_0000)
        };
        out.u32(0x1000).u32(0x200).pad_to(optional + 56);
        out.u32(0x3000)
            .u32(u32::try_from(OFFSET).unwrap())
            .pad_to(optional + if self.is_64() { 108 } else { 92 });
        out.u32(16);
        let directories = out.out.len();
        out.u32(exports.0)
            .u32(exports.1)
            .u32(imports)
            .u32(40)
            .pad_to(directories + 5 * 8)
            .u32(relocations.0)
            .u32(relocations.1)
            .pad_to(directories + 9 * 8)
            .u32(self.thread_local)
            .u32(if self.thread_local == 0 { 0 } else { 40 })
            .pad_to(directories + 13 * 8)
            .u32(delayed)
            .u32(64);
        out.pad_to(directories + 16 * 8).raw(b".text\0\0\0");
        out.u32(size).u32(u32::try_from(ADDRESS).unwrap()).u32(size).u32(u32::try_from(OFFSET).unwrap());
        out.u32(0).u32(0).u32(0).u32(0x6000_0020);
        out
    }
}
