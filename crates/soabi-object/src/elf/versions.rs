//! Symbol versions: what the file needs of its libraries and what it defines itself.
//!
//! Sources: the Linux Standard Base, "Symbol Versioning", and glibc's `elf/dl-version.c`, which checks `DT_VERNEED`
//! in a file without `DT_VERSYM` too.

use std::collections::HashMap;
use std::sync::Arc;

use object::Endianness;
use object::elf;
use object::endian::U16;
use object::pod;

use crate::error::ObjectError;
use crate::facts::VersionNeed;
use crate::reader::Reader;

use super::dynamic::Dynamic;

/// The versions by the index that symbols refer to them with.
#[derive(Debug, Default)]
pub(super) struct Versions<'data> {
    /// `DT_VERSYM`: one entry per symbol. Empty in a file without versions.
    indices: &'data [U16<Endianness>],
    endian: Endianness,
    /// What the file needs, in its order.
    pub(super) needs: Vec<VersionNeed>,
    /// Positions in `needs`.
    needed: HashMap<u16, u32>,
    definitions: HashMap<u16, Arc<str>>,
}

/// The version of one symbol.
#[derive(Clone, Copy, Debug)]
pub(super) enum Version<'a> {
    /// The symbol has none.
    None,
    /// It is needed of a library. With its position among the needs.
    Need(u32, &'a VersionNeed),
    /// The file defines it, as the default or as an old one.
    Definition { name: &'a Arc<str>, is_old: bool },
}

/// An entry of a hash table and its share of the table's empty places.
const HASH_ENTRY: usize = 64;

impl<'data> Versions<'data> {
    pub(super) fn read(
        endian: Endianness,
        dynamic: &Dynamic<'data>,
        reader: &mut Reader<'_, 'data>,
    ) -> Result<Self, ObjectError> {
        let mut versions = Self { endian, ..Self::default() };
        if let Some(indices) = dynamic.version_indices {
            // The table has no length of its own: it has an entry for each symbol.
            let bytes = reader.map.bytes_from(indices).unwrap_or_default();
            versions.indices =
                pod::slice_from_bytes(bytes, bytes.len() / 2).map_or(&[], |(indices, _)| indices);
        }
        if let Some(needs) = dynamic.version_needs {
            versions.read_needs(dynamic, needs, reader)?;
        }
        if let Some(definitions) = dynamic.version_definitions {
            versions.read_definitions(dynamic, definitions, reader)?;
        }
        Ok(versions)
    }

    /// Two nested lists: the libraries, and the versions that are needed of each. Their links may lead anywhere,
    /// so it is the budget that ends them.
    fn read_needs(
        &mut self,
        dynamic: &Dynamic<'data>,
        mut library_at: u64,
        reader: &mut Reader<'_, 'data>,
    ) -> Result<(), ObjectError> {
        const WHAT: &str = "version requirements";
        let endian = self.endian;
        loop {
            let entry: &elf::Verneed<Endianness> = reader.one(WHAT, library_at)?;
            let library: Arc<str> =
                dynamic.kept(reader, entry.vn_file.get(endian).into(), size_of::<Arc<str>>())?.into();
            let mut version_at = library_at.wrapping_add(entry.vn_aux.get(endian).into());
            for _ in 0..entry.vn_cnt.get(endian) {
                let version: &elf::Vernaux<Endianness> = reader.one(WHAT, version_at)?;
                let name = dynamic.kept(
                    reader,
                    version.vna_name.get(endian).into(),
                    size_of::<VersionNeed>() + HASH_ENTRY,
                )?;
                let position = u32::try_from(self.needs.len()).unwrap_or(u32::MAX);
                self.needs.push(VersionNeed {
                    library: Arc::clone(&library),
                    version: name.into(),
                    weak: version.vna_flags.get(endian).contains(elf::VER_FLG_WEAK),
                });
                self.needed.insert(version.vna_other(endian).index().0, position);
                version_at = version_at.wrapping_add(version.vna_next.get(endian).into());
            }
            match entry.vn_next.get(endian) {
                0 => return Ok(()),
                next => library_at = library_at.wrapping_add(next.into()),
            }
        }
    }

    fn read_definitions(
        &mut self,
        dynamic: &Dynamic<'data>,
        mut at: u64,
        reader: &mut Reader<'_, 'data>,
    ) -> Result<(), ObjectError> {
        const WHAT: &str = "version definitions";
        let endian = self.endian;
        loop {
            let entry: &elf::Verdef<Endianness> = reader.one(WHAT, at)?;
            // The base version is the file's own name and no symbol's version.
            if !entry.vd_flags.get(endian).contains(elf::VER_FLG_BASE) {
                let name: &elf::Verdaux<Endianness> =
                    reader.one(WHAT, at.wrapping_add(entry.vd_aux.get(endian).into()))?;
                let name = dynamic.kept(reader, name.vda_name.get(endian).into(), HASH_ENTRY)?;
                self.definitions.insert(entry.vd_ndx.get(endian).0, name.into());
            }
            match entry.vd_next.get(endian) {
                0 => return Ok(()),
                next => at = at.wrapping_add(next.into()),
            }
        }
    }

    /// The version of the symbol with this index.
    pub(super) fn of(&self, symbol: usize) -> Version<'_> {
        let Some(index) = self.indices.get(symbol) else { return Version::None };
        let index = index.get(self.endian);
        let (index, is_old) = (index & elf::VERSYM_VERSION, index & elf::VERSYM_HIDDEN.0 != 0);
        let need = self.needed.get(&index).and_then(|&at| Some((at, self.needs.get(at as usize)?)));
        match (need, self.definitions.get(&index)) {
            (Some((at, need)), _) => Version::Need(at, need),
            (None, Some(name)) => Version::Definition { name, is_old },
            (None, None) => Version::None,
        }
    }
}
