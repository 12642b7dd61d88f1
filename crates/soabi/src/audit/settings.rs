//! What the user wants to hear: the command line and the environment over the project's file.

use std::path::Path;

use soabi_core::Severity;
use soabi_rules::{Ignore, Policy, RuleId, Subject};

use crate::audit::config::{Config, ConfigFileError, IgnoreEntry, nearest, of_file};
use crate::cli::AuditArgs;

/// The reason of a rule that is ignored without writing one down.
const ON_THE_COMMAND_LINE: &str = "ignored on the command line";

/// The wishes, all sources brought together.
#[derive(Debug)]
pub(crate) struct Settings {
    select: Option<Vec<RuleId>>,
    ignore: Vec<IgnoreEntry>,
    /// The least severity that makes the audit fail.
    pub(crate) fail_on: Option<Severity>,
}

impl Settings {
    /// What `args` and the file say. `--select` and `--fail-on` take the place of what the file says; what is
    /// ignored is ignored in addition, because the file's reasons are still good.
    pub(crate) fn of(args: &AuditArgs) -> Result<Self, ConfigFileError> {
        let config = config(args)?;
        let on_the_command_line = args.ignore.iter().map(|rule| IgnoreEntry {
            rule: *rule,
            object: None,
            reason: ON_THE_COMMAND_LINE.to_owned(),
        });
        Ok(Self {
            select: if args.select.is_empty() { config.select } else { Some(args.select.clone()) },
            ignore: config.ignore.into_iter().chain(on_the_command_line).collect(),
            fail_on: args.fail_on.or(config.fail_on).unwrap_or_default().severity(),
        })
    }

    /// The wishes for one subject: patterns become the paths that they match there.
    pub(crate) fn policy(&self, path: &Path, subject: &Subject) -> Policy {
        let ignore = self.ignore.iter().filter_map(|entry| entry_for(entry, path, subject)).collect();
        Policy { select: self.select.clone(), ignore, ..Policy::default() }
    }
}

fn config(args: &AuditArgs) -> Result<Config, ConfigFileError> {
    if args.no_config {
        return Ok(Config::default());
    }
    match &args.config {
        Some(path) => Ok(of_file(path)?.unwrap_or_default()),
        None => nearest(&std::env::current_dir().unwrap_or_default()),
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
        return pattern.matches_path(path).then(|| ignore(Vec::new()));
    }
    let objects: Vec<String> =
        members.into_iter().filter(|member| pattern.matches(member)).cloned().collect();
    (!objects.is_empty()).then(|| ignore(objects))
}
