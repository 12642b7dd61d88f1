//! What the ABI rules promise of an artifact in an interpreter, from what both say of themselves.
//!
//! No symbol is looked at here: this is the promise, not the prediction. Sources: PEP 384, PEP 425,
//! PEP 703, PEP 803, and the CPython documentation's chapter "C API Stability".

use soabi_core::{
    AbiTag, Artifact, Claim, CpythonAbi, Expectation, FileName, Gate, ModuleFileName, Promise, Rung,
};

use crate::layouts;

/// What the rules need to know of an interpreter.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// Its ABI.
    pub abi: AbiTag,
    /// The suffixes that its finder searches for, with their leading dots.
    pub suffixes: &'a [String],
}

/// PyPy's C API.
const CPYEXT: &str = "\"Writing extension modules for PyPy\", https://doc.pypy.org/en/latest/extending.html";

/// What is promised within one feature version, and that nothing is promised beyond it.
const STABILITY: &str = "\"C API and ABI Stability\", https://docs.python.org/3/c-api/stable.html";

/// What is promised when `target` meets `artifact` on `rung` under the file name `file`.
pub fn promise(artifact: &Artifact, target: Target<'_>, rung: Rung, file: FileName) -> Promise {
    let file_name = artifact.file_name_as(file);
    let by_name = rung != Rung::Load;
    if by_name && !ModuleFileName::is_found_as(&file_name, &artifact.module, target.suffixes) {
        let why = format!("{} does not search for `{file_name}`", target.abi);
        let reference = match (artifact.claim.abi, target.abi) {
            (_, AbiTag::Cpython(abi)) if abi.version.major == 2 => "`imp.get_suffixes()` of Python 2.7",
            (AbiTag::Abi3 | AbiTag::Abi3t, AbiTag::Cpython(_)) => {
                "PEP 803; `importlib.machinery.EXTENSION_SUFFIXES`"
            }
            _ => "PEP 3149; `importlib.machinery.EXTENSION_SUFFIXES`",
        };
        return Promise::new(Expectation::Refuse(Gate::Name), why, reference);
    }
    promise_by_abi(artifact.claim, target.abi)
}

/// What is promised once the file has been found: the claimed ABI against the interpreter's.
pub fn promise_by_abi(claim: Claim, python: AbiTag) -> Promise {
    match (claim.abi, python) {
        (AbiTag::None, _) => {
            Promise::new(Expectation::Luck, "nothing says what the file was built for", STABILITY)
        }
        (AbiTag::Cpython(built_for), AbiTag::Cpython(run_on)) => version_specific(built_for, run_on),
        (AbiTag::Abi3 | AbiTag::Abi3t, AbiTag::Cpython(run_on)) => stable(claim, run_on),
        (built_for, run_on) if built_for == run_on => same_abi(run_on),
        (AbiTag::Pypy { .. }, AbiTag::Pypy { .. }) => {
            let why = format!("built for {}, a different ABI from {python}", claim.abi);
            Promise::new(Expectation::Luck, why, CPYEXT)
        }
        _ => Promise::new(
            Expectation::Refuse(Gate::Symbols),
            "CPython's functions are called `Py...` and PyPy's `PyPy...`: neither exports the other's",
            CPYEXT,
        ),
    }
}

/// What is promised by the best of several claims.
pub fn best_promise(claims: &[Claim], abi: AbiTag) -> Promise {
    let promises = claims.iter().map(|claim| promise_by_abi(*claim, abi));
    let rank = |promise: &Promise| match promise.expectation {
        Expectation::Accept => 0,
        Expectation::Luck => 1,
        Expectation::Refuse(_) => 2,
    };
    let nothing =
        || Promise { expectation: Expectation::Luck, why: "nothing is claimed".to_owned(), reference: None };
    promises.min_by_key(rank).unwrap_or_else(nothing)
}

fn same_abi(abi: AbiTag) -> Promise {
    let reference = if matches!(abi, AbiTag::Pypy { .. }) { CPYEXT } else { STABILITY };
    Promise::new(Expectation::Accept, format!("built for {abi}"), reference)
}

fn version_specific(built_for: CpythonAbi, run_on: CpythonAbi) -> Promise {
    if built_for == run_on {
        return same_abi(AbiTag::Cpython(run_on));
    }
    if built_for.serves(run_on) {
        let why = "release and debug builds share one ABI since 3.8";
        return Promise::new(Expectation::Accept, why, "bpo-36465, bpo-36722");
    }
    if built_for.version.major != run_on.version.major {
        let why = format!(
            "a {} module is created by functions that {} does not export",
            built_for.version, run_on.version
        );
        return Promise::new(Expectation::Refuse(Gate::Symbols), why, "PEP 3121");
    }
    let (risk, reference) = layouts::risk(built_for, run_on);
    let why = format!("built for {built_for}, promised to no other ABI: {risk}");
    Promise::new(Expectation::Luck, why, reference)
}

