//! `soabi floor`: the lowest Python that a module needs, and what keeps it from the stable ABIs.

use soabi_audit::memory::Memory;
use soabi_audit::{floor, inputs};
use soabi_report::FloorReport;
use soabi_report::floor::{FloorFile, SCHEMA};
use soabi_why::symbol;

use crate::cli::floor::FloorArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::output;
use crate::output::view::View;

/// Reads the files that the user names.
pub(crate) fn run(args: &FloorArgs, view: &View) -> Result<Exit, Error> {
    let mut files = floor::floors(&inputs::find(&args.paths), &Memory::default());
    files.iter_mut().for_each(with_origins);
    let report = FloorReport {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        tables: soabi_rules::tables::id().to_owned(),
        files,
    };
    output::report(&args.format.text(&report, view), &args.report, view)?;
    let all_read = report.files.iter().all(|file| file.errors.is_empty());
    Ok(if all_read { Exit::Clean } else { Exit::CouldNot })
}

/// Where the names come from in sources, as far as the table of names knows.
fn with_origins(file: &mut FloorFile) {
    for module in &mut file.modules {
        for name in module.holds_up.iter_mut().chain(&mut module.holds_down) {
            name.origin = symbol::symbol(&name.name).origin;
        }
        for blocker in module.goals.iter_mut().flat_map(|goal| &mut goal.blockers) {
            if blocker.kind == "symbol" {
                let known = symbol::symbol(&blocker.what);
                (blocker.origin, blocker.instead) = (known.origin, known.instead);
            }
        }
    }
}
