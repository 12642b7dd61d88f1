//! What an installation has beside the program: completions, manual pages, and the words about its version.

use std::fs;

use rstest::rstest;

use crate::support::Soabi;

#[rstest]
fn completions_know_the_commands(
    #[values("bash", "elvish", "fish", "nushell", "powershell", "zsh")] shell: &str,
) {
    let finished = Soabi::new().args(["completions", shell]).run();
    assert_eq!(finished.code(), Some(0));
    for word in ["audit", "abi3audit", "assume-minimum-abi3", "fail-on"] {
        assert!(finished.stdout().contains(word), "{word} is missing for {shell}");
    }
}

/// One page for each command, and one for the program.
#[test]
fn manual_pages() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("share/man/man1");
    let finished = Soabi::new().args(["man"]).args([&place]).run();
    assert_eq!((finished.code(), finished.stdout()), (Some(0), String::new()), "{}", finished.stderr());
    for page in ["soabi.1", "soabi-audit.1", "soabi-abi3audit.1", "soabi-explain.1"] {
        let text = fs::read_to_string(place.join(page)).unwrap();
        assert!(text.contains(".SH NAME") && text.contains(".SH SYNOPSIS"), "{page}: {text}");
    }
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let refused = Soabi::new().args(["man"]).args([&file]).run();
    assert_eq!(refused.code(), Some(2));
    assert!(refused.stderr().starts_with("error: "), "{}", refused.stderr());
}

#[rstest]
#[case(&["--version", "--verbose"])]
#[case(&["-vV"])]
fn the_version_in_full(#[case] args: &[&str]) {
    let finished = Soabi::new().args(args).run();
    assert_eq!(finished.code(), Some(0));
    let text = finished.stdout();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], format!("soabi {}", env!("CARGO_PKG_VERSION")));
    let tables = format!("tables: {}, of {}", soabi_rules::tables::id(), soabi_rules::tables::date());
    assert_eq!(lines[1], tables);
    assert!(soabi_rules::tables::date().starts_with("20"), "{tables}");
    assert!(text.contains("runs interpreters: yes\n"), "{text}");
}
