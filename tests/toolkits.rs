//! `soabi matrix --flavor` with toolkits: without the network, so an installer that brings a backend of ours stands for the
//! user's.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rstest::rstest;
use soabi_core::{OutcomeKind, Rung, Verdict};
use soabi_report::matrix::MatrixReport;

use crate::harness::{Checked, ready};
use crate::support::{Finished, Soabi, interpreter};

/// A uv that installs one module: the backend of PEP 517 that the project names.
const UV: &str = r#"#!/bin/sh
for word; do
    test "$before" = --target && target=$word
    before=$word
done
test -n "$target" || exit 0
mkdir -p "$target" && cp "$(dirname "$0")/mesonpy.py" "$target"
"#;

/// The backend: a wheel with `spam.py`, from `spam.pyx` of the project.
const BACKEND: &str = r#"
import os, re, sys, zipfile
def build_wheel(folder):
    assert os.path.isfile("spam.pyx") and os.environ["PYTHONPATH"]
    version = re.search('version = "(.*)"', open("pyproject.toml").read()).group(1)
    name = "spam_cython_meson-%s" % version
    files = {
        "spam.py": "import os\ndef system(command):\n    return SYSTEM\n",
        name + ".dist-info/METADATA": "Metadata-Version: 2.1\nName: spam_cython_meson\nVersion: %s\n" % version,
        name + ".dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = name + ".dist-info/RECORD"
    with zipfile.ZipFile(os.path.join(folder, name + "-py3-none-any.whl"), "w") as wheel:
        for member, text in files.items():
            wheel.writestr(member, text)
        wheel.writestr(record, "".join(member + ",,\n" for member in list(files) + [record]))
"#;

/// A folder for one test, with the installer in it.
fn installer(name: &str, backend: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("toolkits").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("mesonpy.py"), backend).unwrap();
    fs::write(folder.join("uv"), UV).unwrap();
    fs::set_permissions(folder.join("uv"), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// The interpreter that builds.
fn builder() -> Checked {
    interpreter(Path::new("cp311"))?;
    ready()
}

fn matrix(folder: &Path, args: &[&str]) -> Finished {
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let cache = folder.join("cache");
    let fixed = ["matrix", "--flavor", "cython-meson", "-p", "3.11", "--cache-dir", cache.to_str().unwrap()];
    Soabi::new().without("SOABI_PYTHON").env("PATH", path).args(fixed).args(args).run()
}

#[rstest]
#[case::right("os.system(command)", OutcomeKind::Accepted, 0)]
#[case::wrong("0", OutcomeKind::Wrong, 1)]
fn round_trip(#[case] system: &str, #[case] outcome: OutcomeKind, #[case] status: i32) -> Checked {
    builder()?;
    let folder = installer(&format!("round-trip-{status}"), &BACKEND.replace("SYSTEM", system));
    let dead = folder.join("cache/toolkits/wheels/making-dead");
    fs::create_dir_all(&dead).unwrap();
    let finished = matrix(&folder, &["--format", "json"]);
    assert!(!dead.exists(), "what a killed run left");
    assert!(finished.stderr().contains("cython-meson-3.3.1@cp311: building"), "{}", finished.stderr());
    assert_eq!(finished.code(), Some(status), "{}", finished.stderr());
    let report: MatrixReport = finished.json();
    let [wheel] = &report.given[..] else { panic!("one wheel") };
    assert_eq!(wheel.name, "spam_cython_meson-3.3.1-py3-none-any.whl");
    let [checks] = report.cells.iter().filter(|cell| cell.rung == Rung::Test).collect::<Vec<_>>()[..] else {
        panic!("one check");
    };
    assert_eq!(checks.outcome, outcome, "{:?}", checks.message);
    assert_eq!(checks.verdict == Verdict::Unexpected, status == 1);
    // What is there is not built again.
    assert!(!matrix(&folder, &[]).stderr().contains("building"));
    Ok(())
}

#[rstest]
#[case::it_says("def build_wheel(folder):\n    raise SystemExit('error: no compiler')", "error: no compiler")]
#[case::it_makes_nothing("def build_wheel(folder):\n    pass", "mesonpy made no wheel")]
fn a_build_that_fails(#[case] backend: &str, #[case] why: &str) -> Checked {
    builder()?;
    let folder = installer(&format!("fails-{}", why.len()), backend);
    let finished = matrix(&folder, &[]);
    assert_eq!(finished.code(), Some(2));
    assert!(finished.stderr().contains(why), "{}", finished.stderr());
    Ok(())
}

#[rstest]
#[case::no_release(&["--flavor", "nanobind", "-p", "3.6..3.8"], "no release of nanobind is built for it")]
#[case::mixed(&["--flavor", "swig,c-single", "-p", "3.11"], "`c-single` is no toolkit")]
#[case::unknown(&["--flavor", "pythran", "-p", "3.11"], "there is no flavor `pythran`")]
fn refused(#[case] args: &[&str], #[case] why: &str) -> Checked {
    for id in ["cp38", "cp311"] {
        interpreter(Path::new(id))?;
    }
    ready()?;
    let finished = Soabi::new().without("SOABI_PYTHON").args(["matrix"]).args(args).run();
    assert_eq!(finished.code(), Some(2));
    assert!(finished.stderr().contains(why), "{}", finished.stderr());
    Ok(())
}

/// The commands are printed, and nothing is installed or built.
#[test]
fn commands() -> Checked {
    builder()?;
    let folder = installer("commands", "raise SystemExit");
    let finished = matrix(&folder, &["--show-commands"]);
    let text = finished.stdout();
    assert!(text.starts_with("# cython-meson-3.3.1@cp311: Cython, meson-python\n"), "{text}");
    assert!(text.contains("--target site cython==3.3.1 meson-python==0.22.1"), "{text}");
    assert!(text.contains("build_wheel(sys.argv[2])' mesonpy wheels"), "{text}");
    assert!(!folder.join("cache/toolkits").exists());
    Ok(())
}
