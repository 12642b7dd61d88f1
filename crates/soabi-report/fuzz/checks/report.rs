//! Any bytes are a report or an error, and a report that was read is written as it was read.

use serde::Serialize;
use serde::de::DeserializeOwned;
use soabi_report::audit::AuditReport;
use soabi_report::journal::AuditedSubject;
use soabi_report::journal::{Line, RunId, read};
use soabi_report::load::LoadReport;
use soabi_report::matrix::{CellEntry, MatrixReport};
use soabi_report::notes::NotesReport;
use soabi_report::pythons::PythonsReport;

pub(crate) fn check(bytes: &[u8]) {
    round_trip::<AuditReport>(bytes);
    round_trip::<LoadReport>(bytes);
    round_trip::<MatrixReport>(bytes);
    round_trip::<NotesReport>(bytes);
    round_trip::<PythonsReport>(bytes);
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if let Ok(Line::Run(run)) = serde_json::from_slice::<Line<CellEntry>>(first) {
        journal::<CellEntry>(bytes, &run);
        journal::<AuditedSubject>(bytes, &run);
    }
}

fn round_trip<T: DeserializeOwned + Serialize>(bytes: &[u8]) {
    let Ok(report) = serde_json::from_slice::<T>(bytes) else { return };
    let text = serde_json::to_string(&report).expect("a report is JSON");
    let again: T = serde_json::from_str(&text).expect("what was written is read");
    assert_eq!(serde_json::to_string(&again).expect("a report is JSON"), text);
}

/// What was cut off is not part of a journal, and all that comes before is.
fn journal<T: DeserializeOwned>(bytes: &[u8], run: &RunId) {
    let Ok(contents) = read::<T>(bytes, run) else { return };
    assert!(contents.length <= bytes.len());
    let whole = read::<T>(&bytes[..contents.length], run).expect("whole lines are a journal");
    assert_eq!((whole.done.len(), whole.length), (contents.done.len(), contents.length));
}
