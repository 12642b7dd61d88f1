//! Witnesses: an interpreter of this machine, the loader, and the dynamic linker, asked about a file.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use soabi_child::launch::Launcher;
use soabi_child::protocol::LoadRequest;
use soabi_core::{AbiTag, InitSymbol, Outcome};
use soabi_harness::import;
use soabi_harness::load::Loader;
use soabi_harness::worker::{Conditions, Isolation, Job, Seen, Worker};
use soabi_python::Interpreter;

use crate::Result;

/// Much longer than the largest library takes.
const LIMIT: Duration = Duration::from_mins(1);

/// The program that runs every dynamically linked program of this platform (System V ABI, AMD64 supplement).
const DYNAMIC_LINKER: &str = "/lib64/ld-linux-x86-64.so.2";

/// An interpreter with a shared library.
pub(crate) struct Witness {
    /// The interpreter.
    pub(crate) python: Interpreter,
    /// What its library really exports.
    pub(crate) exports: Arc<HashSet<String>>,
    libpython: PathBuf,
}

/// The workers of one thread, one for each interpreter: to start a process for every cell would take most of the time.
pub(crate) struct Workers {
    scratch: tempfile::TempDir,
    conditions: Conditions,
    running: HashMap<AbiTag, Worker>,
    /// The interpreters whose library does not load in soabi.
    in_interpreter: HashSet<AbiTag>,
}

impl Workers {
    /// None has been started.
    pub(crate) fn new() -> Result<Self> {
        let launcher = Launcher::new(soabi()?, &soabi_loader::calls::ThisKernel);
        Ok(Self {
            scratch: tempfile::tempdir()?,
            conditions: Conditions { launcher, isolation: Isolation::Fork, limit: LIMIT },
            running: HashMap::new(),
            in_interpreter: HashSet::new(),
        })
    }

    fn run(&mut self, witness: &Witness, job: &Job) -> Result<Seen> {
        let id = witness.python.id.abi;
        let seen = self.worker(witness)?.run(job)?;
        if !seen.has_no_libpython() || !self.in_interpreter.insert(id) {
            return Ok(seen);
        }
        self.running.remove(&id);
        Ok(self.worker(witness)?.run(job)?)
    }

    fn worker(&mut self, witness: &Witness) -> Result<&mut Worker> {
        let start = if self.in_interpreter.contains(&witness.python.id.abi) {
            import::start(&witness.python)
        } else {
            let loader = Loader { program: soabi()?, args: vec!["__load".into()] };
            loader.start(&witness.libpython)
        };
        let id = witness.python.id.abi;
        let scratch = self.scratch.path().join(id.to_string());
        let new = || Worker::new(start, scratch, self.conditions.clone());
        Ok(self.running.entry(id).or_insert_with(new))
    }
}

/// What a real load did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Loaded {
    /// The file was opened, and has an init symbol.
    Accepted,
    /// The file was opened: every symbol was bound. It has no init symbol that this interpreter looks for.
    NoInit,
    /// This symbol was the first that the dynamic linker did not find.
    Undefined(String),
    /// A library that the file asks for, or something that it runs when it is opened, did not do.
    Other(String),
}

impl Witness {
    /// `None` for an interpreter that keeps its symbols in its executable.
    pub(crate) fn new(python: Interpreter) -> Option<Self> {
        let libpython = python.facts.libpython.clone()?;
        let facts = soabi_object::read_file(&libpython).ok()?;
        let exports = facts.into_iter().flat_map(|facts| facts.exports).map(|export| export.name).collect();
        Some(Self { python, exports: Arc::new(exports), libpython })
    }

    /// Loads the file in a child of a warm worker: beside the interpreter's library or, where that needs a newer C
    /// library than this process has, in the interpreter.
    pub(crate) fn load(&self, workers: &mut Workers, file: &Path, module: &str) -> Result<Loaded> {
        let symbols = InitSymbol::looked_up_by(self.python.facts.feature, module);
        let symbols: Vec<String> = symbols.iter().map(ToString::to_string).collect();
        let request = LoadRequest { path: file.canonicalize()?, symbols };
        let seen = workers.run(self, &Job::Load(request.clone()))?;
        let Outcome::Refused { message, .. } = seen.outcome else {
            return Ok(seen.outcome.message().map_or(Loaded::Accepted, Loaded::Other));
        };
        Ok(match undefined(&message, file) {
            Some(symbol) if request.symbols.contains(&symbol) => Loaded::NoInit,
            Some(symbol) => Loaded::Undefined(symbol),
            None => Loaded::Other(message),
        })
    }

    /// Every symbol that the dynamic linker does not find for the file and for what it loads of its wheel, which is in
    /// `folder`, beside this interpreter's library. `None` when it does not come to that. Nothing of the file is run.
    ///
    /// This is what `ldd -r` does.
    pub(crate) fn trace(&self, file: &Path, folder: &Path) -> Result<Option<BTreeSet<String>>> {
        let mut command = Command::new(DYNAMIC_LINKER);
        command.env("LD_TRACE_LOADED_OBJECTS", "1").env("LD_WARN", "1").env("LD_BIND_NOW", "1");
        command.env("LD_PRELOAD", &self.libpython).arg(file);
        let traced = soabi_child::run(&mut command, LIMIT)?;
        if !traced.status.is_some_and(|status| status.success()) {
            return Ok(None);
        }
        let lines = String::from_utf8_lossy(&traced.stderr).into_owned();
        // `undefined symbol: NAME<TAB>(FILE)`; of a symbol with a version: `symbol NAME, version ...`.
        let of_wheel = lines.lines().filter_map(|line| {
            let (said, by) = line.strip_suffix(')')?.rsplit_once('(')?;
            Path::new(by).starts_with(folder).then_some(said)
        });
        let symbols =
            of_wheel.filter_map(|said| said.trim_start_matches("undefined ").strip_prefix("symbol"));
        let name =
            |rest: &str| rest.trim_start_matches(':').trim().split([',', '\t']).next().map(str::to_owned);
        Ok(Some(symbols.filter_map(name).collect()))
    }
}

/// The symbol in `FILE: undefined symbol: NAME` or `..., version V`, if it is this file that misses it. PyPy says
/// something before that.
fn undefined(message: &str, file: &Path) -> Option<String> {
    let (_, rest) = message.split_once(&format!("{}: undefined symbol: ", file.display()))?;
    rest.split(',').next().map(str::to_owned)
}

/// The program, which lies beside the folder of the examples.
pub(crate) fn soabi() -> Result<PathBuf> {
    let example = std::env::current_exe()?;
    let program = example.parent().and_then(Path::parent).map(|folder| folder.join("soabi"));
    program.filter(|program| program.is_file()).ok_or_else(|| "build the program `soabi` first".into())
}
