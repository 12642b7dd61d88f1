//! The names of members: which of them readers decode differently, and which paths installers refuse or join.

use std::borrow::Cow;
use std::cmp::Ordering;

use flate2::Crc;
use unicode_normalization::UnicodeNormalization as _;

use super::entry::Entry;
use super::local::UTF_8;
use crate::ambiguity::AmbiguityKind;

/// The name that `zipfile` gives an entry, where all its releases agree; the newest one's where they do not. All
/// reasons why another reader has another name go to `sink`.
pub(super) fn name(entry: &Entry<'_>, sink: &mut impl FnMut(AmbiguityKind)) -> String {
    let own = String::from_utf8_lossy(entry.name);
    if std::str::from_utf8(entry.name).is_err() {
        sink(AmbiguityKind::NameNotUtf8);
    } else if !entry.name.is_ascii() && entry.flags & UTF_8 == 0 {
        sink(AmbiguityKind::NameWithoutFlag);
    }
    let mut name = own.as_ref();
    let field = entry.extra.unicode_path.filter(|path| path.name != entry.name);
    let other = field.map(|path| String::from_utf8_lossy(path.name));
    if let (Some(path), Some(other)) = (field, &other) {
        let mut crc = Crc::new();
        crc.update(entry.name);
        let heeded = path.version == 1 && path.crc == crc.sum() && !other.is_empty();
        let not_taken = if heeded { std::mem::replace(&mut name, other) } else { other };
        sink(AmbiguityKind::UnicodePath { other: not_taken.to_owned() });
    }
    if let Some((start, _)) = name.split_once('\0') {
        sink(AmbiguityKind::NameNul);
        name = start;
    }
    if name.chars().any(|letter| letter.is_ascii_control()) {
        sink(AmbiguityKind::NameControl);
    }
    path(name, sink);
    name.to_owned()
}

fn path(name: &str, sink: &mut impl FnMut(AmbiguityKind)) {
    let mut parts = name.strip_suffix('/').unwrap_or(name).split('/');
    let redundant = |part: &str| part.is_empty() || part == ".";
    let absolute = name.starts_with(['/', '\\']) || name.as_bytes().get(1) == Some(&b':');
    if name.is_empty() {
        sink(AmbiguityKind::NameEmpty);
    } else if absolute {
        sink(AmbiguityKind::Absolute);
    } else if parts.any(redundant) {
        sink(AmbiguityKind::RedundantPart);
    }
    if name.split(['/', '\\']).any(|part| part == "..") {
        sink(AmbiguityKind::ParentFolder);
    }
    if name.contains('\\') {
        sink(AmbiguityKind::Backslash);
    }
}

/// A member for [`collisions`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) folder: bool,
}

/// Members that are written to the same place: `sink` gets the index of the later one and the reason.
///
/// Paths are sorted, so the cost is that of sorting, whatever the names are.
pub(super) fn collisions(members: &[Named<'_>], sink: &mut impl FnMut(usize, AmbiguityKind)) {
    let exact = in_order(members, cleaned);
    for (first, second) in pairs(&exact) {
        match relation(first, second, members) {
            Some(Relation::Same) if members[first.1].folder != members[second.1].folder => {
                sink(second.1.max(first.1), AmbiguityKind::FileAndFolder);
            }
            Some(Relation::Same) => sink(second.1.max(first.1), AmbiguityKind::Duplicate),
            Some(Relation::Below) => sink(first.1, AmbiguityKind::FileAndFolder),
            None => {}
        }
    }
    let folded = in_order(members, folded);
    for (first, second) in pairs(&folded) {
        let (earlier, later) = (first.1.min(second.1), first.1.max(second.1));
        let names = [earlier, later].map(|index| members[index].name);
        let both_folders = members[earlier].folder && members[later].folder;
        if relation(first, second, members).is_some()
            && !both_folders
            && cleaned(names[0]) != cleaned(names[1])
            && !is_below(&cleaned(names[1]), &cleaned(names[0]))
            && !is_below(&cleaned(names[0]), &cleaned(names[1]))
        {
            sink(later, AmbiguityKind::DuplicateFolded { other: names[0].to_owned() });
        }
    }
}

/// A path, and the index of its member.
type Path<'a> = (Cow<'a, str>, usize);

/// Paths with the indices of their members, so sorted that everything below a path follows it at once.
fn in_order<'a>(members: &[Named<'a>], key: fn(&'a str) -> Cow<'a, str>) -> Vec<Path<'a>> {
    let mut paths: Vec<_> = members.iter().enumerate().map(|(at, member)| (key(member.name), at)).collect();
    paths.sort_by(|a, b| by_parts(&a.0, &b.0).then(a.1.cmp(&b.1)));
    paths
}

fn pairs<'p, 'a>(paths: &'p [Path<'a>]) -> impl Iterator<Item = (&'p Path<'a>, &'p Path<'a>)> {
    paths.iter().zip(paths.iter().skip(1))
}

enum Relation {
    Same,
    Below,
}

fn relation(first: &Path<'_>, second: &Path<'_>, members: &[Named<'_>]) -> Option<Relation> {
    if first.0 == second.0 {
        return Some(Relation::Same);
    }
    (is_below(&second.0, &first.0) && !members[first.1].folder).then_some(Relation::Below)
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The path as a file system has it: without empty parts and `.`.
fn cleaned(name: &str) -> Cow<'_, str> {
    let is_kept = |part: &&str| !part.is_empty() && *part != ".";
    let name = name.trim_matches('/');
    if name.split('/').all(|part| is_kept(&part)) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.split('/').filter(is_kept).collect::<Vec<_>>().join("/"))
}

/// The path as the most forgiving file system has it: in one case, composed, with either separator.
fn folded(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Owned(cleaned(&name.replace('\\', "/")).to_ascii_lowercase());
    }
    Cow::Owned(cleaned(&name.replace('\\', "/")).nfc().flat_map(char::to_lowercase).collect())
}

/// Compares so that `/` comes before every other character.
fn by_parts(a: &str, b: &str) -> Ordering {
    let rank = |byte: u8| if byte == b'/' { 0 } else { u16::from(byte) + 1 };
    a.bytes().map(rank).cmp(b.bytes().map(rank))
}
