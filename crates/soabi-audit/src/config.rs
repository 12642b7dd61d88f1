//! `soabi.toml`, or `[tool.soabi]` of `pyproject.toml`: the configuration of a project's audits.
//!
//! ```toml
//! [audit]                             # [tool.soabi.audit] in pyproject.toml
//! select = ["abi3-version-too-low"]   # left out: every rule
//! fail-on = "warning"                 # left out: error
//! python = "3.9.."                    # has to load every module; left out: none does
//! format = "json"                     # left out: human
//! allow-unexamined = true             # left out: what could not be examined makes the audit fail
//!
//! [audit.severity]
//! executable-stack = "error"          # left out: the rule's own
//!
//! [[audit.ignore]]
//! rule = "symbol-capture"
//! object = "igraph/*.so"              # left out: everywhere; `*` stays in one folder, `**` does not
//! reason = "our PyLong_AsInt is never called on 3.13, see issue 12"
//! ```
//!
//! An ignored rule needs a reason, which the report quotes.

mod fail_on;
mod file;
#[cfg(feature = "schema")]
mod schema;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use soabi_core::{ParseSelectorError, Selection, Selector, Severity};
use soabi_rules::RuleId;

pub use fail_on::FailOn;
use file::{File, Ignored, IgnoredTable, Section};
#[cfg(feature = "schema")]
pub use schema::schema;

/// The settings of a configuration file.
#[derive(Debug, Default)]
pub struct Config {
    /// The rules that run. `None` for all of them.
    pub select: Option<Vec<RuleId>>,
    /// What is ignored, each with its reason.
    pub ignore: Vec<IgnoreEntry>,
    /// The severities that rules have in place of their own.
    pub severity: BTreeMap<RuleId, Severity>,
    /// The least severity that makes an audit fail.
    pub fail_on: Option<FailOn>,
    /// The interpreters that have to load every module. None of them is a path.
    pub python: Vec<Selection>,
    /// The name of the report's form. This crate knows none of them.
    pub format: Option<String>,
    /// Whether a file that could not be examined is told of and no more.
    pub allow_unexamined: bool,
}

/// A rule that is ignored.
#[derive(Clone, Debug)]
pub struct IgnoreEntry {
    /// The rule.
    pub rule: RuleId,
    /// The objects that it is ignored for, by path. `None` for all.
    pub object: Option<GlobMatcher>,
    /// Why.
    pub reason: String,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot be read")]
    Read(#[source] io::Error),
    /// It is not TOML, or has a key that does not exist.
    #[error("{0}")]
    Toml(String),
    /// It names a rule that does not exist.
    #[error(transparent)]
    Rule(#[from] soabi_rules::policy::UnknownRuleError),
    /// A rule is ignored without a reason.
    #[error("`{rule}` is ignored without a reason")]
    NoReason {
        /// The rule.
        rule: String,
    },
    /// A pattern cannot be read.
    #[error("`{pattern}` is not a pattern of paths: {why}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        why: String,
    },
    /// `python` names no interpreter.
    #[error(transparent)]
    Python(#[from] ParseSelectorError),
    /// `python` names an interpreter by its path, which is another one on another machine.
    #[error("`python` names `{}`, and a path is for the command line", .0.display())]
    PythonPath(PathBuf),
}

/// A configuration that cannot be used, and its path.
#[derive(Debug, thiserror::Error)]
#[error("`{}`", path.display())]
pub struct ConfigFileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    #[source]
    pub kind: ConfigError,
}

impl ConfigFileError {
    /// What the user can do about it.
    pub const fn hint(&self) -> &'static str {
        match &self.kind {
            ConfigError::NoReason { .. } => {
                "write `[[audit.ignore]]` with `rule` and `reason`; the report quotes the reason"
            }
            ConfigError::Rule(_) => "`soabi explain` lists the rules",
            _ => "correct it, or do without it: `--no-config`",
        }
    }
}

/// The nearest configuration: in `start`, or in the folders above it. The default where there is none.
pub fn nearest(start: &Path) -> Result<Config, ConfigFileError> {
    for folder in start.ancestors() {
        for name in ["soabi.toml", "pyproject.toml"] {
            let path = folder.join(name);
            if fs::symlink_metadata(&path).is_err() {
                continue;
            }
            // A pipe would wait for a writer, and a device never end.
            if fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
                let source = io::Error::other("it is not a regular file");
                return Err(ConfigFileError { path, kind: ConfigError::Read(source) });
            }
            if let Some(config) = of_file(&path)? {
                return Ok(config);
            }
        }
    }
    Ok(Config::default())
}

