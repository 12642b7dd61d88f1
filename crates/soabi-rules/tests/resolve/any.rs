//! Whatever files there are, also in circles: an answer for each need, and the same in every order.

use proptest::prelude::*;
use soabi_object::{Arch, Format};
use soabi_rules::resolve::{Export, File, Import, Need, Resolution, Role, VersionNeed};

use crate::wheel::{ELSEWHERE, MUSLLINUX, file, honest, manylinux, resolved};

const NAMES: [&str; 8] = [
    "liba.so.1",
    "libb.so.1",
    "libc.so.6",
    "@rpath/liba.so.1",
    "KERNEL32.dll",
    "$ORIGIN/../x.libs/liba.so.1",
    "/usr/lib/libSystem.B.dylib",
    "",
];
const PATHS: [&str; 7] = [
    "x/_a.cpython-312-x86_64-linux-gnu.so",
    "x.libs/liba.so.1",
    "x.libs/libb.so.1",
    "x-1.data/data/lib/liba.so.1",
    "liba.so.1",
    "/",
    "",
];
const ENTRIES: [&str; 6] =
    ["$ORIGIN", "$ORIGIN/../x.libs", "$ORIGIN/../../../../../..", "/opt", "@loader_path", ""];
const SYMBOLS: [&str; 6] = ["eggs", "memcpy", "PyModule_Create2", "_ZdlPv", "", "getrandom"];
const VERSIONS: [&str; 5] = ["GLIBC_2.17", "GLIBC_PRIVATE", "EGGS_1", "GLIBCXX_3.4.99", ""];

fn any_file() -> impl Strategy<Value = File<'static>> {
    let name = || prop::sample::select(&NAMES[..]);
    let symbol = || prop::sample::select(&SYMBOLS[..]);
    let version = || prop::option::of(prop::sample::select(&VERSIONS[..]));
    let entry = || prop::collection::vec(prop::sample::select(&ENTRIES[..]), 0..3);
    let import = (symbol(), prop::option::of(name()), version(), any::<bool>(), any::<bool>());
    let roles = [Role::Extension, Role::Library, Role::Program, Role::NotLoadable];
    let head = (
        prop::sample::select(&PATHS[..]),
        prop::sample::select(&[Format::Elf, Format::MachO, Format::Pe][..]),
        prop::sample::select(&[Arch::X86_64, Arch::S390x, Arch::Other(7)][..]),
        prop::sample::select(roles.to_vec()),
        prop::option::of(name()),
    );
    let lists = (
        prop::collection::vec(name(), 0..5),
        entry(),
        entry(),
        prop::collection::vec(import, 0..6),
        prop::collection::vec((symbol(), version()), 0..4),
    );
    (head, lists).prop_map(
        |((path, format, arch, role, soname), (needed, rpath, runpath, imports, exports))| {
            let need = |name| Need { name, strength: soabi_object::Strength::Required };
            let import = |(name, library, version, weak, of_program)| Import {
                used: true,
                name,
                weak,
                library,
                version,
                of_program,
            };
            let imports: Vec<Import<'_>> = imports.into_iter().map(import).collect();
            let versions = imports.iter().filter_map(|import| {
                Some(VersionNeed { library: import.library?, version: import.version?, weak: import.weak })
            });
            File {
                format,
                arch,
                role,
                soname,
                needed: needed.into_iter().map(need).collect(),
                rpath,
                runpath,
                versions: versions.collect(),
                imports,
                exports: exports.into_iter().map(|(name, version)| Export { name, version }).collect(),
                ..file(path)
            }
        },
    )
}

proptest! {
    #[test]
    fn every_need_has_an_answer(files in prop::collection::vec(any_file(), 0..7), which in 0..3) {
        let promise = [manylinux(17), MUSLLINUX, ELSEWHERE][usize::try_from(which).unwrap()];
        let resolved = resolved(&files, promise, "import eggs\n");
        prop_assert_eq!(resolved.needs.len(), files.len());
        for (index, file) in files.iter().enumerate() {
            prop_assert_eq!(resolved.needs[index].len(), file.needed.len());
            prop_assert_eq!(resolved.closures[index].first(), Some(&index));
            for resolution in &resolved.needs[index] {
                if let Resolution::Member(member) = resolution {
                    prop_assert!(*member != index && files[*member].arch == file.arch);
                    prop_assert!(resolved.closures[index].contains(member) || file.format == Format::Pe);
                }
            }
        }
        for problem in &resolved.problems {
            prop_assert!(files[problem.file].role != Role::NotLoadable);
            prop_assert_eq!(problem.gate().is_some(), problem.severity() == soabi_core::Severity::Error);
        }
        honest(&files, promise);
    }
}
