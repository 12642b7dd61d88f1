//! Subjects: what the rules look at. One wheel or one file, with everything native in it.

use std::collections::{HashMap, HashSet};

use soabi_core::AbiTag;
use soabi_object::Format;

use crate::import::{PythonImport, python_imports};
use crate::libraries::Libraries;
use crate::neighbours::{NativeFile, Neighbours};
use crate::object::Object;
use crate::platform::PlatformTag;
use crate::predict::{is_found, lacks_init};
use crate::python::Python;
use crate::refusal::Refusal;
use crate::resolve::Sources;
use crate::wheel_facts::WheelFacts;

/// A wheel, a file, or a folder of files.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What the wheel says about itself. `None` for everything else.
    pub wheel: Option<WheelFacts>,
    /// The native files; of a universal file each slice.
    pub objects: Vec<Object>,
    /// What should have been examined and could not be.
    pub unread: Vec<Unread>,
    /// Where the libraries that the files need come from.
    pub libraries: Libraries,
    /// The extensions by module, as indices of `objects`.
    modules: HashMap<ModuleKey, Vec<usize>>,
}

/// Something native that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The member, or `None` for the subject itself.
    pub member: Option<String>,
    /// Why, as a lowercase fragment.
    pub reason: String,
}

impl Subject {
    /// Puts together what was read, of which nobody has the Python sources.
    pub fn new(wheel: Option<WheelFacts>, files: Vec<NativeFile>, unread: Vec<Unread>) -> Self {
        let mut subject = Self::unresolved(wheel, files, unread);
        subject.resolve(None);
        subject
    }

    fn unresolved(wheel: Option<WheelFacts>, files: Vec<NativeFile>, unread: Vec<Unread>) -> Self {
        let neighbours = Neighbours::of(&files);
        let imports: Vec<Vec<PythonImport>> =
            files.iter().map(|file| python_imports(&file.facts, &neighbours.provided_to(file))).collect();
        let needed = neighbours.needed_by_others();
        let name = wheel.as_ref().map(|wheel| &wheel.name);
        let objects = files.into_iter().zip(imports).zip(needed);
        let objects: Vec<Object> =
            objects.map(|((file, imports), needed)| Object::new(file, name, imports, needed)).collect();
        let objects = without_other_slices(objects, wheel.as_ref());
        let mut modules: HashMap<ModuleKey, Vec<usize>> = HashMap::new();
        for (index, object) in objects.iter().enumerate().filter(|(_, object)| object.extension) {
            modules.entry(ModuleKey::of(object)).or_default().push(index);
        }
        Self { wheel, objects, unread, libraries: Libraries::default(), modules }
    }

    /// Puts together what was read, with what its Python sources import and load where that tells more: about libraries
    /// that are not found, or about modules that no `import` finds under their own names. Otherwise they are not read.
    pub fn with_sources(
        wheel: Option<WheelFacts>,
        files: Vec<NativeFile>,
        unread: Vec<Unread>,
        read: impl FnOnce() -> Sources,
    ) -> Self {
        let mut subject = Self::unresolved(wheel, files, unread);
        let wants_sources = || {
            subject.extensions().any(is_lost)
                || Libraries::want_sources(subject.wheel.as_ref(), &subject.objects)
        };
        if !wants_sources() {
            subject.resolve(None);
            if !subject.libraries.resolved.wants_sources() {
                return subject;
            }
        }
        let sources = read();
        subject.resolve(Some(&sources));
        let finder = sources.finders.as_ref().map(|(file, name)| format!("`{name}` in `{file}`"));
        for object in subject.objects.iter_mut().filter(|object| object.extension) {
            object.own_finder.clone_from(&finder);
        }
        subject
    }

    fn resolve(&mut self, sources: Option<&Sources>) {
        self.libraries = Libraries::of(self.wheel.as_ref(), &self.objects, sources);
        let (libraries, objects) = (&self.libraries, &self.objects);
        let found: Vec<Found> =
            (0..objects.len()).map(|index| Found::of(libraries, index, objects)).collect();
        for (object, found) in self.objects.iter_mut().zip(found) {
            object.refusals = found.refusals;
            object.doubts = found.doubts;
            object.bundled_imports = found.bundled_imports;
            object.python_dlls = found.python_dlls;
        }
    }

    /// Whether another slice of the file is for the system of one of the tags. A universal file in a wheel for one machine
    /// works there: the loader takes the slice that fits.
    pub(crate) fn has_a_slice_for(&self, object: &Object, tags: &[PlatformTag<'_>]) -> bool {
        let is_other = |other: &&Object| other.member == object.member && other.platform != object.platform;
        let fits = |other: &Object| tags.iter().any(|tag| tag.admits(other.platform) == Some(true));
        object.member.is_some() && self.objects.iter().filter(is_other).any(fits)
    }

    /// The files that Python imports.
    pub fn extensions(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|object| object.extension)
    }

    /// The extensions that are the same module as `object`, itself included: files of one name and folder for
    /// different interpreters.
    pub fn same_module<'a>(&'a self, object: &Object) -> impl Iterator<Item = &'a Object> {
        self.modules.get(&ModuleKey::of(object)).into_iter().flatten().map(|index| &self.objects[*index])
    }
}

/// The objects, of which those are no modules that are slices of a universal file for machines that the wheel is not for,
/// beside one that it is for.
fn without_other_slices(mut objects: Vec<Object>, wheel: Option<&WheelFacts>) -> Vec<Object> {
    let platforms = wheel.map(|wheel| wheel.name.platforms.as_slice()).unwrap_or_default();
    let tags: Vec<PlatformTag<'_>> = platforms.iter().map(|tag| PlatformTag::parse(tag)).collect();
    let fits = |object: &Object| tags.iter().any(|tag| tag.admits(object.platform) == Some(true));
    let fitting: HashSet<String> =
        objects.iter().filter(|object| fits(object)).filter_map(|object| object.member.clone()).collect();
    let is_another = |object: &Object| {
        object.facts.format == Format::MachO
            && !fits(object)
            && object.member.as_ref().is_some_and(|member| fitting.contains(member))
    };
    for object in objects.iter_mut().filter(|object| is_another(object)) {
        object.extension = false;
        object.promised.clear();
    }
    objects
}

/// Whether a promised interpreter does not find a module, or not its init symbol.
fn is_lost(object: &Object) -> bool {
    let lost = |abi: &AbiTag| {
        !is_found(object, &Python::known(*abi, None), object.home) || lacks_init(object, *abi).is_some()
    };
    object.name.is_none() || object.promised.iter().any(lost)
}

/// What follows for an object from the libraries that are loaded with it.
struct Found {
    refusals: Vec<Refusal>,
    doubts: Vec<String>,
    bundled_imports: Vec<PythonImport>,
    python_dlls: Vec<String>,
}

impl Found {
    fn of(libraries: &Libraries, index: usize, objects: &[Object]) -> Self {
        Self {
            refusals: libraries.refusals(index, objects),
            doubts: libraries.doubts(index, objects),
            bundled_imports: libraries.bundled_imports(index, objects),
            python_dlls: libraries.python_dlls(index, objects),
        }
    }
}

/// A module by its folder and its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ModuleKey {
    folder: Option<String>,
    module: String,
}

impl ModuleKey {
    fn of(object: &Object) -> Self {
        let folder = object.member.as_deref().and_then(|member| member.rsplit_once('/'));
        Self { folder: folder.map(|(folder, _)| folder.to_owned()), module: object.module(3).to_owned() }
    }
}
