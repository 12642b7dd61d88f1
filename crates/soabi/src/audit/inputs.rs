//! Which files the user means: wheels, native files, and what lies in folders.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use soabi_core::report::audit::SubjectKind;
use soabi_object::read::MAGIC_LENGTH;
use soabi_object::wheel::{WheelFileName, is_native_name};
use soabi_rules::Unread;

use crate::audit::installed::Distribution;

/// Something to audit.
#[derive(Debug)]
pub(crate) struct Input {
    /// Where it is, as the user wrote it or the search came upon it.
    pub(crate) path: PathBuf,
    pub(crate) kind: SubjectKind,
    /// Its bytes on disk, to begin with the largest.
    pub(crate) size: u64,
    /// The native files of a folder, each with its path inside.
    pub(crate) files: BTreeMap<String, PathBuf>,
    /// The wheel that a folder's files were installed from.
    pub(crate) wheel: Option<WheelFileName>,
    /// What should be examined in a folder and cannot be.
    pub(crate) unread: Vec<Unread>,
    /// Why there is nothing to audit.
    pub(crate) error: Option<String>,
}

impl Input {
    fn new(path: &Path, kind: SubjectKind, size: u64) -> Self {
        Self {
            path: path.to_owned(),
            kind,
            size,
            files: BTreeMap::new(),
            wheel: None,
            unread: Vec::new(),
            error: None,
        }
    }

    fn file(path: &Path, size: u64) -> Self {
        let kind = if is_wheel(path) { SubjectKind::Wheel } else { SubjectKind::Object };
        Self::new(path, kind, size)
    }
}

/// What there is to audit at `paths`, in their order.
pub(crate) fn find(paths: &[PathBuf]) -> Vec<Input> {
    let find = |path: &PathBuf| match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => search(path),
        Ok(metadata) => vec![Input::file(path, metadata.len())],
        Err(error) => vec![Input { error: Some(error.to_string()), ..Input::file(path, 0) }],
    };
    paths.iter().flat_map(find).collect()
}

fn is_wheel(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "whl")
}

/// The native files below a folder: those of each installed distribution, each wheel, and the rest.
fn search(root: &Path) -> Vec<Input> {
    let folder = Input::new(root, SubjectKind::Directory, 0);
    let mut search = Search { root, folder, wheels: Vec::new(), installed: Vec::new() };
    search.folder_at(root);
    let installed = search.distributions();
    let Search { mut folder, wheels, .. } = search;
    let empty = folder.files.is_empty() && folder.unread.is_empty();
    if empty && wheels.is_empty() && installed.is_empty() {
        folder.error = Some("it holds neither a wheel nor a native file".to_owned());
    }
    let folder = (!empty || folder.error.is_some()).then_some(folder);
    folder.into_iter().chain(installed).chain(wheels).collect()
}

struct Search<'a> {
    root: &'a Path,
    folder: Input,
    wheels: Vec<Input>,
    /// Folders that say what is installed.
    installed: Vec<PathBuf>,
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
                        self.installed.push(path);
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
        if is_wheel(path) {
            // Nobody writes `./` but the search.
            let path = path.strip_prefix(".").unwrap_or(path);
            return self.wheels.push(Input::file(path, size));
        }
        match is_native(path, size) {
            // What only has such a name is taken up as well: its reader says what is wrong with it.
            Ok(native) if native || is_interesting(path) => {
                self.folder.size += size;
                self.folder.files.insert(self.member(path), path.to_owned());
            }
            Ok(_) => {}
            Err(error) => self.unread(path, &error.to_string()),
        }
    }

    /// The files that were installed out of wheels, no longer among those of the folder.
    fn distributions(&mut self) -> Vec<Input> {
        let mut files: HashMap<PathBuf, String> =
            self.folder.files.iter().map(|(member, path)| (path.clone(), member.clone())).collect();
        let taken = self.installed.iter().filter_map(|path| Distribution::take(path, &mut files));
        let installed: Vec<Distribution> = taken.collect();
        self.folder.files.retain(|_, path| files.contains_key(path));
        let input = |Distribution { path, wheel, files }| {
            let size = files.values().filter_map(|path| Some(fs::metadata(path).ok()?.len())).sum();
            Input { wheel: Some(wheel), files, ..Input::new(&path, SubjectKind::Directory, size) }
        };
        installed.into_iter().map(input).collect()
    }

    fn unread(&mut self, path: &Path, reason: &str) {
        self.folder.unread.push(Unread { member: Some(self.member(path)), reason: reason.to_owned() });
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
    is_wheel(path) || is_native_name(&path.to_string_lossy())
}

fn is_native(path: &Path, size: u64) -> io::Result<bool> {
    let mut start = Vec::with_capacity(MAGIC_LENGTH);
    File::open(path)?.take(MAGIC_LENGTH as u64).read_to_end(&mut start)?;
    Ok(soabi_object::is_native(&start, size))
}
