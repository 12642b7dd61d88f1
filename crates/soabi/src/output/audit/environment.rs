//! An environment and what is required of it: its distributions by what has to be done with them.

use super::evidence::list_of;
use super::overview::{Overseen, Overview};
use super::place::is_installed;
use super::reasons;
use crate::output::page::{Page, Span, Tone};
use crate::output::text::count;
use crate::readiness::Readiness;

/// How many different reasons are printed.
const MOST_REASONS: usize = 3;

/// What has to be done with distributions, in the order in which it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Todo {
    Rebuild,
    InPart,
    FindOut,
    Nothing,
    NotNative,
}

impl Todo {
    const ALL: [Self; 5] = [Self::Rebuild, Self::InPart, Self::FindOut, Self::Nothing, Self::NotNative];

    fn of(subject: &Overseen<'_>) -> Self {
        let whole = subject.not_ready_modules == 0 || subject.not_ready_modules == subject.modules.len();
        match subject.readiness {
            Readiness::MustBeRebuilt if whole => Self::Rebuild,
            Readiness::MustBeRebuilt => Self::InPart,
            Readiness::Unknown => Self::FindOut,
            Readiness::Ready => Self::Nothing,
            Readiness::NothingNative => Self::NotNative,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Rebuild => "must be rebuilt",
            Self::InPart => "must be rebuilt for some of their modules",
            Self::FindOut => "not known",
            Self::Nothing => "ready",
            Self::NotNative => "with nothing that Python imports",
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Rebuild | Self::InPart => Tone::Bad,
            Self::FindOut => Tone::Look,
            Self::Nothing => Tone::Good,
            Self::NotNative => Tone::Dim,
        }
    }

    const fn mark(self, unicode: bool) -> &'static str {
        match (self, unicode) {
            (Self::Rebuild | Self::InPart, true) => "\u{2717}",
            (Self::Rebuild | Self::InPart, false) => "NO",
            (Self::FindOut, _) => "?",
            (Self::Nothing, true) => "\u{2713}",
            (Self::Nothing, false) => "ok",
            (Self::NotNative, true) => "\u{b7}",
            (Self::NotNative, false) => "-",
        }
    }
}

/// Whether the report is about several distributions of an environment, and something is required of them.
pub(super) fn is_asked(overview: &Overview<'_>) -> bool {
    let installed = overview.subjects.iter().filter(|subject| is_installed(subject.entry)).count();
    !overview.report.required.is_empty() && installed > 1
}

/// A paragraph for each thing to do, and why.
pub(super) fn draw(page: &mut Page<'_>, overview: &Overview<'_>) {
    let unicode = page.view().unicode;
    for todo in Todo::ALL {
        let subjects: Vec<&Overseen<'_>> =
            overview.subjects.iter().filter(|subject| Todo::of(subject) == todo).collect();
        if subjects.is_empty() {
            continue;
        }
        let (mark, number) = (format!("  {:<2} ", todo.mark(unicode)), format!("{:>3} ", subjects.len()));
        let label = [Span::new(todo.tone(), &mark), Span::new(Tone::Strong, &number)];
        let names: Vec<String> = subjects.iter().map(|subject| name(subject, todo)).collect();
        let names = list_of(&names, page.view().most_names().max(8));
        page.paragraph(&label, 9, Tone::Plain, &format!("{}: {names}", todo.words()));
        if matches!(todo, Todo::Nothing | Todo::NotNative) {
            continue;
        }
        let reasons = reasons::summary(overview, &subjects);
        for (text, number) in reasons.iter().take(MOST_REASONS) {
            let whom = if reasons.len() > 1 {
                format!(" ({})", count(*number, "distribution"))
            } else {
                String::new()
            };
            page.paragraph(&[Span::plain("         ")], 11, Tone::Dim, &format!("{text}{whom}"));
        }
        if reasons.len() > MOST_REASONS {
            let more = format!("and {}: -v shows them", count(reasons.len() - MOST_REASONS, "more reason"));
            page.paragraph(&[Span::plain("         ")], 11, Tone::Dim, &more);
        }
    }
}

fn name(subject: &Overseen<'_>, todo: Todo) -> String {
    match todo {
        Todo::InPart => {
            format!("{} ({} of {})", subject.title, subject.not_ready_modules, subject.modules.len())
        }
        Todo::NotNative if !is_installed(subject.entry) => format!("other files in {}", subject.title),
        _ => subject.title.clone(),
    }
}
