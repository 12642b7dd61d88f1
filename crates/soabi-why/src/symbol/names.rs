//! `tables/cpython.txt`: what puts the names of CPython that error messages name most often into a module.

use soabi_core::PyVersion;

const TEXT: &str = include_str!("../../tables/cpython.txt");

/// A name of CPython, or names that begin or end alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name; one `*` in it stands for anything.
    pub pattern: &'static str,
    /// The first version of Python 3 that exports it. `None` where that is not stated.
    pub since: Option<PyVersion>,
    /// The last version that exports it. `None` where that is not stated, and while it is there.
    pub until: Option<PyVersion>,
    /// Whether the newest Python still exports it, as far as stated.
    pub stays: bool,
    /// What puts it into a module.
    pub origin: &'static str,
    /// What to use instead.
    pub instead: Option<&'static str>,
    /// Where this is written.
    pub reference: Option<&'static str>,
}

impl Name {
    /// What the table says about `name`: its own line, or the longest that fits it.
    pub fn find(name: &str) -> Option<Self> {
        Self::all()
            .filter(|line| line.fits(name))
            .max_by_key(|line| (!line.pattern.contains('*'), line.pattern.len()))
    }

    fn all() -> impl Iterator<Item = Self> {
        TEXT.lines().filter(|line| !line.starts_with('#')).filter_map(Self::parse)
    }

    fn parse(line: &'static str) -> Option<Self> {
        let fields: Vec<&str> = line.split(" | ").collect();
        let [pattern, since, until, origin, instead, reference] = fields[..] else { return None };
        let stated = |text: &'static str| (text != "-").then_some(text);
        let version = |text: &str| (!matches!(text, "?" | "-")).then(|| text.parse());
        let (since, until) =
            (version(since).transpose().ok()?, (version(until).transpose().ok()?, until == "-"));
        Some(Self {
            pattern,
            since,
            until: until.0,
            stays: until.1,
            origin,
            instead: stated(instead),
            reference: stated(reference),
        })
    }

    fn fits(&self, name: &str) -> bool {
        match self.pattern.split_once('*') {
            None => self.pattern == name,
            Some((start, end)) => {
                name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use soabi_rules::tables::{ExportTable, Exported};

    use super::*;
    use crate::symbol::releases::{release, releases};

    #[test]
    fn every_line_is_read() {
        let lines = TEXT.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(Name::all().count(), lines);
        assert!(lines > 250);
    }

    #[test]
    fn the_own_line_goes_first() {
        assert_eq!(Name::find("_PyUnicode_FromASCII").unwrap().pattern, "_PyUnicode_FromASCII");
        assert_eq!(Name::find("PyUnicode_EncodeUTF8").unwrap().pattern, "PyUnicode_Encode*");
        assert_eq!(Name::find("_PyUnicode_ToLowerFull").unwrap().pattern, "_PyUnicode_To*Full");
        assert_eq!(Name::find("PyEggs"), None);
    }

    /// Two sources of one truth: what is written here, and what the libraries were measured to export.
    #[test]
    fn versions_agree_with_the_measured_exports() {
        let table = ExportTable::get();
        let mut wrong = Vec::new();
        for symbol in table.symbols() {
            let Some(name) = Name::find(symbol.name) else { continue };
            for abi in table.abis() {
                let Some(version) = release(abi).filter(|version| version.major == 3) else { continue };
                let exported = symbol.exported_by.according_to(table.columns_for(abi, None));
                let before = name.since.is_some_and(|since| version < since);
                let after = name.until.is_some_and(|until| version > until);
                let inside = !name.pattern.contains('*')
                    && name.since.is_some_and(|since| version >= since)
                    && (name.stays || name.until.is_some_and(|until| version <= until));
                let agrees = match exported {
                    Exported::Yes => !before && !after,
                    Exported::No => !inside,
                    Exported::Depends => !before,
                };
                if !agrees {
                    wrong.push(format!("{} in {version}: {exported:?}, {name:?}", symbol.name));
                }
            }
        }
        // Release builds of 3.6 to 3.8 have `_Py_Dealloc` for no macro of theirs, or not at all.
        wrong.retain(|line| !line.starts_with("_Py_Dealloc ") && !line.starts_with("PyCFunction_New "));
        assert_eq!(wrong, Vec::<String>::new());
        assert!(releases().len() >= 11);
    }
}
