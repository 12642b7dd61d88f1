//! Neighbours: the native files of one subject, and which of them need each other.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use soabi_definition::Reading;
use soabi_object::ObjectFacts;

use crate::import::{Provided, is_python_library, is_python_name};
use crate::tables::system::libsystem;
use crate::tables::system::policy::Policies;

/// A native file of a subject.
#[derive(Clone, Debug)]
pub struct NativeFile {
    /// Its path inside the wheel or folder. `None` for a file that is the subject itself.
    pub member: Option<String>,
    /// The folder that holds it, without the folders above: the package of an `__init__` module.
    pub folder: Option<String>,
    /// Whether `__init__.py` lies beside it: Python 2 takes no other folder for a package, whatever else is in it
    /// (`find_init_module` in 2.7's `Python/import.c`). True where nobody looked.
    pub beside_init: bool,
    /// Its name without folders.
    pub file_name: String,
    /// The facts that were read from it.
    pub facts: ObjectFacts,
    /// What its code shows. `None` if it was not read, or has no init symbol.
    pub reading: Option<Reading>,
}

/// The files of a subject, by the names under which others need them.
pub(crate) struct Neighbours<'a> {
    files: &'a [NativeFile],
    by_name: HashMap<&'a str, usize>,
    /// Of the exports of each file that another one needs, those that could be taken for an interpreter's: a large C++
    /// library has a hundred thousand others.
    exports: Vec<OnceCell<Vec<&'a str>>>,
}

impl<'a> Neighbours<'a> {
    /// Indexes `files`.
    pub(crate) fn of(files: &'a [NativeFile]) -> Self {
        let mut by_name = HashMap::new();
        for (index, file) in files.iter().enumerate() {
            by_name.entry(file.file_name.as_str()).or_insert(index);
            if let Some(soname) = &file.facts.soname {
                by_name.entry(base_name(soname)).or_insert(index);
            }
        }
        Self { files, by_name, exports: vec![OnceCell::new(); files.len()] }
    }

    fn exports(&self, index: usize) -> &[&'a str] {
        let names = || self.files[index].facts.exports.iter().map(|export| export.name.as_str());
        self.exports[index].get_or_init(|| names().filter(|name| is_python_name(name)).collect())
    }

    fn needed(&self, file: &'a NativeFile) -> impl Iterator<Item = Result<usize, &'a str>> {
        let names = file.facts.needed.iter().map(|needed| &*needed.name);
        names.map(|name| self.by_name.get(base_name(name)).copied().ok_or(name))
    }

    /// What the libraries that `file` needs provide, and those that they need.
    pub(crate) fn provided_to(&self, file: &'a NativeFile) -> Provided<'a> {
        let mut provided = Provided::default();
        let mut seen = HashSet::new();
        let mut open = vec![file];
        while let Some(file) = open.pop() {
            for needed in self.needed(file) {
                match needed {
                    Ok(index) if seen.insert(index) => open.push(&self.files[index]),
                    Ok(_) => {}
                    Err(name) => provided.unresolved |= !is_system(name),
                }
            }
        }
        provided.names.extend(seen.into_iter().flat_map(|index| self.exports(index)));
        provided
    }

    /// For each file, whether another one needs it.
    pub(crate) fn needed_by_others(&self) -> Vec<bool> {
        let mut needed = vec![false; self.files.len()];
        for (index, file) in self.files.iter().enumerate() {
            self.needed(file)
                .flatten()
                .filter(|&other| other != index)
                .for_each(|other| needed[other] = true);
        }
        needed
    }
}

/// Whether a library is one of a system's own, which export nothing of Python's, or libpython, whose exports are known:
/// what Android has, what is in macOS, and what a level of manylinux or musllinux promises on some machine.
fn is_system(library: &str) -> bool {
    const SYSTEM: [&str; 14] = [
        "libc",
        "libm",
        "libpthread",
        "libdl",
        "librt",
        "libutil",
        "libgcc_s",
        "libstdc++",
        "libcrypt",
        "libresolv",
        "libnsl",
        "libatomic",
        "liblog",
        "libandroid",
    ];
    let stem = library.split('.').next().unwrap_or(library);
    SYSTEM.contains(&stem)
        || library.starts_with("ld-")
        || is_python_library(library)
        || libsystem::is_system(library)
        || Policies::get().any_allows(library)
}

/// The last part of a path, as Mach-O writes the libraries that it needs (`@rpath/libomp.dylib`).
fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
