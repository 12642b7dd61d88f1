//! The squares of a matrix as SVG.

use std::io::{self, Write};

use soabi_report::matrix::MatrixReport;

use super::overview::verdict;
use crate::output::format::Format;
use crate::output::picture::svg;
use crate::output::view::View;

/// One SVG file.
pub(super) struct Svg;

impl Format<MatrixReport> for Svg {
    fn name(&self) -> &'static str {
        "svg"
    }

    fn about(&self) -> &'static str {
        "The squares as a picture, for a README"
    }

    fn render(&self, report: &MatrixReport, _: &View, out: &mut dyn Write) -> io::Result<()> {
        let (_, word, sentence) = verdict(report);
        out.write_all(svg(&super::picture::of(report), &format!("{word}, {sentence}")).as_bytes())
    }
}
