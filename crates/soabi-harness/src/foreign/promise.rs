//! What the tags of a distribution promise of its modules, and in which interpreters an installer puts it. Pure.

use soabi_core::{AbiTag, Arch, CpythonAbi, Expectation, Gate, ModuleFileName, Promise, PythonId, Rung};
use soabi_rules::Target;
use soabi_rules::promise::best_promise;

use super::placed::{Distribution, Placed};

/// Where tags are defined.
const TAGS: &str = "PEP 425; \"Platform compatibility tags\", https://packaging.python.org";

/// Whether an installer puts `distribution` into `python`, by its tags. What has none is taken everywhere.
///
/// Tags do not name debug builds, which their users build and install wheels of the release builds into: those that
/// share the ABI, and those that no ABI is promised to.
pub fn is_installed(distribution: &Distribution, python: PythonId) -> bool {
    if distribution.wheel.is_none() {
        return true;
    }
    distribution.is_for(python.machine)
        && (distribution.named.contains(&python.abi)
            || release_of(python.abi).is_some_and(|release| distribution.named.contains(&release)))
}

/// The release build that shares the ABI of the debug build `python` (bpo-36465: from 3.8 on).
fn release_of(python: AbiTag) -> Option<AbiTag> {
    let AbiTag::Cpython(abi) = python else { return None };
    let release = CpythonAbi { debug: false, ..abi };
    (abi.debug && release.serves(abi)).then_some(AbiTag::Cpython(release))
}

/// What is promised of a module in `target`, of that machine, on `rung`. `file_name` is that of its file.
pub fn promise(
    placed: &Placed,
    file_name: &str,
    stem: &str,
    target: Target<'_>,
    machine: Option<Arch>,
    rung: Rung,
) -> Promise {
    let luck = |why: String| Promise { expectation: Expectation::Luck, why, reference: Some(TAGS) };
    let distribution = &placed.distribution;
    if !distribution.is_for(machine) {
        return luck("the tags of the wheel are for other systems than this interpreter's".to_owned());
    }
    if placed.member.is_none() {
        let Some(wheel) = &distribution.wheel else { return luck("nothing says what it is for".to_owned()) };
        let tags = format!("`{}-{}`", wheel.pythons.join("."), wheel.abis.join("."));
        return if is_installed(distribution, PythonId { abi: target.abi, machine }) {
            let why = format!("the tags of the wheel, {tags}, name {}", target.abi);
            Promise { expectation: Expectation::Accept, why, reference: Some(TAGS) }
        } else {
            luck(format!("the tags of the wheel, {tags}, do not name {}", target.abi))
        };
    }
    let is_found = || ModuleFileName::is_found_as(file_name, stem, target.suffixes);
    if rung != Rung::Load && !is_found() {
        let why = format!("{} does not search for `{file_name}`", target.abi);
        let reference = Some("PEP 3149; `importlib.machinery.EXTENSION_SUFFIXES`");
        return Promise { expectation: Expectation::Refuse(Gate::Name), why, reference };
    }
    best_promise(&placed.claims, target.abi)
}
