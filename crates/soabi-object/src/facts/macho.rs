//! Facts that only Mach-O has.
//!
//! Source: Apple's `mach-o/loader.h`.

/// What the load commands of a Mach-O file say beside names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MachOFacts {
    /// The libraries with their load commands, in the order of [`ObjectFacts::needed`](crate::ObjectFacts::needed).
    /// The ordinal of an import counts them from 1.
    pub dylibs: Vec<MachODylib>,
    /// `MH_TWOLEVEL`: imports name the library that has them.
    pub two_level: bool,
    /// Whether it is a bundle (`MH_BUNDLE`), which can be loaded but not linked to.
    pub bundle: bool,
    /// The subtype of the processor, without its capability bits: 0 is all arm64, 2 is arm64e.
    pub cpu_subtype: u32,
    /// The platform of `LC_BUILD_VERSION` by its number: 1 is macOS, 2 iOS, 7 its simulator. `None` in files with
    /// `LC_VERSION_MIN_*`, which cannot name simulators.
    pub platform: Option<u32>,
    /// `LC_BUILD_VERSION`'s SDK: major, minor and patch version.
    pub sdk: Option<(u16, u8, u8)>,
}

/// A library in the load commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MachODylib {
    /// The load command.
    pub kind: LoadKind,
    /// The version that it was linked with: major, minor and patch.
    pub current_version: (u16, u8, u8),
    /// The oldest compatible version of the library.
    pub compatibility_version: (u16, u8, u8),
}

/// How a library is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoadKind {
    /// `LC_LOAD_DYLIB`.
    Load,
    /// `LC_LOAD_WEAK_DYLIB`: it may be missing.
    Weak,
    /// `LC_REEXPORT_DYLIB`: its exports are the file's own as well.
    Reexport,
    /// `LC_LAZY_LOAD_DYLIB`: it is loaded when it is first used.
    Lazy,
    /// `LC_LOAD_UPWARD_DYLIB`: it depends on this file itself.
    Upward,
}
