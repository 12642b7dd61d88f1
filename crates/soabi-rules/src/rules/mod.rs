//! The rules: one file each. The file, the id, the page in `docs/rules/`, and the folder in `fixtures/` share
//! one name; a test walks the folders.
//!
//! A rule sees facts and what follows from them, and says what it finds. Whether that is told, and how loudly,
//! is decided in [`crate::policy`]. What nothing proves is a note.

use soabi_core::Severity;

use crate::hit::Hit;
use crate::subject::Subject;

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// The id: a kebab-case name of the defect.
    pub id: &'static str,
    /// How bad its worst finding is.
    pub severity: Severity,
    /// What it finds, as one line.
    pub summary: &'static str,
    /// The page in `docs/rules/`, Markdown.
    pub docs: &'static str,
    /// Looks for it.
    pub check: fn(&Subject) -> Vec<Hit>,
}

/// Declares the rules' modules, and [`RULES`] in the same order.
macro_rules! rules {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+

        /// Every rule: what keeps a file from loading first, what a reader may want to know last.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),+];
    };
}

rules! {
    not_examined,
    platform_tag_mismatch,
    invalid_wheel_tag,
    wheel_metadata_mismatch,
    none_tag_with_extension,
    suffix_tag_mismatch,
    suffix_not_searched,
    untagged_suffix,
    missing_init_symbol,
    init_name_mismatch,
    wrong_era_init,
    undefined_symbol,
    abi3_version_too_low,
    unstable_import_under_abi3,
    private_import,
    ucs_width_mismatch,
    free_threaded_mismatch,
    debug_abi_import,
    symbol_capture,
    links_libpython,
    wrong_python_dll,
    glibc_too_new,
    musl_too_new,
    ssize_t_clean,
}

/// A rule with its page, whose name is its id.
macro_rules! rule {
    ($id:literal, $severity:ident, $summary:literal) => {
        pub(super) const RULE: $crate::rules::Rule = $crate::rules::Rule {
            id: $id,
            severity: soabi_core::Severity::$severity,
            summary: $summary,
            docs: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules/", $id, ".md")),
            check,
        };
    };
}
use rule;

impl Rule {
    /// The rule with the id `id`.
    pub fn find(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id == id).copied()
    }
}
