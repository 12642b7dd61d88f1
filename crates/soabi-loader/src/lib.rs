//! The child process of the `load` rung.
//!
//! Opening a library runs its constructors, so this is done in a process that has nothing else to do and
//! nothing to lose, one for every artifact and interpreter: two libpythons in one process would mix their
//! symbols. The process that [`serve`] makes of itself opens one interpreter's library and stays; for every
//! [`LoadRequest`] it forks a child, which opens the artifact, writes one [`LoadAnswer`], and leaves without
//! running a single destructor. It is a worker as [`soabi_child::protocol`] describes it.
//!
//! What this crate does not know: what the answer means. It says which step was refused and quotes the
//! dynamic linker.

pub mod calls;
pub mod streams;

use std::convert::Infallible;
use std::ffi::{OsString, c_int};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, Write};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_LOCAL, RTLD_NOW};
use rustix::process::{Pid, WaitOptions};
use soabi_child::protocol::{self, LoadAnswer, LoadRequest, LoadStep, Notice};
use soabi_child::remains;

/// Out of the way of a constructor that closes the low descriptors one by one.
const LOWEST_PRIVATE_FD: c_int = 200;

/// Which process does a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A forked child each.
    Fork,
    /// This process itself, and then it ends.
    Process,
}

/// Opens `libpython`, says that it is ready, and loads what the jobs on the control socket ask for, until there are
/// no more. `folders` are those that a job may write to.
///
/// To be called by a process that has done nothing before: it must have one thread. An error says that soabi
/// could not be reached.
pub fn serve(libpython: &Path, mode: Mode, folders: &[PathBuf]) -> io::Result<Infallible> {
    let (control, answers) = keep_streams_private()?;
    end_with_the_parent();
    // Closing a library runs its destructors, which have nothing to do with the question.
    let opened = open(libpython, RTLD_NOW | RTLD_GLOBAL).map(std::mem::forget);
    let mut notices = control.try_clone()?;
    notices.write_all(&Notice::Ready(protocol::VERSION).line())?;
    let mut jobs = BufReader::new(control);
    loop {
        let Some(job) = next_job(&mut jobs)? else { exit_now(0) };
        let child = if mode == Mode::Fork { fork()? } else { None };
        if let Some(child) = child {
            let status = ExitStatus::from_raw(wait(child)?);
            notices.write_all(&Notice::Ended(status, remains::end(folders)).line())?;
            continue;
        }
        // No process that runs foreign code has the control socket.
        drop((jobs, notices));
        if mode == Mode::Fork {
            #[cfg(target_os = "linux")]
            let _ = rustix::process::setsid();
            end_with_the_parent();
        }
        let answer = match opened {
            Ok(()) => load(&job.request),
            Err(message) => LoadAnswer::NotLoaded { step: LoadStep::Libpython, message },
        };
        give(answers, &job.key, &answer)?;
        exit_now(0)
    }
}

/// A job, as far as this worker needs it.
#[derive(Debug, PartialEq, Eq)]
struct Job {
    key: String,
    request: LoadRequest,
}

/// The next job. `None` when there are no more.
fn next_job(words: &mut impl BufRead) -> io::Result<Option<Job>> {
    let mut job = Vec::new();
    while job.len() < protocol::JOB_WORDS {
        let mut word = Vec::new();
        words.read_until(0, &mut word)?;
        if word.pop() != Some(0) {
            return Ok(None);
        }
        job.push(word);
    }
    let text = |word: &[u8]| String::from_utf8_lossy(word).into_owned();
    let symbols = text(&job[4]).split_whitespace().map(str::to_owned).collect();
    let path = OsString::from_vec(job.swap_remove(3)).into();
    Ok(Some(Job { key: text(&job[0]), request: LoadRequest { path, symbols } }))
}

/// Writes the answer, whatever code of the artifact's may have done to the file.
fn give(mut answers: File, key: &str, answer: &LoadAnswer) -> io::Result<()> {
    answers.set_len(0)?;
    answers.rewind()?;
    let answer = serde_json::to_string(answer)?;
    answers.write_all(format!("\n{key} {answer}\n").as_bytes())
}

