//! Output formats as values: a list for each report, from which the command line takes names and help.
//!
//! A new format is a file and a line in one of the lists.

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::view::View;

/// A format of the report `R`. It renders, and does not judge or filter.
pub(crate) trait Format<R>: Sync {
    /// The name on the command line.
    fn name(&self) -> &'static str;

    /// What it is, for `--help`.
    fn about(&self) -> &'static str;

    /// Writes the report. Styles are written as ANSI escape sequences, which are removed later where they are not
    /// wanted.
    fn render(&self, report: &R, view: &View, out: &mut dyn Write) -> io::Result<()>;
}

/// The format that the user chose.
pub(crate) struct Chosen<R: 'static>(&'static dyn Format<R>);

impl<R> Chosen<R> {
    /// The one of `formats` that is called `name`. An error that lists them where there is none.
    pub(crate) fn named(formats: &'static [&'static dyn Format<R>], name: &str) -> Result<Self, String> {
        let chosen = formats.iter().find(|format| format.name() == name);
        let names = || formats.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
        chosen
            .map(|format| Self(*format))
            .ok_or_else(|| format!("there is no form `{name}`; there are {}", names()))
    }

    /// The rendered report.
    pub(crate) fn text(&self, report: &R, view: &View) -> String {
        let mut bytes = Vec::new();
        // Writing to memory does not fail, and formats write text.
        let _ = self.0.render(report, view, &mut bytes);
        String::from_utf8(bytes).unwrap_or_default()
    }
}

impl<R> Clone for Chosen<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Chosen<R> {}

impl<R> fmt::Debug for Chosen<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

/// Parses the name of one of `formats`.
pub(crate) fn parser<R>(
    formats: &'static [&'static dyn Format<R>],
) -> impl TypedValueParser<Value = Chosen<R>> {
    let values = formats.iter().map(|format| PossibleValue::new(format.name()).help(format.about()));
    PossibleValuesParser::new(values).try_map(move |name| {
        let chosen = formats.iter().find(|format| format.name() == name);
        chosen.map(|format| Chosen(*format)).ok_or("no such format")
    })
}

/// A form, and the file that the report is written to in it: `markdown=summary.md`.
#[derive(Clone, Debug)]
pub(crate) struct ReportCopy<R: 'static> {
    /// The form.
    pub(crate) format: Chosen<R>,
    /// The file; `-` is stdout.
    pub(crate) file: PathBuf,
}

/// Parses one of `formats` and a file.
pub(crate) fn copy_parser<R>(
    formats: &'static [&'static dyn Format<R>],
) -> impl Fn(&str) -> Result<ReportCopy<R>, String> + Clone {
    move |text| {
        let (name, file) = text.split_once('=').unwrap_or((text, ""));
        if file.is_empty() {
            return Err("a form and a file are needed, as in `json=report.json`".to_owned());
        }
        Ok(ReportCopy { format: Chosen::named(formats, name)?, file: file.into() })
    }
}

/// A report as JSON.
pub(crate) struct Json {
    /// The name of its schema.
    pub(crate) schema: &'static str,
}

impl<R: serde::Serialize> Format<R> for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        self.schema
    }

    fn render(&self, report: &R, _: &View, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(super::text::json(report).as_bytes())
    }
}
