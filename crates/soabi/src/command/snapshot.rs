//! `soabi pythons --snapshot`: what an interpreter exports, as a list that `just tables` takes.

use std::fmt::Write;

use soabi_core::AbiTag;
use soabi_object::{SymbolKind, read_file};

use crate::cli::pythons::PythonsArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::{interpreters, output};

/// Lists the exports of the interpreter `id`, one `name<TAB>kind` a line, in the order of their bytes. The kinds are
/// the letters of `nm`: `T` for functions, `D` for data.
pub(crate) fn run(args: &PythonsArgs, id: AbiTag) -> Result<Exit, Error> {
    let discovery = interpreters::search_some(&args.python)?;
    let Some(python) = discovery.found.iter().find(|python| python.id == id) else {
        return Err(Error::Unmatched(id.to_string()));
    };
    // An interpreter without a shared library exports everything itself.
    let file = python.facts.libpython.as_ref().unwrap_or(&python.executable);
    let slices = read_file(file).map_err(|source| Error::Snapshot { file: file.clone(), source })?;
    let mut exports: Vec<_> = slices.into_iter().flat_map(|facts| facts.exports).collect();
    exports.sort_by(|a, b| a.name.cmp(&b.name));
    exports.dedup_by(|a, b| a.name == b.name);
    let mut list = String::new();
    for export in exports {
        let kind = if export.kind == SymbolKind::Function { 'T' } else { 'D' };
        let _ = writeln!(list, "{}\t{kind}", export.name);
    }
    output::deliver(&list, &args.report)?;
    Ok(Exit::Clean)
}
