//! Where a report goes: a file as a whole or not at all, never over an input, and an error where it would be lost.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use rstest::rstest;
use tempfile::TempDir;

use crate::harness::{Checked, ready, skip};
use crate::support::{Finished, Soabi};

/// What starts every archive of ZIP.
const ARCHIVE: &str = "PK\x03\x04 and more";

/// The report that was there before.
const OLD: &str = "the old report";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn run(folder: &TempDir, args: &[&str]) -> Finished {
    Soabi::new().within(folder.path()).args(args).run()
}

/// soabi with `args`, by a shell that does this first.
fn by_shell(folder: &TempDir, script: &str) -> Output {
    let mut command = Command::new("sh");
    command.current_dir(folder).args(["-c", script, env!("CARGO_BIN_EXE_soabi")]);
    command.env_remove("FORCE_COLOR").env_remove("CLICOLOR_FORCE");
    command.output().unwrap()
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

/// A shell makes `audit -o a.whl b.whl` of `audit -o *.whl`: the first is a wheel, though no input.
#[rstest]
#[case::forgotten_file_name(&["audit", "-o", "a.whl", "b.whl"], "which is an archive or a native file")]
#[case::an_input(&["audit", "-o", "a.whl", "a.whl"], "which is an input\n")]
#[case::by_another_path(&["audit", "-o", "../{}/a.whl", "a.whl"], "which is an input (`a.whl`)\n")]
#[case::by_a_link(&["audit", "-o", "link", "a.whl"], "which is an input (`a.whl`)\n")]
#[case::by_a_hard_link(&["audit", "-o", "hard", "text"], "which is an input (`text`)\n")]
#[case::the_configuration(&["audit", "--config", "text", "-o", "text", "a.whl"], "which is an input\n")]
#[case::a_report_to_merge(&["merge", "b.json", "text", "-o", "text"], "which is an input\n")]
#[case::a_module(&["matrix", "text", "-o", "text"], "which is an input\n")]
#[case::by_any_command(&["explain", "private-import", "-o", "b.whl"], "which is an archive or a native file")]
fn what_is_not_replaced(#[case] args: &[&str], #[case] expected: &str) {
    let folder = folder(&[("a.whl", ARCHIVE), ("b.whl", ARCHIVE), ("text", OLD), ("b.json", "{}")]);
    symlink("a.whl", folder.path().join("link")).unwrap();
    fs::hard_link(folder.path().join("text"), folder.path().join("hard")).unwrap();
    let own_name = folder.path().file_name().unwrap().to_str().unwrap();
    let args: Vec<String> = args.iter().map(|arg| arg.replace("{}", own_name)).collect();
    let before = names(&folder);
    let finished = run(&folder, &args.iter().map(String::as_str).collect::<Vec<_>>());
    let stderr = finished.stderr();
    assert_eq!((finished.code(), finished.stdout()), (Some(2), String::new()), "{stderr}");
    assert!(stderr.contains(expected), "{stderr}");
    assert!(stderr.contains("hint: `-o` takes the argument behind it: `audit -o dist/*.whl`"), "{stderr}");
    assert_eq!([read(&folder, "a.whl"), read(&folder, "b.whl")], [ARCHIVE; 2]);
    assert_eq!((read(&folder, "text").as_str(), names(&folder)), (OLD, before));
}

/// An input of the same name elsewhere, or the same text in another file, is no reason to refuse.
#[rstest]
#[case::a_new_file("new")]
#[case::an_old_report("text")]
fn what_is_replaced(#[case] output: &str) {
    let folder = folder(&[("text", OLD), ("other", OLD)]);
    let finished = run(&folder, &["audit", "--no-config", "other", "-o", output]);
    assert_eq!(finished.stdout(), "", "{}", finished.stderr());
    assert!(read(&folder, output).contains("other"), "{}", finished.stderr());
    assert_eq!(read(&folder, "other"), OLD);
    assert!(names(&folder).iter().all(|name| ["new", "text", "other"].contains(&name.as_str())));
}

/// No file may grow, which is what a full disk is: with the signal of the limit ignored it is an error, and otherwise
/// it kills.
#[rstest]
#[case::full_disk("trap '' XFSZ; ulimit -f 0; exec \"$0\" explain private-import -o report", Some(2))]
#[case::killed("ulimit -c 0; ulimit -f 0; exec \"$0\" explain private-import -o report", None)]
fn a_report_is_whole_or_as_it_was(#[case] script: &str, #[case] code: Option<i32>) {
    for there in [&[("report", OLD)][..], &[]] {
        let folder = folder(there);
        let output = by_shell(&folder, script);
        assert_eq!(output.status.code(), code);
        let text = fs::read_to_string(folder.path().join("report")).ok();
        assert_eq!(text.as_deref(), there.first().map(|(_, text)| *text));
        if let Some(code) = code {
            assert_eq!(code, 2);
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert!(stderr.starts_with("error: the report could not be written to `report`: "), "{stderr}");
            assert_eq!(names(&folder).len(), there.len(), "{:?}", names(&folder));
        }
    }
}

/// What a run that was killed had written of its report goes with the next report; a run that still writes keeps its own.
#[test]
fn what_a_killed_run_left_is_removed() {
    let folder =
        folder(&[(".soabi-dead.tmp", "half"), (".soabi-live.tmp", "half"), (".soabi-notes", "mine")]);
    for name in [".soabi-dead.tmp", ".soabi-live.tmp", ".soabi-notes"] {
        let file = fs::File::options().append(true).open(folder.path().join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(10)).unwrap();
    }
    let live = fs::File::open(folder.path().join(".soabi-live.tmp")).unwrap();
    live.try_lock().unwrap();
    assert_eq!(run(&folder, &["explain", "private-import", "-o", "report"]).code(), Some(0));
    assert_eq!(names(&folder), [".soabi-live.tmp", ".soabi-notes", "report"]);
}

/// A report that may not be written is not replaced by way of its folder.
#[test]
fn a_read_only_report_stays() -> Checked {
    let folder = folder(&[("report", OLD)]);
    let report = folder.path().join("report");
    fs::set_permissions(&report, PermissionsExt::from_mode(0o444)).unwrap();
    if fs::OpenOptions::new().append(true).open(&report).is_ok() {
        return skip("root may write to every file");
    }
    ready()?;
    assert_eq!(run(&folder, &["explain", "private-import", "-o", "report"]).code(), Some(2));
    assert_eq!((read(&folder, "report").as_str(), names(&folder).len()), (OLD, 1));
    Ok(())
}

fn said() -> String {
    Soabi::new().args(["explain", "private-import"]).run().stdout()
}

#[rstest]
#[case::its_name("exec \"$0\" explain private-import -o /dev/stdout")]
#[case::its_number("exec \"$0\" explain private-import -o /dev/fd/3 3>&1")]
#[case::a_dash("exec \"$0\" explain private-import -o -")]
fn stdout_by_another_name(#[case] script: &str) {
    let folder = folder(&[]);
    let output = by_shell(&folder, script);
    assert_eq!((output.status.code(), String::from_utf8(output.stdout).unwrap()), (Some(0), said()));
    // The shell has the file open: it is appended to and not replaced.
    let to_file = script.replace("exec ", "echo before >log; exec ") + " >>log";
    let to_file = to_file.replace("3>&1 >>log", ">>log 3>&1");
    assert_eq!(by_shell(&folder, &to_file).status.code(), Some(0));
    assert_eq!(read(&folder, "log"), format!("before\n{}", said()));
    assert_eq!(names(&folder), ["log"]);
}

#[test]
fn a_fifo_is_written_to() {
    let folder = folder(&[]);
    let output = by_shell(&folder, "mkfifo pipe; cat pipe & \"$0\" explain private-import -o pipe; wait");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), said());
    assert_eq!(names(&folder), ["pipe"]);
}

