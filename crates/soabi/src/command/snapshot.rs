//! `soabi pythons --snapshot`: the exports of an interpreter, as a column file of the ABI tables.

use soabi_core::AbiTag;
use soabi_object::{SymbolKind, read_file};
use soabi_rules::tables::{Column, ColumnFile, Kind, Provenance};

use crate::cli::pythons::PythonsArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::{interpreters, output};

/// Writes the column file of the interpreter `id`.
pub(crate) fn run(args: &PythonsArgs, id: AbiTag) -> Result<Exit, Error> {
    let discovery = interpreters::search_some(&args.python)?;
    let Some(python) = discovery.found.iter().find(|python| python.id == id.into()) else {
        return Err(Error::Unmatched(id.to_string()));
    };
    // An interpreter without a shared library exports everything itself.
    let file = python.facts.libpython.as_ref().unwrap_or(&python.executable);
    let slices = read_file(file).map_err(|source| Error::Snapshot { file: file.clone(), source })?;
    let exports = slices.into_iter().flat_map(|facts| facts.exports).map(|export| {
        let kind = if export.kind == SymbolKind::Function { Kind::Function } else { Kind::Data };
        (export.name, kind)
    });
    // A release of PyPy is numbered by PyPy, which its Python version does not tell.
    let release = python.facts.version.parse().map_err(|_| Error::Unmatched(id.to_string()))?;
    let column = Column { abi: id, release, provenance: Provenance::Measured };
    let name = file.file_name().unwrap_or_default().display();
    let origin = format!("{name} of {} {}", python.facts.implementation, python.facts.version);
    output::deliver(&ColumnFile::new(column, origin, exports).to_string(), &args.report)?;
    Ok(Exit::Clean)
}
