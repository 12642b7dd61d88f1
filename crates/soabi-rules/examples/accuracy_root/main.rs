//! `just accuracy-root DIR`: is the resolver right? Every library for Linux on x86-64 in the wheels of DIR is really
//! loaded in a root that has nothing but the platform, and what the dynamic linker says is held against what
//! [`soabi_rules::resolve`] says, both ways.
//!
//! ROOTS has two roots, which `tests/corpus/roots.sh` makes: `glibc` and `musl`, each with the program `/host` and, as
//! `/pystub.so`, a library that exports every name that some Python exports. With `--names` the names are printed as
//! assembler instead.
//!
//! A file that others of its wheel load is loaded with those, and by itself only if there are none: what a library finds
//! depends on who loads it. It runs code from the wheels. Exit status 1: a disagreement.

#![expect(clippy::disallowed_methods, reason = "a tool that reads files; the crate does not")]
#![expect(clippy::disallowed_types, reason = "a tool that starts processes; the crate does not")]
#![expect(clippy::print_stdout, reason = "what was found is printed")]

mod answer;
mod install;
mod said;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use soabi_object::{Arch, Format, ObjectKind};
use soabi_rules::resolve::{Context, File, Promise, Sources, resolve};
use soabi_rules::tables::ExportTable;
use soabi_rules::{Libc, NativeFile, PlatformTag, Subject};
use soabi_wheel::Wheel;

use crate::said::Said;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [names] if names == "--names" => {
            for symbol in ExportTable::get().symbols() {
                println!(".globl \"{0}\"\n\"{0}\": .quad 0", symbol.name);
            }
            Ok(ExitCode::SUCCESS)
        }
        [folder, roots] => compare(Path::new(folder), Path::new(roots), ""),
        [folder, roots, part] => compare(Path::new(folder), Path::new(roots), part),
        _ => Err("usage: accuracy_root DIR ROOTS [PART-OF-A-NAME]".into()),
    }
}

fn compare(folder: &Path, roots: &Path, part: &str) -> Result<ExitCode> {
    let entries = std::fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    let mut wheels: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    wheels.retain(|path| path.extension().is_some_and(|end| end == "whl"));
    wheels.retain(|path| path.to_string_lossy().contains(part));
    wheels.sort();
    let mut tally = Tally::default();
    for path in &wheels {
        if let Err(error) = wheel(path, roots, &mut tally) {
            tally.disagreements.push(format!("{}: {error}", path.display()));
        }
    }
    tally.print();
    Ok(if tally.disagreements.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What came of all files.
#[derive(Default)]
struct Tally {
    wheels: usize,
    /// How many files came to each kind of agreement, by root.
    counts: BTreeMap<(&'static str, &'static str), usize>,
    /// How many files are loaded with another.
    with_another: usize,
    disagreements: Vec<String>,
}

impl Tally {
    fn print(&self) {
        println!("{} wheels with libraries for Linux on x86-64", self.wheels);
        for ((root, kind), count) in &self.counts {
            println!("{count:>8}  {root}: {kind}");
        }
        println!("{:>8}  are loaded with another file, and not by themselves", self.with_another);
        println!("{:>8}  disagreements", self.disagreements.len());
        self.disagreements.iter().for_each(|line| println!("  {line}"));
    }
}

/// The glibc of the root: Debian 12's.
const GLIBC: Promise = Promise {
    libc: Some(Libc::Gnu),
    version: Some(soabi_rules::tables::system::Dotted::new(2, 36)),
    apple: None,
};
/// The musl of the root: 1.2.3, for which a tag says 1.2.
const MUSL: Promise = Promise {
    libc: Some(Libc::Musl),
    version: Some(soabi_rules::tables::system::Dotted::new(1, 2)),
    apple: None,
};

fn wheel(path: &Path, roots: &Path, tally: &mut Tally) -> Result<()> {
    let wheel = Wheel::open(path)?;
    let tags: Vec<PlatformTag<'_>> =
        wheel.file_name().platforms.iter().map(|tag| PlatformTag::parse(tag)).collect();
    let musl = tags.iter().any(|tag| matches!(tag, PlatformTag::Musllinux { .. }));
    let (root_name, promise) = if musl { ("musl", MUSL) } else { ("glibc", GLIBC) };
    let root = roots.join(root_name);
    let subject = subject(&wheel);
    if subject.objects.is_empty() {
        return Ok(());
    }
    tally.wheels += 1;
    let files: Vec<File<'_>> = subject
        .objects
        .iter()
        .map(|object| File::of(object.member.as_deref().unwrap_or_default(), &object.facts, object.extension))
        .collect();
    let sources = Sources::default();
    let is_python_name = |name: &str| is_python(name);
    let context = Context {
        promise,
        oldest_python: None,
        distribution: None,
        sources: Some(&sources),
        requires: &[],
        whole: true,
        is_python_name: &is_python_name,
    };
    let resolved = resolve(&files, &context);
    let loaded: BTreeSet<usize> =
        resolved.closures.iter().flat_map(|closure| closure.iter().skip(1).copied()).collect();
    let alone: Vec<usize> = (0..files.len())
        .filter(|index| {
            files[*index].role == soabi_rules::resolve::Role::Extension || !loaded.contains(index)
        })
        .collect();
    tally.with_another += files.len() - alone.len();

    let installed = install::Installed::new(&wheel, &root, &files)?;
    let answers = installed.load(&alone)?;
    for (index, answer) in alone.into_iter().zip(answers) {
        let said = Said::of(index, &files, &resolved);
        match said.against(&answer, &installed) {
            Ok(kind) => *tally.counts.entry((root_name, kind)).or_default() += 1,
            Err(why) => tally.disagreements.push(format!(
                "{}: {}: {why}",
                path.file_name().unwrap_or_default().to_string_lossy(),
                files[index].path
            )),
        }
    }
    Ok(())
}

/// The libraries of the wheel that this machine can load.
fn subject(wheel: &Wheel) -> Subject {
    let mut files = Vec::new();
    wheel.for_each_native(|member, facts| {
        for facts in facts.into_iter().flatten() {
            let here = facts.format == Format::Elf && facts.arch == Arch::X86_64;
            if here && facts.kind == ObjectKind::Library {
                files.push(NativeFile {
                    member: Some(member.name.clone()),
                    folder: None,
                    beside_init: true,
                    file_name: member.file_name().to_owned(),
                    facts,
                    reading: None,
                });
            }
        }
    });
    Subject::new(None, files, Vec::new())
}

/// Whether a name is Python's: `/pystub.so` has it, or no Python of the tables has.
fn is_python(name: &str) -> bool {
    let rest = name.strip_prefix('_').unwrap_or(name).strip_prefix("Py");
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_'))
        || ExportTable::get().symbol(name).is_some()
}
