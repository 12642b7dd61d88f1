//! Needed libraries.

use rstest::rstest;
use soabi_object::{Arch, Strength};
use soabi_rules::resolve::{Certainty, File, Outside, ProblemKind, Resolution, Role, Sources};

use crate::wheel::{ANDROID, ELSEWHERE, IOS, MUSLLINUX, Says, file, manylinux, resolved, with, words};

const MODULE: &str = "spam/_spam.cpython-312-x86_64-linux-gnu.so";
const MAC_MODULE: &str = "spam/_spam.cpython-312-darwin.so";
const PYD: &str = "spam/_spam.cp312-win_amd64.pyd";

fn linux(module: File<'static>) -> Vec<File<'static>> {
    vec![module.needs(&["libeggs.so.7", "libc.so.6"]), file("spam.libs/libeggs.so.7").soname("libeggs.so.7")]
}

/// `DT_RUNPATH` and `DT_RPATH` are read relative to the file; the same with a folder that is not there is not.
#[rstest]
#[case::runpath(file(MODULE).runpath("$ORIGIN/../spam.libs"), true)]
#[case::braces(file(MODULE).runpath("${ORIGIN}/../spam.libs"), true)]
#[case::rpath(file(MODULE).rpath("$ORIGIN/../spam.libs"), true)]
#[case::second_entry(file(MODULE).runpath("/opt/lib").runpath("$ORIGIN/../spam.libs"), true)]
#[case::no_path(file(MODULE), false)]
#[case::wrong_folder(file(MODULE).runpath("$ORIGIN/spam.libs"), false)]
#[case::rpath_is_not_read_beside_runpath(file(MODULE).rpath("$ORIGIN/../spam.libs").runpath("$ORIGIN"), false)]
#[case::folder_of_the_build_machine(file(MODULE).runpath("/home/builder/spam.libs"), false)]
fn search_path(#[case] module: File<'static>, #[case] found: bool) {
    let resolved = resolved(&linux(module), manylinux(17), "");
    let expected: &[&str] = if found { &[] } else { &["error MissingLibrary libeggs.so.7"] };
    assert_eq!(words(&resolved), expected);
    assert_eq!(resolved.needs[0][0] == Resolution::Member(1), found);
    assert_eq!(resolved.needs[0][1], Resolution::Platform);
    assert_eq!(resolved.refusals(0).count(), usize::from(!found));
}

/// The case of a wheel whose module still asks for the name before auditwheel's hash.
#[test]
fn the_copy_is_named() {
    let files = [
        file(MODULE).needs(&["libeggs.so.7"]),
        file("spam.libs/libeggs-0a1b2c3d.so.7").soname("libeggs.so.7"),
    ];
    let resolved = resolved(&files, manylinux(17), "");
    assert_eq!(resolved.needs[0][0], Resolution::Absent { nearest: Some(1) });
    assert_eq!(words(&resolved), ["error MissingLibrary libeggs.so.7"]);
}

/// A library without a search path of its own is found by the path of what loads it, if that is `DT_RPATH`; with
/// musl also if it is `DT_RUNPATH`. Both ways through a library between them.
#[rstest]
#[case::rpath(file(MODULE).rpath("$ORIGIN/../spam.libs"), manylinux(17), true)]
#[case::runpath(file(MODULE).runpath("$ORIGIN/../spam.libs"), manylinux(17), false)]
#[case::musl(file(MODULE).runpath("$ORIGIN/../spam.libs"), MUSLLINUX, true)]
fn inheritance(
    #[case] module: File<'static>,
    #[case] promise: soabi_rules::resolve::Promise,
    #[case] found: bool,
) {
    let files = [
        // The order of the files is against the order of loading.
        file("spam.libs/libc3.so.1"),
        file("spam.libs/libb.so.1").needs(&["libc3.so.1"]),
        file("spam.libs/liba.so.1").needs(&["libb.so.1"]),
        module.needs(&["liba.so.1"]),
    ];
    let resolved = resolved(&files, promise, "");
    assert_eq!(resolved.needs[2][0] == Resolution::Member(1), found);
    assert_eq!(resolved.needs[1][0] == Resolution::Member(0), found);
    assert_eq!(words(&resolved).is_empty(), found);
    assert_eq!(
        resolved.refusals(3).next().is_none(),
        found,
        "the module is refused for what its library lacks"
    );
}

/// What the module itself has loaded serves its libraries by its name.
#[test]
fn a_loaded_name_is_taken() {
    let module = file(MODULE).runpath("$ORIGIN/../spam.libs").needs(&["liba.so.1", "libb.so.1"]);
    let files = [module, file("spam.libs/liba.so.1").needs(&["libb.so.1"]), file("spam.libs/libb.so.1")];
    let resolved = resolved(&files, manylinux(17), "");
    assert_eq!(resolved.needs[1][0], Resolution::Member(2));
    assert_eq!(words(&resolved), Vec::<String>::new());
}

/// Another module of the wheel may have loaded it; nothing says that it is imported first.
#[test]
fn another_module_may_load_it() {
    let other = file("spam/_other.cpython-312-x86_64-linux-gnu.so").runpath("$ORIGIN/../spam.libs");
    let files = [
        file(MODULE).needs(&["libeggs.so.7"]),
        other.needs(&["libeggs.so.7"]),
        file("spam.libs/libeggs.so.7"),
    ];
    let resolved = resolved(&files, manylinux(17), "from . import _other\n");
    assert_eq!(resolved.needs[0][0], Resolution::MemberIfLoaded(2));
    assert_eq!(words(&resolved), ["note MissingLibrary libeggs.so.7"]);
}

/// Found nowhere is an error only when nothing could bring it.
#[rstest]
#[case::nothing("import os, ctypes.util\n", "libeggs.so.7", "error", None)]
#[case::numpy_brings_none("import numpy\n", "libeggs.so.7", "error", None)]
#[case::itself("import spam.core\n", "libeggs.so.7", "error", None)]
#[case::torch("import torch\n", "libtorch.so", "note", Some(Outside::Import("torch".to_owned())))]
#[case::torch_is_not_imported("", "libtorch.so", "warning", Some(Outside::Package("torch")))]
#[case::driver("", "libcuda.so.1", "note", Some(Outside::System))]
#[case::mpi("", "libmpi.so.40", "note", Some(Outside::System))]
#[case::odbc("", "libodbc.so.2", "note", Some(Outside::System))]
#[case::openssl_of_python("", "libssl.so.3", "warning", Some(Outside::Package("ssl")))]
#[case::a_variable_of_windows("import os\nos.environ['PATH'] = '/x'\n", "libeggs.so.7", "error", None)]
#[case::a_variable_of_linux(
    "import os\nos.environ['LD_LIBRARY_PATH'] = '/x'\n", "libeggs.so.7", "warning",
    Some(Outside::Code { file: "spam/__init__.py".to_owned(), name: "LD_LIBRARY_PATH" })
)]
#[case::some_package(
    "import bacon\n", "libeggs.so.7", "warning", Some(Outside::SomePackage(["bacon".to_owned()].into()))
)]
#[case::preloaded(
    "import ctypes\nctypes.CDLL('/opt/x')\n", "libeggs.so.7", "warning",
    Some(Outside::Code { file: "spam/__init__.py".to_owned(), name: "CDLL" })
)]
fn what_could_bring_it(
    #[case] python: &str,
    #[case] library: &'static str,
    #[case] severity: &str,
    #[case] outside: Option<Outside>,
) {
    let resolved = resolved(&[file(MODULE).needs(&[library])], manylinux(17), python);
    assert_eq!(words(&resolved), [format!("{severity} MissingLibrary {library}")]);
    let expected = outside.map_or(Resolution::Absent { nearest: None }, Resolution::Outside);
    assert_eq!(resolved.needs[0][0], expected);
}

