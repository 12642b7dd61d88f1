//! The commands of the pages: each block of `console` is run as it stands, and its output compared.
//!
//! A block is commands behind `$ `, each with what it prints below it. The info string says how the last command of a
//! block ends, if not with 0: `console exit=1`. Commands run one after the other in a folder with the same small files
//! for every page; what they write is there for the commands below.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::docs::{fixture, is_updating, name, pages};
use crate::harness::{Checked, ready, skip};
use crate::support::Soabi;

/// A command, and the output that its page shows.
struct Shown {
    command: String,
    output: String,
    status: i32,
}

/// A page, in pieces: text, and the commands of a block.
enum Piece {
    Text(String),
    Block { head: String, commands: Vec<Shown> },
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if !line.starts_with("```console") {
            plain += line;
            plain.push('\n');
            continue;
        }
        pieces.push(Piece::Text(std::mem::take(&mut plain)));
        let status = line.split_once("exit=").map_or(0, |(_, status)| status.parse().unwrap());
        let mut commands: Vec<Shown> = Vec::new();
        for line in lines.by_ref().take_while(|line| *line != "```") {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => {
                    commands.push(Shown { command: command.to_owned(), output: String::new(), status: 0 });
                }
                (None, Some(shown)) => writeln!(shown.output, "{line}").unwrap(),
                (None, None) => panic!("a block of `console` begins with a command: {line}"),
            }
        }
        commands.last_mut().expect("a block has a command").status = status;
        pieces.push(Piece::Block { head: line.to_owned(), commands });
    }
    pieces.push(Piece::Text(plain));
    pieces
}

/// What a command prints on a machine without any Python, in a log of 100 columns.
fn run(command: &str, folder: &Path) -> (String, Option<i32>) {
    let program = Path::new(env!("CARGO_BIN_EXE_soabi")).parent().unwrap();
    let path = std::env::join_paths([program, Path::new("/usr/bin"), Path::new("/bin")]).unwrap();
    let clean = Soabi::without_pythons().env("PATH", &path).within(folder).command();
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(folder);
    for (variable, value) in clean.get_envs() {
        match value {
            Some(value) => shell.env(variable, value),
            None => shell.env_remove(variable),
        };
    }
    let finished = shell.output().unwrap();
    let text = [finished.stdout, finished.stderr].concat();
    (String::from_utf8(text).unwrap(), finished.status.code())
}

/// Runs the commands of a page. Its text with what they printed, and what differs.
fn checked(page: &Path, folder: &Path) -> (String, Vec<String>) {
    let (mut text, mut wrong) = (String::new(), Vec::new());
    for piece in pieces(&fs::read_to_string(page).unwrap()) {
        match piece {
            Piece::Text(plain) => text += &plain,
            Piece::Block { head, commands } => {
                let _ = writeln!(text, "{head}");
                for Shown { command, output, status } in commands {
                    let (printed, code) = run(&command, folder);
                    if code != Some(status) {
                        wrong.push(format!("{}: `{command}` ends with {code:?}\n{printed}", name(page)));
                    } else if printed.trim_end() != output.trim_end() && !is_updating() {
                        wrong.push(format!("{}: `{command}` prints\n{printed}", name(page)));
                    }
                    let _ = writeln!(text, "$ {command}\n{}", printed.trim_end());
                }
                text += "```\n";
            }
        }
    }
    (text, wrong)
}

#[test]
fn commands_print_what_the_pages_show() -> Checked {
    if std::env::consts::ARCH != "x86_64" {
        return skip("the pages show what x86-64 prints");
    }
    ready()?;
    let files = fixture::files();
    let (mut wrong, mut number) = (Vec::new(), 0);
    for page in pages() {
        let (text, differences) = checked(&page, files.path());
        number += text.matches("\n$ soabi").count();
        if is_updating() && differences.is_empty() && text != fs::read_to_string(&page).unwrap() {
            fs::write(&page, text).unwrap();
        }
        wrong.extend(differences);
    }
    assert!(wrong.is_empty(), "{}\n`INSTA_UPDATE=always just test docs::` writes them", wrong.join("\n"));
    assert!(number > 10, "{number} commands");
    Ok(())
}

#[test]
fn blocks_are_taken_apart() {
    let page = "a\n```console exit=1\n$ soabi x\nout\n\nmore\n$ soabi y\n```\nb\n```text\n$ soabi z\n```\n";
    let pieces = pieces(page);
    let [Piece::Text(before), Piece::Block { head, commands }, Piece::Text(after)] = &pieces[..] else {
        panic!()
    };
    assert_eq!((before.as_str(), after.as_str()), ("a\n", "b\n```text\n$ soabi z\n```\n"));
    assert_eq!(head, "```console exit=1");
    let commands: Vec<_> =
        commands.iter().map(|shown| (&*shown.command, &*shown.output, shown.status)).collect();
    assert_eq!(commands, [("soabi x", "out\n\nmore\n", 0), ("soabi y", "", 1)]);
}
