//! `ci/containers.tsv`: which interpreter is in which image, for `ci/container.sh`.

use std::fmt::Write;

use soabi_python::Manifest;

/// The table: a line for every image that an interpreter is in. Debian's come first, because a Debian can be made
/// where no registry is.
pub(crate) fn containers(manifests: &[Manifest]) -> String {
    let mut text = "# Written by `soabi ci containers` from pythons/; `just ci` writes it again.\n\
                    # interpreter, image, packages\n"
        .to_owned();
    for manifest in manifests {
        let mut images: Vec<_> = manifest
            .get
            .iter()
            .filter_map(|method| Some((method.image()?, method.apt().join(" "))))
            .collect();
        images.sort_by_key(|(image, packages)| (!image.starts_with("debian:"), !packages.is_empty()));
        for (image, packages) in images {
            let _ = writeln!(text, "{}\t{image}\t{packages}", manifest.id);
        }
    }
    text
}
