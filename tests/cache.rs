//! `soabi cache`, and the cache of an audit when things go wrong.

use std::fs;
use std::path::Path;

use rstest::rstest;

use crate::support::{Finished, Soabi};

fn cache(folder: &Path, args: &[&str]) -> Finished {
    Soabi::new().env("SOABI_CACHE_DIR", folder).args(["cache"]).args(args).run()
}

/// A folder with an entry of two kinds, and something that is not soabi's.
fn filled() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["audit/entry.json", "wheels/spam-1.0/spam.whl", "mine/thesis.tex"] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, vec![b' '; 1 << 20]).unwrap();
    }
    folder
}

#[test]
fn the_folder_is_named_and_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let named = folder.path().join("named");
    assert_eq!(cache(&named, &["dir"]).stdout(), format!("{}\n", named.display()));
    assert_eq!(cache(&named, &["size"]).code(), Some(0));
    assert!(!named.exists());
}

#[test]
fn sizes_by_kind() {
    let folder = filled();
    let text = cache(folder.path(), &["size"]).stdout();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.starts_with("audit 1.0 MiB What was found in wheels wheels 1.0 MiB "), "{text}");
    assert!(words.contains("all 2.0 MiB 2 entries in "), "{text}");
}

#[rstest]
#[case::everything(&["clean"], 2, [false, false])]
#[case::one_kind(&["clean", "wheels"], 1, [true, false])]
#[case::nothing_is_old(&["prune"], 0, [true, true])]
#[case::too_much(&["prune", "--larger-than", "0"], 2, [false, false])]
fn what_is_removed(#[case] args: &[&str], #[case] removed: usize, #[case] left: [bool; 2]) {
    let folder = filled();
    let finished = cache(folder.path(), args);
    assert_eq!(finished.code(), Some(0));
    let words = if removed == 1 { "entry" } else { "entries" };
    let text = finished.stdout();
    assert!(text.starts_with(&format!("removed {removed} {words}, {removed}.0 MiB")), "{text}");
    let is_left = ["audit/entry.json", "wheels/spam-1.0"].map(|name| folder.path().join(name).exists());
    assert_eq!(is_left, left);
    assert!(folder.path().join("mine/thesis.tex").exists(), "what is not soabi's stays");
}

#[test]
fn no_such_kind() {
    assert_eq!(cache(filled().path(), &["clean", "mine"]).code(), Some(2));
}