#[rstest]
#[case::sibling("$ORIGIN/../nvidia/cublas/lib", Some(Outside::Sibling("nvidia/cublas/lib".to_owned())))]
#[case::prefix("$ORIGIN/../../..", Some(Outside::PrefixFolder("lib".to_owned())))]
#[case::own_folder("$ORIGIN/lib", None)]
#[case::own_libs("$ORIGIN/../spam.libs", None)]
#[case::libs_of_the_distribution("$ORIGIN/../eggs_wheel.libs", None)]
#[case::libs_of_another_distribution("$ORIGIN/../eggs.libs", Some(Outside::Sibling("eggs.libs".to_owned())))]
#[case::hidden_folder("$ORIGIN/../.libs", None)]
#[case::build_machine("/home/builder/eggs", None)]
fn where_search_paths_lead(#[case] runpath: &'static str, #[case] outside: Option<Outside>) {
    let module = file(MODULE).runpath(runpath).needs(&["libeggs.so.7"]);
    let resolved = resolved(&[module], manylinux(17), "");
    let severity = if outside.is_some() { "note" } else { "error" };
    assert_eq!(words(&resolved), [format!("{severity} MissingLibrary libeggs.so.7")]);
    let expected = outside.map_or(Resolution::Absent { nearest: None }, Resolution::Outside);
    assert_eq!(resolved.needs[0][0], expected);
}

