//! The matrix report in its forms.

mod html;
mod human;
mod junit;
mod overview;
mod picture;
mod svg;
#[cfg(test)]
mod tests;
mod wheels;

use soabi_report::matrix::{MatrixReport, SCHEMA};

use crate::output::format::{Format, Json};

/// The formats, in the order of `--help`.
pub(crate) static FORMATS: &[&dyn Format<MatrixReport>] =
    &[&human::Human, &Json { schema: SCHEMA }, &junit::Junit, &html::Html, &svg::Svg];