/// The configuration in this file. `None` for a `pyproject.toml` without `[tool.soabi]`.
pub fn of_file(path: &Path) -> Result<Option<Config>, ConfigFileError> {
    let error = |kind| ConfigFileError { path: path.to_owned(), kind };
    let text = fs::read_to_string(path).map_err(|source| error(ConfigError::Read(source)))?;
    let is_pyproject = path.file_name().is_some_and(|name| name == "pyproject.toml");
    if is_pyproject { of_pyproject(&text) } else { of_text(&text).map(Some) }.map_err(error)
}

/// The configuration in the text of a `pyproject.toml`. `None` without `[tool.soabi]`.
pub fn of_pyproject(text: &str) -> Result<Option<Config>, ConfigError> {
    let table: toml::Table = toml::from_str(text).map_err(|error| toml_error(&error))?;
    let section = table.get("tool").and_then(|tool| tool.get("soabi"));
    section
        .map(|section| section.clone().try_into().map_err(|error| toml_error(&error)).and_then(config))
        .transpose()
}

/// The configuration in the text of a `soabi.toml`.
pub fn of_text(text: &str) -> Result<Config, ConfigError> {
    config(toml::from_str(text).map_err(|error| toml_error(&error))?)
}

/// The message of the parser.
fn toml_error(error: &toml::de::Error) -> ConfigError {
    ConfigError::Toml(file::with_nearest(&error.to_string()))
}

fn config(file: File) -> Result<Config, ConfigError> {
    let Section { select, ignore, severity, fail_on, python, format, allow_unexamined } = file.audit;
    let select =
        select.map(|rules| rules.iter().map(|rule| rule.parse()).collect::<Result<_, _>>()).transpose()?;
    let ignore = ignore.into_iter().map(ignored).collect::<Result<_, _>>()?;
    let severity = severity.into_iter().map(|(rule, severity)| Ok((rule.parse()?, severity)));
    let severity = severity.collect::<Result<_, ConfigError>>()?;
    let python = python.into_vec().iter().map(|text| selection(text)).collect::<Result<_, _>>()?;
    let allow_unexamined = allow_unexamined.unwrap_or_default();
    Ok(Config { select, ignore, severity, fail_on, python, format, allow_unexamined })
}

fn selection(text: &str) -> Result<Selection, ConfigError> {
    let selection: Selection = text.parse()?;
    let path = selection.0.iter().find_map(|selector| match selector {
        Selector::Path(path) => Some(path.clone()),
        _ => None,
    });
    path.map_or(Ok(selection), |path| Err(ConfigError::PythonPath(path)))
}

fn ignored(entry: Ignored) -> Result<IgnoreEntry, ConfigError> {
    let table = match entry {
        Ignored::Name(rule) => IgnoredTable { rule, object: None, reason: None },
        Ignored::Table(table) => table,
    };
    let rule: RuleId = table.rule.parse()?;
    let object = table.object.as_deref().map(pattern).transpose()?;
    match table.reason.map(|reason| reason.trim().to_owned()) {
        Some(reason) if !reason.is_empty() => Ok(IgnoreEntry { rule, object, reason }),
        _ => Err(ConfigError::NoReason { rule: table.rule }),
    }
}

