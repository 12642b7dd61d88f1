//! Where a finding or an error is.

use std::path::Path;

use soabi_report::audit::{SubjectEntry, SubjectKind};

/// The last part of a subject's path, which is enough to tell it by where the whole is too long.
pub(super) fn file_name(subject: &SubjectEntry) -> &str {
    let path = subject.path.trim_end_matches('/');
    path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(&subject.path)
}

/// Where a finding or an error is: the member, or the subject itself.
pub(super) fn place<'a>(subject: &'a SubjectEntry, object: Option<&'a String>) -> &'a str {
    object.map_or_else(|| file_name(subject), String::as_str)
}

/// The file on disk that a finding or an error is about: a wheel as a whole, in a folder the very file.
pub(super) fn file(subject: &SubjectEntry, object: Option<&String>) -> String {
    let Some(member) = object.filter(|_| subject.kind == SubjectKind::Directory) else {
        return subject.path.clone();
    };
    let path = Path::new(&subject.path);
    let folder = if is_installed(subject) { path.parent().unwrap_or(path) } else { path };
    let folder = folder.strip_prefix(".").unwrap_or(folder);
    folder.join(member).display().to_string()
}

/// Whether a subject is an installed distribution, whose files are beside its `.dist-info`.
pub(super) fn is_installed(subject: &SubjectEntry) -> bool {
    subject.kind == SubjectKind::Directory && subject.path.ends_with(".dist-info")
}

/// The name and the version of a wheel or an installed distribution, as its file name has them.
pub(super) fn distribution(subject: &SubjectEntry) -> Option<(&str, &str)> {
    let file = file_name(subject);
    let stem = match subject.kind {
        SubjectKind::Wheel => file.strip_suffix(".whl"),
        SubjectKind::Directory if is_installed(subject) => file.strip_suffix(".dist-info"),
        SubjectKind::Directory | SubjectKind::Object => None,
    };
    let mut parts = stem?.split('-');
    Some((parts.next()?, parts.next()?))
}
