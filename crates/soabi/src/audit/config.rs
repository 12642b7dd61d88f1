//! `soabi.toml`, or `[tool.soabi]` of `pyproject.toml`: what a project always wants of an audit.
//!
//! ```toml
//! [audit]                             # [tool.soabi.audit] in pyproject.toml
//! select = ["abi3-version-too-low"]   # left out: every rule
//! fail-on = "warning"                 # left out: error
//!
//! [[audit.ignore]]
//! rule = "symbol-capture"
//! object = "igraph/*.so"              # left out: everywhere
//! reason = "our PyLong_AsInt is never called on 3.13, see issue 12"
//! ```
//!
//! An ignored rule needs a reason: whoever reads the report is told, and so is whoever comes after.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use glob::Pattern;
use serde::Deserialize;
use soabi_rules::RuleId;

use crate::cli::FailOn;

/// What a file says about audits.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// The rules that run.
    pub(crate) select: Option<Vec<RuleId>>,
    pub(crate) ignore: Vec<IgnoreEntry>,
    pub(crate) fail_on: Option<FailOn>,
}

/// A rule that is not to be heard.
#[derive(Clone, Debug)]
pub(crate) struct IgnoreEntry {
    pub(crate) rule: RuleId,
    /// Only for objects whose path it matches.
    pub(crate) object: Option<Pattern>,
    pub(crate) reason: String,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("cannot be read")]
    Read(#[source] io::Error),
    #[error("{0}")]
    Toml(String),
    #[error(transparent)]
    Rule(#[from] soabi_rules::policy::UnknownRuleError),
    #[error("`{rule}` is ignored without a reason")]
    NoReason { rule: String },
    #[error("`{pattern}` is not a pattern of paths: {why}")]
    Pattern { pattern: String, why: &'static str },
}

/// A configuration that cannot be used, and where it stands.
#[derive(Debug, thiserror::Error)]
#[error("`{}`", path.display())]
pub(crate) struct ConfigFileError {
    pub(crate) path: PathBuf,
    #[source]
    pub(crate) kind: ConfigError,
}

impl ConfigFileError {
    /// What the user can do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match &self.kind {
            ConfigError::NoReason { .. } => {
                "write `[[audit.ignore]]` with `rule` and `reason`; the report quotes the reason"
            }
            ConfigError::Rule(_) => "`soabi explain` lists the rules",
            _ => "correct it, or do without it: `--no-config`",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    audit: Section,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Section {
    select: Option<Vec<String>>,
    #[serde(default)]
    ignore: Vec<Ignored>,
    fail_on: Option<FailOn>,
}

/// A table, or a name alone, which says too little.
#[derive(Deserialize)]
#[serde(untagged, expecting = "an entry of `ignore` is a table with `rule`, `reason` and perhaps `object`")]
enum Ignored {
    Name(String),
    Table(IgnoredTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IgnoredTable {
    rule: String,
    object: Option<String>,
    reason: Option<String>,
}

/// What the nearest file says: in `start`, or in the folders above it. Nothing, where there is none.
pub(crate) fn nearest(start: &Path) -> Result<Config, ConfigFileError> {
    for folder in start.ancestors() {
        for name in ["soabi.toml", "pyproject.toml"] {
            let path = folder.join(name);
            if path.is_file()
                && let Some(config) = of_file(&path)?
            {
                return Ok(config);
            }
        }
    }
    Ok(Config::default())
}

/// What this file says. `None` for a `pyproject.toml` that does not speak of soabi.
pub(crate) fn of_file(path: &Path) -> Result<Option<Config>, ConfigFileError> {
    let error = |kind| ConfigFileError { path: path.to_owned(), kind };
    let text = fs::read_to_string(path).map_err(|source| error(ConfigError::Read(source)))?;
    let is_pyproject = path.file_name().is_some_and(|name| name == "pyproject.toml");
    if is_pyproject { of_pyproject(&text) } else { of_text(&text).map(Some) }.map_err(error)
}

fn of_pyproject(text: &str) -> Result<Option<Config>, ConfigError> {
    let table: toml::Table = toml::from_str(text).map_err(|error| toml_error(&error))?;
    let section = table.get("tool").and_then(|tool| tool.get("soabi"));
    section
        .map(|section| section.clone().try_into().map_err(|error| toml_error(&error)).and_then(config))
        .transpose()
}

fn of_text(text: &str) -> Result<Config, ConfigError> {
    config(toml::from_str(text).map_err(|error| toml_error(&error))?)
}

/// The words of the parser, on one line.
fn toml_error(error: &toml::de::Error) -> ConfigError {
    ConfigError::Toml(error.to_string().trim_end().to_owned())
}

fn config(file: File) -> Result<Config, ConfigError> {
    let Section { select, ignore, fail_on } = file.audit;
    let select =
        select.map(|rules| rules.iter().map(|rule| rule.parse()).collect::<Result<_, _>>()).transpose()?;
    let ignore = ignore.into_iter().map(ignored).collect::<Result<_, _>>()?;
    Ok(Config { select, ignore, fail_on })
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

fn pattern(text: &str) -> Result<Pattern, ConfigError> {
    Pattern::new(text).map_err(|error| ConfigError::Pattern { pattern: text.to_owned(), why: error.msg })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

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
        assert!(ignore.object.as_ref().unwrap().matches("igraph/_igraph.abi3.so"));
    }

    #[rstest]
    #[case::elsewhere("[tool.ruff]\nselect = [\"E\"]\n", false)]
    #[case::here("[tool.soabi.audit]\nfail-on = \"note\"\n", true)]
    #[case::here_and_empty("[tool.soabi]\n", true)]
    fn pyproject_may_speak_of_others(#[case] text: &str, #[case] speaks: bool) {
        assert_eq!(of_pyproject(text).unwrap().is_some(), speaks);
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
    #[case::no_pattern(
        "[[audit.ignore]]\nrule = \"private-import\"\nreason = \"because\"\nobject = \"[\"",
        "`[` is not a pattern of paths: invalid range pattern"
    )]
    fn what_is_refused(#[case] text: &str, #[case] message: &str) {
        assert_eq!(of_text(text).unwrap_err().to_string(), message);
    }

    /// A typing error is no wish that is silently not granted.
    #[rstest]
    fn unknown_words(
        #[values(
            "[audits]",
            "[audit]\nfail_on = \"note\"",
            "[audit]\nfail-on = \"fatal\"",
            "[[audit.ignore]]\nrule = \"private-import\"\nreason = \"because\"\nfile = \"a\""
        )]
        text: &str,
    ) {
        assert!(matches!(of_text(text), Err(ConfigError::Toml(_))), "{:?}", of_text(text));
    }
}
