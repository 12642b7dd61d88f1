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
    /// The C library of an ELF file, where there is more than one. `None` when nothing says which.
    pub libc: Option<Libc>,
    /// The system of a Mach-O file. `None` when nothing says which.
    pub apple: Option<Apple>,
}

/// The C libraries of Linux and Android.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Libc {
    /// glibc.
    Gnu,
    /// musl.
    Musl,
    /// Bionic, Android's.
    Bionic,
}

/// The systems that load Mach-O files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Apple {
    /// macOS.
    Macos,
    /// iOS and iPadOS.
    Ios,
    /// The simulator of iOS on a Mac.
    IosSimulator,
}

impl Apple {
    /// The name in the suffixes of modules and at the end of iOS platform tags (PEP 730).
    const fn soabi_name(self) -> &'static str {
        match self {
            Self::Macos => "darwin",
            Self::Ios => "iphoneos",
            Self::IosSimulator => "iphonesimulator",
        }
    }

    /// The system that a file's load commands name.
    fn of_load_command(platform: &str) -> Option<Self> {
        Some(match platform {
            "macos" => Self::Macos,
            "ios" => Self::Ios,
            "iossimulator" => Self::IosSimulator,
            _ => return None,
        })
    }

    /// The system whose name ends `text`.
    fn of_name(text: &str) -> Option<Self> {
        [Self::Macos, Self::Ios, Self::IosSimulator]
            .into_iter()
            .find(|system| text.ends_with(system.soabi_name()))
    }
}

impl Platform {
    /// The platform that a file is for, from its own words and the tag in its name.
    pub fn of(facts: &ObjectFacts, file_name: &str) -> Self {
        let named = ModuleFileName::parse(file_name);
        let named = named.as_ref().and_then(|name| name.suffix.platform()).unwrap_or_default();
        let libc = libc_of(facts).or_else(|| match named {
            gnu if gnu.contains("-linux-gnu") => Some(Libc::Gnu),
            musl if musl.contains("-linux-musl") => Some(Libc::Musl),
            android if android.contains("-linux-android") => Some(Libc::Bionic),
            _ => None,
        });
        let says = facts.minimum_os.as_ref().and_then(|os| Apple::of_load_command(os.platform));
        let apple = says.or_else(|| Apple::of_name(named));
        Self {
            format: facts.format,
            arch: facts.arch,
            libc: libc.filter(|_| facts.format == Format::Elf),
            apple: apple.filter(|_| facts.format == Format::MachO),
        }
    }

    /// Whether it is a Linux that is no Android: the system on which the tables of interpreters were measured.
    pub fn is_linux(self) -> bool {
        self.format == Format::Elf && self.libc != Some(Libc::Bionic)
    }

    /// Whether a file for `self` can be loaded on `system`. What nobody says is no obstacle.
    pub fn loads_on(self, system: Self) -> bool {
        let libc = self.libc.is_none() || system.libc.is_none() || self.libc == system.libc;
        let apple = self.apple.is_none() || system.apple.is_none() || self.apple == system.apple;
        self.format == system.format && self.arch == system.arch && libc && apple
    }

    /// The names that CPython may give the platform in the suffix of a file: `x86_64-linux-gnu`, `darwin`,
    /// `win_amd64`.
    ///
    /// Several where the same platform has had several: until 3.10 a CPython built against musl called itself
    /// `-linux-gnu` too (bpo-43112).
    pub fn soabi_names(self) -> Vec<String> {
        match self.format {
            Format::MachO => vec![self.apple.unwrap_or(Apple::Macos).soabi_name().to_owned()],
            Format::Wasm => vec!["wasm32-emscripten".to_owned()],
            Format::Pe if self.arch == Arch::I686 => vec!["win32".to_owned()],
            Format::Pe => vec![format!("win_{}", Format::Pe.machine_tag(self.arch))],
            Format::Elf if self.libc == Some(Libc::Bionic) => {
                let eabi = if self.arch == Arch::Arm { "eabi" } else { "" };
                let machine = if self.arch == Arch::Arm { "arm" } else { self.arch.as_str() };
                vec![format!("{machine}-linux-android{eabi}")]
            }
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
        let system = match (self.format, self.libc, self.apple) {
            (Format::Elf, None, _) => "Linux",
            (Format::Elf, Some(Libc::Gnu), _) => "Linux with glibc",
            (Format::Elf, Some(Libc::Musl), _) => "Linux with musl",
            (Format::Elf, Some(Libc::Bionic), _) => "Android",
            (Format::MachO, _, None | Some(Apple::Macos)) => "macOS",
            (Format::MachO, _, Some(Apple::Ios)) => "iOS",
            (Format::MachO, _, Some(Apple::IosSimulator)) => "the simulator of iOS",
            (Format::Pe, ..) => "Windows",
            (Format::Wasm, ..) => "Emscripten",
        };
        write!(f, "{} {system}", self.arch)
    }
}

/// The C library that an ELF file asks for.
fn libc_of(facts: &ObjectFacts) -> Option<Libc> {
    let needs = |prefix: &str| facts.needed.iter().any(|needed| needed.name.starts_with(prefix));
    // Bionic's versions are `LIBC` and, of what came later, `LIBC_N`, `LIBC_O`.
    let bionic = |version: &str| version == "LIBC" || version.starts_with("LIBC_");
    if needs("libc.musl-") {
        Some(Libc::Musl)
    } else if facts.versions.iter().any(|need| &*need.library == "libc.so" && bionic(&need.version)) {
        Some(Libc::Bionic)
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
    /// `android_21_arm64_v8a` (PEP 738).
    Android {
        /// The oldest API level that is promised.
        api: u16,
        /// The name of the machine's ABI, as the NDK has it.
        abi: &'a str,
    },
    /// `ios_13_0_arm64_iphoneos` (PEP 730).
    Ios {
        /// The oldest iOS that is promised.
        version: (u16, u16),
        /// The machine.
        arch: &'a str,
        /// The device or the simulator.
        system: Apple,
    },
    /// `pyodide_2024_0_wasm32`, `pyemscripten_2025_0_wasm32`, `emscripten_4_0_9_wasm32` (PEP 783).
    Emscripten,
    /// Something else: `freebsd_14_x86_64`.
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
            Self::of_a_device(tag).unwrap_or(Self::Other)
        }
    }

