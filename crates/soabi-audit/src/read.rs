//! From an input to a subject: members are inflated and read on all cores, the largest first.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::path::Path;

use rayon::iter::{IntoParallelRefIterator, ParallelBridge, ParallelIterator};
use soabi_core::error_text;
use soabi_object::{FileError, ObjectFacts, read_file};
use soabi_rules::{NativeFile, Subject, Unread, WheelFacts};
use soabi_wheel::{Inflater, Wheel, WheelError, WheelFileName};

use crate::inputs::{Content, Files, Input};

thread_local! {
    static INFLATER: RefCell<Inflater> = RefCell::default();
}

/// The subject in an input, or why there is none. What is there and cannot be read is a part of the subject.
pub(super) fn read(input: &Input) -> Result<Subject, String> {
    match &input.content {
        Content::Wheel => wheel(&input.path),
        Content::Object => object(&input.path),
        Content::Folder(files) => Ok(folder(files, None)),
        Content::Installed { wheel, files } => Ok(folder(files, Some(wheel))),
        Content::Unusable { why, .. } => Err(why.clone()),
    }
}

fn object(path: &Path) -> Result<Subject, String> {
    match read_file(path) {
        Ok(slices) => Ok(Subject::new(None, native_files(None, path, slices), Vec::new())),
        Err(FileError::Object(error)) => Ok(unreadable(&error.to_string())),
        Err(error) => Err(error_text(&error)),
    }
}

/// A subject of which nothing could be read.
fn unreadable(reason: &str) -> Subject {
    Subject::new(None, Vec::new(), vec![Unread { member: None, reason: reason.to_owned() }])
}

fn folder(files: &Files, wheel: Option<&WheelFileName>) -> Subject {
    let read = files.native.par_iter().map(|(member, path)| (member.clone(), path, read_file(path)));
    let mut read: Vec<_> = read.collect();
    read.sort_by(|a, b| a.0.cmp(&b.0));
    let mut natives = Vec::new();
    let mut unread = files.unread.clone();
    for (member, path, slices) in read {
        match slices {
            Ok(slices) => natives.extend(native_files(Some(&member), path, slices)),
            Err(error) => unread.push(Unread { member: Some(member), reason: error_text(&error) }),
        }
    }
    unread.sort_by(|a, b| a.member.cmp(&b.member));
    // The name was made from the tags of the metadata, so there is nothing to compare.
    let wheel = wheel.map(|name| WheelFacts { name: name.clone(), tags: None, oddities: Vec::new() });
    Subject::new(wheel, natives, unread)
}

fn wheel(path: &Path) -> Result<Subject, String> {
    let wheel = match Wheel::open(path) {
        Ok(wheel) => wheel,
        Err(error @ (WheelError::Io { .. } | WheelError::NotAFile { .. })) => return Err(error_text(&error)),
        Err(error) => return Ok(unreadable(&error_text(&error))),
    };
    let members = wheel.members();
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|&index| Reverse(members[index].size));
    let read = |index: usize| {
        let facts = INFLATER.with_borrow_mut(|inflater| wheel.facts(&members[index], inflater));
        facts.transpose().map(|facts| (index, facts))
    };
    let mut read: Vec<_> = order.into_iter().par_bridge().filter_map(read).collect();
    read.sort_by(|a, b| members[a.0].name.cmp(&members[b.0].name).then(a.0.cmp(&b.0)));

    let (mut files, mut unread) = (Vec::new(), Vec::new());
    for (index, facts) in read {
        let member = members[index].name.clone();
        match facts {
            Ok(slices) => files.extend(native_files(Some(&member), Path::new(&member), slices)),
            Err(error) => unread.push(Unread { member: Some(member), reason: error.kind.to_string() }),
        }
    }
    let metadata = INFLATER.with_borrow_mut(|inflater| wheel.metadata(inflater));
    let tags = match metadata {
        Ok(metadata) => Some(metadata.tags),
        Err(WheelError::Metadata(error)) => {
            unread.push(Unread { member: Some(error.member), reason: error.kind.to_string() });
            None
        }
        Err(error) => {
            unread.push(Unread { member: None, reason: error_text(&error) });
            None
        }
    };
    let facts = WheelFacts { name: wheel.file_name().clone(), tags, oddities: wheel.oddities().to_vec() };
    Ok(Subject::new(Some(facts), files, unread))
}

fn native_files(member: Option<&String>, path: &Path, slices: Vec<ObjectFacts>) -> Vec<NativeFile> {
    let text = |name: &std::ffi::OsStr| name.to_string_lossy().into_owned();
    let file_name = path.file_name().map(text).unwrap_or_default();
    let folder = path.parent().and_then(Path::file_name).map(text);
    let file = |facts| NativeFile {
        member: member.cloned(),
        folder: folder.clone(),
        file_name: file_name.clone(),
        facts,
    };
    slices.into_iter().map(file).collect()
}
