//! Which runner has which interpreter, and how it gets it.

use soabi_core::AbiTag;
use soabi_python::{InstallMethod, Manifest};

/// The interpreters as jobs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Jobs<'a> {
    /// Those that uv installs, all of them on every machine, with uv's request for each. Each job runs what is built
    /// for all.
    pub(super) uv: Vec<(AbiTag, &'a str)>,
    /// Those of an image, each alone in its own.
    pub(super) in_image: Vec<InImage>,
    /// Those without a job, with the ways that there are.
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
    /// For each interpreter the first that it has: uv, its own image, packages in the image of a distribution.
    ///
    /// An entry that is in the manifest of another interpreter as well is not used for either: uv's `pypy3.11` is
    /// the newest PyPy.
    pub(super) fn of(manifests: &'a [Manifest]) -> Self {
        let mut jobs = Self { uv: Vec::new(), in_image: Vec::new(), left_out: Vec::new() };
        for manifest in manifests {
            let is_certain = |method: &&InstallMethod| {
                manifests.iter().filter(|other| other.get.contains(method)).count() == 1
            };
            let methods: Vec<_> = manifest.get.iter().filter(is_certain).collect();
            let request = methods.iter().find_map(|method| match method {
                InstallMethod::Uv { request } => Some(request),
                _ => None,
            });
            if let Some(request) = request {
                jobs.uv.push((manifest.id, request));
            } else if let Some((image, apt)) = images(&methods).next() {
                let setup = if apt.is_empty() { String::new() } else { setup(apt) };
                jobs.in_image.push(InImage { id: manifest.id, image, setup });
            } else {
                jobs.left_out.push((manifest.id, why_not(&manifest.get)));
            }
        }
        jobs
    }
}

/// The images of some methods, each with the packages to install in it: those that have the interpreter already, then
/// those of distributions.
fn images<'a>(methods: &[&'a InstallMethod]) -> impl Iterator<Item = (String, &'a [String])> {
    let mut images: Vec<_> =
        methods.iter().filter_map(|method| Some((method.image()?.into_owned(), method.apt()))).collect();
    images.sort_by_key(|(_, apt)| !apt.is_empty());
    images.into_iter()
}

/// The command that installs packages, with what soabi needs beside them: a compiler, and what fetches Rust.
fn setup(packages: &[String]) -> String {
    format!(
        "apt-get update -qq && apt-get install -qq -y --no-install-recommends \
         ca-certificates curl gcc libc6-dev {}",
        packages.join(" ")
    )
}

fn why_not(methods: &[InstallMethod]) -> String {
    let words = |method: &InstallMethod| match method {
        InstallMethod::Uv { .. } => "uv, which may give another",
        InstallMethod::Pyenv { .. } => "pyenv",
        InstallMethod::Debian { .. } | InstallMethod::Ubuntu { .. } => "packages",
        InstallMethod::Source { .. } => "a build of its own",
        InstallMethod::Image { .. } => "an image",
    };
    let ways: Vec<_> = methods.iter().map(words).collect();
    if ways.is_empty() { "only by hand".to_owned() } else { format!("only with {}", ways.join(", or ")) }
}

#[cfg(test)]
mod tests {
    use soabi_python::manifests;

    use super::*;

    fn manifest(id: &str, entries: &str) -> Manifest {
        let text = format!("required = false\next_suffixes = []\nget = [{entries}]\n");
        Manifest::parse(id, &text).unwrap()
    }

    #[test]
    fn the_best_way_to_one_interpreter_alone() {
        let pypy = r#"{ with = "uv", request = "pypy3.11" }"#;
        let manifests = [
            manifest(
                "cp311",
                r#"{ with = "image", image = "python:3.11" }, { with = "uv", request = "3.11" }"#,
            ),
            manifest(
                "cp27mu",
                r#"{ with = "debian", suite = "bullseye", apt = ["python2.7-dev"] },
                   { with = "image", image = "python:2.7" }"#,
            ),
            manifest("cp39d", r#"{ with = "debian", suite = "bullseye", apt = ["python3.9-dbg", "x"] }"#),
            manifest("cp313td", r#"{ with = "source", configure = ["--with-pydebug"] }"#),
            manifest("pypy311_pp73", pypy),
            manifest("pypy311_pp80", pypy),
        ];
        let jobs = Jobs::of(&manifests);
        assert_eq!(jobs.uv, [(manifests[0].id, "3.11")]);
        let images: Vec<_> = jobs.in_image.iter().map(|job| (job.id, job.image.as_str())).collect();
        assert_eq!(images, [(manifests[1].id, "python:2.7"), (manifests[2].id, "debian:bullseye")]);
        assert_eq!(jobs.in_image[0].setup, "");
        assert!(jobs.in_image[1].setup.ends_with(" python3.9-dbg x"), "{}", jobs.in_image[1].setup);
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
