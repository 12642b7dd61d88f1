//! What a report costs: its size does not grow with the names that a file lacks in every interpreter.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use rstest::rstest;
use soabi_core::EVIDENCE_LIMIT;
use soabi_report::audit::AuditReport;

use super::wheelhouse::{ARCH, SPAM, Wheelhouse};
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

/// A file needs three times its size of memory while it is read, and files up to 1 MiB are always read.
#[rstest]
#[case::small(1 << 20, "0", true)]
#[case::a_third_of_the_memory((1 << 20) + 1, "3145731", true)]
#[case::more_than_a_third((1 << 20) + 1, "3145730", false)]
#[case::with_a_unit((1 << 20) + 1, "4MB", true)]
fn files_that_need_more_memory_are_not_examined(
    #[case] size: usize,
    #[case] limit: &str,
    #[case] is_read: bool,
) {
    let house = Wheelhouse::new();
    let mut module = SPAM.compile();
    module.resize(size, 0);
    house.write("spam.abi3.so", &module);
    let wheel = house.wheel(&format!("cp38-abi3-linux_{ARCH}"), &[("spam.abi3.so", &module)]);
    for path in ["spam.abi3.so", &wheel] {
        let finished = soabi(house.path())
            .args(["audit", "--no-config", "--max-memory", limit, "--fail-on", "never", path])
            .run();
        let said = format!("{}{}", finished.stdout(), finished.stderr());
        assert_eq!(finished.code(), Some(if is_read { 0 } else { 2 }), "{said}");
        assert_eq!(said.contains(", and the limit is 1048576"), !is_read, "{said}");
    }
}

/// A native file can be as small as its name, and has its part of the report all the same.
#[test]
fn native_files_are_counted() {
    let house = Wheelhouse::new();
    let names: Vec<String> = (0..3000).map(|number| format!("spam{number:04}.abi3.so")).collect();
    let members: Vec<_> = names.iter().map(|name| (name.as_str(), &b"\x7fELF"[..])).collect();
    let wheel = house.wheel(&format!("cp38-abi3-manylinux_2_17_{ARCH}"), &members);
    let most = 2048 + usize::try_from(fs::metadata(house.path().join(&wheel)).unwrap().len() / 4096).unwrap();
    let report: AuditReport = audit(house.path(), &[&wheel]).json();
    let errors = &report.subjects[0].errors;
    assert_eq!(errors.len(), most + 1);
    let too_many = errors.iter().find(|error| error.object.as_deref() == Some(&names[most])).unwrap();
    let expected = format!(
        "not read, with {} native files behind it: the archive has more than {most}",
        names.len() - most - 1
    );
    assert!(too_many.message.contains(&expected), "{}", too_many.message);
}
