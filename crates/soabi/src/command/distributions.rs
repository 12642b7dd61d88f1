//! What the user named for `soabi matrix`, as rows: wheels, folders of them, environments, modules.
//!
//! What is a wheel and what is in it is found as `soabi audit` finds it, and the auditor's predictions are taken from an
//! audit of the same inputs.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use soabi_audit::inputs::{self, Files};
use soabi_audit::{Audit, Axis, Content, Input, Memory, Settings};
use soabi_core::{Arch, ArtifactId, PredictionKind, PythonId, error_text};
use soabi_harness::agreement::Predictions;
use soabi_harness::foreign::placed::{Distribution, root_of, top_level};
use soabi_harness::foreign::{site, subjects};
use soabi_harness::subject::Subject;
use soabi_python::Interpreter;
use soabi_report::audit::{ObjectEntry, SubjectEntry};
use soabi_report::given::GivenEntry;
use soabi_rules::named_by;
use soabi_wheel::{Installed, Wheel, WheelFileName};

use crate::command::artifacts;
use crate::error::Error;
use crate::memory;

/// What the user named.
#[derive(Default)]
pub(crate) struct Given {
    /// The modules.
    pub(crate) subjects: Vec<Subject>,
    /// What the auditor predicts of them.
    pub(crate) predictions: HashMap<ArtifactId, Predictions>,
    /// What they are in.
    pub(crate) entries: Vec<GivenEntry>,
    /// What could not be read.
    pub(crate) errors: Vec<String>,
    /// The author's own checks.
    checks: Option<String>,
    /// The machines, beside this one, of which there are interpreters.
    machines: BTreeSet<Arch>,
}

/// Reads what is at `paths`, for the interpreters `pythons`. Wheels are to be laid out below `sites`. `checks` is a
/// command that is a row for each of them.
pub(crate) fn read_all(
    paths: &[PathBuf],
    pythons: &[Interpreter],
    sites: &Path,
    checks: Option<String>,
) -> Given {
    let inputs = inputs::find(paths);
    let memory = Memory::new(memory::default_limit()).frugal();
    let audit = Audit { axis: Axis::of_tables(), settings: Settings::default(), cache: None, memory };
    let report = audit.report(&inputs, BTreeMap::new(), &|_, _| {});
    let machines = pythons.iter().filter_map(|python| python.id.machine).collect();
    let mut given = Given { checks, machines, ..Given::default() };
    let mut alone = Vec::new();
    let mut named = HashSet::new();
    for (input, entry) in inputs.iter().zip(&report.subjects) {
        // What is named twice is one.
        if input.path.canonicalize().is_ok_and(|path| !named.insert(path)) {
            continue;
        }
        let site = site::site(&sites.join(given.entries.len().to_string()));
        match &input.content {
            Content::Wheel => given.wheel(input, entry, site),
            Content::Installed { wheel, files } => given.installed(input, entry, wheel, files),
            Content::Folder(files) => given.folder(input, entry, files),
            Content::Object => match input.path.canonicalize().ok().and_then(|path| root_of(&path)) {
                Some((root, member)) => given.module(input, entry, root, &member),
                None => alone.push(input.path.clone()),
            },
            Content::Unusable { why, .. } => given.errors.push(format!("`{}`: {why}", input.path.display())),
            // What is packed in another way, installers do not take.
            Content::Package(_) => given.errors.push(format!(
                "`{}` is packed as no installer of wheels takes it; unpack it, and name the folder",
                input.path.display()
            )),
        }
    }
    given.alone(&alone);
    given
}

impl Given {
    /// Files that lie in no package: each is imported from a folder with nothing else.
    fn alone(&mut self, paths: &[PathBuf]) {
        let (subjects, failures) = artifacts::read_all(paths);
        self.errors.extend(failures.iter().map(Error::in_full));
        for subject in subjects {
            let artifact = &subject.artifact;
            self.predictions.insert(artifact.id.clone(), Predictions::of(artifact, subject.machine));
            let path = artifact.path.display().to_string();
            self.entries.push(GivenEntry::new(artifact.id.0.clone(), path, String::new(), Vec::new()));
            self.subjects.push(subject);
        }
    }

