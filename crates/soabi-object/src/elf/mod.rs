//! ELF, read as the dynamic linker reads it.
//!
//! Program headers say what is mapped and where `PT_DYNAMIC` is; from there on everything is found by address.
//! Section headers are for linkers and debuggers: they may be missing or lie, and nothing here reads one.
//!
//! Sources: the System V gABI, chapter 5, and glibc's `elf/dl-load.c` and `elf/dl-lookup.c`.

mod dynamic;
mod file;
mod headers;
mod kinds;
mod property;
mod range;
mod relocations;
mod relr;
mod symbols;
mod tables;
mod versions;

use object::elf;
use object::read::elf::FileHeader;
use object::{Endian as _, Endianness};

use soabi_core::Arch;

use crate::budget::Budget;
use crate::error::{At, ObjectError};
use crate::facts::{Details, ElfFacts, ElfType, Identification, Needed, Strength};
use crate::format::{Endian, Format, ObjectKind};
use crate::image::{Initializer, Map, Parts};
use crate::reader::{Reader, lossy};

use dynamic::Dynamic;
use file::{ElfFile, header_error};
use headers::Headers;
use versions::Versions;

pub(crate) use relocations::relocations;
pub(crate) use tables::Tables;

/// The parts of an ELF file.
pub(crate) fn parts<'data>(data: &'data [u8], budget: &mut Budget) -> Result<Parts<'data>, ObjectError> {
    match data.get(4).copied() {
        Some(class) if elf::FileClass(class) == elf::ELFCLASS64 => {
            read::<elf::FileHeader64<Endianness>>(data, budget)
        }
        Some(class) if elf::FileClass(class) == elf::ELFCLASS32 => {
            read::<elf::FileHeader32<Endianness>>(data, budget)
        }
        class => Err(header_error("class", 4, format!("it is {class:?}, expected 1 (32-bit) or 2 (64-bit)"))),
    }
}

fn read<'data, Elf: FileHeader<Endian = Endianness>>(
    data: &'data [u8],
    budget: &mut Budget,
) -> Result<Parts<'data>, ObjectError> {
    let header = Elf::parse(data).map_err(|error| header_error("header", 0, error.to_string()))?;
    let endian = header.endian().map_err(|error| header_error("header", 5, error.to_string()))?;
    let headers = Headers::read(header, endian, data, budget)?;
    let mut parts = file_header::<Elf>(header, endian)?;
    let mut facts = ElfFacts::new(match header.e_type(endian) {
        elf::ET_DYN => ElfType::Dynamic,
        elf::ET_EXEC => ElfType::Executable,
        _ => ElfType::Relocatable,
    });
    facts.identification = identification(header, endian);
    facts.abi = kinds::abi_flags(header.e_machine(endian), header.e_flags(endian).0);
    let map = Map::new(data, headers.mappings(data.len() as u64));
    let mut reader = Reader { format: Format::Elf, map: &map, budget };
    headers.describe(&mut reader, header, endian, &mut facts)?;
    if let Some(dynamic) = headers.dynamic(parts.kind, header.e_phoff(endian).into())? {
        let file = ElfFile::<Elf> { header, endian, marker: std::marker::PhantomData };
        let dynamic = Dynamic::read(&file, &mut reader, dynamic)?;
        if dynamic.pie || (facts.interpreter.is_some() && dynamic.soname.is_none()) {
            parts.kind = match facts.file_type {
                ElfType::Dynamic => ObjectKind::PieExecutable,
                ElfType::Executable | ElfType::Relocatable => ObjectKind::Executable,
            };
        }
        dynamic.describe(&mut facts);
        parts.details = details(&dynamic, &mut reader)?;
        let versions = Versions::read(endian, &dynamic, &mut reader)?;
        parts.symbols = symbols::read(&file, &dynamic, &versions, &mut reader)?;
        parts.details.versions = versions.needs;
        parts.tables = crate::image::Tables::Elf(Box::new(Tables {
            dynamic,
            machine: header.e_machine(endian),
            endian,
            mips64el: header.is_mips64el(endian),
            symbols: parts.symbols.len(),
        }));
    } else if parts.kind == ObjectKind::Library {
        parts.kind = ObjectKind::NotLoadable;
    }
    parts.details.elf = Some(facts);
    parts.map = map;
    Ok(parts)
}

