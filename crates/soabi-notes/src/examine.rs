//! An interpreter examined: what its claims need is built, they are asked, and the answers are judged.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use soabi_core::AbiTag;
use soabi_harness::build::{self, BuildOptions, Built, CacheError, NotBuilt, Progress, Tools};
use soabi_python::Interpreter;
use soabi_report::notes::ClaimVerdict;

use crate::ask::{Means, ask};
use crate::claim::Claim;
use crate::judge::{Judged, judge};
use crate::specimen::{Specimen, specimens};

/// What became of the claims in one interpreter.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined<'a> {
    /// The interpreter.
    pub python: AbiTag,
    /// Its version with patch level.
    pub version: String,
    /// The claims, in the order in which they were given.
    pub judged: Vec<Judged<'a>>,
    /// The processor time that the asking took, in milliseconds, without the start of the interpreter and without
    /// the claims that are asked apart.
    pub cpu_ms: f64,
    /// The time that all of it took, in milliseconds.
    pub ms: f64,
}

/// The modules in C: the folder of each, or why there is none, by the interpreter and the module's name.
#[derive(Clone, Debug, Default)]
pub struct Modules(HashMap<(AbiTag, &'static str), Result<PathBuf, NotBuilt>>);

impl Modules {
    /// The failed builds, where something went wrong rather than not being there to build with.
    pub fn failures(&self) -> impl Iterator<Item = String> {
        let failed = |(key, module): (&(AbiTag, &str), &Result<PathBuf, NotBuilt>)| {
            let failure = module.as_ref().err().filter(|failure| failure.is_failure())?;
            Some(format!("{}/{}: {failure}", key.1, key.0))
        };
        self.0.iter().filter_map(failed)
    }
}

fn needed(claim: &Claim) -> impl Iterator<Item = &'static Specimen> {
    specimens().iter().filter(|specimen| claim.specimens.iter().any(|name| name == specimen.module))
}

/// Builds the modules that `claims` import, for all of `pythons`, as far as they are not in the cache.
pub fn build_modules(
    claims: &[&Claim],
    pythons: &[Interpreter],
    options: &BuildOptions<'_>,
    progress: &dyn Progress,
) -> Result<Modules, CacheError> {
    let is_needed =
        |specimen: &&Specimen| claims.iter().any(|claim| needed(claim).any(|other| other == *specimen));
    let wanted: Vec<_> = specimens().iter().filter(is_needed).collect();
    let pairs = pythons.iter().flat_map(|python| wanted.iter().map(move |specimen| (python, *specimen)));
    let pairs: Vec<_> = pairs.filter(|(python, specimen)| specimen.is_for(python.id.abi)).collect();
    let orders = pairs.iter().map(|(python, specimen)| specimen.order(python)).collect();
    let built = build::build(orders, options, progress)?;
    let folder = |file: PathBuf| file.parent().map(Path::to_owned).unwrap_or_default();
    let module = |(&(python, specimen), built): (&(&Interpreter, &Specimen), Built<'_>)| {
        ((python.id.abi, specimen.module), built.result.map(folder))
    };
    Ok(Modules(pairs.iter().zip(built).map(module).collect()))
}

/// Asks `python` the `claims` and judges the answers. `scratch` is the folder of nobody else, and is created.
pub fn examine<'a>(
    claims: &[&'a Claim],
    python: &Interpreter,
    modules: &Modules,
    tools: &Tools,
    scratch: &Path,
) -> io::Result<Examined<'a>> {
    let started = Instant::now();
    fs::create_dir_all(scratch)?;
    let built = |specimen: &'static Specimen| modules.0.get(&(python.id.abi, specimen.module));
    let why_not = |claim: &Claim| {
        let failure = needed(claim).filter_map(built).find_map(|module| module.as_ref().err())?;
        Some(failure.hint().map_or(failure.to_string(), |hint| format!("{failure}; {hint}")))
    };
    let can_be_asked: Vec<_> = claims.iter().copied().filter(|claim| why_not(claim).is_none()).collect();
    let folders = specimens().iter().filter_map(built).filter_map(|module| module.as_ref().ok().cloned());
    let means = Means { modules: &folders.collect::<Vec<_>>(), compiler: tools.cc.words(), scratch };
    let answers = ask(python, &can_be_asked, means)?;
    let judged = |claim: &&'a Claim| match why_not(claim) {
        Some(why) => Judged { claim, verdict: ClaimVerdict::NotRun, why_not: Some(why), lines: Vec::new() },
        None => judge(claim, python.id.abi, answers.claims.get(&claim.id).map_or(&[], Vec::as_slice)),
    };
    Ok(Examined {
        python: python.id.abi,
        version: python.facts.version.clone(),
        judged: claims.iter().map(judged).collect(),
        cpu_ms: answers.cpu_ms,
        ms: started.elapsed().as_secs_f64() * 1000.0,
    })
}
