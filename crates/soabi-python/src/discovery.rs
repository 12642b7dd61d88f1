//! The Pythons of this machine, found, asked, compared with what is declared.

use std::cmp::Reverse;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use soabi_core::{AbiTag, PythonId};

use crate::cache::{Cache, Stamp};
use crate::candidates::{Candidate, candidates};
use crate::drift::{self, Drift};
use crate::emulator::Machine;
use crate::facts::Facts;
use crate::interpreter::{Also, Interpreter, SearchPlace};
use crate::manifest::{Manifest, manifests};
use crate::query::ask;
use crate::query_error::QueryError;
use soabi_core::Selector;

use crate::request::Request;
use crate::shim::is_shim;

/// What a search found, and what it did not.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The wanted interpreters, one per id, by version.
    pub found: Vec<Interpreter>,
    /// Declared and wanted, and not on this machine.
    pub missing: Vec<&'static Manifest>,
    /// What looked like an interpreter and did not answer as one.
    pub broken: Vec<Broken>,
    /// Where a found interpreter is not what its manifest declares.
    pub drifted: Vec<Drift>,
    /// Declared, and not wanted by this request: the axis is narrower than `pythons/`.
    pub excluded: Vec<AbiTag>,
    /// Parts of the request that no interpreter answers to, and no manifest either.
    pub unmatched: Vec<Selector>,
}

/// A file that looked like an interpreter and did not answer as one.
#[derive(Debug)]
pub struct Broken {
    /// The file, as it was found.
    pub path: PathBuf,
    /// Where it was found.
    pub source: SearchPlace,
    /// What happened.
    pub error: QueryError,
}

/// Finds the interpreters that `request` asks for.
///
/// Nothing here fails as a whole: an interpreter that does not answer is in [`Discovery::broken`] and does
/// not stop the others. Of several interpreters with one id, an explicit one is preferred; then one with
/// headers and a shared library, because more can be tested with it; then the one whose place is searched
/// first; then the newest.
pub fn discover(request: &Request) -> Discovery {
    let mut discovery = Discovery::default();
    let mut answered = Vec::new();
    for (candidate, result) in ask_all(candidates(request), request) {
        let Candidate { path, source, place, .. } = candidate;
        match result {
            Ok(identity)
                if source == SearchPlace::Explicit
                    || request.wants(identity.id(), identity.facts.feature) =>
            {
                answered.push(Answered { source, place, identity });
            }
            Ok(_) => {}
            // A version manager has a shim for every name that any of its versions has.
            Err(QueryError::Exited { .. }) if source != SearchPlace::Explicit && is_shim(&path) => {}
            Err(error) => discovery.broken.push(Broken { path, source, error }),
        }
    }
    discovery.found = best_of_each_id(answered);
    for interpreter in &discovery.found {
        discovery.drifted.extend(drift::of(interpreter));
    }
    account(request, &mut discovery);
    discovery
}

/// An interpreter that answered.
struct Answered {
    source: SearchPlace,
    place: usize,
    identity: Identity,
}

/// Who an interpreter is.
struct Identity {
    machine: Machine,
    facts: Facts,
}

impl Identity {
    fn id(&self) -> PythonId {
        PythonId { abi: self.facts.abi, machine: self.machine.arch }
    }
}

impl Answered {
    /// Sorts by id, and the preferred of one id first.
    fn rank(&self) -> impl Ord + use<> {
        let facts = &self.identity.facts;
        let lacks = u8::from(!facts.has_headers) + u8::from(facts.libpython.is_none());
        (
            self.identity.id(),
            self.source != SearchPlace::Explicit,
            lacks,
            self.place,
            Reverse(facts.hexversion),
            facts.executable.clone(),
        )
    }
}

