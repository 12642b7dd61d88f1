//! The structure of a ZIP archive, read strictly.
//!
//! There is one reading, and wherever another reader would arrive at another one, there is an [`Ambiguity`]. Where
//! readers differ, the reading is that of Python's `zipfile`, which pip uses. Members' bytes are not looked at.
//!
//! The cost is linear: the directory is read once, and each member's header once; members that claim more bytes
//! together than the file has are refused.

mod end;
mod entry;
mod error;
mod fields;
mod layout;
mod local;
mod names;

use crate::ambiguity::{Ambiguity, AmbiguityKind};
use crate::member::Member;
use crate::source::{ReadAt, bytes_at};
use entry::Entry;
use local::Budget;

pub use error::ArchiveError;

/// The newest version of the format that `zipfile` reads.
const NEWEST_VERSION: u16 = 63;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// The members of an archive and what is ambiguous about them.
#[derive(Debug)]
pub(crate) struct Archive {
    /// All members with their names, folders too.
    pub(crate) members: Vec<Member>,
    pub(crate) ambiguities: Vec<Ambiguity>,
}

impl Archive {
    /// Reads the structure of an archive of `file` bytes, whose directory may have at most `limit` bytes.
    pub(crate) fn read(source: &dyn ReadAt, file: u64, limit: u64) -> Result<Self, ArchiveError> {
        let mut ambiguities = Vec::new();
        let end = end::find(source, file, &mut ambiguities)?;
        if end.directory_size > limit {
            return Err(ArchiveError::DirectoryTooLarge { size: end.directory_size, limit });
        }
        let length = usize::try_from(end.directory_size).map_err(|_| ArchiveError::Directory)?;
        let directory = bytes_at(source, end.directory, length)?;
        let entries = entry::parse(&directory, end.directory)?;
        if entries.len() as u64 != end.entries {
            let (stated, actual) = (end.entries, entries.len() as u64);
            let kind = AmbiguityKind::EntryCount { stated, actual };
            ambiguities.push(Ambiguity { member: None, offset: end.at, kind });
        }
        let mut budget = Budget { claimed: 0, file };
        let mut members = Vec::with_capacity(entries.len());
        let mut extents = Vec::with_capacity(entries.len());
        for entry in &entries {
            let mut kinds = Vec::new();
            let name = names::name(entry, &mut |kind| kinds.push(kind));
            by_itself(entry, &mut |kind| kinds.push(kind));
            let start = entry.offset.checked_add(end.base);
            let extent = match start {
                Some(start) => {
                    local::compare(source, entry, start, &mut budget, &mut |kind| kinds.push(kind))?
                }
                None => None,
            };
            if extent.is_none() {
                kinds.push(AmbiguityKind::LocalHeader);
            }
            let offset = entry.at;
            ambiguities.extend(kinds.into_iter().map(|kind| Ambiguity {
                member: Some(name.clone()),
                offset,
                kind,
            }));
            members.push(member(entry, name, extent.map(|extent| extent.data)));
            extents.push(extent);
        }
        layout::check(source, &end, &entries, &members, extents, &mut ambiguities)?;
        collisions(&members, &entries, &mut ambiguities);
        Ok(Self { members, ambiguities })
    }
}

fn member(entry: &Entry<'_>, name: String, data: Option<u64>) -> Member {
    Member {
        name,
        size: entry.size,
        compressed_size: entry.compressed_size,
        crc: entry.crc,
        method: entry.method,
        encrypted: entry.flags & (local::ENCRYPTED | local::STRONGLY_ENCRYPTED) != 0,
        executable: entry.mode.is_some_and(|mode| mode & 0o111 != 0),
        data,
    }
}

/// What is ambiguous about an entry by itself, its name apart.
fn by_itself(entry: &Entry<'_>, sink: &mut impl FnMut(AmbiguityKind)) {
    const TYPE: u16 = 0o170_000;
    const REGULAR: [u16; 2] = [0, 0o100_000];
    const FOLDER: u16 = 0o040_000;
    const LINK: u16 = 0o120_000;
    match entry.mode.map(|mode| mode & TYPE) {
        Some(LINK) => sink(AmbiguityKind::SymbolicLink),
        Some(FOLDER) | None => {}
        Some(kind) if REGULAR.contains(&kind) => {}
        Some(_) => sink(AmbiguityKind::SpecialFile),
    }
    if entry.is_folder() && entry.size != 0 {
        sink(AmbiguityKind::FolderWithBytes);
    }
    if ![STORED, DEFLATED].contains(&entry.method) {
        sink(AmbiguityKind::Method { method: entry.method });
    }
    if entry.flags & (local::ENCRYPTED | local::STRONGLY_ENCRYPTED | local::PATCH) != 0 {
        sink(AmbiguityKind::Encrypted);
    }
    if entry.version > NEWEST_VERSION {
        sink(AmbiguityKind::VersionNeeded { version: entry.version });
    }
    if entry.extra.damaged {
        sink(AmbiguityKind::ExtraField);
    }
    if entry.extra.duplicate {
        sink(AmbiguityKind::DuplicateExtra);
    }
    if entry.split {
        sink(AmbiguityKind::SplitArchive);
    }
}

fn collisions(members: &[Member], entries: &[Entry<'_>], ambiguities: &mut Vec<Ambiguity>) {
    let named: Vec<_> = members
        .iter()
        .map(|member| names::Named { name: &member.name, folder: member.name.ends_with('/') })
        .collect();
    names::collisions(&named, &mut |index, kind| {
        let (member, offset) = (Some(members[index].name.clone()), entries[index].at);
        ambiguities.push(Ambiguity { member, offset, kind });
    });
    let mut folders: Vec<&str> = members.iter().filter_map(Member::dist_info).collect();
    folders.sort_unstable();
    folders.dedup();
    if folders.len() > 1 {
        let folders = folders.into_iter().map(str::to_owned).collect();
        let kind = AmbiguityKind::SecondDistInfo { folders };
        ambiguities.push(Ambiguity { member: None, offset: 0, kind });
    }
}
