//! `ci/containers.tsv`: which interpreter is in which image, for `ci/container.sh`.

use std::fmt::Write;

use soabi_python::Manifest;

use super::jobs::{own_image, packages};

/// The table: a line for every image that an interpreter is in. Debian's come first, because a Debian can be made
/// where no registry is.
pub(crate) fn containers(manifests: &[Manifest]) -> String {
    let mut text = "# Written by `soabi ci containers` from pythons/; `just ci` writes it again.\n\
                    # interpreter, image, packages\n"
        .to_owned();
    for manifest in manifests {
        let own = manifest.get.iter().filter_map(own_image).map(|image| (image.to_owned(), ""));
        let mut ways: Vec<_> = own.chain(manifest.get.iter().filter_map(packages)).collect();
        ways.sort_by_key(|(image, _)| !image.starts_with("debian:"));
        for (image, packages) in ways {
            let _ = writeln!(text, "{}\t{image}\t{packages}", manifest.id);
        }
    }
    text
}
