//! What the program says and writes, and with which exit code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use rstest::rstest;
use serde_json::Value;
use soabi_python::{Interpreter, manifests};
use soabi_rules::tables::{Column, ColumnFile, ExportTable};

use crate::support::{Finished, Soabi, pythons};

/// Without any Python there is no matrix, and certainly no green one.
#[rstest]
fn no_python_is_no_matrix(#[values("matrix", "load")] command: &str) {
    let folder = tempfile::tempdir().unwrap();
    let module = folder.path().join("spam.so");
    fs::write(&module, "").unwrap();
    let soabi = Soabi::without_pythons().args([command]);
    let soabi = if command == "load" { soabi.args([&module]) } else { soabi };
    let finished = soabi.run();
    assert_eq!(finished.code(), Some(2));
    assert_eq!(finished.stdout(), "");
    let stderr = finished.stderr();
    assert!(stderr.starts_with("error: no Python was found\n\nhint: get it with `"), "{stderr}");
}

#[test]
fn missing_pythons_are_listed_with_the_way_to_get_them() {
    let finished = Soabi::without_pythons().args(["pythons"]).run();
    assert_eq!(finished.code(), Some(2));
    let stdout = finished.stdout();
    let words = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let help = "cp311 missing: get it with `soabi pythons --install cp311`, or by hand: `uv python install 3.11` cp312 ";
    assert!(words.contains(help), "{stdout}");
    // What a reader would copy is on one line.
    assert!(stdout.lines().any(|line| line.contains("`uv python install 3.11`")), "{stdout}");
    let summary = format!("0 interpreters found, {} missing, 0 broken\n", manifests().len());
    assert!(stdout.ends_with(&summary), "{stdout}");
}

/// Where no installer works, each reports why and what to do, and the exit status is 2.
#[test]
fn failed_installations_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let install = |more: &[&str]| {
        let soabi = Soabi::without_pythons().env("SOABI_DATA_DIR", folder.path());
        soabi.args(["pythons", "--install", "cp314"]).args(more).run()
    };
    let finished = install(&[]);
    assert_eq!(finished.code(), Some(2));
    let stderr = finished.stderr();
    for line in [
        "cp314         not installed\n",
        "    not by uv: `uv` is missing (hint: `pipx install uv`)\n",
        "    not by packages of Debian sid: `dpkg-deb` is missing (hint: this way needs Debian or a system like it)\n",
        "    not by pyenv: `pyenv` is missing (hint: install pyenv)\n",
    ] {
        assert!(stderr.contains(line), "{stderr}");
    }
    let planned = install(&["--dry-run"]);
    assert_eq!(planned.code(), Some(0));
    assert!(planned.stdout().starts_with("cp314         no way to install it on this machine\n"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "a plan makes no folder");
}

/// A script that says that it is 3.14.
fn fake_python(file: &Path, executable: &Path, headers: &Path) {
    let answer = serde_json::json!({
        "result": "success", "implementation": "cpython", "version": "3.14.2", "hexversion": 0x030e_02f0,
        "abiflags": "", "counts_references": false, "pymalloc": true, "soabi": "cpython-314-x86_64-linux-gnu",
        "ext_suffixes": [".cpython-314-x86_64-linux-gnu.so", ".abi3.so", ".so"], "pointer_bits": 64,
        "debug": false, "gil_disabled": false, "wide_unicode": true, "platform": "linux-x86_64",
        "multiarch": null, "include_dirs": [headers], "platinclude": null, "libpython": [],
        "executable": executable, "prefix": "/", "base_prefix": "/",
    });
    script(file, &format!("echo 'soabi-answer: {answer}'"));
}

