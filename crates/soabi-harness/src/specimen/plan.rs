//! Which specimens there are for the interpreters at hand.

use std::collections::BTreeSet;
use std::path::PathBuf;

use soabi_core::{AbiTag, Artifact, ArtifactId, Claim, CpythonAbi, PyVersion};
use soabi_python::{Facts, Interpreter, Manifest};
use soabi_report::matrix::NotApplicable;

use super::flavor::{BuildRecipe, Flavor, LimitedApi};

/// The module that every specimen is.
pub const MODULE: &str = "spam";

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
        if let BuildRecipe::Cargo { limited: Some(limited) } = &flavor.recipe {
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
            match flavor.why_not(interpreter.id.abi) {
                None => plan.specimens.extend(for_interpreter(flavor, &interpreter.facts)),
                Some(because) => plan.not_applicable.push(NotApplicable {
                    flavor: flavor.id.clone(),
                    built_for: interpreter.id.abi,
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
        if let BuildRecipe::Cargo { limited: Some(limited) } = &flavor.recipe {
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
    let BuildRecipe::Cc { limited: Some(LimitedApi { abi: stable_abi, floors }), .. } = &flavor.recipe else {
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

    use super::super::{fake, flavors};
    use super::*;

    fn ids(plan: &SpecimenPlan<'_>) -> Vec<String> {
        plan.specimens.iter().map(|specimen| specimen.id().0).collect()
    }

    fn flavor(id: &str, text: &str) -> Flavor {
        Flavor::parse(id, "spam-c", &format!("title = \"{id}\"\norder = 1\n{text}")).unwrap()
    }

    const NO_2: &str = "[[not-applicable]]\npythons = \"..2.7\"\nbecause = \"it is 2\"\n";

    /// One flavor of each kind, for three interpreters.
    #[test]
    fn made_up_flavors() {
        let flavors = [
            flavor("plain", &format!("recipe = {{ with = \"rustc\" }}\n{NO_2}")),
            flavor(
                "limited",
                &format!(
                    "recipe = {{ with = \"cc\", source = \"a.c\", limited = {{ abi = \"abi3\", \
                     floors = [\"3.6\", \"3.12\"] }} }}\n{NO_2}"
                ),
            ),
            flavor(
                "crate",
                "recipe = { with = \"cargo\", limited = { abi = \"abi3\", floors = [\"3.9\", \"3.15\"] } }\n",
            ),
        ];
        let interpreters = ["cp27mu", "cp36m", "cp313"].map(|id| fake::interpreter(id, true));
        let plan = plan(&flavors, &interpreters);
        let expected = [
            "plain/cp36m",
            "plain/cp313",
            // The floors up to the builder's own version, and that version.
            "limited-py36/cp36m",
            "limited-py36/cp313",
            "limited-py312/cp313",
            "limited-py313/cp313",
            // Once for each floor that an interpreter can run.
            "crate-py39/cp39",
        ];
        assert_eq!(ids(&plan), expected);
        let reasons: Vec<_> = plan
            .not_applicable
            .iter()
            .map(|pair| (pair.flavor.as_str(), pair.built_for.to_string(), pair.because.as_str()))
            .collect();
        let expected = [
            ("plain", "cp27mu", "it is 2"),
            ("limited", "cp27mu", "it is 2"),
            ("crate", "cp315", "no interpreter at hand is 3.15 or later"),
        ];
        assert_eq!(reasons, expected.map(|(flavor, id, because)| (flavor, id.to_owned(), because)));
    }

    /// A floor that is the builder's own version is built once.
    #[test]
    fn own_version_as_floor() {
        let limited = "recipe = { with = \"cc\", source = \"a.c\", limited = { abi = \"abi3t\", floors = [\"3.15\"] } }";
        let flavors = [flavor("x", limited)];
        let interpreters = [fake::interpreter("cp315", true)];
        assert_eq!(ids(&plan(&flavors, &interpreters)), ["x-py315/cp315"]);
    }

    /// Each real flavor has for each interpreter specimens of its own or a reason why not, and no two specimens have
    /// the same id.
    #[test]
    fn every_flavor_and_interpreter() {
        let interpreters = fake::every_cpython();
        let plan = plan(flavors(), &interpreters);
        let unique: BTreeSet<_> = ids(&plan).into_iter().collect();
        assert_eq!(unique.len(), plan.specimens.len());
        let of_no_one = |flavor: &Flavor| matches!(flavor.recipe, BuildRecipe::Cargo { limited: Some(_) });
        for flavor in flavors().iter().filter(|flavor| !of_no_one(flavor)) {
            for python in &interpreters {
                let specimens = plan.specimens.iter().filter(|specimen| specimen.flavor.id == flavor.id);
                let specimens = specimens.filter(|specimen| specimen.built_for == python.id.abi).count();
                let reasons = plan.not_applicable.iter().filter(|pair| pair.flavor == flavor.id);
                let reasons = reasons.filter(|pair| pair.built_for == python.id.abi).count();
                assert_eq!(
                    (specimens > 0, reasons),
                    (reasons == 0, reasons.min(1)),
                    "{} {}",
                    flavor.id,
                    python.id
                );
            }
        }
    }

    #[rstest]
    #[case("c-py2/cp27mu", "spam.so", Claim::exactly("cp27mu".parse().unwrap()))]
    #[case("c-single/cp36m", "spam.cpython-36m-x86_64-linux-gnu.so", Claim::exactly("cp36m".parse().unwrap()))]
    #[case("ffi/cp313", "spam.cpython-313-x86_64-linux-gnu.so", Claim::exactly("cp313".parse().unwrap()))]
    #[case("c-abi3-py36/cp311", "spam.abi3.so", Claim::abi3(PyVersion::new(3, 6)))]
    #[case("pyo3-abi3-py39/cp39", "spam.abi3.so", Claim::abi3(PyVersion::new(3, 9)))]
    #[case(
        "c-abi3t-py315/cp315",
        "spam.abi3t.so",
        Claim { abi: AbiTag::Abi3t, floor: Some(PyVersion::new(3, 15)) }
    )]
    fn names_and_claims(#[case] id: &str, #[case] file_name: &str, #[case] claim: Claim) {
        let interpreters = fake::every_cpython();
        let plan = plan(flavors(), &interpreters);
        let specimen = plan.specimens.iter().find(|specimen| specimen.id().0 == id).unwrap();
        let artifact = specimen.artifact("somewhere".into());
        assert_eq!((artifact.module.as_str(), artifact.file_name.as_str()), ("spam", file_name));
        assert_eq!(artifact.claim, claim);
    }

    /// The specimens of the manifests are those of the interpreters.
    #[test]
    fn declared_and_planned() {
        let interpreters = fake::every_cpython();
        let manifests: Vec<_> =
            interpreters.iter().map(|python| Manifest::of(python.id.abi).unwrap().clone()).collect();
        let words = |specimen: &Specimen<'_>| (specimen.id(), specimen.claim, specimen.file_name.clone());
        let planned: Vec<_> = plan(flavors(), &interpreters).specimens.iter().map(words).collect();
        let declared = declared(flavors(), &manifests, "x86_64-linux-gnu");
        assert_eq!(declared.iter().map(words).collect::<Vec<_>>(), planned);
    }
}
