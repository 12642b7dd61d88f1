//! Symbol versions: what the file asks of its libraries and what it defines itself.
//!
//! Source: the Linux Standard Base, "Symbol Versioning".

use std::collections::HashMap;
use std::sync::Arc;

use object::Endianness;
use object::elf;
use object::endian::U16;
use object::read::elf::FileHeader;

use crate::error::ObjectError;
use crate::facts::VersionNeed;
use crate::text::TextLimit;

use super::ElfFile;
use super::dynamic::Dynamic;

/// The versions by the index that symbols refer to them with.
#[derive(Debug, Default)]
pub(super) struct Versions<'data> {
    /// `DT_VERSYM`: one entry per symbol. Empty in a file without versions.
    indices: &'data [U16<Endianness>],
    endian: Endianness,
    order: Vec<u16>,
    needs: HashMap<u16, VersionNeed>,
    definitions: HashMap<u16, Arc<str>>,
}

/// The version of one symbol.
#[derive(Clone, Copy, Debug)]
pub(super) enum Version<'a> {
    /// The symbol has none.
    None,
    /// It is asked of a library.
    Need(&'a VersionNeed),
    /// The file defines it.
    Definition(&'a Arc<str>),
}

/// An index has 15 bits, so that a file cannot use more versions than this.
const MOST_VERSIONS: usize = 1 << 15;

impl<'data> Versions<'data> {
    pub(super) fn read<Elf: FileHeader<Endian = Endianness>>(
        file: &ElfFile<'data, Elf>,
        dynamic: &Dynamic<'data>,
        text: &mut TextLimit,
    ) -> Result<Self, ObjectError> {
        let mut versions = Self { endian: file.endian, ..Self::default() };
        let Some(indices) = dynamic.version_indices else { return Ok(versions) };
        // The table has no length of its own; symbols() holds it against the number of symbols.
        let bytes = file.image.bytes_from(indices).unwrap_or_default();
        versions.indices = file.image.array("version indices", indices, bytes.len() as u64 / 2)?;
        if let Some(needs) = dynamic.version_needs {
            versions.read_needs(file, dynamic, needs, text)?;
        }
        if let Some(definitions) = dynamic.version_definitions {
            versions.read_definitions(file, dynamic, definitions, text)?;
        }
        Ok(versions)
    }

    /// Two nested lists: the libraries, and the versions that are asked of each.
    fn read_needs<Elf: FileHeader<Endian = Endianness>>(
        &mut self,
        file: &ElfFile<'data, Elf>,
        dynamic: &Dynamic<'data>,
        mut library_at: u64,
        text: &mut TextLimit,
    ) -> Result<(), ObjectError> {
        const WHAT: &str = "version requirements";
        let endian = file.endian;
        loop {
            let entry: &elf::Verneed<Endianness> = file.image.one(WHAT, library_at)?;
            let library = text.share(dynamic.string(file, entry.vn_file.get(endian).into())?)?;
            let mut version_at = library_at.wrapping_add(entry.vn_aux.get(endian).into());
            for _ in 0..entry.vn_cnt.get(endian) {
                let version: &elf::Vernaux<Endianness> = file.image.one(WHAT, version_at)?;
                let need = VersionNeed {
                    library: Arc::clone(&library),
                    version: text.share(dynamic.string(file, version.vna_name.get(endian).into())?)?,
                    weak: version.vna_flags.get(endian).contains(elf::VER_FLG_WEAK),
                };
                self.count(file, WHAT, version_at)?;
                let index = version.vna_other(endian).index().0;
                self.order.push(index);
                self.needs.insert(index, need);
                version_at = version_at.wrapping_add(version.vna_next.get(endian).into());
            }
            match entry.vn_next.get(endian) {
                0 => return Ok(()),
                next => library_at = library_at.wrapping_add(next.into()),
            }
        }
    }

    fn read_definitions<Elf: FileHeader<Endian = Endianness>>(
        &mut self,
        file: &ElfFile<'data, Elf>,
        dynamic: &Dynamic<'data>,
        mut at: u64,
        text: &mut TextLimit,
    ) -> Result<(), ObjectError> {
        const WHAT: &str = "version definitions";
        let endian = file.endian;
        loop {
            let entry: &elf::Verdef<Endianness> = file.image.one(WHAT, at)?;
            // The base version is the file's own name and no symbol's version.
            if !entry.vd_flags.get(endian).contains(elf::VER_FLG_BASE) {
                let name: &elf::Verdaux<Endianness> =
                    file.image.one(WHAT, at.wrapping_add(entry.vd_aux.get(endian).into()))?;
                let name = text.share(dynamic.string(file, name.vda_name.get(endian).into())?)?;
                self.definitions.insert(entry.vd_ndx.get(endian).0, name);
            }
            self.count(file, WHAT, at)?;
            match entry.vd_next.get(endian) {
                0 => return Ok(()),
                next => at = at.wrapping_add(next.into()),
            }
        }
    }

    /// Stops at lists that go on and on: their links may lead anywhere.
    fn count<Elf: FileHeader>(
        &self,
        file: &ElfFile<'_, Elf>,
        what: &'static str,
        at: u64,
    ) -> Result<(), ObjectError> {
        if self.order.len() + self.definitions.len() < MOST_VERSIONS {
            return Ok(());
        }
        Err(file.image.malformed(
            what,
            at,
            format!("there are more than {MOST_VERSIONS}, the most that indices allow"),
        ))
    }

    /// What the file asks for, in its order.
    pub(super) fn needs(&self) -> impl Iterator<Item = &VersionNeed> {
        self.order.iter().filter_map(|index| self.needs.get(index))
    }

    /// The version of the symbol with this index.
    pub(super) fn of(&self, symbol: usize) -> Version<'_> {
        let Some(index) = self.indices.get(symbol) else { return Version::None };
        let index = index.get(self.endian) & elf::VERSYM_VERSION;
        match (self.needs.get(&index), self.definitions.get(&index)) {
            (Some(need), _) => Version::Need(need),
            (None, Some(definition)) => Version::Definition(definition),
            (None, None) => Version::None,
        }
    }
}
