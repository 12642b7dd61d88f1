//! The child process of the `load` rung.
//!
//! Opening a library runs its constructors, so this is done in a process that has nothing else to do and
//! nothing to lose, one for every artifact and interpreter: two libpythons in one process would mix their
//! symbols. It is given a [`LoadRequest`], writes one [`LoadAnswer`] as a JSON line, and leaves without running
//! a single destructor.
//!
//! What this crate does not know: what the answer means. It says which step was refused and quotes the
//! dynamic linker.

use std::convert::Infallible;
use std::ffi::c_int;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_LOCAL, RTLD_NOW};
use soabi_core::{LoadAnswer, LoadRequest, LoadStep};

/// Is the child: limits this process, loads, answers, and leaves.
///
/// Never returns after the answer is written. An error says that the answer could not be given.
pub fn answer_and_exit(request: &LoadRequest) -> io::Result<Infallible> {
    let mut stdout = keep_stdout_private()?;
    limit_this_process();
    let answer = load(request);
    serde_json::to_writer(&stdout, &answer)?;
    stdout.write_all(b"\n")?;
    exit_now(0)
}

/// Loads what is asked for, step by step.
fn load(request: &LoadRequest) -> LoadAnswer {
    let libpython = match open(&request.libpython, RTLD_NOW | RTLD_GLOBAL) {
        Ok(library) => library,
        Err(message) => return LoadAnswer::NotLoaded { step: LoadStep::Libpython, message },
    };
    // Closing a library runs its destructors, which have nothing to do with the question.
    std::mem::forget(libpython);
    let artifact = match open(&request.artifact, RTLD_NOW | RTLD_LOCAL) {
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

/// Moves stdout to a descriptor of our own, so that a constructor that prints does not print into the answer.
fn keep_stdout_private() -> io::Result<File> {
    let private = File::from(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?);
    let null = File::options().write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdout(&null)?;
    Ok(private)
}

/// No core files, and no life after the parent's. Where the system refuses a limit there is simply none.
fn limit_this_process() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
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
    fn a_library_that_is_not_there_is_the_first_step() {
        let request = LoadRequest {
            libpython: "/nonexistent/libpython.so".into(),
            artifact: "/nonexistent/spam.so".into(),
            symbols: vec!["PyInit_spam".to_owned()],
        };
        let LoadAnswer::NotLoaded { step, message } = load(&request) else { panic!("it was loaded") };
        assert_eq!(step, LoadStep::Libpython);
        assert!(message.contains("/nonexistent/libpython.so: cannot open shared object file"), "{message}");
    }

    #[test]
    fn a_file_that_is_not_a_library_is_the_second_step() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "not an object").unwrap();
        let request = LoadRequest {
            libpython: "libc.so.6".into(),
            artifact: file.path().into(),
            symbols: vec!["PyInit_spam".to_owned()],
        };
        let LoadAnswer::NotLoaded { step, message } = load(&request) else { panic!("it was loaded") };
        assert_eq!(step, LoadStep::Artifact);
        assert!(message.contains("file too short") || message.contains("invalid ELF header"), "{message}");
    }

    #[test]
    fn the_symbol_is_the_last_step() {
        let request = |symbols: &[&str]| LoadRequest {
            libpython: "libc.so.6".into(),
            artifact: "libm.so.6".into(),
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
