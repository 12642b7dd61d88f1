//! Policies: which hits become findings and which are ignored. The one place that decides it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use soabi_core::{Finding, Severity};

use crate::hit::Hit;
use crate::rules::{RULES, Rule};
use crate::subject::Subject;
use crate::world::World;

/// The id of a rule that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(&'static str);

impl RuleId {
    /// The id as text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Text that is no rule's id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule `{id}`; the nearest is `{nearest}`")]
pub struct UnknownRuleError {
    /// The text.
    pub id: String,
    /// The id that is most like it.
    pub nearest: &'static str,
}

/// Former ids of rules, which configurations may still have.
const RENAMED: [(&str, &str); 1] = [("irregular-member", "ambiguous-archive")];

impl FromStr for RuleId {
    type Err = UnknownRuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ids = || RULES.iter().map(|rule| rule.id);
        let nearest = || ids().min_by_key(|id| strsim::damerau_levenshtein(id, text)).unwrap_or_default();
        let id = RENAMED.iter().find(|(former, _)| *former == text).map_or(text, |(_, id)| id);
        let known = ids().find(|known| *known == id);
        known.map(Self).ok_or_else(|| UnknownRuleError { id: text.to_owned(), nearest: nearest() })
    }
}

/// Which rules run, and what is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The rules that run. `None` for all that do not wait for a request.
    pub select: Option<Vec<RuleId>>,
    /// What is ignored, and why.
    pub ignore: Vec<Ignore>,
    /// The severities of all findings of some rules, in place of the rules' own.
    pub severity: BTreeMap<RuleId, Severity>,
}

/// An ignored rule, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The rule.
    pub rule: RuleId,
    /// Why. The report quotes it.
    pub reason: String,
    /// The members that it is ignored for, each by its whole path; empty for all.
    pub objects: Vec<String>,
}

/// The result of the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The findings; the worst first, then in the order of the rules and of the objects.
    pub findings: Vec<Finding>,
    /// What is ignored, each with the reason.
    pub ignored: Vec<(Finding, String)>,
}

/// Runs the rules over a subject in a world.
pub fn audit(subject: &Subject, world: &World, policy: &Policy) -> Judgement {
    let mut judgement = Judgement::default();
    let selected = |rule: &&&Rule| match &policy.select {
        Some(ids) => ids.contains(&RuleId(rule.id)),
        None => !rule.on_request,
    };
    for rule in RULES.iter().filter(selected) {
        let mut hits = (rule.check)(subject, world);
        // The slices of a universal file say the same thing twice.
        hits.dedup();
        for hit in hits {
            let ignored = policy.ignore.iter().find(|ignore| ignore.covers(rule, &hit));
            let finding = finding(rule, hit, policy.severity.get(&RuleId(rule.id)).copied());
            match ignored {
                Some(ignore) => judgement.ignored.push((finding, ignore.reason.clone())),
                None => judgement.findings.push(finding),
            }
        }
    }
    judgement.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    judgement
}

impl Ignore {
    fn covers(&self, rule: &Rule, hit: &Hit) -> bool {
        let object = || hit.object.as_ref().is_some_and(|object| self.objects.contains(object));
        self.rule == RuleId(rule.id) && (self.objects.is_empty() || object())
    }
}

/// The finding of a hit, with the severity that the user wants, or the rule's.
fn finding(rule: &Rule, hit: Hit, wanted: Option<Severity>) -> Finding {
    let own = hit.severity.map_or(rule.severity, |severity| severity.min(rule.severity));
    Finding {
        rule: rule.id,
        severity: wanted.unwrap_or(own),
        object: hit.object,
        message: hit.message,
        evidence: hit.evidence,
        more: hit.more,
        help: hit.help,
    }
}
