//! Prints what `soabi-definition` reads out of native files and wheels, one JSON object a line:
//! `cargo run --release -p soabi-definition --example definitions -- PATH...`.
//!
//! Each line has the file, the slice's format and machine, the processor time that parsing and reading took, and the reading.

#![expect(clippy::disallowed_methods, reason = "a tool that reads files; the crate does not")]

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use soabi_definition::{Options, read};
use soabi_object::Image;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for path in env::args_os().skip(1).map(PathBuf::from) {
        visit(&path, &mut out)?;
    }
    Ok(())
}

/// Reads a file, or every file below a folder.
fn visit(path: &Path, out: &mut impl io::Write) -> io::Result<()> {
    if path.is_dir() {
        let mut entries: Vec<_> =
            fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
        entries.sort();
        return entries.iter().try_for_each(|entry| visit(entry, out));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if ![".so", ".pyd", ".dylib"].iter().any(|suffix| name.ends_with(suffix)) {
        return Ok(());
    }
    let bytes = fs::read(path)?;
    report(path, &name, &bytes, out)
}

fn report(path: &Path, name: &str, bytes: &[u8], out: &mut impl io::Write) -> io::Result<()> {
    let start = cpu_micros();
    let images = match Image::parse(bytes) {
        Ok(images) => images,
        Err(error) => return writeln!(out, "{}", json!({ "path": path, "error": error.to_string() })),
    };
    let parse = cpu_micros() - start;
    let stem = name.split('.').next().unwrap_or_default();
    let options = Options { module: Some(stem), stable_abi: name.contains("abi3"), ..Options::default() };
    for image in &images {
        let start = cpu_micros();
        let relocations = image.relocations().map(<[_]>::len);
        let relocated = cpu_micros() - start;
        let start = cpu_micros();
        let line = match read(image, &options) {
            Ok(reading) => json!({
                "path": path, "format": image.format().as_str(), "arch": image.arch().as_str(), "bytes": bytes.len(),
                "relocations": relocations.unwrap_or_default(),
                "parse_us": parse, "relocate_us": relocated, "read_us": cpu_micros() - start,
                "reading": reading,
            }),
            Err(error) => json!({ "path": path, "error": error.to_string() }),
        };
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// The processor time of this thread, which a busy machine does not change.
fn cpu_micros() -> i64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1000
}
