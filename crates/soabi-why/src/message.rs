//! The causes that a text names: of one line, of a traceback, of a log.
//!
//! Every kind of message is looked for in the whole text. Where several are found, one that is only the consequence of
//! another (a failed import of NumPy's C API, a crash) goes behind it, then the surer one goes first, then the later one:
//! what stands last ended the program.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use soabi_core::PyVersion;
use soabi_report::why::{Cause, SymbolEntry};

use crate::clean::clean;
use crate::context::Context;
use crate::kind::{Form, KINDS, Kind, Rank};
use crate::symbol::{missing, symbol};
use crate::template::fill;
use crate::values::complete;

/// How many causes of one text are told.
const MOST_CAUSES: usize = 8;
/// How many places of one form are looked at: the last of them count.
const MOST_PLACES: usize = 64;
/// The longest text of a message in a report, in bytes.
const MOST_SAID: usize = 1024;

/// A place in the text where a form fits.
struct Found {
    kind: &'static Kind,
    form: &'static Form,
    span: Range<usize>,
    values: BTreeMap<String, String>,
}

/// The causes that a text names: the one that decides first, then the others in their order. Empty when no kind fits.
///
/// ```
/// let causes = soabi_why::message::causes("ImportError: /x/_spam.so: file too short");
/// assert_eq!(causes[0].kind, "file-truncated");
/// assert!(soabi_why::message::causes("all is well").is_empty());
/// ```
pub fn causes(text: &str) -> Vec<Cause> {
    causes_in(text, None)
}

/// The causes that a text names when Python `running` loads the module; where it is `None`, the text says which one does.
pub fn causes_in(text: &str, running: Option<PyVersion>) -> Vec<Cause> {
    let text = clean(text);
    let mut found: Vec<Found> = KINDS.iter().flat_map(|kind| places(kind, &text)).collect();
    found.sort_by_key(|found| (found.span.start, Reverse(found.span.end)));
    let found = without_the_covered(found);
    let mut causes: Vec<(Rank, Cause)> = Vec::new();
    for (at, place) in found.iter().enumerate() {
        // The same thing said twice counts where it is said last.
        if found[at + 1..].iter().any(|later| later.kind.id == place.kind.id && later.values == place.values)
        {
            continue;
        }
        let rank = place.kind.rank(place.form);
        let cause = cause(place, &text, running);
        causes.retain(|(_, other)| (&other.kind, &other.cause) != (&cause.kind, &cause.cause));
        causes.push((rank, cause));
    }
    let decides = (0..causes.len()).max_by_key(|&at| (causes[at].0, causes[at].1.confidence, at));
    let Some(decides) = decides else { return Vec::new() };
    let (rank, first) = causes.remove(decides);
    // What is only general says nothing beside the rest.
    causes.retain(|(other, _)| *other > Rank::Weak || rank == Rank::Weak);
    let skipped = causes.len().saturating_sub(MOST_CAUSES - 1);
    std::iter::once(first).chain(causes.into_iter().skip(skipped).map(|(_, cause)| cause)).collect()
}

/// The places where a kind's forms fit, the last ones of many.
fn places<'a>(kind: &'static Kind, text: &'a str) -> impl Iterator<Item = Found> + use<'a> {
    kind.forms.iter().flat_map(move |form| {
        let regex = form.regex();
        let all: Vec<_> = if regex.is_match(text) { regex.captures_iter(text).collect() } else { Vec::new() };
        let skipped = all.len().saturating_sub(MOST_PLACES);
        let found = all.into_iter().skip(skipped).filter_map(move |captures| {
            let named = regex.capture_names().flatten();
            let values =
                named.filter_map(|name| Some((name.to_owned(), captures.name(name)?.as_str().to_owned())));
            Some(Found { kind, form, span: captures.get(0)?.range(), values: values.collect() })
        });
        found.collect::<Vec<_>>()
    })
}

/// Of places that overlap, those that no other one goes before: of one kind the first form, of two kinds the one that the
/// other yields to.
fn without_the_covered(found: Vec<Found>) -> Vec<Found> {
    let mut kept: Vec<Found> = Vec::new();
    let overlap = |a: &Found, b: &Found| a.span.start < b.span.end && b.span.start < a.span.end;
    for next in found {
        // Sorted by where they begin: only the last ones can reach here.
        let near = kept.len().saturating_sub(KINDS.len());
        let yields = |one: &Found, other: &Found| {
            let listed = one.kind.yields_to.iter().any(|id| id == other.kind.id);
            let general = one.kind.rank(one.form) == Rank::Weak && other.kind.rank(other.form) > Rank::Weak;
            listed || (general && one.kind.id != other.kind.id)
        };
        let same = |other: &Found| other.kind.id == next.kind.id;
        if kept[near..]
            .iter()
            .any(|other| overlap(other, &next) && (yields(&next, other) || is_first(other, &next)))
        {
            continue;
        }
        let mut index = near;
        while index < kept.len() {
            let goes = overlap(&kept[index], &next) && (yields(&kept[index], &next) || same(&kept[index]));
            if goes {
                kept.remove(index);
            } else {
                index += 1;
            }
        }
        kept.push(next);
    }
    kept
}