/// The wait status of `child`, once it has ended.
fn wait(child: Pid) -> io::Result<c_int> {
    loop {
        match rustix::process::waitpid(Some(child), WaitOptions::empty()) {
            Ok(Some((_, status))) => return Ok(status.as_raw()),
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Opens the artifact and looks the symbols up.
fn load(request: &LoadRequest) -> LoadAnswer {
    let artifact = match open(&request.path, RTLD_NOW | RTLD_LOCAL) {
        Ok(library) => library,
        Err(message) => return LoadAnswer::NotLoaded { step: LoadStep::Artifact, message },
    };
    let answer = find_symbol(&artifact, &request.symbols);
    std::mem::forget(artifact);
    answer
}

fn open(path: &Path, flags: c_int) -> Result<Library, String> {
    // SAFETY: opening a library runs whatever its constructors do, and no check could make that safe. This
    // process exists for it: it holds no data, is limited, and is watched by a parent that takes its death for
    // an answer.
    unsafe { Library::open(Some(path), flags) }.map_err(|error| in_the_linkers_words(&error))
}

fn find_symbol(artifact: &Library, symbols: &[String]) -> LoadAnswer {
    let mut message = String::new();
    for symbol in symbols {
        // SAFETY: the symbol is only looked up. It is typed as a plain address and never called or read.
        match unsafe { artifact.get::<*const ()>(symbol.as_bytes()) } {
            Ok(_) => return LoadAnswer::Accepted { symbol: symbol.clone() },
            Err(error) => message = in_the_linkers_words(&error),
        }
    }
    LoadAnswer::NotLoaded { step: LoadStep::Symbol, message }
}

/// What `dlerror` said; `libloading` keeps it as the source of its own error.
fn in_the_linkers_words(error: &libloading::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => source.to_string(),
        None => error.to_string(),
    }
}

/// Moves stdin and stdout to descriptors of our own, so that a constructor that prints does not print into the
/// answer.
fn keep_streams_private() -> io::Result<(File, File)> {
    let private = |fd| rustix::io::fcntl_dupfd_cloexec(fd, LOWEST_PRIVATE_FD).map(File::from);
    let streams = (private(rustix::stdio::stdin())?, private(rustix::stdio::stdout())?);
    let null = File::options().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    Ok(streams)
}

/// No life after the parent's, where the system knows such a thing.
fn end_with_the_parent() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}

/// A copy of this process. `None` in the copy.
fn fork() -> io::Result<Option<Pid>> {
    unsafe extern "C" {
        fn fork() -> c_int;
    }
    // SAFETY: this process has one thread, so that no lock is held by one that the copy lacks.
    match unsafe { fork() } {
        -1 => Err(io::Error::last_os_error()),
        child => Ok(Pid::from_raw(child)),
    }
}

/// Ends the process at once: what the loaded libraries have registered with `atexit` is not run.
fn exit_now(status: c_int) -> ! {
    unsafe extern "C" {
        fn _exit(status: c_int) -> !;
    }
    // SAFETY: `_exit` takes any status and does not return. Nothing is left to be flushed.
    unsafe { _exit(status) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_seven_words() {
        let mut words =
            b"k\0load\0\0/tmp/a b.so\0PyModExport_spam PyInit_spam\0\x0030\0k\0load\0\0cut".as_slice();
        let symbols = vec!["PyModExport_spam".to_owned(), "PyInit_spam".to_owned()];
        let request = LoadRequest { path: "/tmp/a b.so".into(), symbols };
        assert_eq!(next_job(&mut words).unwrap(), Some(Job { key: "k".to_owned(), request }));
        assert_eq!(next_job(&mut words).unwrap(), None);
    }

    #[test]
    fn an_answer_takes_the_place_of_what_was_written_before() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "junk\n".repeat(100)).unwrap();
        let mut answers = File::options().write(true).open(file.path()).unwrap();
        answers.seek(io::SeekFrom::End(0)).unwrap();
        give(answers, "k", &LoadAnswer::Accepted { symbol: "cos".to_owned() }).unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert_eq!(text, "\nk {\"kind\":\"accepted\",\"symbol\":\"cos\"}\n");
    }

    #[test]
    fn a_file_that_is_not_a_library_is_the_second_step() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "not an object").unwrap();
        let request = LoadRequest { path: file.path().into(), symbols: vec!["PyInit_spam".to_owned()] };
        let LoadAnswer::NotLoaded { step, message } = load(&request) else { panic!("it was loaded") };
        assert_eq!(step, LoadStep::Artifact);
        assert!(message.contains("file too short") || message.contains("invalid ELF header"), "{message}");
    }

    #[test]
    fn the_symbol_is_the_last_step() {
        let request = |symbols: &[&str]| LoadRequest {
            path: "libm.so.6".into(),
            symbols: symbols.iter().map(|&symbol| symbol.to_owned()).collect(),
        };
        let found = LoadAnswer::Accepted { symbol: "cos".to_owned() };
        assert_eq!(load(&request(&["PyInit_spam", "cos"])), found);
        let LoadAnswer::NotLoaded { step, message } = load(&request(&["PyInit_spam"])) else {
            panic!("it was found")
        };
        assert_eq!(step, LoadStep::Symbol);
        assert!(message.contains("undefined symbol: PyInit_spam"), "{message}");
    }
}
