//! Somebody's own artifacts, as the command line names them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use soabi_core::ArtifactId;
use soabi_harness::subject::Subject;

use crate::error::Error;

/// The artifact in the file `path`.
pub(crate) fn read(path: &Path) -> Result<Subject, Error> {
    let absolute = path.canonicalize().map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let mut subject = Subject::given(path).ok_or_else(|| Error::NotAModule(path.to_owned()))?;
    if !absolute.is_file() {
        return Err(Error::NotAModule(path.to_owned()));
    }
    subject.artifact.path = absolute;
    Ok(subject)
}

/// The artifacts that can be read, and for each of the others why not. A file name that comes twice is told
/// apart by its path.
pub(crate) fn read_all(paths: &[PathBuf]) -> (Vec<Subject>, Vec<Error>) {
    let (mut subjects, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        match read(path) {
            Ok(subject) => subjects.push(subject),
            Err(error) => errors.push(error),
        }
    }
    let mut uses: BTreeMap<ArtifactId, usize> = BTreeMap::new();
    for subject in &subjects {
        *uses.entry(subject.artifact.id.clone()).or_default() += 1;
    }
    for subject in subjects.iter_mut().filter(|subject| uses[&subject.artifact.id] > 1) {
        subject.artifact.id = ArtifactId(subject.artifact.path.display().to_string());
    }
    subjects.sort_by(|a, b| a.artifact.id.cmp(&b.artifact.id));
    subjects.dedup_by(|a, b| a.artifact.path == b.artifact.path);
    (subjects, errors)
}
