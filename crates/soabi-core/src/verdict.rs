//! Outcome and expectation compared.

use serde::{Deserialize, Serialize};

use crate::expectation::Expectation;
use crate::outcome::Outcome;

/// Whether a cell did what the ABI rules promise. Only a verdict decides an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The promise was kept, or nothing was promised.
    AsExpected,
    /// The promise was broken.
    Unexpected,
    /// There is nothing to compare.
    NotRun,
}

impl Verdict {
    /// Compares what was promised with what was seen.
    ///
    /// Where nothing is promised, no outcome breaks a promise: a crash by luck is the reason why nobody
    /// promised anything. It is still shown as the crash it is.
    pub fn of(expectation: Expectation, outcome: &Outcome) -> Self {
        let kept = match (expectation, outcome) {
            (_, Outcome::NotRun { .. }) => return Self::NotRun,
            (Expectation::Luck, _) => true,
            (Expectation::Accept, outcome) => *outcome == Outcome::Accepted,
            (Expectation::Refuse(gate), outcome) => outcome.gate() == Some(gate),
        };
        if kept { Self::AsExpected } else { Self::Unexpected }
    }

    /// The verdict's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AsExpected => "as-expected",
            Self::Unexpected => "unexpected",
            Self::NotRun => "not-run",
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::outcome::Gate;

    fn refused(at: Gate) -> Outcome {
        Outcome::Refused { at, message: "no".to_owned() }
    }

    fn crashed(signal: i32) -> Outcome {
        Outcome::Crashed { signal, last_words: String::new() }
    }

    fn wrong() -> Outcome {
        Outcome::Wrong { probe: "exit-3".to_owned(), message: "expected 768, got 3".to_owned() }
    }

    #[rstest]
    #[case(Expectation::Accept, Outcome::Accepted, Verdict::AsExpected)]
    #[case(Expectation::Accept, refused(Gate::Name), Verdict::Unexpected)]
    #[case(Expectation::Accept, wrong(), Verdict::Unexpected)]
    #[case(Expectation::Accept, crashed(11), Verdict::Unexpected)]
    #[case(Expectation::Accept, Outcome::Vanished { status: 0 }, Verdict::Unexpected)]
    #[case(Expectation::Accept, Outcome::TimedOut, Verdict::Unexpected)]
    #[case(Expectation::Refuse(Gate::Name), refused(Gate::Name), Verdict::AsExpected)]
    #[case(Expectation::Refuse(Gate::Name), refused(Gate::Symbols), Verdict::Unexpected)]
    #[case(Expectation::Refuse(Gate::Name), Outcome::Accepted, Verdict::Unexpected)]
    #[case(Expectation::Refuse(Gate::Runtime), crashed(6), Verdict::Unexpected)]
    #[case(Expectation::Luck, Outcome::Accepted, Verdict::AsExpected)]
    #[case(Expectation::Luck, refused(Gate::Symbols), Verdict::AsExpected)]
    #[case(Expectation::Luck, crashed(11), Verdict::AsExpected)]
    #[case(Expectation::Accept, Outcome::NotRun { why: "no gcc".to_owned() }, Verdict::NotRun)]
    #[case(Expectation::Luck, Outcome::NotRun { why: "no gcc".to_owned() }, Verdict::NotRun)]
    fn promise_against_fact(
        #[case] expectation: Expectation,
        #[case] outcome: Outcome,
        #[case] verdict: Verdict,
    ) {
        assert_eq!(Verdict::of(expectation, &outcome), verdict);
    }
}
