//! The files of the specimen crates, as they were when soabi was compiled.

/// Folder, path in it, and text of every file, in the order of their names.
const FILES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/specimens.rs"));

/// A file of a specimen crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The crate: `spam-c`.
    pub folder: &'static str,
    /// The path in it: `src/spam.h`.
    pub path: &'static str,
    /// What is in it.
    pub text: &'static str,
}

/// Every file.
pub(super) fn sources() -> impl Iterator<Item = SourceFile> {
    FILES.iter().map(|&(folder, path, text)| SourceFile { folder, path, text })
}

/// The files of one crate that its specimens are made from: everything but the flavors.
pub(super) fn sources_of(folder: &str) -> impl Iterator<Item = SourceFile> {
    sources().filter(move |source| source.folder == folder && !source.path.starts_with("flavors/"))
}
