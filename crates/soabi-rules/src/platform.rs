//! Platforms: the systems that files are for, by the names that wheel tags and file names give them.
//!
//! Sources: PEP 425, PEP 513, 571, 599, 600 (manylinux), PEP 656 (musllinux), PEP 730, 738 (iOS, Android).

use std::fmt;

use soabi_core::ModuleFileName;
use soabi_object::{Arch, Format, ObjectFacts};

/// The system that a file is for, or that a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Platform {
    /// The file format that it loads.
    pub format: Format,
    /// The machine.
    pub arch: Arch,
    /// The C library, where there is more than one. `None` when nothing says which.
    pub libc: Option<Libc>,
}

/// The C libraries of Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Libc {
    /// glibc.
    Gnu,
    /// musl.
    Musl,
}

impl Platform {
    /// The platform that a file is for, from its own words and the tag in its name.
    pub fn of(facts: &ObjectFacts, file_name: &str) -> Self {
        let named = ModuleFileName::parse(file_name);
        let named = named.as_ref().and_then(|name| name.suffix.platform()).unwrap_or_default();
        let libc = libc_of(facts).or_else(|| match named {
            gnu if gnu.contains("-linux-gnu") => Some(Libc::Gnu),
            musl if musl.contains("-linux-musl") => Some(Libc::Musl),
            _ => None,
        });
        Self { format: facts.format, arch: facts.arch, libc: libc.filter(|_| facts.format == Format::Elf) }
    }

    /// Whether a file for `self` can be loaded on `system`. What nobody says is no obstacle.
    pub fn loads_on(self, system: Self) -> bool {
        let libc = self.libc.is_none() || system.libc.is_none() || self.libc == system.libc;
        self.format == system.format && self.arch == system.arch && libc
    }

    /// The names that CPython may give the platform in the suffix of a file: `x86_64-linux-gnu`, `darwin`,
    /// `win_amd64`.
    ///
    /// Several where the same platform has had several: until 3.10 a CPython built against musl called itself
    /// `-linux-gnu` too (bpo-43112).
    pub fn soabi_names(self) -> Vec<String> {
        match self.format {
            Format::MachO => vec!["darwin".to_owned()],
            Format::Wasm => vec!["wasm32-emscripten".to_owned()],
            Format::Pe if self.arch == Arch::I686 => vec!["win32".to_owned()],
            Format::Pe => vec![format!("win_{}", self.arch.tag(Format::Pe))],
            Format::Elf => {
                let (machines, eabi): (&[&str], &[&str]) = match self.arch {
                    Arch::I686 => (&["i386"], &[""]),
                    Arch::Arm => (&["arm"], &["eabihf", "eabi"]),
                    Arch::Ppc64le => (&["powerpc64le"], &[""]),
                    Arch::Ppc64 => (&["powerpc64"], &[""]),
                    _ => (&[self.arch.as_str()], &[""]),
                };
                let libcs: &[&str] = if self.libc == Some(Libc::Gnu) { &["gnu"] } else { &["musl", "gnu"] };
                let triplets = machines.iter().flat_map(|machine| {
                    libcs.iter().flat_map(move |libc| {
                        eabi.iter().map(move |abi| format!("{machine}-linux-{libc}{abi}"))
                    })
                });
                triplets.collect()
            }
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let system = match (self.format, self.libc) {
            (Format::Elf, None) => "Linux",
            (Format::Elf, Some(Libc::Gnu)) => "Linux with glibc",
            (Format::Elf, Some(Libc::Musl)) => "Linux with musl",
            (Format::MachO, _) => "macOS",
            (Format::Pe, _) => "Windows",
            (Format::Wasm, _) => "Emscripten",
        };
        write!(f, "{} {system}", self.arch)
    }
}

/// The C library that an ELF file asks for.
fn libc_of(facts: &ObjectFacts) -> Option<Libc> {
    let needs = |prefix: &str| facts.needed.iter().any(|needed| needed.name.starts_with(prefix));
    if needs("libc.musl-") {
        Some(Libc::Musl)
    } else if needs("libc.so.6") || facts.versions.iter().any(|need| need.version.starts_with("GLIBC_")) {
        Some(Libc::Gnu)
    } else {
        None
    }
}

/// The platform tag of a wheel.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PlatformTag<'a> {
    /// `any`.
    Any,
    /// `manylinux_2_17_x86_64`, or an old name of one.
    Manylinux {
        /// The oldest glibc that is promised.
        glibc: (u16, u16),
        /// The machine.
        arch: &'a str,
    },
    /// `musllinux_1_2_x86_64`.
    Musllinux {
        /// The oldest musl that is promised.
        musl: (u16, u16),
        /// The machine.
        arch: &'a str,
    },
    /// `linux_x86_64`: this machine's Linux, whatever it is.
    Linux {
        /// The machine.
        arch: &'a str,
    },
    /// `macosx_11_0_arm64`.
    Macos {
        /// The oldest macOS that is promised.
        version: (u16, u16),
        /// The machine, or a name for several: `universal2`, `intel`.
        arch: &'a str,
    },
    /// `win_amd64`; `win32` has the machine `32`.
    Windows {
        /// The machine.
        arch: &'a str,
    },
    /// Something else: `android_21_arm64_v8a`, `ios_13_0_arm64_iphoneos`, `pyodide_2024_0_wasm32`.
    Other,
}

