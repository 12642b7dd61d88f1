//! `soabi --version --verbose`: what this program is and by which facts it judges.

use std::ffi::OsString;
use std::fmt::Write;

use soabi_rules::tables::{self, ExportTable};

use crate::command::abi3audit;
use crate::error::Error;
use crate::exit::Exit;
use crate::output;

/// Whether the command line asks for the version and for more words, and for nothing else: `-V -v`, `-vV`,
/// `--version --verbose`.
pub(crate) fn is_asked_in_full(arguments: &[OsString]) -> bool {
    let mut letters = String::new();
    for argument in arguments.iter().skip(1) {
        match argument.to_str() {
            Some("--version") => letters.push('V'),
            Some("--verbose") => letters.push('v'),
            Some(short) if short.starts_with('-') && !short.starts_with("--") => letters += &short[1..],
            _ => return false,
        }
    }
    letters.contains('V') && letters.contains('v') && letters.chars().all(|letter| "vV".contains(letter))
}

/// Prints it.
pub(crate) fn run() -> Result<Exit, Error> {
    output::print(&text())?;
    Ok(Exit::Clean)
}

fn text() -> String {
    let pythons = ExportTable::get().abis();
    let ends = [pythons.first(), pythons.last()].map(|abi| abi.map(ToString::to_string).unwrap_or_default());
    let runs = if cfg!(run) { "yes" } else { "no, it audits alone" };
    let mut text = format!("soabi {}\n", env!("CARGO_PKG_VERSION"));
    let mut line = |what: &str, value: &str| {
        // Writing to memory does not fail.
        let _ = writeln!(text, "{what}: {value}");
    };
    line("tables", &format!("{}, of {}", tables::id(), tables::date()));
    line("interpreters", &format!("{}, {} to {}", pythons.len(), ends[0], ends[1]));
    line("runs interpreters", runs);
    line("platform", &format!("{} {}", std::env::consts::ARCH, std::env::consts::OS));
    line("abi3audit", abi3audit::VERSION);
    text
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&["--version", "--verbose"], true)]
    #[case(&["-V", "-v"], true)]
    #[case(&["-vV"], true)]
    #[case(&["-Vvv"], true)]
    #[case(&["--version"], false)]
    #[case(&["-v"], false)]
    #[case(&[], false)]
    #[case(&["-vV", "audit"], false)]
    #[case(&["audit", "-vV"], false)]
    #[case(&["-Vq", "-v"], false)]
    #[case(&["-é", "-vV"], false)]
    fn asked_in_full(#[case] arguments: &[&str], #[case] expected: bool) {
        let arguments: Vec<OsString> = ["soabi"].iter().chain(arguments).map(Into::into).collect();
        assert_eq!(is_asked_in_full(&arguments), expected);
    }
}
