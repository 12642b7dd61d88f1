//! The wheel's metadata against its name.

use std::collections::BTreeSet;
use std::str::FromStr;

use pep440_rs::Version;
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
        version_mismatch(wheel, metadata),
        format_version(metadata),
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

/// The project's version, which `METADATA` has to have, and to have as the file's name has it (PEP 440 decides what is the
/// same). pip passes over a wheel of an index for which it is not so, and uv refuses it; without a name or a version pip
/// fails with a traceback of its own.
fn version_mismatch(wheel: &WheelFacts, metadata: &WheelMetadata) -> Option<Hit> {
    let help = "build the wheel anew: a renamed wheel keeps its old metadata";
    let missing = match (&metadata.name, &metadata.version) {
        (None, None) => "no name and no version, or is not there",
        (None, Some(_)) => "no name",
        (Some(_), None) => "no version",
        (Some(_), Some(version)) => return other_version(&wheel.name.version, version, help),
    };
    Some(Hit::whole(format!("the METADATA file has {missing}, so installers refuse the wheel")).help(help))
}

fn other_version(in_name: &str, in_metadata: &str, help: &str) -> Option<Hit> {
    // A version that is none, of before PEP 440, is refused for itself.
    let own = Version::from_str(&in_name.replace('_', "-")).ok()?;
    if Version::from_str(in_metadata).is_ok_and(|version| version == own) {
        return None;
    }
    let hit = Hit::whole(
        "the METADATA file has another version than the file name, so installers refuse the wheel",
    );
    Some(hit.evidence("metadata", [in_metadata]).evidence("file-name", [in_name]).help(help))
}

/// The version of the format. Installers refuse a wheel without one, and one whose major version they do not know (PEP 427).
fn format_version(metadata: &WheelMetadata) -> Option<Hit> {
    let Some(version) = metadata.wheel_version.as_deref() else {
        let message = "the WHEEL file has no Wheel-Version, so installers refuse the wheel";
        return Some(Hit::whole(message).help("write `Wheel-Version: 1.0`, as build backends do"));
    };
    let numbers: Result<Vec<u32>, _> = version.split('.').map(|number| number.trim().parse()).collect();
    let message = match numbers.as_deref() {
        Ok([1, ..]) => return None,
        Ok(_) => "the WHEEL file has an unknown major version",
        Err(_) => "the WHEEL file has a Wheel-Version that is no version",
    };
    let help = "the only major version is 1; installers refuse others";
    Some(Hit::whole(message).evidence("wheel-version", [version]).help(help))
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
