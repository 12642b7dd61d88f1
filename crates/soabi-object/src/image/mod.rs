//! A native file as the loader lays it out in memory: segments, symbols and relocations.
//!
//! Every format maps parts of the file to addresses, and everything that a loader needs it finds by address. An
//! [`Image`] answers what is at an address before relocation, what the loader writes there, and which names the
//! file defines and expects. All addresses are virtual addresses as linked: `p_vaddr` in ELF, `vmaddr` in Mach-O,
//! the image base plus the relative address in PE.
//!
//! It does not know what is at an address, and it reads no section header and no other table that is for linkers
//! and debuggers only.

mod parts;
mod segment;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use object::macho::{FatArch32, FatArch64};

pub(crate) use parts::{Initializer, Parts, Tables};
pub(crate) use segment::Map;
pub use segment::Segment;

use soabi_core::Arch;

use crate::budget::Budget;
use crate::error::ObjectError;
use crate::facts::{Details, ObjectFacts};
use crate::format::{Endian, Format, ObjectKind};
use crate::magic::{Magic, magic, not_native};
use crate::reader::Reader;
use crate::relocation::{Pointer, Relocation};
use crate::symbol::Symbol;
use crate::{elf, macho, pe, wasm};

/// A native file, or one slice of a universal file. It borrows the file's bytes.
///
/// Symbols are read when the image is made. Relocations are read at the first call of [`Image::relocations`]; both are charged
/// to the [`Budget`] of the file.
#[derive(Debug)]
pub struct Image<'data> {
    parts: Parts<'data>,
    /// All slices of a universal file share it.
    budget: Arc<Mutex<Budget>>,
    relocations: OnceLock<Result<Vec<Relocation>, ObjectError>>,
    initializers: OnceLock<Result<Vec<Initializer>, ObjectError>>,
    /// Indices of exported symbols, sorted by name, then by index.
    by_name: OnceLock<Vec<u32>>,
}

impl<'data> Image<'data> {
    /// The images of a native file: one, or one per slice of a universal Mach-O file in the file's order.
    ///
    /// # Errors
    ///
    /// When the bytes are of no native format, when a table that the loader needs is not as the format asks, or
    /// when reading it would cost more than the [`Budget`] of a file of this size.
    pub fn parse(data: &'data [u8]) -> Result<Vec<Self>, ObjectError> {
        let mut budget = Budget::for_size(data.len() as u64);
        let parts = parts(data, &mut budget)?;
        let budget = Arc::new(Mutex::new(budget));
        let image = |parts| Self {
            parts,
            budget: Arc::clone(&budget),
            relocations: OnceLock::new(),
            initializers: OnceLock::new(),
            by_name: OnceLock::new(),
        };
        Ok(parts.into_iter().map(image).collect())
    }

    /// The file format.
    pub const fn format(&self) -> Format {
        self.parts.format
    }

    /// What the file is for.
    pub const fn kind(&self) -> ObjectKind {
        self.parts.kind
    }

    /// The machine.
    pub const fn arch(&self) -> Arch {
        self.parts.arch
    }

    /// The width of a pointer: 32 or 64.
    pub const fn bits(&self) -> u8 {
        self.parts.bits
    }

    /// The width of a pointer in bytes: 4 or 8.
    pub const fn pointer_size(&self) -> u8 {
        self.parts.pointer_size()
    }

    /// The byte order.
    pub const fn endian(&self) -> Endian {
        self.parts.endian
    }

    /// The preferred load address: the image base of PE, the address of the header in Mach-O, 0 in ELF.
    pub const fn base(&self) -> u64 {
        self.parts.base
    }