impl<'a> PlatformTag<'a> {
    /// Reads a platform tag.
    pub fn parse(tag: &'a str) -> Self {
        let versioned = |prefix: &str| {
            let mut parts = tag.strip_prefix(prefix)?.splitn(3, '_');
            Some(((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?), parts.next()?))
        };
        let old_manylinux = || {
            [("manylinux1_", (2, 5)), ("manylinux2010_", (2, 12)), ("manylinux2014_", (2, 17))]
                .into_iter()
                .find_map(|(prefix, glibc)| Some((glibc, tag.strip_prefix(prefix)?)))
        };
        if tag == "any" {
            Self::Any
        } else if let Some((glibc, arch)) = versioned("manylinux_").or_else(old_manylinux) {
            Self::Manylinux { glibc, arch }
        } else if let Some((musl, arch)) = versioned("musllinux_") {
            Self::Musllinux { musl, arch }
        } else if let Some((version, arch)) = versioned("macosx_") {
            Self::Macos { version, arch }
        } else if let Some(arch) = tag.strip_prefix("linux_") {
            Self::Linux { arch }
        } else if let Some(arch) = tag.strip_prefix("win_").or_else(|| tag.strip_prefix("win")) {
            Self::Windows { arch }
        } else {
            Self::Other
        }
    }

    /// Whether a file for `platform` belongs in a wheel with this tag. `None` when the tag does not say.
    pub fn admits(&self, platform: Platform) -> Option<bool> {
        let machine = platform.arch.tag(platform.format);
        Some(match self {
            Self::Other => return None,
            Self::Any => false,
            Self::Manylinux { arch, .. } => {
                platform.format == Format::Elf
                    && platform.libc != Some(Libc::Musl)
                    && is_machine(arch, machine)
            }
            Self::Musllinux { arch, .. } => {
                platform.format == Format::Elf
                    && platform.libc != Some(Libc::Gnu)
                    && is_machine(arch, machine)
            }
            Self::Linux { arch } => platform.format == Format::Elf && is_machine(arch, machine),
            Self::Macos { arch, .. } => platform.format == Format::MachO && machines(arch).contains(&machine),
            Self::Windows { arch } => platform.format == Format::Pe && *arch == machine,
        })
    }

    /// The platform that the tag promises to a file like `platform`: the file's own, except for what the tag
    /// says otherwise. `None` when it names none or several.
    pub fn promised(&self, platform: Platform) -> Option<Platform> {
        let (format, libc, arch) = match self {
            Self::Any | Self::Other => return None,
            Self::Manylinux { arch, .. } => (Format::Elf, Some(Libc::Gnu), arch),
            Self::Musllinux { arch, .. } => (Format::Elf, Some(Libc::Musl), arch),
            Self::Linux { arch } => (Format::Elf, platform.libc, arch),
            Self::Macos { arch, .. } => (Format::MachO, None, arch),
            Self::Windows { arch } => (Format::Pe, None, arch),
        };
        let names = machines(arch);
        let matches = |known: &Arch| names.iter().any(|name| is_machine(name, known.tag(format)));
        let arch = if matches(&platform.arch) {
            platform.arch
        } else {
            *MACHINES.iter().find(|known| matches(known))?
        };
        Some(Platform { format, arch, libc })
    }
}

/// The machines that tags name.
const MACHINES: [Arch; 9] = [
    Arch::X86_64,
    Arch::I686,
    Arch::Aarch64,
    Arch::Arm,
    Arch::Ppc64le,
    Arch::Ppc64,
    Arch::S390x,
    Arch::Riscv64,
    Arch::Loongarch64,
];

/// Whether the machine of a tag is the machine `machine`. A 32-bit Arm file does not say its revision.
fn is_machine(tag: &str, machine: &str) -> bool {
    tag == machine || (machine == "armv7l" && matches!(tag, "armv6l" | "armv8l"))
}

