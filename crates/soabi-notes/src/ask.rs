//! Asks an interpreter the claims: in one process, one after the other.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use soabi_python::Interpreter;

use crate::claim::Claim;
use crate::table::Question;

/// The script.
const SCRIPT: &str = include_str!("ask.py");

/// The file for `compile-and-link`, which it compiles itself.
const TO_COMPILE: &str = include_str!("../specimens/command/notes_command.c");

/// The time that an interpreter may take for one process of claims.
const LIMIT: Duration = Duration::from_mins(2);

/// Variables that the interpreter and a compiler may need to find their own libraries.
const KEPT_VARIABLES: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/// What an interpreter said to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// An answer.
    Answer(String),
    /// Why it cannot be asked on this machine.
    Skipped(String),
}

/// What an interpreter answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// By the claim's id, in the order in which it was said.
    pub claims: BTreeMap<String, Vec<(Question, Said)>>,
    /// The processor time that it took, in milliseconds, without the start of the interpreter and without the
    /// claims that are asked apart.
    pub cpu_ms: f64,
}

/// What is at hand for asking.
#[derive(Clone, Copy, Debug)]
pub struct Means<'a> {
    /// The folders of the specimens' modules.
    pub modules: &'a [PathBuf],
    /// The C compiler's command, for claims that compile.
    pub compiler: &'a [OsString],
    /// An empty folder, which is the claims' own.
    pub scratch: &'a Path,
}

/// Asks `python` the `claims`. A claim that its interpreter does not survive has that for an answer, and those
/// behind it are asked all the same.
pub fn ask(python: &Interpreter, claims: &[&Claim], means: Means<'_>) -> io::Result<Answers> {
    let mut answers = Answers::default();
    let (apart, together): (Vec<_>, Vec<_>) = claims.iter().copied().partition(|claim| claim.apart);
    let mut processes: Vec<Vec<&Claim>> = apart.into_iter().map(|claim| vec![claim]).collect();
    processes.extend((!together.is_empty()).then_some(together));
    while let Some(claims) = processes.pop() {
        let transcript = run(python, &claims, means)?;
        let begun = transcript.begun;
        answers.claims.extend(transcript.answers);
        answers.cpu_ms += if claims[0].apart { 0.0 } else { transcript.cpu_ms };
        if let Some(end) = transcript.end {
            let killer = claims.get(begun.saturating_sub(1)).or(claims.first());
            let said =
                (Question { row: "it ends".to_owned(), column: "answer".to_owned() }, Said::Answer(end));
            answers
                .claims
                .entry(killer.map(|claim| claim.id.clone()).unwrap_or_default())
                .or_default()
                .push(said);
            let rest = claims.get(begun.max(1)..).unwrap_or_default().to_vec();
            processes.extend((!rest.is_empty()).then_some(rest));
        }
    }
    Ok(answers)
}

/// What one process wrote.
#[derive(Debug, Default, PartialEq)]
struct Transcript {
    answers: BTreeMap<String, Vec<(Question, Said)>>,
    /// How many claims were begun.
    begun: usize,
    cpu_ms: f64,
    /// How the process ended, when it was not by itself.
    end: Option<String>,
}

fn run(python: &Interpreter, claims: &[&Claim], means: Means<'_>) -> io::Result<Transcript> {
    let folder = means.scratch.join(&claims[0].id);
    fs::create_dir(&folder)?;
    for claim in claims {
        fs::write(folder.join(format!("{}.py", claim.id)), claim.source)?;
    }
    fs::write(folder.join("ask.py"), SCRIPT)?;
    fs::write(folder.join("notes_command.c"), TO_COMPILE)?;
    let answers = folder.join("answers");
    fs::write(&answers, "")?;
    let mut command = Command::new(&python.executable);
    command
        .args(["-E", "-s", "-S", "-B", "ask.py", "answers"])
        .arg(env::join_paths(means.modules).map_err(io::Error::other)?);
    command.args(claims.iter().map(|claim| &claim.id)).current_dir(&folder);
    command.env_clear().env("HOME", &folder).env("TMPDIR", &folder).env("LC_ALL", "C.UTF-8");
    command.envs(KEPT_VARIABLES.iter().filter_map(|name| Some((name, env::var_os(name)?))));
    command.env("SOABI_CC", means.compiler.join(&OsString::from(" ")));
    command.env("SOABI_INCLUDE", env::join_paths(&python.facts.include_dirs).map_err(io::Error::other)?);
    command.env("SOABI_SUFFIX", python.facts.ext_suffixes.first().map_or(".so", |suffix| suffix));
    command.envs(python.facts.libpython.as_ref().map(|library| ("SOABI_LIBPYTHON", library)));
    let finished = soabi_child::run(&mut command, LIMIT)?;
    let mut transcript = Transcript::read(&String::from_utf8_lossy(&fs::read(&answers)?));
    transcript.end = match finished.status {
        Some(status) if status.success() => None,
        Some(status) => {
            let words = String::from_utf8_lossy(&finished.stderr);
            let how =
                status.signal().map_or(status.to_string(), |signal| format!("killed by signal {signal}"));
            Some([how.as_str(), words.trim().lines().last().unwrap_or_default()].join(" ").trim().to_owned())
        }
        None => Some(format!("not done after {} s", LIMIT.as_secs())),
    };
    Ok(transcript)
}

impl Transcript {
    /// Reads the lines that `ask.py` writes. The last of them may be half a one.
    fn read(text: &str) -> Self {
        let mut transcript = Self::default();
        for line in text.lines() {
            let words: Vec<&str> = line.splitn(5, '\t').collect();
            match words[..] {
                ["begin", claim] => {
                    transcript.answers.entry(claim.to_owned()).or_default();
                    transcript.begun += 1;
                }
                ["cost", seconds] => transcript.cpu_ms = seconds.parse::<f64>().unwrap_or_default() * 1000.0,
                [what @ ("say" | "skip"), claim, row, column, words] => {
                    let said = if what == "say" { Said::Answer } else { Said::Skipped };
                    let question = Question { row: row.to_owned(), column: column.to_owned() };
                    transcript
                        .answers
                        .entry(claim.to_owned())
                        .or_default()
                        .push((question, said(words.to_owned())));
                }
                _ => {}
            }
        }
        transcript
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let text =
            "begin\tone\nsay\tone\trow\tanswer\t1\tof 2\nbegin\ttwo\nskip\ttwo\ta\tb\tno\nsay\ttwo\thalf";
        let transcript = Transcript::read(text);
        let question = |row: &str, column: &str| Question { row: row.to_owned(), column: column.to_owned() };
        assert_eq!(transcript.begun, 2);
        assert_eq!(
            transcript.answers["one"],
            [(question("row", "answer"), Said::Answer("1\tof 2".to_owned()))]
        );
        assert_eq!(transcript.answers["two"], [(question("a", "b"), Said::Skipped("no".to_owned()))]);
    }
}
