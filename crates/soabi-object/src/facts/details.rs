//! The facts that a format's decoder finds besides symbols.

use super::elf::ElfFacts;
use super::macho::MachOFacts;
use super::names::{Needed, OrdinalImport, VersionNeed};
use super::pe::PeFacts;
use super::wasm::WasmFacts;

/// The facts that are not made of symbols, while an image is made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Details {
    pub(crate) soname: Option<String>,
    pub(crate) needed: Vec<Needed>,
    pub(crate) rpath: Vec<String>,
    pub(crate) runpath: Vec<String>,
    pub(crate) ordinals: Vec<OrdinalImport>,
    pub(crate) versions: Vec<VersionNeed>,
    pub(crate) minimum_os: Option<MinimumOs>,
    pub(crate) elf: Option<ElfFacts>,
    pub(crate) macho: Option<MachOFacts>,
    pub(crate) pe: Option<PeFacts>,
    pub(crate) wasm: Option<WasmFacts>,
}

/// The oldest system that a file says it runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinimumOs {
    /// The system, as wheel tags and `sys.platform` spell it where they do: `macos`, `ios`, `iossimulator`.
    pub platform: &'static str,
    /// Major, minor and patch version.
    pub version: (u16, u8, u8),
}
