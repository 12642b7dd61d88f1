//! What dyld binds to other files: the names, and where it looks for them.

use std::collections::HashMap;

use object::Endianness;
use object::macho;
use object::read::macho::{MachHeader, MachOFile, Nlist};

use crate::error::{At, ObjectError};
use crate::facts::{Import, Needed, Provider};
use crate::reader::{Reader, lossy};
use crate::symbol::{Binding, Symbol};

use super::chained::Chained;
use super::exports::{SYMBOLS, string_table};
use super::file::malformed;
use super::opcodes::Streams;

const WHAT: &str = "bindings";

/// An entry of a hash table and its share of the table's empty places.
const HASH_ENTRY: usize = 64;

/// The symbols that dyld binds.
pub(super) struct Bindings<'data> {
    /// The imports. Their indices follow those of the exports.
    pub(super) imports: Vec<Symbol<'data>>,
    /// The exports that dyld looks up although the file defines them: flat lookup, and the coalescing of weak
    /// definitions, may find another file's definition first. They are no imports.
    pub(super) looked_up: Vec<u32>,
    /// The symbol of each entry of the chained fixups' import table.
    pub(super) chained: Vec<Option<u32>>,
}

/// What the file binds beside its `exports`.
pub(super) fn read<'data, Mach: MachHeader<Endian = Endianness>>(
    file: &MachOFile<'data, Mach>,
    needed: &[Needed],
    exports: &[Symbol<'data>],
    reader: &mut Reader<'_, 'data>,
) -> Result<Bindings<'data>, ObjectError> {
    let mut imports = Imports::new(needed, exports, reader)?;
    let mut chained = Vec::new();
    if let Some(fixups) = Chained::of(file)? {
        chained = imports.chained(&fixups, reader)?;
    } else if let Some(streams) = Streams::of(file)? {
        streams.walk(reader, |reader, bind| {
            let slot = imports.slot(bind.name, reader)?;
            imports.bind(slot, bind.dylib, bind.weak, reader).map(|_| ())
        })?;
    } else {
        imports.symbol_table(file, reader)?;
    }
    Ok(Bindings { imports: imports.found, looked_up: imports.looked_up, chained })
}

/// The indices of the symbols that `wanted` chooses, by their names.
pub(super) fn by_name<'a>(
    symbols: &'a [Symbol<'_>],
    wanted: impl Fn(&Symbol<'_>) -> bool,
    reader: &mut Reader<'_, '_>,
) -> Result<HashMap<&'a str, u32>, ObjectError> {
    let mut names = HashMap::new();
    for (index, symbol) in (0..).zip(symbols).filter(|(_, symbol)| wanted(symbol)) {
        reader.steps(WHAT, At::Offset(0), symbol.name.len() as u64 + 1)?;
        reader.memory(WHAT, At::Offset(0), HASH_ENTRY as u64)?;
        names.insert(&*symbol.name, index);
    }
    Ok(names)
}

struct Imports<'a, 'data> {
    needed: &'a [Needed],
    exports: usize,
    exported: HashMap<&'a str, u32>,
    slots: Vec<Slot<'data>>,
    /// Slots by the name as the file spells it.
    seen: HashMap<&'data [u8], usize>,
    found: Vec<Symbol<'data>>,
    looked_up: Vec<u32>,
}

/// A name that is bound.
struct Slot<'data> {
    raw: &'data [u8],
    /// The file's own export of this name.
    own: Option<u32>,
    import: Option<u32>,
    is_looked_up: bool,
}