    /// Reads the tag of a telephone or a browser.
    fn of_a_device(tag: &'a str) -> Option<Self> {
        if let Some(rest) = tag.strip_prefix("android_") {
            let (api, abi) = rest.split_once('_')?;
            return Some(Self::Android { api: api.parse().ok()?, abi });
        }
        if let Some(rest) = tag.strip_prefix("ios_") {
            let mut parts = rest.splitn(3, '_');
            let version = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            let (arch, system) = parts.next()?.rsplit_once('_')?;
            let system = Apple::of_name(system).filter(|system| *system != Apple::Macos)?;
            return Some(Self::Ios { version, arch, system });
        }
        let families = ["pyodide_", "pyemscripten_", "emscripten_"];
        let wasm = families.iter().any(|family| tag.starts_with(family)) && tag.ends_with("_wasm32");
        wasm.then_some(Self::Emscripten)
    }

    /// Whether a file for `platform` belongs in a wheel with this tag. `None` when the tag does not say.
    pub fn admits(&self, platform: Platform) -> Option<bool> {
        let machine = platform.format.machine_tag(platform.arch);
        Some(match self {
            Self::Other => return None,
            Self::Any => false,
            Self::Manylinux { arch, .. } => {
                platform.format == Format::Elf
                    && matches!(platform.libc, None | Some(Libc::Gnu))
                    && is_machine(arch, machine)
            }
            Self::Musllinux { arch, .. } => {
                platform.format == Format::Elf
                    && matches!(platform.libc, None | Some(Libc::Musl))
                    && is_machine(arch, machine)
            }
            Self::Linux { arch } => platform.format == Format::Elf && is_machine(arch, machine),
            Self::Macos { arch, .. } => {
                platform.format == Format::MachO
                    && matches!(platform.apple, None | Some(Apple::Macos))
                    && machines(arch).contains(&machine)
            }
            Self::Windows { arch } => platform.format == Format::Pe && *arch == machine,
            Self::Android { abi, .. } => {
                platform.format == Format::Elf
                    && matches!(platform.libc, None | Some(Libc::Bionic))
                    && is_machine(android_machine(abi), machine)
            }
            Self::Ios { arch, system, .. } => {
                platform.format == Format::MachO
                    && platform.apple.is_none_or(|own| own == *system)
                    && *arch == machine
            }
            Self::Emscripten => platform.format == Format::Wasm,
        })
    }

    /// The platform that the tag promises to a file like `platform`: the file's own, except for what the tag
    /// says otherwise. `None` when it names none or several.
    pub fn promised(&self, platform: Platform) -> Option<Platform> {
        let apple = match self {
            Self::Macos { .. } => Some(Apple::Macos),
            Self::Ios { system, .. } => Some(*system),
            _ => None,
        };
        let (format, libc, arch) = match *self {
            Self::Any | Self::Other => return None,
            Self::Manylinux { arch, .. } => (Format::Elf, Some(Libc::Gnu), arch),
            Self::Musllinux { arch, .. } => (Format::Elf, Some(Libc::Musl), arch),
            Self::Linux { arch } => (Format::Elf, platform.libc, arch),
            Self::Macos { arch, .. } | Self::Ios { arch, .. } => (Format::MachO, None, arch),
            Self::Windows { arch } => (Format::Pe, None, arch),
            Self::Android { abi, .. } => (Format::Elf, Some(Libc::Bionic), android_machine(abi)),
            Self::Emscripten => (Format::Wasm, None, Arch::Wasm32.as_str()),
        };
        let names = machines(arch);
        let matches = |known: &Arch| names.iter().any(|name| is_machine(name, format.machine_tag(*known)));
        let arch = if matches(&platform.arch) {
            platform.arch
        } else {
            *MACHINES.iter().find(|known| matches(known))?
        };
        Some(Platform { format, arch, libc, apple })
    }
}

