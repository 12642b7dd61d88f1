//! From an input to a subject: members are inflated and read on all cores, the largest first.

use std::cell::{Cell, OnceCell, RefCell};
use std::cmp::Reverse;
use std::collections::HashSet;
use std::fs;
use std::path::Path;

use rayon::iter::{IntoParallelRefIterator, ParallelBridge, ParallelIterator};
use soabi_core::error_text;
use soabi_definition::{Slice, read_slices};
use soabi_object::read::{self, read_native};
use soabi_object::{FileError, ObjectError};
use soabi_rules::resolve::Sources;
use soabi_rules::{NativeFile, Subject, Unread, WheelFacts};
use soabi_wheel::{
    Inflater, Limits, Member, Package, PackageKind, Record, RecordMismatch, RecordMismatchKind, Wheel,
    WheelError, WheelFileName, scheme,
};

use crate::inputs::{Content, Files, Input};
use crate::memory::Memory;

/// Larger Python sources are data: nothing imports a library in them.
const LARGEST_SOURCE: u64 = 4 << 20;
/// The Python sources of one wheel that are read, in bytes.
const ALL_SOURCES: u64 = 64 << 20;

/// What is said of a link in place of the first bytes that it leads to.
const NO_NATIVE_TARGET: &str = "it is a link to something that is no native file";

thread_local! {
    static INFLATER: RefCell<Inflater> = RefCell::default();
}

/// The largest native file whose hash is compared with that of `RECORD`, in bytes. To hash all of them costs half as
/// much as to inflate them. What changes a native file behind the back of `RECORD` mostly changes its size, which is
/// compared whatever it is.
const LARGEST_HASHED: usize = 256 << 10;

/// The members of a wheel whose hashes are compared whatever they are, the smallest first: this many bytes together.
const ALWAYS_HASHED: u64 = 512 << 10;

/// How an input is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct How<'m> {
    /// What native files may take together.
    pub(super) memory: &'m Memory,
    /// Whether code is searched for what only a stable ABI forbids, whatever the file claims.
    pub(super) in_full: bool,
}

/// The subject in an input, or why there is none. What is there and cannot be read is a part of the subject.
pub(super) fn read(input: &Input, how: How<'_>) -> Result<Subject, String> {
    match &input.content {
        Content::Wheel => wheel(&input.path, how),
        Content::Package(kind) => package(&input.path, *kind, how),
        Content::Object => object(&input.path, how),
        Content::Folder(files) => Ok(folder(files, None, how)),
        Content::Installed { wheel, files } => Ok(folder(files, Some(wheel), how)),
        Content::Unusable { why, .. } => Err(why.clone()),
    }
}

fn object(path: &Path, how: How<'_>) -> Result<Subject, String> {
    match slices_of_file(path, how) {
        Ok(slices) => Ok(Subject::new(None, native_files(None, path, slices, Path::exists), Vec::new())),
        Err(FileError::Object(error)) => Ok(unreadable(&error.to_string())),
        Err(error) => Err(error_text(&error)),
    }
}

fn package(path: &Path, kind: PackageKind, how: How<'_>) -> Result<Subject, String> {
    // Of a compressed archive in it nobody knows the sizes, so a large package is read alone.
    let size = size_of(path);
    let _lent = how.memory.lend(size.saturating_mul(Limits::default().ratio));
    let package = match Package::open(path, kind, limits(how.memory)) {
        Ok(package) => package,
        Err(error @ (WheelError::Io { .. } | WheelError::NotAFile { .. })) => return Err(error_text(&error)),
        Err(error) => return Ok(unreadable(&error_text(&error))),
    };
    let (mut files, mut unread) = (Vec::new(), Vec::new());
    let (most, natives, mut beyond) = (most_natives(size), Cell::new(0_usize), Vec::new());
    let read = |name: &str, bytes: &[u8]| {
        natives.set(natives.get() + 1);
        if natives.get() > most { Ok(Vec::new()) } else { slices(Path::new(name), bytes, how.in_full) }
    };
    package.for_each_native_with(read, |name, slices| match slices {
        _ if natives.get() > most => beyond.push(name.to_owned()),
        Ok(slices) => files.extend(native_files(Some(&name.to_owned()), Path::new(name), slices, |_| true)),
        Err(error) => unread.push(Unread { member: Some(error.member), reason: error.kind.to_string() }),
    });
    unread.extend(too_many(most, beyond.iter().map(String::as_str)));
    Ok(Subject::new(None, files, unread))
}

/// A subject of which nothing could be read.
fn unreadable(reason: &str) -> Subject {
    Subject::new(None, Vec::new(), vec![Unread { member: None, reason: reason.to_owned() }])
}

