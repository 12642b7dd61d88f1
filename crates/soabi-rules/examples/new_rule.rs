//! `just new-rule ID SEVERITY`: the files of a new rule, with the places to fill in, and its registration.
//!
//! It writes the rule, its page and a fixture for each side, puts the rule at the end of the list in `src/rules/mod.rs`,
//! whose order is that of reports, and its page into `docs/SUMMARY.md`. The tests then say what is still missing.

#![expect(clippy::disallowed_methods, reason = "a tool that writes files; the crate does not")]
#![expect(clippy::print_stdout, reason = "it prints the files that it wrote")]

use std::error::Error;
use std::fs;
use std::path::Path;

const CRATE: &str = env!("CARGO_MANIFEST_DIR");

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [id, severity] = &arguments[..] else {
        return Err("usage: new_rule ID note|warning|error".into());
    };
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || !id.chars().all(valid) || !id.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(format!("`{id}` is not a rule id such as `executable-stack`").into());
    }
    let severity = match severity.to_ascii_lowercase().as_str() {
        "note" => "Note",
        "warning" => "Warning",
        "error" => "Error",
        other => return Err(format!("`{other}` is not a severity: note, warning or error").into()),
    };
    let root = Path::new(CRATE);
    let module = id.replace('-', "_");
    let source = root.join(format!("src/rules/{module}.rs"));
    if source.exists() {
        return Err(format!("there is a rule `{id}` already").into());
    }
    let files = [
        (source, rule(id, severity)),
        (root.join(format!("../../docs/rules/{id}.md")), page(id, severity)),
        (root.join(format!("fixtures/{id}/fires-example.toml")), fixture("The defect.")),
        (
            root.join(format!("fixtures/{id}/silent-example.toml")),
            fixture("Its nearest neighbour without the defect."),
        ),
    ];
    for (path, text) in &files {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)?;
        println!("wrote {}", path.strip_prefix(root).unwrap_or(path).display());
    }
    let list = root.join("src/rules/mod.rs");
    let text = fs::read_to_string(&list)?.replacen("\n];", &format!("\n    &{module}::RULE,\n];"), 1);
    fs::write(&list, with_line(&text, "mod ", &format!("mod {module};"))?)?;
    let summary = root.join("../../docs/SUMMARY.md");
    let line = format!("  - [{id}](rules/{id}.md)");
    fs::write(&summary, with_line(&fs::read_to_string(&summary)?, "](rules/", &line)?)?;
    println!(
        "registered it in src/rules/mod.rs and docs/SUMMARY.md; next: fill in the four files, then `just derived pages` and \
         `cargo test --package soabi-rules`"
    );
    Ok(())
}

/// The text with `line` in its place among the lines that have `mark`, which are sorted.
fn with_line(text: &str, mark: &str, line: &str) -> Result<String, Box<dyn Error>> {
    let is_one = |known: &&str| known.contains(mark);
    let last = text.lines().rfind(is_one).ok_or_else(|| format!("no line has `{mark}`"))?;
    let is_behind = |known: &&str| is_one(known) && *known > line;
    Ok(match text.lines().find(is_behind) {
        Some(next) => text.replacen(&format!("{next}\n"), &format!("{line}\n{next}\n"), 1),
        None => text.replacen(&format!("{last}\n"), &format!("{last}\n{line}\n"), 1),
    })
}

fn rule(id: &str, severity: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        r#"//! What is wrong, in one sentence.

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::world::World;

rule!("{id}", {severity}, "what it finds, as one line", since "{version}");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {{
    subject.extensions().filter_map(hit).collect()
}}

fn hit(object: &Object) -> Option<Hit> {{
    let found = object.imports.is_empty();
    found.then(|| Hit::on(object, "what is wrong with this file").help("what to do about it"))
}}
"#
    )
}

fn page(id: &str, severity: &str) -> String {
    let severity = severity.to_ascii_lowercase();
    format!(
        "# {id}\n\nWhat the rule finds, in one sentence.\n\nSeverity: {severity}.\n\n## Why it matters\n\nWhat fails, where, \
         with which message, and the source of that fact.\n\n## What it looks like\n\n```text\n{severity}[{id}]: \
         spam.cpython-312-x86_64-linux-gnu.so\n  what is wrong with this file\n```\n\n## What to do\n\nThe command or the \
         line of configuration.\n\n## When it is wrong\n\nWhen to ignore it.\n"
    )
}

fn fixture(comment: &str) -> String {
    format!(
        r#"# {comment}
wheel = "spam-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"

[[file]]
path = "spam.cpython-312-x86_64-linux-gnu.so"
exports = ["PyInit_spam"]
imports = ["PyModule_Create2"]
"#
    )
}
