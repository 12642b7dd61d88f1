//! Toolkits: `spam` as a distribution that somebody would publish, by each toolkit and each build backend.
//!
//! A toolkit is a file, `crates/spam-toolkits/toolkits/<id>.toml`, and the folder `<id>` beside it; what its build backends
//! share stands in a folder with the name of the toolkit alone, and what is of one release in a folder with its version. The
//! file names what a build needs with exact versions, and `hashes.txt` has every file of them, so that a build takes what it was written for.
//! What comes out is a wheel, which the matrix takes as it takes anybody's.

use std::sync::LazyLock;

use serde::Deserialize;
use soabi_core::{AbiTag, VersionRange};

use super::flavor::Exclusion;
use super::source::{SourceFile, sources_of};

/// The folder with the toolkits, among the specimens.
const FOLDER: &str = "spam-toolkits";

/// What stands in a project's files for the version of its toolkit.
const VERSION: &str = "@VERSION@";

/// A toolkit with the backend that builds with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toolkit {
    /// The stem of its file: `cython-meson`.
    pub id: String,
    /// What it is, in a few words.
    pub title: String,
    /// Its name, as `built_with` of an audit has it: `Cython`.
    pub toolkit: String,
    /// The module with the hooks of PEP 517: `setuptools.build_meta`.
    pub backend: String,
    /// What a build gets besides the distributions that it needs, as a sentence.
    pub fetches: Option<String>,
    /// Whether what is built needs the distributions of its build when it is imported.
    pub needs_at_run: bool,
    /// The releases that are built with, the newest first.
    pub releases: Vec<Release>,
    /// The interpreters that there is none for, with the reason.
    pub not_applicable: Vec<Exclusion>,
    order: u8,
}

/// A release of a toolkit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Its version.
    pub version: String,
    /// The interpreters that it is built with.
    pub pythons: VersionRange,
    /// What a build needs, each as `name==version`.
    pub requires: Vec<String>,
}

impl Toolkit {
    /// The name that it shares with the toolkit under other backends: `cython`.
    pub fn family(&self) -> String {
        self.toolkit.to_ascii_lowercase()
    }

    /// The releases that build for `python`, the newest first, or why there is none.
    pub fn releases_for(&self, python: AbiTag) -> Result<impl Iterator<Item = &Release>, String> {
        if let Some(exclusion) = self.not_applicable.iter().find(|exclusion| exclusion.holds_for(python)) {
            return Err(exclusion.because.clone());
        }
        let version = python.python_version();
        let mut releases = self
            .releases
            .iter()
            .filter(move |release| version.is_some_and(|it| release.pythons.contains(it)));
        let first =
            releases.next().ok_or_else(|| format!("no release of {} is built for it", self.toolkit))?;
        Ok(std::iter::once(first).chain(releases))
    }

    /// The files of the project that is built with `release`, those that it shares among them: path and text.
    pub fn project(&self, release: &Release) -> Vec<(String, String)> {
        let family = self.family();
        let of_project = |source: SourceFile| {
            let (folder, path) = source.path.split_once('/')?;
            let path = match self.releases.iter().find(|other| is_below(path, &other.version)) {
                Some(other) if other == release => &path[other.version.len() + 1..],
                Some(_) => return None,
                None => path,
            };
            let is_its_own = folder == self.id || folder == family;
            is_its_own.then(|| (path.to_owned(), source.text.replace(VERSION, &release.version)))
        };
        sources_of(FOLDER).filter_map(of_project).collect()
    }

    /// The toolkit `id` whose file has this text.
    fn parse(id: &str, text: &str) -> Result<Self, toml::de::Error> {
        let file: ToolkitFile = toml::from_str(text)?;
        let ToolkitFile { title, order, toolkit, backend, fetches, needs_at_run, release, not_applicable } =
            file;
        let (id, releases) = (id.to_owned(), release);
        Ok(Self { id, title, toolkit, backend, fetches, needs_at_run, releases, not_applicable, order })
    }
}

impl Release {
    /// What pip takes as `--requirement`: every line of [`Self::requires`] with the hashes of its files.
    ///
    /// # Panics
    ///
    /// When `hashes.txt` has no such line. A test looks for each.
    pub fn requirements(&self) -> String {
        let locked = |requirement: &String| {
            hashes(requirement).unwrap_or_else(|| panic!("hashes.txt has {requirement}")).to_owned()
        };
        self.requires.iter().map(locked).collect()
    }
}