fn script(file: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(file, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A uv that installs one interpreter, with headers.
fn fake_uv(folder: &Path, uv_pythons: &Path) {
    let (python, bin) = (folder.join("interpreter"), uv_pythons.join("cpython-3.14/bin"));
    fs::write(folder.join("Python.h"), "").unwrap();
    fake_python(&python, &bin.join("python3.14"), folder);
    let (python, bin) = (python.display(), bin.display());
    let text = format!("echo $* && /bin/mkdir -p '{bin}' && /bin/cp '{python}' '{bin}/python3.14'");
    script(&folder.join("uv"), &text);
}

#[test]
fn an_installed_interpreter_is_found_and_not_installed_again() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let uv_pythons = data.path().join("uv");
    fake_uv(folder.path(), &uv_pythons);
    let install = || {
        let soabi = Soabi::without_pythons().env("PATH", folder.path()).env("SOABI_DATA_DIR", data.path());
        soabi.env("UV_PYTHON_INSTALL_DIR", &uv_pythons).args(["pythons", "--install", "cp314"]).run()
    };
    let first = install();
    assert_eq!(first.code(), Some(0), "{}", first.stderr());
    assert!(
        first.stderr().contains("cp314         `uv python install 3.14`, of unknown size\n"),
        "{}",
        first.stderr()
    );
    assert!(first.stderr().contains("cp314         installed: uv, "), "{}", first.stderr());
    assert!(first.stdout().contains("3.14.2") && !first.stdout().contains("drifted"), "{}", first.stdout());
    let second = install();
    assert_eq!((second.code(), second.stderr().as_str()), (Some(0), "nothing to install\n"));
}

/// A system's own Python has no headers until another package brings them, and the tests want them.
#[rstest]
#[case::by_name(&["--install", "cp314"])]
#[case::every_one(&["--python", "cp314", "--install"])]
fn one_without_headers_is_not_enough(#[case] args: &[&str]) {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let uv_pythons = data.path().join("uv");
    fake_uv(folder.path(), &uv_pythons);
    let bare = folder.path().join("python3.14");
    fake_python(&bare, &bare, Path::new("/nowhere"));
    let soabi = Soabi::without_pythons().env("PATH", folder.path()).env("SOABI_DATA_DIR", data.path());
    let finished = soabi.env("UV_PYTHON_INSTALL_DIR", &uv_pythons).args(["pythons"]).args(args).run();
    assert_eq!(finished.code(), Some(0), "{}", finished.stderr());
    assert!(finished.stderr().contains("cp314         installed: uv, "), "{}", finished.stderr());
    assert!(finished.stdout().contains("  (uv, headers, no libpython)\n"), "{}", finished.stdout());
}

/// Nobody asked for them by name: what cannot be had is told and is no failure, unless the tests require it.
#[test]
fn of_everything_only_the_required_must_be_had() {
    let folder = tempfile::tempdir().unwrap();
    let install = |versions: &str| {
        let soabi = Soabi::without_pythons().env("SOABI_DATA_DIR", folder.path());
        soabi.args(["pythons", "--python", versions, "--install"]).run()
    };
    let optional = install("3.14..");
    assert_eq!(optional.code(), Some(0), "{}", optional.stderr());
    assert!(optional.stderr().contains("cp315         not installed\n"), "{}", optional.stderr());
    assert_eq!(install("3.12..").code(), Some(2));
}

#[test]
fn an_interpreter_without_a_manifest_cannot_be_installed() {
    let finished = Soabi::without_pythons().args(["pythons", "--install", "cp399"]).run();
    assert_eq!(finished.code(), Some(2));
    assert!(finished.stderr().starts_with("error: `cp399` selects nothing\n"), "{}", finished.stderr());
}

/// A Python that is none is reported as what it is, and does not stop the others.
#[test]
fn a_broken_python_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("python3");
    fs::write(&python, "#!/bin/sh\necho 'I am not a Python'\n").unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    let finished = Soabi::without_pythons().env("PATH", folder.path()).args(["pythons"]).run();
    assert_eq!(finished.code(), Some(2));
    let summary = format!("0 interpreters found, {} missing, 1 broken\n", manifests().len());
    assert!(finished.stdout().contains(&summary), "{}", finished.stdout());
    assert!(finished.stdout().contains("I am not a Python"), "{}", finished.stdout());
}

/// A process that an interpreter leaves behind in a session of its own ends with the listing.
#[test]
fn nothing_outlives_a_listing() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("python3");
    let pid = folder.path().join("pid");
    let script = format!(
        "#!/bin/sh\nsetsid sh -c 'echo $$ >{0}.new; mv {0}.new {0}; exec sleep 777' &\nwhile ! [ -e {0} ]; do :; done\n",
        pid.display()
    );
    fs::write(&python, script).unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let finished =
        Soabi::without_pythons().env("PATH", path).args(["pythons", "--python"]).args([&python]).run();
    assert!(finished.stdout().contains(" 1 broken\n"), "{}", finished.stdout());
    let pid = fs::read_to_string(pid).unwrap();
    assert!(!Path::new("/proc").join(pid.trim()).exists(), "process {pid} is alive");
}

