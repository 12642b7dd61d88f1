//! What a report costs: its size does not grow with the names that a file lacks in every interpreter.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use rstest::rstest;
use soabi_core::EVIDENCE_LIMIT;
use soabi_report::audit::AuditReport;

use super::wheelhouse::{ARCH, Wheelhouse};
use super::{audit, soabi};

/// A wheel with a module for every Python from 3.8 on that imports so many names that no Python has.
fn wheel(house: &Wheelhouse, names: usize) -> String {
    let mut source = ".globl PyInit_spam\nPyInit_spam:\n.data\n".to_owned();
    for number in 0..names {
        let _ = writeln!(source, ".quad PyMissing_{number:06}");
    }
    let (source, object) = (house.write("spam.s", source.as_bytes()), house.path().join("spam.abi3.so"));
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-nostdlib", "-Wl,--build-id=none", "-o"]).arg(&object).arg(source);
    assert!(cc.status().unwrap().success());
    house.wheel(&format!("cp38-abi3-manylinux_2_17_{ARCH}"), &[("spam.abi3.so", &fs::read(object).unwrap())])
}

#[rstest]
#[case::all_fit(EVIDENCE_LIMIT, 0)]
#[case::one_does_not(EVIDENCE_LIMIT + 1, 1)]
#[case::most_do_not(20_000, 20_000 - EVIDENCE_LIMIT)]
fn long_lists_are_cut_and_counted(#[case] names: usize, #[case] more: usize) {
    let house = Wheelhouse::new();
    let wheel = wheel(&house, names);
    let report: AuditReport = audit(house.path(), &[&wheel]).json();
    let [subject] = &report.subjects[..] else { panic!("{report:#?}") };
    let findings = subject.findings.iter().filter(|finding| finding.evidence.contains_key("symbols"));
    let listed: Vec<_> = findings
        .map(|finding| (finding.evidence["symbols"].len(), finding.more.get("symbols").copied().unwrap_or(0)))
        .collect();
    assert!(!listed.is_empty(), "{report:#?}");
    assert!(listed.iter().all(|list| *list == (EVIDENCE_LIMIT, more)), "{listed:?}");
    for prediction in &subject.objects[0].predictions {
        assert_eq!((prediction.missing.len(), prediction.missing_more), (EVIDENCE_LIMIT, more));
    }
    // People are given the whole number, however many names the report has.
    let said =
        soabi(house.path()).env("COLUMNS", "200").args(["audit", "--no-config", &wheel]).run().stdout();
    let counted = format!("PyMissing_000005 and {} more", names - 6);
    assert!(said.contains(&counted), "{said}");
}

#[test]
fn the_report_does_not_grow_with_the_names() {
    let sizes = [1_000, 20_000].map(|names| {
        let house = Wheelhouse::new();
        let wheel = wheel(&house, names);
        ["json", "sarif", "human", "junit", "markdown", "github"].map(|format| {
            let soabi = soabi(house.path()).args(["audit", "--no-config", "--format", format, &wheel]);
            soabi.run().bytes().len()
        })
    });
    for (few, many) in sizes[0].into_iter().zip(sizes[1]) {
        // The counts have a digit more each.
        assert!(few > 0 && many < few + few / 10, "{sizes:?}");
    }
}
