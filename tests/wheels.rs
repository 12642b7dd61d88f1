//! `soabi matrix` with somebody's wheels and modules: what lies in packages is imported where it lies, by its dotted
//! name, in the interpreters that its tags name.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use rstest::rstest;
use soabi_core::{
    AbiTag, CpythonAbi, ExpectationKind, Gate, OutcomeKind, PyVersion, PythonId, Rung, Verdict,
};
use soabi_report::matrix::{CellEntry, MatrixReport};

use crate::audit::wheelhouse::{ARCH, Library, Wheelhouse};
use crate::isolation::HOSTILE;
use crate::support::{Finished, Soabi, pythons};

/// The module `spam` for the stable ABI of 3.6, as the harness builds it.
pub(crate) static ABI3: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let run = Soabi::with_the_required().args([
        "matrix",
        "--flavor",
        "c-abi3-py36",
        "--rung",
        "load",
        "--format",
        "json",
    ]);
    let report: MatrixReport = run.run().json();
    let path = report.artifacts.iter().find_map(|artifact| artifact.path.clone()).unwrap();
    fs::read(path).unwrap()
});

pub(crate) fn tag(python_and_abi: &str) -> String {
    format!("{python_and_abi}-linux_{ARCH}")
}

pub(crate) fn matrix(folder: &Path, args: &[&str]) -> Finished {
    Soabi::with_the_required().within(folder).args(["matrix", "--format", "json"]).args(args).run()
}

pub(crate) fn report(folder: &Path, args: &[&str]) -> MatrixReport {
    matrix(folder, args).json()
}

/// The required interpreters of CPython 3 with a GIL, from `minor` on.
pub(crate) fn from(minor: u8) -> Vec<PythonId> {
    let is_wanted = |python: &PythonId| {
        let AbiTag::Cpython(abi) = python.abi else { return false };
        !abi.free_threaded && abi.version >= PyVersion::new(3, minor)
    };
    pythons().into_iter().filter(is_wanted).collect()
}

pub(crate) fn cells<'a>(report: &'a MatrixReport, module: &str, rung: Rung) -> Vec<&'a CellEntry> {
    let artifacts = report.artifacts.iter().filter(|artifact| artifact.module.as_deref() == Some(module));
    let ids: Vec<_> = artifacts.map(|artifact| &artifact.id).collect();
    assert!(!ids.is_empty(), "no module {module}");
    report.cells.iter().filter(|cell| cell.rung == rung && ids.contains(&&cell.artifact)).collect()
}

fn outcomes(cells: &[&CellEntry]) -> Vec<(PythonId, OutcomeKind)> {
    cells.iter().map(|cell| (cell.python, cell.outcome)).collect()
}

fn all(pythons: &[PythonId], outcome: OutcomeKind) -> Vec<(PythonId, OutcomeKind)> {
    pythons.iter().map(|python| (*python, outcome)).collect()
}