#[rstest]
#[case::nonsense(&["matrix", "--python", "cobra"])]
#[case::no_such_version(&["matrix", "--python", "cp399"])]
#[case::no_such_flavor(&["matrix", "--flavor", "c-triple"])]
#[case::no_such_file(&["matrix", "no-such-file.so"])]
#[case::no_such_table(&["matrix", "--expected", "no-such-table.toml"])]
#[case::no_time(&["matrix", "--time-limit", "0"])]
fn impossible_requests_are_refused(#[case] args: &[&str]) {
    let finished = Soabi::new().args(args).run();
    assert_eq!(finished.code(), Some(2), "{}", finished.stdout());
    assert_eq!(finished.stdout(), "");
    let name = std::thread::current().name().unwrap_or_default().rsplit("::").next().unwrap().to_owned();
    assert_snapshot!(format!("refused-{}", &name[7..]), finished.stderr());
}

#[rstest]
fn help(
    #[values(
        "",
        "matrix",
        "audit",
        "cache",
        "ci",
        "merge",
        "notes",
        "pythons",
        "load",
        "explain",
        "inspect",
        "abi3audit"
    )]
    command: &str,
) {
    let args: Vec<_> = [command, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
    let finished = Soabi::new().without("SOABI_PYTHON").env("COLUMNS", "100").args(args).run();
    assert_eq!(finished.code(), Some(0));
    let name = if command.is_empty() { "soabi" } else { command };
    insta::with_settings!({filters => vec![(r"\[env: (\w+)=[^\]]*\]", "[env: $1=]")]}, {
        assert_snapshot!(format!("help-{name}"), finished.stdout());
    });
}

/// An interpreter of Python 3 that is there, and the next one.
fn two_pythons() -> [String; 2] {
    let three: Vec<_> =
        pythons().iter().map(ToString::to_string).filter(|id| id.starts_with("cp3")).collect();
    [three[0].clone(), three[1].clone()]
}

#[test]
fn the_plan_is_printed_and_not_run() {
    let [one, two] = two_pythons();
    let finished = Soabi::new()
        .args(["matrix", "--plan", "--rung", "import", "--flavor", "c-single"])
        .args(["--python", &one, "--python", &two])
        .run();
    assert_eq!(finished.code(), Some(0));
    let cell = |built: &str, run: &str, name: &str| format!("c-single/{built}@{run}/{name}\n");
    let mut expected = String::new();
    for built in [&one, &two] {
        for run in [&one, &two] {
            expected += &cell(built, run, "import");
            expected += &cell(built, run, "import-bare");
        }
    }
    assert_eq!(finished.stdout(), expected);
}

/// The two classic steps, as a person would type them.
#[test]
fn commands_are_shown() {
    let [python, _] = two_pythons();
    let finished =
        Soabi::new().args(["matrix", "--show-commands", "--flavor", "c-single", "--python", &python]).run();
    assert_eq!(finished.code(), Some(0));
    let stdout = finished.stdout();
    let lines: Vec<_> = stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{stdout}");
    assert_eq!(lines[0], format!("# c-single/{python}"));
    assert!(
        lines[1].starts_with("cc ") && lines[1].contains(" -fPIC ") && lines[1].contains(" -c "),
        "{stdout}"
    );
    assert!(lines[2].starts_with("cc ") && lines[2].contains(" -shared "), "{stdout}");
}

fn small_matrix(format: &str) -> Finished {
    let [one, two] = two_pythons();
    Soabi::new()
        .args(["matrix", "--flavor", "c-single", "--format", format])
        .args(["--python", &one, "--python", &two])
        .run()
}

/// The picture, with letters that need no color.
#[test]
fn the_picture() {
    let [one, two] = two_pythons();
    let finished = small_matrix("human");
    assert_eq!(finished.code(), Some(0));
    let stdout = finished.stdout();
    let picture: Vec<_> =
        stdout.lines().map(str::trim_start).filter(|line| line.starts_with("c-single/")).collect();
    // Only one of them without the GIL: what comes of luck, which small letters say, is no matter of this test.
    let strangers = one.ends_with('t') != two.ends_with('t');
    let squares = |line: &str| {
        let squares = line.split_whitespace().skip(1).filter(|word| *word != "\u{2502}").collect::<String>();
        if strangers { squares.replace(char::is_lowercase, "a") } else { squares }
    };
    assert_eq!(squares(picture[0]), "ANAaAa", "{stdout}");
    assert_eq!(squares(picture[1]), "NAaAaA", "{stdout}");
    assert!(picture[0].starts_with(&format!("c-single/{one} ")));
    assert!(picture[1].starts_with(&format!("c-single/{two} ")));
    assert!(stdout.contains("not selected (--python): "), "{stdout}");
    let sums = "12 cells: 8 as expected, 0 unexpected, 4 luck, 0 not run\npredicted: 12 of 12 cells as seen\n\nPASS: all 8 ";
    assert!(stdout.contains(sums), "{stdout}");
    assert!(!stdout.contains('\u{1b}'), "there is no terminal");
}

#[test]
fn a_dash_is_stdout() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| Soabi::new().within(folder.path()).args(["explain"]).args(args).run().stdout();
    let said = run(&["private-import"]);
    assert!(!said.is_empty());
    assert_eq!(run(&["private-import", "-o", "-"]), said);
    assert_eq!(run(&["private-import", "-o", "./-"]), "");
    assert_eq!(fs::read_to_string(folder.path().join("-")).unwrap(), said);
}

