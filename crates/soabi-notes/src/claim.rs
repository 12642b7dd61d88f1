//! Claims: the files in `claims/`.
//!
//! A file is Python with a head of comments:
//!
//! ```text
//! # /// claim
//! # group = "conversions"
//! # statement = "..."
//! # specimens = ["notes_parse"]
//! #
//! # [[expect]]
//! # table = '''
//! # value | p
//! # None  | 0
//! # '''
//! #
//! # [[expect]]
//! # python = "2.7"
//! # why = "`p` came with Python 3.3."
//! # table = '''
//! # value | p
//! # None  | TypeError
//! # '''
//! # ///
//! ```
//!
//! The first block is the claim as it is made, for every interpreter. Each block behind it says which interpreters
//! answer otherwise, and why; the later one is right where two speak of the same.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use soabi_core::{AbiTag, BuildKind, VersionRange};

use crate::group::Group;
use crate::table::{Question, Table, TableError};

/// Name and text of every file, in the order of their names.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/claims.rs"));

/// Where a head begins and where it ends.
const FENCES: (&str, &str) = ("# /// claim\n", "\n# ///\n");

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The stem of its file.
    pub id: String,
    /// The heading that it stands under.
    pub group: Group,
    /// The claim, in words.
    pub statement: String,
    /// The modules in C that its source imports.
    pub specimens: Vec<String>,
    /// It takes its time, and is asked in a process of its own.
    pub apart: bool,
    /// What is expected: the claim as it is made, and who answers otherwise.
    pub expects: Vec<Expect>,
    /// The Python that asks.
    pub source: &'static str,
}

/// What some interpreters are expected to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect {
    /// Of these versions; of every version when there is none.
    pub python: Option<VersionRange>,
    /// Of this kind; of every kind when there is none.
    pub build: Option<BuildKind>,
    /// This one alone.
    pub id: Option<AbiTag>,
    /// Why they answer otherwise. Empty for the claim as it is made.
    pub why: String,
    /// Whether the claim is true there all the same.
    pub holds: bool,
    /// The answers.
    pub table: Table,
}

/// One expected answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The answer.
    pub answer: &'a str,
    /// Who says it.
    pub by: &'a Expect,
}

/// What is wrong with the head of a claim.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// There is none.
    #[error("`claims/{0}.py` has no head between `# /// claim` and `# ///`")]
    NoHead(String),
    /// It is not the TOML that is expected.
    #[error("`claims/{id}.py`: {source}")]
    Toml {
        /// The claim.
        id: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A table is none.
    #[error("`claims/{id}.py`: {source}")]
    Table {
        /// The claim.
        id: String,
        /// Why.
        source: TableError,
    },
    /// The first block is not for everybody, or one behind it does not say for whom it is and why.
    #[error("`claims/{0}.py`: the first block is for everybody, and every other says for whom and why")]
    Blocks(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    group: Group,
    statement: String,
    #[serde(default)]
    specimens: Vec<String>,
    #[serde(default)]
    apart: bool,
    expect: Vec<Block>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    python: Option<VersionRange>,
    build: Option<BuildKind>,
    id: Option<AbiTag>,
    #[serde(default)]
    why: String,
    #[serde(default = "yes")]
    holds: bool,
    table: String,
}

const fn yes() -> bool {
    true
}

impl Claim {
    /// Reads the file `{id}.py`.
    pub fn parse(id: &str, source: &'static str) -> Result<Self, ClaimError> {
        let no_head = || ClaimError::NoHead(id.to_owned());
        let head = source.strip_prefix(FENCES.0).ok_or_else(no_head)?;
        let (head, source) = head.split_once(FENCES.1).ok_or_else(no_head)?;
        let plain: Vec<&str> = head.lines().map(|line| line.strip_prefix('#').unwrap_or(line)).collect();
        let head: Head = toml::from_str(&plain.join("\n"))
            .map_err(|source| ClaimError::Toml { id: id.to_owned(), source: Box::new(source) })?;
        let expects = head.expect.into_iter().map(Expect::of).collect::<Result<Vec<_>, _>>();
        let expects = expects.map_err(|source| ClaimError::Table { id: id.to_owned(), source })?;
        let sound = |(at, expect): (usize, &Expect)| {
            expect.is_for_all() == (at == 0) && expect.why.is_empty() == (at == 0)
        };
        if expects.is_empty() || !expects.iter().enumerate().all(sound) {
            return Err(ClaimError::Blocks(id.to_owned()));
        }
        let statement = head.statement.split_whitespace().collect::<Vec<_>>().join(" ");
        let Head { group, specimens, apart, .. } = head;
        Ok(Self { id: id.to_owned(), group, statement, specimens, apart, expects, source })
    }

    /// What the interpreter `python` is expected to answer.
    pub fn expected(&self, python: AbiTag) -> BTreeMap<Question, Expected<'_>> {
        let mut expected = BTreeMap::new();
        for by in self.expects.iter().filter(|expect| expect.speaks_of(python)) {
            expected.extend(by.table.answers().map(|(question, answer)| (question, Expected { answer, by })));
        }
        expected
    }
}

impl Expect {
    fn of(block: Block) -> Result<Self, TableError> {
        let Block { python, build, id, why, holds, table } = block;
        Ok(Self { python, build, id, why, holds, table: Table::parse(&table)? })
    }

    /// Whether it is for every interpreter.
    fn is_for_all(&self) -> bool {
        self.python.is_none() && self.build.is_none() && self.id.is_none()
    }