    fn wheel(&mut self, input: &Input, entry: &SubjectEntry, site: PathBuf) {
        let wheel = match Wheel::open(&input.path) {
            Ok(wheel) => wheel,
            Err(error) => return self.errors.push(error_text(&error)),
        };
        let names = wheel.members().iter().map(|member| member.name.as_str());
        let tops = top_level(names);
        let path = input.path.canonicalize().unwrap_or_else(|_| input.path.clone());
        let name = input.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let distribution = Distribution {
            name: self.unique(name, &input.path),
            site,
            top_level: tops.all,
            named: named_by(wheel.file_name()),
            wheel: Some(wheel.file_name().clone()),
            archive: Some(path),
        };
        self.add(input, entry, distribution, &tops.importable);
    }

    fn installed(&mut self, input: &Input, entry: &SubjectEntry, wheel: &WheelFileName, files: &Files) {
        let Some(site) = input.path.parent().and_then(|site| site.canonicalize().ok()) else { return };
        let listed = Installed::read(&input.path).ok().flatten().map(|installed| installed.files);
        let listed = listed.unwrap_or_else(|| files.native.keys().cloned().collect());
        let tops = top_level(listed.iter().map(String::as_str));
        let name = format!("{}-{}", wheel.name, wheel.version);
        let distribution = Distribution {
            name: self.unique(name, &input.path),
            site,
            top_level: tops.all,
            named: named_by(wheel),
            wheel: Some(wheel.clone()),
            archive: None,
        };
        self.add(input, entry, distribution, &tops.importable);
    }

    /// The other modules of a folder: those of a package below the folder that their package is in, the others below
    /// the folder itself.
    fn folder(&mut self, input: &Input, entry: &SubjectEntry, files: &Files) {
        let Ok(folder) = input.path.canonicalize() else { return };
        let mut by_root: BTreeMap<PathBuf, Vec<(String, &ObjectEntry)>> = BTreeMap::new();
        for object in entry.objects.iter().filter(|object| object.extension) {
            let Some(member) = &object.member else { continue };
            let Some(file) = files.native.get(member).and_then(|file| file.canonicalize().ok()) else {
                continue;
            };
            let (root, below) = root_of(&file).unwrap_or_else(|| (folder.clone(), member.clone()));
            by_root.entry(root).or_default().push((below, object));
        }
        self.unread(input, entry);
        for (root, modules) in by_root {
            let tops = top_level(modules.iter().map(|(member, _)| member.as_str()));
            let name =
                if root == folder { input.path.display().to_string() } else { root.display().to_string() };
            let distribution = Arc::new(in_place(name, root, tops.all));
            self.entry(input, &distribution, &modules.iter().map(|(_, object)| *object).collect::<Vec<_>>());
            for (member, object) in &modules {
                self.add_module(&distribution, member, object);
            }
        }
    }

    /// A module in a package, with its neighbours on the path.
    fn module(&mut self, input: &Input, entry: &SubjectEntry, root: PathBuf, member: &str) {
        self.unread(input, entry);
        let Some(object) = entry.objects.first() else { return };
        let tops = top_level(std::iter::once(member));
        let name = input.path.display().to_string();
        let distribution = match owner(&root, member) {
            Some(wheel) => {
                Distribution { named: named_by(&wheel), wheel: Some(wheel), ..in_place(name, root, tops.all) }
            }
            None => in_place(name, root, tops.all),
        };
        let distribution = Arc::new(distribution);
        self.entry(input, &distribution, &[object]);
        self.add_module(&distribution, member, object);
    }

    /// A name that no other has.
    fn unique(&self, name: String, path: &Path) -> String {
        let is_taken = self.entries.iter().any(|entry| entry.name == name);
        if is_taken { path.display().to_string() } else { name }
    }

    fn unread(&mut self, input: &Input, entry: &SubjectEntry) {
        for error in &entry.errors {
            let member = error.object.as_ref().map(|member| format!("{member}: ")).unwrap_or_default();
            self.errors.push(format!("`{}`: {member}{}", input.path.display(), error.message));
        }
    }

