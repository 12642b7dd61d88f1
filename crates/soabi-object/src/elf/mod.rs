//! ELF, read as the dynamic linker reads it.
//!
//! Program headers say what is mapped and where `PT_DYNAMIC` is; from there on everything is found by address.
//! Section headers are for linkers and debuggers: they may be missing or lie, and nothing here reads one.
//!
//! Sources: the System V gABI, chapter 5, and glibc's `elf/dl-load.c` and `elf/dl-lookup.c`.

mod dynamic;
mod relocations;
mod symbols;
mod versions;

use object::elf;
use object::read::elf::{FileHeader, ProgramHeader};
use object::{Endian as _, Endianness, ReadRef};

use crate::arch::Arch;
use crate::error::{At, ObjectError};
use crate::facts::{Endian, Format, Needed, ObjectFacts, ObjectKind, Strength};
use crate::image::{Image, Segment};
use crate::text::TextLimit;

use dynamic::Dynamic;
use symbols::Symbols;
use versions::Versions;

/// The facts of an ELF file.
pub(crate) fn facts(data: &[u8]) -> Result<ObjectFacts, ObjectError> {
    match data.get(4).copied() {
        Some(class) if elf::FileClass(class) == elf::ELFCLASS64 => {
            ElfFile::<elf::FileHeader64<Endianness>>::parse(data)?.facts()
        }
        Some(class) if elf::FileClass(class) == elf::ELFCLASS32 => {
            ElfFile::<elf::FileHeader32<Endianness>>::parse(data)?.facts()
        }
        class => Err(header_error("class", 4, format!("it is {class:?}, expected 1 (32-bit) or 2 (64-bit)"))),
    }
}

fn header_error(what: &'static str, offset: u64, problem: String) -> ObjectError {
    ObjectError::Malformed { format: Format::Elf, what, at: At::Offset(offset), problem }
}

/// An ELF file with its segments laid out.
struct ElfFile<'data, Elf: FileHeader> {
    header: &'data Elf,
    endian: Endianness,
    size: usize,
    image: Image<'data>,
    dynamic: Option<DynamicSegment>,
    has_interpreter: bool,
}

/// Where `PT_DYNAMIC` says that the dynamic section is.
struct DynamicSegment {
    address: u64,
    size: u64,
    file_size: u64,
}

impl<'data, Elf: FileHeader<Endian = Endianness>> ElfFile<'data, Elf> {
    fn parse(data: &'data [u8]) -> Result<Self, ObjectError> {
        let header = Elf::parse(data).map_err(|error| header_error("header", 0, error.to_string()))?;
        let endian = header.endian().map_err(|error| header_error("header", 5, error.to_string()))?;
        let mut file = Self {
            header,
            endian,
            size: data.len(),
            image: Image::new(Format::Elf, data, 0, Vec::new())?,
            dynamic: None,
            has_interpreter: false,
        };
        let mut segments = Vec::new();
        for program_header in file.program_headers(data)? {
            let address: u64 = program_header.p_vaddr(endian).into();
            let size: u64 = program_header.p_memsz(endian).into();
            let file_size: u64 = program_header.p_filesz(endian).into();
            match program_header.p_type(endian) {
                elf::PT_LOAD => segments.push(Segment {
                    address,
                    size,
                    file_offset: program_header.p_offset(endian).into(),
                    file_size,
                    executable: program_header.p_flags(endian).contains(elf::PF_X),
                }),
                elf::PT_DYNAMIC => file.dynamic = Some(DynamicSegment { address, size, file_size }),
                elf::PT_INTERP => file.has_interpreter = true,
                _ => {}
            }
        }
        let table: u64 = header.e_phoff(endian).into();
        file.image = Image::new(Format::Elf, data, table, segments)?;
        Ok(file)
    }

