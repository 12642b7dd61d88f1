//! The lines of the page: a label, and what there is to say, wrapped beside it.

use crate::output::page::{Page, Span, Tone};
use crate::output::text::count;
use crate::output::view::View;

/// The columns of a label.
const LABEL: usize = 20;

/// A line of an object: what it is about, and the answer, wrapped.
pub(super) fn field(page: &mut Page<'_>, label: &str, text: &str) {
    toned(page, label, Tone::Plain, text);
}

/// A line whose answer has a style.
pub(super) fn toned(page: &mut Page<'_>, label: &str, tone: Tone, text: &str) {
    let label = format!("  {label:<width$}", width = LABEL - 2);
    page.paragraph(&[Span::new(Tone::Dim, &label)], LABEL, tone, text);
}

/// The first names of a list, and how many more there are.
pub(super) fn some<T: AsRef<str>>(names: &[T], view: &View) -> String {
    let most = view.most_names();
    let mut shown: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(most);
    let more = format!("{more} more (-v)");
    if names.len() > most {
        shown.push(&more);
    }
    shown.join(", ")
}

/// A count of things and the first of them: `3 names: a, b, c`.
pub(super) fn counted<T: AsRef<str>>(names: &[T], noun: &str, view: &View) -> String {
    format!("{}: {}", count(names.len(), noun), some(names, view))
}
