//! Program headers: what the loader maps, and the flags that it obeys.

use object::elf;
use object::read::elf::{FileHeader, ProgramHeader};
use object::{Endianness, ReadRef};

use crate::budget::Budget;
use crate::error::{At, ObjectError};
use crate::facts::{ElfFacts, LoadSegment, ThreadLocalBlock};
use crate::format::{Format, ObjectKind};
use crate::image::{Map, Segment};
use crate::reader::{Reader, lossy};

use super::file::header_error;
use super::property;
use super::range::Range;

/// Pages have at least this size on every Linux. With larger pages more of the file is visible behind a segment.
const PAGE: u64 = 0x1000;

/// The program headers that matter to a loader.
#[derive(Debug, Default)]
pub(super) struct Headers {
    loads: Vec<LoadSegment>,
    dynamic: Option<Range>,
    interpreter: Option<Range>,
    property: Option<Range>,
    notes: Vec<Range>,
    thread_local: Option<ThreadLocalBlock>,
    executable_stack: Option<bool>,
}

impl Headers {
    /// `e_phnum` counts the headers, also where a section header could claim a larger number: the kernel and the
    /// dynamic linker do not look there.
    pub(super) fn read<Elf: FileHeader<Endian = Endianness>>(
        header: &Elf,
        endian: Endianness,
        data: &[u8],
        budget: &mut Budget,
    ) -> Result<Self, ObjectError> {
        const WHAT: &str = "program headers";
        let offset: u64 = header.e_phoff(endian).into();
        let count = usize::from(header.e_phnum(endian));
        let size = usize::from(header.e_phentsize(endian));
        let expected = size_of::<Elf::ProgramHeader>();
        if count != 0 && size != expected {
            return Err(header_error(WHAT, offset, format!("{size} bytes each, expected {expected}")));
        }
        let map = Map::new(data, []);
        let mut reader = Reader { format: Format::Elf, map: &map, budget };
        reader.steps(WHAT, At::Offset(offset), count as u64)?;
        let table: &[Elf::ProgramHeader] = data
            .read_slice_at(offset, count)
            .map_err(|()| header_error(WHAT, offset, format!("{count} of them do not fit into the file")))?;
        let mut headers = Self::default();
        for entry in table {
            headers.add(entry, endian);
        }
        let kept = size_of_val(headers.loads.as_slice()) + size_of_val(headers.notes.as_slice());
        reader.memory(WHAT, At::Offset(offset), kept as u64)?;
        Ok(headers)
    }

    fn add<Header: ProgramHeader<Endian = Endianness>>(&mut self, header: &Header, endian: Endianness) {
        let flags = header.p_flags(endian);
        let range = Range {
            address: header.p_vaddr(endian).into(),
            offset: header.p_offset(endian).into(),
            size: header.p_memsz(endian).into(),
            file_size: header.p_filesz(endian).into(),
            alignment: header.p_align(endian).into(),
        };
        match header.p_type(endian) {
            elf::PT_LOAD => self.loads.push(LoadSegment {
                offset: range.offset,
                address: range.address,
                file_size: range.file_size,
                memory_size: range.size,
                alignment: range.alignment,
                readable: flags.contains(elf::PF_R),
                writable: flags.contains(elf::PF_W),
                executable: flags.contains(elf::PF_X),
            }),
            elf::PT_DYNAMIC => self.dynamic = Some(range),
            elf::PT_INTERP => self.interpreter = Some(range),
            elf::PT_GNU_PROPERTY => self.property = Some(range),
            elf::PT_NOTE => self.notes.push(range),
            elf::PT_TLS => {
                self.thread_local = Some(ThreadLocalBlock { size: range.size, alignment: range.alignment });
            }
            elf::PT_GNU_STACK => self.executable_stack = Some(flags.contains(elf::PF_X)),
            _ => {}
        }
    }

    /// What is mapped, in order. Whole pages are mapped, so that what the file has behind a segment is visible up
    /// to the end of its last page, unless another segment lies there or the segment ends in zeros (glibc,
    /// `_dl_map_segments`, clears the rest of the page then). Programs that patchelf has edited depend on it.
    pub(super) fn mappings(&self, size: u64) -> impl Iterator<Item = Segment> {
        let tails = self.loads.iter().filter_map(move |load| tail(load, size));
        tails.chain(self.loads.iter().map(segment))
    }

    /// Adds to `facts` what the headers say.
    pub(super) fn describe<Elf: FileHeader<Endian = Endianness>>(
        &self,
        reader: &mut Reader<'_, '_>,
        header: &Elf,
        endian: Endianness,
        facts: &mut ElfFacts,
    ) -> Result<(), ObjectError> {
        facts.executable_stack = self.executable_stack;
        facts.thread_local = self.thread_local;
        facts.interpreter = self.interpreter.map(|range| interpreter(reader, range)).transpose()?;
        let table = header.e_phoff(endian).into();
        reader.memory("program headers", At::Offset(table), size_of_val(self.loads.as_slice()) as u64)?;
        facts.loads.clone_from(&self.loads);
        let notes = self.property.as_ref().map_or(self.notes.as_slice(), std::slice::from_ref);
        facts.isa = property::read::<Elf>(reader, header.e_machine(endian), endian, notes)?;
        Ok(())
    }

    /// Where the dynamic section is, or `None` for a file that is not for the dynamic linker: a relocatable
    /// object, a static program, separate debug information (whose segments have no bytes).
    pub(super) fn dynamic(&self, kind: ObjectKind, table: u64) -> Result<Option<Range>, ObjectError> {
        match (self.dynamic, kind) {
            (_, ObjectKind::NotLoadable) | (None, ObjectKind::Executable | ObjectKind::PieExecutable) => {
                Ok(None)
            }
            (Some(range), _) => Ok(Some(range).filter(|range| range.file_size != 0)),
            (None, ObjectKind::Library) => {
                let problem = "a shared object has no PT_DYNAMIC, so that nothing can load it".to_owned();
                Err(header_error("program headers", table, problem))
            }
        }
    }
}

fn segment(load: &LoadSegment) -> Segment {
    Segment {
        address: load.address,
        size: load.memory_size,
        file_offset: load.offset,
        file_size: load.file_size,
        readable: load.readable,
        writable: load.writable,
        executable: load.executable,
    }
}

/// The rest of the last page of a segment, in a file of `size` bytes.
fn tail(load: &LoadSegment, size: u64) -> Option<Segment> {
    if load.memory_size > load.file_size || !load.is_congruent(PAGE) {
        return None;
    }
    let address = load.address.checked_add(load.memory_size)?;
    let file_offset = load.offset.checked_add(load.memory_size)?;
    let rest = address.checked_next_multiple_of(PAGE)? - address;
    let file_size = size.saturating_sub(file_offset).min(rest);
    // Behind the end of the file the last page is zeros.
    (file_size > 0).then(|| Segment { address, size: rest, file_offset, file_size, ..segment(load) })
}

/// `PT_INTERP`. The kernel takes it from the file. A program whose interpreter is no text does not start.
fn interpreter(reader: &mut Reader<'_, '_>, range: Range) -> Result<String, ObjectError> {
    const WHAT: &str = "interpreter";
    let bytes = reader.map.data().read_bytes_at(range.offset, range.file_size).unwrap_or_default();
    let text = reader.text(WHAT, At::Offset(range.offset), bytes)?.unwrap_or_default();
    reader.keep(WHAT, At::Offset(range.offset), text.len(), 0)?;
    Ok(lossy(text).into_owned())
}