#[test]
fn a_wheel_is_imported_where_its_tags_say_and_loaded_everywhere() {
    let house = Wheelhouse::new();
    let data = "spam-1.0.data/platlib/pkg/sub/__init__.py";
    let wheel = house.wheel(
        &tag("cp39-abi3"),
        &[("pkg/__init__.py", b"from pkg.spam import system\n"), (data, b""), ("pkg/spam.abi3.so", &ABI3)],
    );
    let finished = matrix(house.path(), &[&wheel]);
    let report: MatrixReport = finished.json();
    let promised = from(9);
    for module in ["pkg", "pkg.spam"] {
        let imports = cells(&report, module, Rung::Import);
        assert_eq!(outcomes(&imports), all(&promised, OutcomeKind::Accepted), "{module}");
        for cell in imports {
            assert_eq!(
                (cell.expectation, cell.verdict),
                (ExpectationKind::Accept, Verdict::AsExpected),
                "{}",
                cell.id
            );
            assert!(!cell.isolation.is_empty(), "{}", cell.id);
            let predicted = (module == "pkg.spam").then_some(true);
            assert_eq!(cell.agrees, predicted, "{}", cell.id);
        }
    }
    let loads = cells(&report, "pkg.spam", Rung::Load);
    assert_eq!(loads.iter().map(|cell| cell.python).collect::<Vec<_>>(), pythons());
    for cell in loads {
        assert_eq!(cell.agrees, Some(true), "{}: {:?}", cell.id, cell.message);
    }
    let [given] = &report.given[..] else { panic!("{:?}", report.given) };
    assert_eq!((&given.name, &given.tags, &given.witnessed), (&wheel, &tag("cp39-abi3"), &promised));
    assert!(given.failed.is_empty() && given.predicted == given.promised, "{given:?}");
    assert!(given.unwitnessed.iter().all(|python| !promised.contains(python)));
    let artifact =
        report.artifacts.iter().find(|artifact| artifact.module.as_deref() == Some("pkg.spam")).unwrap();
    assert_eq!(artifact.wheel.as_deref(), Some(wheel.as_str()));
    assert_eq!(artifact.member.as_deref(), Some("pkg/spam.abi3.so"));
    assert_eq!((finished.code(), &report.errors[..]), (Some(0), &[][..]), "{}", finished.stderr());
}

/// Below the floor of its tag nothing is imported, unless it is asked for.
#[test]
fn all_pythons_are_more_than_the_tags_name() {
    let house = Wheelhouse::new();
    let wheel = house.wheel(&tag("cp310-abi3"), &[("pkg/__init__.py", b""), ("pkg/spam.abi3.so", &ABI3)]);
    let report = report(house.path(), &[&wheel, "--all-pythons", "--rung", "import"]);
    let imports = cells(&report, "pkg.spam", Rung::Import);
    let expected: Vec<_> = pythons()
        .into_iter()
        .filter(|python| python.python_version() != Some(PyVersion::new(2, 7)))
        .collect();
    let worked: Vec<_> =
        imports.iter().filter(|cell| cell.outcome == OutcomeKind::Accepted).map(|cell| cell.python).collect();
    assert_eq!(imports.iter().map(|cell| cell.python).collect::<Vec<_>>(), pythons());
    assert_eq!(worked, expected);
    let below =
        imports.iter().find(|cell| cell.python.python_version() < Some(PyVersion::new(3, 10))).unwrap();
    assert_ne!(below.expectation, ExpectationKind::Accept);
}

#[test]
fn a_promise_below_the_symbols_is_broken_and_exits_with_1() {
    let house = Wheelhouse::new();
    let newer = Library { exports: &["PyInit_spam"], imports: &["PyType_Freeze"], hidden: &[] }.compile();
    let wheel = house.wheel(&tag("cp39-abi3"), &[("pkg/__init__.py", b""), ("pkg/spam.abi3.so", &newer)]);
    let finished = matrix(house.path(), &[&wheel]);
    let report: MatrixReport = finished.json();
    for cell in cells(&report, "pkg.spam", Rung::Import)
        .iter()
        .filter(|cell| cell.python.python_version() < Some(PyVersion::new(3, 14)))
    {
        assert_eq!(
            (cell.outcome, cell.gate),
            (OutcomeKind::Refused, Some(Gate::Symbols)),
            "{} {:?}",
            cell.id,
            cell.message
        );
        assert_eq!((cell.verdict, cell.agrees), (Verdict::Unexpected, Some(true)), "{}", cell.id);
    }
    assert_eq!(finished.code(), Some(1));
    assert_eq!(report.given[0].witnessed, []);
}

const NEEDY: &[u8] = b"import soabi_dependency.deep\nfrom pkg.spam import system\n";

