//! What musl exports: Zig's lists, which are assembler, and the shared library of Debian.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

/// The releases with a list, oldest first.
const LISTS: [&str; 3] = ["1.2.2", "1.2.4", "1.2.5"];
/// The release of Debian's library.
const NEWEST: &str = "1.2.6";

/// The table's text, without its comment: the name, and the release that has it first if it is not the oldest.
/// A name that one machine has counts for all.
pub(crate) fn text(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for release in LISTS {
        let text = fs::read_to_string(folder.join(format!("musl/{release}.S")))?;
        let first = if release == LISTS[0] { "" } else { release };
        for name in text.lines().filter_map(|line| line.trim().strip_suffix(':')) {
            names.entry(name.to_owned()).or_insert_with(|| first.to_owned());
        }
    }
    let sources = fs::read_to_string(folder.join("sources.txt"))?;
    if !sources.lines().any(|line| line.starts_with(&format!("musl {NEWEST}"))) {
        return Err(format!("the library is not that of musl {NEWEST}").into());
    }
    let library = folder.join("debian/musl/data/usr/lib/x86_64-linux-musl/libc.so");
    for export in soabi_object::read_file(&library)?.iter().flat_map(|facts| &facts.exports) {
        names.entry(export.name.clone()).or_insert_with(|| NEWEST.to_owned());
    }
    Ok(soabi_rules::tables::system::encode(&names))
}
