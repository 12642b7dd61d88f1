//! Where an interpreter differs from its manifest.

use serde::Serialize;
use soabi_core::{AbiTag, ExtSuffix, PythonId};

use crate::facts::Facts;
use crate::interpreter::Interpreter;
use crate::manifest::Manifest;

/// A declared fact that an interpreter contradicts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{id}: pythons/{}.toml declares `{field}` as {declared}, the interpreter reports {observed}", .id.abi)]
pub struct Drift {
    /// The interpreter.
    pub id: PythonId,
    /// The fact: a key of the manifest, or what its name declares (`version`, `gil`, `debug`, `soabi`).
    pub field: &'static str,
    /// The declared value, with the platform filled in.
    pub declared: String,
    /// The value that the interpreter reports.
    pub observed: String,
}

/// The differences between `interpreter` and its manifest; empty for an interpreter without one.
pub(crate) fn of(interpreter: &Interpreter) -> Vec<Drift> {
    let Some(manifest) = interpreter.manifest() else { return Vec::new() };
    let drifts = compare(manifest, &interpreter.facts).into_iter();
    drifts.map(|drift| Drift { id: interpreter.id, ..drift }).collect()
}

/// Compares the declared facts with those that the interpreter reports.
///
/// The id comes from the interpreter itself (see [`Facts::abi`]) and the flags from its build record, which is
/// what compilers are told, so an interpreter that contradicts itself drifts too. The platform in names is
/// whatever the interpreter has in its place, but the same in all of them.
fn compare(manifest: &Manifest, facts: &Facts) -> Vec<Drift> {
    let platform = Platform::of(manifest, facts);
    let mut drifts = Vec::new();
    let mut drift = |field, declared, observed| {
        drifts.push(Drift { id: manifest.id.into(), field, declared, observed });
    };
    if manifest.version() != facts.feature {
        drift("version", manifest.version().to_string(), facts.version.clone());
    }
    if manifest.has_gil() == facts.gil_disabled {
        drift("gil", manifest.has_gil().to_string(), (!facts.gil_disabled).to_string());
    }
    if manifest.is_debug() != facts.debug {
        drift("debug", manifest.is_debug().to_string(), facts.debug.to_string());
    }
    let soabi = manifest.soabi().map(|soabi| platform.fill(soabi));
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

    /// Reads it off the first suffix that has the declared form.
    fn of(manifest: &Manifest, facts: &'a Facts) -> Self {
        let forms = manifest.ext_suffixes.iter().filter_map(|suffix| suffix.split_once(Self::PLACEHOLDER));
        let named = |(before, after): (&str, &str)| {
            let names = facts.ext_suffixes.iter();
            let mut rests = names.filter_map(|name| name.strip_prefix(before)?.strip_suffix(after));
            rests.find_map(|rest| rest.strip_prefix('-'))
        };
        Self(forms.into_iter().find_map(named))
    }

    fn fill(&self, name: &str) -> String {
        let platform = self.0.map(|platform| format!("-{platform}")).unwrap_or_default();
        name.replace(Self::PLACEHOLDER, &platform)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use rstest::rstest;
    use soabi_core::PyVersion;

    use super::*;

    /// The facts about a build whose record does not contradict its ABI.
    fn facts(id: &str, soabi: Option<&str>, suffixes: &str) -> Facts {
        let abi: AbiTag = id.parse().unwrap();
        let (feature, gil_disabled, debug) = match abi {
            AbiTag::Cpython(abi) => (abi.version, abi.free_threaded, abi.debug),
            AbiTag::Pypy { python, .. } => (python, false, false),
            _ => unreachable!(),
        };
        Facts {
            implementation: "cpython".to_owned(),
            version: format!("{feature}.0"),
            feature,
            hexversion: 0,
            abi,
            soabi: soabi.map(str::to_owned),
            ext_suffixes: suffixes.split_whitespace().map(str::to_owned).collect(),
            pointer_bits: 64,
            debug,
            gil_disabled,
            wide_unicode: true,
            platform: "linux-x86_64".to_owned(),
            multiarch: None,
            include_dirs: Vec::new(),
            has_headers: false,
            libpython: None,
            executable: PathBuf::new(),
            prefix: PathBuf::new(),
            base_prefix: PathBuf::new(),
        }
    }

    /// The manifest of a build, declared without contradiction too.
    fn manifest(id: &str) -> Manifest {
        let suffixes = match id {
            "cp27mu" => ".so module.so",
            "cp311" => ".cpython-311-{platform}.so .abi3.so .so",
            "cp315d" => ".cpython-315d-{platform}.so .abi3.so .abi3t.so .so",
            "pypy311_pp73" => ".pypy311-pp73-{platform}.so",
            _ => unreachable!(),
        };
        let suffixes: Vec<_> = suffixes.split(' ').map(|suffix| format!("{suffix:?}")).collect();
        let text = format!("required = false\next_suffixes = [{}]\nget = []\n", suffixes.join(", "));
        Manifest::parse(id, &text).unwrap()
    }

    fn check(id: &str, soabi: Option<&str>, suffixes: &str, expected: &[&str]) {
        let drifts = compare(&manifest(id), &facts(id, soabi, suffixes));
        let fields: Vec<_> = drifts.iter().map(|drift| drift.field).collect();
        assert_eq!(fields, expected, "{drifts:?}");
    }

    /// Each name is that of 3.11 with `~` where `-{platform}` stands.
    #[rstest]
    #[case::glibc("-x86_64-linux-gnu", ".cpython-311~.so .abi3.so .so")]
    #[case::arm("-aarch64-linux-gnu", ".cpython-311~.so .abi3.so .so")]
    #[case::musl("-x86_64-linux-musl", ".cpython-311~.so .abi3.so .so")]
    #[case::macos("-darwin", ".cpython-311~.so .abi3.so .so")]
    #[case::no_platform("", ".cpython-311~.so .abi3.so .so")]
    #[case::stable_with_platform("-x86_64-linux-gnu", ".cpython-311~.so .abi3~.so .abi3.so .so")]
    #[case::unknown("-x86_64-linux-gnu", ".cpython-311~.so .foo.so .abi3.so .so .bar.so")]
    fn as_declared(#[case] platform: &str, #[case] suffixes: &str) {
        let soabi = format!("cpython-311{platform}");
        check("cp311", Some(&soabi), &suffixes.replace('~', platform), &[]);
    }

    #[rstest]
    #[case::another_version(Some("cpython-312~"), ".cpython-311~.so .abi3.so .so", &["soabi"])]
    #[case::two_platforms(Some("cpython-311-linux-musl"), ".cpython-311~.so .abi3.so .so", &["soabi"])]
    #[case::nothing(None, ".so", &["soabi", "ext_suffixes"])]
    #[case::debug(Some("cpython-311d~"), ".cpython-311d~.so .abi3.so .so", &["soabi", "ext_suffixes"])]
    #[case::one_less(Some("cpython-311~"), ".cpython-311~.so .so", &["ext_suffixes"])]
    #[case::another_order(Some("cpython-311~"), ".cpython-311~.so .so .abi3.so", &["ext_suffixes"])]
    #[case::the_older_as_well(
        Some("cpython-311~"),
        ".cpython-311~.so .cpython-310~.so .abi3.so .so",
        &["ext_suffixes"]
    )]
    #[case::the_debug_build_as_well(
        Some("cpython-311~"),
        ".cpython-311~.so .cpython-311d~.so .abi3.so .so",
        &["ext_suffixes"]
    )]
    fn drifted(#[case] soabi: Option<&str>, #[case] suffixes: &str, #[case] fields: &[&str]) {
        let [soabi, suffixes] =
            [soabi, Some(suffixes)].map(|names| names.map(|names| names.replace('~', "-x86_64-linux-gnu")));
        check("cp311", soabi.as_deref(), &suffixes.unwrap(), fields);
    }

    #[rstest]
    #[case::upstream(None, ".so module.so")]
    #[case::debian(Some("x86_64-linux-gnu"), ".x86_64-linux-gnu.so .so module.so")]
    fn two_seven(#[case] soabi: Option<&str>, #[case] suffixes: &str) {
        check("cp27mu", soabi, suffixes, &[]);
    }

    /// Debian's debug build of 3.15 searches for the release build's modules too, which are good in it.
    #[test]
    fn debug_build() {
        let suffixes = [
            ".cpython-315d-x86_64-linux-gnu.so .cpython-315-x86_64-linux-gnu.so .abi3-x86_64-linux-gnu.so .abi3.so",
            ".abi3t-x86_64-linux-gnu.so .abi3t.so .so",
        ];
        check("cp315d", Some("cpython-315d-x86_64-linux-gnu"), &suffixes.join(" "), &[]);
    }

    /// Whose `SOABI` has no platform, unlike its suffix.
    #[rstest]
    #[case(".pypy311-pp73-x86_64-linux-gnu.so", &[])]
    #[case(".pypy311-pp73-x86_64-linux-gnu.so .pypy310-pp73-x86_64-linux-gnu.so", &["ext_suffixes"])]
    fn pypy(#[case] suffixes: &str, #[case] fields: &[&str]) {
        check("pypy311_pp73", Some("pypy311-pp73"), suffixes, fields);
    }

    #[test]
    fn flags_and_version() {
        let mut facts = facts("cp311", Some("cpython-311-darwin"), ".cpython-311-darwin.so .abi3.so .so");
        (facts.debug, facts.gil_disabled, facts.feature) = (true, true, PyVersion::new(3, 12));
        let drifts = compare(&manifest("cp311"), &facts);
        let fields: Vec<_> = drifts.iter().map(|drift| drift.field).collect();
        assert_eq!(fields, ["version", "gil", "debug"]);
    }

    #[test]
    fn both_values_are_reported() {
        let facts = facts("cp311", Some("cpython-311-darwin"), ".cpython-311-darwin.so .so");
        let [drift] = <[_; 1]>::try_from(compare(&manifest("cp311"), &facts)).unwrap();
        assert_eq!(
            drift.to_string(),
            "cp311: pythons/cp311.toml declares `ext_suffixes` as .cpython-311-darwin.so .abi3.so .so, \
             the interpreter reports .cpython-311-darwin.so .so"
        );
    }
}