/// The machines that a machine's name in a macOS tag stands for.
fn machines(arch: &str) -> Vec<&str> {
    match arch {
        "universal2" => vec!["arm64", "x86_64"],
        "intel" | "fat32" | "fat3" | "universal" => vec!["x86_64", "i386"],
        "fat64" => vec!["x86_64"],
        one => vec![one],
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const LINUX: Platform = Platform { format: Format::Elf, arch: Arch::X86_64, libc: Some(Libc::Gnu) };
    const ALPINE: Platform = Platform { libc: Some(Libc::Musl), ..LINUX };
    const UNSAID: Platform = Platform { libc: None, ..LINUX };
    const MAC: Platform = Platform { format: Format::MachO, arch: Arch::Aarch64, libc: None };
    const WINDOWS: Platform = Platform { format: Format::Pe, arch: Arch::X86_64, libc: None };
    const WIN32: Platform = Platform { arch: Arch::I686, ..WINDOWS };

    #[rstest]
    #[case("manylinux_2_17_x86_64", PlatformTag::Manylinux { glibc: (2, 17), arch: "x86_64" })]
    #[case("manylinux2014_aarch64", PlatformTag::Manylinux { glibc: (2, 17), arch: "aarch64" })]
    #[case("manylinux2010_i686", PlatformTag::Manylinux { glibc: (2, 12), arch: "i686" })]
    #[case("manylinux1_x86_64", PlatformTag::Manylinux { glibc: (2, 5), arch: "x86_64" })]
    #[case("musllinux_1_1_x86_64", PlatformTag::Musllinux { musl: (1, 1), arch: "x86_64" })]
    #[case("macosx_10_9_universal2", PlatformTag::Macos { version: (10, 9), arch: "universal2" })]
    #[case("linux_armv7l", PlatformTag::Linux { arch: "armv7l" })]
    #[case("win_arm64", PlatformTag::Windows { arch: "arm64" })]
    #[case("win32", PlatformTag::Windows { arch: "32" })]
    #[case("any", PlatformTag::Any)]
    #[case("manylinux_x_y_x86_64", PlatformTag::Other)]
    #[case("ios_13_0_arm64_iphoneos", PlatformTag::Other)]
    fn tags(#[case] tag: &str, #[case] expected: PlatformTag<'_>) {
        assert_eq!(PlatformTag::parse(tag), expected);
    }

    #[rstest]
    #[case("manylinux_2_17_x86_64", &[LINUX, UNSAID], &[ALPINE, MAC, WINDOWS])]
    #[case("musllinux_1_2_x86_64", &[ALPINE, UNSAID], &[LINUX])]
    #[case("linux_x86_64", &[LINUX, ALPINE], &[MAC])]
    #[case("manylinux_2_17_aarch64", &[], &[LINUX, MAC])]
    #[case("macosx_11_0_arm64", &[MAC], &[LINUX])]
    #[case("macosx_10_9_universal2", &[MAC], &[])]
    #[case("macosx_10_9_x86_64", &[], &[MAC])]
    #[case("win_amd64", &[WINDOWS], &[WIN32, LINUX])]
    #[case("win32", &[WIN32], &[WINDOWS])]
    #[case("any", &[], &[LINUX, MAC, WINDOWS])]
    fn admission(#[case] tag: &str, #[case] yes: &[Platform], #[case] no: &[Platform]) {
        let tag = PlatformTag::parse(tag);
        assert!(yes.iter().all(|platform| tag.admits(*platform) == Some(true)));
        assert!(no.iter().all(|platform| tag.admits(*platform) == Some(false)));
    }

    #[rstest]
    #[case("manylinux_2_17_aarch64", Some(Platform { arch: Arch::Aarch64, ..LINUX }))]
    #[case("manylinux_2_17_x86_64", Some(LINUX))]
    #[case("win32", Some(WIN32))]
    #[case("any", None)]
    #[case("manylinux_2_17_sparc", None)]
    fn promises(#[case] tag: &str, #[case] expected: Option<Platform>) {
        assert_eq!(PlatformTag::parse(tag).promised(UNSAID), expected);
    }

    #[rstest]
    #[case(LINUX, LINUX, true)]
    #[case(UNSAID, ALPINE, true)]
    #[case(LINUX, ALPINE, false)]
    #[case(LINUX, Platform { arch: Arch::Aarch64, ..LINUX }, false)]
    #[case(WINDOWS, LINUX, false)]
    fn loading(#[case] file: Platform, #[case] system: Platform, #[case] loads: bool) {
        assert_eq!(file.loads_on(system), loads);
    }
}
