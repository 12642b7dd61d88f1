//! Shared objects without section headers.

use super::Bytes;

pub(crate) const UNDEFINED: u16 = 0;
pub(crate) const DEFINED: u16 = 7;
pub(crate) const ABSOLUTE: u16 = 0xfff1;

pub(crate) const GLOBAL_FUNCTION: u8 = 0x12;
pub(crate) const GLOBAL_DATA: u8 = 0x11;
pub(crate) const GLOBAL: u8 = 0x10;
pub(crate) const WEAK: u8 = 0x20;
pub(crate) const LOCAL: u8 = 0x02;
pub(crate) const GLOBAL_THREAD_LOCAL: u8 = 0x16;

pub(crate) const DEFAULT: u8 = 0;
pub(crate) const HIDDEN: u8 = 2;
pub(crate) const PROTECTED: u8 = 3;

#[derive(Clone, Copy)]
pub(crate) struct Symbol {
    pub(crate) name: &'static str,
    pub(crate) info: u8,
    pub(crate) visibility: u8,
    pub(crate) section: u16,
    /// The index of its version, as in `DT_VERSYM`.
    pub(crate) version: u16,
}

pub(crate) const fn import(name: &'static str) -> Symbol {
    Symbol { name, info: GLOBAL, visibility: DEFAULT, section: UNDEFINED, version: 0 }
}

pub(crate) const fn export(name: &'static str) -> Symbol {
    Symbol { name, info: GLOBAL_FUNCTION, visibility: DEFAULT, section: DEFINED, version: 1 }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sysv,
    Gnu,
    /// What GNU ld writes into a file without exports: one bucket with nothing in it.
    EmptyGnu,
    None,
}

/// A relocation of `DT_RELA` or `DT_REL`. Without addends in the table, the addend is not written.
#[derive(Clone, Copy)]
pub(crate) struct Patch {
    pub(crate) place: u64,
    pub(crate) kind: u32,
    pub(crate) symbol: u32,
    pub(crate) addend: i64,
}

/// A program header beside the usual two: type, flags, offset and address, sizes in file and memory, alignment.
pub(crate) type Header = (u32, u32, (u64, u64), (u64, u64), u64);