fn pattern(text: &str) -> Result<GlobMatcher, ConfigError> {
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    let glob = glob
        .map_err(|error| ConfigError::Pattern { pattern: text.to_owned(), why: error.kind().to_string() })?;
    Ok(glob.compile_matcher())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn every_key() {
        let text = "[audit]\npython = [\"3.9..\", \"3.13t\"]\nformat = \"json\"\nallow-unexamined = true\n\
                    [audit.severity]\nexecutable-stack = \"error\"\n";
        let config = of_text(text).unwrap();
        let python: Vec<Selection> = ["3.9..", "3.13t"].map(|text| text.parse().unwrap()).to_vec();
        assert_eq!(
            (config.python, config.format.as_deref(), config.allow_unexamined),
            (python, Some("json"), true)
        );
        assert_eq!(config.severity, BTreeMap::from([("executable-stack".parse().unwrap(), Severity::Error)]));
        assert_eq!(of_text("[audit]\npython = \"3.13\"").unwrap().python.len(), 1);
    }

    #[test]
    fn a_whole_file() {
        let config = of_text(
            "[audit]\nselect = [\"private-import\"]\nfail-on = \"never\"\n\n[[audit.ignore]]\nrule = \
             \"symbol-capture\"\nobject = \"igraph/*.so\"\nreason = \" on purpose \"\n",
        )
        .unwrap();
        assert_eq!(config.select.unwrap(), ["private-import".parse().unwrap()]);
        assert_eq!(config.fail_on, Some(FailOn::Never));
        let [ignore] = &config.ignore[..] else { panic!("{:?}", config.ignore) };
        assert_eq!((ignore.rule.as_str(), ignore.reason.as_str()), ("symbol-capture", "on purpose"));
        assert!(ignore.object.as_ref().unwrap().is_match("igraph/_igraph.abi3.so"));
    }

    #[rstest]
    #[case("igraph/*.so", "igraph/_igraph.abi3.so", true)]
    #[case("igraph/*.so", "igraph/sub/x.so", false)]
    #[case("igraph/**/*.so", "igraph/sub/x.so", true)]
    #[case("**/*.so", "x.so", true)]
    fn a_star_stays_in_one_folder(#[case] glob: &str, #[case] path: &str, #[case] matches: bool) {
        assert_eq!(pattern(glob).unwrap().is_match(path), matches);
    }

    #[rstest]
    #[case::elsewhere("[tool.ruff]\nselect = [\"E\"]\n", false)]
    #[case::here("[tool.soabi.audit]\nfail-on = \"note\"\n", true)]
    #[case::here_and_empty("[tool.soabi]\n", true)]
    fn pyproject_without_a_section_is_skipped(#[case] text: &str, #[case] has_section: bool) {
        assert_eq!(of_pyproject(text).unwrap().is_some(), has_section);
    }

    #[rstest]
    #[case::name_alone(
        "[audit]\nignore = [\"private-import\"]",
        "`private-import` is ignored without a reason"
    )]
    #[case::no_reason(
        "[[audit.ignore]]\nrule = \"private-import\"",
        "`private-import` is ignored without a reason"
    )]
    #[case::blank_reason(
        "[[audit.ignore]]\nrule = \"private-import\"\nreason = \" \"",
        "`private-import` is ignored without a reason"
    )]
    #[case::no_such_rule(
        "[audit]\nselect = [\"privat-import\"]",
        "there is no rule `privat-import`; the nearest is `private-import`"
    )]
    #[case::no_such_ignored_rule(
        "[[audit.ignore]]\nrule = \"privat-import\"\nreason = \"because\"",
        "there is no rule `privat-import`; the nearest is `private-import`"
    )]
    #[case::no_such_rule_s_severity(
        "[audit.severity]\nprivat-import = \"error\"",
        "there is no rule `privat-import`; the nearest is `private-import`"
    )]
    #[case::a_path(
        "[audit]\npython = \"/usr/bin/python3\"",
        "`python` names `/usr/bin/python3`, and a path is for the command line"
    )]
    #[case::no_pattern(
        "[[audit.ignore]]\nrule = \"private-import\"\nreason = \"because\"\nobject = \"[\"",
        "`[` is not a pattern of paths: unclosed character class; missing ']'"
    )]
    fn refused(#[case] text: &str, #[case] message: &str) {
        assert_eq!(of_text(text).unwrap_err().to_string(), message);
    }

    #[rstest]
    fn unknown_keys_and_values_are_errors(
        #[values(
            "[audits]",
            "[audit]\nfail_on = \"note\"",
            "[audit]\nfail-on = \"fatal\"",
            "[audit]\npython = 3.13",
            "[audit.severity]\nprivate-import = \"fatal\"",
            "[[audit.ignore]]\nrule = \"private-import\"\nreason = \"because\"\nfile = \"a\""
        )]
        text: &str,
    ) {
        assert!(matches!(of_text(text), Err(ConfigError::Toml(_))), "{:?}", of_text(text));
    }
}