/// Whether `one` and `other` are of one kind, and `one`'s form stands first in its file.
fn is_first(one: &Found, other: &Found) -> bool {
    let position = |found: &Found| found.kind.forms.iter().position(|form| std::ptr::eq(form, found.form));
    one.kind.id == other.kind.id && position(one) <= position(other)
}

fn cause(found: &Found, text: &str, running: Option<PyVersion>) -> Cause {
    let words = around(text, &found.span);
    let mut context = Context::of(words, text);
    context.running = running.or(context.running);
    let mut values = complete(found.values.clone(), &context);
    let named = values.get("symbol").filter(|_| found.kind.by_symbol || is_of_a_build(found.kind.id));
    let entry = named.map(|name| symbol_in(name, words));
    let mut kind = found.kind;
    if let Some(entry) = entry.as_ref().filter(|_| found.kind.by_symbol) {
        let version = values.get("version").map(String::as_str);
        let library = values.get("library-path").map(String::as_str);
        let missing = missing(entry, &context, version, library);
        kind = Kind::find(missing.kind).unwrap_or(found.kind);
        values.extend(missing.values.into_iter().map(|(name, value)| (name.to_owned(), value)));
        about_the_symbol(entry, &mut values);
    }
    if kind.id == "python-not-linked" && !entry.as_ref().is_some_and(is_in_every_python) {
        kind = Kind::find("build-c-api").unwrap_or(kind);
    }
    if let Some(words) = entry.as_ref().and_then(|entry| entry.exported_in_words.as_ref()) {
        values.insert("exported-words".to_owned(), format!("; {words} exports it"));
    }
    let form = std::ptr::eq(kind, found.kind).then_some(found.form);
    let filled = |template: &str| sentence(&fill(template, &values));
    let instead = entry.as_ref().and_then(|entry| entry.instead.as_ref());
    let instead = instead.filter(|_| kind.id.starts_with("capi-") && kind.id != "capi-not-visible");
    let mut references = kind.see.clone();
    references.extend(entry.as_ref().and_then(|entry| entry.reference.clone()));
    Cause {
        kind: kind.id.to_owned(),
        title: kind.title.clone(),
        confidence: form.and_then(|form| form.confidence).unwrap_or(kind.confidence),
        line: text[..found.span.start].matches('\n').count() + 1,
        says: limited(text[found.span.clone()].trim()),
        cause: filled(kind.cause(form)),
        notes: context.mismatch().into_iter().collect(),
        actions: (kind
            .actions(form)
            .iter()
            .map(|action| fill(action.strip_prefix("or ").unwrap_or(action), &values)))
        .chain(instead.map(|name| format!("authors: use {name} instead")))
        .collect(),
        rule: kind.rule.clone(),
        references,
        values: values.into_iter().map(|(name, value)| (name, limited(&value))).collect(),
        symbol: entry,
    }
}

/// Whether messages of this kind come from a compiler or a linker, and name a symbol of Python.
fn is_of_a_build(kind: &str) -> bool {
    matches!(kind, "build-c-api" | "python-not-linked")
}

/// Whether a symbol is no reason why a link with any Python could fail.
fn is_in_every_python(entry: &SymbolEntry) -> bool {
    entry.exported_in_words.as_ref().is_some_and(|words| words.starts_with("every CPython"))
}

/// The values that sentences about a symbol ask for.
fn about_the_symbol(entry: &SymbolEntry, values: &mut BTreeMap<String, String>) {
    let mut put = |name: &str, value: String| values.insert(name.to_owned(), value);
    put("symbol", entry.name.clone());
    if let Some(words) = &entry.exported_in_words {
        let mut chars = words.chars();
        let capital: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
        put("exported", words.clone());
        put("Exported", capital);
    }
    if let Some(origin) = &entry.origin {
        put("came", format!(" (from {origin})"));
    }
}

/// The symbol that a message names. Mach-O puts an underscore before every name, which patterns take away; what is left
/// is looked up as it is there.
fn symbol_in(name: &str, words: &str) -> SymbolEntry {
    let entry = symbol(name);
    let is_macos =
        words.contains("dlopen(") || words.contains("Referenced from") || words.contains("flat namespace");
    match name.strip_prefix('_') {
        // A message may say the name of the C source.
        Some(_) if is_macos && entry.owner.is_none() => symbol(&format!("_{name}")),
        _ => entry,
    }
}

/// The lines that a place is in: no more than some hundred bytes of each side of it.
fn around<'a>(text: &'a str, span: &Range<usize>) -> &'a str {
    const MORE: usize = 512;
    let line_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[span.end..].find('\n').map_or(text.len(), |at| span.end + at);
    let start = text.ceil_char_boundary(line_start.max(span.start.saturating_sub(MORE)));
    let end = text.floor_char_boundary(line_end.min(span.end + MORE));
    &text[start..end]
}

