//! `soabi abi3audit`: the command line, the report and the exit codes of abi3audit, with soabi's judgement.
//!
//! 0: nothing is wrong, 1: something is, or could not be audited, 2: the command line is wrong. A file without a baseline
//! is told of, and a failure with `--strict` alone, as it is there.

use std::collections::BTreeMap;
use std::path::Path;

use soabi_audit::abi3audit::{Asked, Spec, Unanswered, ask, claims_stable_abi};
use soabi_core::foreign::from_bytes;
use soabi_report::abi3audit::{Abi3AuditReport, FileEntry, FileResult, SpecEntry};

use crate::cli::abi3audit::Abi3AuditArgs;
use crate::cli::options::ReportOptions;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::abi3audit as words;
use crate::output::view::View;
use crate::requirement::Requirement;
use crate::{destination, output, sources};

/// The version of abi3audit whose command line and report these are, and that of soabi.
pub(crate) const VERSION: &str = concat!("0.0.26 (soabi ", env!("CARGO_PKG_VERSION"), ")");

/// Audits what the user names.
pub(crate) fn run(args: &Abi3AuditArgs, view: &View) -> Result<Exit, Error> {
    let mut specs = Vec::new();
    for text in &args.specs {
        match Spec::parse(text, args.assume_minimum_abi3) {
            Ok(found) => specs.extend(found),
            Err(error) => {
                say(&words::refused(view, &error.to_string()));
                return Ok(Exit::Unexpected);
            }
        }
    }
    let output = args.output.as_deref().filter(|_| args.report);
    destination::check(output, specs.iter().filter_map(path_of))?;
    let mut run = Run { args, view, report: Abi3AuditReport::default(), passed: true };
    for spec in &specs {
        if let Err(exit) = run.spec(spec) {
            return Ok(exit);
        }
    }
    if args.report {
        let text = output::text::json_line(&run.report);
        output::deliver(&text, &ReportOptions { output: args.output.clone() })?;
    }
    Ok(if run.passed { Exit::Clean } else { Exit::Unexpected })
}

fn path_of(spec: &Spec) -> Option<&Path> {
    match spec {
        Spec::Wheel(path) | Spec::Object(path) => Some(path),
        Spec::Package(_) => None,
    }
}

/// The spec as the user wrote it, as text of the report.
fn name_of(spec: &Spec) -> String {
    match spec {
        Spec::Wheel(path) | Spec::Object(path) => from_bytes(path.as_os_str().as_encoded_bytes()),
        Spec::Package(text) => text.clone(),
    }
}

/// abi3audit tells people on stderr, and leaves stdout to the report.
fn say(text: &str) {
    anstream::eprint!("{text}");
}

struct Run<'a> {
    args: &'a Abi3AuditArgs,
    view: &'a View,
    report: Abi3AuditReport,
    passed: bool,
}

impl Run<'_> {
    /// Audits one spec. The exit code, where the run ends with it.
    fn spec(&mut self, spec: &Spec) -> Result<(), Exit> {
        if self.args.debug {
            let words = format!("auditing {spec}, by the tables {}", soabi_rules::tables::id());
            say(&words::debug(self.view, &words));
        }
        let entry = match spec {
            Spec::Wheel(path) => Some(SpecEntry::Wheel { wheel: self.path(path, true)? }),
            Spec::Object(path) => self.path(path, false)?.pop().map(|object| SpecEntry::Object { object }),
            Spec::Package(text) => Some(SpecEntry::Package { package: self.package(text)? }),
        };
        self.report.specs.extend(entry.map(|entry| (name_of(spec), entry)));
        Ok(())
    }

    /// The wheels of a package that claim a stable ABI, of those that are fetched for this machine's kind of system.
    fn package(&mut self, text: &str) -> Result<BTreeMap<String, Vec<FileEntry>>, Exit> {
        let refused = |why: &str, hint: Option<&str>| {
            say(&words::refused(self.view, why));
            if let Some(hint) = hint {
                say(&words::hint(self.view, hint));
            }
            Exit::Unexpected
        };
        let wanted = Requirement::parse(text).ok_or_else(|| {
            let why = format!("'{text}' does not look like a valid wheel, shared object, or package name");
            refused(&why, Some("a package is NAME, for its newest release, or NAME==VERSION"))
        })?;
        let wheels = sources::fetch(&wanted, None, self.view)
            .map_err(|error| refused(&error.to_string(), error.hint().as_deref()))?;
        let mut package = BTreeMap::new();
        for wheel in wheels {
            let name = wheel.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if claims_stable_abi(&name) {
                package.insert(name, self.path(&wheel, true)?);
            }
        }
        if package.is_empty() {
            say(&words::nothing(self.view, text));
        }
        Ok(package)
    }

    /// Audits the native files of a wheel, or a native file. The exit code, where the run ends with it.
    fn path(&mut self, path: &Path, is_wheel: bool) -> Result<Vec<FileEntry>, Exit> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let within = if is_wheel { name.as_str() } else { "" };
        let asked = ask(path, self.args.assume_minimum_abi3).map_err(|why| {
            say(&words::refused(self.view, &why));
            Exit::Unexpected
        })?;
        if let Some(exit) = self.files(within, &asked) {
            return Err(exit);
        }
        self.summarize(&name, &path.to_string_lossy(), &asked);
        Ok(asked.iter().filter_map(Asked::entry).collect())
    }

    /// Tells of the files. The exit code, where one of them ends the run.
    fn files(&mut self, within: &str, asked: &[Asked]) -> Option<Exit> {
        for file in asked {
            let name = if within.is_empty() { file.name.clone() } else { format!("{within}: {}", file.name) };
            match &file.answer {
                Ok(result) => {
                    self.passed &= result.passes();
                    if self.view.verbosity > 0 && !result.passes() {
                        say(&words::violations(self.view, &name, result));
                    }
                }
                Err(why) => {
                    // abi3audit ends with a traceback where a file cannot be read, and with 1.
                    self.passed &= *why == Unanswered::NoBaseline;
                    say(&words::unanswered(self.view, &name, &why.to_string()));
                    if self.args.strict {
                        return Some(Exit::Unexpected);
                    }
                }
            }
        }
        None
    }

    fn summarize(&self, name: &str, spec: &str, asked: &[Asked]) {
        let results: Vec<&FileResult> = asked.iter().filter_map(|file| file.answer.as_ref().ok()).collect();
        let is_wanted = self.args.summary || self.view.verbosity > 0;
        if results.is_empty() {
            say(&words::nothing(self.view, spec));
        } else if is_wanted || results.iter().any(|result| !result.passes()) {
            say(&words::summary(self.view, name, &results));
        }
    }
}
