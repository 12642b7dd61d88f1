//! Which specimens there are for the interpreters at hand.

use std::collections::BTreeSet;
use std::path::PathBuf;

use soabi_core::{AbiTag, Artifact, ArtifactId, Claim, CpythonAbi, PyVersion};
use soabi_python::{Facts, Interpreter, Manifest};
use soabi_report::matrix::NotApplicable;

use super::MODULE;
use super::flavor::{Flavor, LimitedApi, Recipe};

/// A specimen that can be built.
#[derive(Clone, Debug)]
pub struct Specimen<'a> {
    /// Its flavor.
    pub flavor: &'a Flavor,
    /// The flavor's id, with the floor behind it where the flavor has floors: `c-abi3-py36`.
    pub name: String,
    /// The interpreter it is built for or, for a stable ABI, with.
    pub built_for: AbiTag,
    /// What it claims.
    pub claim: Claim,
    /// The module that it is.
    pub module: &'a str,
    /// The name of its file.
    pub file_name: String,
    /// What the interpreter says of itself; `None` where none is asked.
    pub builder: Option<&'a Facts>,
}

impl<'a> Specimen<'a> {
    /// The specimen of `flavor` that is the module `module`, with the file name that the interpreter gives to
    /// modules of its own.
    pub fn version_specific(flavor: &'a Flavor, module: &'a str, facts: &'a Facts) -> Self {
        let specimen = version_specific(flavor, module, facts.abi, &own_suffix(facts));
        Self { builder: Some(facts), ..specimen }
    }

    /// Its name in reports.
    pub fn id(&self) -> ArtifactId {
        ArtifactId::specimen(&self.name, self.built_for)
    }

    /// The artifact that it is once it has been built at `path`.
    pub fn artifact(&self, path: PathBuf) -> Artifact {
        Artifact {
            id: self.id(),
            claim: self.claim,
            module: self.module.to_owned(),
            file_name: self.file_name.clone(),
            path,
        }
    }
}

/// The specimens for some interpreters.
#[derive(Clone, Debug)]
pub struct SpecimenPlan<'a> {
    /// Those that can be built, flavor by flavor, in the order of the interpreters.
    pub specimens: Vec<Specimen<'a>>,
    /// Those that cannot exist.
    pub not_applicable: Vec<NotApplicable>,
}

/// The specimens of `flavors` for `interpreters`: each pair has at least one, or a reason why it has none.
pub fn plan<'a>(flavors: &'a [Flavor], interpreters: &'a [Interpreter]) -> SpecimenPlan<'a> {
    let mut plan = SpecimenPlan { specimens: Vec::new(), not_applicable: Vec::new() };
    for flavor in flavors {
        if let Recipe::Cargo { limited: Some(limited) } = &flavor.recipe {
            for &floor in &limited.floors {
                let specimen = for_no_one(flavor, limited.abi, floor);
                if interpreters.iter().any(|interpreter| interpreter.facts.feature >= floor) {
                    plan.specimens.push(specimen);
                } else {
                    plan.not_applicable.push(NotApplicable {
                        flavor: flavor.id.clone(),
                        built_for: specimen.built_for,
                        because: format!("no interpreter at hand is {floor} or later"),
                    });
                }
            }
            continue;
        }
        for interpreter in interpreters {
            match flavor.why_not(interpreter.id) {
                None => plan.specimens.extend(for_interpreter(flavor, &interpreter.facts)),
                Some(because) => plan.not_applicable.push(NotApplicable {
                    flavor: flavor.id.clone(),
                    built_for: interpreter.id,
                    because: because.to_owned(),
                }),
            }
        }
    }
    plan
}

/// A specimen of a flavor that asks no interpreter: it counts as built with a release of its floor.
fn for_no_one(flavor: &Flavor, abi: AbiTag, floor: PyVersion) -> Specimen<'_> {
    stable(flavor, AbiTag::Cpython(CpythonAbi::release(floor)), abi, floor)
}

/// The specimens that there are for the interpreters that are declared, whether or not they are here: what they
/// are called, and what they claim. None of them can be built, for no interpreter was asked.
///
/// `platform` is what stands for the platform in file names: `x86_64-linux-gnu`.
pub fn declared<'a>(flavors: &'a [Flavor], manifests: &[Manifest], platform: &str) -> Vec<Specimen<'a>> {
    let of_flavor = |flavor: &'a Flavor| -> Vec<Specimen<'a>> {
        if let Recipe::Cargo { limited: Some(limited) } = &flavor.recipe {
            return limited.floors.iter().map(|&floor| for_no_one(flavor, limited.abi, floor)).collect();
        }
        let manifests = manifests.iter().filter(|manifest| flavor.why_not(manifest.id).is_none());
        let specimens = |manifest: &Manifest| {
            // The first suffix is the one with the SOABI, where there is any.
            let suffix = manifest.suffixes_on(platform).into_iter().next().unwrap_or_default();
            for_abi(flavor, manifest.id, manifest.version(), &suffix)
        };
        manifests.flat_map(specimens).collect()
    };
    flavors.iter().flat_map(of_flavor).collect()
}