#[test]
fn what_is_missing_is_no_refusal() {
    let house = Wheelhouse::new();
    let wheel = house.wheel(&tag("cp39-abi3"), &[("pkg/__init__.py", NEEDY), ("pkg/spam.abi3.so", &ABI3)]);
    let finished = matrix(house.path(), &[&wheel]);
    let report: MatrixReport = finished.json();
    for module in ["pkg", "pkg.spam"] {
        let imports = cells(&report, module, Rung::Import);
        assert_eq!(outcomes(&imports), all(&from(9), OutcomeKind::NotRun));
        for cell in imports {
            assert_eq!(
                (&cell.needs[..], cell.agrees),
                (&["soabi_dependency".to_owned()][..], None),
                "{}",
                cell.id
            );
        }
    }
    assert_eq!(finished.code(), Some(0), "nothing was broken, and the loads ran");
    let screen = Soabi::with_the_required().within(house.path()).args(["matrix", &wheel]).run().stdout();
    assert!(screen.contains("needs soabi_dependency"), "{screen}");
}

#[test]
fn a_folder_of_wheels_brings_what_is_missing() {
    let house = Wheelhouse::new();
    let wheel = house.wheel(&tag("cp39-abi3"), &[("pkg/__init__.py", NEEDY), ("pkg/spam.abi3.so", &ABI3)]);
    let deps = Wheelhouse::new();
    deps.wheel("py3-none-any", &[("soabi_dependency/__init__.py", b""), ("soabi_dependency/deep.py", b"")]);
    let args = [&wheel, "--deps", deps.path().to_str().unwrap(), "--rung", "import"];
    let report = report(house.path(), &args);
    for module in ["pkg", "pkg.spam"] {
        assert_eq!(outcomes(&cells(&report, module, Rung::Import)), all(&from(9), OutcomeKind::Accepted));
    }
}

/// What a package raises is not the file's refusal: the auditor did not speak of it.
#[test]
fn a_package_that_raises_breaks_the_promise_and_no_prediction() {
    let house = Wheelhouse::new();
    let raises = b"raise RuntimeError('not today')\n";
    let wheel = house.wheel(&tag("cp39-abi3"), &[("pkg/__init__.py", raises), ("pkg/spam.abi3.so", &ABI3)]);
    let finished = matrix(house.path(), &[&wheel, "--rung", "import"]);
    let report: MatrixReport = finished.json();
    for cell in cells(&report, "pkg.spam", Rung::Import) {
        assert_eq!(cell.message.as_deref(), Some("RuntimeError: not today"));
        assert_eq!((cell.verdict, cell.agrees), (Verdict::Unexpected, None), "{}", cell.id);
    }
    assert_eq!(finished.code(), Some(1));
}

/// A module in a package is imported there, and finds its neighbours.
#[rstest]
#[case::in_a_package(&["pkg/__init__.py", "pkg/sub/__init__.py"], "pkg/sub/spam.abi3.so", "pkg.sub.spam")]
#[case::in_a_namespace(&[], "venv/lib/python3/site-packages/pkg/spam.abi3.so", "pkg.spam")]
#[case::the_package_itself(&[], "spam/__init__.abi3.so", "spam")]
fn a_module_where_it_lies(#[case] packages: &[&str], #[case] file: &str, #[case] module: &str) {
    let house = Wheelhouse::new();
    for package in packages {
        house.write(package, b"import neighbour\n");
    }
    house.write("neighbour.py", b"");
    house.write(file, &ABI3);
    let report = report(house.path(), &[file]);
    assert_eq!(report.errors, [""; 0]);
    assert_eq!(outcomes(&cells(&report, module, Rung::Import)), {
        let (three, two) = pythons()
            .into_iter()
            .partition::<Vec<_>, _>(|python| python.python_version() > Some(PyVersion::new(3, 0)));
        let refused = all(&two, OutcomeKind::Refused);
        refused.into_iter().chain(all(&three, OutcomeKind::Accepted)).collect::<Vec<_>>()
    });
}

