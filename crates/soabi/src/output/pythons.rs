//! The list of interpreters in its forms.

use std::io::{self, Write};
use std::path::Path;

use soabi_python::{Discovery, Emulator, Facts, Interpreter, Manifest};
use soabi_report::pythons::{
    BrokenPython, DriftEntry, FoundPython, MissingPython, OtherPython, PythonFacts, PythonsReport, SCHEMA,
};

use crate::output::format::Format;
use crate::output::page::{Page, Span, Tone};
use crate::output::text::{count, json};
use crate::output::view::View;

/// The formats, in the order of `--help`.
pub(crate) static FORMATS: &[&dyn Format<Discovery>] = &[&Human, &PythonsJson];

/// JSON.
struct PythonsJson;

impl Format<Discovery> for PythonsJson {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        SCHEMA
    }

    fn render(&self, discovery: &Discovery, _: &View, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(json(&report(discovery)).as_bytes())
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
        emulator: python.emulator.iter().flat_map(Emulator::words).collect(),
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

/// The format for people.
struct Human;

impl Format<Discovery> for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn about(&self) -> &'static str {
        "Lines for people"
    }

    fn render(&self, discovery: &Discovery, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(view);
        let ids = discovery.found.iter().map(|python| python.id);
        let ids = ids.chain(discovery.missing.iter().map(|manifest| manifest.id.into()));
        let width = ids.map(|id| id.to_string().len()).max().unwrap_or(0).max("drifted".len());
        let mut line = |tone: Tone, name: &str, text: &str| {
            let name = format!("{name:<width$}  ");
            page.paragraph(&[Span::new(tone, &name)], width + 4, Tone::Plain, text);
        };
        for python in &discovery.found {
            let facts = &python.facts;
            let library = if facts.libpython.is_some() { "libpython" } else { "no libpython" };
            let headers = if facts.has_headers { "headers" } else { "no headers" };
            let what = match &python.emulator {
                Some(emulator) => format!("run by {}", emulator.program.display()),
                None => format!("{headers}, {library}"),
            };
            let text =
                format!("{:<8}  {}  ({}, {what})", facts.version, python.executable.display(), python.source);
            line(Tone::Good, &python.id.to_string(), &text);
            for also in &python.also {
                let path = also.executable.display();
                let text = format!("{:<8}  {path}  ({}, not used: one per id)", also.version, also.source);
                line(Tone::Plain, "", &text);
            }
        }
        for manifest in &discovery.missing {
            let help = manifest.how_to_get().unwrap_or_else(|| "no way to get it is known".to_owned());
            line(Tone::Look, &manifest.id.to_string(), &format!("missing: {help}"));
        }
        for broken in &discovery.broken {
            let hint = broken.error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
            line(Tone::Bad, "broken", &format!("{}: {}{hint}", broken.path.display(), broken.error));
        }
        for drift in &discovery.drifted {
            line(Tone::Bad, "drifted", &drift.to_string());
        }
        let words = format!(
            "{} found, {} missing, {} broken",
            count(discovery.found.len(), "interpreter"),
            discovery.missing.len(),
            discovery.broken.len()
        );
        page.paragraph(&[], 2, Tone::Plain, &words);
        out.write_all(page.finish().as_bytes())
    }
}