/// `nvidia` belongs to several distributions: without an `__init__.py` it is a namespace.
#[rstest]
#[case::namespace(None, true)]
#[case::package(Some("nvidia/__init__.py"), false)]
fn a_namespace_is_shared(#[case] package: Option<&str>, #[case] sibling: bool) {
    let mut sources = Sources::default();
    sources.add("nvidia/cudnn/__init__.py", "");
    if let Some(path) = package {
        sources.add(path, "");
    }
    let module = file("nvidia/cudnn/_x.cpython-312-x86_64-linux-gnu.so").runpath("$ORIGIN/../cublas/lib");
    let resolved = with(&[module.needs(&["libeggs.so.7"])], manylinux(17), Some(&sources), &[]);
    let expected = Resolution::Outside(Outside::Sibling("nvidia/cublas/lib".to_owned()));
    assert_eq!(resolved.needs[0][0] == expected, sibling);
}

#[test]
fn a_requirement_may_bring_it() {
    let sources = Sources::default();
    let requires = |name: &str| {
        let files = [file(MODULE).needs(&["libeggs.so.7"])];
        words(&with(&files, manylinux(17), Some(&sources), &[name.to_owned()]))
    };
    assert_eq!(requires("eggs-lib"), ["warning MissingLibrary libeggs.so.7"]);
    assert_eq!(requires("typing-extensions"), ["error MissingLibrary libeggs.so.7"]);
}

#[test]
fn unread_sources_are_asked_for() {
    let files = [file(MODULE).needs(&["libeggs.so.7"])];
    let resolved = with(&files, manylinux(17), None, &[]);
    assert_eq!(resolved.needs[0][0], Resolution::Outside(Outside::NotRead));
    assert!(resolved.wants_sources());
    assert!(!with(&[file(MODULE).needs(&["libc.so.6"])], manylinux(17), None, &[]).wants_sources());
}

/// One module for each release of a library, of which one loads.
#[test]
fn variants() {
    let files = [
        file("spam/_ffmpeg4.cpython-312-x86_64-linux-gnu.so").needs(&["libavcodec.so.58"]),
        file("spam/_ffmpeg6.cpython-312-x86_64-linux-gnu.so").needs(&["libavcodec.so.60"]),
    ];
    let resolved = resolved(&files, manylinux(17), "");
    assert!(matches!(resolved.needs[0][0], Resolution::Outside(Outside::Variant(_))));
    assert_eq!(resolved.problems.len(), 2);
    assert!(resolved.problems.iter().all(|problem| problem.certainty == Certainty::Harmless));
}

/// A library that no module loads may never be loaded; one that Python code names may be; a module is.
#[rstest]
#[case::dead("", Role::Library, "note")]
#[case::named("LIB = 'libdead.so'\n", Role::Library, "warning")]
#[case::module("", Role::Extension, "error")]
#[case::program("", Role::Program, "warning")]
fn who_loads_the_file(#[case] python: &str, #[case] role: Role, #[case] severity: &str) {
    let dead = File { role, ..file("spam/libdead.so").needs(&["libeggs.so.7"]) };
    let resolved = resolved(&[dead], manylinux(17), python);
    assert_eq!(words(&resolved), [format!("{severity} MissingLibrary libeggs.so.7")]);
}

/// The level of the tag decides what the system has.
#[rstest]
#[case("libX11.so.6", manylinux(17), true)]
#[case("libexpat.so.1", manylinux(17), true)]
#[case("libexpat.so.1", manylinux(5), false)]
#[case("libmvec.so.1", manylinux(24), true)]
#[case("libmvec.so.1", manylinux(17), false)]
#[case("libstdc++.so.6", manylinux(5), true)]
#[case("libstdc++.so.6", MUSLLINUX, false)]
#[case("libc.musl-x86_64.so.1", MUSLLINUX, true)]
#[case("libz.so.1", MUSLLINUX, true)]
#[case("libffi.so.8", manylinux(34), false)]
fn what_the_tag_promises(
    #[case] library: &'static str,
    #[case] promise: soabi_rules::resolve::Promise,
    #[case] promised: bool,
) {
    let resolved = resolved(&[file(MODULE).needs(&[library])], promise, "");
    assert_eq!(resolved.needs[0][0] == Resolution::Platform, promised);
    assert_eq!(words(&resolved).is_empty(), promised);
}

