//! Every rule over every fixture, and every rule's file, page and fixtures under one name.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own fixture has to stop")]

mod fixture;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;
use soabi_core::Severity;
use soabi_rules::{Ignore, Judgement, Policy, RULES, Rule, audit};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");

fn stems(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

fn findings(path: &Path) -> Judgement {
    audit(&fixture::parse(&fs::read_to_string(path).unwrap()), &Policy::default())
}

/// `fires*.toml` is what the rule is for, `silent*.toml` is just beyond its boundary.
#[rstest]
fn each_rule_knows_its_own(#[files("fixtures/*/*.toml")] path: PathBuf) {
    let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
    let fires = findings(&path).findings.iter().any(|finding| finding.rule == folder);
    let name = path.file_name().unwrap().to_str().unwrap();
    let expected = name.starts_with("fires");
    assert!(expected || name.starts_with("silent"), "{name} does not say what it shows");
    assert_eq!(fires, expected, "{folder}/{name}: {:#?}", findings(&path).findings);
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

fn told(policy: &Policy) -> Vec<(&'static str, Severity)> {
    let findings = audit(&fixture::parse(TWO_FAULTS), policy).findings;
    findings.iter().map(|finding| (finding.rule, finding.severity)).collect()
}

const LOW: &str = "abi3-version-too-low";
const UNSTABLE: &str = "unstable-import-under-abi3";

#[test]
fn all_rules_run_by_themselves() {
    assert_eq!(told(&Policy::default()), [(LOW, Severity::Error), (UNSTABLE, Severity::Error)]);
}

#[test]
fn selected_rules_run_alone() {
    let policy = Policy { select: Some(vec![UNSTABLE.parse().unwrap()]), ..Policy::default() };
    assert_eq!(told(&policy), [(UNSTABLE, Severity::Error)]);
}

#[test]
fn severities_can_be_changed() {
    let severity = [(LOW.parse().unwrap(), Severity::Note)].into();
    let policy = Policy { severity, ..Policy::default() };
    assert_eq!(told(&policy), [(UNSTABLE, Severity::Error), (LOW, Severity::Note)]);
}

#[rstest]
#[case::everywhere(&[], &[LOW])]
#[case::for_this_file(&["spam.abi3.so"], &[LOW])]
#[case::for_another_file(&["ham.abi3.so"], &[LOW, UNSTABLE])]
fn what_is_ignored_is_kept_with_its_reason(#[case] objects: &[&str], #[case] expected: &[&str]) {
    let ignore = Ignore {
        rule: UNSTABLE.parse().unwrap(),
        reason: "the name is looked up at run time".to_owned(),
        objects: objects.iter().map(|&object| object.to_owned()).collect(),
    };
    let policy = Policy { ignore: vec![ignore], ..Policy::default() };
    let judgement = audit(&fixture::parse(TWO_FAULTS), &policy);
    assert_eq!(judgement.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), expected);
    assert_eq!(judgement.findings.len() + judgement.ignored.len(), 2);
    assert!(judgement.ignored.iter().all(|(_, reason)| reason == "the name is looked up at run time"));
}

#[test]
fn the_nearest_rule_is_named() {
    let error = "abi3-version-to-low".parse::<soabi_rules::RuleId>().unwrap_err();
    assert_eq!(error.nearest, LOW);
}
