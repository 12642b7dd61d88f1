//! Specimens: the modules in C that claims import, built with the headers of the interpreter that is asked.
//!
//! A specimen is `specimens/<module>.c`, built as the harness builds all C. Where not every interpreter can have
//! it, its first line says which can: `/* python 3.5.. */`, `/* python 2.7.., not pypy */`.

use std::sync::LazyLock;

use soabi_core::{AbiTag, BuildKind, VersionRange};
use soabi_harness::specimen::{BuildRecipe, Flavor, SourceFile, Specimen as Order};
use soabi_python::Interpreter;

/// Name and text of every file, in the order of their names.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/specimens.rs"));

/// The folder that they come from.
const FOLDER: &str = "soabi-notes";

/// A module in C.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specimen {
    /// The module, which is the stem of its file.
    pub module: &'static str,
    /// The source.
    pub text: &'static str,
    flavor: Flavor,
}

/// Every specimen, in the order of their names.
pub fn specimens() -> &'static [Specimen] {
    static SPECIMENS: LazyLock<Vec<Specimen>> = LazyLock::new(|| {
        let sources = FILES.iter().filter_map(|(name, text)| Some((name.strip_suffix(".c")?, *text)));
        sources.map(|(module, text)| Specimen { module, text, flavor: flavor(module) }).collect()
    });
    &SPECIMENS
}

/// The specimen of this name.
pub fn named(module: &str) -> Option<&'static Specimen> {
    specimens().iter().find(|specimen| specimen.module == module)
}

/// How a module is built: its own file and every header, so that the change of another file is none of it.
fn flavor(module: &str) -> Flavor {
    let source = format!("{module}.c");
    let of_module = |(name, _): &&(&str, &str)| *name == source || name.ends_with(".h");
    let sources = FILES
        .iter()
        .filter(of_module)
        .map(|&(path, text)| SourceFile { folder: FOLDER, path, text })
        .collect();
    Flavor {
        id: module.to_owned(),
        title: module.to_owned(),
        folder: FOLDER,
        sources,
        recipe: BuildRecipe::Cc { source, defines: Vec::new(), limited: None },
        not_applicable: Vec::new(),
        order: 0,
    }
}

impl Specimen {
    /// Whether the interpreter `python` can have it.
    pub fn is_for(&self, python: AbiTag) -> bool {
        let line =
            self.text.lines().next().and_then(|line| line.strip_prefix("/* python ")?.strip_suffix(" */"));
        let Some(line) = line else { return true };
        let (range, not) = line.split_once(", not ").unwrap_or((line, ""));
        let range: Option<VersionRange> = range.parse().ok();
        let in_range =
            range.zip(python.python_version()).is_some_and(|(range, version)| range.contains(version));
        in_range && !(not == "pypy" && BuildKind::Pypy.is_of(python))
    }

    /// What the harness has to build for `python`.
    pub fn order<'a>(&'a self, python: &'a Interpreter) -> Order<'a> {
        Order::version_specific(&self.flavor, self.module, &python.facts)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::for_all("notes_single", "cp27m", true)]
    #[case::too_old("notes_multi", "cp27m", false)]
    #[case::new_enough("notes_multi", "cp36m", true)]
    #[case::pypy_has_it("notes_multi", "pypy311_pp73", true)]
    #[case::too_old_for_the_hook("notes_export", "cp314", false)]
    #[case::first_hook("notes_export", "cp315t", true)]
    #[case::of_cpython("notes_interpreters", "cp27mu", true)]
    #[case::not_of_pypy("notes_interpreters", "pypy311_pp80", false)]
    fn who_can_have_a_specimen(#[case] module: &str, #[case] python: &str, #[case] can: bool) {
        assert_eq!(named(module).unwrap().is_for(python.parse().unwrap()), can);
    }
}
