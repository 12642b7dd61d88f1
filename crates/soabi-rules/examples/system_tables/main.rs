//! `cargo run -p soabi-rules --example system_tables DIR`: writes the tables of system libraries anew.
//!
//! DIR is what `tables/system/fetch.sh DIR` fills. Facts are taken from it (names, versions, which library),
//! nothing else. Each table keeps the comment that it begins with, but for its line `# Read on ...`.

#![expect(clippy::disallowed_methods, reason = "a tool that reads and writes files; the crate does not")]

mod abilists;
mod debian;
mod musl;
mod policies;
mod tbd;
mod windows;

use std::error::Error;
use std::fs;
use std::path::Path;

const TABLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tables/system");

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: system_tables DIR")?;
    let folder = Path::new(&folder);
    let sources = fs::read_to_string(folder.join("sources.txt"))?;
    let table = |name: &str, used: &[&str], text: String| rewrite(name, &read_on(&sources, used), &text);

    let mut glibc = abilists::read(&fs::read(folder.join("ziglang/lib/libc/glibc/abilists"))?)?;
    debian::add_glibc(folder, &mut glibc)?;
    table("glibc.txt", &["ziglang", "libc6"], glibc.to_text())?;
    table("libstdcxx.txt", &["libstdc++6"], debian::libstdcxx(folder)?)?;
    let runtimes = ["libgcc-s1", "libatomic1", "zlib1g", "libexpat1"];
    table("runtimes.txt", &runtimes, debian::runtimes(folder, &runtimes)?)?;
    table("musl.txt", &["ziglang", "musl"], musl::text(folder)?)?;
    table("policies.txt", &["auditwheel"], policies::text(&folder.join("auditwheel/policy"))?)?;
    table("windows.txt", &["ziglang"], windows::text(&folder.join("ziglang/lib/libc/mingw"))?)?;
    table("libsystem.txt", &["ziglang"], tbd::text(&folder.join("ziglang/lib/libc/darwin/libSystem.tbd"))?)?;
    Ok(())
}

/// The line that says when the table was made, and of what.
fn read_on(sources: &str, used: &[&str]) -> String {
    let version = |name: &str| {
        let mut lines = sources.lines().filter_map(|line| line.split_once(' '));
        lines.find(|(known, _)| *known == name).map_or("?", |(_, version)| version)
    };
    let used: Vec<String> = used.iter().map(|name| format!("{name} {}", version(name))).collect();
    format!("# Read on {} from {}.\n", version("date"), used.join(", "))
}

/// Replaces everything but the comment that the table begins with.
fn rewrite(name: &str, read_on: &str, text: &str) -> Result<(), Box<dyn Error>> {
    let path = Path::new(TABLES).join(name);
    let old = fs::read_to_string(&path)?;
    let comment = old.split_inclusive('\n').take_while(|line| line.starts_with('#'));
    let comment: String = comment.filter(|line| !line.starts_with("# Read on ")).collect();
    Ok(fs::write(path, comment + read_on + text)?)
}
