//! The rules: one file each. The file, the id, the page in `docs/rules/`, and the folder in `fixtures/` share
//! one name; a test walks the folders.
//!
//! A rule sees a subject and the world, and returns hits. Whether a hit becomes a finding is decided in
//! [`crate::policy`]. What nothing proves is a note.

mod abi3_version_too_low;
mod abi_flags_mismatch;
mod abi_info_disagrees;
mod ambiguous_archive;
mod build_path_in_rpath;
mod built_for_another_version;
mod cpu_feature_above_tag;
mod debug_abi_import;
mod executable_stack;
mod free_threaded_mismatch;
mod full_api_under_abi3;
mod gil_not_declared;
mod glibc_private;
mod glibc_too_new;
mod header_refused;
mod init_name_mismatch;
mod inlined_layout_under_abi3;
mod interpreter_not_in_tables;
mod invalid_wheel_tag;
mod isa_level_above_tag;
mod libpython_not_linked;
mod links_libpython;
mod method_flags_unsupported;
mod missing_init_symbol;
mod missing_library;
mod moduledef_layout_mismatch;
mod musl_too_new;
mod native_in_purelib;
mod no_subinterpreter_support;
mod none_tag_with_extension;
mod not_a_library;
mod not_examined;
mod page_alignment;
mod platform_not_in_tables;
mod platform_tag_mismatch;
mod pre_release_abi;
mod private_import;
mod pymoduledef_under_abi3t;
mod record_mismatch;
mod single_phase_init;
mod ssize_t_clean;
mod static_tls;
mod suffix_not_searched;
mod suffix_tag_mismatch;
mod symbol_capture;
mod text_relocations;
mod ucs_width_mismatch;
mod undefined_symbol;
mod unknown_slot_id;
mod unstable_import_under_abi3;
mod untagged_suffix;
mod wheel_metadata_mismatch;
mod wrong_era_init;
mod wrong_python_dll;

use soabi_core::Severity;

use crate::hit::Hit;
use crate::subject::Subject;
use crate::world::World;

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// The id: a kebab-case name of the defect.
    pub id: &'static str,
    /// How bad its worst finding is.
    pub severity: Severity,
    /// What it finds, as one line.
    pub summary: &'static str,
    /// The first version of soabi that has it.
    pub since: &'static str,
    /// The page in `docs/rules/`, Markdown.
    pub docs: &'static str,
    /// Whether it runs only where it is selected: it finds what is true of most modules.
    pub on_request: bool,
    /// Looks for it.
    pub check: fn(&Subject, &World) -> Vec<Hit>,
}

/// Every rule: what keeps a file from loading first, what a reader may want to know last.
pub static RULES: &[&Rule] = &[
    &not_examined::RULE,
    &ambiguous_archive::RULE,
    &platform_tag_mismatch::RULE,
    &invalid_wheel_tag::RULE,
    &interpreter_not_in_tables::RULE,
    &platform_not_in_tables::RULE,
    &wheel_metadata_mismatch::RULE,
    &record_mismatch::RULE,
    &none_tag_with_extension::RULE,
    &suffix_tag_mismatch::RULE,
    &suffix_not_searched::RULE,
    &untagged_suffix::RULE,
    &not_a_library::RULE,
    &missing_init_symbol::RULE,
    &init_name_mismatch::RULE,
    &wrong_era_init::RULE,
    &missing_library::RULE,
    &undefined_symbol::RULE,
    &glibc_private::RULE,
    &page_alignment::RULE,
    &abi_flags_mismatch::RULE,
    &abi3_version_too_low::RULE,
    &unstable_import_under_abi3::RULE,
    &private_import::RULE,
    &ucs_width_mismatch::RULE,
    &free_threaded_mismatch::RULE,
    &debug_abi_import::RULE,
    &moduledef_layout_mismatch::RULE,
    &pymoduledef_under_abi3t::RULE,
    &unknown_slot_id::RULE,
    &abi_info_disagrees::RULE,
    &method_flags_unsupported::RULE,
    &built_for_another_version::RULE,
    &inlined_layout_under_abi3::RULE,
    &full_api_under_abi3::RULE,
    &symbol_capture::RULE,
    &libpython_not_linked::RULE,
    &links_libpython::RULE,
    &wrong_python_dll::RULE,
    &glibc_too_new::RULE,
    &musl_too_new::RULE,
    &gil_not_declared::RULE,
    &pre_release_abi::RULE,
    &cpu_feature_above_tag::RULE,
    &isa_level_above_tag::RULE,
    &executable_stack::RULE,
    &static_tls::RULE,
    &text_relocations::RULE,
    &build_path_in_rpath::RULE,
    &ssize_t_clean::RULE,
    &native_in_purelib::RULE,
    &single_phase_init::RULE,
    &no_subinterpreter_support::RULE,
    &header_refused::RULE,
];

/// A rule with its page, whose name is its id. One that came after the first version says since when it is there.
macro_rules! rule {
    ($id:literal, $severity:ident, $summary:literal) => {
        rule!($id, $severity, $summary, since "0.1.0");
    };
    ($id:literal, $severity:ident, $summary:literal, since $since:literal) => {
        rule!(@ $id, $severity, $summary, $since, false);
    };
    ($id:literal, $severity:ident, $summary:literal, on request) => {
        rule!(@ $id, $severity, $summary, "0.1.0", true);
    };
    (@ $id:literal, $severity:ident, $summary:literal, $since:literal, $on_request:literal) => {
        pub(super) const RULE: $crate::rules::Rule = $crate::rules::Rule {
            id: $id,
            severity: soabi_core::Severity::$severity,
            summary: $summary,
            since: $since,
            on_request: $on_request,
            docs: include_str!(concat!(env!("SOABI_RULE_PAGES"), "/", $id, ".md")),
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
