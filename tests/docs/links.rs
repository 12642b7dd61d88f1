//! Links between pages: the file exists, and so does the heading.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use rstest::rstest;

use crate::docs::{name, pages};
use crate::support::root;

/// The anchor of a heading, as GitHub and mdBook make it.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
    heading.trim().to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Where the links of a page lead, and its anchors.
fn parse(text: &str) -> (Vec<String>, BTreeSet<String>) {
    let (mut links, mut anchors, mut heading) = (Vec::new(), BTreeSet::new(), None);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push(dest_url.to_string());
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => anchors.extend(heading.take().map(|heading| anchor(&heading))),
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&words);
                }
            }
            _ => {}
        }
    }
    (links, anchors)
}

/// What is wrong with a link on `page`.
fn check(page: &Path, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let target = if path.is_empty() { page.to_owned() } else { page.parent().unwrap().join(path) };
    if !target.exists() {
        return Some(format!("{}: {link} leads to no file", name(page)));
    }
    // A site has what is in its folder and nothing above it.
    let (docs, target) = (root().join("docs"), target.canonicalize().unwrap());
    if page.starts_with(&docs) && !target.starts_with(&docs) {
        return Some(format!("{}: {link} leads out of docs/", name(page)));
    }
    let anchor = anchor?;
    let (_, anchors) = parse(&fs::read_to_string(&target).unwrap());
    (!anchors.contains(anchor)).then(|| format!("{}: {link} leads to no heading", name(page)))
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    for page in pages() {
        let (links, _) = parse(&fs::read_to_string(&page).unwrap());
        wrong.extend(links.iter().filter_map(|link| check(&page, link)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A page that the summary does not name is in no menu and is not built.
#[test]
fn every_page_is_in_the_summary() {
    let summary = root().join("docs/SUMMARY.md");
    let (links, _) = parse(&fs::read_to_string(&summary).unwrap());
    let listed: BTreeSet<PathBuf> = links.iter().map(|link| root().join("docs").join(link)).collect();
    assert_eq!(listed.len(), links.len(), "a page is in the summary twice");
    let written: BTreeSet<PathBuf> = pages()
        .into_iter()
        .filter(|page| page.starts_with(root().join("docs")) && *page != summary)
        .collect();
    let names = |pages: &BTreeSet<PathBuf>, others: &BTreeSet<PathBuf>| -> Vec<String> {
        pages.difference(others).map(|page| name(page)).collect()
    };
    let (unlisted, missing) = (names(&written, &listed), names(&listed, &written));
    assert!(
        unlisted.is_empty() && missing.is_empty(),
        "not in docs/SUMMARY.md: {unlisted:?}; missing: {missing:?}"
    );
}

#[rstest]
#[case("Exit codes", "exit-codes")]
#[case("`soabi/audit/v1`", "soabiauditv1")]
#[case("What *no* audit can show", "what-no-audit-can-show")]
fn anchors(#[case] heading: &str, #[case] expected: &str) {
    let (_, anchors) = parse(&format!("# {heading}\n"));
    assert_eq!(anchors, BTreeSet::from([expected.to_owned()]));
}
