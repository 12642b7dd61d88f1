//! Apple's list of what libSystem exports (`.tbd`, a subset of YAML): blocks of machines, each followed by
//! lists of names.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

/// The table's text, without its comment: names without their leading underscore, and `x` or `a` for those that
/// one machine alone has.
pub(crate) fn text(path: &Path) -> Result<String, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let mut names: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    let mut machines = (false, false);
    let mut key = "";
    for line in text.lines() {
        let mut line = line.trim().trim_start_matches("- ");
        if let Some((word, rest)) = line.split_once(':').filter(|(word, _)| {
            word.ends_with(|c: char| c.is_alphabetic()) && !word.contains('\'') && !word.contains(',')
        }) {
            (key, line) = (word.trim(), rest);
            if key == "targets" {
                machines = (false, false);
            }
        }
        let items = line.split(['[', ']', ',', ' ', '\'', '"']).filter(|item| !item.is_empty());
        match key {
            "targets" => {
                for item in items.filter(|item| item.ends_with("-macos")) {
                    machines.0 |= item.starts_with("x86_64");
                    machines.1 |= item.starts_with("arm64");
                }
            }
            "symbols" | "weak-symbols" | "thread-local-symbols" => {
                for name in
                    items.map(|item| item.strip_prefix('_').unwrap_or(item)).filter(|name| !name.is_empty())
                {
                    let known = names.entry(name.to_owned()).or_default();
                    *known = (known.0 | machines.0, known.1 | machines.1);
                }
            }
            _ => {}
        }
    }
    let word = |machines| match machines {
        (true, false) => "x",
        (false, true) => "a",
        _ => "",
    };
    let digit = |name: &str| name.starts_with(|c: char| c.is_ascii_digit());
    let names = names
        .into_iter()
        .filter(|(name, machines)| !digit(name) && !name.starts_with('$') && *machines != (false, false));
    let entries = names.map(|(name, machines)| (name, word(machines).to_owned())).collect();
    Ok(soabi_rules::tables::system::encode(&entries))
}
