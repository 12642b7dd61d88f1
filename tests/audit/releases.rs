//! The wheels of one release together: which one installers choose, what is missing, what an index refuses, what another
//! release had.

use soabi_report::AuditReport;
use soabi_report::release::{GapEntry, ReleaseEntry};

use super::wheelhouse::{SPAM, Wheelhouse};
use super::{audit, report, soabi};
use crate::support::Finished;

/// Wheels of `spam 1.0` with these tags in `folder`.
fn put(house: &Wheelhouse, folder: &str, tags: &[&str]) {
    for tag in tags {
        let member = match tag.split('-').nth(1) {
            Some("abi3") => "spam.abi3.so".to_owned(),
            Some(abi) => format!("spam.{}-x86_64-linux-gnu.so", abi.replace("cp", "cpython-")),
            None => panic!("{tag}"),
        };
        let name = house.wheel(tag, &[(&member, &SPAM.compile())]);
        let bytes = std::fs::read(house.path().join(&name)).unwrap();
        std::fs::remove_file(house.path().join(&name)).unwrap();
        house.write(&format!("{folder}/{name}"), &bytes);
    }
}

/// `cp311@glibc-2.17-x86_64`, one for each interpreter and system that gets a wheel, with its tag.
fn chosen(release: &ReleaseEntry, python: &str, family: &str) -> Vec<String> {
    let systems = release.systems.iter().filter(|system| system.systems.family == family);
    let choices = systems.flat_map(|system| &system.choices);
    let choices = choices.filter(|choice| choice.python.to_string() == python);
    choices.filter_map(|choice| choice.tag.clone()).collect()
}

fn words(gaps: &[GapEntry]) -> Vec<String> {
    let word = |gap: &GapEntry| {
        let pythons: Vec<String> = gap.pythons.iter().map(ToString::to_string).collect();
        format!("{}: {}", gap.systems.words, pythons.join(" "))
    };
    gaps.iter().map(word).collect()
}

#[test]
fn what_installers_choose() {
    let house = Wheelhouse::new();
    let tags = ["cp312-cp312-manylinux_2_17_x86_64", "cp310-abi3-manylinux_2_28_x86_64"];
    put(&house, "dist", &tags);
    let report = report(house.path(), &["dist"]);
    let [release] = &report.releases[..] else { panic!("{:?}", report.releases) };
    assert_eq!(
        (release.project.as_str(), release.version.as_str(), release.wheels.len()),
        ("spam", "1.0", 2)
    );
    assert_eq!(chosen(release, "cp312", "glibc"), [tags[0]; 2]);
    assert_eq!(chosen(release, "cp313", "glibc"), [tags[1]]);
    assert_eq!(chosen(release, "cp39", "glibc"), Vec::<String>::new());
    assert_eq!(chosen(release, "cp313t", "glibc"), Vec::<String>::new());
    assert_eq!(chosen(release, "cp312", "musl"), Vec::<String>::new());
    assert_eq!(
        words(&release.gaps),
        [
            "Linux x86_64, glibc 2.17 to 2.27: cp39 cp310 cp311 cp313 cp314 cp315",
            "Linux x86_64, glibc 2.28 and later: cp39"
        ]
    );
}

/// A wheel that is alone is no release, and an index refuses it all the same.
#[test]
fn what_an_index_refuses() {
    let house = Wheelhouse::new();
    put(&house, "dist", &["cp310-abi3-linux_x86_64"]);
    let finished = audit(house.path(), &["dist"]);
    let report: AuditReport = finished.json();
    assert_eq!(finished.code(), Some(0));
    assert_eq!(report.releases[0].systems, []);
    let [obstacle] = &report.releases[0].obstacles[..] else { panic!("{:?}", report.releases) };
    assert!(obstacle.message.starts_with("`linux_x86_64` says nothing"), "{obstacle:?}");
    let screen = soabi(house.path()).args(["audit", "dist", "--no-config"]).run().stdout();
    let last = screen.split("\n\n").last().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(last.contains("An index such as PyPI refuses it: `linux_x86_64` says nothing"), "{last}");
    let concise =
        soabi(house.path()).args(["audit", "dist", "--no-config", "--format", "concise"]).run().stdout();
    assert!(concise.contains(": warning[upload-obstacle] `linux_x86_64` says nothing"), "{concise}");

    put(&house, "good", &["cp310-abi3-manylinux_2_17_x86_64"]);
    assert_eq!(super::report(house.path(), &["good"]).releases, []);
}

fn against(house: &Wheelhouse, other: &str) -> Finished {
    audit(house.path(), &["dist", "--against", other])
}

#[test]
fn what_another_release_had() {
    let house = Wheelhouse::new();
    let old = ["cp311-cp311-manylinux_2_17_x86_64", "cp312-cp312-manylinux_2_17_x86_64"];
    put(&house, "old", &old);
    put(&house, "dist", &["cp312-cp312-manylinux_2_28_x86_64", "cp313-cp313-manylinux_2_28_x86_64"]);
    let finished = against(&house, "old");
    let report: AuditReport = finished.json();
    assert_eq!(finished.code(), Some(1));
    let other = report.releases[0].against.as_ref().unwrap();
    assert_eq!(
        words(&other.lost),
        ["Linux x86_64, glibc 2.17 to 2.27: cp311 cp312", "Linux x86_64, glibc 2.28 and later: cp311"]
    );
    assert_eq!((&other.versions[..], other.wheels.len()), (&["1.0".to_owned()][..], 2));
    let screen = soabi(house.path()).args(["audit", "dist", "--no-config", "--against", "old"]).run();
    let last = screen.stdout().split("\n\n").last().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(last.starts_with('\u{2717}') && last.contains("spam 1.0 has lost wheels"), "{last}");

    let same = against(&house, "dist");
    assert_eq!(same.code(), Some(0), "{}", same.stdout());
    for nothing in ["./no-such-folder", "."] {
        let finished = against(&house, nothing);
        assert_eq!(finished.code(), Some(2));
        assert!(finished.stderr().contains("nothing to compare with"), "{}", finished.stderr());
    }
}