fn stable(claim: Claim, run_on: CpythonAbi) -> Promise {
    let abi = claim.abi;
    let stable_abi = if abi == AbiTag::Abi3t { "PEP 803" } else { "PEP 384" };
    if run_on.version.major == 2 {
        let why = format!("{abi} is an ABI of Python 3, whose functions 2.7 does not export");
        return Promise::new(Expectation::Refuse(Gate::Symbols), why, stable_abi);
    }
    if abi == AbiTag::Abi3 && run_on.free_threaded {
        let why = "abi3 is promised to builds with a GIL; free-threaded builds lay out PyObject and \
                   PyModuleDef differently";
        return Promise::new(Expectation::Luck, why, "PEP 703, PEP 803");
    }
    match claim.floor {
        None => Promise::new(
            Expectation::Luck,
            format!("nothing says from which version on the {abi} file is good"),
            stable_abi,
        ),
        Some(floor) if floor <= run_on.version => {
            Promise::new(Expectation::Accept, format!("{abi} from {floor} on"), stable_abi)
        }
        Some(floor) => Promise::new(
            Expectation::Luck,
            format!(
                "{abi} from {floor} on: {} may lack a function, or know another meaning of a slot",
                run_on.version
            ),
            stable_abi,
        ),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use soabi_core::{ArtifactId, PyVersion};

    use super::*;

    const ACCEPT: Expectation = Expectation::Accept;
    const LUCK: Expectation = Expectation::Luck;
    const NAME: Expectation = Expectation::Refuse(Gate::Name);
    const SYMBOLS: Expectation = Expectation::Refuse(Gate::Symbols);

    /// Python 3 on Linux, as `importlib.machinery.EXTENSION_SUFFIXES` answers; 2.7's `imp.get_suffixes()`.
    fn suffixes(python: &str) -> Vec<String> {
        let own = format!(".cpython-{}-x86_64-linux-gnu.so", python.trim_start_matches("cp"));
        let list: &[&str] = match python {
            "cp27mu" | "cp27m" => &[".so", "module.so"],
            "cp315t" => &[&own, ".abi3t.so", ".so"],
            "cp315" => &[&own, ".abi3.so", ".abi3t.so", ".so"],
            "pypy311_pp73" => &[".pypy311-pp73-x86_64-linux-gnu.so"],
            _ => &[&own, ".abi3.so", ".so"],
        };
        list.iter().map(|&suffix| suffix.to_owned()).collect()
    }

    fn check(claim: Claim, file_name: &str, python: &str, rung: Rung, file: FileName, expected: Expectation) {
        let artifact = Artifact {
            id: ArtifactId("spam".to_owned()),
            claim,
            module: "spam".to_owned(),
            file_name: file_name.to_owned(),
            path: file_name.into(),
        };
        let suffixes = suffixes(python);
        let target = Target { abi: python.parse().unwrap(), suffixes: &suffixes };
        let promise = promise(&artifact, target, rung, file);
        assert_eq!(promise.expectation, expected, "{}", promise.why);
        assert!(!promise.why.is_empty());
        assert!(promise.reference.is_some_and(|reference| !reference.is_empty()));
    }

    #[rstest]
    #[case::diagonal("cp311", "cp311", ACCEPT, ACCEPT, ACCEPT)]
    #[case::next("cp311", "cp312", NAME, LUCK, LUCK)]
    #[case::previous("cp312", "cp311", NAME, LUCK, LUCK)]
    #[case::three_on_two("cp311", "cp27mu", NAME, SYMBOLS, SYMBOLS)]
    #[case::gil_on_free_threaded("cp313", "cp313t", NAME, LUCK, LUCK)]
    #[case::cpython_on_pypy("cp311", "pypy311_pp73", NAME, NAME, SYMBOLS)]
    fn version_specific_three(
        #[case] built_for: &str,
        #[case] python: &str,
        #[case] tagged: Expectation,
        #[case] bare: Expectation,
        #[case] load: Expectation,
    ) {
        let claim = Claim::exactly(built_for.parse().unwrap());
        let file_name = format!("spam.cpython-{}-x86_64-linux-gnu.so", &built_for[2..]);
        check(claim, &file_name, python, Rung::Import, FileName::Tagged, tagged);
        check(claim, &file_name, python, Rung::Import, FileName::Bare, bare);
        check(claim, &file_name, python, Rung::Load, FileName::Tagged, load);
    }

    #[rstest]
    #[case::itself("cp27mu", ACCEPT)]
    #[case::other_unicode_width("cp27m", LUCK)]
    #[case::two_on_three("cp311", SYMBOLS)]
    fn two_seven_has_no_tag(#[case] python: &str, #[case] expected: Expectation) {
        let claim = Claim::exactly("cp27mu".parse().unwrap());
        check(claim, "spam.so", python, Rung::Import, FileName::Tagged, expected);
        check(claim, "spam.so", python, Rung::Load, FileName::Tagged, expected);
    }

    #[rstest]
    #[case::at_the_floor("cp39", ACCEPT)]
    #[case::above("cp313", ACCEPT)]
    #[case::below("cp38", LUCK)]
    #[case::free_threaded("cp313t", LUCK)]
    #[case::not_searched_for("cp315t", NAME)]
    #[case::two("cp27mu", NAME)]
    fn abi3_from_3_9(#[case] python: &str, #[case] expected: Expectation) {
        let claim = Claim::abi3(PyVersion::new(3, 9));
        check(claim, "spam.abi3.so", python, Rung::Import, FileName::Tagged, expected);
    }

    #[test]
    fn abi3_without_a_floor_promises_nothing() {
        let claim = Claim { abi: AbiTag::Abi3, floor: None };
        check(claim, "spam.abi3.so", "cp311", Rung::Import, FileName::Tagged, LUCK);
        check(claim, "spam.abi3.so", "cp27mu", Rung::Load, FileName::Tagged, SYMBOLS);
    }

    #[rstest]
    #[case::gil("cp315", ACCEPT)]
    #[case::free_threaded("cp315t", ACCEPT)]
    fn abi3t_serves_both_builds(#[case] python: &str, #[case] expected: Expectation) {
        let claim = Claim { abi: AbiTag::Abi3t, floor: Some(PyVersion::new(3, 15)) };
        check(claim, "spam.abi3t.so", python, Rung::Import, FileName::Tagged, expected);
    }

    #[test]
    fn nothing_claimed_is_luck() {
        check(Claim::exactly(AbiTag::None), "spam.so", "cp311", Rung::Import, FileName::Tagged, LUCK);
    }
}
