//! `soabi why`: the cause of a failure, from an error message, the name of a symbol, or a file.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use soabi_audit::memory::Memory;
use soabi_audit::{Audit, Settings, inputs};
use soabi_core::foreign::from_bytes;
use soabi_core::{AbiTag, PredictionKind};
use soabi_report::WhyReport;
use soabi_report::why::{About, SCHEMA};
use soabi_why::{message, symbol};

use crate::cli::why::WhyArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::view::View;
use crate::{axis, output, ranges, readiness::Readiness};

/// How much of stdin is read. What ended a program stands at the end of its log; a longer one is cut by `tail`.
const MOST_INPUT: u64 = 64 << 20;
/// The longest text of a question in a report, in bytes.
const MOST_ASKED: usize = 1024;

/// Answers the question.
pub(crate) fn run(args: &WhyArgs, view: &View) -> Result<Exit, Error> {
    let report = match question(&args.question)? {
        Question::File(path) => of_file(&path, args)?,
        Question::Symbol(name) => of_symbol(&name, args)?,
        Question::Message(text) => of_message(&text, args)?,
    };
    output::report(&args.format.text(&report, view), &args.report, view)?;
    Ok(if !report.errors.is_empty() {
        Exit::CouldNot
    } else if !report.answered || report.given == Some(false) {
        Exit::Unexpected
    } else {
        Exit::Clean
    })
}

/// What is asked.
#[derive(Debug, PartialEq, Eq)]
enum Question {
    File(PathBuf),
    Symbol(String),
    Message(String),
}

/// A path that exists is a file. Of what else is one word, the name of a native file or a wheel is a file that is
/// missing, and the name of a symbol is one; everything else is a message.
fn question(words: &[OsString]) -> Result<Question, Error> {
    if let [only] = words {
        if only == "-" {
            return Ok(Question::Message(stdin()?));
        }
        let path = Path::new(only);
        if path.exists() {
            return Ok(Question::File(path.to_owned()));
        }
        let text = only.to_string_lossy();
        let is_named_so = [".so", ".pyd", ".dylib", ".dll", ".whl", ".egg", ".conda"];
        let is_one_word = !text.contains(char::is_whitespace) && !text.contains(": ");
        if is_one_word && is_named_so.iter().any(|ending| text.ends_with(ending)) {
            let source = fs::metadata(path).err().unwrap_or_else(|| io::ErrorKind::NotFound.into());
            return Err(Error::Read { path: path.to_owned(), source });
        }
        if symbol::is_name(&text) {
            return Ok(Question::Symbol(text.into_owned()));
        }
    }
    let words: Vec<String> = words.iter().map(|word| from_bytes(word.as_encoded_bytes())).collect();
    Ok(Question::Message(words.join(" ")))
}

fn stdin() -> Result<String, Error> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(MOST_INPUT).read_to_end(&mut bytes);
    read.map_err(|source| Error::Read { path: "-".into(), source })?;
    Ok(from_bytes(&bytes))
}

fn empty(about: About, asked: &str) -> WhyReport {
    WhyReport {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        tables: soabi_rules::tables::id().to_owned(),
        about,
        asked: asked[..asked.floor_char_boundary(MOST_ASKED)].to_owned(),
        answered: false,
        required: Vec::new(),
        given: None,
        causes: Vec::new(),
        symbol: None,
        modules: Vec::new(),
        nearest: Vec::new(),
        errors: Vec::new(),
    }
}

fn of_message(text: &str, args: &WhyArgs) -> Result<WhyReport, Error> {
    let (_, required) = axis::of_tables_and(&args.pythons, args.cache_dir.as_deref())?;
    let causes = message::causes_in(text, required.first().and_then(|python| python.python_version()));
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    Ok(WhyReport { answered: !causes.is_empty(), required, causes, ..empty(About::Message, first) })
}

fn of_symbol(name: &str, args: &WhyArgs) -> Result<WhyReport, Error> {
    let (axis, required) = axis::of_tables_and(&args.pythons, args.cache_dir.as_deref())?;
    let entry = symbol::symbol(name);
    let real = axis.pythons();
    let exports = |abi: &AbiTag| {
        let python = real.iter().find(|python| python.abi == *abi);
        python.is_some_and(|python| python.exports(&entry.name) == soabi_rules::tables::Exported::Yes)
    };
    let given = (!required.is_empty()).then(|| required.iter().all(exports));
    let answered = entry.owner.is_some();
    let causes =
        if answered { message::causes(&format!("undefined symbol: {}", entry.name)) } else { Vec::new() };
    let nearest =
        if answered { Vec::new() } else { symbol::nearest(name).into_iter().map(str::to_owned).collect() };
    Ok(WhyReport {
        answered,
        required,
        given,
        causes,
        nearest,
        symbol: Some(entry),
        ..empty(About::Symbol, name)
    })
}

fn of_file(path: &Path, args: &WhyArgs) -> Result<WhyReport, Error> {
    let (axis, required) = axis::of_tables_and(&args.pythons, args.cache_dir.as_deref())?;
    let audit = Audit { axis, settings: Settings::default(), cache: None, memory: Memory::default() };
    let found = inputs::find(&[path.to_owned()]);
    let mut audited = audit.report(&found, std::collections::BTreeMap::new(), &|_, _| {});
    audited.required.clone_from(&required);
    let modules = ranges::modules(&audited);
    let errors = audited.subjects.iter().flat_map(|subject| &subject.errors);
    let errors: Vec<String> = errors
        .map(|error| match &error.object {
            Some(member) => format!("{member}: {}", error.message),
            None => error.message.clone(),
        })
        .collect();
    let given = (!required.is_empty()).then(|| {
        let loads = |python: &AbiTag| {
            let ranges = modules.iter().flat_map(|module| &module.ranges);
            let mut of_it = ranges.filter(|range| range.pythons.contains(python));
            of_it.all(|range| range.expect == PredictionKind::Accept)
        };
        // A wheel has several files of one module, of which each interpreter imports its own.
        if modules.len() > 1 { Readiness::is_given(&audited) } else { required.iter().all(loads) }
    });
    let asked = from_bytes(path.as_os_str().as_encoded_bytes());
    Ok(WhyReport {
        answered: !modules.is_empty(),
        required,
        given,
        modules,
        errors,
        ..empty(About::File, &asked)
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn asked(words: &[&str]) -> Question {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        question(&words).unwrap()
    }

    #[rstest]
    #[case::file(&["Cargo.toml"], Question::File("Cargo.toml".into()))]
    #[case::symbol(&["_PyUnicode_Ready"], Question::Symbol("_PyUnicode_Ready".to_owned()))]
    #[case::message(&["x.so: file too short"], Question::Message("x.so: file too short".to_owned()))]
    #[case::words(&["undefined", "symbol:", "x"], Question::Message("undefined symbol: x".to_owned()))]
    #[case::nothing(&[""], Question::Message(String::new()))]
    #[case::two_words(&["_PyUnicode_Ready", "x"], Question::Message("_PyUnicode_Ready x".to_owned()))]
    fn questions(#[case] words: &[&str], #[case] expected: Question) {
        assert_eq!(asked(words), expected);
    }

    #[test]
    fn a_file_that_is_missing_is_no_symbol() {
        assert!(matches!(question(&["no-such.so".into()]), Err(Error::Read { .. })));
        assert!(matches!(question(&["no/such.whl".into()]), Err(Error::Read { .. })));
    }
}