    fn entry(&mut self, input: &Input, distribution: &Arc<Distribution>, objects: &[&ObjectEntry]) {
        let tags = distribution.wheel.as_ref().map(WheelFileName::compressed_tag).unwrap_or_default();
        let path = input.path.display().to_string();
        let machines = std::iter::once(None).chain(self.machines.iter().copied().map(Some));
        let machines: Vec<_> = machines.filter(|machine| distribution.is_for(*machine)).collect();
        let of_machine = |machine| distribution.named.iter().map(move |abi| PythonId { abi: *abi, machine });
        let promised = machines.iter().copied().flat_map(of_machine).collect();
        let mut entry = GivenEntry::new(distribution.name.clone(), path, tags, promised);
        entry.elsewhere = machines.is_empty();
        entry.distribution =
            distribution.wheel.as_ref().map(WheelFileName::normalized_name).unwrap_or_default();
        let is_accepted = |python: &&PythonId| {
            let mut of_machine = objects.iter().filter(|object| machine(object) == python.machine).peekable();
            let of = |object: &&ObjectEntry| {
                let predicted = object.predictions.iter().find(|prediction| prediction.python == python.abi);
                predicted.is_some_and(|predicted| predicted.expect == PredictionKind::Accept)
            };
            of_machine.peek().is_some() && of_machine.all(of)
        };
        if let Some(command) = &self.checks {
            let subject = subjects::checks(distribution, command);
            self.predictions.insert(subject.artifact.id.clone(), Predictions::default());
            self.subjects.push(subject);
        }
        entry.predicted = entry.promised.iter().filter(is_accepted).copied().collect();
        self.entries.push(entry);
    }

    fn add(
        &mut self,
        input: &Input,
        entry: &SubjectEntry,
        distribution: Distribution,
        importable: &[String],
    ) {
        self.unread(input, entry);
        let extensions: Vec<_> = entry.objects.iter().filter(|object| object.extension).collect();
        if distribution.site.as_os_str().as_encoded_bytes().contains(&b'\n') {
            let path = distribution.site.display();
            return self.errors.push(format!("`{path}` has a newline in it, and cannot be put on a path"));
        }
        let distribution = Arc::new(distribution);
        self.entry(input, &distribution, &extensions);
        for name in importable {
            let subject = subjects::top_level(&distribution, name);
            self.predictions.insert(subject.artifact.id.clone(), Predictions::default());
            self.subjects.push(subject);
        }
        let mut seen = BTreeSet::new();
        for object in extensions {
            let Some(member) = object.member.as_deref().filter(|member| seen.insert(*member)) else {
                continue;
            };
            self.add_module(&distribution, member, object);
        }
    }

    fn add_module(&mut self, distribution: &Arc<Distribution>, member: &str, object: &ObjectEntry) {
        let Some(mut subject) = subjects::module(distribution, member) else {
            let why = "has an init symbol, and not the name of an extension module";
            return self.errors.push(format!("`{}`: {member} {why}", distribution.name));
        };
        // A file that is the module and its package too is imported once.
        let module = subject.placed.as_ref().and_then(|placed| placed.module.clone());
        let is_it = |other: &Subject| {
            other.placed.as_ref().is_some_and(|placed| {
                placed.member.is_none() && placed.module == module && placed.distribution == *distribution
            })
        };
        self.subjects.retain(|other| !is_it(other));
        subject.machine = machine(object);
        let predictions = predictions(distribution, object, subject.machine);
        self.predictions.insert(subject.artifact.id.clone(), predictions);
        self.subjects.push(subject);
    }
}

/// What the auditor predicts of a file. It speaks of the system that the file is for.
fn predictions(distribution: &Distribution, object: &ObjectEntry, machine: Option<Arch>) -> Predictions {
    let format = if cfg!(target_os = "macos") { "macho" } else { "elf" };
    let file_name = object.member.as_deref().and_then(|member| member.rsplit('/').next()).unwrap_or_default();
    let predictions = object.predictions.iter().cloned();
    // Of what is for another C library, nothing is known of the interpreters of its machine.
    let is_known = distribution.is_for(machine);
    if object.format != format || (machine.is_some() && !is_known) {
        let what = format!("{} {}", object.arch, object.format);
        return Predictions::of_another_system(predictions, file_name, &what);
    }
    Predictions::given(predictions.filter(|_| is_known), machine, file_name)
}

/// The machine of a file, where it is another one than this. One without a name is another one.
fn machine(object: &ObjectEntry) -> Option<Arch> {
    Some(object.arch.parse().unwrap_or(Arch::Other(0))).filter(|arch| *arch != Arch::here())
}

/// What lies where it is, and was not installed from a wheel.
fn in_place(name: String, site: PathBuf, top_level: Vec<String>) -> Distribution {
    Distribution { name, site, top_level, named: Vec::new(), wheel: None, archive: None }
}

/// The wheel that the file `member` below `root` was installed from.
fn owner(root: &Path, member: &str) -> Option<WheelFileName> {
    let entries = std::fs::read_dir(root).ok()?.flatten().map(|entry| entry.path());
    let installed = entries.filter_map(|path| Installed::read(&path).ok().flatten());
    let mut owners = installed.filter(|installed| installed.files.iter().any(|file| file == member));
    owners.next().map(|installed| installed.wheel)
}
