//! What a dynamic linker says, as its messages have it.

/// What came of opening a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It was opened, or every symbol was bound and a constructor ended the process.
    Bound,
    /// A library is not there.
    NoLibrary(String),
    /// A symbol is nowhere; with the version that it should have, if it should have one.
    NoSymbol(String, Option<String>),
    /// A library has not this version.
    NoVersion(String),
    /// Something else.
    Other(String),
}

impl Answer {
    /// Reads a line of the program `/host`.
    pub(crate) fn of(line: &str) -> Self {
        let Some(message) = line.strip_prefix("refused ") else { return Self::Bound };
        Self::of_glibc(message)
            .or_else(|| Self::of_musl(message))
            .unwrap_or_else(|| Self::Other(message.to_owned()))
    }

    /// `elf/dl-load.c`, `dl-lookup.c` and `dl-version.c` of glibc.
    fn of_glibc(message: &str) -> Option<Self> {
        if let Some((library, _)) = message.split_once(": cannot open shared object file") {
            return Some(Self::NoLibrary(library.to_owned()));
        }
        if let Some((_, rest)) = message.split_once("undefined symbol: ") {
            let (name, version) =
                rest.split_once(", version ").map_or((rest, None), |(name, version)| (name, Some(version)));
            return Some(Self::NoSymbol(
                name.trim().to_owned(),
                version.map(|version| version.trim().to_owned()),
            ));
        }
        if let Some((_, rest)) = message.split_once(": symbol ") {
            let (name, rest) = rest.split_once(", version ")?;
            let (version, _) = rest.split_once(" not defined in file")?;
            return Some(Self::NoSymbol(name.to_owned(), Some(version.to_owned())));
        }
        let (_, rest) = message.split_once(": version `")?;
        let (version, _) = rest.split_once("' not found")?;
        Some(Self::NoVersion(version.to_owned()))
    }

    /// `ldso/dynlink.c` of musl, which says everything that it finds; the first thing counts.
    fn of_musl(message: &str) -> Option<Self> {
        if let Some((_, rest)) = message.split_once("Error loading shared library ") {
            return Some(Self::NoLibrary(rest.split_once(": ")?.0.to_owned()));
        }
        let (_, rest) = message.split_once("Error relocating ")?;
        let (_, rest) = rest.split_once(": ")?;
        let (name, rest) = rest.split_once(": ")?;
        rest.starts_with("symbol not found").then(|| Self::NoSymbol(name.to_owned(), None))
    }
}
