//! Mach-O, thin and universal, read as dyld reads it.
//!
//! Imports come from what dyld binds (chained fixups, else the bind opcodes, else undefined symbols), exports
//! from the trie (else the symbol table). The symbol table alone would not do: it may be stripped to nothing.
//!
//! Sources: dyld's `MachOFile.cpp` and `MachOLoaded.cpp`, Apple's `mach-o/loader.h` and `mach-o/fixup-chains.h`.

mod chained;
mod commands;
mod exports;
mod file;
mod imports;
mod opcodes;
mod relocations;
mod tables;
mod trie;

use object::macho;
use object::read::macho::{FatArch, MachHeader, MachOFatFile, Section as _};
use object::{Endian as _, Endianness, Object as _, ObjectSection as _, ReadRef};

use soabi_core::Arch;

use crate::budget::Budget;
use crate::error::{At, ObjectError};
use crate::facts::MachOFacts;
use crate::format::{Endian, Format, ObjectKind};
use crate::image::{Initializer, Map, Parts};
use crate::reader::Reader;

use file::{malformed, open};

pub(crate) use relocations::relocations;
pub(crate) use tables::Tables;

/// The parts of each slice of a universal file, in its order. The caller keeps `kept` bytes of each.
pub(crate) fn universal_parts<'data, Fat: FatArch>(
    data: &'data [u8],
    kept: usize,
    budget: &mut Budget,
) -> Result<Vec<Parts<'data>>, ObjectError> {
    let fat = MachOFatFile::<Fat>::parse(data).map_err(|error| malformed("universal header", 0, &error))?;
    if fat.arches().is_empty() {
        return Err(malformed("universal header", 4, &"it has no slices"));
    }
    let empty = Map::new(data, []);
    let slice = |arch: &Fat| {
        let (offset, size) = arch.file_range();
        let mut reader = Reader { format: Format::MachO, map: &empty, budget };
        reader.memory("slice", At::Offset(offset), kept as u64)?;
        let bytes = data.read_bytes_at(offset, size).map_err(|()| {
            let problem = format!("{size} bytes are needed, but the file has {}", data.len());
            ObjectError::Malformed { format: Format::MachO, what: "slice", at: At::Offset(offset), problem }
        })?;
        if bytes.starts_with(b"!<arch>\n") {
            let bits = if arch.cputype().0 & macho::CPU_ARCH_ABI64 == 0 { 32 } else { 64 };
            let arch = machine(arch.cputype());
            return Ok(Parts::header(Format::MachO, ObjectKind::NotLoadable, arch, bits, Endian::Little));
        }
        parts(bytes, reader.budget)
    };
    fat.arches().iter().map(slice).collect()
}

/// The parts of a thin file.
pub(crate) fn parts<'data>(data: &'data [u8], budget: &mut Budget) -> Result<Parts<'data>, ObjectError> {
    match data.first_chunk() {
        Some([0xfe, 0xed, 0xfa, 0xcf] | [0xcf, 0xfa, 0xed, 0xfe]) => {
            read::<macho::MachHeader64<Endianness>>(data, budget)
        }
        Some([0xfe, 0xed, 0xfa, 0xce] | [0xce, 0xfa, 0xed, 0xfe]) => {
            read::<macho::MachHeader32<Endianness>>(data, budget)
        }
        _ => Err(ObjectError::NotNative(data[..data.len().min(4)].to_vec())),
    }
}

