//! The list of interpreters in its forms.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use soabi_core::AbiTag;
use soabi_python::{Discovery, Drift, Interpreter, Manifest};

use crate::cli::ListFormat;
use crate::interpreters::how_to_get;
use crate::output::{count, json};

/// The value of the report's `schema` field.
const SCHEMA: &str = "soabi/pythons/v1";

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    version: &'static str,
    found: &'a [Interpreter],
    missing: Vec<Missing>,
    broken: Vec<Broken>,
    drifted: &'a [Drift],
    excluded: &'a [AbiTag],
}

#[derive(Serialize)]
struct Missing {
    id: AbiTag,
    required: bool,
    help: Option<String>,
}

#[derive(Serialize)]
struct Broken {
    path: String,
    message: String,
}

/// The list as `format` asks.
pub(crate) fn render(discovery: &Discovery, format: ListFormat) -> String {
    match format {
        ListFormat::Human => human(discovery),
        ListFormat::Json => json(&Report {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            found: &discovery.found,
            missing: discovery.missing.iter().map(|manifest| missing(manifest)).collect(),
            broken: discovery
                .broken
                .iter()
                .map(|broken| Broken {
                    path: broken.path.display().to_string(),
                    message: broken.error.to_string(),
                })
                .collect(),
            drifted: &discovery.drifted,
            excluded: &discovery.excluded,
        }),
    }
}

fn missing(manifest: &Manifest) -> Missing {
    Missing { id: manifest.id, required: manifest.required, help: how_to_get(manifest) }
}

fn human(discovery: &Discovery) -> String {
    let green = Style::new().fg_color(Some(AnsiColor::Green.into()));
    let yellow = Style::new().fg_color(Some(AnsiColor::Yellow.into()));
    let red = Style::new().fg_color(Some(AnsiColor::Red.into()));
    let ids = discovery.found.iter().map(|python| python.id);
    let ids = ids.chain(discovery.missing.iter().map(|manifest| manifest.id));
    let width = ids.map(|id| id.to_string().len()).max().unwrap_or(0).max("drifted".len());
    let mut text = String::new();
    for python in &discovery.found {
        let facts = &python.facts;
        let library = if facts.libpython.is_some() { "libpython" } else { "no libpython" };
        let headers = if facts.has_headers { "headers" } else { "no headers" };
        let _ = writeln!(
            text,
            "{green}{:<width$}{green:#}  {:<8}  {}  ({}, {headers}, {library})",
            python.id.to_string(),
            facts.version,
            python.executable.display(),
            python.source,
        );
        for also in &python.also {
            let _ = writeln!(
                text,
                "{:<width$}  {:<8}  {}  ({}, not used: one per id)",
                "",
                also.version,
                also.executable.display(),
                also.source
            );
        }
    }
    for manifest in &discovery.missing {
        let help = how_to_get(manifest).unwrap_or_else(|| "no way to get it is known".to_owned());
        let _ = writeln!(text, "{yellow}{:<width$}{yellow:#}  missing: {help}", manifest.id.to_string());
    }
    for broken in &discovery.broken {
        let _ = writeln!(text, "{red}{:<width$}{red:#}  {}", "broken", broken.error);
    }
    for drift in &discovery.drifted {
        let _ = writeln!(text, "{red}{:<width$}{red:#}  {drift}", "drifted");
    }
    let _ = writeln!(
        text,
        "{} found, {} missing, {} broken",
        count(discovery.found.len(), "interpreter"),
        discovery.missing.len(),
        discovery.broken.len()
    );
    text
}
