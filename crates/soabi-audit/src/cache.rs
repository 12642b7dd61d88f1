//! A cache of entries, so that an unchanged wheel is not read again.
//!
//! An entry is named after everything that it depends on, and is never changed: this program, its tables, the
//! settings, the interpreters; and of the wheel its path as it is written, its identity on disk (inode,
//! size, times of modification and change), and the names, sizes and checksums of all its members. Checksums
//! are CRC-32 and can be forged, and times can be set, but nobody sets the time of change. An entry that cannot
//! be read is none, and nothing is kept of a wheel that could not be audited as a whole.

use std::fs::{self, Metadata};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};
use soabi_report::audit::SubjectEntry;
use soabi_wheel::Wheel;

use crate::axis::Axis;
use crate::inputs::{Content, Input};
use crate::settings::Settings;

/// A folder of entries. It may be removed at any time.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    /// All that an entry depends on and that is the same for every wheel of this run.
    run: Sha256,
}

impl Cache {
    /// The cache in `folder` for a run with these settings. `None` when the program cannot find its own file.
    pub fn new(folder: PathBuf, axis: &Axis, settings: &Settings) -> Option<Self> {
        let program = fs::metadata(std::env::current_exe().ok()?).ok()?;
        let mut run = Sha256::new();
        run.update(env!("CARGO_PKG_VERSION"));
        run.update(identity(&program));
        run.update(soabi_rules::tables::id());
        run.update(format!("{settings:?}"));
        axis.digest(&mut run);
        Some(Self { folder, run })
    }

    /// The entry of `input`: a cached one, or what `audit` returns.
    pub(crate) fn entry(&self, input: &Input, audit: impl Fn() -> SubjectEntry) -> SubjectEntry {
        let Some(file) = self.file(input) else { return audit() };
        if let Some(entry) = read(&file) {
            touch(&file);
            return entry;
        }
        let entry = audit();
        if entry.errors.is_empty() && self.file(input).as_ref() == Some(&file) {
            // A cache that cannot be written is no cache, and no reason to stop.
            let _ = write(&file, &entry);
        }
        entry
    }

    /// Where the entry of a wheel is, or would be. `None` for what is no wheel that can be opened.
    fn file(&self, input: &Input) -> Option<PathBuf> {
        if !matches!(input.content, Content::Wheel) {
            return None;
        }
        let wheel = Wheel::open(&input.path).ok()?;
        let mut key = self.run.clone();
        key.update(input.path.as_os_str().as_encoded_bytes());
        key.update(identity(&fs::metadata(&input.path).ok()?));
        for member in wheel.members() {
            let (sizes, crc) = ((member.size, member.compressed_size), member.crc());
            key.update(format!("{:?} {sizes:?} {crc}", member.name));
        }
        Some(self.folder.join(soabi_core::hex(&key.finalize()[..16])).with_extension("json"))
    }
}

/// Which file this is, and since when it is as it is.
#[cfg(unix)]
pub(crate) fn identity(metadata: &Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    let modified = (metadata.mtime(), metadata.mtime_nsec());
    let changed = (metadata.ctime(), metadata.ctime_nsec());
    format!("{} {} {} {modified:?} {changed:?}", metadata.dev(), metadata.ino(), metadata.size())
}

/// Where there is no time of change, the checksums have to do.
#[cfg(not(unix))]
pub(crate) fn identity(metadata: &Metadata) -> String {
    format!("{} {:?}", metadata.len(), metadata.modified())
}

/// A pipe in its place would wait for a writer, and a device never end.
fn read(file: &Path) -> Option<SubjectEntry> {
    fs::metadata(file).ok().filter(Metadata::is_file)?;
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}

/// Notes a use, so that what is used stays. Where that is not allowed, it leaves a cache earlier than it need.
fn touch(file: &Path) {
    let _ = fs::File::options().append(true).open(file).and_then(|file| file.set_modified(SystemTime::now()));
}

/// Another run sees the whole entry or none.
fn write(file: &Path, entry: &SubjectEntry) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut whole = tempfile::NamedTempFile::new_in(folder)?;
    whole.write_all(&serde_json::to_vec(entry)?)?;
    whole.persist(file)?;
    Ok(())
}
