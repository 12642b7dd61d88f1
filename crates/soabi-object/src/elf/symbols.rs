//! The dynamic symbol table.

use object::Endianness;
use object::elf;
use object::endian::{U32, U64};
use object::read::elf::{FileHeader, GnuHashTable, Sym};

use crate::error::{At, ObjectError};
use crate::facts::{Export, Import, Provider, SymbolKind, Uses};
use crate::reader::{Reader, lossy};
use crate::symbol::{Binding, Symbol};

use super::dynamic::Dynamic;
use super::file::ElfFile;
use super::relocations;
use super::versions::{Version, Versions};

const WHAT: &str = "symbol table";

/// All entries of the table, the empty one at 0 included.
///
/// The table has no length of its own. The dynamic linker comes to a symbol through a hash table or through a
/// relocation, so the last symbol is the last that one of these knows. The hash table alone is not enough: GNU ld
/// writes an empty one, which counts nothing, into a file that exports nothing.
pub(super) fn read<'data, Elf: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'data, Elf>,
    dynamic: &Dynamic<'data>,
    versions: &Versions<'data>,
    reader: &mut Reader<'_, 'data>,
) -> Result<Vec<Symbol<'data>>, ObjectError> {
    let available = reader.map.bytes_from(dynamic.symbols).unwrap_or_default().len() / size_of::<Elf::Sym>();
    let too_many = |reader: &Reader<'_, '_>, count: u64| {
        let problem = format!("symbol {count} is used, but the file has room for {available}");
        reader.malformed(WHAT, dynamic.symbols, problem)
    };
    let hashed = hashed_symbols(file, dynamic, reader)?;
    let hashed = usize::try_from(hashed)
        .ok()
        .filter(|&count| count <= available)
        .ok_or_else(|| too_many(reader, hashed))?;
    let mut uses = vec![Uses::default(); hashed];
    relocations::for_each_symbol(file, dynamic, reader, |reader, symbol, using| {
        let index = symbol as usize;
        if index >= available {
            return Err(too_many(reader, symbol.into()));
        }
        if index >= uses.len() {
            uses.resize(index + 1, Uses::default());
        }
        uses[index].call |= using.call;
        uses[index].address |= using.address;
        Ok(())
    })?;
    let table: &[Elf::Sym] = reader.array(WHAT, dynamic.symbols, uses.len() as u64)?;
    let entry = size_of::<Symbol<'_>>() + size_of::<Uses>();
    reader.memory(WHAT, At::Address(dynamic.symbols), (table.len() as u64).saturating_mul(entry as u64))?;
    let mut symbols = Vec::with_capacity(table.len());
    for (index, (entry, uses)) in table.iter().zip(uses).enumerate() {
        let mut symbol = symbol(entry, file.endian);
        symbol.uses = uses;
        if index > 0 && (symbol.exported || symbol.imported) {
            let name = dynamic.string(reader, entry.st_name(file.endian).into())?;
            let kept = if symbol.exported { size_of::<Export>() } else { size_of::<Import>() };
            reader.keep(WHAT, At::Address(dynamic.symbols), name.len(), kept)?;
            symbol.name = lossy(name);
            match versions.of(index) {
                Version::Need(at, need) if symbol.imported => {
                    (symbol.version, symbol.need) = (Some(need.version.clone()), Some(at));
                }
                Version::Definition { name, is_old } if symbol.exported => {
                    (symbol.version, symbol.old_version) = (Some(name.clone()), is_old);
                }
                _ => {}
            }
        }
        if index == 0 || symbol.name.is_empty() {
            (symbol.exported, symbol.imported) = (false, false);
        }
        symbol.preemptible &= !dynamic.symbolic;
        symbols.push(symbol);
    }
    Ok(symbols)
}

/// What an entry says by itself.
fn symbol<'data>(entry: &impl Sym<Endian = Endianness>, endian: Endianness) -> Symbol<'data> {
    let binding = match entry.st_bind() {
        elf::STB_LOCAL => Binding::Local,
        elf::STB_WEAK => Binding::Weak,
        _ => Binding::Global,
    };
    let defined = entry.st_shndx(endian) != elf::SHN_UNDEF;
    let has_name = binding != Binding::Local && !matches!(entry.st_type(), elf::STT_SECTION | elf::STT_FILE);
    let exported = defined && has_name && is_visible(entry);
    let kind = kind(entry);
    Symbol {
        // The value of a thread-local symbol is an offset.
        address: (defined && kind != SymbolKind::ThreadLocal).then(|| entry.st_value(endian).into()),
        size: entry.st_size(endian).into(),
        kind,
        binding,
        defined,
        exported,
        preemptible: exported && entry.st_visibility() == elf::STV_DEFAULT,
        imported: !defined && has_name,
        provider: Provider::Anywhere,
        ..Symbol::unknown()
    }
}

/// Whether a definition is for others to see.
fn is_visible(symbol: &impl Sym) -> bool {
    matches!(symbol.st_visibility(), elf::STV_DEFAULT | elf::STV_PROTECTED)
}

fn kind(symbol: &impl Sym) -> SymbolKind {
    match symbol.st_type() {
        elf::STT_FUNC | elf::STT_GNU_IFUNC => SymbolKind::Function,
        elf::STT_OBJECT | elf::STT_COMMON => SymbolKind::Data,
        elf::STT_TLS => SymbolKind::ThreadLocal,
        _ => SymbolKind::Unknown,
    }
}

/// How many symbols the hash tables know. `DT_GNU_HASH` comes first, as in glibc.
fn hashed_symbols<Elf: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, Elf>,
    dynamic: &Dynamic<'_>,
    reader: &mut Reader<'_, '_>,
) -> Result<u64, ObjectError> {
    const WHAT: &str = "GNU hash table";
    if let Some(address) = dynamic.gnu_hash {
        let bytes = reader.map.bytes_from(address).unwrap_or_default();
        let table = GnuHashTable::<Elf>::parse(file.endian, bytes)
            .map_err(|error| reader.malformed(WHAT, address, error.to_string()))?;
        // Buckets and the last chain, which end within these bytes.
        reader.steps(WHAT, At::Address(address), bytes.len() as u64 / 4)?;
        if let Some(count) = table.symbol_table_length(file.endian) {
            return Ok(count.into());
        }
    }
    dynamic.hash.map_or(Ok(0), |address| chain_count(file, address, reader))
}

/// The second word of `DT_HASH`, which is the number of symbols. Words have 32 bits, but 64 on Alpha and s390x
/// (glibc, `sysdeps/s390/s390-64/bits/elfclass.h`).
fn chain_count<Elf: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, Elf>,
    address: u64,
    reader: &mut Reader<'_, '_>,
) -> Result<u64, ObjectError> {
    let machine = file.header.e_machine(file.endian);
    if file.header.is_class_64() && matches!(machine, elf::EM_S390 | elf::EM_ALPHA) {
        let words: &[U64<Endianness>] = reader.array("hash table", address, 2)?;
        return Ok(words[1].get(file.endian));
    }
    let words: &[U32<Endianness>] = reader.array("hash table", address, 2)?;
    Ok(words[1].get(file.endian).into())
}
