//! Journals: reports as they grow, one JSON line for each thing that finished.
//!
//! A journal begins with a line that says which run it is of; each cell or subject adds a line as it finishes. A
//! report is a fold over such lines, so a run that was killed is continued by reading its journal and doing the rest.
//! A line is whole or it does not count: the last line of a killed run may be cut off. Nothing is read or written
//! here.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::audit::SubjectEntry;

/// A line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line<T> {
    /// The first line: which run the journal is of.
    Run(RunId),
    /// Something that finished.
    Done(T),
}

/// What makes two runs the same: a journal is continued only by a run with the same id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunId {
    /// The schema of the report that the lines add up to.
    pub schema: String,
    /// The version of soabi.
    pub version: String,
    /// The id of the ABI tables.
    pub tables: String,
    /// A digest of everything else that the results depend on: plan, files, interpreters, options.
    pub digest: String,
}

/// A subject that was audited, with its position among the inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditedSubject {
    /// The position of its input.
    pub index: usize,
    /// Its entry.
    pub entry: SubjectEntry,
}

/// Why a journal cannot be continued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// It has no first line, or one that is not a journal's.
    #[error("it does not begin with the line of a run")]
    NoRun,
    /// It is of another run.
    #[error("it is of another run: other files, interpreters, options, or another version of soabi")]
    OtherRun,
    /// A line in the middle is damaged.
    #[error("line {line} is damaged: {why}")]
    Damaged {
        /// The line's number, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

/// What a journal of an interrupted run holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Contents<T> {
    /// What finished.
    pub done: Vec<T>,
    /// The length of the whole lines, in bytes: what comes after them was cut off and is overwritten.
    pub length: usize,
}

impl<T: Serialize> Line<T> {
    /// The line as text, with its line end.
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        let mut text = serde_json::to_string(self)?;
        text.push('\n');
        Ok(text)
    }
}

/// Reads the journal of the run `run`.
pub fn read<T: DeserializeOwned>(bytes: &[u8], run: &RunId) -> Result<Contents<T>, JournalError> {
    let length = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let mut lines =
        bytes[..length].split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
    let first = lines.next().and_then(|(_, line)| serde_json::from_slice::<Line<T>>(line).ok());
    match first {
        Some(Line::Run(found)) if found == *run => {}
        Some(Line::Run(_)) => return Err(JournalError::OtherRun),
        Some(Line::Done(_)) | None => return Err(JournalError::NoRun),
    }
    let mut done = Vec::new();
    for (index, line) in lines {
        let damaged = |why: String| JournalError::Damaged { line: index + 1, why };
        match serde_json::from_slice(line).map_err(|error| damaged(error.to_string()))? {
            Line::Done(item) => done.push(item),
            Line::Run(_) => return Err(damaged("a second run begins".to_owned())),
        }
    }
    Ok(Contents { done, length })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn run(digest: &str) -> RunId {
        RunId {
            schema: "soabi/matrix/v1".to_owned(),
            version: "0.1.0".to_owned(),
            tables: "ab".to_owned(),
            digest: digest.to_owned(),
        }
    }

    fn journal(items: &[u32]) -> String {
        let lines = items.iter().map(|item| Line::Done(*item));
        std::iter::once(Line::Run(run("a"))).chain(lines).map(|line| line.to_text().unwrap()).collect()
    }

    #[test]
    fn a_whole_journal() {
        let text = journal(&[3, 1, 2]);
        assert_eq!(
            read(text.as_bytes(), &run("a")),
            Ok(Contents { done: vec![3, 1, 2], length: text.len() })
        );
    }

    #[rstest]
    #[case::empty("", JournalError::NoRun)]
    #[case::cut_in_the_first_line("{\"run\":{\"sch", JournalError::NoRun)]
    #[case::not_a_journal("hello\n", JournalError::NoRun)]
    fn not_journals(#[case] text: &str, #[case] error: JournalError) {
        assert_eq!(read::<u32>(text.as_bytes(), &run("a")), Err(error));
    }

    #[test]
    fn the_journal_of_another_run() {
        assert_eq!(read::<u32>(journal(&[1]).as_bytes(), &run("b")), Err(JournalError::OtherRun));
    }

    #[test]
    fn damage_in_the_middle_is_an_error() {
        let text = journal(&[1, 2]).replace("{\"done\":1}", "{\"done\":");
        let error = read::<u32>(text.as_bytes(), &run("a")).unwrap_err();
        assert!(matches!(error, JournalError::Damaged { line: 2, .. }), "{error}");
    }

    proptest! {
        /// Cut anywhere behind its first line, a journal has the items of its whole lines and no others.
        #[test]
        fn a_cut_journal_keeps_its_whole_lines(items in prop::collection::vec(any::<u32>(), 0..20), cut in 0usize..400) {
            let text = journal(&items);
            let first = text.find('\n').unwrap() + 1;
            let cut = (first + cut).min(text.len());
            let whole = text[first..cut].matches('\n').count();
            let contents = read::<u32>(&text.as_bytes()[..cut], &run("a")).unwrap();
            prop_assert_eq!(&contents.done[..], &items[..whole]);
            prop_assert!(text[..contents.length].ends_with('\n'));
        }

        #[test]
        fn any_bytes_are_a_journal_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read::<u32>(&bytes, &run("a"));
        }
    }
}
