//! Progress on stderr: one bar per phase, gone when the phase is done. Where stderr is no terminal there is none.

#[cfg(run)]
use std::sync::OnceLock;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
#[cfg(run)]
use soabi_core::ArtifactId;
#[cfg(run)]
use soabi_harness::build::{NotBuilt, Progress};

/// The bar of one phase.
pub(crate) struct Phase {
    bar: ProgressBar,
}

impl Phase {
    /// Begins a phase of `total` steps; `what` is what is being done, such as `building`.
    pub(crate) fn begin(what: &'static str, total: usize, quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(total as u64), target).with_prefix(what);
        let template = "{prefix:>10} {bar:30} {pos}/{len} {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar }
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
        self.bar.finish_and_clear();
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
