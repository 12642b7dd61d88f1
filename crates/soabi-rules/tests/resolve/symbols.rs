//! Imported symbols, and their versions.

use rstest::rstest;
use soabi_object::Arch;
use soabi_rules::resolve::{File, Promise};

use crate::wheel::{ELSEWHERE, MUSLLINUX, Says, file, honest, manylinux, resolved, with, words};

const MODULE: &str = "spam/_spam.cpython-312-x86_64-linux-gnu.so";
const MAC_MODULE: &str = "spam/_spam.cpython-312-darwin.so";
const PYD: &str = "spam/_spam.cp312-win_amd64.pyd";
const LIBSYSTEM: &str = "/usr/lib/libSystem.B.dylib";

fn module() -> File<'static> {
    file(MODULE).needs(&["libc.so.6"])
}

#[rstest]
#[case::nowhere(module().imports(&["eggs"]), &["error UndefinedSymbol eggs"])]
#[case::python(module().imports(&["PyModule_Create2", "_Py_NoneStruct"]), &[])]
#[case::libc(module().imports(&["memcpy"]), &[])]
#[case::math_that_python_has_loaded(module().imports(&["sin"]), &[])]
#[case::libc_lacks_the_version(module().imports(&["eggs@GLIBC_2.2.5@libc.so.6"]), &["error UndefinedSymbol eggs@GLIBC_2.2.5"])]
#[case::version_of_another_symbol(module().imports(&["strlen@GLIBC_2.14@libc.so.6"]), &["error UndefinedSymbol strlen@GLIBC_2.14"])]
#[case::right_version(module().imports(&["memcpy@GLIBC_2.14@libc.so.6"]), &[])]
#[case::own(module().imports(&["eggs"]).exports(&["eggs"]), &[])]
#[case::unknown_library(module().needs(&["libX11.so.6"]).imports(&["eggs"]), &[])]
#[case::private(module().imports(&["__res_maybe_init@GLIBC_PRIVATE@libc.so.6"]), &["error GlibcPrivate __res_maybe_init@GLIBC_PRIVATE"])]
fn elf(#[case] module: File<'static>, #[case] expected: &[&str]) {
    assert_eq!(words(&resolved(&[module], manylinux(17), "")), expected);
}

#[test]
fn weak_imports_may_be_missing() {
    let mut module = module().imports(&["eggs"]);
    module.imports[0].weak = true;
    assert_eq!(words(&resolved(&[module], manylinux(17), "")), Vec::<String>::new());
}

/// A symbol is looked for in all that is loaded with the module, and in nothing else of the wheel.
#[rstest]
#[case::loaded(&["libeggs.so.7"], "", &[])]
#[case::not_loaded(&[], "", &["error UndefinedSymbol eggs"])]
#[case::made_visible(&[], "import sys\nsys.setdlopenflags(258)\n", &[])]
fn neighbours(#[case] needed: &[&'static str], #[case] python: &str, #[case] expected: &[&str]) {
    let module = module().runpath("$ORIGIN").needs(needed).imports(&["eggs"]);
    let files = [module, file("spam/libeggs.so.7").exports(&["eggs"])];
    let resolved = resolved(&files, manylinux(17), python);
    assert_eq!(words(&resolved), expected);
    if let [problem] = &resolved.problems[..] {
        assert_eq!(problem.library.as_deref(), Some("spam/libeggs.so.7"), "the file that has it is named");
    }
}

/// A bundled library is refused for its own imports, and the module with it.
#[test]
fn a_library_refuses_its_module() {
    let module = module().runpath("$ORIGIN").needs(&["libeggs.so.7"]);
    let eggs = |import| file("spam/libeggs.so.7").needs(&["libc.so.6"]).imports(&[import]);
    let broken = resolved(&[module.clone(), eggs("bacon")], manylinux(17), "");
    assert_eq!(words(&broken), ["error UndefinedSymbol bacon"]);
    assert_eq!(broken.refusals(0).count(), 1);
    assert_eq!(broken.closures[0], [0, 1]);
    let good = resolved(&[module, eggs("malloc")], manylinux(17), "");
    assert_eq!(good.refusals(0).count(), 0);
}

/// A library with versions serves those that it has; one without serves every version.
#[rstest]
#[case::has_it(&["eggs@EGGS_1"], &[])]
#[case::has_none(&["eggs"], &[])]
#[case::another(&["eggs@EGGS_2"], &["error UndefinedVersion eggs@EGGS_1", "error UndefinedSymbol eggs@EGGS_1"])]
#[case::another_symbol(&["bacon@EGGS_1"], &["error UndefinedSymbol eggs@EGGS_1"])]
fn versions_of_the_wheel(#[case] exports: &[&'static str], #[case] expected: &[&str]) {
    let module = module().runpath("$ORIGIN").needs(&["libeggs.so.7"]).imports(&["eggs@EGGS_1@libeggs.so.7"]);
    let files = [module, file("spam/libeggs.so.7").exports(exports)];
    assert_eq!(words(&resolved(&files, manylinux(17), "")), expected);
}