fn limited(text: &str) -> String {
    text[..text.floor_char_boundary(MOST_SAID)].to_owned()
}

/// A sentence begins with a capital letter, unless it begins with a name.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use proptest::prelude::*;
    use soabi_report::why::Confidence;

    use super::*;

    fn first(text: &str) -> Option<Cause> {
        causes(text).into_iter().next()
    }

    fn kind(text: &str) -> Option<String> {
        first(text).map(|cause| cause.kind)
    }

    /// Each kind's messages are of it, and its near misses are not.
    #[test]
    fn messages_of_every_kind() {
        let mut wrong = String::new();
        for this in KINDS.iter() {
            for message in &this.tests.yes {
                let kind = kind(message);
                if kind.as_deref() != Some(this.id) {
                    let _ = writeln!(wrong, "{} and not {}: {message}", kind.unwrap_or_default(), this.id);
                }
                let kind = self::kind(&format!("before\n{message}\nbehind\n"));
                if kind.as_deref() != Some(this.id) {
                    let _ = writeln!(
                        wrong,
                        "in a log {} and not {}: {message}",
                        kind.unwrap_or_default(),
                        this.id
                    );
                }
            }
            for message in &this.tests.no {
                if kind(message).as_deref() == Some(this.id) {
                    let _ = writeln!(wrong, "{} is not: {message}", this.id);
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    /// No sentence has a hole in it.
    #[test]
    fn sentences_are_whole() {
        for this in KINDS.iter() {
            for message in &this.tests.yes {
                for cause in causes(message) {
                    for text in std::iter::once(&cause.cause).chain(&cause.actions) {
                        let bad = ["``", "  ", "( ", " ,", "{"];
                        assert!(!bad.iter().any(|bad| text.contains(bad)), "{}: {text}", this.id);
                    }
                }
            }
        }
    }

    #[test]
    fn of_a_chain_the_cause_goes_first() {
        let text = "Traceback (most recent call last):\n  File \"/x/python3.11/site-packages/numpy/__init__.py\", line 1\n\
                    ImportError: libopenblas.so.0: cannot open shared object file: No such file or directory\n\n\
                    The above exception was the direct cause of the following exception:\n\n\
                    ImportError: numpy.core.multiarray failed to import\n";
        let causes = causes(text);
        let kinds: Vec<&str> = causes.iter().map(|cause| cause.kind.as_str()).collect();
        assert_eq!(kinds, ["library-missing", "numpy-multiarray"]);
        assert_eq!(causes[0].line, 3);
    }

    #[test]
    fn the_interpreter_that_is_asked_about_decides() {
        let kind =
            |running| causes_in("/x/a.so: undefined symbol: _PyUnicode_Ready", Some(running)).remove(0).kind;
        assert_eq!(kind(PyVersion::new(3, 11)), "capi-not-visible");
        assert_eq!(kind(PyVersion::new(3, 12)), "capi-private-removed");
    }

    #[test]
    fn of_two_the_last_counts() {
        let text = "/x/a.so: undefined symbol: spam_one\n/x/b.so: undefined symbol: spam_two\n";
        assert_eq!(first(text).unwrap().values["symbol"], "spam_two");
    }

    #[test]
    fn a_message_that_a_terminal_has_broken() {
        let text = "E   A module that was compiled using NumPy 1.x cannot be run in\nE   NumPy 2.2.6 as it may crash.";
        assert_eq!(kind(text).as_deref(), Some("numpy-two"));
        let text = "ImportError: /x/a.so: undefined\nsymbol: _PyGen_Send";
        assert_eq!(kind(text).as_deref(), Some("capi-private-removed"));
    }

    #[test]
    fn nothing_is_said_of_what_is_not_known() {
        for text in ["", "\n", "hello", "Traceback (most recent call last):", "ValueError: spam", "\0\x1b[2J"]
        {
            assert_eq!(causes(text), Vec::new(), "{text:?}");
        }
    }

    /// A text of a megabyte that is all of one message, or begins a message over and over, takes no more than its length.
    #[test]
    fn long_texts() {
        for part in [
            "/x/a.so: undefined symbol: _PyGen_Send\n",
            "Symbol not found: _a Referenced from: ",
            "[[((''``",
            "No module named 'x._y' ",
            "aaaaaaaaaaaaaaaa",
            "tried: '/x (mach-o file, but is an incompatible architecture (have ",
        ] {
            let text = part.repeat((1 << 18) / part.len());
            let causes = causes(&text);
            assert!(causes.len() <= MOST_CAUSES, "{part}");
            assert!(causes.iter().all(|cause| cause.says.len() <= MOST_SAID), "{part}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn any_text(before in "(?s).{0,80}", after in "(?s).{0,80}") {
            let text = format!("{before}\n/x/a.so: file too short\n{after}");
            prop_assert!(causes(&text).iter().any(|cause| cause.kind == "file-truncated"));
        }
    }

    #[test]
    fn confidence_orders_causes() {
        assert!(Confidence::Certain > Confidence::Likely && Confidence::Likely > Confidence::Possible);
    }
}