/// The machine that the NDK calls `abi`.
fn android_machine(abi: &str) -> &str {
    match abi {
        "arm64_v8a" => "aarch64",
        "armeabi_v7a" => "armv7l",
        "x86" => "i686",
        other => other,
    }
}

/// The machines that tags name.
const MACHINES: [Arch; 10] = [
    Arch::X86_64,
    Arch::I686,
    Arch::Aarch64,
    Arch::Arm,
    Arch::Ppc64le,
    Arch::Ppc64,
    Arch::S390x,
    Arch::Riscv64,
    Arch::Loongarch64,
    Arch::Wasm32,
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

    const LINUX: Platform =
        Platform { format: Format::Elf, arch: Arch::X86_64, libc: Some(Libc::Gnu), apple: None };
    const ALPINE: Platform = Platform { libc: Some(Libc::Musl), ..LINUX };
    const ANDROID: Platform = Platform { libc: Some(Libc::Bionic), arch: Arch::Aarch64, ..LINUX };
    const UNSAID: Platform = Platform { libc: None, ..LINUX };
    const MAC: Platform =
        Platform { format: Format::MachO, arch: Arch::Aarch64, libc: None, apple: Some(Apple::Macos) };
    const PHONE: Platform = Platform { apple: Some(Apple::Ios), ..MAC };
    const SIMULATOR: Platform = Platform { apple: Some(Apple::IosSimulator), ..MAC };
    const WINDOWS: Platform = Platform { format: Format::Pe, libc: None, ..LINUX };
    const BROWSER: Platform = Platform { format: Format::Wasm, arch: Arch::Wasm32, libc: None, apple: None };
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
    #[case("android_21_arm64_v8a", PlatformTag::Android { api: 21, abi: "arm64_v8a" })]
    #[case(
        "ios_13_0_arm64_iphoneos",
        PlatformTag::Ios { version: (13, 0), arch: "arm64", system: Apple::Ios }
    )]
    #[case(
        "ios_13_0_x86_64_iphonesimulator",
        PlatformTag::Ios { version: (13, 0), arch: "x86_64", system: Apple::IosSimulator }
    )]
    #[case("ios_13_0_arm64_darwin", PlatformTag::Other)]
    #[case("pyodide_2024_0_wasm32", PlatformTag::Emscripten)]
    #[case("pyemscripten_2025_0_wasm32", PlatformTag::Emscripten)]
    #[case("emscripten_4_0_9_wasm32", PlatformTag::Emscripten)]
    #[case("freebsd_14_x86_64", PlatformTag::Other)]
    fn tags(#[case] tag: &str, #[case] expected: PlatformTag<'_>) {
        assert_eq!(PlatformTag::parse(tag), expected);
    }

    #[rstest]
    #[case("manylinux_2_17_x86_64", &[LINUX, UNSAID], &[ALPINE, MAC, WINDOWS])]
    #[case("musllinux_1_2_x86_64", &[ALPINE, UNSAID], &[LINUX])]
    #[case("manylinux_2_17_aarch64", &[], &[ANDROID])]
    #[case("android_21_arm64_v8a", &[ANDROID], &[LINUX, MAC, Platform { arch: Arch::X86_64, ..ANDROID }])]
    #[case("ios_13_0_arm64_iphoneos", &[PHONE, Platform { apple: None, ..PHONE }], &[MAC, SIMULATOR])]
    #[case("ios_13_0_arm64_iphonesimulator", &[SIMULATOR], &[PHONE, MAC])]
    #[case("pyodide_2024_0_wasm32", &[BROWSER], &[LINUX])]
    #[case("manylinux_2_17_x86_64", &[], &[BROWSER])]
    #[case("linux_x86_64", &[LINUX, ALPINE], &[MAC])]
    #[case("manylinux_2_17_aarch64", &[], &[LINUX, MAC])]
    #[case("macosx_11_0_arm64", &[MAC], &[LINUX, PHONE])]
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
    #[case("android_24_arm64_v8a", Some(ANDROID))]
    #[case("ios_13_0_arm64_iphoneos", Some(PHONE))]
    #[case("pyemscripten_2025_0_wasm32", Some(BROWSER))]
    #[case("freebsd_14_x86_64", None)]
    fn promises(#[case] tag: &str, #[case] expected: Option<Platform>) {
        assert_eq!(PlatformTag::parse(tag).promised(UNSAID), expected);
    }

    #[rstest]
    #[case(LINUX, LINUX, true)]
    #[case(UNSAID, ALPINE, true)]
    #[case(LINUX, ALPINE, false)]
    #[case(LINUX, Platform { arch: Arch::Aarch64, ..LINUX }, false)]
    #[case(WINDOWS, LINUX, false)]
    #[case(ANDROID, Platform { libc: Some(Libc::Gnu), ..ANDROID }, false)]
    #[case(PHONE, SIMULATOR, false)]
    fn loading(#[case] file: Platform, #[case] system: Platform, #[case] loads: bool) {
        assert_eq!(file.loads_on(system), loads);
    }
}