/// Whether the relative `path` leads into `folder`.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The lines of `hashes.txt` for `requirement`.
fn hashes(requirement: &str) -> Option<&'static str> {
    let text = sources_of(FOLDER).find(|source| source.path == "hashes.txt")?.text;
    let start = text.find(&format!("\n{requirement} \\\n"))? + 1;
    let lines = text[start..].split_inclusive('\n');
    let of_it = lines.skip(1).take_while(|line| line.starts_with(' ')).map(str::len).sum::<usize>();
    let first = text[start..].find('\n')? + 1;
    Some(&text[start..start + first + of_it])
}

/// A toolkit as it stands in its file.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ToolkitFile {
    title: String,
    order: u8,
    toolkit: String,
    backend: String,
    fetches: Option<String>,
    #[serde(default)]
    needs_at_run: bool,
    release: Vec<Release>,
    #[serde(default)]
    not_applicable: Vec<Exclusion>,
}

/// Every toolkit, in the order of their files.
///
/// # Panics
///
/// When one of the files cannot be read. They are part of the binary, and a test reads them.
pub fn toolkits() -> &'static [Toolkit] {
    static TOOLKITS: LazyLock<Vec<Toolkit>> = LazyLock::new(|| {
        let read = |source: SourceFile| {
            let id = source.path.strip_prefix("toolkits/")?.strip_suffix(".toml")?;
            Some(Toolkit::parse(id, source.text))
        };
        let toolkits: Result<Vec<_>, _> = sources_of(FOLDER).filter_map(read).collect();
        let mut toolkits = toolkits.expect("the toolkits are well formed");
        toolkits.sort_by_key(|toolkit| toolkit.order);
        toolkits
    });
    &TOOLKITS
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use rstest::rstest;

    use super::*;

    #[rstest]
    fn every_toolkit(#[files("../spam-toolkits/toolkits/*")] path: PathBuf) {
        assert_eq!(path.extension().unwrap(), "toml");
        let id = path.file_stem().unwrap().to_str().unwrap();
        let found: Vec<_> = toolkits().iter().filter(|toolkit| toolkit.id == id).collect();
        let [toolkit] = found[..] else { panic!("{} toolkits with this id", found.len()) };
        assert!(!toolkit.title.is_empty() && !toolkit.releases.is_empty());
        assert!(toolkits().iter().filter(|other| other.order == toolkit.order).count() == 1);
        for release in &toolkit.releases {
            let requirements = release.requirements();
            assert_eq!(requirements.matches("==").count(), release.requires.len());
            assert!(requirements.lines().all(|line| line.contains("==") || line.contains("--hash=sha256:")));
            let project = toolkit.project(release);
            assert!(!project.is_empty(), "no folder `{id}`");
            let versioned =
                |(path, text): &&(String, String)| path != "Cargo.lock" && text.contains(&release.version);
            let versioned = project.iter().filter(versioned).count();
            assert_eq!(versioned, 1, "one file of a project says its version");
        }
    }

    #[rstest]
    #[case::two("cython-setuptools", "cp27mu", &["0.29.37"])]
    #[case::old("cython-setuptools", "cp38", &["0.29.37"])]
    #[case::both("cython-setuptools", "cp39", &["3.3.1", "0.29.37"])]
    #[case::last_of_both("cython-setuptools", "cp310", &["3.3.1", "0.29.37"])]
    #[case::new("cython-setuptools", "cp311", &["3.3.1"])]
    #[case::one_release_each("cffi-setuptools", "cp39", &["1.15.1"])]
    #[case::the_other("cffi-setuptools", "cp310", &["2.1.1"])]
    #[case::rust("pyo3-maturin", "cp310", &["0.30.1", "0.20.3"])]
    #[case::no_release("nanobind-scikit-build", "cp37m", &[])]
    fn releases(#[case] id: &str, #[case] python: &str, #[case] expected: &[&str]) {
        let toolkit = toolkits().iter().find(|toolkit| toolkit.id == id).unwrap();
        let releases = toolkit.releases_for(python.parse().unwrap());
        let versions: Vec<_> =
            releases.into_iter().flatten().map(|release| release.version.as_str()).collect();
        assert_eq!(versions, expected);
    }
}
