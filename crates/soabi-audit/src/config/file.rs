//! The form of `soabi.toml` and of `[tool.soabi]`: its keys, their types, and the words of its JSON Schema.
//!
//! What the values mean is decided in [`super`]; here is what may be written.

use std::collections::BTreeMap;

use serde::Deserialize;
use soabi_core::Severity;

use super::fail_on::FailOn;

/// The configuration of soabi: `soabi.toml`, or `[tool.soabi]` of `pyproject.toml`.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(title = "soabi"))]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// How `soabi audit` audits the wheels of this project.
    #[serde(default)]
    pub(super) audit: Section,
}

/// How `soabi audit` audits. The command line and the environment win over it.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Section {
    /// The rules that run; every rule when left out. `--select`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<schema::Rule>>"))]
    pub(super) select: Option<Vec<String>>,
    /// The rules that are ignored, each with the reason, which the report quotes.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<IgnoredTable>"))]
    pub(super) ignore: Vec<Ignored>,
    /// The severity of every finding of a rule, in place of the rule's own.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<schema::Rule, Severity>"))]
    pub(super) severity: BTreeMap<String, Severity>,
    /// The least severity that makes the audit fail; `error` when left out. `--fail-on`.
    pub(super) fail_on: Option<FailOn>,
    /// The interpreters that have to load every module: versions ("3.13", "3.9..", ">=3.9,<3.14"), builds ("3.13t",
    /// "3.13d", "cp313", "pypy3.11"). `--python`.
    #[serde(default)]
    pub(super) python: OneOrMore,
    /// The form of the report; `human` when left out. `--format`.
    pub(super) format: Option<String>,
    /// Whether the audit may succeed though a file could not be examined. `--allow-unexamined`.
    pub(super) allow_unexamined: Option<bool>,
}

/// A text, or a list of them.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "`python` is a text such as \"3.9..\", or a list of them")]
pub(super) enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(Vec<String>),
}

impl Default for OneOrMore {
    fn default() -> Self {
        Self::More(Vec::new())
    }
}

impl OneOrMore {
    pub(super) fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::More(texts) => texts,
        }
    }
}

/// A table, or a name alone, which says too little.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "an entry of `ignore` is a table with `rule`, `reason` and perhaps `object`")]
pub(super) enum Ignored {
    Name(String),
    Table(IgnoredTable),
}

/// A rule that is ignored.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct IgnoredTable {
    /// The rule.
    #[cfg_attr(feature = "schema", schemars(with = "schema::Rule"))]
    pub(super) rule: String,
    /// The files that it is ignored for, by their paths in the wheel: `*` stays in one folder, `**` does not. All of
    /// them when left out.
    pub(super) object: Option<String>,
    /// Why. The report quotes it.
    #[cfg_attr(feature = "schema", schemars(with = "String", length(min = 1)))]
    pub(super) reason: Option<String>,
}

/// A parser's words about a key that does not exist, and the key that is most like it.
pub(super) fn with_nearest(message: &str) -> String {
    let message = message.trim_end();
    nearest(message).map_or_else(|| message.to_owned(), |key| format!("{message}\ndid you mean `{key}`?"))
}

/// From "unknown field `fail_on`, expected one of `select`, `fail-on`".
fn nearest(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("unknown field `")?;
    let (unknown, expected) = rest.split_once("`, expected ")?;
    let known = expected.lines().next()?.split('`').skip(1).step_by(2);
    let distance =
        |key: &&str| strsim::damerau_levenshtein(&key.replace('_', "-"), &unknown.replace('_', "-"));
    known.min_by_key(distance).filter(|key| distance(key) <= 1 + key.len() / 3)
}

/// What the schema says and the types do not: the rules by name.
#[cfg(feature = "schema")]
mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use soabi_rules::RULES;

    /// The id of a rule.
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    pub(super) struct Rule;

    impl JsonSchema for Rule {
        fn schema_name() -> Cow<'static, str> {
            "Rule".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
            json_schema!({ "description": "The id of a rule: `soabi explain` lists them.", "type": "string", "enum": ids })
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("unknown field `fail_on`, expected one of `select`, `fail-on`", Some("fail-on"))]
    #[case("unknown field `audits`, expected `audit`", Some("audit"))]
    #[case("unknown field `pythons`, expected one of `select`, `python`", Some("python"))]
    #[case("unknown field `colour`, expected one of `select`, `python`", None)]
    #[case("expected a table", None)]
    fn the_nearest_key(#[case] message: &str, #[case] expected: Option<&str>) {
        assert_eq!(nearest(message), expected);
    }
}
