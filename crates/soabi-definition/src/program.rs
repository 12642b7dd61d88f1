//! An image, asked the questions of partial execution: what is at this address once the loader has relocated it.
//!
//! Nothing here knows Python or instructions.

use std::ops::RangeInclusive;

use foldhash::HashSet;
use soabi_object::{Arch, Endian, Format, Image, ObjectError, Pointer, Provider, Relocation, Symbol};

use crate::value::{Value, mask};

/// An image with its relocations.
pub(crate) struct Program<'a> {
    image: &'a Image<'a>,
    relocations: &'a [Relocation],
    /// From the place of the first relocation to that of the last.
    relocated: RangeInclusive<u64>,
    imports: HashSet<&'a str>,
    pypy: bool,
}

impl<'a> Program<'a> {
    pub(crate) fn new(image: &'a Image<'a>) -> Result<Self, ObjectError> {
        let relocations = image.relocations()?;
        let place = |relocation: Option<&Relocation>| relocation.map_or(0, |relocation| relocation.place);
        let relocated = place(relocations.first())..=place(relocations.last());
        let mut program = Self { image, relocations, relocated, imports: HashSet::default(), pypy: false };
        program.imports = program.imported().collect();
        program.pypy = program.imports.iter().any(|name| name.starts_with("PyPy"));
        Ok(program)
    }

    /// Whether the file is made for PyPy, whose C API has names of its own.
    pub(crate) const fn is_pypy(&self) -> bool {
        self.pypy
    }

    pub(crate) fn image(&self) -> &'a Image<'a> {
        self.image
    }

    pub(crate) fn format(&self) -> Format {
        self.image.format()
    }

    pub(crate) fn arch(&self) -> Arch {
        self.image.arch()
    }

    /// The bytes of a pointer: 4 or 8.
    pub(crate) fn width(&self) -> u8 {
        self.image.pointer_size()
    }

    /// The relocations, by place.
    pub(crate) fn relocations(&self) -> &'a [Relocation] {
        self.relocations
    }

    /// The symbol of a [`Value::Import`].
    pub(crate) fn symbol(&self, index: u32) -> Option<&'a Symbol<'a>> {
        self.image.symbol(index)
    }

    /// The name of the symbol of a [`Value::Import`], or the empty text.
    pub(crate) fn symbol_name(&self, index: u32) -> &'a str {
        self.symbol(index).map_or("", |symbol| symbol.name.as_ref())
    }

    /// Whether a symbol of this name is imported.
    pub(crate) fn imports(&self, name: &str) -> bool {
        self.imports.contains(name)
    }

    /// The names of the imported symbols.
    pub(crate) fn imported(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.image.symbols().iter().filter(|symbol| !symbol.defined).map(|symbol| symbol.name.as_ref())
    }

    /// The libraries that imports name (PE, and the two-level namespace of Mach-O).
    pub(crate) fn libraries(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.image.symbols().iter().filter_map(|symbol| match &symbol.provider {
            Provider::Library(name) if !symbol.defined => Some(name.as_ref()),
            _ => None,
        })
    }

    /// Whether `address` is code.
    pub(crate) fn is_code(&self, address: u64) -> bool {
        self.image.segment_at(address).is_some_and(|segment| segment.executable)
    }

    /// Whether `address` belongs to the image.
    pub(crate) fn is_mapped(&self, address: u64) -> bool {
        self.image.segment_at(address).is_some()
    }

    /// The bytes of the file from `address` to the end of its segment.
    pub(crate) fn bytes_from(&self, address: u64) -> Option<&'a [u8]> {
        self.image.bytes_from(address)
    }

    /// The eight bytes at `address` after relocation.
    pub(crate) fn word(&self, address: u64) -> Value {
        self.load(address, 8)
    }

    /// The relocation with exactly this place.
    fn relocation_at(&self, place: u64) -> Option<&'a Relocation> {
        if !self.relocated.contains(&place) {
            return None;
        }
        let end = self.relocations.partition_point(|relocation| relocation.place <= place);
        self.relocations.get(end.checked_sub(1)?).filter(|relocation| relocation.place == place)
    }

    /// The `size` bytes at `address` after relocation, 1 to 8 of them.
    pub(crate) fn load(&self, address: u64, size: u8) -> Value {
        if size == self.width()
            && let Some(relocation) = self.relocation_at(address)
        {
            return match relocation.pointer() {
                Pointer::Address(address) => Value::Int(address),
                Pointer::Symbol { symbol, addend } => self.resolve(symbol, addend),
                Pointer::Value(_) | Pointer::Unresolved(_) => Value::Unknown,
            };
        }
        let mut bytes = [0; 8];
        let length = usize::from(size.min(8));
        let Some(bytes_read) = bytes.get_mut(..length) else { return Value::Unknown };
        if !self.image.read(address, bytes_read) {
            return Value::Unknown;
        }
        let number = match self.image.endian() {
            Endian::Little => u64::from_le_bytes(bytes),
            Endian::Big => u64::from_be_bytes(bytes) >> (64 - u32::from(size) * 8),
        };
        Value::Int(number & mask(size))
    }

    /// The number of `size` bytes at `address`, unless the loader changes it.
    pub(crate) fn plain(&self, address: u64, size: u8) -> Option<u64> {
        if size == self.width() && self.relocation_at(address).is_some() {
            return None;
        }
        self.load(address, size).int()
    }

    /// What the loader makes of a symbol. One that the image defines is its own: an interpreter opens extensions
    /// with local scope, and none exports a name that it lacks.
    fn resolve(&self, index: u32, addend: i64) -> Value {
        let Some(symbol) = self.symbol(index) else { return Value::Unknown };
        match symbol.address {
            Some(address) if symbol.defined => Value::Int(address.wrapping_add_signed(addend)),
            _ => Value::Import(index, addend),
        }
    }
}
