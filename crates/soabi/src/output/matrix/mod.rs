//! The matrix report in its forms.

mod human;
mod junit;
mod picture;

use soabi_report::matrix::MatrixReport;

use crate::cli::MatrixFormat;

/// The report as `format` asks. `width` is the terminal's, for the forms that care.
pub(crate) fn render(report: &MatrixReport, format: MatrixFormat, width: usize) -> String {
    match format {
        MatrixFormat::Human => human::render(report, width),
        MatrixFormat::Json => super::json(report),
        MatrixFormat::Junit => junit::render(report),
    }
}
