//! `tables/system/libsystem.txt`, and which install names are macOS's own.

use std::sync::LazyLock;

use soabi_object::Arch;

use super::front::FrontCoded;

static TABLE: LazyLock<FrontCoded> =
    LazyLock::new(|| FrontCoded::after_comments(include_str!("../../../tables/system/libsystem.txt")));

/// The library that the table is about.
pub const LIBSYSTEM: &str = "/usr/lib/libSystem.B.dylib";

/// Whether the newest libSystem exports `name`, without its leading underscore, on `machine`.
pub fn exports(name: &str, machine: Arch) -> bool {
    match TABLE.find(name) {
        Some("x") => machine != Arch::Aarch64,
        Some("a") => machine == Arch::Aarch64,
        Some(_) => true,
        None => false,
    }
}

/// Whether an install name is one of macOS: everything in `/usr/lib` and `/System/Library`, which only Apple fills.
///
/// Since macOS 11 most of these libraries have no file; the dynamic linker has them in its cache. `/usr/local/lib`
/// is not one of these folders.
pub fn is_system(install_name: &str) -> bool {
    let inside = |folder: &str| install_name.strip_prefix(folder).is_some_and(|rest| !rest.contains(".."));
    inside("/usr/lib/") || inside("/System/Library/")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("malloc", Arch::X86_64, true)]
    #[case("malloc", Arch::Aarch64, true)]
    #[case::inode64("stat$INODE64", Arch::X86_64, true)]
    #[case::no_inode64_there("stat$INODE64", Arch::Aarch64, false)]
    #[case("dispatch_async", Arch::Aarch64, true)]
    #[case("dyld_stub_binder", Arch::X86_64, true)]
    #[case("eggs", Arch::X86_64, false)]
    #[case::glibc_alone("gnu_get_libc_version", Arch::Aarch64, false)]
    fn names(#[case] name: &str, #[case] machine: Arch, #[case] expected: bool) {
        assert_eq!(exports(name, machine), expected, "{name}");
    }

    #[rstest]
    #[case("/usr/lib/libSystem.B.dylib", true)]
    #[case("/usr/lib/swift/libswiftCore.dylib", true)]
    #[case("/System/Library/Frameworks/Accelerate.framework/Versions/A/Accelerate", true)]
    #[case("/usr/local/lib/libomp.dylib", false)]
    #[case("/opt/homebrew/opt/xz/lib/liblzma.5.dylib", false)]
    #[case("/usr/lib/../local/lib/libomp.dylib", false)]
    #[case("@rpath/libc++.1.dylib", false)]
    fn system(#[case] name: &str, #[case] expected: bool) {
        assert_eq!(is_system(name), expected);
    }
}
