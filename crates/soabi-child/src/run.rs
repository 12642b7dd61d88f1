//! Children that are run from their start to their end.

use std::io;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::child::{Child, Event};

/// A child that has ended, by itself or because its time was up.
#[derive(Debug)]
pub struct Finished {
    /// How it ended; `None` when its time was up.
    pub status: Option<ExitStatus>,
    /// The beginning of its stdout.
    pub stdout: Vec<u8>,
    /// The beginning of its stderr.
    pub stderr: Vec<u8>,
    /// Whether it wrote more to stdout than [`KEPT`](crate::KEPT) bytes.
    pub flooded: bool,
}

/// Runs `command` without input to its end, or for no longer than `limit`.
pub fn run(command: &mut Command, limit: Duration) -> io::Result<Finished> {
    finish(Child::spawn(command.stdin(Stdio::null()))?, limit)
}

/// Like [`run`], for a child that has no reason to flood its stdout: it is killed when it does.
pub fn ask(command: &mut Command, limit: Duration) -> io::Result<Finished> {
    finish(Child::spawn(command.stdin(Stdio::null()))?.that_may_not_flood(), limit)
}

fn finish(mut child: Child, limit: Duration) -> io::Result<Finished> {
    let deadline = Instant::now() + limit;
    let status = loop {
        match child.next_event(deadline, false)? {
            Event::Ended(status) => break Some(status),
            Event::TimedOut => break None,
            Event::Line(_) => {}
        }
    };
    let (stdout, flooded) = child.take_stdout();
    Ok(Finished { status, stdout, stderr: child.take_stderr(), flooded })
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;
    use crate::KEPT;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    const PLENTY: Duration = Duration::from_secs(20);

    #[test]
    fn output_and_status_come_back() {
        let finished = run(&mut sh("echo out; echo err >&2; exit 3"), PLENTY).unwrap();
        assert_eq!(finished.status.unwrap().code(), Some(3));
        assert_eq!((&finished.stdout[..], &finished.stderr[..]), (&b"out\n"[..], &b"err\n"[..]));
    }

    #[test]
    fn a_signal_is_a_signal() {
        let finished = run(&mut sh("kill -SEGV $$"), PLENTY).unwrap();
        assert_eq!(finished.status.unwrap().signal(), Some(11));
    }

    #[test]
    fn there_is_no_input() {
        let finished = run(&mut sh("cat; exit 7"), PLENTY).unwrap();
        assert_eq!(finished.status.unwrap().code(), Some(7));
    }

    #[test]
    fn time_is_up_for_the_whole_group() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("the-grandchild-lived-on");
        let script = format!("(sleep 1; : > '{}') & sleep 60", mark.display());
        let finished = run(&mut sh(&script), Duration::from_millis(100)).unwrap();
        assert!(finished.status.is_none());
        std::thread::sleep(Duration::from_millis(1500));
        assert!(!mark.exists());
    }

    #[test]
    fn a_grandchild_that_holds_the_pipes_does_not_hold_us() {
        let finished = run(&mut sh("sleep 60 & exit 4"), PLENTY).unwrap();
        assert_eq!(finished.status.unwrap().code(), Some(4));
    }

    #[test]
    fn a_child_that_closes_its_output_is_waited_for() {
        let finished = run(&mut sh("exec >&- 2>&-; sleep 0.1; exit 5"), PLENTY).unwrap();
        assert_eq!(finished.status.unwrap().code(), Some(5));
    }

    #[test]
    fn a_flood_is_read_to_its_end_and_not_kept() {
        let finished = run(&mut sh("head -c 5000000 /dev/zero; exit 6"), PLENTY).unwrap();
        assert_eq!(finished.status.unwrap().code(), Some(6));
        assert_eq!((finished.stdout.len(), finished.flooded), (KEPT, true));
    }

    #[test]
    fn a_flood_where_none_may_be_ends_the_child_and_its_children() {
        let finished = ask(&mut sh("trap '' PIPE; yes & wait; sleep 60"), PLENTY).unwrap();
        assert_eq!(finished.status.unwrap().signal(), Some(9));
        assert_eq!((finished.stdout.len(), finished.flooded), (KEPT, true));
    }

    #[test]
    fn what_can_be_kept_is_no_flood() {
        let finished = ask(&mut sh(&format!("head -c {KEPT} /dev/zero; exit 6")), PLENTY).unwrap();
        assert_eq!(finished.status.unwrap().code(), Some(6));
        assert_eq!((finished.stdout.len(), finished.flooded), (KEPT, false));
        let finished = ask(&mut sh(&format!("head -c {} /dev/zero", KEPT + 1)), PLENTY).unwrap();
        assert_eq!((finished.stdout.len(), finished.flooded), (KEPT, true));
    }

    #[test]
    fn stderr_may_be_flooded() {
        let finished = ask(&mut sh("head -c 5000000 /dev/zero >&2; echo out"), PLENTY).unwrap();
        assert!(finished.status.unwrap().success());
        assert_eq!((&finished.stdout[..], finished.flooded), (&b"out\n"[..], false));
        assert_eq!(finished.stderr.len(), KEPT);
    }
}
