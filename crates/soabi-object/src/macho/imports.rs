//! What dyld binds to other files.

use std::collections::HashMap;

use object::macho;
use object::read::macho::{MachHeader, MachOFile};
use object::read::{Import as RawImport, ImportFlags, NameOrOrdinal};
use object::{Endianness, Object};

use crate::error::ObjectError;
use crate::facts::{Import, ObjectFacts, Provider, Uses};
use crate::text::TextLimit;

use super::malformed;

/// Adds the imports to `facts`, whose exports are there already.
///
/// A name that the file itself exports is no import, although dyld looks it up: flat lookup, and the coalescing
/// of weak definitions, may find another file's definition first. Such an export is marked preemptible.
pub(super) fn read<Mach: MachHeader<Endian = Endianness>>(
    file: &MachOFile<'_, Mach>,
    facts: &mut ObjectFacts,
    text: &mut TextLimit,
) -> Result<(), ObjectError> {
    let bad = |error| malformed("bindings", 0, &error);
    let exported: HashMap<&str, usize> =
        facts.exports.iter().enumerate().map(|(index, export)| (export.name.as_str(), index)).collect();
    let libraries: HashMap<_, _> =
        facts.needed.iter().map(|needed| (needed.name.as_bytes(), &needed.name)).collect();
    let mut imports: Vec<Import> = Vec::new();
    let mut seen: HashMap<&[u8], usize> = HashMap::new();
    let mut looked_up = Vec::new();
    for import in file.imports().map_err(bad)? {
        let import = import.map_err(bad)?;
        let (Some(place), NameOrOrdinal::Name(raw)) = (Place::of(&import), import.name()) else { continue };
        if let Some(&index) = seen.get(raw) {
            // Bound both at once and lazily: one import, and weak only if every binding is.
            imports[index].weak &= import.is_weak();
            continue;
        }
        let name = text.own(raw.strip_prefix(b"_").unwrap_or(raw))?;
        if let (Some(&own), Place::Anywhere) = (exported.get(name.as_str()), place) {
            looked_up.push(own);
            continue;
        }
        let from = match (place, libraries.get(import.library())) {
            (Place::Library, Some(&library)) => Provider::Library(library.clone()),
            (Place::Library, None) => Provider::Library(text.share(import.library())?),
            (Place::Executable, _) => Provider::Executable,
            (Place::Anywhere, _) => Provider::Anywhere,
        };
        seen.insert(raw, imports.len());
        imports.push(Import { name, weak: import.is_weak(), from, version: None, uses: Uses::default() });
    }
    facts.imports = imports;
    for own in looked_up {
        facts.exports[own].preemptible = true;
        facts.exports[own].uses.address = true;
    }
    Ok(())
}

/// Where dyld looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Library,
    Executable,
    Anywhere,
}

impl Place {
    /// `None` for what dyld takes from the file itself.
    fn of(import: &RawImport<'_>) -> Option<Self> {
        match import.flags() {
            ImportFlags::MachOBind { dylib: macho::BIND_SPECIAL_DYLIB_SELF, .. } => None,
            ImportFlags::MachOBind { dylib: macho::BIND_SPECIAL_DYLIB_MAIN_EXECUTABLE, .. } => {
                Some(Self::Executable)
            }
            ImportFlags::MachO { n_desc, .. } if n_desc.library() == macho::EXECUTABLE_ORDINAL => {
                Some(Self::Executable)
            }
            _ if import.library().is_empty() => Some(Self::Anywhere),
            _ => Some(Self::Library),
        }
    }
}
