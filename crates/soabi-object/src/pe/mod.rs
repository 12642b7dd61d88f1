//! PE, read as the Windows loader reads it: everything is found by its address relative to the image's base.
//!
//! Source: Microsoft's "PE Format". The COFF symbol table is for debuggers, and nothing here reads it.

mod exports;
mod imports;
mod relocations;
mod tables;

use object::LittleEndian as LE;
use object::pe;
use object::read::pe::{ImageNtHeaders, ImageOptionalHeader};

use soabi_core::Arch;

use crate::budget::Budget;
use crate::error::{At, ObjectError};
use crate::facts::PeFacts;
use crate::format::{Endian, Format, ObjectKind};
use crate::image::{Map, Parts, Segment};
use crate::reader::Reader;

pub(crate) use relocations::{initializers, relocations};
pub(crate) use tables::Tables;

/// The parts of a PE file.
pub(crate) fn parts<'data>(data: &'data [u8], budget: &mut Budget) -> Result<Parts<'data>, ObjectError> {
    match object::read::pe::optional_header_magic(data) {
        Ok(pe::IMAGE_NT_OPTIONAL_HDR32_MAGIC) => read::<pe::ImageNtHeaders32>(data, 32, budget),
        Ok(pe::IMAGE_NT_OPTIONAL_HDR64_MAGIC) => read::<pe::ImageNtHeaders64>(data, 64, budget),
        Ok(other) => Err(malformed(24, &format!("its magic is {other:#x}, expected 0x10b or 0x20b"))),
        Err(error) => Err(malformed(0, &error)),
    }
}

fn malformed(offset: u64, problem: &dyn ToString) -> ObjectError {
    ObjectError::Malformed {
        format: Format::Pe,
        what: "headers",
        at: At::Offset(offset),
        problem: problem.to_string(),
    }
}

fn read<'data, Pe: ImageNtHeaders>(
    data: &'data [u8],
    bits: u8,
    budget: &mut Budget,
) -> Result<Parts<'data>, ObjectError> {
    let dos = pe::ImageDosHeader::parse(data).map_err(|error| malformed(0, &error))?;
    let mut offset = dos.nt_headers_offset().into();
    let at = offset;
    let (headers, directories) = Pe::parse(data, &mut offset).map_err(|error| malformed(at, &error))?;
    let file_header = headers.file_header();
    let library = file_header.characteristics.get(LE).contains(pe::IMAGE_FILE_DLL);
    let kind = if library { ObjectKind::Library } else { ObjectKind::Executable };
    let arch = machine(file_header.machine.get(LE));
    let mut parts = Parts::header(Format::Pe, kind, arch, bits, Endian::Little);

    let optional = headers.optional_header();
    let base = optional.image_base();
    // Addresses in the image have 32 bits.
    if base.checked_add(u32::MAX.into()).is_none() {
        return Err(malformed(
            at,
            &format!("its image base is {base:#x}, and no address space is that large"),
        ));
    }
    let sections = headers.sections(data, offset).map_err(|error| malformed(offset, &error))?;
    let first = Segment {
        address: base,
        size: optional.size_of_headers().into(),
        file_offset: 0,
        file_size: optional.size_of_headers().into(),
        readable: true,
        writable: false,
        executable: false,
    };
    let map =
        Map::new(data, std::iter::once(first).chain(sections.iter().map(|header| segment(header, base))));
    let mut reader = Reader { format: Format::Pe, map: &map, budget };
    reader.steps("section headers", At::Offset(offset), sections.len() as u64)?;
    let directory = |index| {
        let range = directories.get(index).map(pe::ImageDataDirectory::address_range);
        range.filter(|&(address, _)| address != 0).map(|(address, size)| (base + u64::from(address), size))
    };
    let base_relocations = directory(pe::IMAGE_DIRECTORY_ENTRY_BASERELOC);
    let mut tables = Tables {
        base_relocations: base_relocations.map_or((0, 0), |(address, size)| (address, size.into())),
        thread_local: directory(pe::IMAGE_DIRECTORY_ENTRY_TLS).map(|(address, _)| address),
        slots: Vec::new(),
    };
    let mut imports = imports::Imports {
        base,
        reader: &mut reader,
        symbols: &mut parts.symbols,
        details: &mut parts.details,
        slots: &mut tables.slots,
    };
    if let Some((address, _)) = directory(pe::IMAGE_DIRECTORY_ENTRY_IMPORT) {
        imports.required::<Pe>(address)?;
    }
    if let Some((address, _)) = directory(pe::IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT) {
        imports.delayed::<Pe>(address)?;
    }
    if let Some(range) = directory(pe::IMAGE_DIRECTORY_ENTRY_EXPORT) {
        parts.details.soname = exports::read(base, range, &mut parts.symbols, &mut reader)?;
    }
    parts.details.pe = Some(PeFacts {
        machine: file_header.machine.get(LE).0,
        subsystem: optional.subsystem().0,
        subsystem_version: (optional.major_subsystem_version(), optional.minor_subsystem_version()),
        dll_characteristics: optional.dll_characteristics().0,
        image_base: base,
        relocatable: base_relocations.is_some_and(|(_, size)| size > 0),
    });
    parts.base = base;
    parts.map = map;
    parts.tables = crate::image::Tables::Pe(tables);
    Ok(parts)
}

fn machine(machine: pe::Machine) -> Arch {
    match machine {
        pe::IMAGE_FILE_MACHINE_AMD64 => Arch::X86_64,
        pe::IMAGE_FILE_MACHINE_I386 => Arch::I686,
        pe::IMAGE_FILE_MACHINE_ARM64 => Arch::Aarch64,
        pe::IMAGE_FILE_MACHINE_ARMNT => Arch::Arm,
        other => Arch::Other(other.0.into()),
    }
}

/// Whole pages are mapped, so what a section has in the file is there also beyond its virtual size.
fn segment(section: &pe::ImageSectionHeader, base: u64) -> Segment {
    let file_size = section.size_of_raw_data.get(LE);
    let flags = section.characteristics.get(LE);
    Segment {
        address: base + u64::from(section.virtual_address.get(LE)),
        size: section.virtual_size.get(LE).max(file_size).into(),
        file_offset: section.pointer_to_raw_data.get(LE).into(),
        file_size: file_size.into(),
        readable: flags.contains(pe::IMAGE_SCN_MEM_READ),
        writable: flags.contains(pe::IMAGE_SCN_MEM_WRITE),
        executable: flags.contains(pe::IMAGE_SCN_MEM_EXECUTE),
    }
}
