//! Systems, and the platform tags that an installer on one takes, the preferred first.
//!
//! Sources: PEP 600 (manylinux), PEP 656 (musllinux); `_linux_platforms`, `mac_platforms` and `_generic_platforms` of
//! packaging 26.4, in their order.

use std::fmt;

use crate::platform::PlatformTag;

/// Tags with a greater number name no system: the newest glibc is far from 2.100, and macOS from 100.
const GREATEST: u16 = 99;

/// A kind of operating system, as far as wheels tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Linux with glibc.
    Glibc,
    /// Linux with musl.
    Musl,
    /// macOS.
    Macos,
    /// Windows.
    Windows,
}

impl Family {
    /// The family's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Glibc => "glibc",
            Self::Musl => "musl",
            Self::Macos => "macos",
            Self::Windows => "windows",
        }
    }
}

/// A system: its kind, its age, its machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct System {
    /// What it is.
    pub family: Family,
    /// The machine, as platform tags of the family write it: `x86_64`, `arm64`, `amd64`; `32` for 32-bit Windows.
    pub arch: String,
    /// The version of glibc, musl or macOS. Of Windows it does not matter.
    pub version: (u16, u16),
}

impl System {
    /// The system of this kind.
    pub fn new(family: Family, arch: &str, version: (u16, u16)) -> Self {
        Self { family, arch: arch.to_owned(), version }
    }

    /// The oldest systems that a platform tag names, one for each machine. None for tags of other systems.
    pub fn named_by(tag: &str) -> Vec<Self> {
        let known = |version: (u16, u16)| version.0 <= GREATEST && version.1 <= GREATEST;
        match PlatformTag::parse(tag) {
            PlatformTag::Manylinux { glibc, arch } if known(glibc) && glibc.0 == 2 => {
                vec![Self::new(Family::Glibc, arch, glibc)]
            }
            PlatformTag::Musllinux { musl, arch } if known(musl) => {
                vec![Self::new(Family::Musl, arch, musl)]
            }
            PlatformTag::Macos { version, arch } if known(version) => {
                let machines: &[&str] = match arch {
                    "universal2" => &["arm64", "x86_64"],
                    "intel" | "fat64" | "fat3" | "universal" | "x86_64" => &["x86_64"],
                    "arm64" => &["arm64"],
                    _ => &[],
                };
                // There is no macOS on Arm before 11.
                let first = |machine: &str| if machine == "arm64" { (11, 0) } else { (10, 4) };
                machines
                    .iter()
                    .map(|machine| Self::new(Family::Macos, machine, version.max(first(machine))))
                    .collect()
            }
            PlatformTag::Windows { arch } => vec![Self::new(Family::Windows, arch, (0, 0))],
            _ => Vec::new(),
        }
    }

    /// The platform tags that an installer takes there, the preferred first; without `any`.
    pub fn platforms(&self) -> Vec<String> {
        let Self { family, arch, version } = self;
        match family {
            Family::Glibc => linux(arch, |arch| manylinux(arch, *version)),
            Family::Musl => linux(arch, |arch| {
                (0..=version.1).rev().map(|minor| format!("musllinux_{}_{minor}_{arch}", version.0)).collect()
            }),
            Family::Macos => macos(arch, *version),
            Family::Windows if arch == "32" => vec!["win32".to_owned()],
            Family::Windows => vec![format!("win_{arch}")],
        }
    }
}

/// `Linux x86_64, glibc 2.17`, `macOS 11.0 arm64`, `Windows amd64`.
impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { arch, version: (major, minor), .. } = self;
        match self.family {
            Family::Glibc => write!(f, "Linux {arch}, glibc {major}.{minor}"),
            Family::Musl => write!(f, "Linux {arch}, musl {major}.{minor}"),
            Family::Macos => write!(f, "macOS {arch}, {major}.{minor}"),
            Family::Windows => write!(f, "Windows {arch}"),
        }
    }
}

/// The tag of any Linux first, then those of its C library, for each machine that the system can be taken for.
fn linux(arch: &str, libc: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let archs = if arch == "armv8l" { vec!["armv8l", "armv7l"] } else { vec![arch] };
    let any = archs.iter().map(|arch| format!("linux_{arch}"));
    any.chain(archs.iter().flat_map(|arch| libc(arch))).collect()
}

/// glibc from this version down to the first that tags name, each new name before its old one.
fn manylinux(arch: &str, version: (u16, u16)) -> Vec<String> {
    let oldest = if matches!(arch, "x86_64" | "i686") { 5 } else { 17 };
    if version.0 != 2 {
        return Vec::new();
    }
    let tags = |minor: u16| {
        let old = match minor {
            17 => Some(format!("manylinux2014_{arch}")),
            12 => Some(format!("manylinux2010_{arch}")),
            5 => Some(format!("manylinux1_{arch}")),
            _ => None,
        };
        std::iter::once(format!("manylinux_2_{minor}_{arch}")).chain(old)
    };
    (oldest..=version.1).rev().flat_map(tags).collect()
}