/// A newer glibc than the tag promises: an error, unless no living system is older.
#[rstest]
#[case::equal("memcpy@GLIBC_2.14@libc.so.6", 14, &[])]
#[case::dead_promise("memcpy@GLIBC_2.14@libc.so.6", 12, &["warning GlibcTooNew memcpy@GLIBC_2.14"])]
#[case::newer("getrandom@GLIBC_2.25@libc.so.6", 24, &["error GlibcTooNew getrandom@GLIBC_2.25"])]
#[case::promised("getrandom@GLIBC_2.25@libc.so.6", 25, &[])]
#[case::unversioned_newer("getrandom", 24, &["error GlibcTooNew getrandom"])]
#[case::unversioned_promised("getrandom", 25, &[])]
fn glibc(#[case] import: &'static str, #[case] promised: u16, #[case] expected: &[&str]) {
    assert_eq!(words(&resolved(&[module().imports(&[import])], manylinux(promised), "")), expected);
}

/// GCC 9 brought `GLIBCXX_3.4.26`, which the libstdc++ of `manylinux_2_28` (3.4.24) does not have.
#[rstest]
#[case::unversioned("_ZNSt10filesystem12current_pathB5cxx11Ev", 28, true)]
#[case::unversioned_promised("_ZNSt10filesystem12current_pathB5cxx11Ev", 31, false)]
#[case::versioned("_ZNSt10filesystem12current_pathB5cxx11Ev@GLIBCXX_3.4.26@libstdc++.so.6", 28, true)]
#[case::versioned_promised(
    "_ZNSt10filesystem12current_pathB5cxx11Ev@GLIBCXX_3.4.26@libstdc++.so.6",
    31,
    false
)]
#[case::old("_Znwm", 5, false)]
fn libstdcxx(#[case] import: &'static str, #[case] promised: u16, #[case] newer: bool) {
    let module = module().needs(&["libstdc++.so.6"]).imports(&[import]);
    let found = words(&resolved(std::slice::from_ref(&module), manylinux(promised), ""));
    let name = import.rsplit_once("@libstdc++").map_or(import, |(name, _)| name);
    let expected = if newer { vec![format!("warning LibstdcxxTooNew {name}")] } else { Vec::new() };
    assert_eq!(found, expected);

    // With a libstdc++ of its own, the wheel does not ask the system.
    let version = import.split('@').nth(1).map_or_else(String::new, |version| format!("@{version}"));
    let export: &'static str = format!("{}{version}", import.split('@').next().unwrap()).leak();
    let own = file("spam/libstdc++.so.6").exports(&[export]);
    assert_eq!(
        words(&resolved(&[module.runpath("$ORIGIN"), own], manylinux(promised), "")),
        Vec::<String>::new()
    );
}

#[rstest]
#[case::there("malloc", &[])]
#[case::large_file("open64", &[])]
#[case::execinfo("backtrace", &["error NotInMusl backtrace"])]
#[case::thread_exit("__cxa_thread_atexit_impl", &["error NotInMusl __cxa_thread_atexit_impl"])]
#[case::no_name_of_any_libc("eggs", &["error UndefinedSymbol eggs"])]
#[case::since_1_2_5("statx", &["warning MuslTooNew statx"])]
fn musl(#[case] import: &'static str, #[case] expected: &[&str]) {
    let module = file("spam/_spam.cpython-312-x86_64-linux-musl.so").needs(&["libc.musl-x86_64.so.1"]);
    assert_eq!(words(&resolved(&[module.imports(&[import])], MUSLLINUX, "")), expected);
}

#[rstest]
#[case::in_libsystem(&[], "malloc from /usr/lib/libSystem.B.dylib", &[])]
#[case::not_in_libsystem(&[], "eggs from /usr/lib/libSystem.B.dylib", &["warning UndefinedSymbol eggs"])]
#[case::in_the_wheel(&["eggs"], "eggs from @loader_path/libeggs.dylib", &[])]
#[case::not_in_the_wheel(&["bacon"], "eggs from @loader_path/libeggs.dylib", &["error UndefinedSymbol eggs"])]
#[case::flat_python(&[], "PyModule_Create2", &[])]
#[case::flat_in_the_wheel(&["eggs"], "eggs", &[])]
#[case::flat_nowhere(&[], "eggs", &["error UndefinedSymbol eggs"])]
fn macho(#[case] exports: &[&'static str], #[case] import: &'static str, #[case] expected: &[&str]) {
    let module = file(MAC_MODULE).needs(&[LIBSYSTEM, "@loader_path/libeggs.dylib"]).imports(&[import]);
    let files = [module, file("spam/libeggs.dylib").needs(&[LIBSYSTEM]).exports(exports)];
    assert_eq!(words(&resolved(&files, ELSEWHERE, "")), expected);
}