#[test]
fn colors_are_for_those_who_ask() {
    let [python, _] = two_pythons();
    let run = |color: &str| {
        let args = ["matrix", "--flavor", "ffi", "--rung", "load", "--color", color, "--python", &python];
        Soabi::new().args(args).run().stdout()
    };
    assert!(run("always").contains('\u{1b}'));
    assert!(!run("never").contains('\u{1b}'));
}

/// The contract with those who script against it.
#[test]
fn the_json_contract() {
    let report: Value = small_matrix("json").json();
    assert_eq!(report["schema"], "soabi/matrix/v1");
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    let has = |value: &Value, wanted: &[&str]| {
        for key in wanted {
            assert!(keys(value).contains(*key), "{key} in {:?}", keys(value));
        }
    };
    has(&report, &["schema", "version", "pythons", "artifacts", "cells"]);
    has(&report["pythons"][0], &["id", "path", "version", "soabi", "found"]);
    has(&report["artifacts"][0], &["id", "flavor", "built_for", "file_name", "path"]);
    let cell = [
        "id",
        "artifact",
        "python",
        "rung",
        "outcome",
        "gate",
        "message",
        "expectation",
        "verdict",
        "agrees",
        "ms",
    ];
    has(&report["cells"][0], &cell);
    let refused =
        report["cells"].as_array().unwrap().iter().find(|cell| cell["outcome"] == "refused").unwrap();
    assert_eq!(refused["gate"], "name");
    assert_eq!(refused["message"], "No module named 'spam'");
    assert_eq!(refused["verdict"], "as-expected");
}

#[test]
fn junit_has_a_case_for_every_cell() {
    let finished = small_matrix("junit");
    let stdout = finished.stdout();
    assert_eq!(stdout.matches("<testsuite ").count(), 2);
    assert_eq!(stdout.matches("<testcase ").count(), 12);
    assert!(stdout.contains("failures=\"0\""));
}

/// A compiler that is not there leaves rows that say so; one that fails is something that could not be done.
#[test]
fn compilers_that_are_not_there_or_fail() {
    let [python, _] = two_pythons();
    let run = |compiler: &str| {
        let cache = tempfile::tempdir().unwrap();
        let args =
            ["matrix", "--flavor", "c-single", "--flavor", "ffi", "--rung", "load", "--python", &python];
        Soabi::new().env("CC", compiler).env("SOABI_CACHE_DIR", cache.path()).args(args).run()
    };
    let folder = tempfile::tempdir().unwrap();
    let compiler = folder.path().join("no-such-cc").display().to_string();
    let missing = run(&compiler);
    assert_eq!(missing.code(), Some(0), "{}", missing.stdout());
    assert!(missing.stdout().contains(&format!("no program `{compiler}`; install it, or name another")));
    assert!(missing.stdout().contains("2 cells: 1 as expected, 0 unexpected, 0 luck, 1 not run"));
    let failing = run("false");
    assert_eq!(failing.code(), Some(2), "{}", failing.stdout());
    assert!(failing.stdout().contains("could not be done"));
}

