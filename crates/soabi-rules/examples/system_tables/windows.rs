//! The libraries of Windows, by the names of mingw-w64's definition files that Zig carries.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

/// Definition files for libraries that Windows does not bring: runtimes of compilers, and the parts of DirectX
/// that came with games.
const NOT_WINDOWS: [&str; 14] = [
    "msvcp",
    "msvcr1",
    "msvcr7",
    "msvcr8",
    "msvcr9",
    "vcruntime",
    "concrt",
    "d3dx",
    "d3dcsx",
    "xapofx",
    "x3daudio",
    "xinput1_1",
    "xinput1_2",
    "xinput1_3",
];

/// The table's text, without its comment: names without `.dll`, many on a line.
pub(crate) fn text(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut names = BTreeSet::new();
    for part in ["lib-common", "lib64", "lib32", "libarm32"] {
        for entry in fs::read_dir(folder.join(part))? {
            let file = entry?.file_name().to_string_lossy().to_ascii_lowercase();
            let stem = file.strip_suffix(".in").unwrap_or(&file).strip_suffix(".def");
            let Some(name) = stem.filter(|name| !name.ends_with("_windowsapp")) else { continue };
            let virtual_library = name.starts_with("api-ms-") || name.starts_with("ext-ms-");
            let old_compiler = name.strip_prefix("d3dcompiler_").is_some_and(|number| number < "47");
            let foreign = NOT_WINDOWS.iter().any(|prefix| name.starts_with(prefix)) || old_compiler;
            if !virtual_library && !foreign {
                names.insert(name.to_owned());
            }
        }
    }
    let names: Vec<String> = names.into_iter().collect();
    Ok(names.chunks(12).map(|line| line.join(" ") + "\n").collect())
}
