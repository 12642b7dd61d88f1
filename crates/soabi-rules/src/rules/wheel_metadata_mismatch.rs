//! The wheel's metadata against its name.

use std::collections::BTreeSet;

use soabi_core::{PyVersion, Severity};
use soabi_wheel::file_name::normalize_name;
use soabi_wheel::{WheelMetadata, tags};

use super::rule;
use crate::hit::Hit;
use crate::installer::allows;
use crate::named::named_by;
use crate::subject::Subject;
use crate::wheel_facts::WheelFacts;
use crate::world::World;

rule!("wheel-metadata-mismatch", Error, "the wheel's metadata and its name disagree");

/// How many tags are shown of each side.
const SHOWN: usize = 20;

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let Some(wheel) = &subject.wheel else { return Vec::new() };
    let Some(metadata) = &wheel.metadata else { return Vec::new() };
    let hits = [
        tag_mismatch(wheel, metadata).map(|hit| hit.downgraded_to(Severity::Warning)),
        name_mismatch(wheel, metadata),
        new_version(metadata),
        never_installed(wheel, metadata),
    ];
    hits.into_iter().flatten().collect()
}

fn tag_mismatch(wheel: &WheelFacts, metadata: &WheelMetadata) -> Option<Hit> {
    let name = tags::expand([wheel.name.compressed_tag().as_str()]);
    let listed = tags::expand(metadata.tags.iter().map(String::as_str));
    let (name, listed) = match (name, listed) {
        (Ok(name), Ok(listed)) => (name, listed),
        (Err(error), _) | (_, Err(error)) => {
            let message = format!("the compressed tags stand for {error}, and are not compared");
            return Some(Hit::whole(message).help("give each tag set the few tags that the wheel is for"));
        }
    };
    if name == listed {
        return None;
    }
    Some(
        Hit::whole("the tags in the WHEEL file are not those in the file name")
            .evidence("only-in-name", difference(&name, &listed))
            .evidence("only-in-metadata", difference(&listed, &name))
            .help("retag with `wheel tags`, which changes both; a renamed wheel keeps its old metadata"),
    )
}

/// What `one` has and `other` has not, up to a limit, and the count of the rest.
fn difference(one: &BTreeSet<String>, other: &BTreeSet<String>) -> Vec<String> {
    let mut shown: Vec<String> = one.difference(other).take(SHOWN).cloned().collect();
    let more = one.difference(other).count() - shown.len();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown
}

/// The project's name in three places: the file name, the `.dist-info` folder, `METADATA`. pip refuses the wheel when
/// the folder's does not start with the first, and when the last is another.
fn name_mismatch(wheel: &WheelFacts, metadata: &WheelMetadata) -> Option<Hit> {
    let own = wheel.name.normalized_name();
    let folder = metadata.folder.trim_end_matches(".dist-info");
    let folder = folder.split_once('-').map_or(folder, |(name, _)| name);
    let places = [("folder", Some(folder)), ("metadata", metadata.name.as_deref())];
    let other = |name: &&str| !name.is_empty() && normalize_name(name) != own;
    let differing: Vec<_> =
        places.into_iter().filter_map(|(place, name)| Some((place, name.filter(other)?))).collect();
    let first = differing.first()?;
    let message = match first.0 {
        "folder" => "the .dist-info folder is that of another project, so pip refuses the wheel",
        _ => "the METADATA file has the name of another project, so pip refuses the wheel",
    };
    let hit = differing.iter().fold(Hit::whole(message), |hit, (place, name)| hit.evidence(place, [name]));
    Some(hit.evidence("file-name", [&wheel.name.name]).help("build the wheel anew under its own name"))
}

/// Installers refuse a format whose major version they do not know (PEP 427).
fn new_version(metadata: &WheelMetadata) -> Option<Hit> {
    let version = metadata.wheel_version.as_deref()?;
    let major: u32 = version.split('.').next()?.trim().parse().ok()?;
    let help = "the only major version is 1; installers refuse others";
    (major != 1).then(|| {
        Hit::whole("the WHEEL file has an unknown major version")
            .evidence("wheel-version", [version])
            .help(help)
    })
}

/// Tags that name Pythons which `Requires-Python` excludes, all of them. A wheel for a stable ABI, or for any, may be for
/// Pythons that no table knows yet.
fn never_installed(wheel: &WheelFacts, metadata: &WheelMetadata) -> Option<Hit> {
    let requires = metadata.requires_python.as_deref()?;
    let is_excluded = |version: PyVersion| allows(requires, version) == Some(false);
    let is_open = wheel.name.abis.iter().any(|abi| matches!(abi.as_str(), "abi3" | "abi3t" | "none"));
    let named = named_by(&wheel.name);
    let all = named.iter().all(|abi| abi.python_version().is_some_and(is_excluded));
    if named.is_empty() || !all || (is_open && !is_excluded(PyVersion::new(3, 99))) {
        return None;
    }
    let message = format!(
        "no Python that the tags name is allowed by Requires-Python `{requires}`, so installers refuse the wheel"
    );
    Some(
        Hit::whole(message)
            .evidence("requires-python", [requires])
            .evidence("pythons", named)
            .help("widen `requires-python` of the project, or do not publish wheels for these Pythons"),
    )
}