/// Somebody's own files: text that calls itself a module, and a file that does not.
#[test]
fn files_that_are_no_modules() {
    let [python, _] = two_pythons();
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("eggs.abi3.so");
    fs::write(&text, "this is a text of more than sixty-four bytes, and it is not an object file at all")
        .unwrap();
    let finished = Soabi::new().args(["matrix", "--format", "json", "--python", &python]).args([&text]).run();
    assert_eq!(finished.code(), Some(0), "nothing is promised of an abi3 file without a floor");
    let report: Value = finished.json();
    for cell in report["cells"].as_array().unwrap() {
        assert_eq!((&cell["outcome"], &cell["gate"]), (&"refused".into(), &"platform".into()), "{cell}");
    }

    let readme = folder.path().join("README.md");
    fs::write(&readme, "").unwrap();
    let finished = Soabi::new().args(["matrix", "--python", &python]).args([&text, &readme]).run();
    assert_eq!(finished.code(), Some(2));
    assert!(
        finished.stdout().contains("README.md` is not the name of an extension module"),
        "{}",
        finished.stdout()
    );
}

#[test]
fn a_report_goes_where_it_is_sent() {
    let [python, _] = two_pythons();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.txt");
    let args =
        ["matrix", "--flavor", "ffi", "--rung", "load", "--color", "always", "--python", &python, "-o"];
    let finished = Soabi::new().args(args).args([&file]).run();
    assert_eq!((finished.code(), finished.stdout()), (Some(0), String::new()));
    let report = fs::read_to_string(&file).unwrap();
    assert!(report.contains("1 cell: 1 as expected") && !report.contains('\u{1b}'), "{report}");

    let file = folder.path().join("no-such-folder/report.txt");
    let nowhere = Soabi::new().args(args).args([&file]).run();
    assert_eq!(nowhere.code(), Some(2));
    let error = format!("the report could not be written to `{}`", file.display());
    assert!(nowhere.stderr().contains(&error), "{}", nowhere.stderr());
}

fn everything_below(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        found.insert(entry.file_name().to_string_lossy().into_owned());
    }
    found
}

/// Nothing is written but the cache and, for the time of the run, the temporary folder. Two at once, from
/// nothing, do not disturb each other.
#[test]
fn two_at_once_in_a_home_of_their_own() {
    let [python, _] = two_pythons();
    // By its path: most are found from the home of whom they belong to.
    let list: Value = Soabi::new().args(["pythons", "--python", &python, "--format", "json"]).run().json();
    let python = list["found"][0]["executable"].as_str().unwrap();
    let home = tempfile::tempdir().unwrap();
    for folder in ["home", "tmp", "cwd"] {
        fs::create_dir(home.path().join(folder)).unwrap();
    }
    let start = || {
        let mut command = Soabi::new()
            .env("HOME", home.path().join("home"))
            .env("TMPDIR", home.path().join("tmp"))
            .args(["matrix", "--flavor", "c-single", "--flavor", "c-abi3", "--format", "json"])
            .args(["--python", python])
            .command();
        command.env_remove("SOABI_CACHE_DIR").env_remove("XDG_CACHE_HOME");
        command.current_dir(home.path().join("cwd")).stdout(std::process::Stdio::piped()).spawn().unwrap()
    };
    let (one, two) = (start(), start());
    for child in [one, two] {
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["summary"]["unexpected"], 0);
    }
    assert_eq!(everything_below(&home.path().join("home")), [".cache".to_owned()].into());
    assert_eq!(everything_below(&home.path().join("home/.cache")), ["soabi".to_owned()].into());
    assert_eq!(everything_below(&home.path().join("tmp")), BTreeSet::new());
    assert_eq!(everything_below(&home.path().join("cwd")), BTreeSet::new());
}