/// The machine that the ELF file is for that starts with these bytes, as many as a header has; `None` for what is no
/// ELF file.
pub(crate) fn machine(start: &[u8]) -> Option<Arch> {
    fn of<Elf: FileHeader<Endian = Endianness>>(start: &[u8]) -> Option<Arch> {
        let header = Elf::parse(start).ok()?;
        Some(file_header::<Elf>(header, header.endian().ok()?).ok()?.arch)
    }
    of::<elf::FileHeader64<Endianness>>(start).or_else(|| of::<elf::FileHeader32<Endianness>>(start))
}

fn identification<Elf: FileHeader<Endian = Endianness>>(header: &Elf, endian: Endianness) -> Identification {
    let ident = header.e_ident();
    Identification {
        os_abi: ident.os_abi.0,
        abi_version: ident.abi_version,
        is_padded: ident.padding == [0; 7],
        version: header.e_version(endian),
    }
}

/// What the file header alone says.
fn file_header<'data, Elf: FileHeader<Endian = Endianness>>(
    header: &Elf,
    endian: Endianness,
) -> Result<Parts<'data>, ObjectError> {
    let kind = match header.e_type(endian) {
        elf::ET_DYN => ObjectKind::Library,
        elf::ET_EXEC => ObjectKind::Executable,
        elf::ET_REL => ObjectKind::NotLoadable,
        other => return Err(header_error("type", 16, format!("it is {}, expected 1, 2 or 3", other.0))),
    };
    let order = if endian.is_big_endian() { Endian::Big } else { Endian::Little };
    let bits = if header.is_class_64() { 64 } else { 32 };
    Ok(Parts::header(Format::Elf, kind, arch(header.e_machine(endian), bits, order), bits, order))
}

/// The names in the dynamic section.
fn details<'data>(dynamic: &Dynamic<'data>, reader: &mut Reader<'_, 'data>) -> Result<Details, ObjectError> {
    let mut details = Details {
        soname: dynamic.soname.map(|name| dynamic.kept(reader, name, size_of::<String>())).transpose()?,
        ..Details::default()
    };
    for &name in &dynamic.needed {
        let name = dynamic.kept(reader, name, size_of::<Needed>())?.into();
        details.needed.push(Needed { name, strength: Strength::Required });
    }
    details.rpath = split_path(dynamic, dynamic.rpath, reader)?;
    details.runpath = split_path(dynamic, dynamic.runpath, reader)?;
    Ok(details)
}

/// The folders of a path, which are between its colons.
fn split_path<'data>(
    dynamic: &Dynamic<'data>,
    path: Option<u64>,
    reader: &mut Reader<'_, 'data>,
) -> Result<Vec<String>, ObjectError> {
    let Some(path) = path else { return Ok(Vec::new()) };
    let mut folders = Vec::new();
    for folder in dynamic.string(reader, path)?.split(|&byte| byte == b':') {
        reader.keep("path", At::Address(dynamic.strings_at), folder.len(), size_of::<String>())?;
        folders.push(lossy(folder).into_owned());
    }
    Ok(folders)
}

/// `DT_INIT`, then `DT_INIT_ARRAY`.
pub(crate) fn initializers(
    parts: &Parts<'_>,
    tables: &Tables<'_>,
    reader: &mut Reader<'_, '_>,
) -> Result<Vec<Initializer>, ObjectError> {
    const WHAT: &str = "init array";
    let (at, size) = tables.dynamic.init_array;
    let width = u64::from(parts.pointer_size());
    // The array may be in memory only, so it is not read as bytes of the file.
    let count = size / width;
    reader.steps(WHAT, At::Address(at), count)?;
    reader.memory(WHAT, At::Address(at), count.saturating_mul(size_of::<Initializer>() as u64))?;
    let slots = (0..count).map(|index| Initializer::Slot(at.wrapping_add(index * width)));
    Ok(tables.dynamic.init.map(Initializer::Function).into_iter().chain(slots).collect())
}

fn arch(machine: elf::Machine, bits: u8, endian: Endian) -> Arch {
    match (machine, bits, endian) {
        (elf::EM_X86_64, 64, _) => Arch::X86_64,
        (elf::EM_386, 32, _) => Arch::I686,
        (elf::EM_AARCH64, 64, Endian::Little) => Arch::Aarch64,
        (elf::EM_ARM, 32, Endian::Little) => Arch::Arm,
        (elf::EM_PPC64, 64, Endian::Little) => Arch::Ppc64le,
        (elf::EM_PPC64, 64, Endian::Big) => Arch::Ppc64,
        (elf::EM_S390, 64, Endian::Big) => Arch::S390x,
        (elf::EM_RISCV, 64, _) => Arch::Riscv64,
        (elf::EM_LOONGARCH, 64, _) => Arch::Loongarch64,
        (other, _, _) => Arch::Other(other.0.into()),
    }
}
