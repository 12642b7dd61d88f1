//! WebAssembly side modules, as Emscripten's dynamic linker reads them.
//!
//! A side module begins with a custom section `dylink.0`. Other WebAssembly files are programs or data of a package,
//! and nothing here reads them. Memory and tables get their addresses when the module is loaded, so that its image
//! has no segments, and its symbols have no addresses.
//!
//! Sources: WebAssembly's tool conventions, `DynamicLinking.md`, and Emscripten's `src/lib/libdylink.js`.

use std::collections::HashMap;

use wasmparser::{
    BinaryReaderError, Dylink0SectionReader, Dylink0Subsection, Encoding, ExportSectionReader, ExternalKind,
    ImportSectionReader, KnownCustom, Parser, Payload, SymbolFlags, TypeRef,
};

use soabi_core::Arch;

use crate::budget::Budget;
use crate::error::{At, ObjectError};
use crate::facts::{Export, Import, Needed, Strength, SymbolKind, WasmFacts};
use crate::format::{Endian, Format, ObjectKind};
use crate::image::{Map, Parts};
use crate::reader::{Reader, lossy};
use crate::symbol::{Binding, Symbol};

/// How a side module begins: magic number, version 1, a custom section.
const START: &[u8] = b"\0asm\x01\0\0\0\0";

/// Whether `start` is the start of a side module.
pub(crate) fn is_side_module(start: &[u8]) -> bool {
    let Some(section) = start.strip_prefix(START) else { return false };
    // The section's size has up to five bytes, of which the last has no high bit. Its name has its own size.
    let size = section.iter().take(5).position(|byte| byte & 0x80 == 0);
    size.is_some_and(|last| section[last + 1..].starts_with(b"\x08dylink.0"))
}

/// The parts of a side module.
pub(crate) fn parts<'data>(data: &'data [u8], budget: &mut Budget) -> Result<Parts<'data>, ObjectError> {
    let map = Map::new(data, []);
    let reader = Reader { format: Format::Wasm, map: &map, budget };
    let mut parts = Parts::header(Format::Wasm, ObjectKind::Library, Arch::Wasm32, 32, Endian::Little);
    let mut module = Module { reader, parts: &mut parts, weak: HashMap::new(), names: HashMap::new() };
    for payload in Parser::new(0).parse_all(data) {
        let payload = payload.map_err(|error| malformed("module", &error))?;
        module.reader.steps("module", At::Offset(0), 1)?;
        match payload {
            Payload::Version { encoding: Encoding::Component, range, .. } => {
                let problem = "it is a component, expected a module".to_owned();
                let at = At::Offset(range.start);
                return Err(ObjectError::Malformed { format: Format::Wasm, what: "version", at, problem });
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Dylink0(dylink) = section.as_known() {
                    module.dylink(dylink, section.data().len())?;
                }
            }
            Payload::ImportSection(section) => module.imports(section)?,
            Payload::ExportSection(section) => module.exports(section)?,
            _ => {}
        }
    }
    parts.map = map;
    Ok(parts)
}

fn malformed(what: &'static str, error: &BinaryReaderError) -> ObjectError {
    let at = At::Offset(error.offset());
    ObjectError::Malformed { format: Format::Wasm, what, at, problem: error.message().to_owned() }
}

struct Module<'a, 'data> {
    reader: Reader<'a, 'data>,
    parts: &'a mut Parts<'data>,
    /// The flags of imports and exports, by their names.
    weak: HashMap<&'data str, bool>,
    /// Imports by their names, as indices of symbols.
    names: HashMap<&'data str, usize>,
}

/// An entry of a hash table and its share of the table's empty places.
const HASH_ENTRY: usize = 64;

