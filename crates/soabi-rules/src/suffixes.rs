//! The file-name suffixes that each interpreter searches for.
//!
//! Sources: 2.7's `imp.get_suffixes()`; CPython's `Python/dynload_shlib.c` and `Python/dynload_win.c`, whose
//! tables are `importlib.machinery.EXTENSION_SUFFIXES`. An interpreter at hand is asked instead: distributors
//! change them.

use soabi_core::{AbiTag, CpythonAbi, PyVersion};
use soabi_object::Format;

use crate::platform::{Libc, Platform};

/// The suffixes that an interpreter with the ABI `python` searches for on `platform`, first found first.
pub fn suffixes(python: AbiTag, platform: Platform) -> Vec<String> {
    let names = platform.soabi_names();
    match python {
        AbiTag::Cpython(abi) if platform.format == Format::Pe => windows(abi, &names),
        AbiTag::Cpython(abi) if abi.version.major == 2 => vec![".so".to_owned(), "module.so".to_owned()],
        AbiTag::Cpython(abi) => {
            // Since 3.11 a CPython that was built against musl no longer calls itself `-linux-gnu` (bpo-43112).
            let is_musl = platform.libc == Some(Libc::Musl) && abi.version >= PyVersion::new(3, 11);
            let names: Vec<String> =
                names.into_iter().filter(|name| !(is_musl && name.contains("-linux-gnu"))).collect();
            unix(abi, &names)
        }
        AbiTag::Pypy { python, abi } => {
            let dot = if platform.format == Format::Pe { "pyd" } else { "so" };
            names.iter().map(|name| format!(".pypy{}-pp{abi}-{name}.{dot}", python.compact())).collect()
        }
        AbiTag::Abi3 | AbiTag::Abi3t | AbiTag::None => Vec::new(),
    }
}

fn unix(abi: CpythonAbi, names: &[String]) -> Vec<String> {
    let soabi = |abi: CpythonAbi| {
        let flags = abi.to_string();
        names.iter().map(move |name| format!(".cpython-{}-{name}.so", &flags["cp".len()..]))
    };
    let stable = |abi: &'static str| names.iter().map(move |name| format!(".{abi}-{name}.so"));
    let mut suffixes: Vec<String> = soabi(abi).collect();
    // Release builds' modules are good in debug builds since 3.8 (bpo-36722).
    if abi.debug && abi.version >= PyVersion::new(3, 8) {
        suffixes.extend(soabi(CpythonAbi { debug: false, ..abi }));
    }
    // PEP 803 and gh-122931: abi3t, and the stable ABIs with a platform.
    let new = abi.version >= PyVersion::new(3, 15);
    if !(new && abi.free_threaded) {
        suffixes.extend(stable("abi3").filter(|_| new));
        suffixes.push(".abi3.so".to_owned());
    }
    if new {
        suffixes.extend(stable("abi3t"));
        suffixes.push(".abi3t.so".to_owned());
    }
    suffixes.push(".so".to_owned());
    suffixes
}

/// Windows has tags from 3.5 on, without `m`, and no suffix for the stable ABI.
fn windows(abi: CpythonAbi, names: &[String]) -> Vec<String> {
    let debug = if abi.debug { "_d" } else { "" };
    let tag = CpythonAbi { debug: false, pymalloc: false, wide_unicode: false, ..abi };
    let tagged =
        names.iter().filter(|_| abi.version.major > 2).map(|name| format!("{debug}.{tag}-{name}.pyd"));
    tagged.chain([format!("{debug}.pyd")]).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use soabi_object::Arch;

    use super::*;
    use crate::platform::Apple;

    const LINUX: Platform =
        Platform { format: Format::Elf, arch: Arch::X86_64, libc: Some(Libc::Gnu), apple: None };
    const ALPINE: Platform = Platform { libc: Some(Libc::Musl), ..LINUX };
    const MAC: Platform = Platform { format: Format::MachO, arch: Arch::Aarch64, libc: None, apple: None };
    const ANDROID: Platform = Platform { libc: Some(Libc::Bionic), ..LINUX };
    const PHONE: Platform = Platform { apple: Some(Apple::Ios), ..MAC };
    const SIMULATOR: Platform = Platform { apple: Some(Apple::IosSimulator), ..MAC };
    const BROWSER: Platform = Platform { format: Format::Wasm, arch: Arch::Wasm32, ..MAC };
    const WINDOWS: Platform = Platform { format: Format::Pe, arch: Arch::X86_64, libc: None, apple: None };

    /// What the interpreters themselves answered; on Android, iOS and Emscripten what real wheels have.
    #[rstest]
    #[case("cp27mu", LINUX, ".so module.so")]
    #[case("cp36m", LINUX, ".cpython-36m-x86_64-linux-gnu.so .abi3.so .so")]
    #[case("cp313", LINUX, ".cpython-313-x86_64-linux-gnu.so .abi3.so .so")]
    #[case("cp313t", LINUX, ".cpython-313t-x86_64-linux-gnu.so .abi3.so .so")]
    #[case("cp39d", LINUX, ".cpython-39d-x86_64-linux-gnu.so .cpython-39-x86_64-linux-gnu.so .abi3.so .so")]
    #[case("cp37dm", LINUX, ".cpython-37dm-x86_64-linux-gnu.so .abi3.so .so")]
    #[case(
        "cp315",
        LINUX,
        ".cpython-315-x86_64-linux-gnu.so .abi3-x86_64-linux-gnu.so .abi3.so .abi3t-x86_64-linux-gnu.so \
         .abi3t.so .so"
    )]
    #[case("cp315t", LINUX, ".cpython-315t-x86_64-linux-gnu.so .abi3t-x86_64-linux-gnu.so .abi3t.so .so")]
    #[case(
        "cp310",
        ALPINE,
        ".cpython-310-x86_64-linux-musl.so .cpython-310-x86_64-linux-gnu.so .abi3.so .so"
    )]
    #[case("cp311", ALPINE, ".cpython-311-x86_64-linux-musl.so .abi3.so .so")]
    #[case("cp312", MAC, ".cpython-312-darwin.so .abi3.so .so")]
    #[case("cp313", ANDROID, ".cpython-313-x86_64-linux-android.so .abi3.so .so")]
    #[case(
        "cp314",
        Platform { arch: Arch::Arm, ..ANDROID },
        ".cpython-314-arm-linux-androideabi.so .abi3.so .so"
    )]
    #[case("cp313", PHONE, ".cpython-313-iphoneos.so .abi3.so .so")]
    #[case("cp313", SIMULATOR, ".cpython-313-iphonesimulator.so .abi3.so .so")]
    #[case("cp313", BROWSER, ".cpython-313-wasm32-emscripten.so .abi3.so .so")]
    #[case("cp311", WINDOWS, ".cp311-win_amd64.pyd .pyd")]
    #[case("cp36m", WINDOWS, ".cp36-win_amd64.pyd .pyd")]
    #[case("cp313t", WINDOWS, ".cp313t-win_amd64.pyd .pyd")]
    #[case("cp311d", WINDOWS, "_d.cp311-win_amd64.pyd _d.pyd")]
    #[case("cp27m", WINDOWS, ".pyd")]
    #[case("pypy311_pp73", LINUX, ".pypy311-pp73-x86_64-linux-gnu.so")]
    #[case("pypy311_pp73", WINDOWS, ".pypy311-pp73-win_amd64.pyd")]
    fn searched(#[case] python: &str, #[case] platform: Platform, #[case] expected: &str) {
        assert_eq!(suffixes(python.parse().unwrap(), platform).join(" "), expected);
    }
}