/// A variable that tells compilers where to look makes another specimen; one that builds do not get makes none.
#[test]
fn compilers_variables_and_the_cache() {
    let [python, _] = two_pythons();
    let cache = tempfile::tempdir().unwrap();
    let entries = |variable: &str| {
        let finished = Soabi::new()
            .env("SOABI_CACHE_DIR", cache.path())
            .env(variable, "/no-such-folder")
            .args(["matrix", "--flavor", "c-single", "--rung", "load", "--python", &python])
            .run();
        assert_eq!(finished.code(), Some(0), "{}", finished.stderr());
        fs::read_dir(cache.path().join("specimens")).unwrap().count()
    };
    let found = ["SOABI_TEST", "LD_RUN_PATH", "CPATH", "LIBRARY_PATH"].map(entries);
    assert_eq!(found, [1, 1, 2, 3]);
}

/// A home that does not exist, or that is no absolute path, is not created, and a listing does not need one.
#[rstest]
#[case::relative("home")]
#[case::absent("/proc/no-such-home")]
fn unusable_homes(#[case] home: &str) {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let mut command = Soabi::without_pythons().env("HOME", home).args(args).command();
        for variable in ["SOABI_CACHE_DIR", "SOABI_DATA_DIR", "XDG_CACHE_HOME", "XDG_DATA_HOME"] {
            command.env_remove(variable);
        }
        let output = command.current_dir(folder.path()).output().unwrap();
        assert_eq!(everything_below(folder.path()), BTreeSet::new());
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    assert!(run(&["pythons"]).contains("0 interpreters found"));
    let install = run(&["pythons", "--install", "cp311", "--dry-run"]);
    assert!(install.starts_with("error: there is no place for interpreters: "), "{install}");
    assert!(install.contains("SOABI_DATA_DIR"), "{install}");
}

/// The snapshot of an interpreter whose release the tables have is that column: the table has no name that the
/// interpreter lacks, and lacks no public name that it has.
#[test]
fn a_snapshot_is_a_column_of_the_tables() {
    let table = ExportTable::get();
    let mut found: Value = Soabi::new().args(["pythons", "--format", "json"]).run().json();
    let found: Vec<Interpreter> = serde_json::from_value(found["found"].take()).unwrap();
    let mut compared = 0;
    for python in &found {
        let is_of = |column: &Column| {
            column.abi == python.id.abi && python.facts.version.parse() == Ok(column.release)
        };
        let Some(column) = table.columns().iter().position(is_of) else { continue };
        let text = Soabi::new().args(["pythons", "--snapshot", &python.id.to_string()]).run().stdout();
        let file = ColumnFile::parse(&table.columns()[column].stem(), &text).unwrap();
        let seen: BTreeSet<_> = file.names.keys().map(String::as_str).collect();
        let known = table.symbols().filter(|symbol| symbol.exported_by.contains(column));
        let known: BTreeSet<_> = known.map(|symbol| symbol.name).collect();
        let of_python = |name: &&&str| name.starts_with("Py");
        assert_eq!(known.difference(&seen).collect::<Vec<_>>(), [&""; 0], "not exported by {}", python.id);
        // 2.7 exports what its own modules define, `io` for one, where the distributor has built them in.
        let missing: Vec<_> = seen.difference(&known).filter(of_python).collect();
        assert!(python.facts.feature.major == 2 || missing.is_empty(), "{}: {missing:?}", python.id);
        compared += 1;
    }
    assert!(compared > 0, "no interpreter here has a release of the tables");
    assert_eq!(Soabi::new().args(["pythons", "--snapshot", "cp399"]).run().code(), Some(2));
}

/// Without a home there is nowhere to keep anything: the list is made all the same, and no folder at the root.
#[rstest]
#[case::missing("/proc/no-such-home")]
#[case::root("/")]
fn an_unusable_home_leaves_nothing_at_the_root(#[case] home: &str) {
    let entries = || [".cache", ".local", "soabi"].map(|name| Path::new("/").join(name).exists());
    let before = entries();
    let soabi =
        Soabi::without_pythons().env("HOME", home).without("SOABI_CACHE_DIR").without("XDG_CACHE_HOME");
    let finished = soabi.args(["pythons"]).run();
    assert!(
        finished.stdout().contains("0 interpreters found, "),
        "{}{}",
        finished.stdout(),
        finished.stderr()
    );
    assert_eq!(entries(), before);
}
