//! Releases as people name them: `bcrypt==5.0.0`, `bcrypt`.

use std::fmt;
#[cfg(run)]
use std::path::{Path, PathBuf};

#[cfg(run)]
use soabi_wheel::file_name::normalize_name;

/// A project, and perhaps one of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// The project, as the user wrote it.
    pub(crate) name: String,
    /// The version. `None` for the newest.
    pub(crate) version: Option<String>,
}

impl Requirement {
    /// Reads `NAME==VERSION` or `NAME`. Nothing else: no option of pip, no path, no URL, no range of versions.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, version) = match text.split_once("==") {
            Some((name, version)) => (name.trim(), Some(version.trim())),
            None => (text, None),
        };
        let is_letter = |c: char| c.is_ascii_alphanumeric();
        let is_name = name.starts_with(is_letter)
            && name.ends_with(is_letter)
            && name.chars().all(|c| is_letter(c) || matches!(c, '-' | '_' | '.'));
        let is_version = version.is_none_or(|version| {
            version.starts_with(|c: char| c.is_ascii_digit())
                && version.chars().all(|c| is_letter(c) || matches!(c, '-' | '_' | '.' | '+' | '!'))
        });
        (is_name && is_version).then(|| Self { name: name.to_owned(), version: version.map(str::to_owned) })
    }

    /// The folder of its wheels below `root`. `None` without a version.
    #[cfg(run)]
    pub(crate) fn folder(&self, root: &Path) -> Option<PathBuf> {
        let version = self.version.as_deref()?.replace('!', "_");
        Some(root.join(format!("{}-{version}", normalize_name(&self.name))))
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.version.as_ref().map_or(Ok(()), |version| write!(f, "=={version}"))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("bcrypt==5.0.0", Some(("bcrypt", Some("5.0.0"))))]
    #[case("Foo.Bar_baz == 1!2.0+local", Some(("Foo.Bar_baz", Some("1!2.0+local"))))]
    #[case("bcrypt", Some(("bcrypt", None)))]
    #[case::a_range("bcrypt>=5", None)]
    #[case::a_prefix("bcrypt==5.*", None)]
    #[case::an_option("--index-url==1", None)]
    #[case::an_option_as_version("bcrypt==--pre", None)]
    #[case::a_path("../bcrypt==5", None)]
    #[case::two("bcrypt==5 cffi==1", None)]
    #[case::no_name("==5", None)]
    #[case::no_version("bcrypt==", None)]
    fn parsed(#[case] text: &str, #[case] expected: Option<(&str, Option<&str>)>) {
        let requirement = Requirement::parse(text);
        let parts = requirement.as_ref().map(|wanted| (wanted.name.as_str(), wanted.version.as_deref()));
        assert_eq!(parts, expected);
    }

    #[cfg(run)]
    #[test]
    fn one_folder_for_a_release() {
        let folder = |text: &str| Requirement::parse(text).unwrap().folder(Path::new("wheels"));
        assert_eq!(folder("Foo.Bar==1!2"), Some("wheels/foo-bar-1_2".into()));
        assert_eq!(folder("foo"), None);
    }
}