/// A version that is needed of a library: its name, its index, whether it is weak.
pub(crate) type Version = (&'static str, u16, bool);

#[derive(Clone)]
pub(crate) struct Elf {
    pub(crate) bits: u8,
    pub(crate) big_endian: bool,
    pub(crate) machine: u16,
    pub(crate) file_type: u16,
    pub(crate) hash: Hash,
    /// From index 1 on; imports first, as linkers put them.
    pub(crate) symbols: Vec<Symbol>,
    /// Indices of symbols with a PLT relocation.
    pub(crate) calls: Vec<u32>,
    /// Indices of symbols with another relocation.
    pub(crate) addresses: Vec<u32>,
    pub(crate) with_addends: bool,
    /// More relocations, behind `addresses` in the same table.
    pub(crate) patches: Vec<Patch>,
    /// Words of `DT_RELR`.
    pub(crate) packed: Vec<u64>,
    /// Bytes at the end of what is mapped. [`Elf::data_at`] says where they are.
    pub(crate) data: Vec<u8>,
    /// More program headers.
    pub(crate) headers: Vec<Header>,
    /// `e_flags`.
    pub(crate) flags: u32,
    /// Whether `DT_VERSYM` is left out, whatever versions there are.
    pub(crate) without_version_indices: bool,
    pub(crate) needs: Vec<(&'static str, Vec<Version>)>,
    /// Versions that the file defines; the first is its own name.
    pub(crate) definitions: Vec<&'static str>,
    /// Entries of the dynamic section whose values are texts: 1 `NEEDED`, 14 `SONAME`, 15 `RPATH`, 29 `RUNPATH`.
    pub(crate) texts: Vec<(u64, &'static str)>,
    /// Other entries of the dynamic section.
    pub(crate) entries: Vec<(u64, u64)>,
}

impl Default for Elf {
    fn default() -> Self {
        Self {
            bits: 64,
            big_endian: false,
            machine: 62,
            file_type: 3,
            hash: Hash::Gnu,
            symbols: Vec::new(),
            calls: Vec::new(),
            addresses: Vec::new(),
            with_addends: true,
            patches: Vec::new(),
            packed: Vec::new(),
            data: Vec::new(),
            headers: Vec::new(),
            flags: 0,
            without_version_indices: false,
            needs: Vec::new(),
            definitions: Vec::new(),
            texts: Vec::new(),
            entries: Vec::new(),
        }
    }
}

/// A string table under construction.
struct Strings(Vec<u8>);

impl Strings {
    fn add(&mut self, text: &str) -> u32 {
        let offset = u32::try_from(self.0.len()).unwrap();
        self.0.extend(text.as_bytes());
        self.0.push(0);
        offset
    }
}

impl Elf {
    fn is_64(&self) -> bool {
        self.bits == 64
    }

    fn bytes(&self) -> Bytes {
        Bytes::new(self.big_endian)
    }

    fn word(&self, bytes: &mut Bytes, value: u64) {
        if self.is_64() {
            bytes.u64(value)
        } else {
            bytes.u32(u32::try_from(value).unwrap())
        };
    }

    /// The file. Everything is mapped by one segment whose addresses are the offsets in the file.
    pub(crate) fn build(&self) -> Vec<u8> {
        let count = 2 + self.headers.len();
        let headers = if self.is_64() { 64 + count * 56 } else { 52 + count * 32 };
        let mut strings = Strings(vec![0]);
        let mut dynamic = Vec::new();
        let mut body = self.bytes();
        body.pad_to(headers);
        let place = |body: &mut Bytes, table: &[u8]| {
            body.pad_to(body.out.len().next_multiple_of(8));
            let address = body.out.len() as u64;
            body.raw(table);
            address
        };
        dynamic.push((6, place(&mut body, &self.symbol_table(&mut strings))));
        match self.hash {
            Hash::Sysv => dynamic.push((4, place(&mut body, &self.sysv_hash()))),
            Hash::Gnu => dynamic.push((0x6fff_fef5, place(&mut body, &self.gnu_hash()))),
            Hash::EmptyGnu => dynamic.push((0x6fff_fef5, place(&mut body, &self.gnu_hash_of(1, &[])))),
            Hash::None => {}
        }
        let [address_tag, size_tag] = if self.with_addends { [7, 8] } else { [17, 18] };
        let calls = self.relocations(&self.calls);
        let mut addresses = self.relocations(&self.addresses);
        addresses.extend(self.patches.iter().flat_map(|patch| self.relocation(patch)));
        for (table, address_tag, size_tag) in [(calls, 23, 2), (addresses, address_tag, size_tag)] {
            dynamic.extend([(address_tag, place(&mut body, &table)), (size_tag, table.len() as u64)]);
        }
        dynamic.push((20, if self.with_addends { 7 } else { 17 }));
        if !self.packed.is_empty() {
            let mut table = self.bytes();
            self.packed.iter().for_each(|&word| self.word(&mut table, word));
            dynamic.extend([(36, place(&mut body, &table.out)), (35, table.out.len() as u64)]);
        }
        let has_versions = !self.needs.is_empty() || !self.definitions.is_empty();
        if has_versions && !self.without_version_indices {
            dynamic.push((0x6fff_fff0, place(&mut body, &self.version_indices())));
        }
        if !self.needs.is_empty() {
            dynamic.push((0x6fff_fffe, place(&mut body, &self.version_needs(&mut strings))));
        }
        if !self.definitions.is_empty() {
            dynamic.push((0x6fff_fffc, place(&mut body, &self.version_definitions(&mut strings))));
        }
        dynamic.extend(self.texts.iter().map(|&(tag, text)| (tag, strings.add(text).into())));
        dynamic.extend(&self.entries);
        dynamic.push((10, strings.0.len() as u64));
        dynamic.push((5, place(&mut body, &strings.0)));
        dynamic.push((0, 0));
        let mut section = self.bytes();
        for (tag, value) in dynamic {
            self.word(&mut section, tag);
            self.word(&mut section, value);
        }
        let dynamic_at = place(&mut body, &section.out);
        place(&mut body, &self.data);
        let size = body.out.len() as u64;
        let headers = self.headers(dynamic_at, section.out.len() as u64, size);
        body.out[..headers.len()].copy_from_slice(&headers);
        body.out
    }

    fn headers(&self, dynamic_at: u64, dynamic_size: u64, size: u64) -> Vec<u8> {
        let mut out = self.bytes();
        out.raw(&[
            0x7f,
            b'E',
            b'L',
            b'F',
            if self.is_64() { 2 } else { 1 },
            if self.big_endian { 2 } else { 1 },
            1,
        ]);
        out.pad_to(16);
        out.u16(self.file_type).u16(self.machine).u32(1);
        let header_size = if self.is_64() { 64 } else { 52 };
        for value in [0, header_size, 0] {
            self.word(&mut out, value);
        }
        out.u32(self.flags).u16(u16::try_from(header_size).unwrap());
        out.u16(if self.is_64() { 56 } else { 32 }).u16(u16::try_from(2 + self.headers.len()).unwrap());
        out.u16(0).u16(0).u16(0);
        let usual = [(1, 0, size), (2, dynamic_at, dynamic_size)]
            .map(|(kind, at, size)| (kind, 4, (at, at), (size, size), if self.is_64() { 8 } else { 4 }));
        for (kind, flags, (offset, address), (file_size, size), alignment) in
            usual.iter().chain(&self.headers).copied()
        {
            out.u32(kind);
            if self.is_64() {
                out.u32(flags);
            }
            for value in [offset, address, address, file_size, size] {
                self.word(&mut out, value);
            }
            if !self.is_64() {
                out.u32(flags);
            }
            self.word(&mut out, alignment);
        }
        out.out
    }

    /// Where [`Elf::data`] is in the built file, in memory as well.
    pub(crate) fn data_at(&self) -> u64 {
        (self.build().len() - self.data.len()) as u64
    }

    fn symbol_table(&self, strings: &mut Strings) -> Vec<u8> {
        let mut out = self.bytes();
        out.pad_to(if self.is_64() { 24 } else { 16 });
        for symbol in &self.symbols {
            out.u32(strings.add(symbol.name));
            if self.is_64() {
                out.raw(&[symbol.info, symbol.visibility]).u16(symbol.section).u64(0x1000).u64(4);
            } else {
                out.u32(0x1000).u32(4).raw(&[symbol.info, symbol.visibility]).u16(symbol.section);
            }
        }
        out.out
    }

    /// One bucket and a chain per symbol. Words have 64 bits on 64-bit s390x.
    fn sysv_hash(&self) -> Vec<u8> {
        let mut out = self.bytes();
        let count = self.symbols.len() + 1;
        let words = [1, count as u64, 0].into_iter().chain(vec![0; count]);
        for word in words {
            if self.machine == 22 && self.is_64() {
                out.u64(word)
            } else {
                out.u32(u32::try_from(word).unwrap())
            };
        }
        out.out
    }

    fn gnu_hash(&self) -> Vec<u8> {
        let imports = self.symbols.iter().take_while(|symbol| symbol.section == UNDEFINED).count();
        let exports = self.symbols.len() - imports;
        let mut chain = vec![2; exports];
        if let Some(last) = chain.last_mut() {
            *last = 3;
        }
        self.gnu_hash_of(u32::try_from(imports + 1).unwrap(), &chain)
    }

    fn gnu_hash_of(&self, first: u32, chain: &[u32]) -> Vec<u8> {
        let mut out = self.bytes();
        out.u32(1).u32(first).u32(1).u32(0);
        self.word(&mut out, 0);
        out.u32(if chain.is_empty() { 0 } else { first });
        for value in chain {
            out.u32(*value);
        }
        out.out
    }

    fn relocations(&self, symbols: &[u32]) -> Vec<u8> {
        let patch = |&symbol| self.relocation(&Patch { place: 0x2000, kind: 7, symbol, addend: 0 });
        symbols.iter().flat_map(patch).collect()
    }

    fn relocation(&self, patch: &Patch) -> Vec<u8> {
        let mut out = self.bytes();
        self.word(&mut out, patch.place);
        if self.is_64() {
            out.u64(u64::from(patch.symbol) << 32 | u64::from(patch.kind));
        } else {
            out.u32(patch.symbol << 8 | patch.kind);
        }
        if self.with_addends {
            let addend = patch.addend.cast_unsigned();
            self.word(&mut out, if self.is_64() { addend } else { addend & 0xffff_ffff });
        }
        out.out
    }

    fn version_indices(&self) -> Vec<u8> {
        let mut out = self.bytes();
        out.u16(0);
        for symbol in &self.symbols {
            out.u16(symbol.version);
        }
        out.out
    }

    fn version_needs(&self, strings: &mut Strings) -> Vec<u8> {
        let mut out = self.bytes();
        for (number, (library, versions)) in self.needs.iter().enumerate() {
            let count = u16::try_from(versions.len()).unwrap();
            let last = number + 1 == self.needs.len();
            out.u16(1).u16(count).u32(strings.add(library)).u32(16).u32(if last {
                0
            } else {
                16 + 16 * u32::from(count)
            });
            for (number, (version, index, weak)) in versions.iter().enumerate() {
                out.u32(0).u16(u16::from(*weak) * 2).u16(*index).u32(strings.add(version));
                out.u32(if number + 1 == versions.len() { 0 } else { 16 });
            }
        }
        out.out
    }

    fn version_definitions(&self, strings: &mut Strings) -> Vec<u8> {
        let mut out = self.bytes();
        for (number, name) in self.definitions.iter().enumerate() {
            let index = u16::try_from(number + 1).unwrap();
            let last = number + 1 == self.definitions.len();
            out.u16(1).u16(u16::from(number == 0)).u16(index).u16(1).u32(0).u32(20).u32(if last {
                0
            } else {
                28
            });
            out.u32(strings.add(name)).u32(0);
        }
        out.out
    }
}
