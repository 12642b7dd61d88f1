//! `cargo run -p soabi-rules --example levels WHEEL...`: for each wheel what is missing, and its best honest tag.
//!
//! Beside a wheel `x.whl`, the file `SOURCES/x.whl.json` may have its Python sources (`{"py": {PATH: TEXT},
//! "req": [NAME]}`), where SOURCES is in the environment.

#![expect(clippy::disallowed_methods, reason = "a tool that reads files; the crate does not")]
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

use std::error::Error;
use std::path::Path;

use soabi_rules::resolve::{Context, File, Promise, Sources, honest_level, resolve};
use soabi_rules::tables::ExportTable;
use soabi_rules::{NativeFile, PlatformTag, Subject};
use soabi_wheel::Wheel;

fn main() {
    for path in std::env::args().skip(1) {
        if let Err(error) = wheel(Path::new(&path)) {
            println!("{path}\tunread\t{error}");
        }
    }
}

fn wheel(path: &Path) -> Result<(), Box<dyn Error>> {
    let wheel = Wheel::open(path)?;
    let mut files = Vec::new();
    wheel.for_each_native(|member, facts| {
        for facts in facts.into_iter().flatten() {
            let file_name = member.file_name().to_owned();
            files.push(NativeFile {
                member: Some(member.name.clone()),
                folder: None,
                beside_init: true,
                file_name,
                facts,
                reading: None,
            });
        }
    });
    let subject = Subject::new(None, files, Vec::new());
    let tags: Vec<PlatformTag<'_>> =
        wheel.file_name().platforms.iter().map(|tag| PlatformTag::parse(tag)).collect();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (sources, requires) = sources(&name)?;
    let files: Vec<File<'_>> = subject
        .objects
        .iter()
        .map(|object| File::of(object.member.as_deref().unwrap_or_default(), &object.facts, object.extension))
        .collect();
    let is_python_name = |name: &str| {
        let rest = name.strip_prefix('_').unwrap_or(name).strip_prefix("Py");
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_'))
            || ExportTable::get().symbol(name).is_some()
    };
    let context = Context {
        promise: Promise::of(&tags),
        oldest_python: oldest_python(&wheel),
        distribution: None,
        sources: sources.as_ref(),
        requires: &requires,
        whole: true,
        is_python_name: &is_python_name,
    };
    let resolved = resolve(&files, &context);
    for problem in &resolved.problems {
        let symbols: Vec<&str> = problem.symbols.iter().take(6).map(String::as_str).collect();
        println!(
            "{name}\t{}\t{}\t{}\t{:?}\t{} {:?}",
            problem.severity().as_str(),
            files[problem.file].path,
            problem.library.as_deref().unwrap_or("-"),
            problem.kind,
            problem.symbols.len(),
            symbols,
        );
    }
    let level = honest_level(&files, &resolved.needs, &context);
    let tag = level.as_ref().map_or("-", |level| level.tag.as_str());
    let blockers = level.iter().flat_map(|level| &level.blockers).take(2);
    let blockers: Vec<String> =
        blockers.map(|blocker| format!("{}: {}", blocker.file, blocker.needs)).collect();
    println!("{name}\tlevel\t{tag}\t{}", blockers.join("; "));
    Ok(())
}

/// The oldest version of Python that the wheel's tags name: `cp38`, `py3`.
fn oldest_python(wheel: &Wheel) -> Option<(u16, u16)> {
    let version = |tag: &String| {
        let digits = tag.trim_start_matches(|c: char| c.is_alphabetic());
        let (major, minor) = digits.split_at_checked(1)?;
        Some((major.parse().ok()?, minor.parse().unwrap_or_default()))
    };
    wheel.file_name().pythons.iter().filter_map(version).min()
}

fn sources(name: &str) -> Result<(Option<Sources>, Vec<String>), Box<dyn Error>> {
    let Some(folder) = std::env::var_os("SOURCES") else { return Ok((None, Vec::new())) };
    let text = std::fs::read_to_string(Path::new(&folder).join(format!("{name}.json")))?;
    let value: serde_json::Value = serde_json::from_str(&text)?;
    let mut sources = Sources::default();
    for (path, text) in value["py"].as_object().into_iter().flatten() {
        sources.add(path, text.as_str().unwrap_or_default());
    }
    let requires = value["req"].as_array().into_iter().flatten().filter_map(|name| name.as_str());
    Ok((Some(sources), requires.map(str::to_owned).collect()))
}
