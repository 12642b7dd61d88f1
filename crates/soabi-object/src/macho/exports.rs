//! What a Mach-O file offers: the export trie, or the symbol table where there is none.

use std::borrow::Cow;

use object::Endianness;
use object::macho;
use object::read::macho::{MachHeader, MachOFile, Nlist};
use object::{Object, ObjectSection, SectionKind};

use crate::error::{At, ObjectError};
use crate::facts::{Export, SymbolKind};
use crate::reader::{Reader, lossy};
use crate::symbol::{Binding, Symbol};

use super::file::{linked, malformed};
use super::trie::{self, Definition};

/// Symbols number their sections with a byte.
const MOST_SECTIONS: usize = 255;

/// The exports, in the order of the trie or of the symbol table.
pub(super) fn read<'data, Mach: MachHeader<Endian = Endianness>>(
    file: &MachOFile<'data, Mach>,
    base: u64,
    reader: &mut Reader<'_, 'data>,
) -> Result<Vec<Symbol<'data>>, ObjectError> {
    let code = Code::of(file);
    let mut found = Vec::new();
    if let Some(trie) = trie_of(file)? {
        trie::walk(trie, reader, |reader, at, name, definition| {
            let name = name.strip_prefix(b"_").unwrap_or(name);
            // It is copied once for the symbol and once for the facts.
            charge(reader, "export trie", at, 2 * name.len())?;
            let address = definition.address(base);
            let name = Cow::Owned(lossy(name).into_owned());
            found.push(export(name, kind(definition, address, &code), address, definition.weak));
            Ok(())
        })?;
    } else {
        let strings = string_table(file)?;
        for entry in file.macho_symbol_table().iter() {
            reader.steps(SYMBOLS, At::Offset(0), 1)?;
            let flags = entry.n_type();
            if flags.is_stab() || !flags.is_ext() || flags.is_pext() || flags.typ() == macho::N_UNDF {
                continue;
            }
            let name = strings.name(entry.n_strx(file.endian()), reader)?;
            let name = name.strip_prefix(b"_").unwrap_or(name);
            charge(reader, SYMBOLS, At::Offset(0), name.len())?;
            let address = entry.n_value(file.endian()).into();
            let weak = entry.n_desc(file.endian()).contains(macho::N_WEAK_DEF);
            found.push(export(lossy(name), code.kind_at(address), Some(address), weak));
        }
    }
    Ok(found)
}

pub(super) const SYMBOLS: &str = "symbol table";

fn charge(reader: &mut Reader<'_, '_>, what: &'static str, at: At, text: usize) -> Result<(), ObjectError> {
    reader.keep(what, at, text, size_of::<Symbol<'_>>() + size_of::<Export>())
}

fn export(name: Cow<'_, str>, kind: SymbolKind, address: Option<u64>, weak: bool) -> Symbol<'_> {
    Symbol {
        name,
        address: address.filter(|_| kind != SymbolKind::ThreadLocal),
        kind,
        binding: if weak { Binding::Weak } else { Binding::Global },
        defined: true,
        exported: true,
        ..Symbol::unknown()
    }
}

fn kind(definition: Definition, address: Option<u64>, code: &Code) -> SymbolKind {
    match (address, definition.kind) {
        (None, _) => SymbolKind::Unknown,
        (_, macho::EXPORT_SYMBOL_FLAGS_KIND_THREAD_LOCAL) => SymbolKind::ThreadLocal,
        (_, macho::EXPORT_SYMBOL_FLAGS_KIND_ABSOLUTE) => SymbolKind::Data,
        (Some(address), _) => code.kind_at(address),
    }
}

/// The bytes of the export trie. `None` where the file has none, as the linker of before 10.6 made them.
fn trie_of<'data, Mach: MachHeader<Endian = Endianness>>(
    file: &MachOFile<'data, Mach>,
) -> Result<Option<&'data [u8]>, ObjectError> {
    let bad = |error| malformed("export trie", 0, &error);
    let mut trie = None;
    let mut commands = file.macho_load_commands().map_err(bad)?;
    while let Some(command) = commands.next().map_err(bad)? {
        if let Some(command) = command.dyld_exports_trie().map_err(bad)? {
            trie = Some(command.data(file.endian(), file.data()).map_err(bad)?);
        } else if let Some(command) = command.dyld_info().map_err(bad)? {
            trie = Some(command.export_data(file.endian(), file.data()).map_err(bad)?);
        }
    }
    Ok(trie)
}

/// The names of the symbol table.
pub(super) struct Strings<'data>(&'data [u8]);

/// The string table of `LC_SYMTAB`, the last one if there are several, as `object` takes it.
pub(super) fn string_table<'data, Mach: MachHeader<Endian = Endianness>>(
    file: &MachOFile<'data, Mach>,
) -> Result<Strings<'data>, ObjectError> {
    let bad = |error| malformed(SYMBOLS, 0, &error);
    let mut strings: &[u8] = &[];
    let mut commands = file.macho_load_commands().map_err(bad)?;
    while let Some(command) = commands.next().map_err(bad)? {
        if let Some(table) = command.symtab().map_err(bad)? {
            let range = (table.stroff.get(file.endian()), table.strsize.get(file.endian()));
            strings = linked(file.data(), SYMBOLS, range)?;
        }
    }
    Ok(Strings(strings))
}

impl<'data> Strings<'data> {
    /// The name at `offset`.
    pub(super) fn name(
        &self,
        offset: u32,
        reader: &mut Reader<'_, 'data>,
    ) -> Result<&'data [u8], ObjectError> {
        let bytes = self.0.get(offset as usize..).unwrap_or_default();
        reader.text(SYMBOLS, At::Offset(offset.into()), bytes)?.ok_or_else(|| {
            malformed(SYMBOLS, offset.into(), &"no name that ends in a NUL in its string table")
        })
    }
}

/// The addresses of code.
struct Code {
    /// Sorted, first and last address; the last is the largest so far.
    ranges: Vec<(u64, u64)>,
}

impl Code {
    fn of<Mach: MachHeader<Endian = Endianness>>(file: &MachOFile<'_, Mach>) -> Self {
        let mut ranges: Vec<(u64, u64)> = file
            .sections()
            .take(MOST_SECTIONS)
            .filter(|section| section.kind() == SectionKind::Text && section.size() > 0)
            .map(|section| (section.address(), section.address().saturating_add(section.size() - 1)))
            .collect();
        ranges.sort_unstable();
        let mut furthest = 0;
        for (_, last) in &mut ranges {
            furthest = furthest.max(*last);
            *last = furthest;
        }
        Self { ranges }
    }

    fn kind_at(&self, address: u64) -> SymbolKind {
        let behind = self.ranges.partition_point(|&(first, _)| first <= address);
        // Of all ranges that start before the address, one reaches it if the furthest end of them does.
        let code = self.ranges[..behind].last().is_some_and(|&(_, furthest)| address <= furthest);
        if code { SymbolKind::Function } else { SymbolKind::Data }
    }
}
