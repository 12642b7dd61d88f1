//! Flavors: the ways in which `spam` is written and built, and the interpreters that have none.

use std::sync::LazyLock;

use serde::Deserialize;
use soabi_core::{AbiTag, BuildKind, PyVersion, VersionRange};

use super::source::{SourceFile, sources, sources_of};

/// One way to write and build `spam`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flavor {
    /// The stem of its file: `c-abi3`. The specimens of a flavor with floors carry the floor behind it.
    pub id: String,
    /// What it is, in a few words.
    pub title: String,
    /// The folder of its sources: `spam-c`.
    pub folder: &'static str,
    /// Its sources.
    pub sources: Vec<SourceFile>,
    /// How it is built.
    pub recipe: BuildRecipe,
    /// The interpreters that there is no such specimen for, with the reason. Every other interpreter has one.
    pub not_applicable: Vec<Exclusion>,
    /// Its place among the flavors of its folder.
    pub order: u8,
}

/// How a flavor is built.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "with", rename_all = "kebab-case", deny_unknown_fields)]
pub enum BuildRecipe {
    /// The C compiler, with the headers of one interpreter.
    Cc {
        /// The file that is compiled.
        source: String,
        /// Macros that are defined.
        #[serde(default)]
        defines: Vec<String>,
        /// The limited API that it is compiled for, if any.
        limited: Option<LimitedApi>,
    },
    /// One `rustc` command, which asks nothing of any interpreter.
    Rustc {
        /// A `--cfg` of the compilation.
        cfg: Option<String>,
    },
    /// Cargo and PyO3, configured for one interpreter.
    Cargo {
        /// The limited API that it is compiled for, if any. The specimen is then built once, for no interpreter
        /// in particular.
        limited: Option<LimitedApi>,
    },
}

/// The limited API that a flavor keeps to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitedApi {
    /// The stable ABI that comes of it: `abi3` or `abi3t`.
    pub abi: AbiTag,
    /// The floors that are built. With C, the builder's own version is one as well, and those above it are left
    /// out.
    pub floors: Vec<PyVersion>,
}

/// Interpreters that a flavor does not exist for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// Their versions; every version when there is none.
    pub pythons: Option<VersionRange>,
    /// Their kind of build; every kind when there is none.
    pub build: Option<BuildKind>,
    /// Why there is no such specimen.
    pub because: String,
}

impl Flavor {
    /// Why there is no such specimen for the interpreter `python`; `None` when there is one.
    pub fn why_not(&self, python: AbiTag) -> Option<&str> {
        let rule = self.not_applicable.iter().find(|rule| rule.holds_for(python))?;
        Some(&rule.because)
    }

    fn read(file: SourceFile) -> Option<Result<Self, toml::de::Error>> {
        let id = file.path.strip_prefix("flavors/")?.strip_suffix(".toml")?;
        Some(Self::parse(id, file.folder, file.text))
    }

    /// The flavor `id` of the crate `folder` whose file has this text.
    pub(super) fn parse(id: &str, folder: &'static str, text: &str) -> Result<Self, toml::de::Error> {
        let FlavorFile { title, order, recipe, not_applicable } = toml::from_str(text)?;
        let sources = sources_of(folder).collect();
        Ok(Self { id: id.to_owned(), title, folder, sources, recipe, not_applicable, order })
    }
}

impl Exclusion {
    pub(super) fn holds_for(&self, python: AbiTag) -> bool {
        // No interpreter has a stable ABI, or none, for its id.
        let Some(version) = python.python_version() else { return false };
        self.pythons.is_none_or(|range| range.contains(version))
            && self.build.is_none_or(|build| build.is_of(python))
    }
}

/// A flavor as it stands in its file.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct FlavorFile {
    title: String,
    order: u8,
    recipe: BuildRecipe,
    #[serde(default)]
    not_applicable: Vec<Exclusion>,
}

