//! `tables/system/windows.txt`, and the runtimes of compilers: which DLLs a Windows machine with Python has.

use std::collections::HashSet;
use std::sync::OnceLock;

const TEXT: &str = include_str!("../../../tables/system/windows.txt");

/// What a DLL is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dll {
    /// Windows has it.
    Windows,
    /// CPython's installer puts it beside `python.exe`: `vcruntime140.dll`, and since 3.8 `vcruntime140_1.dll`.
    Python,
    /// An interpreter's own: `python311.dll`, `libpypy3-c.dll`.
    Interpreter,
    /// A part of Microsoft's redistributable that neither Windows nor Python brings, and that most machines have:
    /// `msvcp140.dll`, `vcomp140.dll`, `concrt140.dll`.
    Redistributable,
    /// A debug runtime of Microsoft's compilers. It must not be redistributed, and only Visual Studio has it.
    Debug,
    /// A runtime of MinGW's compilers: `libgcc_s_seh-1.dll`, `libstdc++-6.dll`, `libwinpthread-1.dll`.
    MinGw,
    /// Another one.
    Other,
}

/// What the DLL `name` is. Names are compared without case.
pub fn dll(name: &str) -> Dll {
    let name = name.to_ascii_lowercase();
    let stem = name.strip_suffix(".dll").unwrap_or(&name);
    if stem.starts_with("api-ms-") || stem.starts_with("ext-ms-") {
        return Dll::Windows;
    }
    if matches!(stem, "vcruntime140" | "vcruntime140_1") {
        return Dll::Python;
    }
    if crate::import::is_python_library(&name) {
        return Dll::Interpreter;
    }
    if is_debug_runtime(stem) {
        return Dll::Debug;
    }
    if is_redistributable(stem) {
        return Dll::Redistributable;
    }
    if is_mingw(stem) {
        return Dll::MinGw;
    }
    let driver = [".drv", ".ocx", ".cpl", ".sys", ".exe"].iter().any(|suffix| stem.ends_with(suffix));
    if driver || UNLISTED.contains(&stem) || names().contains(stem) { Dll::Windows } else { Dll::Other }
}

/// The names of the table.
fn names() -> &'static HashSet<&'static str> {
    static NAMES: OnceLock<HashSet<&str>> = OnceLock::new();
    let lines = || TEXT.lines().filter(|line| !line.starts_with('#'));
    NAMES.get_or_init(|| lines().flat_map(|line| line.split(' ')).collect())
}

/// DLLs of Windows for which mingw-w64 has no definition file of that name.
const UNLISTED: [&str; 13] = [
    "msvcrt",
    "bcp47langs",
    "d3d12core",
    "directml",
    "dstorage",
    "dxcore",
    "mfreadwrite",
    "mfsensorgroup",
    "onecore",
    "ucrtbase",
    "winmde",
    "wldp",
    "combase",
];

/// The families of Microsoft's runtimes, each with its version's number behind it: `msvcp140`, `msvcr120`.
const FAMILIES: [&str; 9] =
    ["msvcp", "msvcr", "vcruntime", "concrt", "vcomp", "vcamp", "vccorlib", "mfc", "atl"];

/// The part after a family's name, if a number follows.
fn family(stem: &str) -> Option<&str> {
    FAMILIES
        .iter()
        .find_map(|family| stem.strip_prefix(family))
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn is_debug_runtime(stem: &str) -> bool {
    if matches!(stem, "ucrtbased" | "msvcrtd") {
        return true;
    }
    // `msvcp140d`, `vcruntime140d`, `vcruntime140_1d`, `msvcp140_atomic_waitd`, `mfc140ud`.
    family(stem).is_some_and(|rest| {
        let parts = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        matches!(parts, "d" | "ud" | "_1d" | "_2d" | "_atomic_waitd" | "_threadsd" | "_codecvt_idsd")
            || matches!(parts, "d_atomic_wait" | "d_codecvt_ids")
    })
}

fn is_redistributable(stem: &str) -> bool {
    // `mfc42` and `atl` without a number, or of Visual C++ 6, are Windows' own.
    family(stem).is_some_and(|rest| !matches!(rest, "42" | "42u" | "60" | "40"))
        && !matches!(stem, "msvcrt40")
}

fn is_mingw(stem: &str) -> bool {
    [
        "libgcc_s_",
        "libstdc++-",
        "libwinpthread-",
        "libgfortran-",
        "libquadmath-",
        "libgomp-",
        "libssp-",
        "mingwm10",
    ]
    .iter()
    .any(|prefix| stem.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("KERNEL32.dll", Dll::Windows)]
    #[case("api-ms-win-crt-runtime-l1-1-0.dll", Dll::Windows)]
    #[case("bcryptprimitives.dll", Dll::Windows)]
    #[case("WS2_32.dll", Dll::Windows)]
    #[case("msvcrt.dll", Dll::Windows)]
    #[case("ucrtbase.dll", Dll::Windows)]
    #[case("OPENGL32.dll", Dll::Windows)]
    #[case("d3dcompiler_47.dll", Dll::Windows)]
    #[case("winspool.drv", Dll::Windows)]
    #[case("d3dx9_43.dll", Dll::Other)]
    #[case("VCRUNTIME140.dll", Dll::Python)]
    #[case("vcruntime140_1.dll", Dll::Python)]
    #[case("python312.dll", Dll::Interpreter)]
    #[case("python3t.dll", Dll::Interpreter)]
    #[case("MSVCP140.dll", Dll::Redistributable)]
    #[case("msvcp140_1.dll", Dll::Redistributable)]
    #[case("VCOMP140.DLL", Dll::Redistributable)]
    #[case("msvcr90.dll", Dll::Redistributable)]
    #[case("VCRUNTIME140D.dll", Dll::Debug)]
    #[case("VCRUNTIME140_1D.dll", Dll::Debug)]
    #[case("MSVCP140D.dll", Dll::Debug)]
    #[case("ucrtbased.dll", Dll::Debug)]
    #[case("libgcc_s_seh-1.dll", Dll::MinGw)]
    #[case("libstdc++-6.dll", Dll::MinGw)]
    #[case("libeggs.dll", Dll::Other)]
    fn kinds(#[case] name: &str, #[case] expected: Dll) {
        assert_eq!(dll(name), expected);
    }
}
