//! PE, read as the Windows loader reads it: everything is found by its address relative to the image's base.
//!
//! Source: Microsoft's "PE Format". The COFF symbol table is for debuggers, and nothing here reads it.

use object::pe;
use object::pod::Pod;
use object::read::pe::{ImageNtHeaders, ImageOptionalHeader, ImageThunkData};
use object::{LittleEndian as LE, U16, U32};

use crate::arch::Arch;
use crate::error::{At, ObjectError};
use crate::facts::{
    Endian, Export, Format, Import, Needed, ObjectFacts, ObjectKind, OrdinalImport, Provider, Strength,
    SymbolKind, Uses,
};
use crate::image::{Image, Segment};
use crate::text::TextLimit;

/// The facts of a PE file.
pub(crate) fn facts(data: &[u8]) -> Result<ObjectFacts, ObjectError> {
    match object::read::pe::optional_header_magic(data) {
        Ok(pe::IMAGE_NT_OPTIONAL_HDR32_MAGIC) => read::<pe::ImageNtHeaders32>(data, 32),
        Ok(pe::IMAGE_NT_OPTIONAL_HDR64_MAGIC) => read::<pe::ImageNtHeaders64>(data, 64),
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

fn read<Pe: ImageNtHeaders>(data: &[u8], bits: u8) -> Result<ObjectFacts, ObjectError> {
    let dos = pe::ImageDosHeader::parse(data).map_err(|error| malformed(0, &error))?;
    let mut offset = dos.nt_headers_offset().into();
    let at = offset;
    let (headers, directories) = Pe::parse(data, &mut offset).map_err(|error| malformed(at, &error))?;
    let file_header = headers.file_header();
    let library = file_header.characteristics.get(LE).contains(pe::IMAGE_FILE_DLL);
    let kind = if library { ObjectKind::Library } else { ObjectKind::Executable };
    let arch = machine(file_header.machine.get(LE));
    let mut facts = ObjectFacts::new(Format::Pe, kind, arch, bits, Endian::Little);

    let optional = headers.optional_header();
    let mut segments = vec![Segment {
        address: 0,
        size: optional.size_of_headers().into(),
        file_offset: 0,
        file_size: optional.size_of_headers().into(),
        executable: false,
    }];
    let sections = headers.sections(data, offset).map_err(|error| malformed(offset, &error))?;
    segments.extend(sections.iter().map(segment));
    let image = Image::new(Format::Pe, data, offset, segments)?;
    let mut reader = Reader { image, base: optional.image_base(), text: TextLimit::for_file(data.len()) };
    let directory = |index| directories.get(index).map(pe::ImageDataDirectory::address_range);
    if let Some((address, _)) =
        directory(pe::IMAGE_DIRECTORY_ENTRY_IMPORT).filter(|&(address, _)| address != 0)
    {
        reader.imports::<Pe>(address, &mut facts)?;
    }
    if let Some((address, _)) =
        directory(pe::IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT).filter(|&(address, _)| address != 0)
    {
        reader.delayed_imports::<Pe>(address, &mut facts)?;
    }
    if let Some((address, size)) =
        directory(pe::IMAGE_DIRECTORY_ENTRY_EXPORT).filter(|&(address, _)| address != 0)
    {
        reader.exports(address, size, &mut facts)?;
    }
    Ok(facts)
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
fn segment(section: &pe::ImageSectionHeader) -> Segment {
    let file_size = section.size_of_raw_data.get(LE);
    Segment {
        address: section.virtual_address.get(LE).into(),
        size: section.virtual_size.get(LE).max(file_size).into(),
        file_offset: section.pointer_to_raw_data.get(LE).into(),
        file_size: file_size.into(),
        executable: section.characteristics.get(LE).contains(pe::IMAGE_SCN_MEM_EXECUTE),
    }
}

struct Reader<'data> {
    image: Image<'data>,
    /// Where the image wants to be loaded. Only delay imports of old linkers still count from zero.
    base: u64,
    text: TextLimit,
}

impl<'data> Reader<'data> {
    fn imports<Pe: ImageNtHeaders>(
        &mut self,
        mut at: u32,
        facts: &mut ObjectFacts,
    ) -> Result<(), ObjectError> {
        loop {
            let descriptor: &pe::ImageImportDescriptor = self.image.one("import descriptors", at.into())?;
            // The loader stops here as well; the documented end is a descriptor of zeros.
            if descriptor.name.get(LE) == 0 || descriptor.first_thunk.get(LE) == 0 {
                return Ok(());
            }
            let names = match descriptor.original_first_thunk.get(LE) {
                0 => descriptor.first_thunk.get(LE),
                names => names,
            };
            self.library::<Pe>(descriptor.name.get(LE).into(), names.into(), Strength::Required, facts)?;
            at = at.wrapping_add(length_of::<pe::ImageImportDescriptor>());
        }
    }

    fn delayed_imports<Pe: ImageNtHeaders>(
        &mut self,
        mut at: u32,
        facts: &mut ObjectFacts,
    ) -> Result<(), ObjectError> {
        loop {
            let descriptor: &pe::ImageDelayloadDescriptor =
                self.image.one("delay import descriptors", at.into())?;
            if descriptor.dll_name_rva.get(LE) == 0 {
                return Ok(());
            }
            let relative = descriptor.attributes.get(LE) & 1 != 0;
            let address = |value: u32| u64::from(value).wrapping_sub(if relative { 0 } else { self.base });
            let (name, names) =
                (address(descriptor.dll_name_rva.get(LE)), address(descriptor.import_name_table_rva.get(LE)));
            self.library::<Pe>(name, names, Strength::Delayed, facts)?;
            at = at.wrapping_add(length_of::<pe::ImageDelayloadDescriptor>());
        }
    }

    /// Adds a library and what is imported from it.
    fn library<Pe: ImageNtHeaders>(
        &mut self,
        name_at: u64,
        mut at: u64,
        strength: Strength,
        facts: &mut ObjectFacts,
    ) -> Result<(), ObjectError> {
        let library = self.text.share(self.image.string("import's library name", name_at)?)?;
        facts.needed.push(Needed { name: library.clone(), strength });
        loop {
            let thunk: &Pe::ImageThunkData = self.image.one("import names", at)?;
            if thunk.raw() == 0 {
                return Ok(());
            }
            if thunk.is_ordinal() {
                self.text.charge(0)?;
                facts.ordinals.push(OrdinalImport { library: library.clone(), ordinal: thunk.ordinal() });
            } else {
                // A hint of two bytes stands before the name.
                let name = self.image.string("import's name", u64::from(thunk.address()).wrapping_add(2))?;
                facts.imports.push(Import {
                    name: self.text.own(name)?,
                    weak: false,
                    from: Provider::Library(library.clone()),
                    version: None,
                    uses: Uses::default(),
                });
            }
            at = at.wrapping_add(length_of::<Pe::ImageThunkData>().into());
        }
    }

    /// Adds the exports that have names.
    fn exports(&mut self, at: u32, size: u32, facts: &mut ObjectFacts) -> Result<(), ObjectError> {
        let directory: &pe::ImageExportDirectory = self.image.one("export directory", at.into())?;
        if directory.name.get(LE) != 0 {
            let name = self.image.string("export directory's name", directory.name.get(LE).into())?;
            facts.soname = Some(self.text.own(name)?);
        }
        let count = directory.number_of_names.get(LE);
        if count == 0 {
            return Ok(());
        }
        let addresses: &[U32<LE>] = self.table(
            "export addresses",
            directory.address_of_functions.get(LE),
            directory.number_of_functions.get(LE),
        )?;
        let names: &[U32<LE>] = self.table("export names", directory.address_of_names.get(LE), count)?;
        let indices: &[U16<LE>] =
            self.table("export ordinals", directory.address_of_name_ordinals.get(LE), count)?;
        for (name, index) in names.iter().zip(indices) {
            let name = self.text.own(self.image.string("export's name", name.get(LE).into())?)?;
            let address = addresses.get(usize::from(index.get(LE))).map(|address| address.get(LE));
            let kind = match address {
                // An address within the export directory is not code: it is the name of another library's symbol.
                Some(address) if address.wrapping_sub(at) < size => SymbolKind::Unknown,
                Some(address) => match self.image.segment_at(address.into()) {
                    Some(segment) if segment.executable => SymbolKind::Function,
                    _ => SymbolKind::Data,
                },
                None => {
                    let problem = format!("`{name}` is number {} of {}", index.get(LE), addresses.len());
                    return Err(self.image.malformed(
                        "export addresses",
                        directory.address_of_functions.get(LE).into(),
                        problem,
                    ));
                }
            };
            facts.exports.push(Export {
                name,
                kind,
                weak: false,
                version: None,
                preemptible: false,
                uses: Uses::default(),
            });
        }
        Ok(())
    }

    fn table<T: Pod>(&self, what: &'static str, at: u32, count: u32) -> Result<&'data [T], ObjectError> {
        self.image.array(what, at.into(), count.into())
    }
}

/// The size of a `T`, which is a few bytes.
const fn length_of<T>() -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "the structures of PE are a few bytes long")]
    let length = size_of::<T>() as u32;
    length
}
