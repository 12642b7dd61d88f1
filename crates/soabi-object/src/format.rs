//! File formats.

use soabi_core::Arch;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Linux and most other Unixes.
    Elf,
    /// macOS and its relatives.
    MachO,
    /// Windows.
    Pe,
    /// WebAssembly side modules, for Pyodide and other Pythons made with Emscripten.
    Wasm,
}

impl Format {
    /// The format's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Elf => "elf",
            Self::MachO => "macho",
            Self::Pe => "pe",
            Self::Wasm => "wasm",
        }
    }

    /// The format's name in prose.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Elf => "ELF",
            Self::MachO => "Mach-O",
            Self::Pe => "PE",
            Self::Wasm => "WebAssembly",
        }
    }

    /// How the platform tag of a wheel of this format ends for the machine `arch`: `x86_64` in
    /// `manylinux_2_17_x86_64`, `arm64` in `macosx_11_0_arm64`, `amd64` in `win_amd64`, `32` in `win32`.
    pub const fn machine_tag(self, arch: Arch) -> &'static str {
        match (self, arch) {
            (Self::MachO | Self::Pe, Arch::Aarch64) => "arm64",
            (Self::MachO, Arch::I686) => "i386",
            (Self::Pe, Arch::X86_64) => "amd64",
            (Self::Pe, Arch::I686) => "32",
            (Self::Pe, Arch::Arm) => "arm32",
            _ => arch.as_str(),
        }
    }
}

/// A byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endian {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// A file that a running process loads: a shared library, a Mach-O bundle, a DLL.
    Library,
    /// A program at a fixed address (ELF `ET_EXEC`), and every Mach-O and PE program.
    Executable,
    /// A position-independent ELF program: `ET_DYN` with `DF_1_PIE`, or with an interpreter and no soname. The
    /// file header cannot tell it from a library. glibc refuses to `dlopen` one with `DF_1_PIE`.
    PieExecutable,
    /// A relocatable object file or separate debug information. Nothing loads it, so its imports and exports are
    /// empty.
    NotLoadable,
}

impl ObjectKind {
    /// Whether the file is a program, at a fixed address or position-independent.
    pub const fn is_program(self) -> bool {
        matches!(self, Self::Executable | Self::PieExecutable)
    }
}
