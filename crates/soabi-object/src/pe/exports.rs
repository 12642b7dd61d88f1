//! The export directory.

use object::pe;
use object::{LittleEndian as LE, U16, U32};

use crate::error::{At, ObjectError};
use crate::facts::{Export, SymbolKind};
use crate::reader::{Reader, lossy};
use crate::symbol::Symbol;

/// Adds the exports that have names. Returns the name that the file has for itself.
pub(super) fn read<'data>(
    base: u64,
    (at, size): (u64, u32),
    symbols: &mut Vec<Symbol<'data>>,
    reader: &mut Reader<'_, 'data>,
) -> Result<Option<String>, ObjectError> {
    let address = |value: u32| base + u64::from(value);
    let directory: &pe::ImageExportDirectory = reader.one("export directory", at)?;
    let mut soname = None;
    if directory.name.get(LE) != 0 {
        let name_at = address(directory.name.get(LE));
        let name = reader.string("export directory's name", name_at)?;
        reader.keep("export directory's name", At::Address(name_at), name.len(), 0)?;
        soname = Some(lossy(name).into_owned());
    }
    let count = directory.number_of_names.get(LE).into();
    if count == 0 {
        return Ok(soname);
    }
    let addresses_at = address(directory.address_of_functions.get(LE));
    let addresses: &[U32<LE>] =
        reader.array("export addresses", addresses_at, directory.number_of_functions.get(LE).into())?;
    let names: &[U32<LE>] =
        reader.array("export names", address(directory.address_of_names.get(LE)), count)?;
    let indices: &[U16<LE>] =
        reader.array("export ordinals", address(directory.address_of_name_ordinals.get(LE)), count)?;
    for (name, index) in names.iter().zip(indices) {
        let name_at = address(name.get(LE));
        let name = reader.string("export's name", name_at)?;
        let entry = size_of::<Symbol<'_>>() + size_of::<Export>();
        reader.keep("export's name", At::Address(name_at), name.len(), entry)?;
        let name = lossy(name);
        let Some(target) = addresses.get(usize::from(index.get(LE))) else {
            let problem = format!("`{name}` is number {} of {}", index.get(LE), addresses.len());
            return Err(reader.malformed("export addresses", addresses_at, problem));
        };
        let target = address(target.get(LE));
        // An address within the export directory is not code: it is the name of another library's symbol.
        let forwarded = target.wrapping_sub(at) < size.into();
        let kind = match reader.map.segment_at(target) {
            _ if forwarded => SymbolKind::Unknown,
            Some(segment) if segment.executable => SymbolKind::Function,
            _ => SymbolKind::Data,
        };
        symbols.push(Symbol {
            name,
            address: (!forwarded).then_some(target),
            kind,
            defined: true,
            exported: true,
            ..Symbol::unknown()
        });
    }
    Ok(soname)
}