    /// All bytes of the file or slice. Empty for a slice that is a static library.
    pub const fn data(&self) -> &'data [u8] {
        self.parts.map.data()
    }

    /// What the file says beside its symbols.
    pub(crate) const fn details(&self) -> &Details {
        &self.parts.details
    }

    /// What may still be spent on the file, all its slices together.
    pub fn budget(&self) -> Budget {
        *self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mapped ranges, sorted by address. Where the file maps two ranges over each other, the later one wins.
    /// An ELF segment reaches to the end of its last page where the file has bytes for it, as loaders map it.
    pub fn segments(&self) -> &[Segment] {
        self.parts.map.segments()
    }

    /// The segment at `address`.
    pub fn segment_at(&self, address: u64) -> Option<&Segment> {
        self.parts.map.segment_at(address)
    }

    /// The bytes of the file from `address` to the end of its segment. `None` outside of all segments, in the
    /// zeros at the end of one, and beyond the end of a truncated file.
    pub fn bytes_from(&self, address: u64) -> Option<&'data [u8]> {
        self.parts.map.bytes_from(address)
    }

    /// Fills `out` with the memory at `address` before relocation, zeros included. False, with `out` partly
    /// written, where any byte is not mapped.
    pub fn read(&self, address: u64, out: &mut [u8]) -> bool {
        self.parts.map.read(address, out)
    }

    /// The byte at `address` before relocation.
    pub fn u8_at(&self, address: u64) -> Option<u8> {
        self.parts.number(address).map(|[byte]| byte)
    }

    /// The 16-bit number at `address` before relocation, in the file's byte order.
    pub fn u16_at(&self, address: u64) -> Option<u16> {
        let bytes = self.parts.number(address)?;
        Some(match self.endian() {
            Endian::Little => u16::from_le_bytes(bytes),
            Endian::Big => u16::from_be_bytes(bytes),
        })
    }

    /// The 32-bit number at `address` before relocation, in the file's byte order.
    pub fn u32_at(&self, address: u64) -> Option<u32> {
        self.parts.u32_at(address)
    }

    /// The 64-bit number at `address` before relocation, in the file's byte order.
    pub fn u64_at(&self, address: u64) -> Option<u64> {
        self.parts.u64_at(address)
    }

    /// The pointer-sized number at `address` before relocation.
    pub fn word_at(&self, address: u64) -> Option<u64> {
        self.parts.word_at(address)
    }

    /// The symbols that the dynamic linker knows. ELF: the dynamic symbol table with its first, empty entry, so
    /// that indices are the file's own. Mach-O: exports, then imports. PE: imports, then exports.
    pub fn symbols(&self) -> &[Symbol<'data>] {
        &self.parts.symbols
    }

    /// The symbol with this index.
    pub fn symbol(&self, index: u32) -> Option<&Symbol<'data>> {
        self.parts.symbols.get(index as usize)
    }

    /// The address of the first exported symbol of this name that has one.
    pub fn export(&self, name: &str) -> Option<u64> {
        let symbols = self.symbols();
        let symbol = |index: u32| &symbols[index as usize];
        let by_name = self.by_name.get_or_init(|| {
            let mut indices: Vec<u32> =
                (0..).zip(symbols).filter(|(_, symbol)| symbol.exported).map(|(index, _)| index).collect();
            indices.sort_by_key(|&index| &symbol(index).name);
            indices
        });
        let start = by_name.partition_point(|&index| *symbol(index).name < *name);
        by_name[start..]
            .iter()
            .map(|&index| symbol(index))
            .take_while(|symbol| symbol.name == name)
            .find_map(|symbol| symbol.address)
    }

    /// The relocations, sorted by place. They are read at the first call.
    ///
    /// # Errors
    ///
    /// When a table of relocations is not as the format asks, or costs more than the file's budget has left.
    pub fn relocations(&self) -> Result<&[Relocation], ObjectError> {
        let relocations = self.relocations.get_or_init(|| {
            let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
            let mut relocations = match &self.parts.tables {
                Tables::None => Vec::new(),
                Tables::Elf(tables) => elf::relocations(&self.parts, tables, &mut budget)?,
                Tables::MachO(tables) => macho::relocations(&self.parts, tables, &mut budget)?,
                Tables::Pe(tables) => pe::relocations(&self.parts, tables, &mut budget)?,
            };
            relocations.sort_by_key(|relocation| relocation.place);
            Ok(relocations)
        });
        relocations.as_deref().map_err(ObjectError::clone)
    }

    /// The relocation at exactly this place; the last one where there are several.
    pub fn relocation_at(&self, place: u64) -> Result<Option<&Relocation>, ObjectError> {
        let relocations = self.relocations()?;
        let behind = relocations.partition_point(|relocation| relocation.place <= place);
        Ok(relocations[..behind].last().filter(|relocation| relocation.place == place))
    }

    /// What a pointer at `place` holds after relocation. `None` where nothing is mapped.
    pub fn pointer_at(&self, place: u64) -> Result<Option<Pointer>, ObjectError> {
        let Some(relocation) = self.relocation_at(place)? else {
            return Ok(self.word_at(place).map(Pointer::Value));
        };
        Ok(Some(relocation.pointer()))
    }

    /// The functions that the loader calls before the file is used, in the order of their calls: ELF `DT_INIT` and
    /// `DT_INIT_ARRAY`, Mach-O `__mod_init_func` and `__init_offsets`, the TLS callbacks of PE. Functions that
    /// other files define are left out.
    pub fn init_array(&self) -> Result<Vec<u64>, ObjectError> {
        let initializers = self.initializers.get_or_init(|| {
            let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
            let mut reader = Reader { format: self.format(), map: &self.parts.map, budget: &mut budget };
            match &self.parts.tables {
                Tables::None => Ok(Vec::new()),
                Tables::Elf(tables) => elf::initializers(&self.parts, tables, &mut reader),
                Tables::MachO(_) => macho::initializers(&self.parts, &mut reader),
                Tables::Pe(tables) => pe::initializers(&self.parts, tables, &mut reader),
            }
        });
        let mut functions = Vec::new();
        for initializer in initializers.as_ref().map_err(ObjectError::clone)? {
            let function = match *initializer {
                Initializer::Function(address) => Some(address),
                Initializer::Slot(place) => match self.pointer_at(place)? {
                    // 0 and -1 stand for no function in `.init_array`.
                    Some(Pointer::Address(address) | Pointer::Value(address)) => (address != 0
                        && address != u64::MAX >> (64 - u32::from(self.bits())))
                    .then_some(address),
                    Some(Pointer::Symbol { symbol, addend }) => self
                        .symbol(symbol)
                        .and_then(|symbol| symbol.address)
                        .map(|address| address.wrapping_add_signed(addend)),
                    Some(Pointer::Unresolved(_)) | None => None,
                },
            };
            functions.extend(function);
        }
        Ok(functions)
    }
}

/// What is kept of each slice of a universal file, in bytes, besides what its tables hold.
const KEPT: usize = size_of::<Parts<'_>>() + size_of::<Image<'_>>() + size_of::<ObjectFacts>();

/// The parts of each image in a file.
fn parts<'data>(bytes: &'data [u8], budget: &mut Budget) -> Result<Vec<Parts<'data>>, ObjectError> {
    match magic(bytes, bytes.len() as u64) {
        Some(Magic::Elf) => elf::parts(bytes, budget).map(|parts| vec![parts]),
        Some(Magic::MachO) => macho::parts(bytes, budget).map(|parts| vec![parts]),
        Some(Magic::Universal32) => macho::universal_parts::<FatArch32>(bytes, KEPT, budget),
        Some(Magic::Universal64) => macho::universal_parts::<FatArch64>(bytes, KEPT, budget),
        Some(Magic::Pe) => pe::parts(bytes, budget).map(|parts| vec![parts]),
        Some(Magic::Wasm) => wasm::parts(bytes, budget).map(|parts| vec![parts]),
        None => Err(not_native(bytes)),
    }
}
