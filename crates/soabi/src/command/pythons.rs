//! `soabi pythons`: lists the interpreters, or gets the missing ones.

use crate::cli::pythons::PythonsArgs;
use crate::command::{install, snapshot};
use crate::error::Error;
use crate::exit::Exit;
use crate::output::view::View;
use crate::{interpreters, output};

/// Lists the interpreters, or gets some.
pub(crate) fn run(args: &PythonsArgs, view: &View) -> Result<Exit, Error> {
    if let Some(ids) = &args.install {
        return install::run(args, ids, view);
    }
    if let Some(id) = args.snapshot {
        return snapshot::run(args, id);
    }
    let discovery = interpreters::search(&args.python)?;
    output::report(&args.format.text(&discovery, view), &args.report, view)?;
    let sound = discovery.broken.is_empty() && discovery.drifted.is_empty() && !discovery.found.is_empty();
    Ok(if sound { Exit::Clean } else { Exit::CouldNot })
}
