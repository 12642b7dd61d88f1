//! Where installers put the members of a wheel: the root, and the folders of `.data` (PEP 427, PEP 491).

use std::fmt;

/// A kind of folder of an installation, by the names that `sysconfig` has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// The root of the wheel: `purelib` when `WHEEL` says `Root-Is-Purelib: true`, or else `platlib`.
    Root,
    /// Modules for one platform.
    Platlib,
    /// Modules for every platform.
    Purelib,
    /// The root of the installation, `sys.prefix`.
    Data,
    /// Programs.
    Scripts,
    /// Headers of C.
    Headers,
}

impl Scheme {
    /// The folder below `.data`, `None` for the root.
    fn parse(folder: &str) -> Option<Self> {
        Some(match folder {
            "platlib" => Self::Platlib,
            "purelib" => Self::Purelib,
            "data" => Self::Data,
            "scripts" => Self::Scripts,
            "headers" => Self::Headers,
            _ => return None,
        })
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Root => "root",
            Self::Platlib => "platlib",
            Self::Purelib => "purelib",
            Self::Data => "data",
            Self::Scripts => "scripts",
            Self::Headers => "headers",
        })
    }
}

/// Where a member is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed<'a> {
    /// The kind of folder.
    pub scheme: Scheme,
    /// The path inside of that folder.
    pub path: &'a str,
}

/// Where the member `name` of a wheel is installed. `None` for what is directly in `.data` or in a folder of it that
/// has no meaning, which pip refuses.
pub fn place(name: &str) -> Option<Placed<'_>> {
    match name.split_once('/') {
        Some((folder, rest)) if folder.ends_with(".data") => {
            let (scheme, path) = rest.split_once('/')?;
            Some(Placed { scheme: Scheme::parse(scheme)?, path })
        }
        _ => Some(Placed { scheme: Scheme::Root, path: name }),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("spam/_spam.so", Some((Scheme::Root, "spam/_spam.so")))]
    #[case("spam.so", Some((Scheme::Root, "spam.so")))]
    #[case("spam-1.0.data/platlib/spam.so", Some((Scheme::Platlib, "spam.so")))]
    #[case("spam-1.0.data/purelib/a/b.py", Some((Scheme::Purelib, "a/b.py")))]
    #[case("spam-1.0.data/data/lib/libspam.so", Some((Scheme::Data, "lib/libspam.so")))]
    #[case("spam-1.0.data/scripts/spam", Some((Scheme::Scripts, "spam")))]
    #[case("spam-1.0.data/headers/spam.h", Some((Scheme::Headers, "spam.h")))]
    #[case("spam-1.0.data/stdlib/spam.py", None)]
    #[case("spam-1.0.data/spam.py", None)]
    #[case("spam/x.data/platlib/spam.so", Some((Scheme::Root, "spam/x.data/platlib/spam.so")))]
    fn places(#[case] name: &str, #[case] expected: Option<(Scheme, &str)>) {
        assert_eq!(place(name).map(|placed| (placed.scheme, placed.path)), expected);
    }
}
