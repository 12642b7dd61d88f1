//! `soabi/why/v1`: what an error message means, who exports a symbol, or which Pythons load a file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use soabi_core::{AbiTag, Gate, PredictionKind, PyVersion};

/// The value of the report's `schema` field.
pub const SCHEMA: &str = "soabi/why/v1";

/// One question and its answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WhyReport {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of soabi.
    pub version: String,
    /// The id of the tables.
    pub tables: String,
    /// What the question is about.
    pub about: About,
    /// The path or the symbol as it was given; of a message its first line, 1024 bytes at most.
    pub asked: String,
    /// Whether there is an answer. A message that nothing is known about has none.
    pub answered: bool,
    /// The interpreters that the question is about (`--python`), oldest first.
    pub required: Vec<AbiTag>,
    /// Whether all of [`WhyReport::required`] load the file, or export the symbol. `None` if none is required, and for
    /// a message.
    pub given: Option<bool>,
    /// The causes of a message: the one that decides first, then what else it says, in its order. Of a symbol, what it
    /// means where it is missing.
    pub causes: Vec<Cause>,
    /// The symbol.
    pub symbol: Option<SymbolEntry>,
    /// The extension modules of a file: of a wheel, each of them.
    pub modules: Vec<ModuleAnswer>,
    /// Known names that are written nearly like a symbol that is not known, the nearest first.
    pub nearest: Vec<String>,
    /// What could not be read.
    pub errors: Vec<String>,
}

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// A file or a folder.
    File,
    /// The name of a symbol.
    Symbol,
    /// An error message.
    Message,
}

/// How sure an answer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// One of several causes of such a message.
    Possible,
    /// The most common cause of such a message.
    Likely,
    /// The message says so.
    #[default]
    Certain,
}

impl Confidence {
    /// The name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// A cause that a message names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cause {
    /// The id of the kind of message, which `soabi explain` knows: `glibc-version`.
    pub kind: String,
    /// The kind in a few words.
    pub title: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// The line of the message that says so, from 1.
    pub line: usize,
    /// What that line says, 1024 bytes at most.
    pub says: String,
    /// The cause, as a sentence.
    pub cause: String,
    /// What else the message tells, as sentences.
    pub notes: Vec<String>,
    /// What to do, the best first.
    pub actions: Vec<String>,
    /// The rule that finds this in a file.
    pub rule: Option<String>,
    /// Documents and issues.
    pub references: Vec<String>,
    /// What was read out of the message: `file`, `symbol`, `version`, ...
    pub values: BTreeMap<String, String>,
    /// The symbol that the message names.
    pub symbol: Option<SymbolEntry>,
}

/// Who exports a symbol, and what puts it into a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SymbolEntry {
    /// The name, as ELF files have it: without the underscore that Mach-O puts before it.
    pub name: String,
    /// Whose it is, in words: `CPython`, `PyPy`, `glibc`, `PyTorch`. `None` if nothing is known about it.
    pub owner: Option<String>,
    /// The interpreters that export it, oldest first; of some, only newer patch releases.
    pub exported_by: Vec<AbiTag>,
    /// The same in words: `CPython 3.3 to 3.11`. `None` if no interpreter does.
    pub exported_in_words: Option<String>,
    /// Interpreters that do not export it in all measured releases.
    pub depends: Vec<AbiTag>,
    /// Whether it is private to the interpreter (`_Py...`, and not in the stable ABI).
    pub private: bool,
    /// The version from which the stable ABI promises it.
    pub stable_since: Option<PyVersion>,
    /// Whether only macros use it: it is in the stable ABI and not in the limited API.
    pub abi_only: bool,
    /// What puts it into a module, in words.
    pub origin: Option<String>,
    /// The first version of Python 3 that has it, by the documentation.
    pub since: Option<PyVersion>,
    /// The last version that has it, by the documentation.
    pub until: Option<PyVersion>,
    /// What to use instead.
    pub instead: Option<String>,
    /// What follows for a module that needs it, where newer Pythons do not have it.
    pub advice: Option<String>,
    /// Where this is written.
    pub reference: Option<String>,
    /// The versions under which a C or C++ library exports it: `GLIBC_2.34`, `GLIBCXX_3.4.29`.
    pub library_versions: Vec<String>,
}

/// What every interpreter does with a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModuleAnswer {
    /// The path inside the wheel or folder. `None` for a file by itself.
    pub member: Option<String>,
    /// The module.
    pub module: String,
    /// The machine, of a universal file each slice.
    pub arch: String,
    /// The ABI that the file's name claims.
    pub abi: AbiTag,
    /// Interpreters side by side that do the same, with the reason, oldest first.
    pub ranges: Vec<PythonRange>,
}

/// Interpreters that do the same with a module, for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PythonRange {
    /// The interpreters, oldest first.
    pub pythons: Vec<AbiTag>,
    /// The same in words: `CPython 3.12 to 3.15`.
    pub in_words: String,
    /// What they do.
    pub expect: PredictionKind,
    /// The gate that refuses.
    pub gate: Option<Gate>,
    /// Why, in the words of the first of them.
    pub why: String,
    /// The symbols that they lack, 64 at most.
    pub missing: Vec<MissingName>,
    /// How many are left out of `missing`.
    pub missing_more: usize,
    /// What they do with the file under another name, or when it is loaded by its path.
    pub by_path: PredictionKind,
    /// The gate that refuses then.
    pub by_path_gate: Option<Gate>,
}

/// A symbol that an interpreter lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MissingName {
    /// The name.
    pub name: String,
    /// The interpreters that export it, in words. `None` if none does.
    pub exported_in_words: Option<String>,
}
