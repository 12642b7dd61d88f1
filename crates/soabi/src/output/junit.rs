//! What the JUnit reports share: text in XML.

use std::io::{self, Write};

use quick_junit::Report;
use soabi_core::foreign;

/// Text as it is shown, on one line.
pub(crate) fn shown(text: &str) -> String {
    foreign::Foreign::new(&super::text::bounded(text)).to_string()
}

/// Writes the document. Names in it are escaped already. This is for commands that would begin in a sentence and end in
/// a name.
pub(crate) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = report.to_string().map_err(io::Error::other)?;
    out.write_all(foreign::lines(&document).as_bytes())
}
