//! Every rule over every fixture, and every rule's file, page and fixtures under one name.

#![expect(clippy::disallowed_methods, reason = "a test that reads its fixtures; the crate reads no file")]
#![expect(clippy::unwrap_used, reason = "a test that cannot read its own fixture has to stop")]

mod fixture;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rstest::rstest;
use soabi_core::{Finding, Severity};
use soabi_object::{Arch, Format};
use soabi_rules::{Exports, Ignore, Judgement, Libc, Platform, Policy, Python, RULES, Rule, World, audit};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");

fn stems(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

fn findings(path: &Path) -> Judgement {
    judged(path, &Policy::default())
}

fn judged(path: &Path, policy: &Policy) -> Judgement {
    audit(&fixture::parse(&fs::read_to_string(path).unwrap()), &World::default(), policy)
}

/// `fires*.toml` is what the rule is for, `silent*.toml` is just beyond its boundary.
#[rstest]
fn each_rule_knows_its_own(#[files("fixtures/*/*.toml")] path: PathBuf) {
    let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
    let policy = Policy { select: Some(vec![folder.parse().unwrap()]), ..Policy::default() };
    let fires = !judged(&path, &policy).findings.is_empty();
    let name = path.file_name().unwrap().to_str().unwrap();
    let expected = name.starts_with("fires");
    assert!(expected || name.starts_with("silent"), "{name} does not say what it shows");
    assert_eq!(fires, expected, "{folder}/{name}: {:#?}", findings(&path).findings);
}

/// What is true of most modules is told to those who ask.
#[test]
fn some_rules_wait_for_a_request() {
    let waiting: Vec<&str> = RULES.iter().filter(|rule| rule.on_request).map(|rule| rule.id).collect();
    assert_eq!(waiting, ["single-phase-init", "no-subinterpreter-support"]);
    let path = Path::new(FIXTURES).join("single-phase-init/fires-two-modules.toml");
    assert!(findings(&path).findings.iter().all(|finding| !waiting.contains(&finding.rule)));
}

/// The map of all rules over all fixtures: a new fixture can show a false positive of an old rule.
#[test]
fn every_rule_over_every_fixture() {
    let mut map = String::new();
    for folder in stems("fixtures") {
        for stem in stems(&format!("fixtures/{folder}")) {
            let _ = writeln!(map, "{folder}/{stem}");
            for finding in findings(&Path::new(FIXTURES).join(&folder).join(stem + ".toml")).findings {
                let object = finding.object.as_deref().unwrap_or("-");
                let _ = writeln!(map, "  {} {} {object}", finding.severity.as_str(), finding.rule);
                let _ = writeln!(map, "    {}", finding.message);
                for (what, list) in finding.evidence {
                    let _ = writeln!(map, "    {what}: {}", list.join(", "));
                }
                let _ = writeln!(map, "    help: {}", finding.help.unwrap_or_default());
            }
        }
    }
    insta::assert_snapshot!(map);
}

#[test]
fn one_name_in_every_folder() {
    let ids: BTreeSet<String> = RULES.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(ids.len(), RULES.len(), "two rules have one id");
    assert_eq!(stems("fixtures"), ids);
    assert_eq!(stems("../../docs/rules"), ids);
    let sources: BTreeSet<String> = stems("src/rules").iter().map(|stem| stem.replace('_', "-")).collect();
    assert_eq!(sources, &ids | &BTreeSet::from(["mod".to_owned()]));
}

#[test]
fn every_rule_is_documented_and_tried_on_both_sides() {
    for rule in RULES {
        assert!(rule.docs.starts_with(&format!("# {}\n", rule.id)), "{}: the page's heading", rule.id);
        for part in ["Severity: ", "## Why it matters", "## What to do", "## When it is wrong"] {
            assert!(rule.docs.contains(part), "{}: no `{part}` in its page", rule.id);
        }
        assert!(
            !rule.summary.ends_with('.') && rule.summary.starts_with(char::is_lowercase),
            "{}",
            rule.summary
        );
        let fixtures = stems(&format!("fixtures/{}", rule.id));
        for side in ["fires", "silent"] {
            assert!(
                fixtures.iter().any(|stem| stem.starts_with(side)),
                "{}: no fixture that is {side}",
                rule.id
            );
        }
    }
}

/// No finding says more than its rule may, and every message is a fragment that somebody can act upon.
#[test]
fn messages_have_one_manner() {
    for folder in stems("fixtures") {
        for stem in stems(&format!("fixtures/{folder}")) {
            for finding in findings(&Path::new(FIXTURES).join(&folder).join(stem + ".toml")).findings {
                let rule = Rule::find(finding.rule).unwrap();
                assert!(finding.severity <= rule.severity);
                for text in [Some(finding.message), finding.help].into_iter().flatten() {
                    assert!(!text.ends_with('.') && !text.contains("  "), "{text}");
                    assert!(
                        !text.starts_with(|c: char| c.is_ascii_uppercase() && !text.starts_with("PEP")),
                        "{text}"
                    );
                }
            }
        }
    }
}

/// An abi3 module that asks for a private name, and for one that came later.
const TWO_FAULTS: &str = r#"
    wheel = "spam-1.0-cp39-abi3-manylinux_2_17_x86_64.whl"
    [[file]]
    path = "spam.abi3.so"
    exports = ["PyInit_spam"]
    imports = ["PyType_Freeze", "_PyErr_StackItem"]
"#;

fn rules_that_fire(policy: &Policy) -> Vec<(&'static str, Severity)> {
    let findings = audit(&fixture::parse(TWO_FAULTS), &World::default(), policy).findings;
    findings.iter().map(|finding| (finding.rule, finding.severity)).collect()
}

const LOW: &str = "abi3-version-too-low";
const UNSTABLE: &str = "unstable-import-under-abi3";

#[test]
fn all_rules_run_by_themselves() {
    assert_eq!(rules_that_fire(&Policy::default()), [(LOW, Severity::Error), (UNSTABLE, Severity::Error)]);
}

#[test]
fn selected_rules_run_alone() {
    let policy = Policy { select: Some(vec![UNSTABLE.parse().unwrap()]), ..Policy::default() };
    assert_eq!(rules_that_fire(&policy), [(UNSTABLE, Severity::Error)]);
}

#[rstest]
#[case::everywhere(&[], &[LOW])]
#[case::for_this_file(&["spam.abi3.so"], &[LOW])]
#[case::for_another_file(&["ham.abi3.so"], &[LOW, UNSTABLE])]
fn ignored_findings_keep_their_reason(#[case] objects: &[&str], #[case] expected: &[&str]) {
    let ignore = Ignore {
        rule: UNSTABLE.parse().unwrap(),
        reason: "the name is looked up at run time".to_owned(),
        objects: objects.iter().map(|&object| object.to_owned()).collect(),
    };
    let policy = Policy { ignore: vec![ignore], ..Policy::default() };
    let judgement = audit(&fixture::parse(TWO_FAULTS), &World::default(), &policy);
    assert_eq!(judgement.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), expected);
    assert_eq!(judgement.findings.len() + judgement.ignored.len(), 2);
    assert!(judgement.ignored.iter().all(|(_, reason)| reason == "the name is looked up at run time"));
}

