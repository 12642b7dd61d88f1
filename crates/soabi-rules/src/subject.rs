//! Subjects: what the rules look at. One wheel or one file, with everything native in it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use soabi_core::AbiTag;
use soabi_object::ObjectFacts;
use soabi_object::wheel::{Oddity, WheelFileName};

use crate::object::{Object, PythonImport, is_python_library, is_python_name, python_imports};
use crate::predict::is_found;
use crate::python::{Exports, Python};

/// A wheel, a file, or a folder of files.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The wheel's own words. `None` for everything else.
    pub wheel: Option<WheelFacts>,
    /// The native files; of a universal file each slice.
    pub objects: Vec<Object>,
    /// What should have been examined and could not be.
    pub unread: Vec<Unread>,
}

/// What a wheel says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WheelFacts {
    /// Its file name.
    pub name: WheelFileName,
    /// The `Tag` lines of its `WHEEL` file. `None` when it has no readable one.
    pub tags: Option<Vec<String>>,
    /// What is odd about its members.
    pub oddities: Vec<Oddity>,
}

/// Something native that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The member, or `None` for the subject itself.
    pub member: Option<String>,
    /// Why, as a lowercase fragment.
    pub reason: String,
}

/// A native file, as it comes to be judged.
#[derive(Clone, Debug)]
pub struct NativeFile {
    /// Its path inside the wheel or folder. `None` for a file that is the subject itself.
    pub member: Option<String>,
    /// Its name without folders.
    pub file_name: String,
    /// What it says.
    pub facts: ObjectFacts,
}

impl Subject {
    /// Puts together what was read, and lets each file know its neighbours.
    pub fn new(wheel: Option<WheelFacts>, files: Vec<NativeFile>, unread: Vec<Unread>) -> Self {
        let neighbours = Neighbours::of(&files);
        let imports: Vec<Vec<PythonImport>> =
            files.iter().map(|file| python_imports(&file.facts, &neighbours.brought_to(file))).collect();
        let needed = neighbours.needed_by_others();
        let name = wheel.as_ref().map(|wheel| &wheel.name);
        let objects = files.into_iter().zip(imports).zip(needed);
        let objects =
            objects.map(|((file, imports), needed)| Object::new(file, name, imports, needed)).collect();
        Self { wheel, objects, unread }
    }

    /// Lets those of `pythons` that answered for themselves speak for their ABIs, where the rules would hear the
    /// tables.
    #[must_use]
    pub fn hearing(mut self, pythons: &[Python]) -> Self {
        let answered = |python: &&Python| matches!(python.exports, Exports::Given(_));
        let given: Arc<[Python]> = pythons.iter().filter(answered).cloned().collect();
        for object in &mut self.objects {
            object.given = Arc::clone(&given);
        }
        self
    }

    /// The files that Python imports.
    pub fn extensions(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|object| object.extension)
    }

    /// Whether `object`, or another file for the same module, is promised to interpreters with the ABI `abi`.
    pub fn serves(&self, object: &Object, abi: AbiTag) -> bool {
        self.same_module(object).any(|other| other.promised.contains(&abi))
    }

    /// Whether interpreters with the ABI `abi` search for `object`'s file, or another one for the same
    /// module.
    pub fn finds(&self, object: &Object, abi: AbiTag) -> bool {
        self.same_module(object).any(|other| is_found(other, &other.python(abi), other.home))
    }

    fn same_module<'a>(&'a self, object: &'a Object) -> impl Iterator<Item = &'a Object> {
        let folder = |object: &'a Object| object.member.as_deref().and_then(|member| member.rsplit_once('/'));
        let key = move |object: &'a Object| (folder(object).map(|(folder, _)| folder), object.module(3));
        self.extensions().filter(move |other| key(other) == key(object))
    }
}

/// What the other files of the subject bring to a file that asks for them.
#[derive(Debug, Default)]
pub struct Brought<'a> {
    /// The names that they export, as far as Python might have been meant to.
    pub names: HashSet<&'a str>,
    /// Whether the file also asks for libraries that are neither in the subject nor the system's own: what it
    /// imports may come from there.
    pub strangers: bool,
}

/// The files of a subject, by the names under which others ask for them.
struct Neighbours<'a> {
    files: &'a [NativeFile],
    by_name: HashMap<&'a str, usize>,
    /// Of each file's exports, those that Python might have been meant to bring: a large C++ library has a
    /// hundred thousand others.
    exports: Vec<Vec<&'a str>>,
}

impl<'a> Neighbours<'a> {
    fn of(files: &'a [NativeFile]) -> Self {
        let mut by_name = HashMap::new();
        for (index, file) in files.iter().enumerate() {
            by_name.entry(file.file_name.as_str()).or_insert(index);
            if let Some(soname) = &file.facts.soname {
                by_name.entry(base_name(soname)).or_insert(index);
            }
        }
        let names = |file: &'a NativeFile| file.facts.exports.iter().map(|export| export.name.as_str());
        let exports = files.iter().map(|file| names(file).filter(|name| is_python_name(name)).collect());
        Self { files, by_name, exports: exports.collect() }
    }

    fn asked(&self, file: &'a NativeFile) -> impl Iterator<Item = Result<usize, &'a str>> {
        let names = file.facts.needed.iter().map(|needed| base_name(&needed.name));
        names.map(|name| self.by_name.get(name).copied().ok_or(name))
    }

    /// Follows the libraries that `file` asks for, and those that they ask for.
    fn brought_to(&self, file: &'a NativeFile) -> Brought<'a> {
        let mut brought = Brought::default();
        let mut seen = HashSet::new();
        let mut open = vec![file];
        while let Some(file) = open.pop() {
            for asked in self.asked(file) {
                match asked {
                    Ok(index) if seen.insert(index) => open.push(&self.files[index]),
                    Ok(_) => {}
                    Err(name) => brought.strangers |= !is_system(name),
                }
            }
        }
        brought.names.extend(seen.into_iter().flat_map(|index| &self.exports[index]));
        brought
    }

    /// For each file, whether another one asks for it.
    fn needed_by_others(&self) -> Vec<bool> {
        let mut needed = vec![false; self.files.len()];
        for (index, file) in self.files.iter().enumerate() {
            self.asked(file).flatten().filter(|&other| other != index).for_each(|other| needed[other] = true);
        }
        needed
    }
}

/// Whether a library is one of a Linux system's own, which export nothing of Python's, or libpython, whose
/// exports are known.
fn is_system(library: &str) -> bool {
    const SYSTEM: [&str; 12] = [
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
    ];
    let stem = library.split('.').next().unwrap_or(library);
    SYSTEM.contains(&stem) || library.starts_with("ld-") || is_python_library(library)
}

/// The last part of a path, as Mach-O writes the libraries that it needs (`@rpath/libomp.dylib`).
fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