#[rstest]
#[case::has_it("eggs from eggs.dll", &[])]
#[case::lacks_it("bacon from eggs.dll", &["error UndefinedSymbol bacon"])]
#[case::not_known("bacon from KERNEL32.dll", &[])]
fn pe(#[case] import: &'static str, #[case] expected: &[&str]) {
    let module = file(PYD).needs(&["eggs.dll", "KERNEL32.dll"]).imports(&[import]);
    let files = [module, file("spam/eggs.dll").exports(&["eggs"])];
    assert_eq!(words(&resolved(&files, ELSEWHERE, "")), expected);
}

/// Without the Python sources nothing says that no symbol is made visible: a warning.
#[test]
fn unread_sources() {
    let resolved = with(&[module().imports(&["eggs"])], manylinux(17), None, &[]);
    assert_eq!(words(&resolved), ["warning UndefinedSymbol eggs"]);
    assert!(resolved.wants_sources());
}

/// PEP 599: `CentOS` 7 has glibc 2.17.
#[rstest]
#[case::nothing(&[], &[], "manylinux_2_5_x86_64", None)]
#[case::memcpy(&["memcpy@GLIBC_2.14@libc.so.6"], &[], "manylinux_2_17_x86_64", Some(("manylinux_2_12", "memcpy@GLIBC_2.14")))]
#[case::between_levels(&["memcpy@GLIBC_2.33@libc.so.6"], &[], "manylinux_2_34_x86_64", Some(("manylinux_2_31", "memcpy@GLIBC_2.33")))]
#[case::without_a_version(&["memfd_create"], &[], "manylinux_2_27_x86_64", Some(("manylinux_2_26", "memfd_create (glibc 2.27)")))]
#[case::old_without_a_version(&["strlen"], &[], "manylinux_2_5_x86_64", None)]
#[case::library(&[], &["libexpat.so.1"], "manylinux_2_12_x86_64", Some(("manylinux_2_5", "libexpat.so.1")))]
#[case::no_level(&[], &["libeggs.so.7"], "linux_x86_64", Some(("manylinux_2_41", "libeggs.so.7")))]
#[case::private(&["x@GLIBC_PRIVATE@libc.so.6"], &[], "linux_x86_64", Some(("manylinux_2_41", "x@GLIBC_PRIVATE")))]
#[case::private_of_zlib(&["inflate_fast"], &["libz.so.1"], "linux_x86_64", Some(("manylinux_2_41", "inflate_fast of libz.so.1")))]
fn honest_on_linux(
    #[case] imports: &[&'static str],
    #[case] needed: &[&'static str],
    #[case] tag: &str,
    #[case] blocker: Option<(&str, &str)>,
) {
    let files = [module().imports(imports).needs(needed)];
    let level = honest(&files, manylinux(17)).unwrap();
    assert_eq!(level.tag, tag);
    let found = level.blockers.first().map(|blocker| (blocker.level.as_str(), blocker.needs.as_str()));
    assert_eq!(found, blocker);
}

/// Rust's standard library asks for this name weakly, and does without it.
#[rstest]
#[case::strong(false, "manylinux_2_24_x86_64")]
#[case::weak(true, "manylinux_2_5_x86_64")]
fn denied_names(#[case] weak: bool, #[case] tag: &str) {
    let mut file = module().imports(&["__cxa_thread_atexit_impl"]);
    file.imports[0].weak = weak;
    let files = [file];
    assert_eq!(honest(&files, manylinux(17)).unwrap().tag, tag);
}

#[rstest]
#[case(&[(Arch::Aarch64, 11, 0)], "macosx_11_0_arm64")]
#[case(&[(Arch::X86_64, 10, 9)], "macosx_10_9_x86_64")]
#[case(&[(Arch::X86_64, 10, 9), (Arch::X86_64, 10, 13)], "macosx_10_13_x86_64")]
#[case(&[(Arch::Aarch64, 12, 3)], "macosx_12_0_arm64")]
#[case::both_halves(&[(Arch::X86_64, 10, 9), (Arch::Aarch64, 11, 0)], "macosx_10_9_universal2")]
fn honest_on_macos(#[case] slices: &[(Arch, u16, u16)], #[case] tag: &str) {
    let slice = |&(arch, major, minor): &(Arch, u16, u16)| File {
        arch,
        minimum_os: Some((major, minor).into()),
        ..file(MAC_MODULE)
    };
    let files: Vec<File<'_>> = slices.iter().map(slice).collect();
    assert_eq!(honest(&files, Promise::default()).unwrap().tag, tag);
}

/// A name in the symbol table that no relocation names is never looked for.
#[test]
fn what_is_not_used() {
    let mut module = module().imports(&["eggs"]);
    assert_eq!(words(&resolved(&[module.clone()], manylinux(17), "")), ["error UndefinedSymbol eggs"]);
    module.imports[0].used = false;
    assert_eq!(words(&resolved(&[module], manylinux(17), "")), Vec::<String>::new());
}