    /// The program headers. `e_phnum` counts them, also where a section header could claim a larger number: the
    /// kernel and the dynamic linker do not look there.
    fn program_headers(&self, data: &'data [u8]) -> Result<&'data [Elf::ProgramHeader], ObjectError> {
        let offset: u64 = self.header.e_phoff(self.endian).into();
        let count = usize::from(self.header.e_phnum(self.endian));
        let size = usize::from(self.header.e_phentsize(self.endian));
        let expected = size_of::<Elf::ProgramHeader>();
        if count != 0 && size != expected {
            return Err(header_error(
                "program headers",
                offset,
                format!("{size} bytes each, expected {expected}"),
            ));
        }
        data.read_slice_at(offset, count).map_err(|()| {
            header_error("program headers", offset, format!("{count} of them do not fit into the file"))
        })
    }

    fn facts(&self) -> Result<ObjectFacts, ObjectError> {
        let mut facts = self.header_facts()?;
        let Some(dynamic) = self.dynamic(facts.kind)? else {
            if facts.kind == ObjectKind::Library {
                facts.kind = ObjectKind::NotLoadable;
            }
            return Ok(facts);
        };
        if dynamic.pie || (self.has_interpreter && dynamic.soname.is_none()) {
            facts.kind = ObjectKind::Executable;
        }
        let mut text = TextLimit::for_file(self.size);
        facts.soname = dynamic.soname.map(|name| text.own(dynamic.string(self, name)?)).transpose()?;
        for &name in &dynamic.needed {
            let name = text.share(dynamic.string(self, name)?)?;
            facts.needed.push(Needed { name, strength: Strength::Required });
        }
        facts.rpath = self.split_path(&dynamic, dynamic.rpath, &mut text)?;
        facts.runpath = self.split_path(&dynamic, dynamic.runpath, &mut text)?;
        let versions = Versions::read(self, &dynamic, &mut text)?;
        facts.versions = versions.needs().cloned().collect();
        Symbols::read(self, &dynamic)?.fill(&mut facts, &dynamic, &versions, &mut text)?;
        Ok(facts)
    }

    /// The folders of a path, which are between its colons.
    fn split_path(
        &self,
        dynamic: &Dynamic<'data>,
        path: Option<u64>,
        text: &mut TextLimit,
    ) -> Result<Vec<String>, ObjectError> {
        let Some(path) = path else { return Ok(Vec::new()) };
        dynamic.string(self, path)?.split(|&byte| byte == b':').map(|folder| text.own(folder)).collect()
    }

    /// What the file header alone says.
    fn header_facts(&self) -> Result<ObjectFacts, ObjectError> {
        let kind = match self.header.e_type(self.endian) {
            elf::ET_DYN => ObjectKind::Library,
            elf::ET_EXEC => ObjectKind::Executable,
            elf::ET_REL => ObjectKind::NotLoadable,
            other => {
                return Err(header_error("type", 16, format!("it is {}, expected 1, 2 or 3", other.0)));
            }
        };
        let endian = if self.endian.is_big_endian() { Endian::Big } else { Endian::Little };
        let bits = if self.header.is_class_64() { 64 } else { 32 };
        let arch = arch(self.header.e_machine(self.endian), bits, endian);
        Ok(ObjectFacts::new(Format::Elf, kind, arch, bits, endian))
    }

    /// The dynamic section, or `None` for a file that is not for the dynamic linker: a relocatable object, a
    /// static program, separate debug information (whose segments have no bytes).
    fn dynamic(&self, kind: ObjectKind) -> Result<Option<Dynamic<'data>>, ObjectError> {
        match (&self.dynamic, kind) {
            (_, ObjectKind::NotLoadable) | (None, ObjectKind::Executable) => Ok(None),
            (Some(segment), _) if segment.file_size == 0 => Ok(None),
            (Some(segment), _) => Dynamic::read(self, segment).map(Some),
            (None, ObjectKind::Library) => {
                let problem = "a shared object has no PT_DYNAMIC, so that nothing can load it".to_owned();
                Err(header_error("program headers", self.header.e_phoff(self.endian).into(), problem))
            }
        }
    }
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