fn folder(files: &Files, wheel: Option<&WheelFileName>, how: How<'_>) -> Subject {
    let how = How { in_full: how.in_full || wheel.is_some_and(claims_stable_abi), ..how };
    let slices = |path| slices_of_file(path, how);
    let read = files.native.par_iter().map(|(member, path)| (member.clone(), path, slices(path)));
    let mut read: Vec<_> = read.collect();
    read.sort_by(|a, b| a.0.cmp(&b.0));
    let mut natives = Vec::new();
    let mut unread = files.unread.clone();
    for (member, path, slices) in read {
        match slices {
            Ok(slices) => natives.extend(native_files(Some(&member), path, slices, Path::exists)),
            Err(error) => {
                // What a link leads to is perhaps not the user's to see.
                let is_secret =
                    matches!(error, FileError::Object(ObjectError::NotNative(_))) && path.is_symlink();
                let reason = if is_secret { NO_NATIVE_TARGET.to_owned() } else { error_text(&error) };
                unread.push(Unread { member: Some(member), reason });
            }
        }
    }
    unread.sort_by(|a, b| a.member.cmp(&b.member));
    // The name was made from the tags of the metadata, so there is nothing to compare.
    let wheel = wheel.map(|name| WheelFacts::of(name.clone()));
    Subject::new(wheel, natives, unread)
}

fn wheel(path: &Path, how: How<'_>) -> Result<Subject, String> {
    let wheel = match Wheel::open_with(path, limits(how.memory)) {
        Ok(wheel) => wheel,
        Err(error @ (WheelError::Io { .. } | WheelError::NotAFile { .. })) => return Err(error_text(&error)),
        Err(error) => return Ok(unreadable(&error_text(&error))),
    };
    let members = wheel.members();
    let mut unread = Vec::new();
    let record = INFLATER.with_borrow_mut(|inflater| wheel.record(inflater)).unwrap_or_else(|error| {
        unread.push(Unread { member: Some(error.member), reason: error.kind.to_string() });
        None
    });
    let stable_abi = how.in_full || claims_stable_abi(wheel.file_name());
    let rows = record.as_ref().map(Record::by_path).unwrap_or_default();
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|&index| Reverse(members[index].size));
    let hashed = always_hashed(members);
    let most = most_natives(size_of(path));
    let is_beyond = natives_beyond(&wheel, most);
    let read = |&index: &usize| {
        if is_beyond[index] {
            return None;
        }
        let row = rows.get(members[index].name.as_str());
        let read = |bytes: &[u8], is_native: bool| {
            let row = row.filter(|_| hashed[index] || bytes.len() <= LARGEST_HASHED);
            let has_other_hash = row.and_then(|row| row.has(bytes)) == Some(false);
            if !is_native {
                return Ok((Vec::new(), has_other_hash));
            }
            let slices = slices(Path::new(&members[index].name), bytes, stable_abi);
            slices.map(|slices| (slices, has_other_hash))
        };
        let read = INFLATER.with_borrow_mut(|inflater| {
            inflater.keep(how.memory.kept());
            let lend = |size| how.memory.lend(size);
            if hashed[index] && row.is_some() {
                return wheel.with_any(&members[index], inflater, lend, read);
            }
            wheel.with_native(&members[index], inflater, lend, |bytes| read(bytes, true))
        });
        read.transpose().map(|read| (index, read))
    };
    let beyond = members.iter().zip(&is_beyond).filter(|(_, is_beyond)| **is_beyond);
    unread.extend(too_many(most, beyond.map(|(member, _)| member.name.as_str())));
    let pieces = order.chunk_by(pieces_of(members)).par_bridge();
    let mut read: Vec<_> = pieces.flat_map_iter(|piece| piece.iter().filter_map(read)).collect();
    read.sort_by(|a, b| members[a.0].name.cmp(&members[b.0].name).then(a.0.cmp(&b.0)));

    let names = OnceCell::new();
    let has_member = |path: &Path| {
        let names = names.get_or_init(|| members.iter().map(|member| &*member.name).collect::<HashSet<_>>());
        path.to_str().is_some_and(|path| names.contains(path))
    };
    let (mut files, mut mismatches) = (Vec::new(), record_mismatches(&wheel, record.as_ref()));
    for (index, native) in read {
        let member = members[index].name.clone();
        let error = match native {
            Ok(Ok((slices, has_other_hash))) => {
                files.extend(native_files(Some(&member), Path::new(&member), slices, has_member));
                if has_other_hash {
                    let kind = RecordMismatchKind::Hash;
                    mismatches.push(RecordMismatch { path: Some(member), kind });
                }
                continue;
            }
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.kind.to_string(),
        };
        unread.push(Unread { member: Some(member), reason: error });
    }
    let metadata = INFLATER.with_borrow_mut(|inflater| wheel.metadata(inflater));
    let metadata = metadata.map_err(|error| match error {
        WheelError::Metadata(error) => {
            unread.push(Unread { member: Some(error.member), reason: error.kind.to_string() });
        }
        error => unread.push(Unread { member: None, reason: error_text(&error) }),
    });
    let facts = WheelFacts {
        metadata: metadata.ok(),
        ambiguities: wheel.ambiguities().to_vec(),
        record: mismatches,
        ..WheelFacts::of(wheel.file_name().clone())
    };
    let sources = || {
        let texts = INFLATER.with_borrow_mut(|inflater| wheel.sources(LARGEST_SOURCE, ALL_SOURCES, inflater));
        let mut sources = Sources::default();
        for text in texts.texts {
            sources.add(&text.member, &String::from_utf8_lossy(&text.bytes));
        }
        sources
    };
    Ok(Subject::with_sources(Some(facts), files, unread, sources))
}

