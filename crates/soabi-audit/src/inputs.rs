//! The inputs of an audit: wheels, native files, and what lies in folders.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use soabi_object::read::MAGIC_LENGTH;
use soabi_report::audit::SubjectKind;
use soabi_rules::Unread;
use soabi_wheel::{Installed, PackageKind, WheelFileName, is_native_name, package};

use crate::other_files;
use crate::skipped::Skipped;

/// Something to audit.
#[derive(Debug)]
pub struct Input {
    /// Where it is, as the user wrote it or the search found it.
    pub path: PathBuf,
    /// Its size on disk in bytes: the largest inputs are audited first.
    pub size: u64,
    /// What is there.
    pub content: Content,
}

/// What is at the path of an input.
#[derive(Debug)]
pub enum Content {
    /// A wheel.
    Wheel,
    /// An egg or a conda package.
    Package(PackageKind),
    /// A native file by itself.
    Object,
    /// Native files of a folder that belong to no installed distribution.
    Folder(Files),
    /// The native files of an installed distribution; the path is that of its `.dist-info`.
    Installed {
        /// The name and tags of its wheel.
        wheel: Box<WheelFileName>,
        /// Its native files.
        files: Files,
    },
    /// Nothing that can be audited.
    Unusable {
        /// What it would be, by its name.
        kind: SubjectKind,
        /// Why it cannot be audited.
        why: String,
    },
}

/// Native files of a folder.
#[derive(Debug, Default)]
pub struct Files {
    /// Each file by its path inside the folder, with `/` between the parts.
    pub native: BTreeMap<String, PathBuf>,
    /// What should be examined and cannot be.
    pub unread: Vec<Unread>,
}

impl Input {
    /// What the input is called in reports.
    pub fn kind(&self) -> SubjectKind {
        match &self.content {
            Content::Wheel => SubjectKind::Wheel,
            Content::Object => SubjectKind::Object,
            // A package of these kinds is a folder that is packed.
            Content::Folder(_) | Content::Installed { .. } | Content::Package(_) => SubjectKind::Directory,
            Content::Unusable { kind, .. } => *kind,
        }
    }

    /// The files that its entry depends on.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        let native = match &self.content {
            Content::Folder(files) | Content::Installed { files, .. } => Some(files.native.values()),
            _ => None,
        };
        std::iter::once(self.path.as_path()).chain(native.into_iter().flatten().map(PathBuf::as_path))
    }

    /// The name and tags of the wheel that the input is, or was installed from.
    pub(crate) fn wheel_name(&self) -> Option<WheelFileName> {
        match &self.content {
            Content::Installed { wheel, .. } => Some(WheelFileName::clone(wheel)),
            _ if self.kind() == SubjectKind::Wheel => {
                self.path.file_name().unwrap_or_default().to_string_lossy().parse().ok()
            }
            _ => None,
        }
    }

    fn file(path: &Path, size: u64) -> Self {
        let content = if is_wheel(path) {
            Content::Wheel
        } else if let Some(kind) = PackageKind::of(path) {
            Content::Package(kind)
        } else if let Some(what) = package::unsupported(path) {
            return Self::unusable(path, SubjectKind::Object, what.to_owned());
        } else if let Some(what) = other_files::what(path) {
            let why = format!(
                "it is {what}; soabi reads wheels, native files, and folders of them: leave it out, or name the wheels \
                 (`soabi audit dist/*.whl`)"
            );
            return Self::unusable(path, SubjectKind::Object, why);
        } else {
            Content::Object
        };
        Self { path: path.to_owned(), size, content }
    }

    fn unusable(path: &Path, kind: SubjectKind, why: String) -> Self {
        Self { path: path.to_owned(), size: 0, content: Content::Unusable { kind, why } }
    }
}

/// The inputs at `paths`, in their order; those of a folder by path. What lies beside wheels and is no input, as
/// [`crate::skipped`] names it, is none.
pub fn find(paths: &[PathBuf]) -> Vec<Input> {
    let find = |path: &PathBuf| match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => search(path),
        Ok(_) if Skipped::of(path).is_some() => Vec::new(),
        Ok(metadata) => vec![Input::file(path, metadata.len())],
        Err(error) => {
            let kind = if is_wheel(path) { SubjectKind::Wheel } else { SubjectKind::Object };
            let is_pattern = error.kind() == io::ErrorKind::NotFound && pattern(path).is_some();
            let why = if is_pattern { "no file matches this pattern".to_owned() } else { error.to_string() };
            vec![Input::unusable(path, kind, why)]
        }
    };
    paths.iter().flat_map(find).collect()
}

/// The paths, with patterns in place of which a file exists replaced by the files that match: not every shell does it.
pub fn expand(paths: &[PathBuf]) -> Vec<PathBuf> {
    let expand = |path: &PathBuf| {
        let pattern = if path.exists() { None } else { pattern(path) };
        // In a folder that cannot be read nothing matches.
        let files = pattern.and_then(|pattern| glob::glob(pattern).ok()).into_iter().flatten();
        let files: Vec<PathBuf> = files.filter_map(Result::ok).collect();
        if files.is_empty() { vec![path.clone()] } else { files }
    };
    paths.iter().flat_map(expand).collect()
}

/// The path as a pattern. `None` for a path that is none.
fn pattern(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| text.contains(['*', '?', '[']))
}

