//! soabi's own specimens, as the matrix wants them.

use std::collections::BTreeSet;

use soabi_harness::build::{self, Built, Tools};
use soabi_harness::specimen::{self, Specimen, SpecimenPlan, flavors};
use soabi_harness::subject::Subject;
use soabi_python::Interpreter;

use crate::cli::matrix::MatrixArgs;
use crate::error::Error;
use crate::folders;
use crate::interpreters;
use crate::output::view::View;
use crate::progress::BuildBar;

/// The specimens for `pythons`, narrowed to what `wanted` names: flavors with or without their floor.
pub(crate) fn plan<'a>(wanted: &[String], pythons: &'a [Interpreter]) -> Result<SpecimenPlan<'a>, Error> {
    let mut plan = specimen::plan(flavors(), pythons);
    if wanted.is_empty() {
        return Ok(plan);
    }
    let is_wanted = |name: &str| wanted.iter().any(|wanted| wanted == name);
    let known: BTreeSet<&str> = flavors().iter().map(|flavor| flavor.id.as_str()).collect();
    let planned: BTreeSet<&str> = plan.specimens.iter().map(|specimen| specimen.name.as_str()).collect();
    let stranger =
        wanted.iter().find(|name| !known.contains(name.as_str()) && !planned.contains(name.as_str()));
    if let Some(stranger) = stranger {
        return Err(Error::NoSuchFlavor {
            flavor: stranger.clone(),
            known: known.into_iter().collect::<Vec<_>>().join(", "),
        });
    }
    plan.specimens.retain(|specimen| is_wanted(&specimen.name) || is_wanted(&specimen.flavor.id));
    plan.not_applicable.retain(|entry| is_wanted(&entry.flavor));
    Ok(plan)
}

/// Builds the specimens of a plan, with a bar that says what is being built. For those who only want to look,
/// nothing is built.
///
/// A specimen that cannot be built because something is not there, such as headers, is a row that says so. One
/// whose build went wrong is besides something that soabi could not do.
pub(crate) fn build(
    args: &MatrixArgs,
    specimens: Vec<Specimen<'_>>,
    errors: &mut Vec<String>,
    view: &View,
) -> Result<Vec<Subject>, Error> {
    let cache = folders::cache(args.python.cache_dir.as_deref())?;
    let tools = Tools::of_process();
    let options = build::BuildOptions {
        tools: &tools,
        cache: &cache,
        jobs: args.jobs.unwrap_or_else(interpreters::cores),
    };
    let built = if args.plan || args.show_commands {
        build::preview(specimens, &options)
    } else {
        build::build(specimens, &options, &BuildBar::new(view.is_quiet()))
    };
    let built = built.map_err(Error::Cache)?;
    let failures = built.iter().filter_map(|built| Some((built, built.result.as_ref().err()?)));
    let failures = failures.filter(|(_, failure)| failure.is_failure());
    errors.extend(failures.map(|(built, failure)| format!("{}: {failure}", built.specimen.id())));
    Ok(built.iter().map(Built::subject).collect())
}
