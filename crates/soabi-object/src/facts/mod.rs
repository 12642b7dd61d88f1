//! What a native file says about itself.
//!
//! Facts are read, never judged: nothing here knows an interpreter or what a platform allows. They own their text,
//! so that they outlive the buffer that a wheel's member was inflated into. All of them are read from an
//! [`Image`].

mod details;
mod elf;
mod macho;
mod names;
mod object_facts;
mod pe;
mod wasm;

pub(crate) use details::Details;
pub use details::MinimumOs;
pub use elf::{
    AbiFlags, ElfFacts, ElfType, FloatAbi, Identification, IsaLevels, LoadSegment, ThreadLocalBlock,
};
pub use macho::{LoadKind, MachODylib, MachOFacts};
pub use names::{Export, Import, Needed, OrdinalImport, Provider, Strength, SymbolKind, Uses, VersionNeed};
pub use object_facts::ObjectFacts;
pub use pe::PeFacts;
pub use wasm::WasmFacts;

use crate::image::Image;
use crate::symbol::Symbol;

impl ObjectFacts {
    /// The facts of an image. They share no text with it.
    pub fn of(image: &Image<'_>) -> Self {
        let details = image.details().clone();
        let mut facts = Self {
            soname: details.soname,
            needed: details.needed,
            rpath: details.rpath,
            runpath: details.runpath,
            ordinals: details.ordinals,
            versions: details.versions,
            minimum_os: details.minimum_os,
            elf: details.elf,
            macho: details.macho,
            pe: details.pe,
            wasm: details.wasm,
            ..Self::new(image.format(), image.kind(), image.arch(), image.bits(), image.endian())
        };
        let count = |wanted: fn(&Symbol<'_>) -> bool| image.symbols().iter().filter(|s| wanted(s)).count();
        facts.exports.reserve_exact(count(|symbol| symbol.exported));
        facts.imports.reserve_exact(count(|symbol| symbol.imported));
        for symbol in image.symbols() {
            let (weak, uses) = (symbol.is_weak(), symbol.uses);
            if symbol.exported {
                facts.exports.push(Export {
                    name: symbol.name.to_string(),
                    kind: symbol.kind,
                    weak,
                    address: symbol.address,
                    version: symbol.version.clone(),
                    old_version: symbol.old_version,
                    preemptible: symbol.preemptible,
                    uses,
                });
            } else if symbol.imported {
                let need = symbol.need.and_then(|index| facts.versions.get(index as usize));
                facts.imports.push(Import {
                    name: symbol.name.to_string(),
                    weak,
                    from: symbol.provider.clone(),
                    version: need.cloned(),
                    uses,
                });
            }
        }
        facts
    }
}