fn is_wheel(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("whl"))
}

/// The native files below a folder: those of each installed distribution, each wheel, and the rest.
fn search(root: &Path) -> Vec<Input> {
    let mut search =
        Search { root, size: 0, files: Files::default(), wheels: Vec::new(), dist_infos: Vec::new() };
    search.folder_at(root);
    let installed = search.distributions();
    let Search { size, files, wheels, .. } = search;
    let empty = files.native.is_empty() && files.unread.is_empty();
    let folder = if !empty {
        Some(Input { path: root.to_owned(), size, content: Content::Folder(files) })
    } else if wheels.is_empty() && installed.is_empty() {
        let why = "it holds neither a wheel nor a native file".to_owned();
        Some(Input::unusable(root, SubjectKind::Directory, why))
    } else {
        None
    };
    folder.into_iter().chain(installed).chain(wheels).collect()
}

struct Search<'a> {
    root: &'a Path,
    size: u64,
    files: Files,
    wheels: Vec<Input>,
    dist_infos: Vec<PathBuf>,
}

impl Search<'_> {
    /// Looks at everything below `folder`, in the order of the names.
    ///
    /// Symbolic links to folders are not followed: they lead out, in a circle, or to what is found anyway.
    fn folder_at(&mut self, folder: &Path) {
        let listed = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match listed {
            Ok(entries) => entries,
            Err(error) => return self.unread(folder, &error.to_string()),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => {
                    self.folder_at(&path);
                    if path.extension().is_some_and(|extension| extension == "dist-info") {
                        self.dist_infos.push(path);
                    }
                }
                Ok(kind) if kind.is_symlink() => self.link_at(&path),
                Ok(_) => self.file_at(&path, entry.metadata()),
                Err(error) => self.unread(&path, &error.to_string()),
            }
        }
    }

    /// A link to a file counts, unless the file lies in the same folder and is found by its own name.
    fn link_at(&mut self, path: &Path) {
        let inside = || Some(path.canonicalize().ok()?.starts_with(self.root.canonicalize().ok()?));
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() || inside() == Some(true) => {}
            Ok(metadata) => self.file_at(path, Ok(metadata)),
            Err(error) if is_interesting(path) => self.unread(path, &error.to_string()),
            Err(_) => {}
        }
    }

    fn file_at(&mut self, path: &Path, metadata: io::Result<Metadata>) {
        let size = match metadata {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            Ok(_) if is_interesting(path) => return self.unread(path, "it is not a regular file"),
            Ok(_) => return,
            Err(error) => return self.unread(path, &error.to_string()),
        };
        if is_wheel(path) || PackageKind::of(path).is_some() {
            // The search of `.` starts every path with `./`.
            let path = path.strip_prefix(".").unwrap_or(path);
            return self.wheels.push(Input::file(path, size));
        }
        match is_native(path, size) {
            // A file that only has the name of a native one is an input too: its reader says what is wrong with it.
            Ok(native) if native || is_interesting(path) => {
                self.size += size;
                self.files.native.insert(self.member(path), path.to_owned());
            }
            Ok(_) => {}
            Err(error) => self.unread(path, &error.to_string()),
        }
    }

    /// The installed distributions, whose files are then no longer among those of the folder.
    fn distributions(&mut self) -> Vec<Input> {
        let mut inputs = Vec::new();
        let mut members: HashMap<PathBuf, String> =
            self.files.native.iter().map(|(member, path)| (path.clone(), member.clone())).collect();
        for path in std::mem::take(&mut self.dist_infos) {
            let installed = match Installed::read(&path) {
                Ok(Some(installed)) => installed,
                Ok(None) => continue,
                Err(error) => {
                    self.unread(&error.path, &error.source.to_string());
                    continue;
                }
            };
            let root = path.parent().unwrap_or(&path);
            let own = installed.files.into_iter().filter_map(|member| {
                let file = root.join(&member);
                let known = members.remove(&file)?;
                self.files.native.remove(&known);
                Some((member, file))
            });
            let files = Files { native: own.collect(), unread: Vec::new() };
            if !files.native.is_empty() {
                let size =
                    files.native.values().filter_map(|path| Some(fs::metadata(path).ok()?.len())).sum();
                let wheel = Box::new(installed.wheel);
                inputs.push(Input { path, size, content: Content::Installed { wheel, files } });
            }
        }
        inputs
    }

    fn unread(&mut self, path: &Path, reason: &str) {
        let member = Some(self.member(path));
        self.files.unread.push(Unread { member, reason: reason.to_owned() });
    }

    /// The path inside the folder, with `/` between its parts.
    fn member(&self, path: &Path) -> String {
        let inside = path.strip_prefix(self.root).unwrap_or(path);
        let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
        if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
    }
}

/// Whether a file has the name of something that is audited.
fn is_interesting(path: &Path) -> bool {
    is_wheel(path) || PackageKind::of(path).is_some() || is_native_name(&path.to_string_lossy())
}

fn is_native(path: &Path, size: u64) -> io::Result<bool> {
    let mut start = Vec::with_capacity(MAGIC_LENGTH);
    File::open(path)?.take(MAGIC_LENGTH as u64).read_to_end(&mut start)?;
    Ok(soabi_object::is_native(&start, size))
}
