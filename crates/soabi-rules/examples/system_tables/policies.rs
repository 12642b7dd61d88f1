//! auditwheel's data about the levels: which libraries each allows, and which versions of them.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// The table's text, without its comment. A level says what it adds to the one before it.
pub(crate) fn text(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    for file in ["manylinux-policy.json", "musllinux-policy.json"] {
        let levels: Vec<Value> = serde_json::from_str(&fs::read_to_string(folder.join(file))?)?;
        let mut before: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for level in levels.iter().filter(|level| level["name"] != "linux") {
            let name = level["name"].as_str().ok_or("a level without a name")?;
            let aliases = words(&level["aliases"]).join(" ");
            text.push_str(format!("level {name} {aliases}").trim_end());
            text.push('\n');
            let sets = sets(level);
            let gone: Vec<String> = before.keys().filter(|key| !sets.contains_key(*key)).cloned().collect();
            for key in gone {
                writeln!(text, "drop {key}")?;
                before.remove(&key);
            }
            for (key, values) in sets {
                let old = before.get(&key).map_or(&[][..], Vec::as_slice);
                let added = values.iter().filter(|value| !old.contains(value)).map(ToString::to_string);
                let gone =
                    old.iter().filter(|value| !values.contains(value)).map(|value| format!("-{value}"));
                let change: Vec<String> = added.chain(gone).collect();
                if !change.is_empty() {
                    writeln!(text, "{key} {}", change.join(" "))?;
                } else if !before.contains_key(&key) {
                    writeln!(text, "{key}")?;
                }
                before.insert(key, values);
            }
        }
    }
    Ok(text)
}

/// The sets of a level: `allow`, `deny LIBRARY`, and `MACHINE LIBRARY'S PREFIX`.
fn sets(level: &Value) -> BTreeMap<String, Vec<String>> {
    let mut sets = BTreeMap::from([("allow".to_owned(), words(&level["lib_whitelist"]))]);
    for (library, names) in level["blacklist"].as_object().into_iter().flatten() {
        sets.insert(format!("deny {library}"), words(names));
    }
    for (machine, versions) in level["symbol_versions"].as_object().into_iter().flatten() {
        for (prefix, versions) in versions.as_object().into_iter().flatten() {
            sets.insert(format!("{machine} {prefix}"), words(versions));
        }
        sets.entry(format!("{machine} machine")).or_default();
    }
    sets
}

fn words(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
