//! The installers of the methods that a manifest declares.

use soabi_python::{InstallMethod, Manifest};

use crate::debian::Debian;
use crate::installer::Installer;
use crate::place::Folders;
use crate::pyenv::Pyenv;
use crate::run::Run;
use crate::source_build::SourceBuild;
use crate::uv::Uv;

/// The installers of an interpreter, in the order of its manifest. Ways that are only for people have none.
pub fn installers<'a>(
    manifest: &Manifest,
    folders: &'a Folders,
    run: &'a dyn Run,
) -> Vec<Box<dyn Installer + 'a>> {
    let installer = |method: &InstallMethod| -> Option<Box<dyn Installer + 'a>> {
        let configure = method.configure_options().into_iter().map(str::to_owned).collect();
        Some(match method.clone() {
            InstallMethod::Debian { suite, unpack: Some(unpack), .. } => {
                Box::new(Debian { suite, unpack, folders, run })
            }
            InstallMethod::Source { debian: Some(sources), .. } => {
                Box::new(SourceBuild { sources, configure, folders, run })
            }
            InstallMethod::Uv { request } => Box::new(Uv { request, run }),
            InstallMethod::Pyenv { version, .. } => Box::new(Pyenv { version, configure, run }),
            InstallMethod::Debian { .. }
            | InstallMethod::Source { .. }
            | InstallMethod::Ubuntu { .. }
            | InstallMethod::Image { .. } => return None,
        })
    };
    manifest.get.iter().filter_map(installer).collect()
}