fn read<'data, Mach: MachHeader<Endian = Endianness>>(
    data: &'data [u8],
    budget: &mut Budget,
) -> Result<Parts<'data>, ObjectError> {
    let map = Map::new(data, []);
    let mut reader = Reader { format: Format::MachO, map: &map, budget };
    let file = open::<Mach>(data, &mut reader)?;
    let header = file.macho_header();
    let endian = if file.endian().is_big_endian() { Endian::Big } else { Endian::Little };
    let bits = if header.is_type_64() { 64 } else { 32 };
    let file_type = header.filetype(file.endian());
    let kind = match file_type {
        macho::MH_DYLIB | macho::MH_BUNDLE | macho::MH_DYLIB_STUB => ObjectKind::Library,
        macho::MH_EXECUTE => ObjectKind::Executable,
        macho::MH_OBJECT | macho::MH_DSYM => ObjectKind::NotLoadable,
        other => return Err(malformed("file type", 12, &format!("{} is nothing that is loaded", other.0))),
    };
    let arch = machine(header.cputype(file.endian()));
    let mut parts = Parts::header(Format::MachO, kind, arch, bits, endian);
    if kind == ObjectKind::NotLoadable {
        return Ok(parts);
    }
    parts.details.macho = Some(MachOFacts {
        two_level: header.flags(file.endian()).contains(macho::MH_TWOLEVEL),
        bundle: file_type == macho::MH_BUNDLE,
        cpu_subtype: header.cpusubtype(file.endian()).0 & !CAPABILITIES,
        ..MachOFacts::default()
    });
    let segments = commands::read(&file, &mut parts.details, &mut reader)?;
    // The header is where the file's first byte is mapped.
    let header = segments.iter().find(|segment| segment.file_offset == 0 && segment.file_size > 0);
    parts.base = header.map_or(0, |segment| segment.address);
    parts.map = Map::new(data, segments);
    let mut reader = Reader { format: Format::MachO, map: &parts.map, budget: reader.budget };
    parts.symbols = exports::read(&file, parts.base, &mut reader)?;
    let bindings = imports::read(&file, &parts.details.needed, &parts.symbols, &mut reader)?;
    for own in bindings.looked_up {
        let export = &mut parts.symbols[own as usize];
        export.preemptible = true;
        export.uses.address = true;
    }
    parts.symbols.extend(bindings.imports);
    parts.tables = crate::image::Tables::MachO(Tables { chained: bindings.chained });
    Ok(parts)
}

/// The upper byte of the processor's subtype says which features the file uses (`CPU_SUBTYPE_MASK`).
const CAPABILITIES: u32 = 0xff00_0000;

/// `__mod_init_func` (pointers) and `__init_offsets` (offsets from the header).
pub(crate) fn initializers(
    parts: &Parts<'_>,
    reader: &mut Reader<'_, '_>,
) -> Result<Vec<Initializer>, ObjectError> {
    match parts.bits {
        64 => initializers_of::<macho::MachHeader64<Endianness>>(parts, reader),
        _ => initializers_of::<macho::MachHeader32<Endianness>>(parts, reader),
    }
}

fn initializers_of<Mach: MachHeader<Endian = Endianness>>(
    parts: &Parts<'_>,
    reader: &mut Reader<'_, '_>,
) -> Result<Vec<Initializer>, ObjectError> {
    const WHAT: &str = "initializers";
    let data = parts.map.data();
    let map = Map::new(data, []);
    let file = open::<Mach>(data, &mut Reader { format: Format::MachO, map: &map, budget: reader.budget })?;
    let mut found = Vec::new();
    for section in file.sections() {
        let kind = section.macho_section().flags(file.endian()).typ();
        let width = match kind {
            macho::S_MOD_INIT_FUNC_POINTERS => u64::from(parts.pointer_size()),
            macho::S_INIT_FUNC_OFFSETS => 4,
            _ => continue,
        };
        let (address, count) = (section.address(), section.size() / width);
        reader.steps(WHAT, At::Address(address), count)?;
        reader.memory(WHAT, At::Address(address), count.saturating_mul(size_of::<Initializer>() as u64))?;
        for index in 0..count {
            let place = address.wrapping_add(index * width);
            if kind == macho::S_MOD_INIT_FUNC_POINTERS {
                found.push(Initializer::Slot(place));
            } else if let Some(offset) = parts.u32_at(place) {
                found.push(Initializer::Function(parts.base.wrapping_add(offset.into())));
            }
        }
    }
    Ok(found)
}

fn machine(cpu: macho::CpuType) -> Arch {
    match cpu {
        macho::CPU_TYPE_X86_64 => Arch::X86_64,
        macho::CPU_TYPE_X86 => Arch::I686,
        macho::CPU_TYPE_ARM64 => Arch::Aarch64,
        macho::CPU_TYPE_ARM => Arch::Arm,
        macho::CPU_TYPE_POWERPC64 => Arch::Ppc64,
        other => Arch::Other(other.0),
    }
}
