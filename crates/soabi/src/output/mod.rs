//! Output formats: pure functions from finished reports to text. They render, and never judge or filter.

pub(crate) mod abi3audit;
pub(crate) mod audit;
pub(crate) mod columns;
pub(crate) mod floor;
pub(crate) mod format;
pub(crate) mod html;
pub(crate) mod inspect;
pub(crate) mod junit;
#[cfg(run)]
pub(crate) mod load;
pub(crate) mod matrix;
#[cfg(run)]
pub(crate) mod notes;
pub(crate) mod page;
pub(crate) mod picture;
#[cfg(run)]
pub(crate) mod pythons;
pub(crate) mod reading;
pub(crate) mod text;
pub(crate) mod view;
pub(crate) mod why;

use std::io::{self, Write};

use crate::cli::options::ReportOptions;
use crate::destination;
use crate::error::Error;
use crate::output::format::ReportCopy;
use crate::output::view::View;

/// Delivers a report, unless it is for stdout and only the exit status is wanted.
pub(crate) fn report(text: &str, options: &ReportOptions, view: &View) -> Result<(), Error> {
    if view.is_silent() && options.is_for_stdout() { Ok(()) } else { deliver(text, options) }
}

/// Writes the other forms of a report to their files.
pub(crate) fn copies<R>(copies: &[ReportCopy<R>], report: &R, view: &View) -> Result<(), Error> {
    for copy in copies {
        let options = ReportOptions { output: Some(copy.file.clone()) };
        deliver(&copy.format.text(report, view), &options)?;
    }
    Ok(())
}

/// Writes a report where the user wants it. On stdout, colors are as the terminal takes them; in a file there
/// are none, and the file is whole or as it was. A reader that has had enough (`| head`) is no failure.
pub(crate) fn deliver(text: &str, options: &ReportOptions) -> Result<(), Error> {
    match options.output.as_deref().filter(|path| !destination::is_stdout(path)) {
        Some(path) => destination::write(path, &anstream::adapter::strip_str(text).to_string()),
        None => print(text),
    }
}

/// Writes a text to stdout. An error if the program was started without one (`>&-`): what is written then is lost.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    #[cfg(run)]
    if soabi_loader::streams::stdout_was_closed() {
        return Err(Error::Stdout(io::Error::other("stdout is closed")));
    }
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(Error::Stdout),
    }
}
