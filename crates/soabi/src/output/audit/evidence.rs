//! The evidence of a finding in words.

use soabi_core::AbiTag;
use soabi_report::audit::FindingEntry;

use crate::output::columns::span;

/// What a finding says and what proves it, one line each: `symbols: PyType_Freeze (3.14)`. Of long lists the
/// first `most` names. Interpreters are left out: the message says them in words.
pub(super) fn lines(finding: &FindingEntry, most: usize) -> Vec<String> {
    let evidence = finding.evidence.iter().filter(|(what, _)| *what != "pythons");
    let evidence =
        evidence.map(|(what, list)| format!("{what}: {}", list_of_some(list, more(finding, what), most)));
    std::iter::once(finding.message.clone()).chain(evidence).collect()
}

/// The interpreters that a finding is about, in words. `None` where it names none.
pub(super) fn applies_to(finding: &FindingEntry, promised: &[AbiTag]) -> Option<String> {
    let pythons: Vec<AbiTag> =
        finding.evidence.get("pythons")?.iter().filter_map(|name| name.parse().ok()).collect();
    Some(span(&pythons, promised, false))
}

/// `a, b and 12 more`. One more than `most` is named rather than counted.
pub(super) fn list_of(list: &[String], most: usize) -> String {
    list_of_some(list, 0, most)
}

/// The same of a list from which the report leaves out `more`.
pub(super) fn list_of_some(list: &[String], more: usize, most: usize) -> String {
    if more == 0 && list.len() <= most.saturating_add(1) {
        return list.join(", ");
    }
    let shown = most.min(list.len());
    format!("{} and {} more", list[..shown].join(", "), list.len() - shown + more)
}

/// How much of its evidence a finding leaves out under a word.
pub(super) fn more(finding: &FindingEntry, what: &str) -> usize {
    finding.more.get(what).copied().unwrap_or_default()
}
