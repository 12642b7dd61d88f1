//! Which rules run and what is ignored: the caller's choice over the project's configuration.

use std::collections::BTreeMap;
use std::path::Path;

use soabi_core::Severity;
use soabi_rules::{Ignore, Policy, RuleId, Subject};

use crate::config::{Config, IgnoreEntry};

/// The reason of a rule that is ignored on the command line, which has no place for one.
const ON_THE_COMMAND_LINE: &str = "ignored on the command line";

/// The settings of an audit, all sources merged.
#[derive(Debug)]
pub struct Settings {
    select: Option<Vec<RuleId>>,
    ignore: Vec<IgnoreEntry>,
    severity: BTreeMap<RuleId, Severity>,
    /// The least severity that makes the audit fail. `None` when no finding does.
    pub fail_on: Option<Severity>,
}

impl Default for Settings {
    /// Every rule, nothing ignored, errors fail.
    fn default() -> Self {
        Self::of(Config::default(), &[], &[], None)
    }
}

impl Settings {
    /// Merges the configuration and the command line. `select` and `fail_on` replace what the file says; `ignore`
    /// adds to it.
    pub fn of(
        config: Config,
        select: &[RuleId],
        ignore: &[RuleId],
        fail_on: Option<crate::config::FailOn>,
    ) -> Self {
        let on_the_command_line = ignore.iter().map(|rule| IgnoreEntry {
            rule: *rule,
            object: None,
            reason: ON_THE_COMMAND_LINE.to_owned(),
        });
        Self {
            select: if select.is_empty() { config.select } else { Some(select.to_vec()) },
            ignore: config.ignore.into_iter().chain(on_the_command_line).collect(),
            severity: config.severity,
            fail_on: fail_on.or(config.fail_on).unwrap_or_default().severity(),
        }
    }

    /// The policy for one subject: patterns become the paths that they match there.
    pub(crate) fn policy(&self, path: &Path, subject: &Subject) -> Policy {
        let ignore = self.ignore.iter().filter_map(|entry| entry_for(entry, path, subject)).collect();
        Policy { select: self.select.clone(), ignore, severity: self.severity.clone() }
    }
}

/// `None` where the pattern matches nothing in this subject. A file that is the subject itself is matched by
/// its own path.
fn entry_for(entry: &IgnoreEntry, path: &Path, subject: &Subject) -> Option<Ignore> {
    let ignore = |objects| Ignore { rule: entry.rule, reason: entry.reason.clone(), objects };
    let Some(pattern) = &entry.object else { return Some(ignore(Vec::new())) };
    let read = subject.objects.iter().map(|object| &object.member);
    let unread = subject.unread.iter().map(|unread| &unread.member);
    let members: Vec<&String> = read.chain(unread).flatten().collect();
    if members.is_empty() {
        return pattern.is_match(path).then(|| ignore(Vec::new()));
    }
    let objects: Vec<String> =
        members.into_iter().filter(|member| pattern.is_match(member)).cloned().collect();
    (!objects.is_empty()).then(|| ignore(objects))
}