/// Says of two neighbours whether one core reads both: to take a piece of work costs as much as to inflate some kilobytes.
fn pieces_of(members: &[Member]) -> impl FnMut(&usize, &usize) -> bool {
    const PIECE: u64 = 256 << 10;
    let mut size = 0;
    move |&one, &next| {
        size += members[one].size;
        let is_one_piece = size + members[next].size <= PIECE;
        size = if is_one_piece { size } else { 0 };
        is_one_piece
    }
}

/// The most native files of an archive of so many bytes that are read. Each takes some ten kilobytes of a report, however
/// small it is. The native files of real wheels have hundreds of kilobytes each; there are some hundreds of them.
fn most_natives(size: u64) -> usize {
    2048 + usize::try_from(size / 4096).unwrap_or(usize::MAX / 2)
}

/// Which members are native files, or may be, behind the first `most`.
fn natives_beyond(wheel: &Wheel, most: usize) -> Vec<bool> {
    let members = wheel.members();
    if members.len() <= most {
        return vec![false; members.len()];
    }
    let may_be = |member| INFLATER.with_borrow_mut(|inflater| wheel.may_be_native(member, inflater));
    let natives: Vec<bool> = members.par_iter().map(may_be).collect();
    let mut seen = 0;
    let is_beyond = |is_native| {
        seen += usize::from(is_native);
        is_native && seen > most
    };
    natives.into_iter().map(is_beyond).collect()
}

/// That native files are not read because there are too many.
fn too_many<'n>(most: usize, mut beyond: impl Iterator<Item = &'n str>) -> Option<Unread> {
    let first = beyond.next()?.to_owned();
    let others = beyond.count();
    let reason = format!("not read, with {others} native files behind it: the archive has more than {most}");
    Some(Unread { member: Some(first), reason })
}

fn size_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// Which members are small enough for their hashes to be compared whatever they are.
fn always_hashed(members: &[Member]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|&index| members[index].size);
    let mut hashed = vec![false; members.len()];
    let mut left = ALWAYS_HASHED;
    for index in order {
        let Some(rest) = left.checked_sub(members[index].size) else { break };
        left = rest;
        hashed[index] = true;
    }
    hashed
}

/// The differences that need no member's bytes.
fn record_mismatches(wheel: &Wheel, record: Option<&Record>) -> Vec<RecordMismatch> {
    match (record, wheel.dist_info()) {
        (Some(record), Some(folder)) => record.compare(folder, wheel.members()),
        (None, Some(folder))
            if !wheel.members().iter().any(|member| member.name == format!("{folder}/RECORD")) =>
        {
            vec![RecordMismatch { path: None, kind: RecordMismatchKind::NoRecord }]
        }
        _ => Vec::new(),
    }
}

/// Whether a wheel's tags name a stable ABI. On Windows the names of its files do not.
fn claims_stable_abi(wheel: &WheelFileName) -> bool {
    wheel.tags().any(|tag| matches!(tag.abi, "abi3" | "abi3t"))
}

/// The slices of the native file at `path`.
fn slices_of_file(path: &Path, how: How<'_>) -> Result<Vec<Slice>, FileError> {
    let _lent = how.memory.lend(size_of(path));
    Ok(slices(path, &read_native(path, read::Limits { size: how.memory.largest_file() })?, how.in_full)?)
}

fn limits(memory: &Memory) -> Limits {
    Limits { member: memory.largest_file(), ..Limits::default() }
}

/// The slices of a native file with these bytes. `stable_abi`: whether a wheel claims one for it.
fn slices(path: &Path, bytes: &[u8], stable_abi: bool) -> Result<Vec<Slice>, ObjectError> {
    let (file_name, folder) = names(path);
    read_slices(bytes, &file_name, folder.as_deref(), stable_abi)
}

/// The name of a file, and that of the folder that holds it where it is installed: nothing for what is directly in
/// `spam-1.0.data/platlib`.
fn names(path: &Path) -> (String, Option<String>) {
    let placed = path.to_str().and_then(scheme::place);
    let path = placed.map_or(path, |placed| Path::new(placed.path));
    let text = |name: &std::ffi::OsStr| name.to_string_lossy().into_owned();
    (path.file_name().map(text).unwrap_or_default(), path.parent().and_then(Path::file_name).map(text))
}

/// The slices of the file at `path` as the rules see them. `exists` says whether there is a file beside it.
fn native_files(
    member: Option<&String>,
    path: &Path,
    slices: Vec<Slice>,
    exists: impl Fn(&Path) -> bool,
) -> Vec<NativeFile> {
    let (file_name, folder) = names(path);
    let beside_init = !file_name.starts_with("__init__")
        || ["__init__.py", "__init__.pyc"].iter().any(|name| exists(&path.with_file_name(name)));
    let file = |Slice { facts, reading }| NativeFile {
        member: member.cloned(),
        folder: folder.clone(),
        beside_init,
        file_name: file_name.clone(),
        facts,
        reading,
    };
    slices.into_iter().map(file).collect()
}
