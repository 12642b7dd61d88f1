//! The documentation: its commands are run, its links lead somewhere, and what is generated from the code is up to date.
//!
//! `INSTA_UPDATE=always` writes outputs and generated pages instead of comparing them. Links into the network are not
//! followed.

mod commands;
mod fixture;
mod links;
mod reference;
mod rules;

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::root;

/// The pages that people write or that are generated: those of `docs/`, and the README.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md")];
    collect(&root().join("docs"), &mut pages);
    pages.sort();
    pages
}

fn collect(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
}

/// A page's name in messages.
fn name(page: &Path) -> String {
    page.strip_prefix(root()).unwrap().display().to_string()
}

/// Whether texts are written instead of compared.
fn is_updating() -> bool {
    std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always")
}

/// Checks that a file has this text, or writes it.
fn hold(path: &Path, text: &str) {
    if is_updating() {
        fs::write(path, text).unwrap();
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    assert!(written == text, "{} is not what the code says: run `just pages`", name(path));
}
