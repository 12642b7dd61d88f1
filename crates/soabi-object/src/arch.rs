//! Machines, by the names that wheel tags give them.

use std::fmt;

use crate::format::Format;

/// The machine that a file's code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arch {
    /// 64-bit x86.
    X86_64,
    /// 32-bit x86.
    I686,
    /// 64-bit Arm.
    Aarch64,
    /// 32-bit Arm. The file's header does not say which revision.
    Arm,
    /// 64-bit PowerPC, little-endian.
    Ppc64le,
    /// 64-bit PowerPC, big-endian.
    Ppc64,
    /// 64-bit IBM Z.
    S390x,
    /// 64-bit RISC-V.
    Riscv64,
    /// 64-bit `LoongArch`.
    Loongarch64,
    /// 32-bit WebAssembly.
    Wasm32,
    /// Another one, by its number in the file's format: `e_machine`, `cputype` or `Machine`.
    Other(u32),
}

impl Arch {
    /// The name in reports, the same for every format: the one that Linux uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::I686 => "i686",
            Self::Aarch64 => "aarch64",
            Self::Arm => "armv7l",
            Self::Ppc64le => "ppc64le",
            Self::Ppc64 => "ppc64",
            Self::S390x => "s390x",
            Self::Riscv64 => "riscv64",
            Self::Loongarch64 => "loongarch64",
            Self::Wasm32 => "wasm32",
            Self::Other(_) => "unknown",
        }
    }

    /// How the platform tag of a wheel for `format` ends for this machine: `x86_64` in `manylinux_2_17_x86_64`,
    /// `arm64` in `macosx_11_0_arm64`, `amd64` in `win_amd64`, `32` in `win32`.
    pub const fn tag(self, format: Format) -> &'static str {
        match (format, self) {
            (Format::MachO | Format::Pe, Self::Aarch64) => "arm64",
            (Format::MachO, Self::I686) => "i386",
            (Format::Pe, Self::X86_64) => "amd64",
            (Format::Pe, Self::I686) => "32",
            (Format::Pe, Self::Arm) => "arm32",
            _ => self.as_str(),
        }
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(number) => write!(f, "machine {number:#x}"),
            known => f.write_str(known.as_str()),
        }
    }
}
