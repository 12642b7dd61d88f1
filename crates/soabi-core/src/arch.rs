//! Machines, by the names that wheel tags give them.

use std::fmt;
use std::str::FromStr;

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
    /// Every machine that has a name.
    pub const NAMED: [Self; 10] = [
        Self::X86_64,
        Self::I686,
        Self::Aarch64,
        Self::Arm,
        Self::Ppc64le,
        Self::Ppc64,
        Self::S390x,
        Self::Riscv64,
        Self::Loongarch64,
        Self::Wasm32,
    ];

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

    /// The machine that soabi itself runs on.
    pub fn here() -> Self {
        match std::env::consts::ARCH {
            "x86" => Self::I686,
            "arm" => Self::Arm,
            // Rust names little-endian and big-endian PowerPC alike.
            "powerpc64" if cfg!(target_endian = "little") => Self::Ppc64le,
            "powerpc64" => Self::Ppc64,
            name => name.parse().unwrap_or(Self::Other(0)),
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

/// Text that names no machine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a machine such as `x86_64` or `aarch64`")]
pub struct ParseArchError(pub String);

impl FromStr for Arch {
    type Err = ParseArchError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::NAMED.iter().find(|arch| arch.as_str() == text);
        named.copied().ok_or_else(|| ParseArchError(text.to_owned()))
    }
}
