//! The names of interpreters' DLLs.

use soabi_core::PyVersion;

/// What the name of an interpreter's DLL tells: `python312.dll`, `python313t_d.dll`, `python3.dll`.
pub(crate) struct PythonDll {
    /// `None` for the one of every version.
    pub(crate) version: Option<PyVersion>,
    pub(crate) free_threaded: bool,
    pub(crate) debug: bool,
}

impl PythonDll {
    /// `name` is in lower case.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let name = name.strip_prefix("python")?.strip_suffix(".dll")?;
        let (name, debug) = name.strip_suffix("_d").map_or((name, false), |name| (name, true));
        let (digits, free_threaded) = name.strip_suffix('t').map_or((name, false), |name| (name, true));
        let (major, minor) = digits.split_at_checked(1)?;
        let major = major.parse().ok()?;
        let version = if minor.is_empty() { None } else { Some(PyVersion::new(major, minor.parse().ok()?)) };
        (version.is_some() || major == 3).then_some(Self { version, free_threaded, debug })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("python312.dll", "3.12")]
    #[case("python27_d.dll", "2.7 debug")]
    #[case("python313t.dll", "3.13 free-threaded")]
    #[case("python315t_d.dll", "3.15 free-threaded debug")]
    #[case::stable("python3.dll", "every")]
    #[case::stable_without_the_gil("python3t.dll", "every free-threaded")]
    #[case::of_no_version("python2.dll", "none")]
    #[case::another_library("pythoncom312.dll", "none")]
    #[case::no_digits("python.dll", "none")]
    #[case::another_end("python312.lib", "none")]
    fn names(#[case] name: &str, #[case] expected: &str) {
        let text = PythonDll::of(name).map_or("none".to_owned(), |dll| {
            let version = dll.version.map_or("every".to_owned(), |version| version.to_string());
            let free_threaded = if dll.free_threaded { " free-threaded" } else { "" };
            let debug = if dll.debug { " debug" } else { "" };
            format!("{version}{free_threaded}{debug}")
        });
        assert_eq!(text, expected);
    }
}
