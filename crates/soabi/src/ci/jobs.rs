//! Which interpreter a runner gets in which way.

use soabi_core::AbiTag;
use soabi_python::{Manifest, Provider, Way};

/// The interpreters as jobs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Jobs<'a> {
    /// Those of uv, all of them on every machine, with what uv calls them. Each job runs what is built for all.
    pub(super) uv: Vec<(AbiTag, &'a str)>,
    /// Those of an image, each alone in its own.
    pub(super) in_image: Vec<InImage>,
    /// Those that no runner can be given, and the ways that there are.
    pub(super) left_out: Vec<(AbiTag, String)>,
}

/// An interpreter in a container.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InImage {
    pub(super) id: AbiTag,
    pub(super) image: String,
    /// The command that installs it there; empty where the image has it.
    pub(super) setup: String,
}

impl<'a> Jobs<'a> {
    /// For every interpreter the first that there is: uv, its own image, the packages of a distribution's image.
    ///
    /// A way that leads to another interpreter as well leads to neither: uv's `pypy3.11` is whichever is new.
    pub(super) fn of(manifests: &'a [Manifest]) -> Self {
        let mut jobs = Self { uv: Vec::new(), in_image: Vec::new(), left_out: Vec::new() };
        for manifest in manifests {
            let is_certain = |way: &&Way| {
                let leads_here = |other: &&Manifest| {
                    other.get.iter().any(|get| get.command == way.command && get.on == way.on)
                };
                manifests.iter().filter(leads_here).count() == 1
            };
            let ways: Vec<_> = manifest.get.iter().filter(is_certain).collect();
            let id = manifest.id;
            if let Some(request) = ways.iter().find_map(|way| uv_request(way)) {
                jobs.uv.push((id, request));
            } else if let Some(image) = ways.iter().find_map(|way| own_image(way)) {
                jobs.in_image.push(InImage { id, image: image.to_owned(), setup: String::new() });
            } else if let Some((image, packages)) = ways.iter().find_map(|way| packages(way)) {
                jobs.in_image.push(InImage { id, image, setup: setup(packages) });
            } else {
                jobs.left_out.push((id, why_not(&manifest.get)));
            }
        }
        jobs
    }
}

/// What uv calls it.
fn uv_request(way: &Way) -> Option<&str> {
    let request = way.command.strip_prefix("uv python install ")?;
    (way.with == Provider::Uv).then_some(request)
}

/// The image that has it.
pub(super) fn own_image(way: &Way) -> Option<&str> {
    let image = way.command.split_whitespace().next_back()?;
    (way.with == Provider::Image).then_some(image)
}

/// The image of the distribution that has packages of it, and the packages.
pub(super) fn packages(way: &Way) -> Option<(String, &str)> {
    let packages = way.command.strip_prefix("apt install ")?;
    let image = way.on.as_ref()?.to_lowercase().replace(' ', ":");
    (way.with == Provider::Packages).then_some((image, packages))
}

/// How packages are installed, with what soabi needs beside them: a compiler, and what fetches Rust.
fn setup(packages: &str) -> String {
    format!(
        "apt-get update -qq && apt-get install -qq -y --no-install-recommends \
         ca-certificates curl gcc libc6-dev {packages}"
    )
}

fn why_not(ways: &[Way]) -> String {
    let words = |way: &Way| match way.with {
        Provider::Uv => "uv, which may give another",
        Provider::Pyenv => "pyenv",
        Provider::Packages => "packages",
        Provider::Source => "a build of its own",
        Provider::Image => "an image",
    };
    let ways: Vec<_> = ways.iter().map(words).collect();
    if ways.is_empty() { "only by hand".to_owned() } else { format!("only with {}", ways.join(", or ")) }
}

#[cfg(test)]
mod tests {
    use soabi_python::manifests;

    use super::*;

    fn manifest(id: &str, ways: &[(Provider, Option<&str>, &str)]) -> Manifest {
        let known = Manifest::of("cp311".parse().unwrap()).unwrap();
        let way = |(with, on, command): &(Provider, Option<&str>, &str)| Way {
            with: *with,
            on: on.map(ToOwned::to_owned),
            command: (*command).to_owned(),
        };
        Manifest { id: id.parse().unwrap(), get: ways.iter().map(way).collect(), ..known.clone() }
    }

    #[test]
    fn the_best_way_that_leads_to_it_alone() {
        let manifests = [
            manifest(
                "cp311",
                &[
                    (Provider::Image, None, "docker run --rm -it python:3.11"),
                    (Provider::Uv, None, "uv python install 3.11"),
                ],
            ),
            manifest(
                "cp27mu",
                &[
                    (Provider::Packages, Some("Debian 11"), "apt install python2.7-dev"),
                    (Provider::Image, None, "docker run --rm -it python:2.7"),
                ],
            ),
            manifest("cp39d", &[(Provider::Packages, Some("Debian 11"), "apt install python3.9-dbg")]),
            manifest("cp313td", &[(Provider::Source, None, "./configure --with-pydebug")]),
            manifest("pypy311_pp73", &[(Provider::Uv, None, "uv python install pypy3.11")]),
            manifest("pypy311_pp80", &[(Provider::Uv, None, "uv python install pypy3.11")]),
        ];
        let jobs = Jobs::of(&manifests);
        assert_eq!(jobs.uv, [(manifests[0].id, "3.11")]);
        let images: Vec<_> = jobs.in_image.iter().map(|job| (job.id, job.image.as_str())).collect();
        assert_eq!(images, [(manifests[1].id, "python:2.7"), (manifests[2].id, "debian:11")]);
        assert_eq!(jobs.in_image[0].setup, "");
        assert!(jobs.in_image[1].setup.ends_with(" python3.9-dbg"), "{}", jobs.in_image[1].setup);
        let left_out: Vec<_> = jobs.left_out.iter().map(|(id, _)| *id).collect();
        assert_eq!(left_out, [manifests[3].id, manifests[4].id, manifests[5].id]);
        assert_eq!(jobs.left_out[0].1, "only with a build of its own");
    }

    #[test]
    fn every_interpreter_has_one_place() {
        let jobs = Jobs::of(manifests());
        assert_eq!(jobs.uv.len() + jobs.in_image.len() + jobs.left_out.len(), manifests().len());
    }
}
