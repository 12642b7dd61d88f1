//! Dynamic symbols: imports and exports, apart.

use object::Endianness;
use object::elf;
use object::endian::{U32, U64};
use object::read::elf::{FileHeader, GnuHashTable, Sym};

use crate::error::ObjectError;
use crate::facts::{Export, Import, ObjectFacts, Provider, SymbolKind, Uses};
use crate::text::TextLimit;

use super::ElfFile;
use super::dynamic::Dynamic;
use super::relocations;
use super::versions::{Version, Versions};

/// The dynamic symbol table and how the file's own relocations use each symbol.
pub(super) struct Symbols<'file, 'data, Elf: FileHeader> {
    file: &'file ElfFile<'data, Elf>,
    table: &'data [Elf::Sym],
    uses: Vec<Uses>,
}

impl<'file, 'data, Elf: FileHeader<Endian = Endianness>> Symbols<'file, 'data, Elf> {
    /// The table has no length of its own. The dynamic linker comes to a symbol through a hash table or through a
    /// relocation, so the last symbol is the last that one of these knows. The hash table alone is not enough:
    /// GNU ld writes an empty one, which counts nothing, into a file that exports nothing.
    pub(super) fn read(
        file: &'file ElfFile<'data, Elf>,
        dynamic: &Dynamic<'data>,
    ) -> Result<Self, ObjectError> {
        const WHAT: &str = "symbol table";
        let available =
            file.image.bytes_from(dynamic.symbols).unwrap_or_default().len() / size_of::<Elf::Sym>();
        let too_many = |count: u64| {
            let problem = format!("symbol {count} is asked for and the file has room for {available}");
            file.image.malformed(WHAT, dynamic.symbols, problem)
        };
        let hashed = hashed_symbols(file, dynamic)?;
        let hashed = usize::try_from(hashed)
            .ok()
            .filter(|&count| count <= available)
            .ok_or_else(|| too_many(hashed))?;
        let mut uses = vec![Uses::default(); hashed];
        relocations::for_each_symbol(file, dynamic, |symbol, using| {
            let index = symbol as usize;
            if index >= available {
                return Err(too_many(symbol.into()));
            }
            if index >= uses.len() {
                uses.resize(index + 1, Uses::default());
            }
            uses[index].call |= using.call;
            uses[index].address |= using.address;
            Ok(())
        })?;
        let table = file.image.array(WHAT, dynamic.symbols, uses.len() as u64)?;
        Ok(Self { file, table, uses })
    }

    /// Adds the imports and the exports to `facts`.
    pub(super) fn fill(
        &self,
        facts: &mut ObjectFacts,
        dynamic: &Dynamic<'data>,
        versions: &Versions<'data>,
        text: &mut TextLimit,
    ) -> Result<(), ObjectError> {
        let endian = self.file.endian;
        for (index, symbol) in self.table.iter().enumerate().skip(1) {
            let bind = symbol.st_bind();
            let undefined = symbol.st_shndx(endian) == elf::SHN_UNDEF;
            let not_a_name = matches!(symbol.st_type(), elf::STT_SECTION | elf::STT_FILE);
            if bind == elf::STB_LOCAL || not_a_name || !(undefined || is_visible(symbol)) {
                continue;
            }
            let name = text.own(dynamic.string(self.file, symbol.st_name(endian).into())?)?;
            if name.is_empty() {
                continue;
            }
            let (weak, uses) = (bind == elf::STB_WEAK, self.uses[index]);
            let version = versions.of(index);
            if undefined {
                let version = if let Version::Need(need) = version { Some(need.clone()) } else { None };
                facts.imports.push(Import { name, weak, from: Provider::Anywhere, version, uses });
            } else {
                let version = if let Version::Definition(name) = version { Some(name.clone()) } else { None };
                let preemptible = !dynamic.symbolic && symbol.st_visibility() == elf::STV_DEFAULT;
                facts.exports.push(Export { name, kind: kind(symbol), weak, version, preemptible, uses });
            }
        }
        Ok(())
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
) -> Result<u64, ObjectError> {
    if let Some(address) = dynamic.gnu_hash {
        let bytes = file.image.bytes_from(address).unwrap_or_default();
        let table = GnuHashTable::<Elf>::parse(file.endian, bytes)
            .map_err(|error| file.image.malformed("GNU hash table", address, error.to_string()))?;
        if let Some(count) = table.symbol_table_length(file.endian) {
            return Ok(count.into());
        }
    }
    dynamic.hash.map_or(Ok(0), |address| chain_count(file, address))
}

/// The second word of `DT_HASH`, which is the number of symbols. Words have 32 bits, but 64 on Alpha and s390x
/// (glibc, `sysdeps/s390/s390-64/bits/elfclass.h`).
fn chain_count<Elf: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, Elf>,
    address: u64,
) -> Result<u64, ObjectError> {
    let machine = file.header.e_machine(file.endian);
    if file.header.is_class_64() && matches!(machine, elf::EM_S390 | elf::EM_ALPHA) {
        let words: &[U64<Endianness>] = file.image.array("hash table", address, 2)?;
        return Ok(words[1].get(file.endian));
    }
    let words: &[U32<Endianness>] = file.image.array("hash table", address, 2)?;
    Ok(words[1].get(file.endian).into())
}
