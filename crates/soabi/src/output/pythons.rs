//! The list of interpreters in its forms.

use std::io::{self, Write};

use serde::Serialize;
use soabi_core::AbiTag;
use soabi_python::{Discovery, Drift, Interpreter, Manifest};

use crate::interpreters::how_to_get;
use crate::output::format::Format;
use crate::output::page::{Page, Span, Tone};
use crate::output::view::View;
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

/// The formats, in the order of `--help`.
pub(crate) static FORMATS: &[&dyn Format<Discovery>] = &[&Human, &PythonsJson];

/// JSON.
struct PythonsJson;

impl Format<Discovery> for PythonsJson {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "One JSON object"
    }

    fn render(&self, discovery: &Discovery, _: &View, out: &mut dyn Write) -> io::Result<()> {
        let report = Report {
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
        };
        out.write_all(json(&report).as_bytes())
    }
}

fn missing(manifest: &Manifest) -> Missing {
    Missing { id: manifest.id, required: manifest.required, help: how_to_get(manifest) }
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
        let ids = ids.chain(discovery.missing.iter().map(|manifest| manifest.id));
        let width = ids.map(|id| id.to_string().len()).max().unwrap_or(0).max("drifted".len());
        let mut line = |tone: Tone, name: &str, text: &str| {
            let name = format!("{name:<width$}  ");
            page.paragraph(&[Span::new(tone, &name)], width + 4, Tone::Plain, text);
        };
        for python in &discovery.found {
            let facts = &python.facts;
            let library = if facts.libpython.is_some() { "libpython" } else { "no libpython" };
            let headers = if facts.has_headers { "headers" } else { "no headers" };
            let text = format!(
                "{:<8}  {}  ({}, {headers}, {library})",
                facts.version,
                python.executable.display(),
                python.source
            );
            line(Tone::Good, &python.id.to_string(), &text);
            for also in &python.also {
                let path = also.executable.display();
                let text = format!("{:<8}  {path}  ({}, not used: one per id)", also.version, also.source);
                line(Tone::Plain, "", &text);
            }
        }
        for manifest in &discovery.missing {
            let help = how_to_get(manifest).unwrap_or_else(|| "no way to get it is known".to_owned());
            line(Tone::Look, &manifest.id.to_string(), &format!("missing: {help}"));
        }
        for broken in &discovery.broken {
            line(Tone::Bad, "broken", &broken.error.to_string());
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
