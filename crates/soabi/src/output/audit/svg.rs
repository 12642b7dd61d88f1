//! The table of an audit as SVG.

use std::io::{self, Write};

use soabi_report::audit::AuditReport;

use super::overview::Overview;
use crate::output::format::Format;
use crate::output::picture::{Picture, svg};
use crate::output::view::View;

/// One SVG file.
pub(super) struct Svg;

impl Format<AuditReport> for Svg {
    fn name(&self) -> &'static str {
        "svg"
    }

    fn about(&self) -> &'static str {
        "The table as a picture, for a README"
    }

    fn render(&self, report: &AuditReport, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let view = View { unicode: true, ..*view };
        let overview = Overview::of(report, &view);
        let empty = Picture { corner: String::new(), blocks: Vec::new(), rows: Vec::new(), filled: false };
        let picture = super::picture::of(&overview, &view).unwrap_or(empty);
        out.write_all(svg(&picture, &overview.verdict().sentence).as_bytes())
    }
}