/// `linux_x86_64` promises no list of libraries.
#[test]
fn a_tag_without_a_promise() {
    let resolved = resolved(&[file(MODULE).needs(&["libeggs.so.7"])], ELSEWHERE, "");
    assert_eq!(words(&resolved), ["note MissingLibrary libeggs.so.7"]);
}

#[test]
fn a_file_of_another_machine_is_not_found() {
    let mut files = linux(file(MODULE).runpath("$ORIGIN/../spam.libs"));
    files[1].arch = Arch::Aarch64;
    assert_eq!(words(&resolved(&files, manylinux(17), "")), ["error MissingLibrary libeggs.so.7"]);
}

#[rstest]
#[case::system("/usr/lib/libz.1.dylib", None)]
#[case::framework("/System/Library/Frameworks/Accelerate.framework/Versions/A/Accelerate", None)]
#[case::python("/Library/Frameworks/Python.framework/Versions/3.12/Python", None)]
#[case::beside("@loader_path/.dylibs/libeggs.dylib", None)]
#[case::not_beside("@loader_path/.dylibs/libbacon.dylib", Some("error"))]
#[case::other_folder("@loader_path/../.dylibs/libeggs.dylib", Some("error"))]
#[case::by_rpath("@rpath/libeggs.dylib", None)]
#[case::not_by_rpath("@rpath/libbacon.dylib", Some("error"))]
#[case::homebrew("/opt/homebrew/opt/xz/lib/liblzma.5.dylib", Some("warning"))]
#[case::build_machine("/Users/builder/libeggs.dylib", Some("error"))]
#[case::openmp("/opt/homebrew/opt/libomp/lib/libomp.dylib", Some("note"))]
fn macos(#[case] library: &'static str, #[case] severity: Option<&str>) {
    let module = file(MAC_MODULE).runpath("@loader_path/.dylibs").needs(&[library]);
    let files = [module, file("spam/.dylibs/libeggs.dylib").soname("/DLC/spam/libeggs.dylib")];
    let expected: Vec<String> =
        severity.map(|severity| format!("{severity} MissingLibrary {library}")).into_iter().collect();
    assert_eq!(words(&resolved(&files, ELSEWHERE, "")), expected);
}

/// The library may be missing: `LC_LOAD_WEAK_DYLIB`; it is looked for later: a delay import.
#[rstest]
#[case(MAC_MODULE, Strength::Weak, &[])]
#[case(MAC_MODULE, Strength::Required, &["error MissingLibrary @rpath/libeggs.dylib"])]
#[case(PYD, Strength::Delayed, &["note MissingLibrary @rpath/libeggs.dylib"])]
fn how_much_it_is_needed(
    #[case] module: &'static str,
    #[case] strength: Strength,
    #[case] expected: &[&str],
) {
    let mut module = file(module).needs(&["@rpath/libeggs.dylib"]);
    module.needed[0].strength = strength;
    assert_eq!(words(&resolved(&[module], ELSEWHERE, "")), expected);
}

#[rstest]
#[case::windows("KERNEL32.dll", None)]
#[case::universal_crt("api-ms-win-crt-heap-l1-1-0.dll", None)]
#[case::python("python312.dll", None)]
#[case::brought_by_python("VCRUNTIME140.dll", None)]
#[case::brought_since_3_8("VCRUNTIME140_1.dll", None)]
#[case::beside("Eggs.DLL", None)]
#[case::redistributable("MSVCP140.dll", Some("warning Redistributable"))]
#[case::older_runtime("MSVCR90.dll", Some("warning Redistributable"))]
#[case::debug("VCRUNTIME140D.dll", Some("error DebugRuntime"))]
#[case::debug_crt("ucrtbased.dll", Some("error DebugRuntime"))]
#[case::mingw("libgcc_s_seh-1.dll", Some("error MissingLibrary"))]
#[case::mingw_cxx("libstdc++-6.dll", Some("error MissingLibrary"))]
#[case::other("bacon.dll", Some("error MissingLibrary"))]
fn windows(#[case] library: &'static str, #[case] expected: Option<&str>) {
    let files = [file(PYD).needs(&[library]), file("spam/eggs.dll")];
    let expected: Vec<String> = expected.map(|kind| format!("{kind} {library}")).into_iter().collect();
    assert_eq!(words(&resolved(&files, ELSEWHERE, "")), expected);
}