impl<'a, 'data> Imports<'a, 'data> {
    fn new(
        needed: &'a [Needed],
        exports: &'a [Symbol<'data>],
        reader: &mut Reader<'_, 'data>,
    ) -> Result<Self, ObjectError> {
        Ok(Self {
            needed,
            exports: exports.len(),
            exported: by_name(exports, |symbol| symbol.exported, reader)?,
            slots: Vec::new(),
            seen: HashMap::new(),
            found: Vec::new(),
            looked_up: Vec::new(),
        })
    }

    /// The slot of a name. Its length is charged, as the name is looked at.
    fn slot(&mut self, raw: &'data [u8], reader: &mut Reader<'_, 'data>) -> Result<usize, ObjectError> {
        reader.steps(WHAT, At::Offset(0), raw.len() as u64 + 1)?;
        if let Some(&slot) = self.seen.get(raw) {
            return Ok(slot);
        }
        reader.memory(WHAT, At::Offset(0), (size_of::<Slot<'_>>() + HASH_ENTRY) as u64)?;
        let own = self.exported.get(&*lossy(without_underscore(raw))).copied();
        self.slots.push(Slot { raw, own, import: None, is_looked_up: false });
        self.seen.insert(raw, self.slots.len() - 1);
        Ok(self.slots.len() - 1)
    }

    /// The symbol that a binding leads to, without a look at its name. `None` where the file binds to itself a
    /// name that it does not export.
    fn bind(
        &mut self,
        slot: usize,
        dylib: macho::BindDylib,
        weak: bool,
        reader: &mut Reader<'_, 'data>,
    ) -> Result<Option<u32>, ObjectError> {
        let place = match dylib {
            macho::BIND_SPECIAL_DYLIB_SELF => return Ok(self.slots[slot].own),
            macho::BIND_SPECIAL_DYLIB_MAIN_EXECUTABLE => Provider::Executable,
            dylib => dylib.index().map_or(Ok(Provider::Anywhere), |ordinal| self.library(ordinal))?,
        };
        self.import(slot, place, weak, reader).map(Some)
    }

    fn import(
        &mut self,
        slot: usize,
        provider: Provider,
        weak: bool,
        reader: &mut Reader<'_, 'data>,
    ) -> Result<u32, ObjectError> {
        let exports = self.exports;
        let slot = &mut self.slots[slot];
        if let Some(index) = slot.import {
            // Bound both at once and lazily: one import, and weak only if every binding is.
            if !weak {
                self.found[index as usize - exports].binding = Binding::Global;
            }
            return Ok(index);
        }
        if let (Some(own), Provider::Anywhere) = (slot.own, &provider) {
            if !std::mem::replace(&mut slot.is_looked_up, true) {
                self.looked_up.push(own);
            }
            return Ok(own);
        }
        let name = lossy(without_underscore(slot.raw));
        let entry = size_of::<Symbol<'_>>() + size_of::<Import>();
        reader.keep(WHAT, At::Offset(0), name.len(), entry)?;
        let index = u32::try_from(exports + self.found.len())
            .map_err(|_| malformed(WHAT, 0, &"there are more names than 32 bits count"))?;
        slot.import = Some(index);
        let binding = if weak { Binding::Weak } else { Binding::Global };
        self.found.push(Symbol { name, binding, provider, imported: true, ..Symbol::unknown() });
        Ok(index)
    }

    /// The library with this ordinal, counted from 1.
    fn library(&self, ordinal: u32) -> Result<Provider, ObjectError> {
        match self.needed.get((ordinal as usize).wrapping_sub(1)) {
            Some(needed) if needed.name.is_empty() => Ok(Provider::Anywhere),
            Some(needed) => Ok(Provider::Library(needed.name.clone())),
            None => {
                let problem = format!("library {ordinal} is used, but there are {}", self.needed.len());
                Err(malformed(WHAT, 0, &problem))
            }
        }
    }

    /// The entries of the import table. Many may share one name, so a name is looked at once for each place where
    /// one begins.
    fn chained(
        &mut self,
        fixups: &Chained<'data>,
        reader: &mut Reader<'_, 'data>,
    ) -> Result<Vec<Option<u32>>, ObjectError> {
        let mut slots: HashMap<u64, usize> = HashMap::new();
        let mut found = Vec::new();
        fixups.imports(reader, |reader, import| {
            reader.memory(WHAT, At::Offset(0), size_of::<Option<u32>>() as u64)?;
            let slot = if let Some(&slot) = slots.get(&import.name_at) {
                slot
            } else {
                reader.memory(WHAT, At::Offset(0), HASH_ENTRY as u64)?;
                let slot = self.slot(fixups.name(import.name_at, reader)?, reader)?;
                slots.insert(import.name_at, slot);
                slot
            };
            found.push(self.bind(slot, import.dylib, import.weak, reader)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The undefined symbols of a file that has no bindings.
    fn symbol_table<Mach: MachHeader<Endian = Endianness>>(
        &mut self,
        file: &MachOFile<'data, Mach>,
        reader: &mut Reader<'_, 'data>,
    ) -> Result<(), ObjectError> {
        let endian = file.endian();
        let strings = string_table(file)?;
        let two_level = file.macho_header().flags(endian).contains(macho::MH_TWOLEVEL);
        let mut slots: HashMap<u32, usize> = HashMap::new();
        for entry in file.macho_symbol_table().iter() {
            reader.steps(SYMBOLS, At::Offset(0), 1)?;
            if !entry.is_undefined() {
                continue;
            }
            let name_at = entry.n_strx(endian);
            let slot = if let Some(&slot) = slots.get(&name_at) {
                slot
            } else {
                reader.memory(SYMBOLS, At::Offset(0), HASH_ENTRY as u64)?;
                let slot = self.slot(strings.name(name_at, reader)?, reader)?;
                slots.insert(name_at, slot);
                slot
            };
            let description = entry.n_desc(endian);
            let provider = match description.library() {
                macho::EXECUTABLE_ORDINAL => Provider::Executable,
                library if two_level => {
                    library.index().map_or(Ok(Provider::Anywhere), |index| self.library(index.into()))?
                }
                _ => Provider::Anywhere,
            };
            self.import(slot, provider, description.contains(macho::N_WEAK_REF), reader)?;
        }
        Ok(())
    }
}

/// Mach-O's names of C functions begin with an underscore.
pub(super) fn without_underscore(name: &[u8]) -> &[u8] {
    name.strip_prefix(b"_").unwrap_or(name)
}
