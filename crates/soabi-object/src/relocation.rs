//! Relocations: the places in an image that the loader patches, and with what.

/// One place that the loader patches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relocation {
    /// The address of the first patched byte.
    pub place: u64,
    /// What is added to the symbol's address. For [`RelocationKind::Relative`] it is the address itself, as
    /// linked; for [`RelocationKind::IRelative`] the address of the resolver. Addends that the format keeps at
    /// the place (ELF `REL`, PE, Mach-O rebases) were read from there.
    pub addend: i64,
    /// The symbol, as an index into [`Image::symbols`](crate::Image::symbols).
    pub symbol: Option<u32>,
    /// What is written.
    pub kind: RelocationKind,
    /// How many bytes are patched. 0 where that is not known.
    pub size: u8,
}

impl Relocation {
    /// What a pointer at the place holds afterwards.
    pub const fn pointer(&self) -> Pointer {
        use RelocationKind as Kind;
        match (self.kind, self.symbol) {
            (Kind::Relative, _) => Pointer::Address(self.addend.cast_unsigned()),
            (Kind::Absolute | Kind::GlobDat | Kind::JumpSlot, Some(symbol)) => {
                Pointer::Symbol { symbol, addend: self.addend }
            }
            (kind, _) => Pointer::Unresolved(kind),
        }
    }
}

/// What a relocation writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelocationKind {
    /// An address in this image. ELF `R_*_RELATIVE` and `RELR`, PE base relocations, Mach-O rebases.
    Relative,
    /// The address of a symbol plus the addend. ELF `R_X86_64_64` and its like, Mach-O binds.
    Absolute,
    /// The address of a symbol, into the global offset table (ELF).
    GlobDat,
    /// The address of a function, bound at the first call or before. ELF jump slots, Mach-O lazy binds, slots of
    /// PE's import address table.
    JumpSlot,
    /// The bytes of a symbol that another file defines (ELF programs).
    Copy,
    /// A module number or an offset in thread-local storage.
    Tls,
    /// The result of a function of this image (ELF `IFUNC`).
    IRelative,
    /// Another, by its number in the format.
    Other(u32),
}

/// What a pointer in memory holds after relocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointer {
    /// An address in this image, as linked.
    Address(u64),
    /// The address of a symbol plus an addend. The file may define the symbol itself.
    Symbol {
        /// An index into [`Image::symbols`](crate::Image::symbols).
        symbol: u32,
        /// What is added.
        addend: i64,
    },
    /// A value that the loader does not touch.
    Value(u64),
    /// A value that only the loader knows.
    Unresolved(RelocationKind),
}