/// The specimens of a flavor for one interpreter.
fn for_interpreter<'a>(flavor: &'a Flavor, facts: &'a Facts) -> Vec<Specimen<'a>> {
    let specimens = for_abi(flavor, facts.abi, facts.feature, &own_suffix(facts));
    specimens.into_iter().map(|specimen| Specimen { builder: Some(facts), ..specimen }).collect()
}

/// The specimens of a flavor for one ABI: one, or one for each floor. `suffix` is that of a version-specific file.
fn for_abi<'a>(flavor: &'a Flavor, abi: AbiTag, version: PyVersion, suffix: &str) -> Vec<Specimen<'a>> {
    let Recipe::Cc { limited: Some(LimitedApi { abi: stable_abi, floors }), .. } = &flavor.recipe else {
        return vec![version_specific(flavor, MODULE, abi, suffix)];
    };
    let below = floors.iter().copied().filter(|&floor| floor < version);
    let floors: BTreeSet<_> = below.chain([version]).collect();
    floors.into_iter().map(|floor| stable(flavor, abi, *stable_abi, floor)).collect()
}

/// The suffix that an interpreter gives to modules of its own: CPython's own rule for `EXT_SUFFIX`. 2.7 has no SOABI,
/// and its files no tag. PyPy searches for one suffix only.
fn own_suffix(facts: &Facts) -> String {
    let suffix = match (facts.abi, &facts.soabi) {
        (AbiTag::Pypy { .. }, _) => facts.ext_suffixes.first().cloned(),
        (_, soabi) => soabi.as_ref().map(|soabi| format!(".{soabi}.so")),
    };
    suffix.unwrap_or_else(|| ".so".to_owned())
}

fn version_specific<'a>(flavor: &'a Flavor, module: &'a str, abi: AbiTag, suffix: &str) -> Specimen<'a> {
    Specimen {
        flavor,
        name: flavor.id.clone(),
        built_for: abi,
        claim: Claim::exactly(abi),
        module,
        file_name: format!("{module}{suffix}"),
        builder: None,
    }
}

