//! The modules of a distribution as rows of the matrix.

use std::path::PathBuf;
use std::sync::Arc;

use soabi_core::{AbiTag, Artifact, ArtifactId, Claim, ModuleFileName};
use soabi_rules::claims::{claims, claims_of_wheel};
use soabi_wheel::{Placed as Member, Scheme, scheme};

use super::placed::{Distribution, INIT, Placed, dotted};
use super::site;
use crate::subject::{GIVEN, Subject};

/// What a row of checks is called. No module has such a name.
const CHECKS: &str = "(checks)";

/// The extension module that is the member `member` of `distribution`. `None` when its file does not have the name
/// of one.
pub fn module(distribution: &Arc<Distribution>, member: &str) -> Option<Subject> {
    let Member { scheme, path } = scheme::place(member)?;
    let on_the_path = matches!(scheme, Scheme::Root | Scheme::Platlib | Scheme::Purelib);
    let module = dotted(path).filter(|_| on_the_path);
    let file_name = path.rsplit('/').next().unwrap_or(path);
    let named = ModuleFileName::parse(file_name)?;
    let file = if distribution.archive.is_some() {
        site::file(&distribution.site, member)?
    } else {
        distribution.site.join(member)
    };
    let last = module.as_deref().map(|module| module.rsplit('.').next().unwrap_or(module));
    let init = last.filter(|_| named.module == INIT).unwrap_or(&named.module).to_owned();
    let claims = claims(Some(&named), distribution.wheel.as_ref());
    let placed = Placed {
        distribution: Arc::clone(distribution),
        member: Some(member.to_owned()),
        module,
        init,
        claims: claims.clone(),
        is_checks: false,
    };
    let abi = named.suffix.abi();
    Some(of_distribution(placed, file_name, named.module, file, &claims, abi))
}

/// The package or module `name` at the top level of `distribution`, whatever it is made of.
pub fn top_level(distribution: &Arc<Distribution>, name: &str) -> Subject {
    let claims = distribution.wheel.as_ref().map(claims_of_wheel).unwrap_or_default();
    let placed = Placed {
        distribution: Arc::clone(distribution),
        member: None,
        module: Some(name.to_owned()),
        init: name.to_owned(),
        claims: claims.clone(),
        is_checks: false,
    };
    let folder = distribution.site.join(name);
    of_distribution(placed, name, name.to_owned(), folder, &claims, AbiTag::None)
}

/// The author's own checks of `distribution`, which are the shell command `command`.
pub fn checks(distribution: &Arc<Distribution>, command: &str) -> Subject {
    let mut subject = top_level(distribution, CHECKS);
    if let Some(placed) = &mut subject.placed {
        placed.module = None;
        placed.is_checks = true;
    }
    subject.commands = vec![command.to_owned()];
    subject
}

fn of_distribution(
    placed: Placed,
    file_name: &str,
    module: String,
    path: PathBuf,
    claims: &[Claim],
    abi: AbiTag,
) -> Subject {
    let distribution = &placed.distribution.name;
    let what = placed.member.as_deref().or(placed.module.as_deref()).unwrap_or(file_name);
    let id = format!("{distribution}:{what}");
    let claim = claims.first().copied().unwrap_or(Claim::exactly(abi));
    Subject {
        flavor: GIVEN.to_owned(),
        family: distribution.clone(),
        source: id.clone(),
        built_for: claim.abi,
        commands: Vec::new(),
        missing: None,
        machine: None,
        artifact: Artifact { id: ArtifactId(id), claim, module, file_name: file_name.to_owned(), path },
        placed: Some(placed),
    }
}
