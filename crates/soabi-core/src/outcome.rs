//! What a rung saw.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a module is refused, in the order in which an interpreter comes to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// The finder does not look for a file of this name.
    Name,
    /// The file's format, machine, or C library is not this system's.
    Platform,
    /// The dynamic linker misses a symbol, or the init symbol is not there.
    Symbols,
    /// The interpreter itself says no: an exception out of the init function or the module's slots.
    Runtime,
}

impl Gate {
    /// The gate's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Platform => "platform",
            Self::Symbols => "symbols",
            Self::Runtime => "runtime",
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The outcomes without their details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeKind {
    /// [`Outcome::Accepted`].
    Accepted,
    /// [`Outcome::Refused`].
    Refused,
    /// [`Outcome::Wrong`].
    Wrong,
    /// [`Outcome::Crashed`].
    Crashed,
    /// [`Outcome::Vanished`].
    Vanished,
    /// [`Outcome::TimedOut`].
    TimedOut,
    /// [`Outcome::NotRun`].
    NotRun,
}

impl OutcomeKind {
    /// The outcome's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Wrong => "wrong",
            Self::Crashed => "crashed",
            Self::Vanished => "vanished",
            Self::TimedOut => "timed-out",
            Self::NotRun => "not-run",
        }
    }
}

impl fmt::Display for OutcomeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What one rung saw in one cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Outcome {
    /// The rung was reached and everything asked of the module there was right.
    Accepted,
    /// The dynamic linker or the interpreter refused it, with a message.
    Refused {
        /// Where.
        at: Gate,
        /// The message.
        message: String,
    },
    /// The module loads, and then does something else than it should. Only a probe notices it, so it is never a
    /// kind of [`Outcome::Accepted`].
    Wrong {
        /// The probe that saw it.
        probe: String,
        /// What was expected and what came.
        message: String,
    },
    /// The process was killed by a signal of its own making.
    Crashed {
        /// The signal's number.
        signal: i32,
        /// The end of what the process wrote to its stderr; empty when it died in silence.
        last_words: String,
    },
    /// The process ended without an answer: the module left through `_exit`, or closed the way back.
    Vanished {
        /// The exit status.
        status: i32,
    },
    /// The process was still busy when its time was up.
    TimedOut,
    /// The cell did not run.
    NotRun {
        /// Why, in words that say what would have to be there.
        why: String,
    },
}

impl Outcome {
    /// The outcome without its details.
    pub const fn kind(&self) -> OutcomeKind {
        match self {
            Self::Accepted => OutcomeKind::Accepted,
            Self::Refused { .. } => OutcomeKind::Refused,
            Self::Wrong { .. } => OutcomeKind::Wrong,
            Self::Crashed { .. } => OutcomeKind::Crashed,
            Self::Vanished { .. } => OutcomeKind::Vanished,
            Self::TimedOut => OutcomeKind::TimedOut,
            Self::NotRun { .. } => OutcomeKind::NotRun,
        }
    }

    /// The gate of a refusal.
    pub const fn gate(&self) -> Option<Gate> {
        match self {
            Self::Refused { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// The outcome without `text` in the words of others: a folder, say, that has another name in every run.
    #[must_use]
    pub fn without(mut self, text: &str) -> Self {
        if let Self::Refused { message: words, .. }
        | Self::Wrong { message: words, .. }
        | Self::Crashed { last_words: words, .. } = &mut self
        {
            *words = words.replace(text, "");
        }
        self
    }

    /// The details as one line. `None` for an accepted module.
    pub fn message(&self) -> Option<String> {
        match self {
            Self::Accepted => None,
            Self::Refused { message, .. } => Some(message.clone()),
            Self::Wrong { probe, message } => Some(format!("{probe}: {message}")),
            Self::Crashed { signal, last_words } => Some(crash(*signal, last_words)),
            Self::Vanished { status } => {
                Some(format!("the process ended without an answer, exit status {status}"))
            }
            Self::TimedOut => Some("no answer within the time limit".to_owned()),
            Self::NotRun { why } => Some(why.clone()),
        }
    }
}

/// `killed by SIGABRT: Fatal Python error: ...`, as one line.
fn crash(signal: i32, last_words: &str) -> String {
    let name = signal_name(signal);
    match last_words.lines().map(str::trim).find(|line| !line.is_empty()) {
        Some(line) => format!("killed by {name}: {line}"),
        None => format!("killed by {name}"),
    }
}

/// The name of a signal as Linux and macOS number the common ones, or `signal N`.
fn signal_name(signal: i32) -> String {
    // The two that Linux and the BSDs number differently (signal(7); sys/signal.h of macOS).
    const BUS: i32 = if cfg!(target_os = "linux") { 7 } else { 10 };
    const SYS: i32 = if cfg!(target_os = "linux") { 31 } else { 12 };
    let name = match signal {
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        BUS => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        SYS => "SIGSYS",
        _ => return format!("signal {signal}"),
    };
    name.to_owned()
}