/// MinGW's runtimes are found where the wheel has them, as delvewheel puts them there.
#[rstest]
#[case::beside("spam/libgcc_s_seh-1.dll", "", true)]
#[case::added("spam.libs/libgcc_s_seh-1.dll", "import os\nos.add_dll_directory('spam.libs')\n", true)]
#[case::not_added("spam.libs/libgcc_s_seh-1.dll", "", false)]
fn folders_of_windows(#[case] path: &'static str, #[case] python: &str, #[case] found: bool) {
    let files = [file(PYD).needs(&["libgcc_s_seh-1.dll"]), file(path)];
    let resolved = resolved(&files, ELSEWHERE, python);
    assert_eq!(words(&resolved).is_empty(), found);
    let expected = if found { Resolution::Member(1) } else { Resolution::Absent { nearest: Some(1) } };
    assert_eq!(resolved.needs[0][0], expected);
    let gate = resolved.refusals(0).next().map(|problem| problem.kind.clone());
    assert_eq!(gate, (!found).then_some(ProblemKind::MissingLibrary(expected)));
}

/// What Android has for applications, by its API level; what comes with its Python; and what is in the wheel. Of what is
/// nowhere nothing is certain, because the tables are not whole.
#[rstest]
#[case::public("libc.so", None)]
#[case::log("liblog.so", None)]
#[case::since_24("libvulkan.so", Some("warning MissingLibrary libvulkan.so"))]
#[case::python("libpython3.13.so", None)]
#[case::openssl_of_python("libssl_python.so", None)]
#[case::bundled("libeggs.so", None)]
#[case::cxx_runtime("libc++_shared.so", Some("warning MissingLibrary libc++_shared.so"))]
#[case::linux("libc.so.6", Some("warning MissingLibrary libc.so.6"))]
fn android(#[case] library: &'static str, #[case] expected: Option<&str>) {
    let module = file("spam/_spam.cpython-313-aarch64-linux-android.so");
    let module = module.runpath("$ORIGIN/../spam.libs").needs(&[library]).imports(&["whatever"]);
    let files = [module, file("spam.libs/libeggs.so")];
    let expected: Vec<&str> = expected.into_iter().collect();
    let resolved = resolved(&files, ANDROID, "");
    assert_eq!(words(&resolved), expected);
    assert_eq!(resolved.refusals(0).count(), 0);
}

/// Python is a framework of the application.
#[rstest]
#[case::python("@rpath/Python.framework/Python", None)]
#[case::system("/usr/lib/libSystem.B.dylib", None)]
#[case::framework("/System/Library/Frameworks/Foundation.framework/Foundation", None)]
#[case::nowhere("@rpath/libeggs.dylib", Some("warning MissingLibrary @rpath/libeggs.dylib"))]
fn ios(#[case] library: &'static str, #[case] expected: Option<&str>) {
    let module = File { format: soabi_object::Format::MachO, ..file("spam/_spam.cpython-313-iphoneos.so") };
    let module = module.needs(&[library]).imports(&["_whatever from /usr/lib/libSystem.B.dylib"]);
    let expected: Vec<&str> = expected.into_iter().collect();
    assert_eq!(words(&resolved(&[module], IOS, "")), expected);
}

/// As a tool left it in pygame: a library that needs itself.
#[test]
fn a_library_that_needs_itself() {
    let files = [
        file(MODULE).runpath("$ORIGIN/../spam.libs").needs(&["libeggs.so.7"]),
        file("spam.libs/libeggs.so.7").needs(&["libeggs.so.7"]),
    ];
    assert_eq!(words(&resolved(&files, manylinux(17), "")), Vec::<String>::new());
}

/// Two packages have Qt 6: the one that the wheel requires brings it.
#[test]
fn one_of_two_packages() {
    let files = [file(MODULE).needs(&["libQt6Core.so.6"])];
    let resolved = with(&files, manylinux(17), Some(&Sources::default()), &["PyQt6-Qt6".to_owned()]);
    assert_eq!(resolved.needs[0][0], Resolution::Outside(Outside::Import("PyQt6".to_owned())));
}