#[test]
fn former_ids_are_known() {
    let id: soabi_rules::RuleId = "irregular-member".parse().unwrap();
    assert_eq!(id.as_str(), "ambiguous-archive");
}

#[test]
fn the_nearest_rule_is_named() {
    let error = "abi3-version-to-low".parse::<soabi_rules::RuleId>().unwrap_err();
    assert_eq!(error.nearest, LOW);
}

/// A real interpreter with these exports, of the names that fixtures import.
fn python(abi: &str, exports: &[&str]) -> Python {
    Python {
        abi: abi.parse().unwrap(),
        exports: Exports::Given(Arc::new(exports.iter().map(|&name| name.to_owned()).collect())),
        suffixes: None,
        platform: Some(Platform {
            format: Format::Elf,
            arch: Arch::X86_64,
            libc: Some(Libc::Gnu),
            apple: None,
        }),
    }
}

/// The findings in a world with the real interpreter `python`.
fn findings_with(fixture: &str, python: Python) -> Vec<Finding> {
    let path = Path::new(FIXTURES).join(fixture).with_extension("toml");
    let subject = fixture::parse(&fs::read_to_string(path).unwrap());
    audit(&subject, &World::with(&[python]), &Policy::default()).findings
}

const PATCH: &str = "private-import/fires-patch-level";
const CAPTURE: &str = "symbol-capture/silent-not-promised";

/// Where the tables speak of all patch releases, the interpreter at hand speaks for itself. Of the others the
/// tables still speak.
#[rstest]
#[case::late_patch(PATCH, python("cp313", &["PyModule_Create2", "_PySys_GetOptionalAttr"]), &[])]
#[case::early_patch(PATCH, python("cp313", &["PyModule_Create2"]),
    &["undefined-symbol: imports `_PySys_GetOptionalAttr`, missing in cp313"])]
#[case::another_python(PATCH, python("cp314", &[]),
    &["private-import: not every patch release of cp313 exports `_PySys_GetOptionalAttr`"])]
#[case::another_system(PATCH, Python { platform: Some(WINDOWS), ..python("cp313", &[]) },
    &["private-import: not every patch release of cp313 exports `_PySys_GetOptionalAttr`"])]
#[case::captures(CAPTURE, python("cp312", &["PyModule_Create2", "PyLong_AsInt"]),
    &["symbol-capture: defines `PyLong_AsInt`, but in cp312 the dynamic linker calls libpython's own"])]
#[case::does_not(CAPTURE, python("cp312", &["PyModule_Create2"]), &[])]
fn an_interpreter_speaks_for_itself(
    #[case] fixture: &str,
    #[case] python: Python,
    #[case] expected: &[&str],
) {
    let told = findings_with(fixture, python).into_iter();
    let told: Vec<String> = told.map(|finding| format!("{}: {}", finding.rule, finding.message)).collect();
    assert_eq!(told, expected);
}

/// The tables are used for the other interpreters: for all from 3.14 on.
#[test]
fn captures_in_the_others() {
    let findings = findings_with("symbol-capture/fires-igraph", python("cp313", &["PyModule_Create2"]));
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.rule, "symbol-capture");
    assert!(finding.message.contains(", but in cp314 "), "{}", finding.message);
}

const WINDOWS: Platform = Platform { format: Format::Pe, arch: Arch::X86_64, libc: None, apple: None };

/// Debian's 3.14 searches for a suffix that CPython's does not.
#[rstest]
#[case::cpython_s(&[".abi3.so", ".so"], true)]
#[case::debian_s(&[".abi3-x86_64-linux-gnu.so", ".abi3.so", ".so"], false)]
fn what_it_searches_for(#[case] suffixes: &[&str], #[case] fires: bool) {
    let suffixes = suffixes.iter().map(|&suffix| suffix.to_owned()).collect();
    let python = Python { suffixes: Some(suffixes), ..python("cp314", &[]) };
    let findings = findings_with("suffix-not-searched/fires-abi3-with-platform", python);
    let finding = findings.iter().find(|finding| finding.rule == "suffix-not-searched").unwrap();
    let pythons = &finding.evidence["pythons"];
    assert!(pythons.contains(&"cp313".to_owned()));
    assert_eq!(pythons.contains(&"cp314".to_owned()), fires, "{pythons:?}");
}
