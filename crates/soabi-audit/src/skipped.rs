//! Files that lie beside wheels and are no inputs: source distributions, signatures, checksums.
//!
//! `dist/*` is what people give to upload tools, so they are passed over with a word.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use soabi_wheel::file_name::normalize_name;

/// A file that was passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Where it is.
    pub path: PathBuf,
    /// What it is, for people: `source distribution`.
    pub what: &'static str,
}

/// What source distributions are called (PEP 625, and older names).
const SDIST: &str = "source distribution";
/// How the names of source distributions end. A `.zip` has to have one's metadata as well.
const SDISTS: [&str; 4] = [".tar.gz", ".tgz", ".tar.bz2", ".zip"];
/// What is behind the name of a file that something else belongs to, and what it is.
const COMPANIONS: [(&str, &str); 9] = [
    (".asc", "signature"),
    (".sig", "signature"),
    (".sigstore", "signature"),
    (".sigstore.json", "signature"),
    (".publish.attestation", "attestation"),
    (".provenance", "attestation"),
    (".metadata", "copy of a wheel's metadata"),
    (".sha256", "checksum"),
    (".sha512", "checksum"),
];
/// How much of the end of a ZIP archive is searched for the names of its members.
const END: u64 = 1 << 20;

impl Skipped {
    /// What is passed over at `path`. `None` for everything else, and for what is no file.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let companion = COMPANIONS.iter().find(|(end, _)| {
            name.strip_suffix(end).is_some_and(|of| of.ends_with(".whl") || sdist_stem(of).is_some())
        });
        let what = match companion {
            Some((_, what)) => what,
            None if sdist_stem(&name).is_some() && (!name.ends_with(".zip") || has_metadata(path)) => SDIST,
            None => return None,
        };
        fs::metadata(path)
            .is_ok_and(|metadata| metadata.is_file())
            .then(|| Self { path: path.to_owned(), what })
    }

    /// Whether it is a source distribution.
    pub fn is_sdist(&self) -> bool {
        self.what == SDIST
    }

    /// Whether it is the source distribution of this version of a project, whose name is normalised.
    pub fn is_sdist_of(&self, project: &str, version: &str) -> bool {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let stem = sdist_stem(&name).filter(|_| self.is_sdist());
        stem.and_then(|stem| stem.rsplit_once('-')).is_some_and(|(name, other)| {
            normalize_name(name) == project && other.eq_ignore_ascii_case(version)
        })
    }
}

/// What is passed over in `paths`, and directly in the folders among them.
pub fn skipped(paths: &[PathBuf]) -> Vec<Skipped> {
    let mut skipped = Vec::new();
    for path in paths {
        let mut inside: Vec<Skipped> = fs::read_dir(path)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Skipped::of(&entry.path()))
            .collect();
        inside.sort_by(|a, b| a.path.cmp(&b.path));
        skipped.extend(Skipped::of(path).into_iter().chain(inside));
    }
    skipped
}

/// `spam-1.0` of `spam-1.0.tar.gz`. `None` where there is no version.
fn sdist_stem(name: &str) -> Option<&str> {
    let stem = SDISTS.iter().find_map(|end| name.strip_suffix(end))?;
    let (_, version) = stem.rsplit_once('-')?;
    version.starts_with(|c: char| c.is_ascii_digit()).then_some(stem)
}

/// Whether a ZIP archive has a `PKG-INFO` in a folder. The names of its members are at its end.
fn has_metadata(path: &Path) -> bool {
    let end = || {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        file.seek(SeekFrom::Start(size.saturating_sub(END)))?;
        let mut bytes = Vec::new();
        file.take(END).read_to_end(&mut bytes)?;
        std::io::Result::Ok(bytes)
    };
    let name = b"/PKG-INFO";
    end().is_ok_and(|bytes| bytes.windows(name.len()).any(|window| window == name))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("spam-1.0.tar.gz", "", Some(SDIST))]
    #[case("Spam.Eggs-1.0rc1.tgz", "", Some(SDIST))]
    #[case::with_metadata("spam-1.0.zip", "PK.. spam-1.0/PKG-INFO ..", Some(SDIST))]
    #[case::other_archive("wheels-1.0.zip", "PK.. wheels/spam.whl ..", None)]
    #[case::no_version("linux.tar.gz", "", None)]
    #[case::a_wheel("spam-1.0-py3-none-any.whl", "", None)]
    #[case("spam-1.0-py3-none-any.whl.asc", "", Some("signature"))]
    #[case("spam-1.0.tar.gz.publish.attestation", "", Some("attestation"))]
    #[case("spam-1.0-py3-none-any.whl.sigstore.json", "", Some("signature"))]
    #[case::of_something_else("README.md.asc", "", None)]
    #[case("README.md", "", None)]
    fn known(#[case] name: &str, #[case] text: &str, #[case] expected: Option<&str>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        assert_eq!(Skipped::of(&path), None, "it is not there");
        fs::write(&path, text).unwrap();
        assert_eq!(Skipped::of(&path).map(|skipped| skipped.what), expected);
        assert_eq!(skipped(&[folder.path().to_owned()]).len(), usize::from(expected.is_some()));
    }

    #[rstest]
    #[case("spam_eggs-1.0.tar.gz", true)]
    #[case("Spam.Eggs-1.0.zip", true)]
    #[case("spam_eggs-1.1.tar.gz", false)]
    #[case("spam-1.0.tar.gz", false)]
    #[case("spam_eggs-1.0.tar.gz.asc", false)]
    fn of_a_release(#[case] name: &str, #[case] expected: bool) {
        let what = if name.ends_with(".asc") { "signature" } else { SDIST };
        let skipped = Skipped { path: Path::new("dist").join(name), what };
        assert_eq!(skipped.is_sdist_of("spam-eggs", "1.0"), expected);
    }
}
