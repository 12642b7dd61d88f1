//! `just new-python ID [PATH] [RELEASE]`: declares an interpreter.
//!
//! Writes `pythons/<id>.toml`, unless it is there, and the column of its release in the export table,
//! `crates/soabi-rules/tables/exports/<id>-<release>.txt`, from the interpreter with this id: the one at PATH, or the one
//! that a search finds. RELEASE is for PyPy, whose own version its Python version does not tell. The manifest is a
//! start: what the interpreter cannot know, such as the packages that have it, is for people to add.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use soabi_core::{AbiTag, Selector};
use soabi_object::{SymbolKind, read_file};
use soabi_python::{Environment, Facts, Interpreter, Request, discover};
use soabi_rules::tables::{Column, ColumnFile, Kind, Provenance};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The width that an array may have on one line.
const WIDTH: usize = 110;

#[expect(clippy::print_stdout, reason = "the names of the written files are the result")]
fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let id: AbiTag = arguments.next().ok_or("usage: new_python ID [PATH] [RELEASE]")?.parse()?;
    let (path, release) = (arguments.next(), arguments.next());
    let python = find(id, path.as_deref())?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;

    let manifest = root.join(format!("pythons/{id}.toml"));
    if manifest.exists() {
        println!("kept     {}", manifest.display());
    } else {
        fs::write(&manifest, manifest_of(&python)?)?;
        println!("written  {}", manifest.display());
    }
    let column = column_of(&python, release.as_deref())?;
    let file = root.join(format!("crates/soabi-rules/tables/exports/{}.txt", column.column.stem()));
    fs::write(&file, column.to_string())?;
    println!("written  {}", file.display());
    Ok(())
}

fn find(id: AbiTag, path: Option<&str>) -> Result<Interpreter> {
    let selector = path.map_or(Selector::Id(id.into()), |path| Selector::Path(path.into()));
    let data = etcetera::BaseStrategy::data_dir(&etcetera::choose_base_strategy()?).join("soabi");
    let data = std::env::var_os("SOABI_DATA_DIR").map_or(data, PathBuf::from);
    let request = Request {
        selection: vec![selector],
        own_pythons: Some(data.join("pythons")),
        ..Request::new(Environment::of_process())
    };
    let mut discovery = discover(&request);
    if let Some(broken) = discovery.broken.pop() {
        return Err(format!("`{}`: {}", broken.path.display(), broken.error).into());
    }
    let found = discovery.found.pop().ok_or_else(|| format!("no {id} was found; give its path"))?;
    if found.id == id.into() {
        Ok(found)
    } else {
        Err(format!("the interpreter is {} and not {id}", found.id).into())
    }
}

/// The exports of an interpreter, from its shared library. An interpreter without one is not measured: its executable
/// exports names of its libraries too.
fn column_of(python: &Interpreter, release: Option<&str>) -> Result<ColumnFile> {
    let Facts { implementation, version, libpython, .. } = &python.facts;
    let library = libpython.as_ref().ok_or("the interpreter has no shared library")?;
    let release = match (python.id.abi, release) {
        (AbiTag::Pypy { .. }, None) => return Err("PyPy: give its own version, such as 7.3.19".into()),
        (_, release) => release.unwrap_or(version).parse()?,
    };
    let exports = read_file(library)?.into_iter().flat_map(|facts| facts.exports).map(|export| {
        let kind = if export.kind == SymbolKind::Function { Kind::Function } else { Kind::Data };
        (export.name, kind)
    });
    let file_name = library.file_name().unwrap_or_default().display();
    let origin = format!("{file_name} of {implementation} {version}, on {}", jiff::Zoned::now().date());
    let column = Column { abi: python.id.abi, release, provenance: Provenance::Measured };
    Ok(ColumnFile::new(column, origin, exports))
}

fn manifest_of(python: &Interpreter) -> Result<String> {
    let facts = &python.facts;
    let platform = facts.multiarch.as_deref().ok_or("the interpreter does not report its platform")?;
    let suffixes: Vec<_> =
        facts.ext_suffixes.iter().map(|suffix| suffix.replace(platform, "{platform}")).collect();
    let mut text = match python.id.abi {
        AbiTag::Cpython(abi) => {
            let gil = if abi.free_threaded { " without the GIL (PEP 703)" } else { "" };
            let debug = if abi.debug { ", built with Py_DEBUG" } else { "" };
            format!("# CPython {}{gil}{debug}.\n\n", abi.version)
        }
        id => format!("# {id}: {} {}.\n\n", facts.implementation, facts.version),
    };
    writeln!(text, "required = false\n{}", array("ext_suffixes", &suffixes))?;
    text.push_str(&methods(python.id.abi)?);
    Ok(text)
}

/// The ways to install it that follow from its id.
fn methods(id: AbiTag) -> Result<String> {
    let mut text = String::new();
    match id {
        AbiTag::Cpython(abi) => {
            let version = abi.version;
            let t = if abi.free_threaded { "t" } else { "" };
            if !abi.debug {
                writeln!(text, "\n[[get]]\nwith = \"uv\"\nrequest = \"{version}{t}\"")?;
            }
            let gil = abi.free_threaded.then_some("--disable-gil");
            let debug = abi.debug.then_some("--with-pydebug");
            let options: Vec<_> = gil.into_iter().chain(debug).collect();
            if !options.is_empty() {
                writeln!(text, "\n[[get]]\nwith = \"source\"\n{}", array("configure", &options))?;
            }
            writeln!(text, "\n[[get]]\nwith = \"pyenv\"\nversion = \"{version}{t}\"")?;
            if let Some(debug) = debug {
                writeln!(text, "{}", array("configure", &[debug]))?;
            }
            if options.is_empty() {
                writeln!(text, "\n[[get]]\nwith = \"image\"\nimage = \"python:{version}\"")?;
            }
        }
        AbiTag::Pypy { python, .. } => {
            writeln!(text, "\n[[get]]\nwith = \"uv\"\nrequest = \"pypy{python}\"")?;
            writeln!(text, "\n[[get]]\nwith = \"pyenv\"\nversion = \"pypy{python}\"")?;
        }
        other => return Err(format!("{other} is not the ABI of an interpreter").into()),
    }
    Ok(text)
}

/// A TOML array, on one line if it fits.
fn array<S: AsRef<str>>(key: &str, values: &[S]) -> String {
    let values: Vec<_> = values.iter().map(|value| format!("{:?}", value.as_ref())).collect();
    let line = format!("{key} = [{}]", values.join(", "));
    if line.len() <= WIDTH {
        return line;
    }
    let lines = values.iter().fold(String::new(), |lines, value| lines + "    " + value + ",\n");
    format!("{key} = [\n{lines}]")
}
