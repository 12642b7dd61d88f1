//! What several commands take: interpreters, and where a report goes.

use std::path::PathBuf;
#[cfg(run)]
use std::time::Duration;

use clap::Args;
#[cfg(run)]
use clap::ValueEnum;
#[cfg(run)]
use soabi_core::{Selection, Selector};

/// Which interpreters, and where they are looked for.
#[cfg(run)]
#[derive(Args, Debug)]
pub(crate) struct PythonOptions {
    /// An interpreter: versions of CPython with the GIL (3.11, 3.9.., ">=3.9,<3.14"), a build (3.13t, 3.13d, cp311,
    /// pypy3.11), or the path of one. Repeatable
    #[arg(short = 'p', long = "python", value_name = "VERSIONS|ID|PATH", env = "SOABI_PYTHON")]
    pub(crate) pythons: Vec<Selection>,
    /// The cache folder: built specimens, interpreter queries, audits, journals
    #[arg(long, env = "SOABI_CACHE_DIR", value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
}

#[cfg(run)]
impl PythonOptions {
    /// What they select. Nothing for every interpreter.
    pub(crate) fn selectors(&self) -> impl Iterator<Item = &Selector> {
        self.pythons.iter().flat_map(|selection| &selection.0)
    }
}

/// Where the report goes.
#[derive(Args, Debug)]
pub(crate) struct ReportOptions {
    /// Write the report to this file instead of stdout, which is `-`
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

impl ReportOptions {
    /// Whether the report goes to stdout.
    pub(crate) fn is_for_stdout(&self) -> bool {
        self.output.as_ref().is_none_or(|path| path.as_os_str() == "-")
    }
}

#[cfg(run)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Lines for people
    Human,
    /// One JSON object
    Json,
}

/// A time limit: a number of seconds, more than none and no more than a day.
#[cfg(run)]
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() && duration <= Duration::from_hours(24) => Ok(duration),
        _ => Err("more than 0 and no more than a day".to_owned()),
    }
}

#[cfg(all(test, run))]
mod tests {
    use super::*;

    #[test]
    fn time_limits_have_bounds() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for text in ["0", "-1", "nan", "inf", "1e9", "soon"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