#[rstest]
#[case::closed(">&-", Some(2))]
#[case::full(">/dev/full", Some(2))]
#[case::thrown_away(">/dev/null", Some(0))]
#[case::thrown_away_through_a_descriptor_for_both("1<>/dev/null", Some(0))]
fn a_lost_report_is_an_error(#[case] stdout: &str, #[case] code: Option<i32>) {
    let output = by_shell(&folder(&[]), &format!("exec \"$0\" explain private-import {stdout}"));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), code, "{stderr}");
    assert_eq!(stderr.starts_with("error: the report could not be written: "), code == Some(2), "{stderr}");
}

/// Where the report is not written to stdout, nothing is lost with it.
#[test]
fn a_file_needs_no_stdout() {
    let folder = folder(&[]);
    let output = by_shell(&folder, "exec \"$0\" explain private-import -o report >&-");
    assert_eq!((output.status.code(), read(&folder, "report")), (Some(0), said()));
}

/// `| head -c 1`: the reader leaves before the report is written.
#[test]
fn a_reader_that_leaves_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut child = Soabi::new().args(["explain", "private-import"]).command();
    let mut child = child.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}

/// The folder is missing, or the place is taken by a folder.
#[rstest]
#[case::no_folder("no/report")]
#[case::a_folder(".")]
fn impossible_places(#[case] output: &str) {
    let folder = folder(&[]);
    let finished = run(&folder, &["explain", "private-import", "-o", output]);
    assert_eq!(finished.code(), Some(2));
    let error = format!("error: the report could not be written to `{output}`: ");
    assert!(finished.stderr().starts_with(&error), "{}", finished.stderr());
    assert!(names(&folder).is_empty());
}
