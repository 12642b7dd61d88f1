//! The list of interpreters in its forms.

use std::fmt::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use soabi_python::{Discovery, Facts, Interpreter, Manifest};
use soabi_report::pythons::{
    BrokenPython, DriftEntry, FoundPython, MissingPython, OtherPython, PythonFacts, PythonsReport, SCHEMA,
};

use crate::cli::ListFormat;
use crate::output::{count, json};

/// The list as `format` asks.
pub(crate) fn render(discovery: &Discovery, format: ListFormat) -> String {
    match format {
        ListFormat::Human => human(discovery),
        ListFormat::Json => json(&report(discovery)),
    }
}

fn report(discovery: &Discovery) -> PythonsReport {
    PythonsReport {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        found: discovery.found.iter().map(found).collect(),
        missing: discovery.missing.iter().map(|manifest| missing(manifest)).collect(),
        broken: discovery
            .broken
            .iter()
            .map(|broken| BrokenPython { path: text(&broken.path), message: broken.error.to_string() })
            .collect(),
        drifted: discovery
            .drifted
            .iter()
            .map(|drift| DriftEntry {
                id: drift.id,
                field: drift.field.to_owned(),
                declared: drift.declared.clone(),
                observed: drift.observed.clone(),
            })
            .collect(),
        excluded: discovery.excluded.clone(),
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn found(python: &Interpreter) -> FoundPython {
    FoundPython {
        id: python.id,
        executable: text(&python.executable),
        source: python.source.to_string(),
        facts: facts(&python.facts),
        also: python
            .also
            .iter()
            .map(|also| OtherPython {
                executable: text(&also.executable),
                source: also.source.to_string(),
                version: also.version.clone(),
            })
            .collect(),
    }
}

fn facts(facts: &Facts) -> PythonFacts {
    PythonFacts {
        implementation: facts.implementation.clone(),
        version: facts.version.clone(),
        feature: facts.feature,
        hexversion: facts.hexversion,
        abi: facts.abi,
        soabi: facts.soabi.clone(),
        ext_suffixes: facts.ext_suffixes.clone(),
        pointer_bits: facts.pointer_bits,
        debug: facts.debug,
        gil_disabled: facts.gil_disabled,
        wide_unicode: facts.wide_unicode,
        platform: facts.platform.clone(),
        multiarch: facts.multiarch.clone(),
        include_dirs: facts.include_dirs.iter().map(|folder| text(folder)).collect(),
        has_headers: facts.has_headers,
        libpython: facts.libpython.as_deref().map(text),
        executable: text(&facts.executable),
        prefix: text(&facts.prefix),
        base_prefix: text(&facts.base_prefix),
    }
}

fn missing(manifest: &Manifest) -> MissingPython {
    MissingPython { id: manifest.id, required: manifest.required, help: manifest.how_to_get() }
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
        let help = manifest.how_to_get().unwrap_or_else(|| "no way to get it is known".to_owned());
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