#[test]
fn an_environment_is_what_was_installed_there() {
    let house = Wheelhouse::new();
    let site = "venv/lib/python3/site-packages";
    house.write(&format!("{site}/pkg/__init__.py"), b"import other\n");
    house.write(&format!("{site}/other.py"), b"");
    house.write(&format!("{site}/pkg/spam.abi3.so"), &ABI3);
    house.write(
        &format!("{site}/pkg-1.0.dist-info/WHEEL"),
        format!("Tag: {}\n", tag("cp310-abi3")).as_bytes(),
    );
    house.write(&format!("{site}/pkg-1.0.dist-info/RECORD"), b"pkg/__init__.py,,\npkg/spam.abi3.so,,\n");
    let report = report(house.path(), &["venv"]);
    assert_eq!(report.given[0].name, "pkg-1.0");
    assert_eq!(outcomes(&cells(&report, "pkg.spam", Rung::Import)), all(&from(10), OutcomeKind::Accepted));
    assert_eq!(outcomes(&cells(&report, "pkg", Rung::Import)), all(&from(10), OutcomeKind::Accepted));
}

/// The file of an interpreter's own ABI comes before the one for all of them.
#[test]
fn of_several_files_of_a_module_the_one_that_is_found_is_asked() {
    let house = Wheelhouse::new();
    let AbiTag::Cpython(newest) = from(9).last().unwrap().abi else { panic!("no CPython") };
    let own = format!("pkg/spam.cpython-{}-{ARCH}-linux-gnu.so", newest.version.compact());
    let wheel = house
        .wheel(&tag("cp39-abi3"), &[("pkg/__init__.py", b""), ("pkg/spam.abi3.so", &ABI3), (&own, &ABI3)]);
    let report = report(house.path(), &[&wheel, "--rung", "import"]);
    let of = |member: &str| {
        let id = format!("{wheel}:{member}");
        report.cells.iter().filter(|cell| cell.artifact.0 == id).map(|cell| cell.python).collect::<Vec<_>>()
    };
    let newest = AbiTag::Cpython(CpythonAbi::release(newest.version)).into();
    assert_eq!(of(&own), [newest]);
    assert_eq!(
        of("pkg/spam.abi3.so"),
        from(9).into_iter().filter(|python| *python != newest).collect::<Vec<_>>()
    );
}