/// Every flavor, in the order of the picture.
///
/// # Panics
///
/// When one of the files cannot be read. They are part of the binary, and a test reads them.
pub fn flavors() -> &'static [Flavor] {
    static FLAVORS: LazyLock<Vec<Flavor>> = LazyLock::new(|| {
        let files: Result<Vec<_>, _> = sources().filter_map(Flavor::read).collect();
        let mut flavors = files.expect("the flavors of the specimens are well formed");
        flavors.sort_by_key(|flavor| (flavor.folder, flavor.order));
        flavors
    });
    &FLAVORS
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use rstest::rstest;

    use super::*;

    #[rstest]
    fn every_flavor(#[files("../spam-*/flavors/*")] path: PathBuf) {
        assert_eq!(path.extension().unwrap(), "toml");
        let id = path.file_stem().unwrap().to_str().unwrap();
        let found: Vec<_> = flavors().iter().filter(|flavor| flavor.id == id).collect();
        let [flavor] = found[..] else { panic!("{} flavors with this id", found.len()) };
        assert!(path.parent().unwrap().parent().unwrap().ends_with(flavor.folder));
        assert!(!flavor.title.is_empty());
        assert!(flavor.not_applicable.iter().all(|exclusion| !exclusion.because.is_empty()));
        let limited = match &flavor.recipe {
            BuildRecipe::Cc { source, limited, .. } => {
                assert!(flavor.sources.iter().any(|file| file.path == source), "no file `{source}`");
                limited.as_ref()
            }
            BuildRecipe::Cargo { limited } => limited.as_ref(),
            BuildRecipe::Rustc { .. } => None,
        };
        if let Some(LimitedApi { abi, floors }) = limited {
            assert!(matches!(abi, AbiTag::Abi3 | AbiTag::Abi3t));
            assert!(!floors.is_empty() && floors.is_sorted());
        }
        let place = |other: &&Flavor| (other.folder, other.order) == (flavor.folder, flavor.order);
        assert_eq!(flavors().iter().filter(place).count(), 1, "another flavor has the same `order`");
    }

    #[rstest]
    #[case::not_a_recipe("with = \"make\"", "make")]
    #[case::another_recipes_key("with = \"rustc\"\nsource = \"a.c\"", "source")]
    #[case::key_left_out("with = \"cc\"", "source")]
    fn mistakes(#[case] recipe: &str, #[case] named: &str) {
        let text = format!("title = \"x\"\norder = 1\n\n[recipe]\n{recipe}\n");
        let error = Flavor::parse("x", "spam-c", &text).unwrap_err();
        assert!(error.message().contains(named), "{error}");
    }

    #[rstest]
    #[case::itself("c-py2", "cp27mu", true)]
    #[case::other_unicode_width("c-py2", "cp27m", true)]
    #[case::too_new("c-py2", "cp36m", false)]
    #[case::first_three("c-single", "cp36m", true)]
    #[case::too_old("c-single", "cp27mu", false)]
    #[case::free_threaded_headers("c-single", "cp313t", true)]
    #[case::lowest_floor("c-abi3", "cp36m", true)]
    #[case::no_abi3_without_gil("c-abi3", "cp313t", false)]
    #[case::no_abi3_in_pypy("c-abi3", "pypy311_pp73", false)]
    #[case::no_slot_before("c-slots", "cp311", false)]
    #[case::first_slot("c-slots", "cp312", true)]
    #[case::no_export_before("c-export", "cp314", false)]
    #[case::first_export("c-export", "cp315", true)]
    #[case::export_without_gil("c-export", "cp315t", true)]
    #[case::no_abi3t_before("c-abi3t", "cp314t", false)]
    #[case::abi3t_with_gil("c-abi3t", "cp315", true)]
    #[case::abi3t_without_gil("c-abi3t", "cp315t", true)]
    #[case::two("ffi-py2", "cp27mu", true)]
    #[case::trace_refs_name("ffi-py2", "cp27dmu", false)]
    #[case::trace_refs_layout("ffi", "cp37dm", false)]
    #[case::one_layout_since_3_8("ffi", "cp38d", true)]
    #[case::free_threaded_layout("ffi", "cp313t", true)]
    #[case::other_names("ffi", "pypy311_pp73", false)]
    #[case::no_slots_before("ffi-export", "cp314", false)]
    #[case::first_slots("ffi-export", "cp315", true)]
    #[case::slots_without_gil("ffi-export", "cp315t", true)]
    #[case::last_refused("pyo3", "cp38", false)]
    #[case::first_accepted("pyo3", "cp39", true)]
    #[case::last_refused_without_gil("pyo3", "cp313t", false)]
    #[case::first_accepted_without_gil("pyo3", "cp314t", true)]
    fn applicability(#[case] id: &str, #[case] python: &str, #[case] applicable: bool) {
        let flavor = flavors().iter().find(|flavor| flavor.id == id).unwrap();
        let why_not = flavor.why_not(python.parse().unwrap());
        assert_eq!(why_not.is_none(), applicable, "{why_not:?}");
    }
}
