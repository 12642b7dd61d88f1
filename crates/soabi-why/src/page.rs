//! Kinds as pages: what `soabi explain KIND` shows, and `docs/why.md`.

use std::fmt::Write;

use crate::kind::{KINDS, Kind};

/// The page of a kind, in Markdown.
pub fn page(kind: &Kind) -> String {
    let mut page = format!("# {}\n\n{}.\n", kind.id, capital(&kind.title));
    page.push_str("\n## Cause\n\n");
    for cause in kind.causes() {
        let _ = writeln!(page, "- {}", capital(&in_words(cause)));
    }
    page.push_str("\n## What to do\n\n");
    for action in &kind.actions {
        let _ = writeln!(page, "- {}", in_words(action));
    }
    page.push_str("\n## Looks like\n\n");
    for message in &kind.tests.yes {
        for line in message.lines() {
            let _ = writeln!(page, "    {}", line.trim_end());
        }
        page.push('\n');
    }
    if let Some(rule) = &kind.rule {
        let _ = writeln!(
            page,
            "`soabi audit` finds this in a file before anybody meets it: `soabi explain {rule}`."
        );
    }
    for see in &kind.see {
        let _ = writeln!(page, "See {see}.");
    }
    page.trim_end().to_owned() + "\n"
}

/// `docs/why.md`: every kind.
pub fn index() -> String {
    let mut page = String::from(
        "# Messages that `soabi why` knows\n\n\
         `soabi why \"...\"` reads an error message, or a whole traceback from stdin (`soabi why -`), and says what it\n\
         means and what to do. These are the kinds of messages that it knows; `soabi explain KIND` shows one of them.\n\
         `just why` writes this page from `crates/soabi-why/kinds/`: a new kind is one file there.\n\n",
    );
    for kind in KINDS.iter() {
        let _ = writeln!(page, "- [`{id}`](#{id}): {}", kind.title, id = kind.id);
    }
    for kind in KINDS.iter() {
        let _ = write!(page, "\n#{}", self::page(kind).replace("\n## ", "\n### "));
    }
    page
}

/// A template with its holes as words: `{file|the file}` as "the file", `{version}` as VERSION, `the module{which}`, where
/// something is said that may not be known, as "the module".
fn in_words(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((hole, more)) = after.split_once('}') else { break };
        text.push_str(before);
        let (name, otherwise) = hole.split_once('|').unwrap_or((hole, ""));
        let is_code = text.matches('`').count() % 2 == 1;
        let is_addition = !is_code && text.ends_with(|c: char| c.is_alphanumeric() || c == '`');
        if is_addition {
            // Nothing: the sentence stands without it.
        } else if is_code || otherwise.is_empty() {
            text.push_str(&name.replace('-', " ").to_uppercase());
        } else {
            text.push_str(otherwise);
        }
        rest = more;
    }
    text + rest
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_no_holes() {
        for kind in KINDS.iter() {
            let page = page(kind);
            let causes = page.split("## Looks like").next().unwrap();
            assert!(!causes.contains(['{', '}']), "{page}");
        }
    }

    #[test]
    fn holes_in_words() {
        assert_eq!(in_words("`{file|the file}` of {version}, {x|none}"), "`FILE` of VERSION, none");
        assert_eq!(
            in_words("the module{which} needs `{x}`{came}: `lib{x}.so`"),
            "the module needs `X`: `libX.so`"
        );
    }
}
