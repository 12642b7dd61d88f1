//! The request for a search.

use std::path::PathBuf;
use std::time::Duration;

use soabi_core::{PyVersion, PythonId, Selector};

use crate::environment::Environment;

/// What to find, where to search, and what it may cost.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which interpreters are wanted. Empty: every one that is found.
    pub selection: Vec<Selector>,
    /// Where to search.
    pub environment: Environment,
    /// Where soabi installs interpreters, one per folder.
    pub own_pythons: Option<PathBuf>,
    /// Where answers are kept. `None`: every interpreter is asked anew.
    pub cache_dir: Option<PathBuf>,
    /// How long one interpreter may take to answer.
    pub time_limit: Duration,
    /// How many interpreters may be asked at once. Zero counts as one.
    pub jobs: usize,
}

impl Request {
    /// The time that an interpreter has for its answer, unless the caller says otherwise. A cold start from a
    /// slow disk takes a second or two.
    pub const TIME_LIMIT: Duration = Duration::from_secs(10);

    /// Everything that `environment` names; nothing cached, one at a time.
    pub fn new(environment: Environment) -> Self {
        Self {
            selection: Vec::new(),
            environment,
            own_pythons: None,
            cache_dir: None,
            time_limit: Self::TIME_LIMIT,
            jobs: 1,
        }
    }

    /// Whether any place is searched: not when every wanted interpreter is named by its path.
    pub(crate) fn searches(&self) -> bool {
        self.selection.is_empty() || !self.selection.iter().all(Selector::is_path)
    }

    /// Whether an interpreter with this id and version is wanted wherever it is found.
    pub(crate) fn wants(&self, id: impl Into<PythonId>, version: PyVersion) -> bool {
        let id = id.into();
        self.selection.is_empty() || self.selection.iter().any(|selector| selector.matches(id, version))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use soabi_core::AbiTag;

    use super::*;

    #[rstest]
    #[case("cp313", "cp313", true)]
    #[case("cp313", "cp313t", false)]
    #[case("3.13", "cp313", true)]
    #[case("3.13", "cp313t", false)]
    #[case("3.13", "cp313d", false)]
    #[case("3.13t", "cp313t", true)]
    #[case("..3.12", "cp313", false)]
    #[case("3.11", "pypy311_pp73", false)]
    #[case("pypy3.11", "pypy311_pp73", true)]
    #[case("./python3.13", "cp313", false)]
    fn what_is_wanted(#[case] selector: &str, #[case] id: &str, #[case] wanted: bool) {
        let id: AbiTag = id.parse().unwrap();
        let version = match id {
            AbiTag::Cpython(abi) => abi.version,
            AbiTag::Pypy { python, .. } => python,
            _ => unreachable!(),
        };
        let mut request = Request::new(Environment::default());
        assert!(request.wants(id, version));
        request.selection = vec![selector.parse().unwrap()];
        assert_eq!(request.wants(id, version), wanted);
    }
}
