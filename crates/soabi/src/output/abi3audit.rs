//! What `soabi abi3audit` says on stderr: the lines of abi3audit, without the time before them, and not broken at the
//! width of a terminal, so that they can be searched.

use std::iter::repeat_n;

use anstyle::{AnsiColor, Color, Style};
use soabi_report::abi3audit::FileResult;
use textwrap::core::display_width;

use super::page::{Page, Span};
use super::view::View;

const GREEN: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Green)));
const RED: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Red)));
const YELLOW: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));
const BLUE: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Blue)));

/// A line that begins with a picture, where those can be shown.
fn line(page: &mut Page<'_>, picture: &str, spans: &[Span<'_>]) {
    let picture = if page.view().unicode { format!("{picture} ") } else { String::new() };
    let mut all = vec![Span::plain(&picture)];
    all.extend(spans.iter().copied());
    page.line(&all);
}

fn text(view: &View, write: impl FnOnce(&mut Page<'_>)) -> String {
    let mut page = Page::new(view);
    write(&mut page);
    page.finish()
}

/// What is being done.
pub(crate) fn debug(view: &View, what: &str) -> String {
    text(view, |page| page.line(&[Span::plain("debug: "), Span::plain(what)]))
}

/// Nothing was audited, and why.
pub(crate) fn refused(view: &View, why: &str) -> String {
    text(view, |page| {
        line(page, "👎", &[Span::styled(RED, "processing error: "), Span::styled(RED, why)]);
    })
}

/// What the user can do.
pub(crate) fn hint(view: &View, what: &str) -> String {
    text(view, |page| page.line(&[Span::plain("hint: "), Span::plain(what)]))
}

/// A file could not be audited, and why.
pub(crate) fn unanswered(view: &View, file: &str, why: &str) -> String {
    text(view, |page| {
        let spans = [file, ": auditing error: ", why].map(|text| Span::styled(RED, text));
        line(page, "💀", &spans);
    })
}

/// What is wrong with a file: the names, each with the version that promises it.
pub(crate) fn violations(view: &View, file: &str, result: &FileResult) -> String {
    text(view, |page| {
        if !result.is_abi3 {
            line(page, "👎", &[Span::styled(GREEN, file), Span::styled(RED, " has non-ABI3 symbols")]);
        }
        if !result.is_abi3_baseline_compatible {
            let (computed, baseline) = (result.computed.to_string(), result.baseline.to_string());
            let spans = [
                Span::styled(GREEN, file),
                Span::styled(YELLOW, " uses the Python "),
                Span::styled(BLUE, &computed),
                Span::styled(YELLOW, " ABI, but is tagged for the Python "),
                Span::styled(RED, &baseline),
                Span::styled(YELLOW, " ABI"),
            ];
            line(page, "👎", &spans);
        }
        let outside = result.non_abi3_symbols.iter().map(|name| (name.as_str(), "not ABI3".to_owned()));
        let later = result.future_abi3_objects.iter().map(|(name, added)| (name.as_str(), added.to_string()));
        table(page, &outside.chain(later).collect::<Vec<_>>());
    })
}

/// A table of two columns, as rich draws it.
fn table(page: &mut Page<'_>, rows: &[(&str, String)]) {
    // The lines above the head, below it, and below the last row; the bars of the head and of a row.
    let [top, middle, bottom, head, row] = if page.view().unicode {
        ["┏━┳┓", "┡━╇┩", "└─┴┘", "┃", "│"]
    } else {
        ["+-++", "+-++", "+-++", "|", "|"]
    };
    let width = |texts: &mut dyn Iterator<Item = &str>| texts.map(display_width).max().unwrap_or(0);
    let first = width(&mut rows.iter().map(|(name, _)| *name).chain(["Symbol"]));
    let second = width(&mut rows.iter().map(|(_, version)| version.as_str()).chain(["Version"]));
    let rule = |page: &mut Page<'_>, corners: &str| {
        let [left, bar, between, right] = [0, 1, 2, 3].map(|at| corners.chars().nth(at).unwrap_or(' '));
        let bars = |width: usize| repeat_n(bar, width + 2).collect::<String>();
        page.line(&[Span::plain(&format!("{left}{}{between}{}{right}", bars(first), bars(second)))]);
    };
    let cells = |page: &mut Page<'_>, bar: &str, name: &str, version: &str| {
        let pad = |text: &str, width: usize| " ".repeat(width.saturating_sub(display_width(text)));
        let (after, last) = (pad(name, first), pad(version, second));
        page.line(&[Span::plain(&format!("{bar} {name}{after} {bar} {version}{last} {bar}"))]);
    };
    rule(page, top);
    cells(page, head, "Symbol", "Version");
    rule(page, middle);
    for (name, version) in rows {
        cells(page, row, name, version);
    }
    rule(page, bottom);
}

/// The spec holds nothing that could be audited.
pub(crate) fn nothing(view: &View, spec: &str) -> String {
    text(view, |page| {
        line(page, "🤷", &[Span::styled(YELLOW, "nothing auditable found in "), Span::styled(YELLOW, spec)]);
    })
}

/// The files of a spec, counted.
pub(crate) fn summary(view: &View, spec: &str, results: &[&FileResult]) -> String {
    let late = results.iter().filter(|result| !result.is_abi3_baseline_compatible).count();
    let outside: usize = results.iter().map(|result| result.non_abi3_symbols.len()).sum();
    let colored = |number: usize| if number == 0 { GREEN } else { RED };
    text(view, |page| {
        let counts = [results.len(), late, outside].map(|number| number.to_string());
        let spans = [
            Span::plain(spec),
            Span::plain(": "),
            Span::plain(&counts[0]),
            Span::plain(" extensions scanned; "),
            Span::styled(colored(late), &counts[1]),
            Span::plain(" ABI version mismatches and "),
            Span::styled(colored(outside), &counts[2]),
            Span::plain(" ABI violations found"),
        ];
        line(page, "💁", &spans);
    })
}