fn stable(flavor: &Flavor, built_for: AbiTag, abi: AbiTag, floor: PyVersion) -> Specimen<'_> {
    Specimen {
        flavor,
        name: format!("{}-py{}", flavor.id, floor.compact()),
        built_for,
        claim: Claim { abi, floor: Some(floor) },
        module: MODULE,
        file_name: format!("{MODULE}.{abi}.so"),
        builder: None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::fake::{self, NINE};
    use super::super::flavors;
    use super::*;

    fn ids(plan: &SpecimenPlan<'_>) -> Vec<String> {
        plan.specimens.iter().map(|specimen| specimen.id().0).collect()
    }

    #[test]
    fn nine_interpreters() {
        let interpreters = NINE.map(|id| fake::interpreter(id, true));
        let plan = plan(flavors(), &interpreters);
        let expected = [
            "c-py2/cp27mu",
            "c-single/cp36m",
            "c-single/cp37m",
            "c-single/cp38",
            "c-single/cp39",
            "c-single/cp310",
            "c-single/cp311",
            "c-single/cp312",
            "c-single/cp313",
            "c-multi/cp36m",
            "c-multi/cp37m",
            "c-multi/cp38",
            "c-multi/cp39",
            "c-multi/cp310",
            "c-multi/cp311",
            "c-multi/cp312",
            "c-multi/cp313",
            "c-slots/cp312",
            "c-slots/cp313",
            "c-layout/cp36m",
            "c-layout/cp37m",
            "c-layout/cp38",
            "c-layout/cp39",
            "c-layout/cp310",
            "c-layout/cp311",
            "c-layout/cp312",
            "c-layout/cp313",
            "c-abi3-py36/cp36m",
            "c-abi3-py36/cp37m",
            "c-abi3-py37/cp37m",
            "c-abi3-py36/cp38",
            "c-abi3-py38/cp38",
            "c-abi3-py36/cp39",
            "c-abi3-py39/cp39",
            "c-abi3-py36/cp310",
            "c-abi3-py310/cp310",
            "c-abi3-py36/cp311",
            "c-abi3-py311/cp311",
            "c-abi3-py36/cp312",
            "c-abi3-py312/cp312",
            "c-abi3-py36/cp313",
            "c-abi3-py312/cp313",
            "c-abi3-py313/cp313",
            "ffi-py2/cp27mu",
            "ffi/cp36m",
            "ffi/cp37m",
            "ffi/cp38",
            "ffi/cp39",
            "ffi/cp310",
            "ffi/cp311",
            "ffi/cp312",
            "ffi/cp313",
            "pyo3/cp39",
            "pyo3/cp310",
            "pyo3/cp311",
            "pyo3/cp312",
            "pyo3/cp313",
            "pyo3-abi3-py39/cp39",
        ];
        assert_eq!(ids(&plan), expected);

        let count = |flavor: &str| plan.not_applicable.iter().filter(|pair| pair.flavor == flavor).count();
        let not_applicable: Vec<_> = flavors().iter().map(|flavor| count(&flavor.id)).collect();
        assert_eq!(not_applicable, [8, 1, 1, 7, 9, 1, 1, 9, 8, 1, 9, 4, 0, 1], "in the order of the flavors");
        assert_eq!(plan.not_applicable.len(), 60);
    }

    #[rstest]
    #[case("c-py2/cp27mu", "spam.so", Claim::exactly("cp27mu".parse().unwrap()))]
    #[case("c-single/cp36m", "spam.cpython-36m-x86_64-linux-gnu.so", Claim::exactly("cp36m".parse().unwrap()))]
    #[case("ffi/cp313", "spam.cpython-313-x86_64-linux-gnu.so", Claim::exactly("cp313".parse().unwrap()))]
    #[case("c-abi3-py36/cp311", "spam.abi3.so", Claim::abi3(PyVersion::new(3, 6)))]
    #[case("pyo3-abi3-py39/cp39", "spam.abi3.so", Claim::abi3(PyVersion::new(3, 9)))]
    fn names_and_claims(#[case] id: &str, #[case] file_name: &str, #[case] claim: Claim) {
        let interpreters = NINE.map(|id| fake::interpreter(id, true));
        let plan = plan(flavors(), &interpreters);
        let specimen = plan.specimens.iter().find(|specimen| specimen.id().0 == id).unwrap();
        let artifact = specimen.artifact("somewhere".into());
        assert_eq!((artifact.module.as_str(), artifact.file_name.as_str()), ("spam", file_name));
        assert_eq!(artifact.claim, claim);
    }

    /// What is said of specimens without asking an interpreter is what is built when one answers.
    #[test]
    fn what_is_declared_is_what_is_planned() {
        let interpreters = NINE.map(|id| fake::interpreter(id, true));
        let manifests: Vec<_> =
            interpreters.iter().map(|python| Manifest::of(python.id).unwrap().clone()).collect();
        let told = |specimen: &Specimen<'_>| (specimen.id(), specimen.claim, specimen.file_name.clone());
        let planned: Vec<_> = plan(flavors(), &interpreters).specimens.iter().map(told).collect();
        let declared = declared(flavors(), &manifests, "x86_64-linux-gnu");
        // It is made with no interpreter in particular, and nothing here could run it.
        let runs = |specimen: &&Specimen<'_>| specimen.flavor.id != "pyo3-abi3t";
        assert_eq!(declared.iter().filter(runs).map(told).collect::<Vec<_>>(), planned);
    }

    #[test]
    fn a_floor_that_is_the_builders_own_version_is_built_once() {
        let interpreters = [fake::interpreter("cp312", true)];
        let plan = plan(flavors(), &interpreters);
        let abi3: Vec<_> = ids(&plan).into_iter().filter(|id| id.starts_with("c-abi3")).collect();
        assert_eq!(abi3, ["c-abi3-py36/cp312", "c-abi3-py312/cp312"]);
    }

    #[test]
    fn three_fifteen_has_everything_new() {
        let interpreters = [fake::interpreter("cp315", true)];
        let plan = plan(flavors(), &interpreters);
        let expected = [
            "c-single/cp315",
            "c-multi/cp315",
            "c-slots/cp315",
            "c-export/cp315",
            "c-layout/cp315",
            "c-abi3-py36/cp315",
            "c-abi3-py312/cp315",
            "c-abi3-py315/cp315",
            "c-abi3t-py315/cp315",
            "ffi/cp315",
            "ffi-export/cp315",
            "pyo3/cp315",
            "pyo3-abi3-py39/cp39",
            "pyo3-abi3t-py315/cp315",
        ];
        assert_eq!(ids(&plan), expected);
        let abi3t = plan.specimens.iter().find(|specimen| specimen.name == "c-abi3t-py315").unwrap();
        assert_eq!(abi3t.file_name, "spam.abi3t.so");
        let floor = Some(PyVersion::new(3, 15));
        assert_eq!(abi3t.claim, Claim { abi: AbiTag::Abi3t, floor });
    }

    #[test]
    fn two_seven_alone() {
        let interpreters = [fake::interpreter("cp27mu", true)];
        let plan = plan(flavors(), &interpreters);
        assert_eq!(ids(&plan), ["c-py2/cp27mu", "ffi-py2/cp27mu"]);
        let because = &plan.not_applicable.iter().find(|pair| pair.flavor == "pyo3").unwrap().because;
        assert_eq!(because, "PyO3 0.30 needs CPython 3.9 or later");
    }
}
