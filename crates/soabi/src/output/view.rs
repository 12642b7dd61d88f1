//! How a report is shown: what the terminal can do, and how much the reader wants to see.

use std::env;

/// The narrowest and the widest text. Narrower terminals break lines themselves; wider lines are hard to read.
const WIDTHS: (usize, usize) = (80, 200);
/// The width where there is no terminal: that of a CI log.
const WIDTH_OF_A_LOG: usize = 100;

/// What the formats for people take into account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    /// Columns of text.
    pub(crate) width: usize,
    /// Whether characters beyond ASCII can be shown.
    pub(crate) unicode: bool,
    /// 0 for results, 1 for notes, all reasons and whole lists as well, 2 for every column and row. Below 0 there is
    /// no progress, below -1 no report on stdout.
    pub(crate) verbosity: i8,
    /// Which interpreters are columns of a picture.
    pub(crate) columns: Columns,
    /// Whether findings are counted for each rule.
    pub(crate) statistics: bool,
    /// Whether a matrix has a square for every cell, however many there are.
    pub(crate) squares: bool,
}

/// Which interpreters are columns of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Columns {
    /// Those that the subjects promise, those that are required, and the newest releases of CPython.
    Relevant,
    /// All of the report.
    All,
}

impl Default for View {
    /// That of a CI log.
    fn default() -> Self {
        Self {
            width: WIDTH_OF_A_LOG,
            unicode: true,
            verbosity: 0,
            columns: Columns::Relevant,
            statistics: false,
            squares: false,
        }
    }
}

impl View {
    /// The view of this process's terminal.
    pub(crate) fn of_process(verbosity: i8) -> Self {
        let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| {
            let value = env::var(name).unwrap_or_default();
            (!value.is_empty()).then_some(value)
        });
        Self {
            width: terminal.map_or(WIDTH_OF_A_LOG, |width| width.clamp(WIDTHS.0, WIDTHS.1)),
            unicode: locale.map_or(cfg!(not(unix)), |locale| is_utf_8(&locale)),
            verbosity,
            columns: Columns::Relevant,
            statistics: false,
            squares: false,
        }
    }

    /// Whether there is no progress on stderr.
    pub(crate) const fn is_quiet(&self) -> bool {
        self.verbosity < 0
    }

    /// Whether there is no report on stdout either.
    pub(crate) const fn is_silent(&self) -> bool {
        self.verbosity < -1
    }

    /// How many columns of a text are printed before it is cut.
    pub(crate) const fn most_text(&self) -> usize {
        if self.verbosity > 0 { usize::MAX } else { 800 }
    }

    /// How many names of a list are printed before the rest is counted.
    pub(crate) const fn most_names(&self) -> usize {
        if self.verbosity > 0 { 100 } else { 6 }
    }
}

/// Whether a locale's character set is UTF-8: `C.UTF-8`, `de_DE.utf8@euro`.
fn is_utf_8(locale: &str) -> bool {
    let charset = locale.split_once('.').map(|(_, charset)| charset.split('@').next().unwrap_or_default());
    charset
        .is_some_and(|charset| charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case("C.UTF-8", true)]
    #[case("de_DE.utf8@euro", true)]
    #[case("C", false)]
    #[case("POSIX", false)]
    #[case("de_DE.ISO-8859-1", false)]
    fn locales(#[case] locale: &str, #[case] unicode: bool) {
        assert_eq!(super::is_utf_8(locale), unicode);
    }
}
