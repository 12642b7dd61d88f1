//! The lowest platform tag that is true for a wheel, as a line for people.

use soabi_report::audit::PlatformEntry;

use crate::output::page::{Page, Span, Tone};

/// Writes the tag, and what keeps the wheel from the next lower one.
pub(super) fn draw(page: &mut Page<'_>, platform: &PlatformEntry) {
    let tag = page.shown(&platform.tag);
    let label = [Span::plain("  "), Span::new(Tone::Strong, &tag)];
    let others = platform.blockers.len().saturating_sub(1) + platform.more;
    let words = match &platform.blockers[..] {
        [] => ": the lowest platform tag that is true".to_owned(),
        [first, ..] => {
            let others = if others == 0 { String::new() } else { format!(", and {others} more") };
            format!(
                ": the lowest platform tag that is true; {} needs `{}`{others}, which {} does not have",
                first.object, first.needs, first.level
            )
        }
    };
    page.paragraph(&label, 4, Tone::Plain, &words);
}
