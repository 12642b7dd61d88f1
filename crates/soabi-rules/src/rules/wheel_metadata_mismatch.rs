//! The `Tag` lines of the wheel's `WHEEL` file against its name.

use std::collections::BTreeSet;

use super::rule;
use crate::hit::Hit;
use crate::subject::Subject;
use crate::world::World;

rule!("wheel-metadata-mismatch", Warning, "the tags in the WHEEL file are not those in the wheel's name");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let Some((wheel, tags)) = subject.wheel.as_ref().and_then(|wheel| Some((wheel, wheel.tags.as_ref()?)))
    else {
        return Vec::new();
    };
    let name: BTreeSet<String> = wheel.name.tags().map(|tag| tag.to_string()).collect();
    let metadata: BTreeSet<String> = tags.iter().flat_map(|tag| expand(tag)).collect();
    if name == metadata {
        return Vec::new();
    }
    let only =
        |one: &BTreeSet<String>, other: &BTreeSet<String>| one.difference(other).cloned().collect::<Vec<_>>();
    let hit = Hit::whole("the tags in the WHEEL file are not those in the file name")
        .evidence("only-in-name", only(&name, &metadata))
        .evidence("only-in-metadata", only(&metadata, &name))
        .help("retag with `wheel tags`, which changes both; a renamed wheel keeps its old metadata");
    vec![hit]
}

/// What a compressed tag stands for. `WHEEL` should not have one, and some do.
fn expand(tag: &str) -> Vec<String> {
    let [pythons, abis, platforms] = tag.split('-').collect::<Vec<_>>()[..] else {
        return vec![tag.to_owned()];
    };
    let mut tags = Vec::new();
    for python in pythons.split('.') {
        for abi in abis.split('.') {
            tags.extend(platforms.split('.').map(|platform| format!("{python}-{abi}-{platform}")));
        }
    }
    tags
}
