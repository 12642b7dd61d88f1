//! One small set of files in every form of the report.

use insta::assert_snapshot;
use rstest::rstest;
use serde_json::Value;

use super::soabi;
use super::wheelhouse::{ARCH, Library, SPAM, Wheelhouse};
use crate::support::{Finished, fixture};

/// A wheel whose two modules need more than it promises, a wheel without tags, a clean one, and a broken file.
fn small_set() -> Wheelhouse {
    fill(Wheelhouse::new())
}

fn fill(house: Wheelhouse) -> Wheelhouse {
    let newer = Library { imports: &["PyModule_Create2", "PyType_Freeze"], ..SPAM }.compile();
    let typo = Library { imports: &["PyModule_Create2", "_PyErr_StackItm"], ..SPAM }.compile();
    let tag = format!("cp38-abi3-manylinux_2_17_{ARCH}");
    house.wheel(
        &tag,
        &[
            ("spam/a/spam.abi3.so", &newer),
            ("spam/b/spam.abi3.so", &newer),
            ("spam/spam.abi3.so", &typo),
            ("spam/__init__.py", b""),
        ],
    );
    house.wheel(&format!("py3-none-linux_{ARCH}"), &[("spam.abi3.so", &SPAM.compile())]);
    house.wheel("py3-none-any", &[("spam.py", b"")]);
    house.write("broken, 100%.so", &SPAM.compile()[..30]);
    house.write(
        "soabi.toml",
        b"[[audit.ignore]]\nrule = \"none-tag-with-extension\"\nreason = \"<cffi> opens it\"\n",
    );
    house
}

fn run(house: &Wheelhouse, args: &[&str]) -> Finished {
    let columns = ["--show", "cp27mu,cp38,cp313t,cp314,cp315t"];
    soabi(house.path()).args(["audit", "."]).args(columns).args(args).run()
}

/// The report without what changes from one machine, release or table to the next.
fn snapshot(name: &str, text: &str) {
    let filters = vec![
        (ARCH, "[arch]"),
        (r#""(version|semanticVersion)": "0\.\d+\.\d+""#, r#""$1": "[version]""#),
        (r#""tables": "[0-9a-f]{12}""#, r#""tables": "[tables]""#),
        (r#"(uuid|timestamp)="[^"]*""#, r#"$1="[$1]""#),
    ];
    insta::with_settings!({ filters => filters, snapshot_path => "../snapshots" }, { assert_snapshot!(format!("audit-{name}"), text) });
}

#[rstest]
fn every_form(#[values("human", "json", "junit", "markdown", "github")] form: &str) {
    let finished = run(&small_set(), &["--format", form]);
    assert_eq!(finished.code(), Some(2), "a file could not be read");
    // Lines break elsewhere where the machine's name is longer.
    let words = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = finished.stdout();
    let text = match form {
        "human" => text.split("\n\n").map(words).collect::<Vec<_>>().join("\n\n"),
        _ => text,
    };
    snapshot(form, &text);
}

#[test]
fn colors_change_nothing_but_color() {
    let house = small_set();
    let colored = run(&house, &["--color", "always"]).stdout();
    assert!(colored.contains("\u{1b}["));
    let plain = anstream::adapter::strip_str(&colored).to_string();
    assert_eq!(plain, run(&house, &[]).stdout());
}

#[test]
fn two_runs_are_one() {
    let house = small_set();
    let json = || run(&house, &["--format", "json"]).stdout();
    assert_eq!(json(), json());
}

fn sarif(house: &Wheelhouse, args: &[&str]) -> Value {
    run(house, &[&["--format", "sarif"], args].concat()).json()
}

/// The results as they are; of the rules the first, for they have their pages in them.
#[test]
fn sarif_as_it_is_read() {
    let mut report = sarif(&small_set(), &[]);
    let rules = report["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap();
    // Beside the rules: cannot-load, lost-wheel, upload-obstacle.
    assert_eq!(rules.len(), soabi_rules::RULES.len() + 3);
    rules.truncate(1);
    rules[0]["help"] = "[page]".into();
    snapshot("sarif", &serde_json::to_string_pretty(&report).unwrap());
}

/// The official schema of OASIS.
#[test]
fn sarif_is_sarif() {
    let schema = std::fs::read_to_string(fixture("sarif-schema-2.1.0.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let report = sarif(&small_set(), &[]);
    let errors: Vec<_> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    let mut broken = report;
    broken["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&broken), "the schema is looked at");
}

/// A finding keeps its fingerprint when the version of the wheel changes, and no two have the same.
#[test]
fn fingerprints() {
    let prints = |report: &Value| -> Vec<String> {
        let results = report["runs"][0]["results"].as_array().unwrap().iter();
        results.map(|result| result["partialFingerprints"]["soabi/v1"].as_str().unwrap().to_owned()).collect()
    };
    let before = prints(&sarif(&small_set(), &[]));
    let mut once = before.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), before.len());
    assert_eq!(prints(&sarif(&fill(Wheelhouse::of_version("1.1")), &[])), before);
}

#[test]
fn a_report_goes_into_a_file() {
    let house = small_set();
    let finished = run(&house, &["--color", "always", "-o", "report.txt"]);
    assert_eq!((finished.code(), finished.stdout()), (Some(2), String::new()));
    let text = std::fs::read_to_string(house.path().join("report.txt")).unwrap();
    assert!(text.contains("3 errors, 1 warning, 1 ignored.") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn rules_are_explained() {
    let house = Wheelhouse::new();
    let page = soabi(house.path()).args(["explain", "symbol-capture"]).run();
    assert_eq!(page.code(), Some(0));
    let written =
        std::fs::read_to_string(crate::support::root().join("docs/rules/symbol-capture.md")).unwrap();
    assert_eq!(page.stdout(), written);
    let list = soabi(house.path()).args(["explain"]).run().stdout();
    assert_eq!(list.lines().count(), soabi_rules::RULES.len());
    assert!(list.contains("symbol-capture"), "{list}");
    let unknown = soabi(house.path()).args(["explain", "symbol-captur"]).run();
    assert_eq!(unknown.code(), Some(2));
    assert!(unknown.stderr().contains("did you mean `symbol-capture`"), "{}", unknown.stderr());
}