/// Asks every candidate, a few at a time. The answers are in the order of the candidates.
fn ask_all(candidates: Vec<Candidate>, request: &Request) -> Vec<(Candidate, Result<Identity, QueryError>)> {
    let cache = Cache::new(request.cache_dir.as_deref());
    let next = AtomicUsize::new(0);
    let answers = Mutex::new(Vec::new());
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(candidate) = candidates.get(at) else { break };
            let answer = facts_of(candidate, &cache, request);
            answers.lock().unwrap_or_else(PoisonError::into_inner).push((at, answer));
        }
    };
    thread::scope(|scope| {
        for _ in 1..request.jobs.min(candidates.len()) {
            scope.spawn(work);
        }
        work();
    });
    let mut answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    answers.sort_by_key(|(at, _)| *at);
    candidates.into_iter().zip(answers.into_iter().map(|(_, answer)| answer)).collect()
}

/// The facts about one candidate, from the cache or from itself.
///
/// An answer about another file is a shim's. It is good, and not kept: next time, or in another folder, the
/// shim may lead elsewhere.
fn facts_of(candidate: &Candidate, cache: &Cache<'_>, request: &Request) -> Result<Identity, QueryError> {
    let machine = Machine::of(&candidate.identity, &request.environment)?;
    let stamp = Stamp::of(&candidate.identity).ok();
    if let Some(answer) = stamp.as_ref().and_then(|stamp| cache.get(stamp)) {
        return answer
            .facts(candidate.identity.clone(), machine.arch)
            .map(|facts| Identity { machine, facts });
    }
    let answer = ask(&candidate.identity, machine.emulator.as_ref(), request.time_limit)?;
    let unsure = answer.executable.as_os_str().is_empty();
    let executable = if unsure { candidate.identity.clone() } else { answer.executable.clone() };
    if let Some(stamp) = stamp
        && executable == candidate.identity
    {
        cache.put(&stamp, &answer);
    }
    // A script may start an interpreter of another machine.
    let machine = Machine::of(&executable, &request.environment)?;
    answer.facts(executable, machine.arch).map(|facts| Identity { machine, facts })
}

/// One interpreter per id; the others of the same id are named in it.
fn best_of_each_id(mut answered: Vec<Answered>) -> Vec<Interpreter> {
    answered.sort_by_cached_key(Answered::rank);
    let mut found: Vec<Interpreter> = Vec::new();
    for Answered { source, identity, .. } in answered {
        let id = identity.id();
        let Identity { machine: Machine { emulator, .. }, facts } = identity;
        let executable = facts.executable.clone();
        match found.last_mut().filter(|best| best.id == id) {
            None => {
                found.push(Interpreter { id, executable, emulator, source, facts, also: Vec::new() });
            }
            // A shim's answer and the file's own.
            Some(best) if best.executable == executable => {}
            Some(best) if best.also.iter().any(|also| also.executable == executable) => {}
            Some(best) => best.also.push(Also { executable, source, version: facts.version }),
        }
    }
    found
}

/// Says what of the declared and of the requested is not among the found.
fn account(request: &Request, discovery: &mut Discovery) {
    let is_found = |id: AbiTag| discovery.found.iter().any(|interpreter| interpreter.id == id.into());
    let absent = manifests().iter().filter(|manifest| !is_found(manifest.id));
    let (missing, excluded): (Vec<_>, Vec<_>) =
        absent.partition(|manifest| request.wants(manifest.id, manifest.version()));
    let is_unmatched = |selector: &&Selector| {
        let found = discovery.found.iter().map(|python| (python.id, python.facts.feature));
        let mut known =
            found.chain(manifests().iter().map(|manifest| (manifest.id.into(), manifest.version())));
        !matches!(selector, Selector::Path(_)) && !known.any(|(id, version)| selector.matches(id, version))
    };
    discovery.unmatched = request.selection.iter().filter(is_unmatched).cloned().collect();
    discovery.missing = missing;
    discovery.excluded = excluded.iter().map(|manifest| manifest.id).collect();
}