    /// Whether it is for the interpreter `python`. Versions alone are those of CPython: PyPy answers as the
    /// CPython of its version does.
    pub fn speaks_of(&self, python: AbiTag) -> bool {
        let version = python.python_version();
        self.python.is_none_or(|range| version.is_some_and(|version| range.contains(version)))
            && self.build.is_none_or(|build| build.is_of(python))
            && self.id.is_none_or(|id| id == python)
    }
}

/// Every claim: group by group in the order of the notes, and in a group by name.
///
/// # Panics
///
/// When a file of the crate is not as it should be, which its tests would have seen.
pub fn claims() -> &'static [Claim] {
    static CLAIMS: LazyLock<Vec<Claim>> = LazyLock::new(|| {
        let read = |(name, source): &(&str, &'static str)| Claim::parse(name.trim_end_matches(".py"), source);
        let claims: Result<Vec<_>, _> = FILES.iter().map(read).collect();
        let mut claims = claims.expect("the claims are well formed");
        claims.sort_by_key(|claim| claim.group);
        claims
    });
    &CLAIMS
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rstest::rstest;

    use super::*;
    use crate::specimen;

    const HEAD: &str = "# /// claim
# group = 'bytecode'
# statement = '''One
#   statement.'''
# [[expect]]
# table = '''
# row | answer
# a   | x
# b   | x
# '''
# [[expect]]
# python = '..3.12'
# why = 'PEP 1'
# table = '''
# row | answer
# a   | y
# '''
# [[expect]]
# python = '3.12'
# why = 'PEP 2'
# table = '''
# row | answer
# a   | z
# '''
# [[expect]]
# build = 'pypy'
# holds = false
# why = 'it is another'
# table = '''
# row | answer
# b   | -
# '''
# ///
pass
";

    #[rstest]
    #[case::first_block("cp313", "a", "x", "")]
    #[case::range("cp311", "a", "y", "PEP 1")]
    #[case::later_block_wins("cp312", "a", "z", "PEP 2")]
    #[case::row_without_change("cp312", "b", "x", "")]
    #[case::debug_is_of_its_version("cp311d", "a", "y", "PEP 1")]
    #[case::kind("pypy311_pp73", "b", "-", "it is another")]
    #[case::version_of_a_kind("pypy311_pp73", "a", "y", "PEP 1")]
    fn an_interpreter_is_expected_to_answer(
        #[case] python: &str,
        #[case] row: &str,
        #[case] answer: &str,
        #[case] why: &str,
    ) {
        let claim = Claim::parse("id", HEAD).unwrap();
        assert_eq!(claim.statement, "One statement.");
        let expected = claim.expected(python.parse().unwrap());
        let question = Question { row: row.to_owned(), column: "answer".to_owned() };
        let expected = expected[&question];
        assert_eq!((expected.answer, &*expected.by.why), (answer, why));
        assert_eq!(expected.by.holds, why != "it is another");
    }

    #[rstest]
    #[case::no_head("pass\n", "no head")]
    #[case::no_end("# /// claim\n# group = 'bytecode'\n", "no head")]
    #[case::unknown_key("# /// claim\n# group = 'bytecode'\n# statment = ''\n# ///\n", "statment")]
    #[case::unknown_group(
        "# /// claim\n# group = 'bytes'\n# statement = ''\n# expect = []\n# ///\n",
        "bytes"
    )]
    #[case::no_block(
        "# /// claim\n# group = 'bytecode'\n# statement = ''\n# expect = []\n# ///\n",
        "first block"
    )]
    #[case::no_table(
        "# /// claim\n# group = 'bytecode'\n# statement = ''\n# [[expect]]\n# table = 'row'\n# ///\n",
        "columns"
    )]
    #[case::first_for_some(
        "# /// claim\n# group = 'bytecode'\n# statement = ''\n# [[expect]]\n# python = '3.8'\n# why = 'x'\n\
         # table = \"r | a\\nb | c\"\n# ///\n",
        "first block"
    )]
    fn a_head_that_is_none(#[case] source: &'static str, #[case] message: &str) {
        let error = Claim::parse("id", source).unwrap_err().to_string();
        assert!(error.contains("claims/id.py") && error.contains(message), "{error}");
    }

    #[test]
    fn a_change_has_a_reason() {
        let source: &'static str = HEAD.replace("# why = 'PEP 1'\n", "").leak();
        Claim::parse("id", source).unwrap_err();
    }

    #[test]
    fn the_claims_are_sound() {
        let mut imported = HashSet::new();
        for claim in claims() {
            let first = &claim.expects[0].table;
            let questions: HashSet<_> = first.answers().map(|(question, _)| question).collect();
            for (question, _) in claim.expects.iter().flat_map(|expect| expect.table.answers()) {
                assert!(
                    questions.contains(&question),
                    "{} does not speak of {question:?} at first",
                    claim.id
                );
            }
            for name in &claim.specimens {
                assert!(specimen::named(name).is_some(), "{} wants a specimen `{name}`", claim.id);
                assert!(claim.source.contains(name.as_str()), "{} does not use `{name}`", claim.id);
                imported.insert(name.clone());
            }
        }
        for specimen in specimen::specimens() {
            assert!(imported.contains(specimen.module), "no claim uses {}", specimen.module);
        }
        for group in Group::ALL {
            assert!(claims().iter().any(|claim| claim.group == group), "{group:?} has no claim");
        }
    }
}