impl<'data> Module<'_, 'data> {
    /// `dylink.0`, which comes before all other sections. Its lists have entries of two bytes at least, each of which
    /// becomes a pointer or three.
    fn dylink(&mut self, section: Dylink0SectionReader<'data>, size: usize) -> Result<(), ObjectError> {
        const WHAT: &str = "dylink.0 section";
        self.reader.steps(WHAT, At::Offset(0), size as u64)?;
        self.reader.memory(WHAT, At::Offset(0), (size as u64).saturating_mul(14))?;
        for subsection in section {
            match subsection.map_err(|error| malformed(WHAT, &error))? {
                Dylink0Subsection::MemInfo(info) => {
                    self.parts.details.wasm = Some(WasmFacts {
                        memory_size: info.memory_size,
                        memory_alignment: info.memory_alignment,
                        table_size: info.table_size,
                        table_alignment: info.table_alignment,
                    });
                }
                Dylink0Subsection::Needed(libraries) => {
                    for library in libraries {
                        self.reader.keep(WHAT, At::Offset(0), library.len(), size_of::<Needed>())?;
                        let (name, strength) = (library.into(), Strength::Required);
                        self.parts.details.needed.push(Needed { name, strength });
                    }
                }
                Dylink0Subsection::RuntimePath(folders) => {
                    for folder in folders {
                        self.reader.keep(WHAT, At::Offset(0), folder.len(), size_of::<String>())?;
                        self.parts.details.runpath.push(folder.to_owned());
                    }
                }
                Dylink0Subsection::ExportInfo(exports) => {
                    for export in exports {
                        self.flags(export.name, export.flags)?;
                    }
                }
                Dylink0Subsection::ImportInfo(imports) => {
                    for import in imports {
                        self.flags(import.field, import.flags)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn flags(&mut self, name: &'data str, flags: SymbolFlags) -> Result<(), ObjectError> {
        self.reader.memory("dylink.0 section", At::Offset(0), HASH_ENTRY as u64)?;
        self.weak.insert(name, flags.contains(SymbolFlags::BINDING_WEAK));
        Ok(())
    }

    fn binding(&self, name: &str) -> Binding {
        if self.weak.get(name).copied().unwrap_or_default() { Binding::Weak } else { Binding::Global }
    }

    /// Functions come from `env`, the addresses of functions and data from `GOT.func` and `GOT.mem`. What else is
    /// imported, memory and tables for one, is not a symbol: the loader makes it.
    fn imports(&mut self, section: ImportSectionReader<'data>) -> Result<(), ObjectError> {
        const WHAT: &str = "import section";
        for import in section.into_imports() {
            let import = import.map_err(|error| malformed(WHAT, &error))?;
            self.reader.steps(WHAT, At::Offset(0), (import.module.len() + import.name.len()) as u64 + 1)?;
            let call = match (import.module, import.ty) {
                ("env", TypeRef::Func(_) | TypeRef::FuncExact(_)) => true,
                ("GOT.func" | "GOT.mem", TypeRef::Global(_)) => false,
                _ => continue,
            };
            let index = if let Some(&index) = self.names.get(import.name) {
                index
            } else {
                let entry = size_of::<Symbol<'_>>() + size_of::<Import>() + HASH_ENTRY;
                self.reader.keep(WHAT, At::Offset(0), import.name.len(), entry)?;
                self.names.insert(import.name, self.parts.symbols.len());
                self.parts.symbols.push(Symbol {
                    name: lossy(import.name.as_bytes()),
                    binding: self.binding(import.name),
                    imported: true,
                    ..Symbol::unknown()
                });
                self.parts.symbols.len() - 1
            };
            let uses = &mut self.parts.symbols[index].uses;
            uses.call |= call;
            uses.address |= !call;
        }
        Ok(())
    }

    /// Functions and addresses of data. A name that the module imports as well is an export that the definition of
    /// an earlier module replaces.
    fn exports(&mut self, section: ExportSectionReader<'data>) -> Result<(), ObjectError> {
        const WHAT: &str = "export section";
        for export in section {
            let export = export.map_err(|error| malformed(WHAT, &error))?;
            self.reader.steps(WHAT, At::Offset(0), export.name.len() as u64 + 1)?;
            let kind = match export.kind {
                ExternalKind::Func | ExternalKind::FuncExact => SymbolKind::Function,
                ExternalKind::Global => SymbolKind::Data,
                ExternalKind::Table | ExternalKind::Memory | ExternalKind::Tag => continue,
            };
            let entry = size_of::<Symbol<'_>>() + size_of::<Export>();
            self.reader.keep(WHAT, At::Offset(0), export.name.len(), entry)?;
            let mut symbol = Symbol {
                name: lossy(export.name.as_bytes()),
                kind,
                binding: self.binding(export.name),
                defined: true,
                exported: true,
                ..Symbol::unknown()
            };
            if let Some(&index) = self.names.get(export.name) {
                let import = &mut self.parts.symbols[index];
                import.imported = false;
                (symbol.preemptible, symbol.uses) = (true, import.uses);
            }
            self.parts.symbols.push(symbol);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::side_module(b"\0asm\x01\0\0\0\0\x10\x08dylink.0", true)]
    #[case::long_size(b"\0asm\x01\0\0\0\0\x90\x80\x80\x80\0\x08dylink.0", true)]
    #[case::size_of_six_bytes(b"\0asm\x01\0\0\0\0\x90\x80\x80\x80\x80\0\x08dylink.0", false)]
    #[case::another_custom_section(b"\0asm\x01\0\0\0\0\x10\x08producer", false)]
    #[case::another_section(b"\0asm\x01\0\0\0\x01\x10\x08dylink.0", false)]
    #[case::component(b"\0asm\x0d\0\x01\0\0\x10\x08dylink.0", false)]
    #[case::header_alone(b"\0asm\x01\0\0\0", false)]
    #[case::cut_off(b"\0asm\x01\0\0\0\0\x90", false)]
    fn starts(#[case] start: &[u8], #[case] expected: bool) {
        assert_eq!(is_side_module(start), expected);
    }
}
