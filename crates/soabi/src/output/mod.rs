//! Output formats: pure functions from finished reports to text. They render, and never judge or filter.

pub(crate) mod audit;
pub(crate) mod columns;
pub(crate) mod format;
pub(crate) mod inspect;
pub(crate) mod junit;
pub(crate) mod matrix;
#[cfg(run)]
pub(crate) mod notes;
pub(crate) mod page;
pub(crate) mod picture;
#[cfg(run)]
pub(crate) mod pythons;
pub(crate) mod text;
pub(crate) mod view;

use std::fs;
use std::io::{self, Write};

use crate::cli::ReportOptions;
use crate::error::Error;

/// Writes a report where the user wants it. On stdout, colors are as the terminal takes them; in a file there
/// are none. A reader that has had enough (`| head`) is no failure.
pub(crate) fn deliver(text: &str, options: &ReportOptions) -> Result<(), Error> {
    if let Some(path) = options.output.as_ref().filter(|path| path.as_os_str() != "-") {
        let plain = anstream::adapter::strip_str(text).to_string();
        return fs::write(path, plain).map_err(|source| Error::Write { path: path.clone(), source });
    }
    print(text)
}

/// Writes a text to stdout.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(Error::Stdout),
    }
}
