//! Where an interpreter is not what its manifest declares.

use serde::Serialize;
use soabi_core::{AbiTag, ExtSuffix};

use crate::facts::Facts;
use crate::interpreter::Interpreter;
use crate::manifest::Manifest;

/// A declared fact that an interpreter contradicts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error(
    "{id}: `{field}` is declared as {declared} in pythons/{id}.toml, and the interpreter says {observed}"
)]
pub struct Drift {
    /// The interpreter.
    pub id: AbiTag,
    /// The key in the manifest.
    pub field: &'static str,
    /// What the manifest says, the platform filled in.
    pub declared: String,
    /// What the interpreter says.
    pub observed: String,
}

/// The differences between `interpreter` and its manifest. None when it has none.
pub(crate) fn of(interpreter: &Interpreter) -> Vec<Drift> {
    interpreter.manifest().map(|manifest| compare(manifest, &interpreter.facts)).unwrap_or_default()
}

/// Compares what is declared with what the interpreter says.
///
/// The id comes from the interpreter itself (see [`Facts::abi`]) and the flags from its build record, which is
/// what compilers are told, so an interpreter that contradicts itself drifts too. The platform in names is
/// whatever the interpreter's `SOABI` has in its place, but the same in all of them.
fn compare(manifest: &Manifest, facts: &Facts) -> Vec<Drift> {
    let platform = Platform::of(manifest, facts);
    let mut drifts = Vec::new();
    let mut drift = |field, declared, observed| {
        drifts.push(Drift { id: manifest.id, field, declared, observed });
    };
    if manifest.version != facts.feature {
        drift("version", manifest.version.to_string(), facts.version.clone());
    }
    if manifest.gil == facts.gil_disabled {
        drift("gil", manifest.gil.to_string(), (!facts.gil_disabled).to_string());
    }
    if manifest.debug != facts.debug {
        drift("debug", manifest.debug.to_string(), facts.debug.to_string());
    }
    let soabi = manifest.soabi.as_ref().map(|soabi| platform.fill(soabi));
    if soabi.is_some() && soabi != facts.soabi {
        drift("soabi", soabi.unwrap_or_default(), facts.soabi.clone().unwrap_or_else(|| "none".to_owned()));
    }
    let suffixes: Vec<_> = manifest.ext_suffixes.iter().map(|suffix| platform.fill(suffix)).collect();
    if !agree(&suffixes, &facts.ext_suffixes, manifest.id) {
        drift("ext_suffixes", suffixes.join(" "), facts.ext_suffixes.join(" "));
    }
    drifts
}

/// Whether `observed` has every declared suffix, in the declared order, and nothing that contradicts them.
///
/// Distributions add suffixes of their own: Debian's 2.7 searches for `.x86_64-linux-gnu.so`, its 3.14 for
/// `.abi3-x86_64-linux-gnu.so`, its debug builds for the release build's. Such a suffix is no drift, unless
/// it claims a version-specific ABI whose modules are not promised to work here.
fn agree(declared: &[String], observed: &[String], id: AbiTag) -> bool {
    let mut rest = observed.iter();
    let in_order = declared.iter().all(|suffix| rest.any(|other| other == suffix));
    let fits = |suffix: &String| match (ExtSuffix::parse(suffix).map(|suffix| suffix.abi()), id) {
        (Some(AbiTag::Cpython(claimed)), AbiTag::Cpython(own)) => claimed.serves(own),
        (Some(claimed @ (AbiTag::Cpython(_) | AbiTag::Pypy { .. })), own) => claimed == own,
        _ => true,
    };
    in_order && observed.iter().all(fits)
}

/// What stands for `{platform}` in an interpreter's names: `x86_64-linux-gnu`, `aarch64-linux-musl`, `darwin`.
/// `None` when nothing does: CPython's configure leaves it out on platforms that it has no name for.
struct Platform<'a>(Option<&'a str>);

impl<'a> Platform<'a> {
    const PLACEHOLDER: &'static str = "-{platform}";

    fn of(manifest: &Manifest, facts: &'a Facts) -> Self {
        let stem = manifest.soabi.as_ref().and_then(|soabi| soabi.strip_suffix(Self::PLACEHOLDER));
        let named = |stem: &str| facts.soabi.as_ref()?.strip_prefix(stem)?.strip_prefix('-');
        Self(stem.and_then(named))
    }

    fn fill(&self, name: &str) -> String {
        let platform = self.0.map(|platform| format!("-{platform}")).unwrap_or_default();
        name.replace(Self::PLACEHOLDER, &platform)
    }
}
