//! Where a report is written: a file, as a whole or not at all, or something that is no file.
//!
//! A file is written beside its place, synced and renamed: a full disk, a signal or a power cut leaves the old report or
//! the new one, and never a part of either. What is no regular file (a FIFO, a device, `/dev/stdout`) is written to
//! directly. A report replaces neither an input nor anything that starts like a wheel or a native file.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use soabi_object::is_native;
use soabi_object::read::MAGIC_LENGTH;

use crate::error::Error;
use crate::leftover;

/// What the name of a report begins and ends with until it is whole.
const PREFIX: &str = ".soabi-";
const SUFFIX: &str = ".tmp";

/// Refuses an output that is one of the inputs, by its path, by a link or by a hard link, or something that no report
/// replaces. To be called before the work is done.
pub(crate) fn check<'a>(
    output: Option<&Path>,
    inputs: impl IntoIterator<Item = &'a Path>,
) -> Result<(), Error> {
    let Some(output) = output.filter(|path| !is_stdout(path)) else { return Ok(()) };
    let metadata = fs::metadata(output).ok().filter(Metadata::is_file);
    let Some(metadata) = metadata else { return Ok(()) };
    for input in inputs {
        if fs::metadata(input).is_ok_and(|other| is_same(output, &metadata, input, &other)) {
            return Err(Error::OutputIsInput { output: output.to_owned(), input: input.to_owned() });
        }
    }
    if !is_descriptor(output) && is_precious(output, metadata.len()) {
        return Err(Error::OutputIsBinary { path: output.to_owned() });
    }
    Ok(())
}

/// Writes `text` to the file `path`.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    check(Some(path), [])?;
    write_whole(path, text).map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// Whether the path stands for stdout: `-`.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let metadata = fs::metadata(path).ok();
    if is_descriptor(path) || metadata.as_ref().is_some_and(|metadata| !metadata.is_file()) {
        return write_directly(path, text);
    }
    // The file that a link leads to is replaced, and not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    for left in leftover::find(folder, PREFIX, SUFFIX) {
        // Another user's cannot be removed.
        let _ = fs::remove_file(&left.path);
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What any new file gets: the umask takes from it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = loop {
        let file = builder.tempfile_in(folder)?;
        if leftover::claim(file.as_file(), file.path()) {
            break file;
        }
    };
    if let Some(metadata) = metadata {
        // A file that cannot be written to is not replaced either.
        OpenOptions::new().write(true).open(&target)?;
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&target)?;
    // Not every file system can sync a folder. The report is whole in any case.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// A reader that has had enough is no failure, as on stdout. Nothing is truncated: `-o /dev/stdout >> log` appends.
fn write_directly(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    match file.write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Whether the path is a name for a descriptor of a process (`/dev/stdout`, `/dev/fd/3`, a link to one), or a device:
/// what it leads to may be a regular file, and is not replaced.
fn is_descriptor(path: &Path) -> bool {
    let mut path = path.to_owned();
    // As many links as Linux follows.
    for _ in 0..40 {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).to_owned();
        let whole = fs::canonicalize(&folder).unwrap_or_default();
        if ["/dev", "/dev/fd"].iter().any(|name| whole == Path::new(name)) || whole.starts_with("/proc") {
            return true;
        }
        let Ok(target) = fs::read_link(&path) else { return false };
        path = folder.join(target);
    }
    false
}

#[cfg(unix)]
fn is_same(_: &Path, output: &Metadata, _: &Path, input: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (output.dev(), output.ino()) == (input.dev(), input.ino())
}

/// Where files have no portable identity, their full paths are compared.
#[cfg(not(unix))]
fn is_same(output: &Path, _: &Metadata, input: &Path, _: &Metadata) -> bool {
    let [output, input] = [output, input].map(|path| fs::canonicalize(path).ok());
    output.is_some() && output == input
}

/// Whether the file starts like a wheel or another archive of ZIP, a conda package, a static library or a native file.
/// No report starts like one.
fn is_precious(path: &Path, size: u64) -> bool {
    const ARCHIVES: [&[u8]; 4] = [b"PK\x03\x04", b"PK\x05\x06", b"BZh", b"!<arch>\n"];
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAGIC_LENGTH as u64).read_to_end(&mut start));
    read.is_ok() && (ARCHIVES.iter().any(|magic| start.starts_with(magic)) || is_native(&start, size))
}

/// The paths of arguments, for [`check`].
pub(crate) fn paths(list: &[PathBuf]) -> impl Iterator<Item = &Path> {
    list.iter().map(PathBuf::as_path)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::wheel(b"PK\x03\x04...", true)]
    #[case::empty_archive(b"PK\x05\x06", true)]
    #[case::elf(b"\x7fELF\x02\x01\x01", true)]
    #[case::text_that_starts_like_pe(
        b"MZ is the number plate of Mainz, a city on the river Rhine, and of nothing else",
        false
    )]
    #[case::json(b"{\n  \"schema\"", false)]
    #[case::half_a_magic_number(b"PK", false)]
    #[case::empty(b"", false)]
    fn what_no_report_replaces(#[case] start: &[u8], #[case] refused: bool) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, start).unwrap();
        assert_eq!(is_precious(&file, start.len() as u64), refused);
        assert_eq!(write(&file, "report").is_err(), refused);
        let expected: &[u8] = if refused { start } else { b"report" };
        assert_eq!(fs::read(&file).unwrap(), expected);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["file", "link"].map(|name| folder.path().join(name));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).unwrap();
        symlink("file", &link).unwrap();
        write(&link, "new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[cfg(unix)]
    #[test]
    fn names_of_descriptors() {
        let folder = tempfile::tempdir().unwrap();
        let [link, file] = ["link", "file"].map(|name| folder.path().join(name));
        std::os::unix::fs::symlink("/dev/stdout", &link).unwrap();
        fs::write(&file, "").unwrap();
        for path in ["/dev/stdout", "/dev/fd/1", "/dev/null", link.to_str().unwrap()] {
            assert!(is_descriptor(Path::new(path)), "{path}");
        }
        for path in ["report.json", "./-", file.to_str().unwrap()] {
            assert!(!is_descriptor(Path::new(path)), "{path}");
        }
    }
}
