//! Bind opcodes: a small program that says what is bound where.
//!
//! Source: Apple's `mach-o/loader.h` and dyld's `MachOAnalyzer.cpp`.

use object::macho;
use object::read::macho::{
    BindIterator, BindOperation, BindOperationIterator, MachHeader, MachOFile, RebaseIterator,
};
use object::{Endianness, read};

use crate::error::{At, ObjectError};
use crate::reader::Reader;

use super::file::malformed;

const WHAT: &str = "bindings";

/// The programs of `LC_DYLD_INFO`: bind, weak bind, lazy bind.
pub(super) struct Streams<'data> {
    programs: [BindOperationIterator<'data>; 3],
    /// The same, played.
    pub(super) binds: [BindIterator<'data>; 3],
    pub(super) rebases: RebaseIterator<'data>,
}

/// What the first binding of a name says.
pub(super) struct NamedBind<'data> {
    pub(super) name: &'data [u8],
    pub(super) dylib: macho::BindDylib,
    pub(super) weak: bool,
}

/// Where dyld looks, and for what.
#[derive(Clone, Copy, Default)]
struct State<'data> {
    dylib: Option<macho::BindDylib>,
    symbol: Option<(macho::BindSymbolFlags, &'data [u8])>,
    /// Whether nothing was bound to the symbol yet.
    is_new: bool,
}

impl<'data> Streams<'data> {
    /// The programs of a file, if it has any. The last command counts.
    pub(super) fn of<Mach: MachHeader<Endian = Endianness>>(
        file: &MachOFile<'data, Mach>,
    ) -> Result<Option<Self>, ObjectError> {
        let bad = |error| malformed(WHAT, 0, &error);
        let (endian, data) = (file.endian(), file.data());
        let width = if file.macho_header().is_type_64() { 8 } else { 4 };
        let mut found = None;
        let mut commands = file.macho_load_commands().map_err(bad)?;
        while let Some(command) = commands.next().map_err(bad)? {
            found = command.dyld_info().map_err(bad)?.or(found);
        }
        let Some(info) = found else { return Ok(None) };
        Ok(Some(Self {
            programs: [
                info.bind_operations(endian, data).map_err(bad)?,
                info.weak_bind_operations(endian, data).map_err(bad)?,
                info.lazy_bind_operations(endian, data).map_err(bad)?,
            ],
            binds: [
                info.binds(endian, data, width).map_err(bad)?,
                info.weak_binds(endian, data, width).map_err(bad)?,
                info.lazy_binds(endian, data, width).map_err(bad)?,
            ],
            rebases: info.rebases(endian, data, width).map_err(bad)?,
        }))
    }

    /// Calls `found` for the first binding of each name that is set. An opcode is one step. `found` charges
    /// the name.
    pub(super) fn walk(
        self,
        reader: &mut Reader<'_, 'data>,
        mut found: impl FnMut(&mut Reader<'_, 'data>, NamedBind<'data>) -> Result<(), ObjectError>,
    ) -> Result<(), ObjectError> {
        let bad = |error: read::Error| malformed(WHAT, 0, &error);
        let missing = |what: &str| malformed(WHAT, 0, &format!("nothing sets the {what} of a binding"));
        for (index, mut stream) in self.programs.into_iter().enumerate() {
            let (weak, lazy) = (index == 1, index == 2);
            let mut state =
                State { dylib: weak.then_some(macho::BIND_SPECIAL_DYLIB_WEAK_LOOKUP), ..State::default() };
            while let Some((_, operation)) = stream.next().map_err(bad)? {
                reader.steps(WHAT, At::Offset(0), 1)?;
                match operation {
                    // Between lazy bindings it only resets the state.
                    BindOperation::Done if lazy => state = State::default(),
                    BindOperation::Done => break,
                    BindOperation::SetDylibOrdinal { ordinal } => {
                        let ordinal = i32::try_from(ordinal)
                            .map_err(|_| malformed(WHAT, 0, &format!("library {ordinal} is used")))?;
                        state.dylib = Some(macho::BindDylib(ordinal));
                    }
                    BindOperation::SetDylibSpecial { ordinal } => state.dylib = Some(ordinal),
                    BindOperation::SetSymbol { flags, name } => {
                        (state.symbol, state.is_new) = (Some((flags, name)), true);
                    }
                    BindOperation::DoBind
                    | BindOperation::DoBindAddAddr { .. }
                    | BindOperation::DoBindTimesSkipping { count: 1.., .. }
                    | BindOperation::DoBindAddAddrScaled { .. }
                        if state.is_new =>
                    {
                        state.is_new = false;
                        let (flags, name) = state.symbol.ok_or_else(|| missing("symbol"))?;
                        let dylib = state.dylib.ok_or_else(|| missing("library"))?;
                        let weak = flags.contains(macho::BIND_SYMBOL_FLAGS_WEAK_IMPORT);
                        found(reader, NamedBind { name, dylib, weak })?;
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}
