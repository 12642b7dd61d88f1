//! The index of the rules, by group, made of the rules' own data.

use std::fmt::Write as _;

use soabi_rules::{Group, RULES, Rule};

use crate::docs::hold;
use crate::support::root;

fn index() -> String {
    let mut text = format!(
        "# Rules\n\nEvery finding names its rule; `soabi explain RULE` prints its page. There are {} rules. *Severity* is that of a \
         rule's worst finding: an error is a Python that the tags name and that cannot use the file, a warning one that \
         may fail with it, a note something to know.\n\nGenerated from the rules by `just pages`.\n",
        RULES.len()
    );
    for group in Group::ALL {
        let _ = write!(
            text,
            "\n## {}\n\n| Rule | Severity | Since | What it finds |\n| --- | --- | --- | --- |\n",
            group.title()
        );
        let mut rules: Vec<&Rule> =
            RULES.iter().copied().filter(|rule| Group::of(rule.id) == group).collect();
        rules.sort_by_key(|rule| rule.id);
        for rule in rules {
            let Rule { id, severity, since, summary, .. } = rule;
            let summary = summary.replace('|', "\\|");
            let _ =
                writeln!(text, "| [`{id}`](rules/{id}.md) | {} | {since} | {summary} |", severity.as_str());
        }
    }
    text
}

#[test]
fn the_index_of_the_rules() {
    hold(&root().join("docs/rules.md"), &index());
}
