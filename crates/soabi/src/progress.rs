//! Progress on stderr. On a terminal one bar per phase, gone when the phase is done; in a log a line every ten seconds.

use std::io::IsTerminal;
#[cfg(run)]
use std::sync::OnceLock;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
#[cfg(run)]
use soabi_core::ArtifactId;
use soabi_core::Foreign;
#[cfg(run)]
use soabi_harness::build::{NotBuilt, Progress};

/// Between two lines in a log.
const PERIOD: Duration = Duration::from_secs(10);

/// The bar of one phase.
pub(crate) struct Phase {
    bar: ProgressBar,
    log: Option<Log>,
}

impl Phase {
    /// Begins a phase of `total` steps; `what` is what is being done, such as `building`.
    pub(crate) fn begin(what: &'static str, total: usize, quiet: bool) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let target =
            if quiet || !is_terminal { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(total as u64), target).with_prefix(what);
        let template = "{prefix:>10} {bar:30} {pos}/{len} {rate:>6} {left} {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = out.write_str(&rate(state.per_sec()));
            };
            let left = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = out.write_str(&left(state.pos(), state.len(), state.elapsed()));
            };
            bar.set_style(style.with_key("rate", rate).with_key("left", left));
        }
        let log = (!quiet && !is_terminal).then(|| Log::begin(what, bar.clone()));
        Self { bar, log }
    }

    /// Begins a phase with an unknown number of steps.
    #[cfg(run)]
    pub(crate) fn spin(what: &'static str, quiet: bool) -> Self {
        let phase = Self::begin(what, 0, quiet);
        if let Ok(style) = ProgressStyle::with_template("{prefix:>10} {spinner} {elapsed} {wide_msg}") {
            phase.bar.set_style(style);
        }
        phase
    }

    /// One more step begins.
    #[cfg(run)]
    pub(crate) fn doing(&self, name: &str) {
        self.bar.set_message(name.to_owned());
    }

    /// One more step is done.
    pub(crate) fn done(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Phase {
    fn drop(&mut self) {
        self.log.take();
        self.bar.finish_and_clear();
    }
}

/// Steps in a second: `98/s`, `0.4/s`.
fn rate(per_second: f64) -> String {
    match per_second {
        slow if slow < 10.0 => format!("{slow:.1}/s"),
        fast => format!("{fast:.0}/s"),
    }
}

/// The time that is left if all goes on as until now: `about 40 s left`. Empty as long as nothing is done.
fn left(done: u64, total: Option<u64>, elapsed: Duration) -> String {
    let Some(total) = total.filter(|total| done > 0 && *total > done) else { return String::new() };
    let (done, open) =
        (u32::try_from(done).unwrap_or(u32::MAX), u32::try_from(total - done).unwrap_or(u32::MAX));
    let seconds = (elapsed / done).saturating_mul(open).as_secs();
    match seconds {
        0..=99 => format!("about {} s left", seconds.max(1)),
        _ => format!("about {} min left", seconds.div_ceil(60)),
    }
}

/// A line for a log: `running: 1200 of 8211 (14 %), about 59 s left`.
fn line(what: &str, done: u64, total: Option<u64>, message: &str, elapsed: Duration) -> String {
    let mut text = match total.filter(|total| *total > 0) {
        Some(total) => format!("{what}: {done} of {total} ({} %)", done.saturating_mul(100) / total),
        None => format!("{what}: {} s", elapsed.as_secs()),
    };
    let left = left(done, total, elapsed);
    for part in [left.as_str(), message] {
        if !part.is_empty() {
            text = format!("{text}, {}", Foreign::new(part));
        }
    }
    text
}

/// The thread that writes a line every ten seconds, until the phase is done.
struct Log {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Log {
    fn begin(what: &'static str, bar: ProgressBar) -> Self {
        let (end, ended) = mpsc::channel();
        let began = Instant::now();
        let write = move || {
            while ended.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
                anstream::eprintln!(
                    "{}",
                    line(what, bar.position(), bar.length(), &bar.message(), began.elapsed())
                );
            }
        };
        Self { end: Some(end), thread: Some(thread::spawn(write)) }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.end.take();
        if let Some(thread) = self.thread.take() {
            // It ends at once, and has nothing that could be lost.
            let _ = thread.join();
        }
    }
}

/// The bar of the builds. There is none when nothing has to be built.
#[cfg(run)]
pub(crate) struct BuildBar {
    quiet: bool,
    phase: OnceLock<Phase>,
}

#[cfg(run)]
impl BuildBar {
    pub(crate) const fn new(quiet: bool) -> Self {
        Self { quiet, phase: OnceLock::new() }
    }
}

#[cfg(run)]
impl Progress for BuildBar {
    fn planned(&self, builds: usize) {
        if builds > 0 {
            self.phase.get_or_init(|| Phase::begin("building", builds, self.quiet));
        }
    }

    fn started(&self, specimen: &ArtifactId) {
        if let Some(phase) = self.phase.get() {
            phase.doing(&specimen.0);
        }
    }

    fn finished(&self, _: &ArtifactId, _: Option<&NotBuilt>) {
        if let Some(phase) = self.phase.get() {
            phase.done();
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing_done(0, Some(8211), "", 10, "running: 0 of 8211 (0 %)")]
    #[case::soon(8000, Some(8211), "", 80, "running: 8000 of 8211 (97 %), about 2 s left")]
    #[case::later(41, Some(133), "pyo3/cp313", 60, "running: 41 of 133 (30 %), about 3 min left, pyo3/cp313")]
    #[case::all_done(133, Some(133), "", 70, "running: 133 of 133 (100 %)")]
    #[case::unknown(0, Some(0), "a\nb", 20, "running: 20 s, a\\nb")]
    fn lines_of_a_log(
        #[case] done: u64,
        #[case] total: Option<u64>,
        #[case] message: &str,
        #[case] seconds: u64,
        #[case] expected: &str,
    ) {
        assert_eq!(line("running", done, total, message, Duration::from_secs(seconds)), expected);
    }

    #[rstest]
    #[case(0.42, "0.4/s")]
    #[case(118.6, "119/s")]
    fn rates(#[case] per_second: f64, #[case] expected: &str) {
        assert_eq!(rate(per_second), expected);
    }
}