/// A module that crashes, hangs, or leaves costs nothing but itself; where it was promised, it fails the run.
#[rstest]
fn hostile_modules_in_a_wheel(#[values("fork", "none")] isolation: &str) {
    let house = Wheelhouse::new();
    let read = |behavior: &str| fs::read(HOSTILE.module(behavior)).unwrap();
    let (crash, hang, leave, litters) = (read("crash"), read("hang"), read("leave"), read("litters"));
    let wheel = house.wheel(
        &tag("cp39-abi3"),
        &[
            ("pkg/__init__.py", b""),
            ("pkg/crash.abi3.so", &crash),
            ("pkg/hang.abi3.so", &hang),
            ("pkg/leave.abi3.so", &leave),
            ("pkg/litters.abi3.so", &litters),
            ("pkg/spam.abi3.so", &ABI3),
        ],
    );
    let args = [
        &wheel,
        "--rung",
        "import",
        "--time-limit",
        "2",
        "--isolation",
        isolation,
        "--run-on",
        &from(9)[0].to_string(),
    ];
    let finished = matrix(house.path(), &args);
    let report: MatrixReport = finished.json();
    let outcome = |module: &str| {
        cells(&report, module, Rung::Import).iter().map(|cell| cell.outcome.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(outcome("pkg"), ["accepted"]);
    assert_eq!(outcome("pkg.spam"), ["accepted"]);
    assert_eq!(outcome("pkg.crash"), ["crashed"]);
    assert_eq!(outcome("pkg.hang"), ["timed-out"]);
    assert_eq!(outcome("pkg.leave"), ["vanished"]);
    assert_eq!(finished.code(), Some(1));
    let screen = Soabi::with_the_required().within(house.path()).args(["matrix"]).args(args).run().stdout();
    assert!(screen.contains("4 of 6 promises broken"), "{screen}");
}

/// A package that takes its process along is asked once, and so are the modules that are imported through it.
#[test]
fn a_package_that_crashes() {
    let house = Wheelhouse::new();
    let crash = fs::read(HOSTILE.module("crash")).unwrap();
    let members: &[(&str, &[u8])] = &[
        ("pkg/__init__.py", b"import pkg.crash"),
        ("pkg/crash.abi3.so", &crash),
        ("pkg/spam.abi3.so", &ABI3),
    ];
    let wheel = house.wheel(&tag("cp39-abi3"), members);
    let report = report(house.path(), &[&wheel, "--rung", "import"]);
    for cell in &report.cells {
        assert_eq!((cell.outcome, cell.signal), (OutcomeKind::Crashed, Some(11)), "{}", cell.id);
    }
    assert_eq!(report.cells.len(), 3 * from(9).len());
}

/// Only the files of a wheel are read for this, and none is written outside of the folder.
#[rstest]
#[case::above("../evil.py")]
#[case::absolute("/tmp/soabi-evil.py")]
#[case::through_data("spam-1.0.data/data/../../../../evil.py")]
fn a_wheel_that_leads_out_is_not_laid_out(#[case] name: &str) {
    let house = Wheelhouse::new();
    // No honest writer of archives writes such names.
    let honest = name.replace("..", "@@").replacen('/', if name.starts_with('/') { "@" } else { "/" }, 1);
    let wheel = house.wheel(&tag("cp39-abi3"), &[("spam.abi3.so", &ABI3), (&honest, b"")]);
    let bytes = renamed(fs::read(house.path().join(&wheel)).unwrap(), honest.as_bytes(), name.as_bytes());
    house.write(&wheel, &bytes);
    let finished = matrix(house.path(), &[&wheel]);
    assert_eq!(finished.code(), Some(2), "{}", finished.stdout());
    assert!(
        finished.stdout().contains("outside of the folder") || finished.stderr().contains("outside"),
        "{}",
        finished.stdout()
    );
    assert!(!Path::new("/tmp/soabi-evil.py").exists());
}

/// An archive in which a member has another name of the same length; `RECORD` keeps the old one.
fn renamed(mut archive: Vec<u8>, old: &[u8], new: &[u8]) -> Vec<u8> {
    let places: Vec<usize> = (0..archive.len() - old.len())
        .filter(|&at| archive[at..].starts_with(old) && archive[at + old.len()] != b',')
        .collect();
    assert_eq!(places.len(), 2, "a header of its own, and one in the directory");
    for at in places {
        archive[at..at + old.len()].copy_from_slice(new);
    }
    archive
}

#[test]
fn what_is_required_has_to_be_witnessed() {
    let house = Wheelhouse::new();
    let wheel = house.wheel(&tag("cp39-abi3"), &[("pkg/__init__.py", b""), ("pkg/spam.abi3.so", &ABI3)]);
    let [first, .., last] = &from(9)[..] else { panic!("two interpreters") };
    let both = format!("{first},{last}");
    assert_eq!(matrix(house.path(), &[&wheel, "--require", &both]).code(), Some(0));
    let absent =
        matrix(house.path(), &[&wheel, "--run-on", &first.to_string(), "--require", &last.to_string()]);
    let report: MatrixReport = absent.json();
    assert_eq!((absent.code(), report.unmet.len()), (Some(1), 1), "{:?}", report.unmet);
    assert_eq!((report.unmet[0].python, report.unmet[0].name.as_str()), (*last, "spam"));
    let nobody = matrix(house.path(), &[&wheel, "--require", "4.0"]);
    assert_eq!(nobody.code(), Some(2), "{}", nobody.stderr());
}

/// The wheels of one distribution stand for each other.
#[test]
fn one_wheel_of_a_distribution_is_enough() {
    let house = Wheelhouse::new();
    let ids = from(9);
    let [first, .., last] = &ids[..] else { panic!("two interpreters") };
    let members: &[(&str, &[u8])] = &[("pkg/__init__.py", b""), ("pkg/spam.abi3.so", &ABI3)];
    let wheels = [first, last].map(|python| house.wheel(&tag(&format!("{python}-{python}")), members));
    let report = report(house.path(), &[&wheels[0], &wheels[1], "--require", &format!("{first},{last}")]);
    assert_eq!(report.unmet, []);
    let mut imports = cells(&report, "pkg.spam", Rung::Import);
    imports.sort_by_key(|cell| cell.python);
    // A stable file in a wheel for one version: it is imported where the tag says.
    assert_eq!(outcomes(&imports), all(&[*first, *last], OutcomeKind::Accepted));
}

#[rstest]
#[case::nothing("empty", "holds neither a wheel nor a native file")]
#[case::no_such_file("missing.whl", "No such file")]
#[case::no_archive("damaged-1.0-py3-none-any.whl", "zip")]
fn what_cannot_be_read_is_named(#[case] argument: &str, #[case] why: &str) {
    let house = Wheelhouse::new();
    fs::create_dir(house.path().join("empty")).unwrap();
    house.write("damaged-1.0-py3-none-any.whl", b"PK damaged");
    let finished = matrix(house.path(), &[argument]);
    let said = finished.stdout() + &finished.stderr();
    assert_eq!(finished.code(), Some(2), "{said}");
    assert!(said.contains(why) && said.contains(argument), "{said}");
}

/// A pure wheel is imported, and nothing is loaded or predicted.
#[test]
fn a_wheel_without_native_files() {
    let house = Wheelhouse::new();
    let wheel = house.wheel("py3-none-any", &[("pkg/__init__.py", b"import pkg.deep"), ("pkg/deep.py", b"")]);
    let report = report(house.path(), &[&wheel]);
    let three: Vec<_> =
        pythons().into_iter().filter(|python| python.python_version() > Some(PyVersion::new(3, 0))).collect();
    assert_eq!(outcomes(&cells(&report, "pkg", Rung::Import)), all(&three, OutcomeKind::Accepted));
    assert_eq!((report.cells.len(), report.summary.predicted), (three.len(), 0));
}

pub(crate) fn path_of(house: &Wheelhouse, name: &str) -> PathBuf {
    house.path().join(name)
}

/// A report has everything that is known of a cell.
#[test]
fn a_cell_is_explained_from_a_report() {
    let house = Wheelhouse::new();
    let newer = Library { exports: &["PyInit_spam"], imports: &["PyType_Freeze"], hidden: &[] }.compile();
    let wheel = house.wheel(&tag("cp39-abi3"), &[("pkg/__init__.py", b""), ("pkg/spam.abi3.so", &newer)]);
    matrix(house.path(), &[&wheel, "-o", "report.json"]);
    let python = from(9)[0];
    let explain = |cell: &str| {
        Soabi::without_pythons().within(house.path()).args(["explain", cell, "--from", "report.json"]).run()
    };
    let finished = explain(&format!("{wheel}:pkg/spam.abi3.so@{python}/import"));
    let text = finished.stdout();
    assert_eq!(finished.code(), Some(0), "{}", finished.stderr());
    for part in [
        "refused at the gate symbols, against the promise",
        "undefined symbol: PyType_Freeze",
        "promised     accept: abi3 from 3.9 on",
        "predicted    refuse at the gate symbols",
        "; so it was",
        "walls        ",
        "unzip -q -d site ",
        "-c 'import pkg.spam'",
    ] {
        assert!(text.contains(part), "{part:?} in\n{text}");
    }
    let other = explain(&format!("{wheel}:pkg@{python}/load"));
    assert_eq!(other.code(), Some(2));
    assert!(other.stderr().contains("the nearest are"), "{}", other.stderr());
}

/// The commands that it names show the same.
#[test]
fn what_explains_a_cell_can_be_run_by_hand() {
    let house = Wheelhouse::new();
    let wheel = house.wheel(&tag("cp39-abi3"), &[("pkg/__init__.py", b""), ("pkg/spam.abi3.so", &ABI3)]);
    matrix(house.path(), &[&wheel, "-o", "report.json"]);
    for rung in ["import", "load"] {
        let cell = format!("{wheel}:pkg/spam.abi3.so@{}/{rung}", from(9)[0]);
        let explained = Soabi::without_pythons()
            .within(house.path())
            .args(["explain", &cell, "--from", "report.json"])
            .run();
        let text = explained.stdout();
        let (_, commands) = text.split_once("without walls:\n\n").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let script = format!("set -e\n{commands}");
        let shell =
            std::process::Command::new("sh").args(["-c", &script]).current_dir(&folder).output().unwrap();
        assert!(shell.status.success(), "{script}{}", String::from_utf8_lossy(&shell.stderr));
    }
}

/// The author's own checks: in each interpreter, with the wheel on the path, and what they said where they failed.
#[test]
fn the_authors_own_checks() {
    let house = Wheelhouse::new();
    let wheel = house.wheel(&tag("cp39-abi3"), &[("pkg/__init__.py", b""), ("pkg/spam.abi3.so", &ABI3)]);
    let newest = *from(9).last().unwrap();
    let AbiTag::Cpython(abi) = newest.abi else { panic!("no CPython") };
    house.write(
        "check.py",
        format!(
            "import sys\nfrom pkg.spam import system\nassert system('exit 3') == 3 << 8\n\
             print('checked in', sys.version_info[:2])\nassert sys.version_info[:2] != ({}, {}), 'not here'\n",
            abi.version.major, abi.version.minor
        )
        .as_bytes(),
    );
    let finished = matrix(house.path(), &[&wheel, "--test", "python check.py", "--rung", "import"]);
    let report: MatrixReport = finished.json();
    let checks: Vec<_> = report.cells.iter().filter(|cell| cell.rung == Rung::Test).collect();
    assert_eq!(checks.iter().map(|cell| cell.python).collect::<Vec<_>>(), from(9));
    for cell in checks {
        if cell.python == newest {
            assert_eq!(
                (cell.outcome, cell.verdict),
                (OutcomeKind::Wrong, Verdict::Unexpected),
                "{:?}",
                cell.message
            );
            let output = cell.output.as_deref().unwrap();
            assert!(output.contains("checked in") && output.contains("not here"), "{output}");
        } else {
            assert_eq!((cell.outcome, &cell.output), (OutcomeKind::Accepted, &None), "{:?}", cell.message);
        }
    }
    assert_eq!(finished.code(), Some(1));
}

/// They run behind the same walls and within the same time.
#[rstest]
#[case::writing("touch evil", "wrong")]
#[case::hanging("sleep 60", "timed-out")]
#[case::crashing("kill -SEGV $$", "crashed")]
#[case::leaving_things("touch $TMPDIR/x", "accepted")]
#[case::without_pytest("python -c 'import sys; sys.exit(\"No module named pytest\")'", "not-run")]
fn checks_that_misbehave(#[case] command: &str, #[case] outcome: &str) {
    let house = Wheelhouse::new();
    let wheel = house.wheel("py3-none-any", &[("pkg/__init__.py", b"")]);
    let python = from(9)[0].to_string();
    let args = [&wheel, "--test", command, "--rung", "import", "--time-limit", "2", "--run-on", &python];
    let report = report(house.path(), &args);
    let cell = report.cells.iter().find(|cell| cell.rung == Rung::Test).unwrap();
    assert_eq!(cell.outcome.as_str(), outcome, "{:?} {:?}", cell.message, cell.output);
    assert!(!house.path().join("evil").exists());
}