/// Since 11 the first number counts the yearly releases, and before that the second one did.
fn macos(arch: &str, version: (u16, u16)) -> Vec<String> {
    let mut tags = Vec::new();
    let mut add = |major: u16, minor: u16, formats: &[&str]| {
        tags.extend(formats.iter().map(|format| format!("macosx_{major}_{minor}_{format}")));
    };
    let all: &[&str] = match arch {
        "x86_64" => &["x86_64", "intel", "fat64", "fat3", "universal2", "universal"],
        _ => &["arm64", "universal2"],
    };
    for major in (11..=version.0).rev() {
        add(major, 0, all);
    }
    // A universal file is named after the oldest system of its x86-64 half.
    let formats = if arch == "x86_64" { all } else { &["universal2"] };
    let newest = if version.0 >= 11 { 16 } else { version.1 };
    for minor in (4..=newest).rev() {
        add(10, minor, formats);
    }
    tags
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn system(family: Family, arch: &str, version: (u16, u16)) -> System {
        System::new(family, arch, version)
    }

    /// What `list(platform_tags())` of packaging 26.4 prints there, in its order; `...` for any number of tags.
    #[rstest]
    #[case::glibc(system(Family::Glibc, "x86_64", (2, 18)), "linux_x86_64 manylinux_2_18_x86_64 \
        manylinux_2_17_x86_64 manylinux2014_x86_64 manylinux_2_16_x86_64 ... manylinux_2_12_x86_64 \
        manylinux2010_x86_64 ... manylinux_2_5_x86_64 manylinux1_x86_64")]
    #[case::no_arm_before_2_17(system(Family::Glibc, "aarch64", (2, 18)), "linux_aarch64 manylinux_2_18_aarch64 \
        manylinux_2_17_aarch64 manylinux2014_aarch64")]
    #[case::older_than_every_tag(system(Family::Glibc, "aarch64", (2, 16)), "linux_aarch64")]
    #[case::two_machines(system(Family::Musl, "armv8l", (1, 1)), "linux_armv8l linux_armv7l musllinux_1_1_armv8l \
        musllinux_1_0_armv8l musllinux_1_1_armv7l musllinux_1_0_armv7l")]
    #[case::musl(system(Family::Musl, "x86_64", (1, 2)), "linux_x86_64 musllinux_1_2_x86_64 musllinux_1_1_x86_64 \
        musllinux_1_0_x86_64")]
    #[case::arm_mac(system(Family::Macos, "arm64", (12, 3)), "macosx_12_0_arm64 macosx_12_0_universal2 \
        macosx_11_0_arm64 macosx_11_0_universal2 macosx_10_16_universal2 macosx_10_15_universal2 ... \
        macosx_10_4_universal2")]
    #[case::old_mac(system(Family::Macos, "x86_64", (10, 5)), "macosx_10_5_x86_64 macosx_10_5_intel \
        macosx_10_5_fat64 macosx_10_5_fat3 macosx_10_5_universal2 macosx_10_5_universal macosx_10_4_x86_64 \
        macosx_10_4_intel macosx_10_4_fat64 macosx_10_4_fat3 macosx_10_4_universal2 macosx_10_4_universal")]
    #[case::windows(system(Family::Windows, "amd64", (0, 0)), "win_amd64")]
    #[case::windows_32(system(Family::Windows, "32", (0, 0)), "win32")]
    fn platforms(#[case] system: System, #[case] expected: &str) {
        let tags = system.platforms();
        let mut tags = tags.iter().map(String::as_str);
        let mut skip = false;
        for word in expected.split_whitespace() {
            if word == "..." {
                skip = true;
            } else {
                let found =
                    if std::mem::take(&mut skip) { tags.find(|tag| *tag == word) } else { tags.next() };
                assert_eq!(found, Some(word), "{:?}", system.platforms());
            }
        }
        assert_eq!(tags.next(), None);
    }

    #[rstest]
    #[case("manylinux2014_x86_64", &["Linux x86_64, glibc 2.17"])]
    #[case("musllinux_1_2_aarch64", &["Linux aarch64, musl 1.2"])]
    #[case("macosx_10_9_universal2", &["macOS arm64, 11.0", "macOS x86_64, 10.9"])]
    #[case("macosx_14_0_arm64", &["macOS arm64, 14.0"])]
    #[case("win32", &["Windows 32"])]
    #[case::any_linux("linux_x86_64", &[])]
    #[case::not_ours("ios_13_0_arm64_iphoneos", &[])]
    #[case::not_yet("manylinux_2_60000_x86_64", &[])]
    fn named(#[case] tag: &str, #[case] expected: &[&str]) {
        let systems: Vec<String> = System::named_by(tag).iter().map(ToString::to_string).collect();
        assert_eq!(systems, expected);
    }
}
