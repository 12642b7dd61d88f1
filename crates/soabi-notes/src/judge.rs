//! The answers of an interpreter, compared with the expected ones.

use std::borrow::Cow;

use soabi_core::AbiTag;
use soabi_report::notes::ClaimVerdict;

use crate::ask::Said;
use crate::claim::Claim;
use crate::table::{NOT_ASKED, Question};

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The row of the claim's tables.
    pub row: String,
    /// The column.
    pub column: String,
    /// What was expected. `None` when the question was not.
    pub expected: Option<&'a str>,
    /// What came. `None` when nothing did.
    pub seen: Option<String>,
    /// Why the expected answer is another than the claim's own, or why it could not be asked.
    pub why: Option<Cow<'a, str>>,
    /// What it means.
    pub verdict: ClaimVerdict,
}

/// A claim in an interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged<'a> {
    /// The claim.
    pub claim: &'a Claim,
    /// The worst of its lines.
    pub verdict: ClaimVerdict,
    /// Why it could not be asked at all.
    pub why_not: Option<String>,
    /// The questions: those of the tables, then those that nobody expected.
    pub lines: Vec<Answer<'a>>,
}

/// Holds what `python` said to what `claim` expects of it.
pub fn judge<'a>(claim: &'a Claim, python: AbiTag, said: &[(Question, Said)]) -> Judged<'a> {
    let expected = claim.expected(python);
    let first = claim.expects[0].table.answers().map(|(question, _)| question);
    let mut lines: Vec<Answer<'a>> = Vec::new();
    for question in first {
        let said = said.iter().find(|(asked, _)| *asked == question).map(|(_, said)| said);
        let Some(expected) = expected.get(&question) else { continue };
        let is_asked = expected.answer != NOT_ASKED;
        if !is_asked && said.is_none() {
            continue;
        }
        let why = (!expected.by.why.is_empty()).then_some(Cow::Borrowed(expected.by.why.as_str()));
        let (verdict, why) = match said {
            Some(Said::Skipped(why)) => (ClaimVerdict::NotRun, Some(Cow::Owned(why.clone()))),
            Some(Said::Answer(answer)) if is_asked && answer == expected.answer => match why {
                None => (ClaimVerdict::Holds, None),
                Some(_) if expected.by.holds => (ClaimVerdict::Changed, why),
                Some(_) => (ClaimVerdict::DoesNotHold, why),
            },
            _ => (ClaimVerdict::Unexpected, why),
        };
        let seen = said.and_then(Said::answer).map(str::to_owned);
        let Question { row, column } = question;
        lines.push(Answer { row, column, expected: is_asked.then_some(expected.answer), seen, why, verdict });
    }
    let strange = said.iter().filter(|(question, _)| !expected.contains_key(question));
    lines.extend(strange.map(|(Question { row, column }, said)| Answer {
        row: row.clone(),
        column: column.clone(),
        expected: None,
        seen: said.answer().map(str::to_owned),
        why: None,
        verdict: ClaimVerdict::Unexpected,
    }));
    let verdict = lines.iter().map(|line| line.verdict).max().unwrap_or(ClaimVerdict::NotRun);
    Judged { claim, verdict, why_not: None, lines }
}

impl Said {
    fn answer(&self) -> Option<&str> {
        match self {
            Self::Answer(answer) => Some(answer),
            Self::Skipped(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const CLAIM: &str = "# /// claim
# group = 'bytecode'
# statement = ''
# [[expect]]
# table = '''
# row | answer
# a   | x
# '''
# [[expect]]
# python = '..3.5'
# why = 'came later'
# table = '''
# row | answer
# a   | -
# '''
# [[expect]]
# python = '3.7'
# why = 'PEP 1'
# table = '''
# row | answer
# a   | y
# '''
# [[expect]]
# python = '3.8'
# holds = false
# why = 'PEP 2'
# table = '''
# row | answer
# a   | z
# '''
# ///
";

    #[rstest]
    #[case::holds("cp36m", &[("a", Some("x"))], ClaimVerdict::Holds)]
    #[case::otherwise("cp36m", &[("a", Some("y"))], ClaimVerdict::Unexpected)]
    #[case::silent("cp36m", &[], ClaimVerdict::Unexpected)]
    #[case::skipped("cp36m", &[("a", None)], ClaimVerdict::NotRun)]
    #[case::more_than_expected("cp36m", &[("a", Some("x")), ("b", Some("x"))], ClaimVerdict::Unexpected)]
    #[case::changed("cp37m", &[("a", Some("y"))], ClaimVerdict::Changed)]
    #[case::not_changed_after_all("cp37m", &[("a", Some("x"))], ClaimVerdict::Unexpected)]
    #[case::does_not_hold("cp38", &[("a", Some("z"))], ClaimVerdict::DoesNotHold)]
    #[case::not_asked("cp35m", &[], ClaimVerdict::NotRun)]
    #[case::asked_all_the_same("cp35m", &[("a", Some("x"))], ClaimVerdict::Unexpected)]
    fn verdicts(#[case] python: &str, #[case] said: &[(&str, Option<&str>)], #[case] verdict: ClaimVerdict) {
        let claim = Claim::parse("id", CLAIM).unwrap();
        let said: Vec<_> = said
            .iter()
            .map(|&(row, answer)| {
                let question = Question { row: row.to_owned(), column: "answer".to_owned() };
                (
                    question,
                    answer.map_or(Said::Skipped("no".to_owned()), |answer| Said::Answer(answer.to_owned())),
                )
            })
            .collect();
        assert_eq!(judge(&claim, python.parse().unwrap(), &said).verdict, verdict);
    }
}
