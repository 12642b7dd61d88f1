//! The harness of the tests: what the built-in one does, and a test can be ignored while it runs, with a reason.
//!
//! A test that returns [`Checked`] looks for what it needs first, an interpreter for one. Where that is missing, it
//! returns a [`Skip`]: `cargo test` shows it as ignored with the reason and counts it, and never as passed.
//!
//! `cargo nextest` runs every test in a process of its own and knows only two ends of it. It asks for the list of
//! ignored tests beforehand, so for that list the tests that can be skipped are started and stop at [`ready`].

use std::fmt::Display;
use std::panic::resume_unwind;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Builder;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

/// What a test returns that this machine may lack something for.
pub(crate) type Checked = Result<(), Skip>;

/// Why a test stops without having failed.
#[derive(Debug)]
pub(crate) enum Skip {
    /// There is nothing to check here.
    Because(String),
    /// What it needs is here, and only that was asked.
    Ready,
}

/// Whether the tests are being listed.
static LISTING: AtomicBool = AtomicBool::new(false);

/// The test is skipped because of `reason`.
pub(crate) fn skip<T>(reason: impl Display) -> Result<T, Skip> {
    Err(Skip::Because(reason.to_string()))
}

/// Stands between what a test needs and what it checks.
pub(crate) fn ready() -> Checked {
    if LISTING.load(Ordering::Relaxed) { Err(Skip::Ready) } else { Ok(()) }
}

/// What a test function can return.
pub(crate) trait Test {
    /// Whether it can be skipped.
    const CAN_SKIP: bool;

    /// How it ended.
    fn checked(self) -> Checked;
}

impl Test for () {
    const CAN_SKIP: bool = false;

    fn checked(self) -> Checked {
        Ok(())
    }
}

impl Test for Checked {
    const CAN_SKIP: bool = true;

    fn checked(self) -> Checked {
        self
    }
}

/// A registered test.
pub(crate) struct Case {
    path: &'static str,
    run: fn() -> Checked,
    can_skip: bool,
}

impl Case {
    /// The test at `path`, which begins with the name of this crate.
    pub(crate) const fn new<T: Test>(path: &'static str, _: fn() -> T, run: fn() -> Checked) -> Self {
        Self { path, run, can_skip: T::CAN_SKIP }
    }

    /// The name in lists and filters.
    fn name(&self) -> &'static str {
        self.path.split_once("::").map_or(self.path, |(_, name)| name)
    }

    /// Runs the test in a thread that has its name, which snapshots and the messages of a panic contain.
    fn run(&self) -> std::thread::Result<Checked> {
        Builder::new().name(self.name().to_owned()).spawn(self.run).unwrap().join()
    }

    fn completion(&self) -> Result<Completion, Failed> {
        match self.run().unwrap_or_else(|panic| resume_unwind(panic)) {
            Ok(()) => Ok(Completion::Completed),
            // nextest takes the end of this process for a success.
            Err(Skip::Because(reason)) if std::env::var_os("NEXTEST").is_some() => {
                Err(format!("nothing to check: {reason}").into())
            }
            Err(Skip::Because(reason)) => Ok(Completion::ignored_with(reason)),
            Err(Skip::Ready) => Err("only the list of tests may stop here".into()),
        }
    }
}

inventory::collect!(Case);

/// Runs the tests that the arguments select.
pub(crate) fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let lists_ignored = arguments.list && arguments.ignored;
    LISTING.store(lists_ignored, Ordering::Relaxed);
    let mut cases: Vec<&'static Case> = inventory::iter::<Case>.into_iter().collect();
    cases.sort_by_key(|case| case.name());
    let trial = |case: &'static Case| {
        let is_ignored = lists_ignored && case.can_skip && matches!(case.run(), Ok(Err(Skip::Because(_))));
        Trial::ignorable_test(case.name(), || case.completion()).with_ignored_flag(is_ignored)
    };
    libtest_mimic::run(&arguments, cases.into_iter().map(trial).collect()).exit_code()
}
