//! Import tables: the libraries, what the file needs of each, and the slots where the loader writes addresses.

use object::LittleEndian as LE;
use object::pe;
use object::read::pe::{ImageNtHeaders, ImageThunkData};

use crate::error::{At, ObjectError};
use crate::facts::{Details, Import, Needed, OrdinalImport, Provider, Strength};
use crate::reader::{Reader, lossy};
use crate::symbol::Symbol;

use super::tables::{Slot, length_of};

/// Where imports are collected.
pub(super) struct Imports<'a, 'r, 'data> {
    /// Where the image wants to be loaded.
    pub(super) base: u64,
    pub(super) reader: &'a mut Reader<'r, 'data>,
    pub(super) symbols: &'a mut Vec<Symbol<'data>>,
    pub(super) details: &'a mut Details,
    pub(super) slots: &'a mut Vec<Slot>,
}

/// One library of an import table.
struct Library {
    name: u64,
    /// The table of names and numbers.
    names: u64,
    /// The table of addresses.
    slots: u64,
    strength: Strength,
}

impl Imports<'_, '_, '_> {
    /// The imports of the table at `at`.
    pub(super) fn required<Pe: ImageNtHeaders>(&mut self, mut at: u64) -> Result<(), ObjectError> {
        loop {
            let descriptor: &pe::ImageImportDescriptor = self.reader.one("import descriptors", at)?;
            // The loader stops here as well; the documented end is a descriptor of zeros.
            if descriptor.name.get(LE) == 0 || descriptor.first_thunk.get(LE) == 0 {
                return Ok(());
            }
            let address = |value: u32| self.base + u64::from(value);
            let slots = address(descriptor.first_thunk.get(LE));
            let names = match descriptor.original_first_thunk.get(LE) {
                0 => slots,
                names => address(names),
            };
            let name = address(descriptor.name.get(LE));
            self.library::<Pe>(&Library { name, names, slots, strength: Strength::Required })?;
            at = at.wrapping_add(length_of::<pe::ImageImportDescriptor>());
        }
    }

    /// The delayed imports of the table at `at`.
    pub(super) fn delayed<Pe: ImageNtHeaders>(&mut self, mut at: u64) -> Result<(), ObjectError> {
        loop {
            let descriptor: &pe::ImageDelayloadDescriptor =
                self.reader.one("delay import descriptors", at)?;
            if descriptor.dll_name_rva.get(LE) == 0 {
                return Ok(());
            }
            // Old linkers wrote addresses, not offsets from the base.
            let relative = descriptor.attributes.get(LE) & 1 != 0;
            let address = |value: u32| u64::from(value) + if relative { self.base } else { 0 };
            let library = Library {
                name: address(descriptor.dll_name_rva.get(LE)),
                names: address(descriptor.import_name_table_rva.get(LE)),
                slots: address(descriptor.import_address_table_rva.get(LE)),
                strength: Strength::Delayed,
            };
            self.library::<Pe>(&library)?;
            at = at.wrapping_add(length_of::<pe::ImageDelayloadDescriptor>());
        }
    }

    /// Adds a library and what is imported from it.
    fn library<Pe: ImageNtHeaders>(&mut self, library: &Library) -> Result<(), ObjectError> {
        const ENTRY: usize =
            size_of::<Symbol<'_>>() + size_of::<Import>() + size_of::<OrdinalImport>() + size_of::<Slot>();
        let text = self.reader.string("import's library name", library.name)?;
        self.reader.keep(
            "import's library name",
            At::Address(library.name),
            text.len(),
            size_of::<Needed>(),
        )?;
        let name: std::sync::Arc<str> = lossy(text).into();
        self.details.needed.push(Needed { name: name.clone(), strength: library.strength });
        let (mut at, mut place) = (library.names, library.slots);
        loop {
            let thunk: &Pe::ImageThunkData = self.reader.one("import names", at)?;
            if thunk.raw() == 0 {
                return Ok(());
            }
            let mut symbol = Symbol { provider: Provider::Library(name.clone()), ..Symbol::unknown() };
            if thunk.is_ordinal() {
                let ordinal = thunk.ordinal();
                self.reader.keep("import names", At::Address(at), 0, ENTRY)?;
                self.details.ordinals.push(OrdinalImport { library: name.clone(), ordinal });
                symbol.ordinal = Some(ordinal);
            } else {
                // A hint of two bytes stands before the name.
                let name_at = self.base.wrapping_add(thunk.address().into()).wrapping_add(2);
                let text = self.reader.string("import's name", name_at)?;
                self.reader.keep("import's name", At::Address(name_at), text.len(), ENTRY)?;
                symbol.name = lossy(text);
                symbol.imported = true;
            }
            if let Ok(index) = u32::try_from(self.symbols.len()) {
                self.slots.push(Slot { place, symbol: index });
            }
            self.symbols.push(symbol);
            at = at.wrapping_add(length_of::<Pe::ImageThunkData>());
            place = place.wrapping_add(length_of::<Pe::ImageThunkData>());
        }
    }
}
